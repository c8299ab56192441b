"""A file of talks (JSON Lines) → `Dialogue` values, and one sentence for each line that is none.

The form is documented in docs/cases.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.types import Turn
from eval.cases.model import Message, Text, sentence
from eval.jsonlines import read_lines
from index.types import PolicyError

FILE = Path(__file__).resolve().parent.parent / "cases" / "dialogues.jsonl"
# Questions of these kinds need nothing of the talk and must stay as they are.
ALONE = ("self_contained", "topic_switch", "chitchat")
FIELDS = ("document", "clause", "industry", "district")

Kind = Literal[
    "self_contained", "topic_switch", "chitchat", "pronoun", "ordinal", "neighbour", "ellipsis_place",
    "ellipsis_industry", "document_switch", "profile_change", "correction", "compare", "department", "procedure",
    "amount", "validity", "why",
]  # fmt: skip


class Half(StrEnum):
    """Which lines of the file: those that rules and weights were made on, those that were not, or both."""

    FITTED = "fitted"
    HELD = "held"
    ALL = "all"


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Carries(_Row):
    """What the question takes from the talk, by field; None where it takes nothing."""

    document: str | None = None
    clause: str | None = None
    industry: str | None = None
    district: str | None = None


class Dialogue(_Row):
    """A talk, the question that follows it, and how a reader would ask that question without the talk."""

    history: Annotated[tuple[Message, ...], Field(min_length=1)]
    question: Text
    standalone: Text
    kind: Kind
    carries: Carries

    @property
    def alone(self) -> bool:
        """Whether the question must stay as it is."""
        return self.kind in ALONE

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(message.role, message.content) for message in self.history)


@dataclass(frozen=True, slots=True)
class DialogueFile:
    """The talks of a file with the numbers of their lines (from 1), and a sentence for each bad line."""

    rows: tuple[tuple[int, Dialogue], ...]
    problems: tuple[str, ...]

    def half(self, which: Half) -> Sequence[Dialogue]:
        """The talks of a half, in order.

        Lines 1, 3, 5 … are the fitted half.  Lines are counted, not talks: a bad line moves no talk to the other half.
        """
        odd = {Half.FITTED: (True,), Half.HELD: (False,), Half.ALL: (True, False)}[which]
        return [talk for number, talk in self.rows if (number % 2 == 1) in odd]


def load_dialogues(path: Path) -> DialogueFile:
    """Reads a file of talks; a bad line costs only itself.  Raises `PolicyError` when no talk can be read."""
    found, problems = read_lines(path)
    rows = []
    for line in found:
        try:
            rows.append((line.number, Dialogue.model_validate_json(line.text)))
        except ValidationError as error:
            problems.append(f"{path.name} 第 {line.number} 行：{sentence(error)}")
    if not rows:
        raise PolicyError(f"{path} 里没有可用的对话。{''.join(problems[:1])}")
    return DialogueFile(tuple(rows), tuple(problems))
