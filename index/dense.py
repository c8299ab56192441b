"""Nearest neighbours by inner product (faiss), over vectors of length one.

In: vectors of shape (n, dimension).  Out: rows and similarities, best first.  How they are kept follows from how
many there are (`kind_for`); the same vectors give the same index and the same results every time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.types import Vectors

Rows = NDArray[np.int64]


class Kind(StrEnum):
    """How vectors are kept."""

    FLAT = "flat"  # every vector is compared: exact
    HNSW = "hnsw"  # a graph of neighbours over all vectors
    IVF_PQ = "ivf_pq"  # cells of vectors, each shortened to codes: what a search costs least memory with


# A flat search takes 0.23 ms a 1,000 vectors of 256 figures: 12 ms at 50,000 (docs/benchmarks/scale.md).
HNSW_FROM = 50_000
# A million vectors of 256 figures are 1 GB; their codes are 64 MB.
IVF_PQ_FROM = 1_000_000
# Neighbours of a node and candidates while building: 16 and 40 are faiss's least that reach a recall@10 of 0.97.
_LINKS, _CANDIDATES = 16, 40
# How many rows an approximate search looks through, and so the most that it gives: recall@10 0.97, @100 0.96 over
# 410,000 sentences, 2 ms; 512 gives 0.955 and 0.94.
REACH = 1024
# Vectors that cells and codes are learned from, for each of them: faiss warns below 39.
_SAMPLE = 40
_CODE_BITS = 8
_PROBED = 1 / 16  # the share of the cells that a search looks into


def kind_for(size: int) -> Kind:
    """How `size` vectors are kept."""
    if size < HNSW_FROM:
        return Kind.FLAT
    return Kind.HNSW if size < IVF_PQ_FROM else Kind.IVF_PQ


class Dense:
    """An inner-product index, exact below `HNSW_FROM`; row numbers are those of the vectors it was built from."""

    def __init__(self, index: faiss.Index) -> None:
        self._index: Any = index  # the stubs do not know what the kinds have of their own

    @classmethod
    def build(cls, vectors: Vectors, kind: Kind | None = None) -> Dense:
        """Index vectors of shape (n, dimension); n may be 0.  `kind` is for measuring one beside another."""
        kind = kind or kind_for(len(vectors))
        size, dimension = vectors.shape
        index = _empty(kind, size, dimension)
        if not len(vectors):
            return cls(index)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if kind is Kind.IVF_PQ:
            index.train(_sample(vectors, index.nlist))
        # Threads that race each other would link other neighbours every time.
        with _one_thread() if kind is Kind.HNSW else nullcontext():
            index.add(vectors)
        return cls(index)

    @property
    def kind(self) -> Kind:
        if isinstance(self._index, faiss.IndexFlat):
            return Kind.FLAT
        return Kind.HNSW if isinstance(self._index, faiss.IndexHNSW) else Kind.IVF_PQ

    @property
    def size(self) -> int:
        return int(self._index.ntotal)

    @property
    def keeps_vectors(self) -> bool:
        """Whether `vectors` gives back what was put in, to the bit."""
        return self.kind is not Kind.IVF_PQ

    def search(self, query: Vectors, k: int) -> tuple[Rows, NDArray[np.float32]]:
        """The k nearest rows of a query of shape (dimension,), best first, with their similarities.

        Exact up to `HNSW_FROM` vectors; beyond it nearly so, and at most `REACH` rows come.
        """
        k = min(k, self.size)
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if self.kind is Kind.FLAT:
            similarity, rows = self._index.search(query.reshape(1, -1), k)
            return rows[0], similarity[0]
        k = min(k, REACH)
        similarity, rows = self._index.search(query.reshape(1, -1), k, params=self._effort())
        found = rows[0] >= 0  # faiss fills up with -1 what it did not find
        return rows[0][found], similarity[0][found]

    def _effort(self) -> Any:
        options: Any = faiss
        if self.kind is Kind.HNSW:
            return options.SearchParametersHNSW(efSearch=REACH)
        return options.SearchParametersIVF(nprobe=max(8, round(self._index.nlist * _PROBED)))

    def vectors(self) -> Vectors:
        """All vectors, shape (size, dimension); of an index that shortens them (`keeps_vectors`) roughly."""
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32).reshape(
            self.size, self._index.d
        )

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> Dense:
        """Inverse of `save`."""
        index = faiss.read_index(str(path))
        if isinstance(index, faiss.IndexIVF):
            index.make_direct_map()  # is not stored
        return cls(index)


def _empty(kind: Kind, size: int, dimension: int) -> Any:
    if kind is Kind.FLAT:
        return faiss.IndexFlatIP(dimension)
    if kind is Kind.HNSW:
        graph = faiss.IndexHNSWFlat(dimension, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = _CANDIDATES
        return graph
    cells = max(1, min(round(4 * math.sqrt(size)), size // _SAMPLE))
    pieces = next(n for n in range(max(1, dimension // 4), 0, -1) if dimension % n == 0)
    nearest = faiss.IndexFlatIP(dimension)
    codes = faiss.IndexIVFPQ(nearest, dimension, cells, pieces, _CODE_BITS, faiss.METRIC_INNER_PRODUCT)
    codes.pq.cp.max_points_per_centroid = _SAMPLE
    codes.make_direct_map()  # where each row lies
    return codes


def _sample(vectors: Vectors, cells: int) -> Vectors:
    """Evenly spread rows to learn cells and codes from: no chance in it."""
    step = max(1, len(vectors) // (cells * _SAMPLE))
    return np.ascontiguousarray(vectors[::step])


@contextmanager
def _one_thread() -> Iterator[None]:
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # of the calling thread only
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
