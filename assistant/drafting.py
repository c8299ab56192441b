"""Clauses of a document → known questions that a language model drafts, for a person to go through.

The model sees one clause at a time and names no clause: which one a question is for is known here.  What it
writes goes through the check of `index/questions.py`, as what people write does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.compose.model_chat import Chat
from assistant.prompts import instructions
from index.questions import REGISTERS, WANTED, Row, wrong_rows
from index.types import Clause, Document

# A third more than are wanted, because the check turns some away.
_ASKED = WANTED + 4


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of one clause: rows that hold, and a sentence for each thing that was left out."""

    clause: Clause
    rows: tuple[Row, ...]
    problems: tuple[str, ...]


def draft_questions(
    document: Document,
    clauses: Iterable[Clause],
    chat: Chat,
    author: str,
    existing: Sequence[Row],
    cases: dict[str, str],
) -> Iterator[Drafted]:
    """Drafts clause by clause; a reply that cannot be read costs its clause only.  Raises what `chat` raises.

    `existing` are the known questions there are, `cases` those of an evaluation (`index.questions.asked_in`):
    neither is repeated.
    """
    prompt = instructions("draft-questions")
    before = list(existing)
    for clause in clauses:
        place = " › ".join([*clause.headings, f"{clause.label} {clause.title}".strip()])
        reply = chat(
            prompt["system"].format(count=_ASKED).strip(),
            prompt["user"]
            .format(title=document.title, number=document.number, place=place, text=clause.text)
            .strip(),
        )
        drafted = _checked(clause, read_reply(reply), author, document, before, cases)
        before += drafted.rows
        yield drafted


def _checked(
    clause: Clause,
    written: Sequence[tuple[str, str]],
    author: str,
    document: Document,
    before: Sequence[Row],
    cases: dict[str, str],
) -> Drafted:
    if not written:
        return Drafted(clause, (), (f"{clause.ref}：模型的回复不是要求的 JSON，这一条没有写成；请重试。",))
    rows = [
        Row(f"{clause.ref} 第 {at} 问", clause.ref, question, register, author)
        for at, (register, question) in enumerate(written, start=1)
    ]
    # Only what is said of the new rows counts: the earlier ones may well belong to other documents' clauses.
    new = {id(row) for row in rows}
    wrong = [(row, said) for row, said in wrong_rows([*before, *rows], [document], cases) if id(row) in new]
    turned_away = {id(row) for row, _ in wrong}
    kept = tuple(row for row in rows if id(row) not in turned_away)
    return Drafted(clause, kept, tuple(said for _, said in wrong))


def read_reply(reply: str) -> list[tuple[str, str]]:
    """The (register, question) pairs of a reply; none where it holds no JSON of the form that was asked for.

    Models like to talk around it: what stands from the first brace to the last counts.
    """
    begin, end = reply.find("{"), reply.rfind("}")
    try:
        found: Any = json.loads(reply[begin : end + 1]) if begin >= 0 else None
    except (ValueError, RecursionError):
        return []
    rows = found.get("questions") if isinstance(found, dict) else None
    return [pair for row in rows if (pair := _pair(row))] if isinstance(rows, list) else []


def _pair(row: Any) -> tuple[str, str] | None:
    if not isinstance(row, dict) or not isinstance(question := row.get("question"), str):
        return None
    # One line of text that UTF-8 can hold, whatever was escaped.
    written = " ".join(question.encode("utf-8", "ignore").decode("utf-8").split())
    register = row.get("register")
    return (register if register in REGISTERS else "", written) if written else None
