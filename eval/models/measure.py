"""What the guard keeps and what it lets through, and what becomes of perfect answers on the way to the user."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import SecretStr

from assistant.assist import Model
from assistant.batch import parse_question
from assistant.compose.guard import Fault, cleaned, fault
from assistant.compose.material import Material, Tokens
from assistant.session import Session
from assistant.settings import Settings
from assistant.types import Answer
from eval.cases.model import Case
from eval.models.data import Line, PerfectAnswer
from eval.models.server import Said, scripted_model
from index.query import normalised
from index.search import Searcher
from index.types import Clause, Document


@dataclass(frozen=True, slots=True)
class Judged:
    """What the guard says of a list of sentences: those that stand, and what is wrong with the others."""

    standing: tuple[Line, ...]
    turned_away: tuple[tuple[Line, Fault], ...]

    @property
    def share(self) -> float:
        """The share that stands."""
        return len(self.standing) / (len(self.standing) + len(self.turned_away))

    def by_kind(self) -> dict[str, int]:
        """How many stand, by kind of fabrication."""
        return dict(Counter(line.kind for line in self.standing))


def judge_lines(lines: Sequence[Line], searcher: Searcher, as_of: date) -> Judged:
    """Holds each sentence against the clauses that it cites."""
    standing, turned_away = list[Line](), list[tuple[Line, Fault]]()
    for line in lines:
        cited = [material(searcher, ref.document_number, ref.path, as_of) for ref in line.clauses]
        found = fault(cleaned(line.text), cited, line.question)
        if found is None:
            standing.append(line)
        else:
            turned_away.append((line, found))
    return Judged(tuple(standing), tuple(turned_away))


def material(searcher: Searcher, number: str, path: str, as_of: date) -> Material:
    """A clause as evidence."""
    document = searcher.documents[number]
    clause = next(one for one in document.clauses if one.path == path)
    return Material(1, document, clause, document.validity(as_of), clause.text)


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers to cases by a scripted model, and how many sentences it was sent back and wrote anew."""

    answers: Mapping[str, Answer]
    sent_back: int = 0
    totals_ms: tuple[float, ...] = ()
    own_ms: tuple[float, ...] = ()


@dataclass(slots=True)
class PerfectModel:
    """The script of a model that answers from gold evidence: called with each request of the client.

    Sent back, it writes the rejected sentences anew as quotations where `rewrites`, else it has nothing better.
    """

    cases: Mapping[str, tuple[Case, PerfectAnswer]]
    documents: Mapping[str, Document]
    rewrites: bool = True
    sent_back: int = field(default=0)

    def __call__(self, request: dict[str, Any]) -> Said:
        data = json.loads(request["messages"][-1]["content"])
        case, answer = self.cases[data["question"]]
        numbers = self._numbers(data["materials"])
        if "rejected" in data:
            self.sent_back += len(data["rejected"])
            sentences = self._quoting(case, numbers) if self.rewrites else []
        else:
            sentences = [
                {"text": one.text, "evidence": found}
                for one in answer.sentences
                if (
                    found := [
                        numbers[key]
                        for ref in one.clauses
                        if (key := (ref.document_number, ref.path)) in numbers
                    ]
                )
            ]
        complete = answer.complete if sentences else "none"
        said = {"sentences": sentences, "complete": complete, "missing": list(answer.missing)}
        return Said(json.dumps(said, ensure_ascii=False))

    def _numbers(self, materials: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
        """The number of each clause among the materials, told by the words a model sees of it."""
        found = {(row["place"], row["text"][:40]): row["n"] for row in materials}
        return {
            (number, clause.path): found[key]
            for number, document in self.documents.items()
            for clause in document.clauses
            if (key := (_place(clause), clause.text[:40])) in found
        }

    def _quoting(self, case: Case, numbers: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
        return [
            {"text": f"材料写的是「{gold.evidence}」", "evidence": [numbers[gold.doc, gold.clause]]}
            for gold in case.gold
            if (gold.doc, gold.clause) in numbers and gold.evidence
        ]


def _place(clause: Clause) -> str:
    return " › ".join([*clause.headings, f"{clause.label} {clause.title}".strip()])


def ask_perfect(
    searcher: Searcher,
    cases: Sequence[Case],
    answers: Sequence[PerfectAnswer],
    as_of: date,
    *,
    rewrites: bool,
    on_answer: Callable[[Answer], None] | None = None,
) -> Asked:
    """Asks the cases of a session whose model answers them perfectly, through the real client and a real server."""
    written = {answer.id: answer for answer in answers}
    script = PerfectModel(
        {Tokens().hide(normalised(case.question)): (case, written[case.id]) for case in cases},
        searcher.documents,
        rewrites,
    )
    found: dict[str, Answer] = {}
    with scripted_model(script) as server:
        settings = Settings(
            model="openai:perfect",
            model_base_url=server.base_url,
            model_api_key=SecretStr("none"),
            model_steps=("compose",),
        )
        session = Session(searcher, Model(settings))
        for case in cases:
            found[case.id] = session.ask(parse_question(case.input_line(as_of), as_of))
            if on_answer:
                on_answer(found[case.id])
    totals = [answer.timings_ms["total"] for answer in found.values() if _by_model(answer)]
    own = [a.timings_ms["total"] - a.usage.wait_ms for a in found.values() if a.usage and _by_model(a)]
    return Asked(found, script.sent_back, tuple(totals), tuple(own))


def _by_model(answer: Answer) -> bool:
    return answer.composer.startswith("llm:")
