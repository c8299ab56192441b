"""BM25 over word lists (bm25s, the Lucene variant), built once and stored beside the vectors."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.tokens import words

# bm25s reports every step of its work at a level that it sets itself.
logging.getLogger("bm25s").setLevel(logging.WARNING)

Scores = NDArray[np.float32]
# Measures differ little in length; less length normalisation than the usual 0.75 keeps long ones findable.
_K1, _B = 1.2, 0.6
# Scores are worked out in double precision, so many at a time: 40 MB.
_BLOCK = 1 << 20


class Lexical:
    """BM25 scores of all texts for a weighted bag of words."""

    def __init__(self, model: bm25s.BM25 | None, size: int, length: int = 0) -> None:
        self._model = model
        self.size = size
        self.length = length  # in words, of all texts together

    @classmethod
    def build(cls, texts: Sequence[str], among: Lexical | None = None) -> Lexical:
        """Index texts; they are cut into words here.

        They score as if they stood `among` the texts of another index, whose own scores stay as they are.
        """
        vocabulary: dict[str, int] = {}
        found, lengths = array("i"), array("i")
        for text in texts:
            bag = words(text)
            found.extend([vocabulary.setdefault(word, len(vocabulary)) for word in bag])
            lengths.append(len(bag))
        if not vocabulary:
            return cls(None, len(texts))
        model = bm25s.BM25(k1=_K1, b=_B)
        model.vocab_dict, model.nonoccurrence_array = vocabulary, None  # Lucene's variant has none
        others = None if among is None else _Others.of(among, vocabulary)
        model.scores = _score_table(np.array(found), np.array(lengths), len(vocabulary), others)
        return cls(model, len(texts), len(found))

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """One score a text, shape (size,); `weights` are the query's words and what each counts."""
        total = np.zeros(self.size, dtype=np.float32)
        if self._model is None:
            return total
        for weight in sorted(set(weights.values()), reverse=True):
            known = [word for word, w in weights.items() if w == weight and word in self._model.vocab_dict]
            if known:
                part = np.zeros(self.size, dtype=np.float32)
                for word in known:
                    rows, values = self._column(word)
                    part[rows] += values  # a row stands in a column once
                total += np.float32(weight) * part
        return total

    def _column(self, word: str) -> tuple[NDArray[np.int32], Scores]:
        """The rows of the texts that hold a word, and what it scores in each."""
        if self._model is None or word not in self._model.vocab_dict:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        column = self._model.vocab_dict[word]
        begin, end = self._model.scores["indptr"][column : column + 2]
        return self._model.scores["indices"][begin:end], self._model.scores["data"][begin:end]

    def rows_with(self, word: str) -> NDArray[np.int64]:
        """The rows of the texts that hold a word (as `tokens.words` cuts it), in no order."""
        return self._column(word)[0].astype(np.int64)

    def save(self, folder: Path) -> None:
        """Write into `folder` (arrays and JSON, no pickle); nothing is written for an empty index."""
        if self._model is not None:
            self._model.save(str(folder), show_progress=False)
            (folder / "length.json").write_text(str(self.length), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, size: int) -> Lexical:
        """Inverse of `save`."""
        if not (folder / "params.index.json").exists():
            return cls(None, size)
        kept = folder / "length.json"
        # An index of an older version has none; `build` takes vectors from it and makes the rest anew.
        length = int(kept.read_text(encoding="utf-8")) if kept.exists() else 0
        return cls(bm25s.BM25.load(str(folder), show_progress=False), size, length)


@dataclass(frozen=True, slots=True)
class _Others:
    """Texts that are indexed elsewhere: how many, how long all together, how many hold each of some words."""

    size: int
    length: int
    holding: NDArray[np.int64]

    @classmethod
    def of(cls, index: Lexical, words: Iterable[str]) -> _Others:
        return cls(index.size, index.length, np.array([len(index.rows_with(word)) for word in words]))


def _score_table(
    found: NDArray[np.int32], lengths: NDArray[np.int32], words: int, others: _Others | None = None
) -> dict[str, Any]:
    """What each word scores in each text that holds it, by columns, as bm25s keeps it: the same figures from arrays.

    `found` are the words of all texts as numbers, one text after the other; `lengths` how many each text has.
    Lucene's formula: ln(1 + (N − n + ½) / (n + ½)) · f / (f + k₁ (1 − b + b · length / mean length)).
    """
    size = len(lengths)
    cells = found * np.int64(size)
    cells += np.repeat(np.arange(size, dtype=np.int32), lengths)
    cells.sort()  # by word, then by text; alike ones are a word's times in a text
    begins = np.flatnonzero(np.diff(cells, prepend=-1))
    times = np.diff(begins, append=len(cells)).astype(np.int32)
    cells = cells[begins]
    holding = np.bincount(cells // size, minlength=words)
    everywhere, total, mean = holding, size, lengths.mean()
    if others:
        everywhere, total = holding + others.holding, size + others.size
        mean = (lengths.sum() + others.length) / total
    rarity = np.log(1 + (total - everywhere + 0.5) / (everywhere + 0.5)).astype(np.float32)
    length = _K1 * ((1 - _B) + _B * lengths / mean)
    rows = np.empty(len(cells), dtype=np.int32)
    data = np.empty(len(cells), dtype=np.float32)
    for begin in range(0, len(cells), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        columns, rows[part] = np.divmod(cells[part], size)
        data[part] = rarity[columns] * (times[part] / (length[rows[part]] + times[part]))
    return {
        "data": data,
        "indices": rows,
        "indptr": np.concatenate([[0], np.cumsum(holding)]).astype(np.int32),
        "num_docs": size,
    }
