"""The vocabulary of the online half: a question goes in, a checked answer with citations comes out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.spending import Usage
from index.types import Clause, ClauseRef, Document, Hit, Validity

# The calls of `Session.ask`, in order.
STEPS = ("converse", "understand", "retrieve", "compose", "cite", "decide")


class Status(StrEnum):
    """How an answer ended; the wording of each refusal stands in prompts/."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    CLARIFY = "clarify"
    NOT_IN_DOCUMENTS = "not_in_documents"
    OUT_OF_SCOPE = "out_of_scope"
    INVALID_INPUT = "invalid_input"
    ERROR = "error"

    @property
    def has_evidence(self) -> bool:
        return self in (Status.ANSWERED, Status.PARTIAL)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the talk; `role` is `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the firm that asks; every field may be empty.

    `meets` and `lacks` are facts that it was asked for and said yes or no to, in the words of `Match.missing`.
    """

    industry: str = ""
    district: str = ""
    size: str = ""
    traits: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        said = self.industry or self.district or self.size or self.traits or self.needs
        return bool(said or self.meets or self.lacks)


@dataclass(frozen=True, slots=True)
class Question:
    """What `Session.ask` takes.  `as_of` is the date that counts as today."""

    text: str
    as_of: date
    history: tuple[Turn, ...] = ()
    profile: Profile = Profile()


@dataclass(frozen=True, slots=True)
class MissingRef:
    """A clause that a question names and the document does not have, with how many it has."""

    document_number: str
    text: str
    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood: what it is about, what it asks for, and which clauses it names."""

    text: str
    standalone: str
    topic: str
    intent: str
    subject: str = ""
    asks_for: frozenset[str] = frozenset()
    documents: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    talked_of: tuple[str, ...] = ()
    refs: tuple[ClauseRef, ...] = ()
    carried: tuple[ClauseRef, ...] = ()
    shown: tuple[ClauseRef, ...] = ()
    missing_refs: tuple[MissingRef, ...] = ()
    unknown_documents: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    profile: Profile = Profile()
    language: str = "zh"
    parts: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    asked_back: bool = False
    keywords: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A hit that was not used, and why."""

    hit: Hit
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What retrieval gives: kept hits best first, the ranking as shown, and what was turned down."""

    kept: tuple[Hit, ...]
    ranked: tuple[Hit, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker in the answer, the clause behind it, and the words it rests on (a substring of the clause)."""

    marker: int
    document: Document
    clause: Clause
    quote: str
    validity: Validity
    related: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before the checks: Markdown with [n] markers and the clauses they stand for."""

    text: str
    citations: tuple[Citation, ...]
    status: Status
    composer: str = "extractive"
    choices: tuple[str, ...] = ()
    corrected: bool = False  # says that the question takes something wrong for granted
    exact: bool = (
        False  # made from structure or dates: a list or a text that no words of a model would better
    )


# The times of an answer that took none, so that its form is the same.
NO_TIME = {"understand": 0.0, "retrieve": 0.0, "compose": 0.0, "verify": 0.0, "total": 0.0}


@dataclass(frozen=True, slots=True)
class Matched:
    """How many measures were held against the firm of a question, and what came of those in force."""

    checked: int
    applies: int
    may_apply: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets; `to_json` is the form of the command line.

    `confidence` is the probability that one of the best clauses answers, None where nothing was searched.  `choices`
    are whole questions to go on with, where the status is `clarify`.  `usage` is what a language model took, None where
    none was asked.
    """

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Hit, ...] = ()
    standalone: str = ""
    composer: str = "extractive"
    timings_ms: dict[str, float] = field(default_factory=dict)
    confidence: float | None = None
    choices: tuple[str, ...] = ()
    matched: Matched | None = None
    usage: Usage | None = None

    def to_json(self) -> dict[str, Any]:
        """The output line of `python -m assistant ask`, without the id."""
        return {
            "status": self.status.value,
            "answer": self.text,
            "citations": [citation_json(citation) for citation in self.citations],
            "retrieved": [
                {
                    "document_number": hit.ref.document_number,
                    "clause_path": hit.ref.path,
                    "score": round(hit.score, 4),
                }
                for hit in self.retrieved
            ],
            "standalone_question": self.standalone,
            "composer": self.composer,
            "choices": list(self.choices),
            "matched": self.matched and asdict(self.matched),
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "timings_ms": {step: round(ms, 2) for step, ms in self.timings_ms.items()},
            "usage": self.usage and self.usage.to_json(),
        }


def citation_json(citation: Citation) -> dict[str, Any]:
    """One element of `citations` in the output line."""
    document, clause = citation.document, citation.clause
    row: dict[str, Any] = {
        "marker": citation.marker,
        "document_number": document.number,
        "document_title": document.title,
        "clause_path": clause.path,
        "clause_label": clause.label,
        "headings": list(clause.headings),
        "quote": citation.quote,
        "validity": citation.validity.value,
        "effective_from": document.effective_from and document.effective_from.isoformat(),
        "effective_to": document.effective_to and document.effective_to.isoformat(),
        "departments": list(clause.departments),
    }
    return row | {"related": True} if citation.related else row
