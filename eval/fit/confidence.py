"""Known questions and questions of other fields → the models of `index/confidence.py`.

Every known question is asked to an index without it and the rest of its fold (five folds), and to an index without any
known question, as those of a new document would be.  Questions of other fields (law, medicine, general knowledge) are
asked to both.  Each gives its first three hits.  `answers`: a hit is right if it is the question's own clause.
`ground`: the first hit is right if the question is a known one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from eval.questions import without
from index.confidence import FEATURES
from index.search import Searcher
from index.store import Stored
from index.types import ClauseRef, Encoder

_FOLDS = 5
_TOP = 3
_SEED = 13
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Example:
    """A hit: its features, its rank from 0, whether its clause has known questions, and whether it answers.

    `question` numbers the question it came from, `foreign` says that this is of another field.
    """

    features: tuple[float, ...]
    rank: int
    asked: bool
    right: bool
    question: int
    foreign: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model: coefficients, and for each example what models that had not seen its question predict."""

    coefficients: dict[str, float]
    predicted: NDArray[np.float64]
    right: NDArray[np.bool_]


def fitted(rows: Sequence[Example]) -> dict[str, Fitted]:
    """The four models by name."""
    first = [replace(row, right=not row.foreign) for row in rows if row.rank == 0]
    return {
        f"{what}-{'asked' if asked else 'unasked'}": fit([row for row in of if row.asked == asked])
        for what, of in (("answers", rows), ("ground", first))
        for asked in (True, False)
    }


def examples(stored: Stored, encoder: Encoder, foreign: Sequence[str], say: Progress) -> list[Example]:
    """The examples of both kinds, in a fixed order."""
    questions = stored.passages["question"]
    rows = random.Random(_SEED).sample(range(len(questions)), len(questions))
    found: list[Example] = []
    for fold in range(_FOLDS):
        say(f"{fold + 1}/{_FOLDS}")
        held = rows[fold::_FOLDS]
        searcher = Searcher(without(stored, frozenset(held)), encoder)
        for row in held:
            found += _hits(searcher, questions[row].text, questions[row].ref, row)
        for at in range(fold, len(foreign), _FOLDS):
            found += _hits(searcher, foreign[at], None, -1 - at)
    say("–")
    bare = Searcher(without(stored, frozenset(rows)), encoder)
    for row in rows:
        found += _hits(bare, questions[row].text, questions[row].ref, row)
    for at, text in enumerate(foreign):
        found += _hits(bare, text, None, -1 - at)
    return found


def _hits(searcher: Searcher, text: str, target: ClauseRef | None, number: int) -> Iterator[Example]:
    for rank, hit in enumerate(searcher.search(text, _TOP)):
        features = searcher.features(text, hit)
        yield Example(
            tuple(features[name] for name in FEATURES),
            rank,
            searcher.has_questions(hit.ref),
            hit.ref == target,
            number,
            target is None,
        )


def fit(rows: Sequence[Example]) -> Fitted:
    """A logistic regression over the examples of one kind, questions kept together in cross-validation."""
    features = np.array([row.features for row in rows])
    right = np.array([row.right for row in rows])
    groups = np.array([row.question for row in rows])
    model = LogisticRegression(C=1.0, max_iter=2000)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=_SEED)
    predicted = cross_val_predict(model, features, right, groups=groups, cv=folds, method="predict_proba")[
        :, 1
    ]
    model.fit(features, right)
    weights = dict(zip(FEATURES, model.coef_[0].tolist(), strict=True))
    return Fitted({"intercept": float(model.intercept_[0]), **weights}, predicted, right)


def reliability(fitted: Fitted, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean prediction, share right, hits) of each tenth of the probability scale that holds any hit."""
    places = np.minimum((fitted.predicted * bins).astype(int), bins - 1)
    return [
        (
            float(fitted.predicted[places == at].mean()),
            float(fitted.right[places == at].mean()),
            int((places == at).sum()),
        )
        for at in range(bins)
        if (places == at).any()
    ]
