"""Records → what is said beside the two curves, and the tables under them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from eval.measures import Coverage
from eval.records import Record
from eval.report import shown
from eval.report.words import Both, say

_PERCENTILES = (0, 10, 25, 50, 75, 90, 95, 100)


def risk_reading(curve: Sequence[Coverage], records: Sequence[Record]) -> list[Both]:
    """What the risk–coverage curve says, in sentences; why there is none where it is empty."""
    if not curve:
        unsure = sum(r.reply.answered and r.reply.certainty is None for r in records)
        return [say("risk_empty_unsure", n=unsure) if unsure else say("risk_empty_none")]
    end = curve[-1]
    half = [point for point in curve if point.coverage <= 0.5]
    said = [say("risk_how"), say("risk_now", **_both_percent(end))]
    said += [say("risk_half", **_both_percent(half[-1]))] if half and half[-1] != end else []
    return [*said, say("risk_source")]


def _both_percent(point: Coverage) -> dict[str, str]:
    return {"coverage": shown.percent(point.coverage), "risk": shown.percent(point.risk)}


def times(records: Sequence[Record]) -> list[tuple[float, str]]:
    """Time in ms and case id of every reply that tells its time as a number, slowest first."""
    told = [(r.reply.timings_ms.get("total", math.nan), r.case.id) for r in records]
    found = [row for row in told if math.isfinite(row[0])]
    return sorted(found, key=lambda row: (-row[0], row[1]))


def percentiles(taken: Sequence[float]) -> list[tuple[str, str]]:
    """Percentiles of times by name, interpolated as `eval.measures.latencies` does."""
    if not taken:
        return []
    values = np.percentile(list(taken), _PERCENTILES)
    return [(f"p{q}", shown.milliseconds(float(ms))) for q, ms in zip(_PERCENTILES, values, strict=True)]
