"""Fitting the confidence models: the right coefficients from made-up hits, and no question judged by its own index."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from assistant.settings import ROOT
from eval.fit.command import foreign_questions, to_toml
from eval.fit.confidence import Example, examples, fit, fitted, reliability
from eval.questions import rows_of, without
from index.build import build
from index.confidence import FEATURES, MODELS
from index.encoder import HashEncoder
from index.store import Stored
from index.types import PolicyError
from tests.eval.support import lines


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    return build(ROOT / "documents", tmp_path_factory.mktemp("index"), HashEncoder())[0]


def made_up(n: int, slope: float, intercept: float) -> list[Example]:
    """Hits whose chance of being right depends on their first feature alone."""
    random = np.random.default_rng(5)
    found = []
    for at in range(n):
        values = random.normal(size=len(FEATURES))
        chance = 1 / (1 + np.exp(-(intercept + slope * values[0])))
        found.append(
            Example(
                tuple(values.tolist()), at % 3, True, bool(random.random() < chance), at // 3, at % 2 == 0
            )
        )
    return found


def test_a_known_model_is_found_again() -> None:
    found = fit(made_up(6000, slope=2.0, intercept=-1.0)).coefficients
    assert found["dense"] == pytest.approx(2.0, abs=0.15) and found["intercept"] == pytest.approx(
        -1.0, abs=0.15
    )
    assert all(abs(found[name]) < 0.15 for name in FEATURES[1:])


def test_predictions_of_a_model_that_fits_are_reliable() -> None:
    for predicted, observed, n in reliability(fit(made_up(6000, slope=2.0, intercept=-1.0))):
        assert observed == pytest.approx(predicted, abs=3 * (0.25 / n) ** 0.5 + 0.01)


def test_known_ground_is_fitted_on_first_hits_and_on_where_the_question_came_from() -> None:
    rows = [
        *made_up(900, 1.0, 0.0),
        *(Example(e.features, e.rank, False, e.right, e.question, e.foreign) for e in made_up(900, 1.0, 0.0)),
    ]
    models = fitted(rows)
    assert set(models) == set(MODELS)
    assert len(models["ground-asked"].right) == 300 and len(models["answers-asked"].right) == 900
    assert models["ground-asked"].right.tolist() == [not row.foreign for row in rows[:900] if row.rank == 0]


def test_an_index_without_questions_holds_all_else(stored: Stored) -> None:
    rows = frozenset(range(0, 7000, 2))
    less = without(stored, rows)
    kept = [p for row, p in enumerate(stored.passages["question"]) if row not in rows]
    assert list(less.passages["question"]) == kept and less.dense["question"].size == len(kept)
    assert less.passages["clause"] is stored.passages["clause"]


def test_the_questions_of_a_document_are_all_of_its_clauses(stored: Stored) -> None:
    number = stored.documents[0].number
    rows = rows_of(stored, frozenset({number}))
    left = without(stored, rows).passages["question"]
    assert rows and not any(p.ref.document_number == number for p in left)
    assert len(left) == len(stored.passages["question"]) - len(rows)


def test_no_question_meets_itself_and_each_is_asked_twice(stored: Stored) -> None:
    few = without(stored, frozenset(range(60, len(stored.passages["question"]))))
    rows = examples(few, HashEncoder(), ["离婚财产怎么分", "感冒吃什么药"], lambda note: None)
    own = {row.question for row in rows if row.question >= 0}
    assert own == set(range(60)) and {row.question for row in rows if row.foreign} == {-1, -2}
    assert len(rows) == 2 * 3 * 62
    # With the same text in the index, HashEncoder would give a similarity of 1.
    asked = FEATURES.index("asked")
    assert all(row.features[asked] + row.features[0] < 0.999 for row in rows)


def test_the_questions_of_other_fields_are_drawn_alike_each_time(tmp_path: Path) -> None:
    path = lines(tmp_path / "law.jsonl", [{"q": f"问题{at}"} for at in range(1200)])
    other = lines(tmp_path / "few.jsonl", [{"question": "一个"}, {"answer": "没有"}])
    found = foreign_questions([path, other])
    assert len(found) == 1001 and found[-1] == "一个" and found == foreign_questions([path, other])
    with pytest.raises(PolicyError, match=r"empty\.jsonl 里没有问题"):
        foreign_questions([lines(tmp_path / "empty.jsonl", [{"answer": "x"}])])


def test_what_is_written_can_be_read_back() -> None:
    models = {name: {"intercept": -1.5, **dict.fromkeys(FEATURES, 0.25)} for name in MODELS}
    assert tomllib.loads(to_toml(models, [Path("law.jsonl.gz")], 4000)) == models
