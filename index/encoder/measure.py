"""Recall of the right passage: takes vectors of questions and passages, gives recall@k."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder.pairs import Pairs
from index.types import Vectors


def ranks(questions: Vectors, passages: Vectors, targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Gives the rank (from 0) of each question's passage by inner product; ties count against it."""
    scores = questions @ passages.T
    own = scores[np.arange(len(targets)), targets]
    return np.asarray((scores >= own[:, None]).sum(axis=1) - 1)


def recall(
    encode: Callable[[Sequence[str]], Vectors], pairs: Pairs, depths: Sequence[int] = (1, 5)
) -> dict[str, float]:
    """Measures the share of questions whose passage is among the first k of all passages: {"recall@1": …}."""
    found = ranks(encode(pairs.questions), encode(pairs.passages), np.array(pairs.targets, dtype=np.int64))
    return {f"recall@{depth}": round(float((found < depth).mean()), 4) for depth in depths}
