"""Clauses → passages, the units of search: each clause as a whole, and each of its sentences.

A passage carries its heading path in front, because a measure says “给予支持” and its chapter says for whom.
Known questions (documents/questions/*.jsonl) lead to their clause; they are never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from index import questions
from index.types import Clause, Document, Kind, Passage

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
    for row in (row for path in questions.files(folder) for row in questions.read(path)):
        if isinstance(row, str):
            problems.append(row)
        elif row.ref in known:
            found.append(Passage(row.ref, row.question, "question"))
        else:
            problems.append(f"{row.place}：条款“{row.ref}”不存在，已跳过；请改正编号。")
    return found, problems
