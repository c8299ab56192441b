"""JSON lines in, JSON lines out: the batch form of `ask`.  A bad line gives an `invalid_input`
line; the rest are answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from assistant.types import NO_TIME, Answer, Profile, Question, Status, Turn
from index.types import PolicyError

Ask = Callable[[Question], Answer]


class InputError(PolicyError):
    """A value of an input line that cannot be used; the message names the field."""


def parse_date(value: Any, field: str = "as_of") -> date:
    """A date in the form YYYY-MM-DD.  Raises `InputError` naming the field."""
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise InputError(f"{field} 不是日期：{value!r}，请写成 YYYY-MM-DD，例如 2026-11-20。") from None


def parse_profile(value: Any) -> Profile:
    """A profile from its JSON object.  Raises `InputError` naming the field."""
    if value is None:
        return Profile()
    if not isinstance(value, dict):
        raise InputError('profile 应是 JSON 对象，例如 {"industry":"广告业","district":"静安区"}。')
    return Profile(
        industry=_text(value.get("industry"), "profile.industry"),
        district=_text(value.get("district"), "profile.district"),
        size=_text(value.get("size"), "profile.size"),
        traits=_texts(value.get("traits"), "profile.traits"),
        needs=_texts(value.get("needs"), "profile.needs"),
    )


def _text(value: Any, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{field} 应是文字，实际是 {json.dumps(value, ensure_ascii=False)}。")
    return value


def _texts(value: Any, field: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f'{field} 应是文字的列表，例如 ["AI"]。')
    return tuple(value)


def parse_history(value: Any) -> tuple[Turn, ...]:
    """Earlier turns from their JSON list.  Raises `InputError` naming the field."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InputError("history 应是列表，每项含 role 和 content。")
    turns = []
    for at, item in enumerate(value):
        ok = (
            isinstance(item, dict)
            and item.get("role") in ("user", "assistant")
            and isinstance(item.get("content"), str)
        )
        if not ok:
            raise InputError(f"history[{at}] 应含 role（user 或 assistant）和 content（文字）。")
        turns.append(Turn(item["role"], item["content"]))
    return tuple(turns)


def parse_question(row: Any, today: date) -> Question:
    """A question from an input object.  Raises `InputError` naming the field."""
    if not isinstance(row, dict):
        raise InputError("每行应是一个 JSON 对象，至少含 question。")
    text = row.get("question")
    if not isinstance(text, str) or not text.strip():
        raise InputError("缺少 question，或它不是文字。")
    as_of = parse_date(row["as_of"]) if row.get("as_of") is not None else today
    return Question(text, as_of, parse_history(row.get("history")), parse_profile(row.get("profile")))


def answer_lines(lines: Iterable[str], ask: Ask, today: date) -> Iterator[dict[str, Any]]:
    """One output object for each non-empty input line, in order."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer_line(line, number, ask, today)


def _invalid(message: str) -> Answer:
    return Answer(Status.INVALID_INPUT, message, timings_ms=dict(NO_TIME))


def _answer_line(line: str, number: int, ask: Ask, today: date) -> dict[str, Any]:
    identity: Any = None
    try:
        row = json.loads(line)
        identity = row.get("id") if isinstance(row, dict) else None
        answer = ask(parse_question(row, today))
    except json.JSONDecodeError as error:
        answer = _invalid(f"第 {number} 行不是合法的 JSON（第 {error.colno} 列）。")
    except InputError as error:
        answer = _invalid(f"第 {number} 行：{error}")
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        answer = _invalid(f"第 {number} 行的 JSON 太大或嵌套太深，请拆开后重试。")
    return {"id": identity if identity is not None else str(number), **answer.to_json()}
