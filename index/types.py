"""The vocabulary of the offline half: what a policy document is, and what a search gives back.

Everything here is an immutable value.  `ClauseRef` is the one name of a clause: a document number and a
path of heading labels (`沪府办发〔2025〕5号 二/(六)/16`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class PolicyError(ValueError):
    """Bad input that a user can mend; the message is one sentence that says how."""


class ClauseRefError(PolicyError):
    """A text that does not name a clause."""


class Validity(StrEnum):
    """Whether a document binds on the as-of date, read from its own words."""

    IN_FORCE = "in_force"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    PERIOD_OVER = "period_over"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    UNSTATED = "unstated"


class Kind(StrEnum):
    """What sort of text a clause is."""

    HEADER = "header"  # 题头
    PREAMBLE = "preamble"  # 引言
    HEADING = "heading"  # a heading with no text of its own, or with a lead-in only
    ITEM = "item"  # a numbered measure, article or section that carries text
    RUN_IN = "run_in"  # "法律服务。…" inside a numbered clause
    BOX = "box"  # 专栏
    TABLE = "table"  # 表
    CLOSING = "closing"  # 末段
    PARAGRAPH = "paragraph"  # a paragraph of a document that has no headings at all


@dataclass(frozen=True, slots=True)
class ClauseRef:
    """The name of a clause.  `ClauseRef.parse(str(ref)) == ref` holds for every reference."""

    document_number: str
    path: str

    def __str__(self) -> str:
        return f"{self.document_number} {self.path}"

    @classmethod
    def parse(cls, text: str) -> ClauseRef:
        """Inverse of `str`: a path holds no space.  Raises `ClauseRefError` when there is no `<number> <path>`."""
        number, _, path = text.rpartition(" ")
        if not number or not path:
            raise ClauseRefError(
                f"“{text}”不是条款编号；请写成“文号 路径”，例如“沪府办发〔2025〕5号 二/(六)/16”。"
            )
        return cls(number, path)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with its text as people should read it.

    `text` starts with the clause's own heading, as printed.  The texts of a document's clauses, in order,
    hold every letter and digit of the file once, removals and repairs aside.
    """

    ref: ClauseRef
    kind: Kind
    label: str
    title: str
    text: str
    headings: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def path(self) -> str:
        return self.ref.path


@dataclass(frozen=True, slots=True)
class Edit:
    """A change the reader made to a file: something removed by a named rule, or a listed repair."""

    rule: str
    before: str
    after: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document, parsed.  Dates are those that the text (or the manifest) states; None is unstated."""

    number: str
    title: str
    issuer: str
    file: str
    clauses: tuple[Clause, ...]
    signed: date | None = None
    printed: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    period: tuple[int, int] | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""
    edits: tuple[Edit, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def issued(self) -> date | None:
        """The date people quote: of signing, else of printing."""
        return self.signed or self.printed

    def clause(self, path: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.path == path), None)

    def validity(self, as_of: date, expiring_days: int = 180) -> Validity:
        """The status on `as_of`; `expiring` within `expiring_days` days of the stated end."""
        if self.effective_from and as_of < self.effective_from:
            return Validity.NOT_YET_IN_FORCE
        if self.effective_to:
            left = (self.effective_to - as_of).days
            if left < 0:
                return Validity.EXPIRED
            return Validity.EXPIRING if left <= expiring_days else Validity.IN_FORCE
        if self.period:
            first, last = self.period
            if as_of.year > last:
                return Validity.PERIOD_OVER
            return Validity.IN_FORCE if as_of.year >= first else Validity.NOT_YET_IN_FORCE
        return Validity.IN_FORCE if self.effective_from else Validity.UNSTATED


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched: a clause, or a sentence of it, with the heading path in front.

    `granularity` is `clause`, `sentence` or `question` (a known question, never quoted).
    """

    ref: ClauseRef
    text: str
    granularity: str = "clause"


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that a search found; `score` is comparable within one search only, higher is better."""

    ref: ClauseRef
    score: float
    parts: dict[str, float] = field(default_factory=dict, compare=False)
    sentence: str = ""


class Encoder(Protocol):
    """Texts → vectors: float32 rows of length one, shape (len(texts), dimension).

    `encode` is for passages, `encode_query` for questions (models with a query prompt tell them apart).
    """

    name: str
    dimension: int
    fingerprint: str

    def encode(self, texts: Sequence[str]) -> Vectors: ...

    def encode_query(self, texts: Sequence[str]) -> Vectors: ...
