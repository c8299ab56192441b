"""Clauses → passages, the units of search: each clause as a whole, and each of its sentences.

A passage carries its heading path in front, because a measure says “给予支持” and its chapter says for whom.
Known questions (documents/questions/*.jsonl) lead to their clause; they are never quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.types import Clause, ClauseRef, Document, Kind, Passage, PolicyError

# Shorter pieces (“鼓励企业做大做强。”) say nothing that the clause's title does not.
_MIN_SENTENCE = 12


def sentences(text: str) -> list[str]:
    """The sentences of a clause, each a substring of it, remarks in brackets left together."""
    found, start, depth = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "（(") - (char in "）)" and depth > 0)
        if char == "\n" or (char in "。！？；" and depth == 0):
            found.append(text[start : at + 1])
            start, depth = at + 1, 0
    found.append(text[start:])
    return [piece.strip() for piece in found if piece.strip()]


def passages(document: Document) -> Iterator[Passage]:
    """The passages of a document, clause by clause: the whole, then its sentences."""
    for clause in document.clauses:
        head = _head(document, clause)
        yield Passage(clause.ref, f"{head} {clause.text}", "clause")
        for sentence in _searchable(clause):
            yield Passage(clause.ref, sentence, "sentence")


def _head(document: Document, clause: Clause) -> str:
    steps = [
        document.title,
        *(re.sub(r"^\W*[一二三四五六七八九十\d]+[、.)）]*", "", h) for h in clause.headings),
    ]
    return " ".join(step for step in steps if step)


def _searchable(clause: Clause) -> Iterator[str]:
    if clause.kind is Kind.TABLE:
        yield from (" ".join(row) for row in clause.rows[1:])
        return
    for sentence in sentences(clause.text):
        if len(sentence) >= _MIN_SENTENCE and not sentence.startswith(("（责任单位", "(责任单位")):
            yield sentence


def known_questions(folder: Path, documents: Sequence[Document]) -> tuple[list[Passage], list[str]]:
    """The known questions of all documents, and a sentence for each row that cannot be used."""
    known = {clause.ref for document in documents for clause in document.clauses}
    found: list[Passage] = []
    problems: list[str] = []
    for path in sorted((folder / "questions").glob("*.jsonl")):
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            problems.append(f"{path.name}：读不出来，已跳过；请检查权限，并另存为 UTF-8。")
            continue
        for at, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                ref, question = _known_row(line)
            except PolicyError as error:
                problems.append(f"{path.name} 第 {at} 行：{error}")
                continue
            if ref in known:
                found.append(Passage(ref, question, "question"))
            else:
                problems.append(f"{path.name} 第 {at} 行：条款“{ref}”不存在，已跳过；请改正编号。")
    return found, problems


def _known_row(line: str) -> tuple[ClauseRef, str]:
    try:
        row: dict[str, Any] = json.loads(line)
        clause, question = row["clause"], row["question"]
        if not (isinstance(clause, str) and isinstance(question, str) and question.strip()):
            raise TypeError(line)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise PolicyError("不是合法的 JSON，或缺少 clause、question；已跳过。") from error
    return ClauseRef.parse(clause), question
