"""Records → what the case browser shows: failing cases first, each with what is wrong and why it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

from eval.cases.model import ClauseName, Gold
from eval.matching import place, satisfies
from eval.measures import MEASURES, ok
from eval.records import Record, Verdict, folded
from eval.report import shown
from eval.report.words import Both, measure_name, named
from eval.score import SINKING, told_failures, value

SHOWN_RANKS = 10


@dataclass(frozen=True, slots=True)
class Failure:
    """Something wrong: its kind in both languages, what it concerns, and whether it made the case fail."""

    kind: str
    words: Both
    detail: str
    fatal: bool

    @property
    def by_share(self) -> bool:
        """It made the case fail only because too many of its sort came together."""
        return self.fatal and self.kind not in SINKING


@dataclass(frozen=True, slots=True)
class GoldRow:
    """A gold clause: whether it is cited, and at which rank it or an alternative was retrieved (None: nowhere)."""

    gold: Gold
    cited: bool
    rank: int | None


@dataclass(frozen=True, slots=True)
class RankRow:
    """A retrieved clause; `gold` is "required", "optional" or empty."""

    name: str
    score: float | None
    gold: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the browser shows it; `verdict` is fail, flawed or pass."""

    record: Record
    verdict: str
    failures: tuple[Failure, ...]
    gold: tuple[GoldRow, ...]
    cited: tuple[tuple[Verdict, bool], ...]
    ranking: tuple[RankRow, ...]
    answer: str

    @property
    def lead(self) -> Failure | None:
        """The failure to name first: one that made the case fail, if any did."""
        return next((f for f in self.failures if f.fatal), self.failures[0] if self.failures else None)

    @property
    def barred(self) -> list[tuple[ClauseName, bool]]:
        """The clauses that must not be cited, each with whether it is."""
        cited = self.record.misplaced
        return [
            (name, any(c.place.counts_for(place(name)) for c in cited))
            for name in self.record.case.must_not_cite
        ]

    @property
    def values(self) -> list[tuple[Both, str]]:
        """The measures that are defined for the case."""
        pairs = ((measure, value(self.record, measure.key)) for measure in MEASURES)
        return [(measure_name(m.key), shown.share(number)) for m, number in pairs if number is not None]


def case_views(records: Sequence[Record]) -> list[CaseView]:
    """All cases: failing ones, then those with flaws, then the rest, each in the order of the file."""
    order = {"fail": 0, "flawed": 1, "pass": 2}
    return sorted((_view(record) for record in records), key=lambda view: order[view.verdict])


def _view(record: Record) -> CaseView:
    found = _failures(record)
    passed = ok(record) == (1.0, 1.0)
    return CaseView(
        record=record,
        verdict="fail" if not passed else "flawed" if found else "pass",
        failures=tuple(found),
        gold=tuple(_gold_row(gold, record) for gold in record.case.gold),
        cited=tuple((verdict, verdict.cited in record.misplaced) for verdict in record.verdicts),
        ranking=_ranking(record),
        answer=answer_html(record.reply.answer),
    )


def _failures(record: Record) -> list[Failure]:
    """What `eval.score.told_failures` says, in both languages."""
    return [
        Failure(told.kind, named("failures", told.kind), told.detail, told.fatal)
        for told in told_failures(record)
    ]


def _gold_row(gold: Gold, record: Record) -> GoldRow:
    ranks = (at for at, hit in enumerate(record.reply.retrieved or (), start=1) if satisfies(hit.place, gold))
    cited = any(satisfies(item.place, gold) for item in record.reply.evidence)
    return GoldRow(gold, cited, next(ranks, None))


def _ranking(record: Record) -> tuple[RankRow, ...]:
    rows = []
    for hit in (record.reply.retrieved or ())[:SHOWN_RANKS]:
        met = [gold.required for gold in record.case.gold if satisfies(hit.place, gold)]
        mark = "required" if any(met) else "optional" if met else ""
        rows.append(RankRow(f"{hit.document_number} {hit.clause_path}", hit.score, mark))
    return tuple(rows)


def answer_html(text: str) -> str:
    """Markdown of an answer → HTML; raw HTML, links and images stay text, as on the page of the assistant."""
    return str(_markdown.render(text))


def _parser() -> MarkdownIt:
    # Like assistant/ui/markup.py, whose package would bring gradio along.
    options: dict[str, Any] = {"html": False, "breaks": True}
    parser = MarkdownIt("commonmark", options).enable("table")
    return parser.disable(["image", "link", "autolink", "html_inline", "html_block", "reference"])


_markdown = _parser()


def reasons(views: Sequence[CaseView]) -> list[tuple[str, Both, int, int]]:
    """Kinds of failure, each with its words, the cases it made fail and all cases with it; the deadliest first."""
    fatal = Counter(kind for view in views for kind in {f.kind for f in view.failures if f.fatal})
    seen = Counter(kind for view in views for kind in {f.kind for f in view.failures})
    rows = [(kind, named("failures", kind), fatal[kind], n) for kind, n in seen.items()]
    return sorted(rows, key=lambda row: (-row[2], -row[3], row[0]))


def index_of(views: Sequence[CaseView]) -> list[dict[str, Any]]:
    """What the script filters by, in the order of the page; `text` is folded as the script folds what is searched."""
    return [
        {
            "type": view.record.case.type,
            "difficulty": view.record.case.difficulty or "–",
            "status": view.record.reply.status,
            "verdict": view.verdict,
            "kinds": sorted({f.kind for f in view.failures}),
            "text": folded(" ".join(_searchable(view))),
        }
        for view in views
    ]


def _searchable(view: CaseView) -> list[str]:
    case, reply = view.record.case, view.record.reply
    return [
        *(case.id, case.question, case.note, reply.answer, reply.standalone_question),
        *(turn.content for turn in case.history),
        *(f"{key} {entry}" for key, entry in case.profile.items()),
        *(f"{f.words.zh} {f.words.en} {f.detail}" for f in view.failures),
        *(f"{gold.doc} {gold.clause} {gold.evidence}" for gold in case.gold),
        *(f"{c.document_number} {c.clause_path} {c.clause_label} {c.quote or ''}" for c in reply.cited),
        *(way for ways in case.answer_contains for way in ways),
    ]
