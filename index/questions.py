"""documents/questions/*.jsonl: read, checked, counted.

In: rows of clause, question, register and author.  Out: `Row` values, one sentence for everything wrong with
them, and how many questions each clause has.  Light: neither words are cut nor vectors made.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.query import normalised
from index.types import Clause, ClauseRef, Document, Kind, PolicyError

# How people ask: with everyday words, as a firm describing itself, in fragments, plainly, in English.
REGISTERS = ("spoken", "firm", "fragment", "plain", "english")
# Four registers of three: with fewer a clause is found by some ways of asking and not by others.
WANTED = 12
# In letters.  Shorter is a word, not a question, and matches everything; a caller says no more in one breath.
_SHORTEST, _LONGEST = 3, 200
# Two questions are one if they share this much of their pairs of letters (Jaccard).
_ALIKE = 0.8
# A heading with less text names its parts and says nothing of its own.
_TELLING_HEADING = 45
_CARRYING = (Kind.ITEM, Kind.RUN_IN, Kind.BOX, Kind.TABLE)


@dataclass(frozen=True, slots=True)
class Row:
    """One known question: where it stands (`a.jsonl 第 3 行`), its clause, its register, who wrote it."""

    place: str
    ref: ClauseRef
    question: str
    register: str = ""
    author: str = ""

    def to_json(self) -> dict[str, str]:
        """The row as it stands in its file."""
        return {
            "clause": str(self.ref),
            "question": self.question,
            "register": self.register,
            "author": self.author,
        }


def files(documents_dir: Path) -> list[Path]:
    """The files of known questions that belong to a folder of documents, by name."""
    return sorted((documents_dir / "questions").glob("*.jsonl"))


def read(path: Path) -> Iterator[Row | str]:
    """The rows of a file in order; a sentence in the place of one, or of the file, that cannot be used."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        yield f"{path.name}：读不出来，已跳过；请检查权限，并另存为 UTF-8。"
        return
    for at, line in enumerate(lines, start=1):
        if line.strip():
            place = f"{path.name} 第 {at} 行"
            try:
                yield _row(line, place)
            except PolicyError as error:
                yield f"{place}：{error}"


def _row(line: str, place: str) -> Row:
    row = _object(line)
    clause, question = row.get("clause"), row.get("question")
    if not (isinstance(clause, str) and isinstance(question, str) and question.strip()):
        raise PolicyError("缺少 clause 或 question，或它们不是文字，已跳过；请补上。")
    try:
        line.encode("utf-8")
        question.encode("utf-8")
    except UnicodeEncodeError:
        raise PolicyError("问题里有半个字符（代理码位），已跳过；请重新输入。") from None
    register, author = row.get("register"), row.get("author")
    return Row(
        place,
        ClauseRef.parse(clause),
        question,
        register if isinstance(register, str) else "",
        author.strip() if isinstance(author, str) else "",
    )


def _object(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise PolicyError("不是合法的 JSON 对象，已跳过；请检查引号和括号。")
    return row


def check(documents_dir: Path, documents: Sequence[Document], against: Sequence[Path] = ()) -> list[str]:
    """Everything wrong with the known questions of a folder, one sentence each, with file and line.

    `against` are JSON-lines files (cases of an evaluation) whose questions must not be among them.
    """
    cases = asked_in(against)
    found = [row for path in files(documents_dir) for row in read(path)]
    rows = [row for row in found if isinstance(row, Row)]
    unreadable = [row for row in found if isinstance(row, str)]
    return unreadable + [sentence for _, sentence in wrong_rows(rows, documents, cases)]


def wrong_rows(
    rows: Sequence[Row], documents: Iterable[Document], cases: dict[str, str] | None = None
) -> list[tuple[Row, str]]:
    """The rows that should not stand as they do, each with a sentence; of two alike the later one is named.

    `cases` are questions of an evaluation, as `asked_in` reads them.
    """
    known = {clause.ref for document in documents for clause in document.clauses}
    wrong = [(row, what) for row in rows for what in _of_itself(row, known, cases or {})]
    return [(row, f"{row.place}：{what}") for row, what in [*wrong, *_repeated(rows)]]


def _of_itself(row: Row, known: set[ClauseRef], cases: dict[str, str]) -> Iterator[str]:
    size = len(letters(row.question))
    if row.ref not in known:
        yield f"条款“{row.ref}”不存在，请改正编号。"
    if not row.author:
        yield "没有写 author，请写明是谁写的（人名、团队，或 model:名称）。"
    if row.register and row.register not in REGISTERS:
        yield f"不认识的 register“{row.register}”，可用的有 {'、'.join(REGISTERS)}。"
    if size < _SHORTEST:
        yield f"“{row.question.strip()}”太短（不到 {_SHORTEST} 个字），请写成一句问话。"
    if size > _LONGEST:
        yield f"问题太长（{size} 个字，最多 {_LONGEST} 个），请拆开或写短。"
    if place := cases.get(letters(row.question)):
        yield f"与评测用例 {place} 的问题相同，请删去：见过考题的索引会让评测失真。"


def letters(question: str) -> str:
    """What two questions are compared by: letters and digits, in lower case and the documents' writing."""
    return "".join(char for char in normalised(question).lower() if char.isalnum())


def _repeated(rows: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """Rows that repeat an earlier one: the same question anywhere, one nearly the same of another clause."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.setdefault(letters(row.question), row)
        if before is not row:
            yield row, f"“{row.question.strip()}”在 {before.place} 已经有了，{_other_clause(row, before)}"
    distinct = list(first.values())
    for early, late in _alike([letters(row.question) for row in distinct]):
        row, before = distinct[late], distinct[early]
        if row.ref != before.ref:
            yield (
                row,
                f"“{row.question.strip()}”与 {before.place}“{before.question.strip()}”几乎相同，"
                f"{_other_clause(row, before)}",
            )


def _other_clause(row: Row, before: Row) -> str:
    return (
        "不必再写一遍。" if row.ref == before.ref else f"却指向另一条款（{before.ref}），请把两问写得分得开。"
    )


def alike(one: str, other: str) -> bool:
    """Whether two questions, given by their `letters`, are one or so near that the check compares their clauses."""
    first, second = _grams(one), _grams(other)
    return one == other or (bool(first) and len(first & second) >= _ALIKE * len(first | second))


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _alike(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of texts whose pairs of letters overlap by `_ALIKE` or more (Jaccard).

    Prefix filter (Chaudhuri, Ganti, Kaushik 2006): alike texts share one of their rarest pairs, so few are
    compared.
    """
    grams = [_grams(text) for text in texts]
    often = Counter(gram for one in grams for gram in one)
    holding: dict[str, list[int]] = defaultdict(list)
    for late, one in enumerate(grams):
        rarest = sorted(one, key=lambda gram: (often[gram], gram))
        rarest = rarest[: len(one) - math.ceil(_ALIKE * len(one)) + 1]
        for early in sorted({at for gram in rarest for at in holding[gram]}):
            shared = len(one & grams[early])
            if shared >= _ALIKE * (len(one) + len(grams[early]) - shared):
                yield early, late
        for gram in rarest:
            holding[gram].append(late)


def asked_in(paths: Sequence[Path]) -> dict[str, str]:
    """The questions of JSON-lines files by their letters, with where each stands.  Raises `PolicyError`."""
    found: dict[str, str] = {}
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except OSError as error:
            raise PolicyError(f"{path} 打不开（{error.strerror}），请检查路径和权限。") from None
        except UnicodeDecodeError:
            raise PolicyError(f"{path} 不是 UTF-8 编码，请另存为 UTF-8 后重试。") from None
        for at, line in enumerate(lines, start=1):
            if line.strip():
                question = _asked(line, f"{path.name} 第 {at} 行")
                found.setdefault(letters(question), f"{path.name} 第 {at} 行")
    return found


def _asked(line: str, place: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise PolicyError(
            f"{place}不是含 question 的 JSON 对象；--against 要的是用例那样的 JSON Lines 文件。"
        )
    return str(row["question"])


@dataclass(frozen=True, slots=True)
class Count:
    """How many known questions a clause has; `askable`: a firm or caller could ask about it."""

    clause: Clause
    askable: bool
    authors: Counter[str] = field(default_factory=Counter)
    registers: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.authors.total()

    @property
    def too_few(self) -> bool:
        return self.askable and self.total < WANTED


def askable(clause: Clause) -> bool:
    """Whether one could ask about a clause: it says something besides titles, seals and dates."""
    if clause.kind is Kind.HEADING:
        return len(clause.text) >= _TELLING_HEADING
    return clause.kind in _CARRYING


def count(documents_dir: Path, documents: Sequence[Document]) -> dict[str, list[Count]]:
    """For each document (by number) its clauses in order, with how many questions each has."""
    of_clause: dict[ClauseRef, list[Row]] = defaultdict(list)
    for row in (row for path in files(documents_dir) for row in read(path)):
        if isinstance(row, Row):
            of_clause[row.ref].append(row)
    return {
        document.number: [_count(c, of_clause[c.ref]) for c in document.clauses] for document in documents
    }


def _count(clause: Clause, rows: Sequence[Row]) -> Count:
    return Count(
        clause,
        askable(clause),
        Counter(row.author or "未写" for row in rows),
        Counter(row.register or "未写" for row in rows),
    )
