"""Known questions that are added to a built index in memory, and what they add to the signals of a search.

In: passages (question, clause) and the index of known questions beside which they stand.  Out: for every clause the
similarity and the BM25 score of its best added question.  A question scores as it would after a rebuild; what was
built stays as it is, so that a search which no added question is near gives what it gave before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.fuse import Signal
from index.lexical import Lexical
from index.questions import letters
from index.types import Encoder, Passage, Vectors

# The similarity of a clause that has no added question: less than any two questions have.
NONE = -1.0


@dataclass(frozen=True, slots=True)
class Learned:
    """Added questions; `owner` holds the rows of their clauses, `vectors` is of shape (n, dimension)."""

    passages: tuple[Passage, ...]
    owner: NDArray[np.int64]
    vectors: Vectors
    lexical: Lexical
    exact: Mapping[str, int]

    @classmethod
    def build(
        cls, passages: Sequence[Passage], owner: Sequence[int], built: Lexical, encoder: Encoder, old: Learned
    ) -> Learned:
        """Index added questions beside the built ones; vectors that `old` has are taken from it."""
        texts = [passage.text for passage in passages]
        known = dict(zip((passage.text for passage in old.passages), old.vectors, strict=True))
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known |= dict(zip(missing, encoder.encode_query(missing), strict=True))
        rows = [known[text] for text in texts]
        return cls(
            tuple(passages),
            np.array(owner, dtype=np.int64),
            np.array(rows, dtype=np.float32).reshape(len(rows), encoder.dimension),
            Lexical.build(texts, among=built),
            dict(zip(map(letters, texts), owner, strict=True)),
        )

    def __bool__(self) -> bool:
        return bool(self.passages)

    def nearest(self, vector: NDArray[np.float32], size: int) -> Signal:
        """For each of `size` clauses the similarity of its best question; `NONE` where it has none."""
        found = np.full(size, NONE, dtype=np.float32)
        np.maximum.at(found, self.owner, self.vectors @ vector)
        return found

    def texts(self, vector: NDArray[np.float32]) -> dict[int, str]:
        """The best question of each clause that has one, by the clause's row."""
        order = np.argsort(self.vectors @ vector, kind="stable")
        return {int(self.owner[row]): self.passages[row].text for row in order}

    def asked(self, bag: Mapping[str, float], size: int) -> Signal:
        """For each of `size` clauses the BM25 score of its best question; 0 without one."""
        found = np.zeros(size, dtype=np.float32)
        np.maximum.at(found, self.owner, self.lexical.scores(bag))
        return found

    def holds(self, word: str, row: int | None = None) -> bool:
        """Whether an added question, of this clause if one is given, holds a word."""
        owners = self.owner[self.lexical.rows_with(word)]
        return bool(len(owners) if row is None else (owners == row).any())


NOTHING = Learned((), np.zeros(0, np.int64), np.zeros((0, 0), np.float32), Lexical(None, 0), {})
