"""Figures → where their marks stand in an SVG.  Pure functions; plots.html.j2 draws.

The SVG is written by hand rather than by matplotlib: the page speaks two languages and has a light and a dark theme, so
every label must be text that the style sheet and the language switch reach, the same run must give the same bytes, and
matplotlib would want a folder for its font cache (the environment is read in assistant/settings.py only) and a Chinese
font to measure with.  A scale, a row of ticks and a path are all that three plots need.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.measures import Coverage, Reliability
from eval.report.shown import milliseconds, percent
from eval.statistics import Estimate

# In units of the viewBox; small, so that labels stay readable where the plot shrinks to a telephone's width.
WIDTH, HEIGHT = 400, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 384, 18, 232
# The bar of a measure, from 0 to 1, with room for half a mark at both ends.
BAR_START, BAR_END = 6, 174


@dataclass(frozen=True, slots=True)
class Scale:
    """Values `low`…`high` → positions `start`…`end`, linear or logarithmic; what lies outside stands at the edge."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = (
            math.log10(v) if self.log else v for v in (self.low, self.high, max(value, self.low))
        )
        share = min((at - low) / (high - low), 1.0)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a position, with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure drawn: length, the ends of its whisker, and where another run stands."""

    start: float
    end: float
    low: float | None
    high: float | None
    other: float | None


@dataclass(frozen=True, slots=True)
class Plot:
    """A curve with its axes; `dots` are points of it worth marking, `guides` upright lines with labels.

    `reference` is a faint line to compare with.
    """

    path: str
    dots: tuple[tuple[float, float], ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    guides: tuple[Mark, ...] = ()
    reference: str = ""


def bar(estimate: Estimate, other: float | None = None) -> Bar | None:
    """The bar of a measure; None where it is undefined."""
    if estimate.value is None:
        return None
    scale = Scale(0, 1, BAR_START, BAR_END)
    low, high, elsewhere = (None if v is None else scale(v) for v in (estimate.low, estimate.high, other))
    return Bar(scale(0), scale(estimate.value), low, high, elsewhere)


def risk_plot(curve: Sequence[Coverage]) -> Plot | None:
    """The risk–coverage curve, its last point marked: that is where the system stands.  None for an empty curve."""
    if not curve:
        return None
    across = Scale(0, 1, LEFT, RIGHT)
    ticks = _even_ticks(max(point.risk for point in curve))
    up = Scale(0, ticks[-1], BOTTOM, TOP)
    points = [(across(point.coverage), up(point.risk)) for point in curve]
    return Plot(
        path=_path(points),
        dots=(points[-1],),
        across=tuple(Mark(across(v), percent(v)) for v in (0, 0.25, 0.5, 0.75, 1)),
        up=tuple(Mark(up(v), percent(v)) for v in ticks),
    )


def reliability_plot(points: Sequence[Reliability]) -> Plot | None:
    """Confidence against what came true, beside the line where both are equal.  None where no reply tells any."""
    if not points:
        return None
    across, up = Scale(0, 1, LEFT, RIGHT), Scale(0, 1, BOTTOM, TOP)
    places = [(across(point.predicted), up(point.observed)) for point in points]
    ticks = (0, 0.25, 0.5, 0.75, 1)
    return Plot(
        path=_path(places),
        dots=tuple(places),
        across=tuple(Mark(across(v), percent(v)) for v in ticks),
        up=tuple(Mark(up(v), percent(v)) for v in ticks),
        reference=_path([(across(0), up(0)), (across(1), up(1))]),
    )


def latency_plot(times: Sequence[float], marked: Sequence[tuple[str, float]]) -> Plot | None:
    """How many were answered within a time (ms), with named times marked.  None where no reply tells its time."""
    if not times:
        return None
    ordered = sorted(times)
    ticks = _log_ticks(ordered[0], ordered[-1])
    across, up = Scale(ticks[0], ticks[-1], LEFT, RIGHT, log=True), Scale(0, 1, BOTTOM, TOP)
    points = [(across(ticks[0]), up(0))]
    for at, time in enumerate(ordered, start=1):
        points += [(across(time), points[-1][1]), (across(time), up(at / len(ordered)))]
    points.append((across(ticks[-1]), up(1)))
    return Plot(
        path=_path(points),
        dots=(),
        across=tuple(Mark(across(v), milliseconds(v).replace(".0 ", " ")) for v in _thinned(ticks)),
        up=tuple(Mark(up(v), percent(v)) for v in (0, 0.25, 0.5, 0.75, 1)),
        guides=tuple(Mark(across(ms), name) for name, ms in marked),
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)


def _even_ticks(highest: float) -> list[float]:
    """From 0 in round steps to at least `highest`, and to 10 % at least: a flat curve should look flat."""
    step = next(s for s in (0.025, 0.05, 0.1, 0.2, 0.25) if 4 * s >= max(highest, 0.1) or s == 0.25)
    return [round(step * at, 3) for at in range(5)]


def _log_ticks(lowest: float, highest: float) -> list[float]:
    """1, 2, 5 of each power of ten, from the one below `lowest` to the one above `highest` (ms; 0.1 at least)."""
    steps = [mantissa * 10.0**power for power in range(-1, 9) for mantissa in (1, 2, 5)]
    first = max((at for at, step in enumerate(steps) if step <= lowest), default=0)
    last = next((at for at, step in enumerate(steps) if step > max(highest, steps[first])), len(steps) - 1)
    return steps[first : last + 1]


def _thinned(ticks: Sequence[float]) -> Sequence[float]:
    """No more labels than fit: powers of ten alone where the range is wide."""
    if len(ticks) <= 7:
        return ticks
    return [tick for tick in ticks if math.isclose(math.log10(tick), round(math.log10(tick)), abs_tol=1e-9)]
