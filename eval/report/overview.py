"""Scores → the rows of the report's tables, as text.  What they look like is page.html.j2's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.compare import Change, Comparison, Moved
from eval.measures import BY_KEY, MEASURES
from eval.report import shown
from eval.report.plots import Bar, bar
from eval.report.words import Both, definition, measure_name, named, say, type_name
from eval.score import Group, Scores
from eval.statistics import Estimate

# What an evaluator looks at first; the others follow in a table of their own.
MAIN = (
    *("ok", "recall@5", "ndcg@10", "cite_recall", "cite_prec", "facts", "quote_exact", "figures_ok"),
    *("wrongly_refused", "refused", "bad_text", "bad_cite", "stale"),
)
_COLUMNS = (
    *("ok", "recall@1", "recall@5", "ndcg@10", "cite_recall", "cite_prec", "facts"),
    *("wrongly_refused", "refused", "bad_text"),
)
# Below this, one case moves a share by more than 0.1.
FEW = 10
# How near to the best a figure must be for each step of the heat, from the fifth down.
_STEPS = (0.95, 0.85, 0.7, 0.5)


@dataclass(frozen=True, slots=True)
class Against:
    """A measure in the other run: its value, the difference and what it is worth; `better` only where p < 0.05."""

    value: str
    gap: str
    interval: str
    p: str
    better: bool | None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A line of the summary."""

    key: str
    name: Both
    definition: Both
    higher_is_better: bool
    value: str
    interval: str
    n: int
    few: bool
    bar: Bar | None
    against: Against | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a group: `step` is its heat, 0 (bad) to 4 (good), None where undefined; `n` if not the row's."""

    value: str
    step: int | None
    few: bool
    n: int | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A line of a heat table; `key` is what the cases are filtered by, empty for all."""

    key: str
    name: Both
    n: int
    cells: tuple[Cell, ...]
    p50: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A case that changed against the other run, with what changed."""

    id: str
    question: str
    changes: tuple[tuple[Both, str, str], ...]


def measure_rows(scores: Scores, comparison: Comparison | None) -> tuple[list[MeasureRow], list[MeasureRow]]:
    """The main measures, and the others."""
    changes = {change.key: change for change in comparison.changes} if comparison else {}
    rows = {m.key: _measure_row(m.key, scores.all.measures[m.key], changes.get(m.key)) for m in MEASURES}
    return [rows[key] for key in MAIN], [row for key, row in rows.items() if key not in MAIN]


def _measure_row(key: str, found: Estimate, change: Change | None) -> MeasureRow:
    return MeasureRow(
        key=key,
        name=measure_name(key),
        definition=definition(key),
        higher_is_better=BY_KEY[key].higher_is_better,
        value=shown.share(found.value),
        interval=shown.interval(found.low, found.high),
        n=found.n,
        few=found.n < FEW,
        bar=bar(found, change.a if change else None),
        against=_against(change) if change else None,
    )


def _against(change: Change) -> Against:
    gap = change.difference
    better = None
    if gap.value and gap.p is not None and gap.p < 0.05:
        better = (gap.value > 0) == BY_KEY[change.key].higher_is_better
    return Against(
        value=shown.share(change.a),
        gap=shown.signed(gap.value),
        interval=shown.signed_interval(gap.low, gap.high),
        p=shown.p_value(gap.p),
        better=better,
    )


def moved_rows(moved: Sequence[Moved]) -> list[MovedRow]:
    """The cases that changed, as the comparison lists them."""
    return [
        MovedRow(
            case.id,
            case.question,
            tuple((measure_name(key), shown.share(a), shown.share(b)) for key, a, b in case.changes),
        )
        for case in moved
    ]


def columns() -> list[tuple[Both, bool]]:
    """The heads of the heat tables, each with whether higher is better."""
    return [(measure_name(key), BY_KEY[key].higher_is_better) for key in _COLUMNS]


def type_rows(scores: Scores) -> list[GroupRow]:
    """All cases, then each type."""
    rows = [group_row(key, type_name(key), group) for key, group in scores.by_type.items()]
    return [group_row("", say("all"), scores.all), *rows]


def difficulty_rows(scores: Scores) -> list[GroupRow]:
    """Each difficulty, easy first."""
    known = ["easy", "medium", "hard"]
    order = sorted(
        scores.by_difficulty, key=lambda key: (known.index(key) if key in known else len(known), key)
    )
    return [group_row(key, named("difficulty", key), scores.by_difficulty[key]) for key in order]


def group_row(key: str, name: Both, group: Group) -> GroupRow:
    """A line of a heat table."""
    cells = tuple(_cell(measure, group) for measure in _COLUMNS)
    return GroupRow(key, name, group.n, cells, shown.milliseconds(group.latency["p50_ms"]))


def _cell(key: str, group: Group) -> Cell:
    found = group.measures[key]
    if found.value is None:
        return Cell(shown.share(None), None, False, None)
    goodness = found.value if BY_KEY[key].higher_is_better else 1 - found.value
    step = sum(goodness >= bound for bound in _STEPS)
    return Cell(shown.share(found.value), step, found.n < FEW, found.n if found.n != group.n else None)


def ablation_table(ablation: Mapping[str, Any]) -> dict[str, Any]:
    """The ablation as the template wants it: heads, and rows of (value, interval, gain) texts."""
    keys = list(ablation["rows"][0]["measures"]) if ablation["rows"] else []
    return {
        "cases": ablation["cases"],
        "n": ablation["n"],
        "heads": [measure_name(key) for key in keys],
        "rows": [_ablation_row(row, keys) for row in ablation["rows"]],
    }


def _ablation_row(row: Mapping[str, Any], keys: Sequence[str]) -> tuple[Both, list[tuple[str, str, str]]]:
    english, chinese = row["names"]
    gains = row.get("gains") or {}
    cells = [(row["measures"].get(key) or {}, gains.get(key) or {}) for key in keys]
    return Both(chinese, english), [_ablation_cell(found, gain) for found, gain in cells]


def _ablation_cell(found: Mapping[str, Any], gain: Mapping[str, Any]) -> tuple[str, str, str]:
    more = (
        f"{shown.signed(gain['value'])} (p {shown.p_value(gain.get('p'))})"
        if gain.get("value") is not None
        else ""
    )
    return shown.share(found.get("value")), shown.interval(found.get("low"), found.get("high")), more
