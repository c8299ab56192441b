"""A case file (JSON Lines) → `Case` values, and one sentence for each line that is none.

The form is documented in docs/cases.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from eval.jsonlines import Line, read_lines
from index.types import PolicyError

# Ids stand in TREC files, where white space parts the columns.
Id = Annotated[str, StringConstraints(pattern=r"^\S+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


_DAY = r"\d{4}-\d{2}-\d{2}"


def _iso_date(value: Any) -> Any:
    # Left to pydantic, the number 20261120 would be seconds since 1970.
    return date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(_DAY, value) else value


class _Row(BaseModel):
    # Fields that are not ours are kept for `validate` to name: a misspelt one must not vanish silently.
    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class ClauseName(_Row):
    """A clause as a case names it: document number and path of the contract."""

    doc: Text
    clause: Text


class Gold(ClauseName):
    """A clause that answers the question; `evidence` is verbatim, `or` lists clauses that say the same."""

    evidence: str = ""
    required: bool = True
    alternatives: tuple[ClauseName, ...] = Field(default=(), alias="or")

    @property
    def accepted(self) -> tuple[ClauseName, ...]:
        """The clause itself and those that count instead."""
        return (self, *self.alternatives)


class Message(_Row):
    """An earlier turn of the talk."""

    role: Literal["user", "assistant"]
    content: str


class Case(_Row):
    """One question with what a right answer must cite and say."""

    id: Id
    type: Text
    question: Text
    answerable: bool
    history: tuple[Message, ...] = ()
    profile: Mapping[str, Any] = Field(default_factory=dict)
    as_of: Annotated[date | None, BeforeValidator(_iso_date)] = None
    gold: tuple[Gold, ...] = ()
    answer_contains: tuple[tuple[Text, ...], ...] = ()
    answer_not_contains: tuple[Text, ...] = ()
    must_not_cite: tuple[ClauseName, ...] = ()
    difficulty: str = ""
    note: str = ""

    @property
    def required(self) -> tuple[Gold, ...]:
        """The gold clauses that must be cited."""
        return tuple(gold for gold in self.gold if gold.required)

    def input_line(self, as_of: date | None) -> dict[str, Any]:
        """The line a system gets: never the gold.  The case's own date comes before `as_of`."""
        day = self.as_of or as_of
        return {
            "id": self.id,
            "question": self.question,
            "history": [{"role": turn.role, "content": turn.content} for turn in self.history],
            "profile": dict(self.profile),
            **({"as_of": day.isoformat()} if day else {}),
        }


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a file held: the cases in order, where each stands, a sentence for each bad line, and its hash."""

    cases: tuple[Case, ...]
    lines: Mapping[str, int]
    problems: tuple[str, ...]
    sha256: str


def load_cases(path: Path) -> CaseFile:
    """Reads a case file; a bad line costs only itself.  Raises `PolicyError` when no case can be read."""
    rows, problems = read_lines(path)
    cases: dict[str, Case] = {}
    lines: dict[str, int] = {}
    for line in rows:
        case = _case(line, path, problems)
        if case is None:
            continue
        if case.id in cases:
            problems.append(
                f"{path.name} 第 {line.number} 行：编号 {case.id} 在第 {lines[case.id]} 行已经有了，请改名。"
            )
            continue
        cases[case.id], lines[case.id] = case, line.number
    if not cases:
        raise PolicyError(f"{path} 里没有可用的用例。{''.join(problems[:1])}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return CaseFile(tuple(cases.values()), lines, tuple(problems), digest)


def _case(line: Line, path: Path, problems: list[str]) -> Case | None:
    try:
        return Case.model_validate_json(line.text)
    except ValidationError as error:
        problems.append(f"{path.name} 第 {line.number} 行：{sentence(error)}")
        return None


_WHAT = {
    "missing": "缺少这个字段",
    "string_type": "应是文字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "不能为空，也不能有空格",
    "bool_type": "应是 true 或 false",
    "tuple_type": "应是列表",
    "too_short": "不能为空",
    "literal_error": "应是 user 或 assistant",
    "mapping_type": "应是 JSON 对象",
    "dict_type": "应是 JSON 对象",
    "model_type": "应是 JSON 对象",
    "date_type": "应是 YYYY-MM-DD 形式的日期",
    "date_from_datetime_parsing": "应是 YYYY-MM-DD 形式的日期",
    "float_type": "应是数字",
    "int_type": "应是整数",
}


# What a field must be, where its type alone does not say it.
_OF_FIELD = {
    ("as_of", "value_error"): "应是 YYYY-MM-DD 形式的日期",
    ("status", "value_error"): "不是约定的状态",
    ("kind", "literal_error"): "不是约定的类型",
}


def sentence(error: ValidationError) -> str:
    """The first thing wrong with a row, as one sentence that names the field."""
    first = error.errors()[0]
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"]]
    field = "".join(steps).lstrip(".")
    if not field:
        return "应是一个 JSON 对象。"
    what = _OF_FIELD.get((field, first["type"])) or _WHAT.get(first["type"], "的值不合格式")
    return f"{field} {what}，请改正。"
