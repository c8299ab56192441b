"""Nearest neighbours: flat is exact, the graph nearly so, and each comes out the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import dense
from index.dense import Dense, Kind, kind_for
from index.types import Vectors


def clustered(rows: int, dimension: int = 32, clusters: int = 40) -> Vectors:
    """Vectors of length one around a few centres, as texts of a few subjects are."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((clusters, dimension))
    found = centres[random.integers(0, clusters, rows)] + 0.6 * random.standard_normal((rows, dimension))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


VECTORS = clustered(5_000)
QUERIES = VECTORS[::100] + np.float32(0.02)


def recall(index: Dense, k: int) -> float:
    """The share of the k rows of a full sort that the index finds."""
    exact = [set(np.argsort(-(VECTORS @ query), kind="stable")[:k].tolist()) for query in QUERIES]
    found = [set(index.search(query, k)[0].tolist()) for query in QUERIES]
    return float(np.mean([len(a & b) / k for a, b in zip(exact, found, strict=True)]))


def test_the_kind_follows_from_the_size() -> None:
    sizes = (0, 49_999, 50_000, 999_999, 1_000_000)
    assert [kind_for(size) for size in sizes] == [Kind.FLAT, Kind.FLAT, Kind.HNSW, Kind.HNSW, Kind.IVF_PQ]


def test_build_takes_the_kind_that_the_size_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "HNSW_FROM", 5_000)
    assert Dense.build(VECTORS).kind is Kind.HNSW
    assert Dense.build(VECTORS[:-1]).kind is Kind.FLAT
    monkeypatch.setattr(dense, "IVF_PQ_FROM", 5_000)
    assert Dense.build(VECTORS).kind is Kind.IVF_PQ


def test_flat_misses_nothing() -> None:
    assert recall(Dense.build(VECTORS), 20) == 1.0


def test_the_graph_finds_nearly_all() -> None:
    assert recall(Dense.build(VECTORS, Kind.HNSW), 20) >= 0.95


def test_cells_and_codes_find_most() -> None:
    index = Dense.build(VECTORS, Kind.IVF_PQ)
    assert recall(index, 20) >= 0.5
    assert np.mean(np.sum(index.vectors() * VECTORS, axis=1)) > 0.9
    assert not index.keeps_vectors


@pytest.mark.parametrize("kind", list(Kind))
def test_a_saved_index_answers_as_before(tmp_path: Path, kind: Kind) -> None:
    built = Dense.build(VECTORS, kind)
    built.save(tmp_path / "a.faiss")
    loaded = Dense.load(tmp_path / "a.faiss")
    assert (loaded.kind, loaded.size) == (kind, 5_000)
    assert np.array_equal(loaded.vectors(), built.vectors())
    for query in QUERIES:
        for ours, theirs in zip(built.search(query, 50), loaded.search(query, 50), strict=True):
            assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("kind", list(Kind))
def test_an_index_built_twice_is_the_same_file(tmp_path: Path, kind: Kind) -> None:
    for name in ("a", "b"):
        Dense.build(VECTORS, kind).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("kind", list(Kind))
def test_rows_come_best_first_and_once(kind: Kind) -> None:
    rows, similarity = Dense.build(VECTORS, kind).search(QUERIES[0], 10_000)
    assert len(set(rows.tolist())) == len(rows) >= 100
    assert np.all(np.diff(similarity) <= 0)


@pytest.mark.parametrize("kind", [Kind.FLAT, Kind.HNSW])
def test_vectors_that_are_kept_come_back_to_the_bit(kind: Kind) -> None:
    index = Dense.build(VECTORS, kind)
    assert index.keeps_vectors
    assert np.array_equal(index.vectors(), VECTORS)
