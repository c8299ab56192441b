"""Numbers → text.  An undefined number is a dash, never 0."""

from __future__ import annotations

import math

from eval.report.words import ABSENT


def share(number: float | None) -> str:
    """A measure: three decimals."""
    return ABSENT if number is None else f"{number:.3f}"


def percent(number: float | None) -> str:
    """A share of one as a percentage, without decimals where none are needed."""
    return ABSENT if number is None else f"{round(100 * number, 1):g} %"


def signed(number: float | None) -> str:
    """A difference with its sign, a true minus; what rounds to nothing has none."""
    if number is None:
        return ABSENT
    text = f"{number:+.3f}"
    return "0.000" if text in ("+0.000", "-0.000") else text.replace("-", "−")


def interval(low: float | None, high: float | None) -> str:
    """`[0.867, 0.987]`."""
    return ABSENT if low is None or high is None else f"[{low:.3f}, {high:.3f}]"


def signed_interval(low: float | None, high: float | None) -> str:
    """`[−0.013, +0.040]`."""
    return ABSENT if low is None or high is None else f"[{signed(low)}, {signed(high)}]"


def p_value(p: float | None) -> str:
    """Three decimals, and no zero."""
    if p is None:
        return ABSENT
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def milliseconds(ms: float | None) -> str:
    """As many digits as are worth reading, up to a second in ms, then in s."""
    if ms is None or not math.isfinite(ms):
        return ABSENT
    if ms >= 1000:
        return f"{ms / 1000:.3g} s" if ms < 1_000_000 else f"{ms / 1000:.0f} s"
    return f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms"
