"""How likely a clause states what a question asks for, by features that a person can read.

A logistic model: which kinds of thing are asked for and have no form in the clause (`kinds.py`), how much of the
question's words stand in it and near the form, years and figures that it lacks.  `judge.toml` holds the weights and the
chance below which a question is refused; `python -m eval fit-judge` fits them anew.  Figures: docs/decisions/0014.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.kinds import Asked, forms, read, states
from assistant.types import Citation, Query
from index.types import Clause, Document

FILE = Path(__file__).with_name("judge.toml")

_PIECES = re.compile(r"[，。；：\n]")
_REMARK = re.compile(r"[（(](?:责任|牵头|配合)单位[^）)]*[）)]?")
# A word counts by what stands for it: itself, a policy word for it, some of its pairs of characters.
_SYNONYM, _PAIRS = 0.8, 0.7
# Beyond so many words that are missing a clause is of another matter, and more say nothing new.
_MOST = 4.0
_REST = ("open", "near", "gap", "year", "figure", "covered", "uncovered")


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely what is asked stands in a clause, and what each feature adds to the logit of that."""

    chance: float
    reasons: Mapping[str, float]

    @property
    def lacking(self) -> str:
        """The kind asked for whose absence weighs most; empty where none is absent."""
        absent = {name: self.reasons[name] for name in forms().states if self.reasons.get(name, 0.0) < 0}
        return min(absent, key=lambda name: absent[name]) if absent else ""


@cache
def model() -> tuple[Mapping[str, float], float]:
    """The weights by feature, `intercept` among them, and the chance below which a question is refused."""
    with FILE.open("rb") as stream:
        tables = tomllib.load(stream)
    return tables["weights"], tables["refuse"]["below"]


def feature_names() -> tuple[str, ...]:
    """The features in the order of `features`: kinds that are absent by their own name, signs, the rest."""
    return (*forms().states, *forms().signs, *_REST)


def features(asked: Asked, text: str, *, departments: bool = False, about: str = "") -> dict[str, float]:
    """The features of a question and a clause, by name.

    `departments` says that a remark names who is responsible; `about` is what the clause is known by besides its text:
    words and years count there too, forms do not.  0 or 1: a kind that is asked for and absent, a sign, `open` (no kind
    asked for), `year` and `figure` (named and not found).  Shares of the question's words, from 0 to 1: in the clause
    (`covered`), in that piece of it with the form that holds most (`near`), and how much more the best piece holds
    (`gap`).  `uncovered` counts words that are missing, 4 at most.
    """
    departments = departments or bool(_REMARK.search(text))
    text = _REMARK.sub("", text)
    pieces = [(piece, _share(asked, piece)) for piece in _PIECES.split(text) if piece]
    most = max((share for _, share in pieces), default=0.0)
    found: dict[str, float] = {}
    near: list[float] = []
    for kind, form in forms().states.items():
        wanted = kind in asked.kinds
        remarked = wanted and kind == "department" and departments
        stated = remarked or (wanted and states(asked, kind, text))
        found[kind] = float(wanted and not stated)
        if stated:
            near.append(most if remarked else max((s for p, s in pieces if form.search(p)), default=0.0))
    for name in forms().signs:
        sign = asked.signs.get(name)
        found[name] = float(sign is not None and not (name == "place" and sign in text))
    whole = text + about
    held = [_held(word, others, whole) for word, others in asked.words.items()]
    rest = (
        float(not asked.kinds),
        max(near, default=0.0),
        most - max(near) if near else 0.0,
        float(any(year not in whole for year in asked.years)),
        float(any(figure not in whole for figure in asked.figures)),
        sum(held) / len(held) if held else 1.0,
        min(_MOST, sum(1 - share for share in held)),
    )
    return found | dict(zip(_REST, rest, strict=True))


def weigh(found: Mapping[str, float], weights: Mapping[str, float]) -> Judgement:
    """The judgement of weights over features: chance = 1 / (1 + e^−x), x being the intercept and what each adds."""
    reasons = {name: weights[name] * value for name, value in found.items() if value}
    x = weights["intercept"] + sum(reasons.values())
    return Judgement(1 / (1 + math.exp(-x)) if x > -500 else 0.0, reasons)


def known_by(document: Document, clause: Clause) -> str:
    """What a clause is known by besides its text: headings, document, the years that this is from and for."""
    days = (document.signed, document.effective_from, document.effective_to)
    years = {day.year for day in days if day}
    if document.period:
        years |= set(range(document.period[0], document.period[1] + 1))
    return " ".join(
        (clause.title, *clause.headings, document.title, document.number, *map(str, sorted(years)))
    )


def unstated(query: Query, citations: Sequence[Citation]) -> str:
    """The kind of thing that a question asks for and in all likelihood none of the citations states; else empty."""
    asked = read(query.text, query.standalone)
    if not asked.kinds:
        return ""
    weights, below = model()
    best: Judgement | None = None
    for judged in _judgements(asked, citations, weights):
        if judged.chance >= below or not judged.lacking:
            return ""
        best = judged if best is None or judged.chance > best.chance else best
    return best.lacking if best else ""


def _judgements(
    asked: Asked, citations: Sequence[Citation], weights: Mapping[str, float]
) -> Iterator[Judgement]:
    for citation in citations:
        clause = citation.clause
        about = known_by(citation.document, clause)
        yield weigh(features(asked, clause.text, departments=bool(clause.departments), about=about), weights)


def _share(asked: Asked, text: str) -> float:
    """The share of a question's words that a text holds, 1 for a question without words."""
    held = [_held(word, others, text) for word, others in asked.words.items()]
    return sum(held) / len(held) if held else 1.0


def _held(word: str, others: Sequence[str], text: str) -> float:
    """How far a text holds a word, from 0 to 1."""
    if word in text:
        return 1.0
    if any(other in text for other in others):
        return _SYNONYM
    if len(word) < 3:
        return 0.0
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return _PAIRS * sum(pair in text for pair in pairs) / len(pairs)
