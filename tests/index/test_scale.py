"""What was made fast gives what the plain way gives: words, scores, best rows, best passages, stored files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import bm25s
import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import dense, lexicon
from index.build import build
from index.encoder import HashEncoder
from index.lexical import Lexical
from index.passages import passages
from index.search import Searcher, _best_rows, _by_clause
from index.tokens import STOPWORDS, _fold, words
from index.types import ClauseRef, Document

DOCUMENTS = Path(__file__).parents[2] / "documents"
QUESTIONS = ("办展会有支持吗?", "会计师事务所去中东设点", "人力资源服务业到2028年营收目标是多少？", "AI 广告")


@pytest.fixture(scope="module")
def plain() -> jieba.Tokenizer:
    """jieba as it comes, with the lexicon's words."""
    tokenizer = jieba.Tokenizer()
    for word in lexicon.user_words():
        tokenizer.add_word(_fold(word))
    return tokenizer


def plain_words(tokenizer: jieba.Tokenizer, text: str) -> list[str]:
    found = (word.strip() for word in tokenizer.cut_for_search(_fold(text)))
    return [word for word in found if word and word not in STOPWORDS and any(c.isalnum() for c in word)]


def test_words_of_all_clauses_are_those_of_plain_jieba(
    five: Mapping[str, Document], plain: jieba.Tokenizer
) -> None:
    texts = [passage.text for document in five.values() for passage in passages(document)]
    assert [words(text) for text in texts] == [plain_words(plain, text) for text in texts]


@given(st.text(alphabet="中国人民银行支持企业的一二三aB1.%-+&#，。（）“”… \n\r\u3000é①㐀😀\x00", max_size=40))
def test_words_of_any_text_are_those_of_plain_jieba(plain: jieba.Tokenizer, text: str) -> None:
    assert words(text) == plain_words(plain, text)


def test_scores_are_those_that_bm25s_works_out(five: Mapping[str, Document]) -> None:
    texts = [passage.text for document in five.values() for passage in passages(document)]
    model = bm25s.BM25(k1=1.2, b=0.6)
    model.index([words(text) for text in texts], show_progress=False)
    lexical = Lexical.build(texts)
    for question in QUESTIONS:
        known = [word for word in dict.fromkeys(words(question)) if word in model.vocab_dict]
        assert known
        assert np.array_equal(lexical.scores(dict.fromkeys(known, 1.0)), model.get_scores(known))


def test_lexical_files_are_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Lexical.build(["支持广告企业", "支持会展企业", "律师事务所"]).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert all((tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes() for n in files)


@given(st.lists(st.integers(-3, 3), max_size=40), st.integers(1, 50), st.booleans())
def test_the_best_rows_are_those_of_a_full_stable_sort(values: list[int], k: int, halved: bool) -> None:
    scores = np.array(values, dtype=np.float32)
    among = np.arange(0, len(values), 2) if halved else None
    rows = np.arange(len(values)) if among is None else among
    expected = rows[np.argsort(-scores[rows], kind="stable")][:k]
    assert _best_rows(scores, k, among).tolist() == expected.tolist()


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 5, width=32)), max_size=30))
def test_a_clause_scores_what_its_best_passage_does(pairs: list[tuple[int, float]]) -> None:
    owner = np.array([clause for clause, _ in pairs], dtype=np.int64)
    scores = np.array([score for _, score in pairs], dtype=np.float32)
    expected = [max((score for clause, score in pairs if clause == at), default=0.0) for at in range(10)]
    assert _by_clause(scores, owner, 10).tolist() == expected


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = HashEncoder(128)
    return Searcher(build(DOCUMENTS, tmp_path_factory.mktemp("index"), encoder)[0], encoder)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", ["clause", "sentence", "question"])
def test_the_nearest_passage_of_a_clause_is_the_first_that_comes(
    searcher: Searcher, name: str, question: str
) -> None:
    stored = searcher._stored
    vector = HashEncoder(128).encode_query([question])[0]
    similar: dict[ClauseRef, float] = {}
    text: dict[ClauseRef, str] = {}
    for row, value in zip(*stored.dense[name].search(vector, 4096), strict=True):
        passage = stored.passages[name][row]
        similar.setdefault(passage.ref, float(value))
        text.setdefault(passage.ref, passage.text)
    found, best = searcher._nearest(name, vector)
    refs = list(searcher.clauses)
    assert {refs[at]: float(found[at]) for at in np.flatnonzero(~np.isnan(found))} == similar
    assert {refs[at]: words for at, words in best.items()} == text


def test_a_search_through_a_graph_finds_the_clause_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact_encoder = HashEncoder(128)
    exact = Searcher(build(DOCUMENTS, tmp_path / "exact", exact_encoder)[0], exact_encoder)
    monkeypatch.setattr(dense, "HNSW_FROM", 100)
    near = Searcher(build(DOCUMENTS, tmp_path / "near", exact_encoder)[0], exact_encoder)
    assert near._stored.dense["sentence"].kind is dense.Kind.HNSW
    for question in QUESTIONS:
        assert near.search(question, k=1)[0].ref == exact.search(question, k=1)[0].ref


def test_vectors_of_a_graph_are_taken_over_when_a_document_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counting(HashEncoder):
        seen = 0

        def encode(self, texts):  # type: ignore[no-untyped-def]
            Counting.seen += len(texts)
            return super().encode(texts)

    monkeypatch.setattr(dense, "HNSW_FROM", 2)
    folder = tmp_path / "documents"
    folder.mkdir()
    text = "某府〔2025〕{0}号\n一、目标\n做强法律服务业第{0}年，做大会展业。\n二、任务\n支持广告企业第{0}年给予奖励。"
    (folder / "1.txt").write_text(text.format(1), encoding="utf-8")
    build(folder, tmp_path / "index", Counting(64))
    before, Counting.seen = Counting.seen, 0
    (folder / "2.txt").write_text(text.format(2), encoding="utf-8")
    build(folder, tmp_path / "index", Counting(64))
    assert 0 < Counting.seen <= before
