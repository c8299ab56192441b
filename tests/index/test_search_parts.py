"""Passages, words, BM25, nearest neighbours, fusion, and the search that joins them: small texts, exact values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build
from index.dense import Dense
from index.encoder import HashEncoder
from index.fuse import fuse, standardise
from index.lexical import Lexical
from index.outline import outline
from index.passages import passages, sentences
from index.search import Searcher
from index.tokens import words
from index.types import ClauseRef, Document

PLAN = "沪府办发〔2021〕7号"
CLAUSE = "（一）法律服务。支持律师事务所境外布局，打造品牌。做强。（责任单位：市司法局；市商务委）"
TEXT = f"一、支持服务业\n{CLAUSE}\n（二）会展。"


def test_a_passage_is_a_clause_behind_its_headings_or_a_sentence_of_it() -> None:
    document = Document(
        "甲〔2025〕1号", "某市若干措施", "某市", "a.txt", outline(TEXT, "甲〔2025〕1号").clauses
    )
    assert [(p.ref.path, p.granularity, p.text) for p in passages(document)][1:3] == [
        (
            "一/(一)",
            "clause",
            f"某市若干措施 支持服务业 {CLAUSE}",
        ),
        ("一/(一)", "sentence", "支持律师事务所境外布局，打造品牌。"),
    ]


def test_rows_of_a_table_are_its_sentences(five: Mapping[str, Document]) -> None:
    rows = [
        p.text for p in passages(five[PLAN]) if p.ref.path == "二/(三)/表" and p.granularity == "sentence"
    ]
    assert len(rows) == 10
    assert rows[2] == "3 金融市场成交额 万亿元 预期性 2800左右"


def test_sentences_of_all_documents_are_substrings_of_their_clauses(five: Mapping[str, Document]) -> None:
    for document in five.values():
        for passage in passages(document):
            clause = document.clause(passage.ref.path)
            assert clause is not None
            if passage.granularity == "sentence":
                assert passage.text in clause.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("甲。乙！丙？丁；戊", ["甲。", "乙！", "丙？", "丁；", "戊"]),
        ("甲（乙。丙）丁。戊", ["甲（乙。丙）丁。", "戊"]),
        ("甲（乙。\n丙。丁", ["甲（乙。", "丙。", "丁"]),
        ("甲）乙。丙", ["甲）乙。", "丙"]),
        ("", []),
    ],
)
def test_sentences_end_at_stops_outside_brackets(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_words_are_folded_and_bare_of_signs_and_stop_words() -> None:
    assert words("请问，ＡＩ的补贴？") == ["ai", "补贴"]
    assert words("的 了 吗！") == []
    assert "g60科创走廊" in words("Ｇ６０科创走廊")


def test_bm25_ranks_the_text_that_shares_the_rare_word_first() -> None:
    lexical = Lexical.build(["支持广告企业发展", "支持会展企业发展", "支持旅游企业发展"])
    scores = lexical.scores({"广告": 1.0, "企业": 1.0})
    assert scores.shape == (3,)
    assert scores.argmax() == 0
    assert scores[1] == scores[2] < scores[0]
    assert np.array_equal(lexical.scores({"没有的词": 1.0}), np.zeros(3, np.float32))
    assert np.allclose(lexical.scores({"广告": 0.5}), 0.5 * lexical.scores({"广告": 1.0}))


def test_bm25_comes_back_as_it_was(tmp_path: Path) -> None:
    lexical = Lexical.build(["支持广告企业", "支持会展企业"])
    lexical.save(tmp_path)
    loaded = Lexical.load(tmp_path, 2)
    assert np.array_equal(loaded.scores({"广告": 1.0}), lexical.scores({"广告": 1.0}))


@pytest.mark.parametrize("texts", [[], ["。！"], ["的"]])
def test_bm25_over_nothing_scores_nothing(tmp_path: Path, texts: list[str]) -> None:
    lexical = Lexical.build(texts)
    lexical.save(tmp_path)
    for one in (lexical, Lexical.load(tmp_path, len(texts))):
        assert one.scores({"广告": 1.0}).tolist() == [0.0] * len(texts)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_faiss_gives_the_top_k_of_a_full_sort(rows: int, k: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((rows, 16)).astype(np.float32)
    query = random.standard_normal(16).astype(np.float32)
    found, similarity = Dense.build(vectors).search(query, k)
    expected = np.argsort(-(vectors @ query), kind="stable")[:k]
    assert found.tolist() == expected.tolist()
    assert np.allclose(similarity, (vectors @ query)[expected], atol=1e-5)


def test_vectors_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    vectors = HashEncoder(32).encode(["广告", "会展", "法律"])
    Dense.build(vectors).save(tmp_path / "a.faiss")
    assert np.array_equal(Dense.load(tmp_path / "a.faiss").vectors(), vectors)
    empty = Dense.build(np.zeros((0, 32), np.float32))
    assert (empty.size, empty.vectors().shape, empty.search(vectors[0], 5)[0].tolist()) == (0, (0, 32), [])


def test_signals_are_brought_to_one_scale() -> None:
    found = standardise(np.array([1.0, 2.0, 3.0], np.float32))
    assert np.allclose(found, [-1.2247449, 0.0, 1.2247449])
    nan = float("nan")
    assert np.allclose(standardise(np.array([1.0, nan, 3.0], np.float32)), [-1.0, -1.0, 1.0])
    assert standardise(np.array([nan, nan], np.float32)).tolist() == [0.0, 0.0]
    assert standardise(np.array([5.0, 5.0], np.float32)).tolist() == [0.0, 0.0]


def test_fusion_adds_what_has_a_weight() -> None:
    signals = {"a": np.array([0.0, 2.0], np.float32), "b": np.array([4.0, 0.0], np.float32)}
    assert fuse(signals, {"a": 1.0, "b": 0.5}).tolist() == [-0.5, 0.5]
    assert fuse(signals, {"a": 1.0}).tolist() == [-1.0, 1.0]
    assert fuse(signals, {}).tolist() == [0.0, 0.0]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = HashEncoder(256)
    folder = tmp_path_factory.mktemp("index")
    stored, _ = build(Path(__file__).parents[2] / "documents", folder, encoder)
    return Searcher(stored, encoder)


def test_a_clause_is_found_by_its_own_words(searcher: Searcher) -> None:
    (hit, *_) = searcher.search("在上海技术交易所设立“微短剧专板”，支持微短剧项目开展版权质押融资")
    assert hit.ref == ClauseRef("沪府办发〔2025〕5号", "二/(六)/16")
    assert hit.sentence.startswith("支持微短剧项目开展版权质押融资，")


def test_hits_are_distinct_clauses_best_first_and_no_more_than_asked(searcher: Searcher) -> None:
    hits = searcher.search("会展业奖励", k=7)
    assert len({hit.ref for hit in hits}) == 7
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert searcher.search("会展业奖励", k=3) == hits[:3]
    assert len(searcher.search("会展业奖励", k=10_000)) == 280


def test_a_search_within_a_document_gives_its_clauses_in_the_same_order(searcher: Searcher) -> None:
    everywhere = [hit for hit in searcher.search("法律服务", k=280) if hit.ref.document_number == PLAN]
    assert searcher.search("法律服务", k=280, within=PLAN) == everywhere
    assert searcher.search("法律服务", within="没有的文号") == []


@pytest.mark.parametrize("query", ["", " \n", "\u3000"])
def test_an_empty_query_finds_nothing(searcher: Searcher, query: str) -> None:
    assert searcher.search(query) == []


@pytest.mark.parametrize("query", ["？！", "asdf qwer", "的", "😀", "\x00", "字" * 5000])
def test_an_odd_query_is_searched_without_an_error(searcher: Searcher, query: str) -> None:
    hits = searcher.search(query, k=5)
    assert len(hits) == 5
    assert all(np.isfinite(hit.score) for hit in hits)
