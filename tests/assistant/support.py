"""Short ways to say what the tests say often: a question on a day, a clause of three lines, a citation of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.converse import Standalone
from assistant.session import Session
from assistant.settings import ROOT
from assistant.types import Answer, Citation, Draft, Profile, Query, Question, Status, Turn
from assistant.understand import understand
from index.types import Clause, ClauseRef, Document, Kind

AS_OF = date(2026, 11, 20)
PLAN, ACTIONS, MEASURES, OPINIONS, JINGAN = (
    "沪府办发〔2021〕7号",
    "沪府办发〔2025〕23号",
    "沪府办发〔2025〕5号",
    "沪府发〔2026〕1号",
    "静府办发〔2021〕12号",
)


def talk(*contents: str) -> tuple[Turn, ...]:
    """User and assistant by turns, the user first."""
    return tuple(Turn("assistant" if at % 2 else "user", content) for at, content in enumerate(contents))


@dataclass(frozen=True)
class Desk:
    """A session asked in one line, on the day of these tests unless another is said."""

    session: Session

    def ask(
        self, question: str, *history: str, as_of: date = AS_OF, profile: Profile | None = None
    ) -> Answer:
        return self.session.ask(Question(question, as_of, talk(*history), profile or Profile()))


def clause(text: str, path: str = "一/1", departments: tuple[str, ...] = (), title: str = "") -> Clause:
    """A clause of an imagined document."""
    label = f"第{path.rpartition('/')[2]}条"
    return Clause(
        ClauseRef("沪测发〔2024〕3号", path), Kind.ITEM, label, title, text, ("一、总则",), departments
    )


def document(*clauses: Clause) -> Document:
    """An imagined document in force in 2024 and 2025."""
    return Document(
        number="沪测发〔2024〕3号",
        title="上海市测试措施",
        issuer="上海市测试局",
        file="test.txt",
        clauses=clauses,
        signed=date(2024, 1, 9),
        effective_from=date(2024, 2, 1),
        effective_to=date(2025, 12, 31),
    )


def cite(marker: int, cited: Clause, quote: str | None = None) -> Citation:
    """A citation of an imagined clause, quoting all of it unless told otherwise."""
    about = document(cited)
    return Citation(
        marker, about, cited, cited.text if quote is None else quote, about.validity(date(2024, 6, 1))
    )


def draft(text: str, *citations: Citation) -> Draft:
    return Draft(text, citations, Status.ANSWERED)


def understood(question: str, as_of: date = AS_OF) -> Query:
    """A question understood where no document is at hand."""
    return understand(Question(question, as_of), Standalone(question), {})


def paths(answer: Answer) -> list[str]:
    """The clauses that an answer cites, as printed."""
    return [str(citation.clause.ref) for citation in answer.citations]


def known_questions(every: int) -> list[tuple[str, str]]:
    """Each `every`-th known question with the clause it leads to, over all files."""
    files = sorted((ROOT / "documents" / "questions").glob("*.jsonl"))
    lines: Iterable[str] = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    rows = [json.loads(line) for line in lines if line.strip()]
    return [(row["question"], row["clause"]) for row in rows[::every]]
