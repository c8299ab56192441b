"""Figures → tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from eval.ablation import Row
from eval.compare import Change, Comparison, Moved
from eval.measures import BY_KEY, MEASURES
from eval.ranking import MEASURES as RANKING
from eval.records import Record
from eval.score import Group, Scores, failures, value
from eval.statistics import Difference, Estimate

ABSENT = "–"
# What fits a line; scores.json has the rest.
_COLUMNS = (
    *("ok", "recall@1", "recall@5", "recall@10", "ndcg@10", "cite_recall", "cite_prec", "facts"),
    *("wrongly_refused", "refused", "bad_text"),
)
_CASE_COLUMNS = ("ok", "recall@5", "cite_recall", "cite_prec", "facts")


def share(number: float | None) -> str:
    """Three decimals; a dash where a figure is undefined."""
    return ABSENT if number is None else f"{number:.3f}"


def chance(p: float | None) -> str:
    """A p value; resampling tells none smaller than a thousandth apart."""
    return ABSENT if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


def interval(estimate: Estimate) -> str:
    """`0.933 [0.867, 0.987]`."""
    if estimate.low is None or estimate.high is None:
        return share(estimate.value)
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def cases_table(records: Iterable[Record]) -> Table:
    """One line a case: its measures and the first things wrong with it."""
    table = _table("用例", "类型", "状态", *(_name(key) for key in _CASE_COLUMNS), "问题所在")
    for record in records:
        wrong = failures(record)
        more = f"（另有 {len(wrong) - 2} 处）" if len(wrong) > 2 else ""
        table.add_row(
            record.case.id,
            record.case.type,
            record.reply.status,
            *(share(value(record, key)) for key in _CASE_COLUMNS),
            Text("；".join(wrong[:2]) + more),
        )
    return table


def groups_table(title: str, groups: Mapping[str, Group]) -> Table:
    """One line a group of cases."""
    table = _table(title, "n", *(_name(key) for key in _COLUMNS), "p50 ms", "p95 ms")
    for name, group in groups.items():
        table.add_row(
            name,
            str(group.n),
            *(share(group.measures[key].value) for key in _COLUMNS),
            *(ABSENT if ms is None else f"{ms:.1f}" for ms in group.latency.values()),
        )
    return table


def summary_table(scores: Scores) -> Table:
    """Every measure over all cases, with its interval."""
    table = _table(f"{scores.label}（{scores.all.n} 个用例）", "指标", "值 [95 % 区间]", "n")
    for measure in MEASURES:
        found = scores.all.measures[measure.key]
        table.add_row(measure.key, measure.names[1], interval(found), str(found.n))
    if (use := scores.model) is not None:
        told = f"{use.written} 个答复由模型写成，{use.fell_back} 个用了摘录；{use.calls} 次调用，"
        table.caption = f"{told}{use.input_tokens} + {use.output_tokens} token，费用 {use.cost:g}"
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Every measure in both runs, the difference with its interval, and p."""
    table = _table(f"{comparison.n} 个用例", "A", "B", "B − A [95 % 区间]", "p", "n")
    for change in comparison.changes:
        gap = change.difference
        table.add_row(change.key, share(change.a), share(change.b), _gap(gap), chance(gap.p), str(gap.n))
    for name, a in comparison.latency["a"].items():
        b = comparison.latency["b"][name]
        shown = ABSENT if a is None or b is None else f"{b - a:+.1f}"
        table.add_row(name, *(ABSENT if ms is None else f"{ms:.1f}" for ms in (a, b)), shown, "", "")
    return table


def changes_table(title: str, groups: Mapping[str, Sequence[Change]]) -> Table:
    """One line a group of cases: `ok` in both runs and its difference with interval, other measures before → after."""
    others = ("recall@5", "cite_recall", "cite_prec", "facts", "refused")
    table = _table(title, "n", "ok A", "ok B", "B − A [95 % 区间]", *others)
    for name, changes in groups.items():
        by_key = {change.key: change for change in changes}
        ok = by_key["ok"]
        moves = (f"{share(by_key[key].a)} → {share(by_key[key].b)}" for key in others)
        n = str(ok.difference.n)
        table.add_row(name, n, share(ok.a), share(ok.b), _gap(ok.difference), *moves)
    return table


def _gap(gap: Difference) -> str:
    if gap.value is None:
        return ABSENT
    if gap.low is None or gap.high is None:
        return f"{gap.value:+.3f}"
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"


def moved_lines(moved: Sequence[Moved]) -> Iterable[str]:
    """One line a case: what changed, and the question."""
    for case in moved:
        steps = "，".join(f"{key} {share(before)}→{share(after)}" for key, before, after in case.changes[:4])
        yield f"  {case.id}（{case.type}）{steps}  {case.question}"


def ablation_table(rows: Sequence[Row]) -> Table:
    """One line a step: its measures with intervals, and the p of recall@5 against the step before."""
    table = _table("检索", *(_name(key) for key in RANKING), "recall@5 比上一步")
    for row in rows:
        gain = row.gains["recall@5"] if row.gains else None
        shown = ABSENT if gain is None or gain.value is None else f"{gain.value:+.3f}（p {chance(gain.p)}）"
        table.add_row(row.step.names[1], *(interval(row.measures[key]) for key in RANKING), shown)
    return table


def _name(key: str) -> str:
    return BY_KEY[key].key


def _table(*heads: str) -> Table:
    table = Table()
    for at, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=at == 0)
    return table
