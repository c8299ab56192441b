"""A policy file and its clauses → whose clause each letter of the file is; a stretch of the file → its clauses.

Peers cut files wherever they like, and answers are scored by clause: this is the bridge, the same for all of them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Clause, Document, Kind

# So many letters alike in a row are no accident: shorter runs (“的发展”) stand on every page.
_SURE = 8
# The longest removal or repair that is looked past, in letters; a running head has some tens.
_REACH = 200
_MENDED = re.compile(r"[\s,.;:!?()«»]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a file, in characters of its text."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that a peer's search gave back, and how well it fits; higher is better."""

    chunk: Chunk
    score: float


def letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text after NFKC, and for each the place of its character."""
    pairs = [
        (letter, at)
        for at, char in enumerate(text)
        for letter in unicodedata.normalize("NFKC", char)
        if letter.isalnum()
    ]
    return "".join(letter for letter, _ in pairs), [at for _, at in pairs]


def align(file: str, clauses: str) -> list[int]:
    """For each letter of `file` the index of that letter in `clauses`, -1 where it has none; both in order."""
    found = [-1] * len(file)
    i = j = 0
    while i < len(file) and j < len(clauses):
        if file[i] == clauses[j]:
            found[i] = j
            i, j = i + 1, j + 1
        else:
            i, j = _resync(file, i, clauses, j)
    return found


def _resync(file: str, i: int, clauses: str, j: int) -> tuple[int, int]:
    """The nearest places from which both go on alike; the ends where there are none."""
    for skipped in range(1, _REACH):
        for ahead in range(skipped + 1):
            a, b = i + skipped - ahead, j + ahead
            if file[a : a + _SURE] == clauses[b : b + _SURE]:
                return a, b
    return len(file), len(clauses)


class Source:
    """A policy file as a newcomer reads it (`text`), and behind it the clauses that answers are scored by."""

    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.text = text
        owners: list[int] = []
        pieces: list[str] = []
        for at, clause in enumerate(document.clauses):
            pieces.append(letters(clause.text)[0])
            owners += [at] * len(pieces[-1])
        found, self._places = letters(text)
        self._owners = [owners[k] if k >= 0 else -1 for k in align(found, "".join(pieces))]
        self._sizes = Counter(self._owners)

    @property
    def file(self) -> str:
        return self.document.file

    @property
    def aligned(self) -> float:
        """The share of the file's letters that a clause was found for."""
        return 1 - self._sizes[-1] / max(len(self._owners), 1)

    def span(self, clause: Clause) -> Chunk:
        """Where a clause stands in the file, from its first letter to its last."""
        own = self.document.clauses.index(clause)
        places = [place for place, owner in zip(self._places, self._owners, strict=True) if owner == own]
        return Chunk(self.file, places[0], places[-1] + 1) if places else Chunk(self.file, 0, 0)

    def clauses(self, chunk: Chunk) -> list[Clause]:
        """The clauses of a chunk, that with most letters in it first.

        A clause counts if half of it is in the chunk or half of the chunk is in it; if none does, the one that
        shares most.
        """
        first, last = self._letters_in(chunk)
        shared = Counter(self._owners[first:last])
        shared.pop(-1, None)
        most = [at for at, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))]
        halves = [at for at in most if 2 * shared[at] >= min(self._sizes[at], last - first)]
        return _without_bare_headings([self.document.clauses[at] for at in halves or most[:1]])

    def quote(self, chunk: Chunk, clause: Clause) -> str:
        """The longest piece of the chunk without line ends or half-width marks that is the clause's, word for word.

        Those are what the reader mends; "" if there is no such piece.
        """
        own = self.document.clauses.index(clause)
        first, last = self._letters_in(chunk)
        places = [self._places[at] for at in range(first, last) if self._owners[at] == own]
        pieces = _MENDED.split(self.text[places[0] : places[-1] + 1]) if places else []
        return max((piece for piece in pieces if piece in clause.text), key=len, default="")

    def _letters_in(self, chunk: Chunk) -> tuple[int, int]:
        return bisect_left(self._places, chunk.start), bisect_left(self._places, chunk.end)


def _without_bare_headings(clauses: list[Clause]) -> list[Clause]:
    """In the peers' favour: a chapter's name alone is no answer, and would only count as a wrong citation."""
    return [c for c in clauses if c.kind is not Kind.HEADING or "\n" in c.text.strip()] or clauses


def by_file(sources: Iterable[Source]) -> dict[str, Source]:
    """The sources by the name of their file."""
    return {source.file: source for source in sources}
