"""What to keep in mind: documents that expire soon, measures that changed between two documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant.compose.extract import told_sentences
from index.facets import is_measure
from index.types import Clause, Document, Encoder, Validity

_STANDING = (Validity.IN_FORCE, Validity.EXPIRING)
# Two measures are on the same matter if their two likest pairs of sentences come to this cosine on average, or their
# titles to that (shipped encoder).  Read on the pairs of two documents: below it they share a word and little more.
_SAME_MATTER, _SAME_TITLE = 0.5, 0.65
_PAIRS = 2


def expiring(documents: Mapping[str, Document], as_of: date, days: int) -> list[tuple[Document, date]]:
    """The documents in force that end within so many days (or whose plan period does), soonest first."""
    found = []
    for document in documents.values():
        end = document.effective_to or (date(document.period[1], 12, 31) if document.period else None)
        if end and document.validity(as_of) in _STANDING and 0 <= (end - as_of).days <= days:
            found.append((document, end))
    return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class Change:
    """A measure of the newer document beside the one of the older that is on the same matter; either may be missing.

    `said` are the two sentences likest to each other, the older one first.
    """

    old: Clause | None
    new: Clause | None
    said: tuple[str, str] = ("", "")


def changes(old: Document, new: Document, encoder: Encoder) -> list[Change]:
    """The measures of the newer document, each beside the likest of the older, then those that only the older has."""
    before = [_Read.of(clause, encoder) for clause in old.clauses if is_measure(clause)]
    after = [_Read.of(clause, encoder) for clause in new.clauses if is_measure(clause)]
    rows, kept = [], set[str]()
    for one in after:
        likest = max(before, key=one.likeness, default=None)
        kept |= {other.clause.path for other in before if one.likeness(other) >= _SAME_MATTER}
        if likest is None or one.likeness(likest) < _SAME_MATTER:
            rows.append(Change(None, one.clause))
        else:
            rows.append(Change(likest.clause, one.clause, one.nearest(likest)))
    return rows + [Change(other.clause, None) for other in before if other.clause.path not in kept]


@dataclass(frozen=True)
class _Read:
    """A measure with the vectors of its sentences; shape (sentences, dimensions), rows of length one."""

    clause: Clause
    sentences: tuple[str, ...]
    vectors: NDArray[np.float32]
    title: NDArray[np.float32]

    @classmethod
    def of(cls, clause: Clause, encoder: Encoder) -> _Read:
        told = tuple(told_sentences(clause)) or (clause.text,)
        vectors = np.asarray(encoder.encode([*told, clause.title or clause.label]), dtype=np.float32)
        return cls(clause, told, vectors[:-1], vectors[-1])

    def likeness(self, other: _Read) -> float:
        """The mean cosine of the likest pairs of sentences; that of the titles where these are nearly the same."""
        best = np.sort((self.vectors @ other.vectors.T).max(axis=1))[::-1][:_PAIRS]
        titles = float(self.title @ other.title)
        return max(float(best.mean()), titles if titles >= _SAME_TITLE else 0.0)

    def nearest(self, other: _Read) -> tuple[str, str]:
        """The two sentences that are likest to each other, the other's first."""
        alike = self.vectors @ other.vectors.T
        mine, theirs = np.unravel_index(int(alike.argmax()), alike.shape)
        return other.sentences[int(theirs)], self.sentences[int(mine)]
