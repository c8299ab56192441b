"""Fitting the judge: pairs as they are read, topics held out, weights found again, the threshold within its risk."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from assistant.judge import feature_names, model
from assistant.settings import ROOT
from eval.fit import judge
from eval.fit.clauses import PAIRS, PREMISE, Pair, general_pairs, held_out, own_pairs
from eval.fit.command import judge_toml
from index.types import PolicyError
from tests.eval.support import lines

ROW = {
    "p": "支持首店。给予10万元。（责任单位：市商务委）",
    "answered": ["首店给多少钱？", "首店归谁管？", "有首店支持吗？"],
    "not_answered": [
        {"q": "首店支持的电话是多少？", "why": "contact"},
        {"q": "首店要填什么表格？", "why": "procedure"},
        {"q": "外省的店也给吗？", "why": "other_place"},
        {"q": "听说给100万元，对吧？", "why": PREMISE},
    ],
    "topic": "首店",
}


@pytest.fixture(scope="module")
def general() -> list[Pair]:
    return general_pairs(PAIRS)


def made_up(n: int, slope: float, seed: int = 3) -> list[Pair]:
    """Pairs whose chance of being answered depends on whether an amount is absent, and on nothing else."""
    random = np.random.default_rng(seed)
    names, found = feature_names(), []
    for at in range(n):
        values = dict(zip(names, random.integers(0, 2, len(names)).astype(float).tolist(), strict=True))
        chance = 1 / (1 + np.exp(-(1 + slope * values["amount"])))
        found.append(
            Pair("", "", "" if random.random() < chance else "amount", values, at // 7, str(at // 70))
        )
    return found


def test_a_row_gives_its_seven_pairs_with_their_features(tmp_path: Path) -> None:
    pairs = general_pairs(lines(tmp_path / "pairs.jsonl", [ROW]))
    assert [pair.why for pair in pairs] == ["", "", "", "contact", "procedure", "other_place", PREMISE]
    absent = [
        {kind for kind in ("amount", "department", "contact", "papers") if p.features[kind]} for p in pairs
    ]
    assert absent == [set(), set(), set(), {"contact"}, {"papers"}, set(), set()]
    assert pairs[5].features["place"] == 1


def test_a_row_of_another_form_is_said_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="第 2 行应有 p"):
        general_pairs(lines(tmp_path / "pairs.jsonl", [ROW, {"q": "问题"}]))
    with pytest.raises(PolicyError, match="是空的"):
        general_pairs(lines(tmp_path / "none.jsonl", []))


def test_whole_topics_are_held_out_the_same_each_time(general: list[Pair]) -> None:
    used, held = held_out(general)
    assert len(used) + len(held) == len(general) == 7 * 1040
    assert not {pair.topic for pair in used} & {pair.topic for pair in held}
    assert 0.15 < len(held) / len(general) <= 0.2 and held_out(general)[1] == held


def test_known_questions_are_pairs_that_are_answered() -> None:
    pairs = own_pairs(ROOT / "documents")
    assert len(pairs) > 7000 and all(not pair.why and not pair.topic for pair in pairs)


def test_a_known_model_is_found_again() -> None:
    weights = judge.fit(made_up(6000, slope=-3.0), [])
    assert weights["amount"] == pytest.approx(-3.0, abs=0.3)
    assert weights["intercept"] == pytest.approx(1.0, abs=0.4)
    assert all(abs(weights[name]) < 0.3 for name in feature_names() if name != "amount")


@pytest.mark.parametrize("risk", [0.0, 0.01, 0.1])
def test_the_threshold_keeps_both_risks(risk: float) -> None:
    found = judge.fitted(made_up(2100, -3.0), [p for p in made_up(700, -3.0, seed=4) if not p.why])
    below = judge.threshold(found, risk)
    for part in (found.general, found.own):
        assert part.refused(below)[part.answered].mean() <= risk


def test_the_chance_tells_answered_pairs_from_others_and_the_curve_ends_with_all() -> None:
    part = judge.fitted(made_up(2100, -4.0), []).general
    assert judge.auc(part) > 0.75
    curve = judge.risk_coverage(part)
    assert curve[-1] == (1.0, pytest.approx(1 - part.answered.mean())) and curve[0][1] < curve[-1][1]
    shares = judge.by_reason(part, judge.at_risk(part, 0.1))
    assert (
        set(shares) == {"answered", "not answered", "amount"} and shares["amount"][0] > shares["answered"][0]
    )


def test_the_rules_are_asked_about_the_same_pairs(tmp_path: Path) -> None:
    pairs = general_pairs(lines(tmp_path / "pairs.jsonl", [ROW]))
    assert judge.refused_by_rules(pairs).tolist() == [False, False, False, True, True, False, False]


def test_what_is_written_can_be_read_back() -> None:
    weights, below = model()
    read = tomllib.loads(judge_toml(dict(weights), below, 0.005))
    assert read == {"refuse": {"below": below, "risk": 0.005}, "weights": weights}


def test_the_shipped_weights_are_those_of_the_data(general: list[Pair]) -> None:
    fitted = judge.fit(held_out(general)[0], own_pairs(ROOT / "documents"))
    assert fitted == pytest.approx(model()[0], abs=1e-3)
