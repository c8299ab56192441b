"""Output lines of a system (the contract's form) → `Reply` values by id, and one sentence for each bad line."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.types import Status
from eval.cases.model import sentence
from eval.jsonlines import Line, read_lines
from eval.matching import Place

# States in which a system answers; in all others it declines.
ANSWERED = frozenset({"answered", "partial"})
# States that are neither an answer nor a refusal: the system failed.
# `no_reply` is what the harness writes for a question that the system gave no usable line for.
NO_REPLY = "no_reply"
FAILED = frozenset({"error", "invalid_input", NO_REPLY})
_STATUSES = frozenset(status.value for status in Status) | {NO_REPLY}


def _none_is_empty(value: Any) -> Any:
    return "" if value is None else value


def _finite(value: Any) -> float | None:
    """A number, or None for whatever is none: an optional value that is wrong must not cost the answer."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _times(value: Any) -> dict[str, float]:
    """The times by step that are numbers."""
    if not isinstance(value, dict):
        return {}
    return {str(step): ms for step, taken in value.items() if (ms := _finite(taken)) is not None}


def _known_status(value: Any) -> Any:
    if isinstance(value, str) and value not in _STATUSES:
        raise ValueError(value)
    return value


Text = Annotated[str, BeforeValidator(_none_is_empty)]
Number = Annotated[float | None, BeforeValidator(_finite)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Retrieved(_Row):
    """A clause of the ranking."""

    document_number: Text = ""
    clause_path: Text = ""
    score: Number = None

    @property
    def place(self) -> Place:
        return Place.of(self.document_number, self.clause_path)


class Cited(_Row):
    """A citation; `related` ones are pointers, not evidence.  A quote or validity that is not given is None."""

    document_number: Text = ""
    clause_path: Text = ""
    clause_label: Text = ""
    quote: str | None = None
    validity: str | None = None
    related: bool = False

    @property
    def place(self) -> Place:
        return Place.of(self.document_number, self.clause_path)


class Reply(_Row):
    """One output line of a system.  `retrieved` is None where the system tells no ranking."""

    id: str
    status: Annotated[str, BeforeValidator(_known_status)]
    answer: Text = ""
    citations: tuple[Cited, ...] | None = None
    retrieved: tuple[Retrieved, ...] | None = None
    standalone_question: Text = ""
    timings_ms: Annotated[Mapping[str, float], BeforeValidator(_times)] = Field(default_factory=dict)
    confidence: Number = None
    composer: Text = ""
    usage: Annotated[Mapping[str, float], BeforeValidator(_times)] = Field(default_factory=dict)

    @property
    def answered(self) -> bool:
        return self.status in ANSWERED

    @property
    def failed(self) -> bool:
        """Neither answered nor declined."""
        return self.status in FAILED

    @property
    def refused(self) -> bool:
        """Declined to answer; a failure is no refusal."""
        return not self.answered and not self.failed

    @property
    def cited(self) -> tuple[Cited, ...]:
        """All citations, evidence and pointers."""
        return self.citations or ()

    @property
    def evidence(self) -> tuple[Cited, ...]:
        """The citations that the answer rests on."""
        return tuple(cited for cited in self.cited if not cited.related) if self.answered else ()

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
    if silent := [id for id in ids if id in replies and replies[id].status == NO_REPLY]:
        problems.append(f"{len(silent)} 个用例系统没有回答（{_some(silent)}），按错计算。")
    missing = [id for id in ids if id not in replies]
    if missing:
        problems.append(f"{len(missing)} 个用例没有回答（{_some(missing)}），不计入任何数字；请把评测跑完。")
    return AnswerFile(replies, tuple(problems))


def _some(ids: list[str]) -> str:
    return "、".join(ids[:5]) + ("等" if len(ids) > 5 else "")


def _reply(line: Line, path: Path, problems: list[str]) -> Reply | None:
    """The reply of a line; one that is no reply is a failure of its case, or nothing where it names none."""
    row = line.row
    named = row.get("id") is not None
    try:
        return Reply.model_validate({**row, "id": str(row["id"])} if named else row)
    except ValidationError as error:
        end = "这个用例按没有回答算错。" if named else ""
        problems.append(f"{path.name} 第 {line.number} 行：{sentence(error)}{end}")
        return Reply(id=str(row["id"]), status=NO_REPLY) if named else None
