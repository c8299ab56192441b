"""Nearest neighbours by inner product (faiss, flat: exact), over vectors of length one."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.types import Vectors

Rows = NDArray[np.int64]


class Dense:
    """An exact inner-product index; row numbers are those of the vectors it was built from."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> Dense:
        """Index vectors of shape (n, dimension); n may be 0."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @property
    def size(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vectors, k: int) -> tuple[Rows, NDArray[np.float32]]:
        """The k nearest rows of a query of shape (dimension,), best first, with their similarities."""
        k = min(k, self.size)
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        similarity, rows = self._index.search(query.reshape(1, -1), k)
        return rows[0], similarity[0]

    def vectors(self) -> Vectors:
        """All vectors, shape (size, dimension)."""
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32).reshape(
            self.size, self._index.d
        )

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> Dense:
        """Inverse of `save`."""
        return cls(faiss.read_index(str(path)))
