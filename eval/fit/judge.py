"""Questions beside clauses → the weights of `assistant/judge.py`, where it refuses, and how well it holds.

A logistic regression (scikit-learn, L2, C = 1).  The known questions of the documents count as much, all together, as
the answered general ones: they are asked of real policy, so that words which only tell one collection of questions from
the other weigh little.  What is predicted of a pair comes from models that saw no question of its clause (five folds).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import stated
from assistant.converse import Standalone
from assistant.judge import feature_names, weigh
from assistant.scope import other_place
from assistant.types import Citation, Question
from assistant.understand import understand
from eval.fit.clauses import PREMISE, Pair
from index.metadata import departments
from index.types import Clause, ClauseRef, Document, Kind, Validity

_FOLDS = 5
# No rule that is compared asks for the day.
_DAY = date(2026, 1, 1)
Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs with the chance that each is answered; `lacking` says that a kind asked for is absent.

    Only these are refused by the assistant: the other features move the chance, they name nothing that is missing.
    """

    pairs: tuple[Pair, ...]
    chances: Numbers
    lacking: Truths

    @property
    def answered(self) -> Truths:
        return np.array([not pair.why for pair in self.pairs], dtype=bool)

    def refused(self, below: float) -> Truths:
        return (self.chances < below) & self.lacking


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by feature, and what models that had not seen their clauses say of the general and the own pairs."""

    weights: dict[str, float]
    general: Judged
    own: Judged


def fitted(general: Sequence[Pair], own: Sequence[Pair]) -> Fitted:
    """The model over all pairs but those with a false premise, and the predictions of five-fold cross-validation."""
    found: list[Numbers] = [np.zeros(len(general)), np.zeros(len(own))]
    for fold in range(_FOLDS):
        weights = fit(*([p for p in pairs if p.group % _FOLDS != fold] for pairs in (general, own)))
        for chances, pairs in zip(found, (general, own), strict=True):
            rows = [row for row, pair in enumerate(pairs) if pair.group % _FOLDS == fold]
            chances[rows] = judged([pairs[row] for row in rows], weights).chances
    weights = fit(general, own)
    parts = (
        replace(judged(pairs, weights), chances=x) for pairs, x in zip((general, own), found, strict=True)
    )
    return Fitted(weights, *parts)


def fit(general: Sequence[Pair], own: Sequence[Pair]) -> dict[str, float]:
    """The weights by feature, `intercept` first."""
    used = [pair for pair in general if pair.why != PREMISE]
    answered = np.array([not pair.why for pair in [*used, *own]], dtype=bool)
    share = sum(not pair.why for pair in used) / len(own) if own else 0.0
    counts = np.array([1.0] * len(used) + [share] * len(own))
    names = feature_names()
    values = np.array([[pair.features[name] for name in names] for pair in [*used, *own]])
    model = LogisticRegression(C=1.0, max_iter=5000).fit(values, answered, sample_weight=counts)
    return {"intercept": float(model.intercept_[0]), **dict(zip(names, model.coef_[0].tolist(), strict=True))}


def judged(pairs: Sequence[Pair], weights: dict[str, float]) -> Judged:
    """What weights say of pairs."""
    found = [weigh(pair.features, weights) for pair in pairs]
    chances = np.array([one.chance for one in found], dtype=np.float64)
    return Judged(tuple(pairs), chances, np.array([bool(one.lacking) for one in found], dtype=bool))


def threshold(model: Fitted, risk: float) -> float:
    """The highest chance below which, of general and of own answered questions, at most the share `risk` is refused."""
    found = []
    for part in (model.general, model.own):
        chances = np.sort(part.chances[part.answered & part.lacking])
        allowed = int(risk * part.answered.sum())
        found.append(float(chances[allowed]) if allowed < len(chances) else 1.0)
    return min(found)


def auc(part: Judged) -> float:
    """The chance that an answered pair is judged likelier than one that is not; false premises aside."""
    used = np.array([pair.why != PREMISE for pair in part.pairs], dtype=bool)
    return float(roc_auc_score(part.answered[used], part.chances[used]))


def at_risk(part: Judged, risk: float) -> Truths:
    """The pairs refused when the chance alone decides and the share `risk` of the answered ones is refused."""
    return part.chances <= np.quantile(part.chances[part.answered], risk)


def by_reason(part: Judged, refused: Truths) -> dict[str, tuple[float, int]]:
    """(share refused, pairs) of the answered, of the others (premises aside), and by why a clause does not answer."""
    why = np.array([pair.why for pair in part.pairs])
    groups = {"answered": why == "", "not answered": (why != "") & (why != PREMISE)}
    groups |= {str(name): why == name for name in sorted(set(why.tolist()) - {""})}
    return {
        name: (float(refused[group].mean()), int(group.sum()))
        for name, group in groups.items()
        if group.any()
    }


def risk_coverage(part: Judged, points: int = 20) -> list[tuple[float, float]]:
    """(share of the questions answered, share of those that the clause does not answer), the likeliest first."""
    used = np.array([pair.why != PREMISE for pair in part.pairs], dtype=bool)
    order = np.argsort(-part.chances[used], kind="stable")
    wrong = ~part.answered[used][order]
    sizes = [max(1, round(len(wrong) * at / points)) for at in range(1, points + 1)]
    return [(size / len(wrong), float(wrong[:size].mean())) for size in sizes]


def refused_by_rules(pairs: Sequence[Pair]) -> Truths:
    """What the rules of `assistant/stated.py`, and of places outside the city, refuse of the same pairs."""
    return np.array([_rules(pair) for pair in pairs], dtype=bool)


def _rules(pair: Pair) -> bool:
    ref = ClauseRef("〔2025〕1号", "1")
    clause = Clause(ref, Kind.ITEM, "1", "", pair.text, departments=departments(pair.text))
    document = Document(ref.document_number, "", "", "", (clause,))
    cited = Citation(1, document, clause, pair.text, Validity.UNSTATED)
    query = understand(Question(pair.question, _DAY), Standalone(pair.question), {})
    return bool(stated.missing(query, [cited])) or other_place(pair.question) is not None
