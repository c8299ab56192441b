"""Output lines of a system (the contract's form) → `Reply` values by id, and one sentence for each bad line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from eval.cases.model import sentence
from eval.jsonlines import Line, read_lines
from eval.matching import Place

# States in which a system answers; in all others it declines.
ANSWERED = frozenset({"answered", "partial"})
# States that are neither an answer nor a refusal: the system failed.
FAILED = frozenset({"error", "invalid_input"})
# What the harness writes for a question that the system gave no line for.
NO_REPLY = "no_reply"


def _none_is_empty(value: Any) -> Any:
    return "" if value is None else value


def _none_is_no_list(value: Any) -> Any:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_none_is_empty)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Retrieved(_Row):
    """A clause of the ranking."""

    document_number: Text = ""
    clause_path: Text = ""
    score: float | None = None

    @property
    def place(self) -> Place:
        return Place.of(self.document_number, self.clause_path)


class Cited(_Row):
    """A citation; `related` ones are pointers, not evidence."""

    document_number: Text = ""
    clause_path: Text = ""
    clause_label: Text = ""
    quote: Text = ""
    validity: Text = ""
    related: bool = False

    @property
    def place(self) -> Place:
        return Place.of(self.document_number, self.clause_path)


class Reply(_Row):
    """One output line of a system."""

    id: str
    status: str
    answer: Text = ""
    citations: Annotated[tuple[Cited, ...], BeforeValidator(_none_is_no_list)] = ()
    retrieved: Annotated[tuple[Retrieved, ...], BeforeValidator(_none_is_no_list)] = ()
    standalone_question: Text = ""
    timings_ms: Mapping[str, float] | None = None
    confidence: float | None = None

    @property
    def answered(self) -> bool:
        return self.status in ANSWERED

    @property
    def refused(self) -> bool:
        """Declined to answer; a failure is no refusal."""
        return not self.answered and self.status not in FAILED and self.status != NO_REPLY

    @property
    def evidence(self) -> tuple[Cited, ...]:
        """The citations that the answer rests on."""
        return tuple(cited for cited in self.citations if not cited.related) if self.answered else ()

    @property
    def certainty(self) -> float | None:
        """How sure the system is: its own `confidence`, else the score of the best clause it found."""
        if self.confidence is not None:
            return self.confidence
        return self.retrieved[0].score if self.retrieved else None


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The replies by id, in file order, and a sentence for each line that cannot be used."""

    replies: Mapping[str, Reply]
    problems: tuple[str, ...]


def load_answers(path: Path, ids: Collection[str]) -> AnswerFile:
    """Reads answers to the cases `ids`; a bad line costs only itself, and of two with one id the last counts.

    A case without an answer is a problem too.  Raises `PolicyError` when the file cannot be read.
    """
    lines, problems = read_lines(path)
    replies: dict[str, Reply] = {}
    for line in lines:
        reply = _reply(line, path, problems)
        if reply is not None and reply.id not in ids:
            problems.append(
                f"{path.name} 第 {line.number} 行：用例里没有编号 {reply.id}，已跳过；请检查编号。"
            )
        elif reply is not None:
            replies[reply.id] = reply
    missing = [id for id in ids if id not in replies]
    if missing:
        shown = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
        problems.append(f"{len(missing)} 个用例没有回答（{shown}），不计入任何数字；请把评测跑完。")
    return AnswerFile(replies, tuple(problems))


def _reply(line: Line, path: Path, problems: list[str]) -> Reply | None:
    try:
        row = line.row
        return Reply.model_validate({**row, "id": str(row["id"])} if row.get("id") is not None else row)
    except ValidationError as error:
        problems.append(f"{path.name} 第 {line.number} 行：{sentence(error)}")
        return None
