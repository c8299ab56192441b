"""BM25 over word lists (bm25s, the Lucene variant), built once and stored beside the vectors."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.tokens import words

# bm25s reports every step of its work at a level that it sets itself.
logging.getLogger("bm25s").setLevel(logging.WARNING)

Scores = NDArray[np.float32]
# Measures differ little in length; less length normalisation than the usual 0.75 keeps long ones findable.
_K1, _B = 1.2, 0.6


class Lexical:
    """BM25 scores of all texts for a weighted bag of words."""

    def __init__(self, model: bm25s.BM25 | None, size: int) -> None:
        self._model = model
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str]) -> Lexical:
        """Index texts; they are cut into words here."""
        bags = [words(text) for text in texts]
        if not any(bags):
            return cls(None, len(texts))
        model = bm25s.BM25(k1=_K1, b=_B)
        model.index(bags, show_progress=False)
        return cls(model, len(texts))

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """One score a text, shape (size,); `weights` are the query's words and what each counts."""
        total = np.zeros(self.size, dtype=np.float32)
        if self._model is None:
            return total
        for weight in sorted(set(weights.values()), reverse=True):
            known = [word for word, w in weights.items() if w == weight and word in self._model.vocab_dict]
            if known:
                total += np.float32(weight) * self._model.get_scores(known)
        return total

    def rows_with(self, word: str) -> NDArray[np.int64]:
        """The rows of the texts that hold a word (as `tokens.words` cuts it), in no order."""
        if self._model is None or word not in self._model.vocab_dict:
            return np.zeros(0, dtype=np.int64)
        column = self._model.vocab_dict[word]
        begin, end = self._model.scores["indptr"][column : column + 2]
        return np.asarray(self._model.scores["indices"][begin:end], dtype=np.int64)

    def save(self, folder: Path) -> None:
        """Write into `folder` (arrays and JSON, no pickle); nothing is written for an empty index."""
        if self._model is not None:
            self._model.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> Lexical:
        """Inverse of `save`."""
        if not (folder / "params.index.json").exists():
            return cls(None, size)
        return cls(bm25s.BM25.load(str(folder), show_progress=False), size)
