"""Features of a hit → two probabilities: that it answers the question, and that the question is known ground at all.

Four logistic models: each of the two for clauses with known questions and for those without, since what a similarity
means depends on whether people's own words are in the index.  `confidence.toml` holds them and what they were fitted
on; `python -m eval fit` fits them anew.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("confidence.toml")
# What a hit is judged by; Searcher.features says what they are.
FEATURES = ("dense", "sentence", "asked", "lexical", "inside", "covered", "strange")
MODELS = ("answers-asked", "answers-unasked", "ground-asked", "ground-unasked")


@cache
def models() -> dict[str, dict[str, float]]:
    """The coefficients by model and feature; `intercept` is one of them."""
    with FILE.open("rb") as stream:
        tables = tomllib.load(stream)
    return {name: tables[name] for name in MODELS}


def probability(what: str, features: Mapping[str, float], *, asked: bool) -> float:
    """1 / (1 + e^−x), x being the intercept and the weighted features.

    `what` is `answers` or `ground`; `asked` says whether the clause has known questions.
    """
    model = models()[f"{what}-{'asked' if asked else 'unasked'}"]
    x = model["intercept"] + sum(model[name] * features[name] for name in FEATURES)
    return 1 / (1 + math.exp(-x)) if x > -500 else 0.0
