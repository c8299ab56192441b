"""Talks → the weights of `assistant/leaning.toml`, and how well they hold on talks they were not fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from assistant.leaning import NAMES, features
from eval.dialogues.data import Dialogue
from index.types import PolicyError

FOLDS = 10
# Inverse strength of the penalty: the one of the greatest area under the curve is taken.
STRENGTHS = (0.3, 1.0, 3.0)
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Rate:
    """The share left alone of the questions that lean on nothing, and found of those that lean, at a threshold."""

    threshold: float
    left_alone: float
    leans: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model of all talks given; areas and rates are those of models that had not seen the talk judged."""

    weights: Mapping[str, float]
    areas: Mapping[float, float]  # under the ROC curve, by strength
    rates: tuple[Rate, ...]

    @property
    def strength(self) -> float:
        return _best(self.areas)


def fit(talks: Sequence[Dialogue]) -> Fitted:
    """A logistic regression over the features of the questions.

    Raises `PolicyError` with fewer than ten talks of either sort, too few for the folds.
    """
    # As typed, unlike in a session; normalised first, one talk of 225 changes, and no weight by as much as .01.
    rows = [features(talk.question, talk.turns) for talk in talks]
    values = np.array([[row[name] for name in NAMES] for row in rows])
    leans = np.array([not talk.alone for talk in talks])
    if min(leans.sum(), (~leans).sum()) < FOLDS:
        raise PolicyError(f"拟合至少要有 {FOLDS} 个依赖上文的和 {FOLDS} 个不依赖上文的对话；请补充。")
    predicted = {strength: _unseen(strength, values, leans) for strength in STRENGTHS}
    areas = {strength: float(roc_auc_score(leans, found)) for strength, found in predicted.items()}
    best = _best(areas)
    model = LogisticRegression(C=best).fit(values, leans)
    weights = dict(zip(NAMES, model.coef_[0].tolist(), strict=True))
    rates = tuple(
        Rate(at, float((predicted[best][~leans] < at).mean()), float((predicted[best][leans] >= at).mean()))
        for at in THRESHOLDS
    )
    return Fitted({"intercept": float(model.intercept_[0]), **weights}, areas, rates)


def _best(areas: Mapping[float, float]) -> float:
    return max(areas, key=lambda strength: areas[strength])


def _unseen(strength: float, values: NDArray[np.float64], leans: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What models of the other nine folds predict for each talk."""
    model = LogisticRegression(C=strength)
    found = cross_val_predict(model, values, leans, cv=FOLDS, method="predict_proba")
    return np.asarray(found[:, 1], dtype=np.float64)


def to_toml(weights: Mapping[str, float]) -> str:
    """The text of leaning.toml."""
    lines = [
        "# Written by `python -m eval dialogues --fit`: do not edit by hand.",
        "",
        "[leaning]",
        *(f"{name} = {value:.4f}" for name, value in weights.items()),
    ]
    return "\n".join(lines) + "\n"
