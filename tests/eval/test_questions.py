"""A document without known questions is found beside documents that have them."""

from __future__ import annotations

import random

import pytest

from assistant.settings import ROOT
from eval.questions import rows_of, without
from index.build import build
from index.encoder import load_encoder
from index.search import Searcher
from index.store import Stored
from index.types import Encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(None, lean=True)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Stored:
    return build(ROOT / "documents", tmp_path_factory.mktemp("index"), encoder)[0]


def found(searcher: Searcher, stored: Stored, number: str, k: int = 5) -> float:
    """The share of 40 known questions of a document whose clause is among the first k."""
    own = [p for p in stored.passages["question"] if p.ref.document_number == number]
    asked = random.Random(3).sample(own, 40)
    return sum(p.ref in [hit.ref for hit in searcher.search(p.text, k)] for p in asked) / len(asked)


def test_a_document_whose_questions_are_taken_away_is_still_found(stored: Stored, encoder: Encoder) -> None:
    for number in (document.number for document in stored.documents):
        left = Searcher(without(stored, rows_of(stored, frozenset({number}))), encoder)
        none = Searcher(without(stored, frozenset(range(len(stored.passages["question"])))), encoder)
        # Beside four documents with questions it does about as well as where none has any.
        assert found(left, stored, number) >= found(none, stored, number) - 0.15, number


def test_a_clause_without_questions_beside_others_of_its_document_is_left_as_it_is(
    stored: Stored, encoder: Encoder
) -> None:
    questions = stored.passages["question"]
    ref = questions[500].ref
    rows = frozenset(row for row, passage in enumerate(questions) if passage.ref == ref)
    searcher = Searcher(without(stored, rows), encoder)
    (hit,) = [hit for hit in searcher.search(questions[500].text, 500) if hit.ref == ref]
    assert not searcher.has_questions(ref)
    assert hit.parts["asked"] == 0 and hit.parts["question"] == hit.parts["dense"]
