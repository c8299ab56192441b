"""How sure the search is of a hit: a probability, from models that can be read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.settings import ROOT
from index.build import build
from index.confidence import FEATURES, MODELS, models, probability
from index.encoder import load_encoder
from index.search import Searcher

SHARES = st.floats(0, 1)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = load_encoder(None, lean=True)
    stored, _ = build(ROOT / "documents", tmp_path_factory.mktemp("index"), encoder)
    return Searcher(stored, encoder)


def test_every_model_has_a_coefficient_for_every_feature() -> None:
    assert set(models()) == set(MODELS)
    assert all(set(model) == {"intercept", *FEATURES} for model in models().values())


def test_a_probability_is_the_logistic_of_the_weighted_features() -> None:
    features = dict.fromkeys(FEATURES, 0.5)
    model = models()["answers-asked"]
    x = model["intercept"] + 0.5 * sum(model[name] for name in FEATURES)
    assert probability("answers", features, asked=True) == pytest.approx(1 / (1 + math.exp(-x)))


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=len(FEATURES), max_size=len(FEATURES)), asked=st.booleans()
)
def test_whatever_the_features_it_is_a_probability(values: list[float], asked: bool) -> None:
    for what in ("answers", "ground"):
        assert 0 <= probability(what, dict(zip(FEATURES, values, strict=True)), asked=asked) <= 1


@given(low=SHARES, high=SHARES, asked=st.booleans())
def test_a_nearer_sentence_never_lowers_it(low: float, high: float, asked: bool) -> None:
    far, near = sorted((low, high))
    base = dict.fromkeys(FEATURES, 0.3)
    for what in ("answers", "ground"):
        values = [probability(what, base | {"sentence": s}, asked=asked) for s in (far, near)]
        assert values == sorted(values)


def test_the_features_of_a_hit_are_shares_and_similarities(searcher: Searcher) -> None:
    (hit,) = searcher.search("离境退税即买即退", 1)
    features = searcher.features("离境退税即买即退", hit)
    assert set(features) == set(FEATURES)
    assert (
        features["covered"] == 1.0
        and features["strange"] == 0.0
        and features["inside"] <= features["covered"]
    )


def test_a_question_of_the_documents_is_surer_than_one_of_another_field(searcher: Searcher) -> None:
    def ground(question: str) -> float:
        return searcher.known_ground(question, searcher.search(question, 5))

    assert ground("会计师事务所去中东设点有什么支持") > 0.9
    assert ground("离婚后孩子的抚养费怎么算") < 0.1
    assert ground("高血压患者能不能吃阿司匹林") < 0.1


def test_a_clause_that_was_named_and_not_searched_for_is_not_doubted(searcher: Searcher) -> None:
    assert searcher.confidence("第16条", []) == 1.0
