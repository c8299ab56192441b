"""Retrieval with its parts added one by one → ranking measures of each step, over the same cases.

Only the ranking is measured: what each part brings before an answer is composed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.batch import parse_question
from assistant.converse import standalone
from assistant.retrieve import DEPTH, retrieve
from assistant.session import Session
from assistant.types import Question
from assistant.understand import understand
from eval.answers import Reply
from eval.cases import Case
from eval.matching import same_document
from eval.questions import rows_of, without
from eval.ranking import MEASURES, rank_measures
from eval.statistics import Difference, Estimate, Terms, difference, estimate
from index.search import WEIGHTS, Searcher
from index.types import Hit

Rank = Callable[[Question, Searcher], Sequence[Hit]]
_MIXED = {name: WEIGHTS[name] for name in ("dense", "lexical")}


def _search(weights: dict[str, float], expand: bool = True) -> Rank:
    def rank(question: Question, searcher: Searcher) -> Sequence[Hit]:
        alone = standalone(question.text, question.history, searcher.documents)
        return searcher.search(alone.text, DEPTH, weights=weights, expand=expand)

    return rank


def _whole(question: Question, searcher: Searcher) -> Sequence[Hit]:
    alone = standalone(question.text, question.history, searcher.documents)
    query = understand(question, alone, searcher.documents)
    return retrieve(query, searcher, question.as_of).ranked


@dataclass
class _Unasked:
    """Ranks with an index that lacks the known questions of the documents that a case asks about."""

    searchers: dict[frozenset[str], Searcher] = field(default_factory=dict)

    def __call__(self, case: Case, question: Question, searcher: Searcher) -> Sequence[Hit]:
        numbers = frozenset(
            number for number in searcher.documents for gold in case.required if same_document(number, gold)
        )
        if numbers not in self.searchers:
            rows = rows_of(searcher.stored, numbers)
            self.searchers[numbers] = Searcher(without(searcher.stored, rows), searcher.encoder)
        return _whole(question, self.searchers[numbers])


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: names in English and Chinese, and how it ranks (None: by `_Unasked`)."""

    key: str
    names: tuple[str, str]
    rank: Rank | None


STEPS = (
    Step("bm25", ("BM25 over words", "BM25（分词）"), _search({"lexical": 1.0}, expand=False)),
    Step("dense", ("vectors", "向量"), _search({"dense": 1.0}, expand=False)),
    Step("mixed", ("vectors + BM25", "向量 + BM25"), _search(_MIXED, expand=False)),
    Step("thesaurus", ("+ thesaurus", "+ 同义词表"), _search(_MIXED)),
    Step("questions", ("+ known questions", "+ 已知问法"), _search(dict(WEIGHTS))),
    Step("rules", ("+ clause, document and validity rules", "+ 条款、文件、效力规则"), _whole),
    # Not a part that is added: what all of them come to on a document that nobody has written questions for.
    Step(
        "unasked",
        ("all, without the known questions of the document asked about", "全部，但去掉所问文件的已知问法"),
        None,
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A step's measures, and how each differs from the step before it (None for the first)."""

    step: Step
    measures: dict[str, Estimate]
    gains: dict[str, Difference] | None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.step.key,
            "names": list(self.step.names),
            "measures": {key: value.to_json() for key, value in self.measures.items()},
            "gains": {key: gain.to_json() for key, gain in self.gains.items()} if self.gains else None,
        }


def ablate(cases: Sequence[Case], session: Session, as_of: date, advance: Callable[[], None]) -> list[Row]:
    """The table, top to bottom; `advance` is told of each case of each step.  `as_of` is for cases without a date."""
    asked = [case for case in cases if case.answerable and case.required]
    rows: list[Row] = []
    unasked = _Unasked()
    before: dict[str, Terms] | None = None
    for step in STEPS:
        pairs = []
        for case in asked:
            question = parse_question(case.input_line(as_of), as_of)
            hits = (
                step.rank(question, session.searcher)
                if step.rank
                else unasked(case, question, session.searcher)
            )
            pairs.append((case, _reply(case, hits)))
            advance()
        found = rank_measures(pairs)
        terms = {key: Terms.of([(found[case.id][key], 1.0) for case in asked]) for key in MEASURES}
        gains = {key: difference(before[key], terms[key]) for key in MEASURES} if before else None
        rows.append(Row(step, {key: estimate(terms[key]) for key in MEASURES}, gains))
        before = terms
    return rows


def _reply(case: Case, hits: Sequence[Hit]) -> Reply:
    ranked = [{"document_number": hit.ref.document_number, "clause_path": hit.ref.path} for hit in hits]
    return Reply.model_validate({"id": case.id, "status": "answered", "retrieved": ranked})
