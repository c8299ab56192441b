"""Scores of several searches → one ranking of clauses.

Each signal is brought to one scale over the candidates (z-score), then added with its weight.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]


def standardise(values: Signal) -> Signal:
    """Mean 0, standard deviation 1 over the known values; unknown ones (NaN) get the lowest known."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros_like(values)
    spread = float(known.std())
    filled = np.where(np.isnan(values), known.min(), values)
    return np.asarray(
        (filled - known.mean()) / spread if spread > 1e-9 else np.zeros_like(values), dtype=np.float32
    )


def fuse(signals: Mapping[str, Signal], weights: Mapping[str, float]) -> Signal:
    """The weighted sum of standardised signals, shape as theirs; a signal without a weight counts nothing."""
    size = len(next(iter(signals.values())))
    total = np.zeros(size, dtype=np.float32)
    for name, values in signals.items():
        if weight := weights.get(name, 0.0):
            total += np.float32(weight) * standardise(values)
    return total
