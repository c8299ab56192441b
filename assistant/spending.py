"""What a language model takes: tokens, cost and time, by answer and by day, and the limits on them.

An `Account` belongs to one answer and is handed from step to step; the `Ledger` behind it belongs to the process.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Tokens are counted by the service; where it does not tell, a Chinese character is taken for about one token.
_CHARACTERS_PER_TOKEN = 1.3
_DAY_S = 86_400
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls, tokens in and out, cost in the currency of the price settings, milliseconds waited.

    `estimated` where the service told no counts and they were taken from the length of the texts.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    wait_ms: float = 0.0
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
            self.wait_ms + other.wait_ms,
            self.estimated or other.estimated,
        )

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def to_json(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost": round(self.cost, 6),
            "wait_ms": round(self.wait_ms, 2),
            "estimated": self.estimated,
        }


@dataclass(frozen=True, slots=True)
class Prices:
    """Cost of a million tokens, in and out, in any one currency."""

    per_million_in: float = 0.0
    per_million_out: float = 0.0

    def of(self, input_tokens: int, output_tokens: int) -> float:
        return (input_tokens * self.per_million_in + output_tokens * self.per_million_out) / _MILLION


class Ledger:
    """What this process has spent since midnight UTC.  Safe from several threads."""

    def __init__(self, daily_limit: float = 0.0, clock: Callable[[], float] = time.time) -> None:
        self._limit, self._clock = daily_limit, clock
        self._day, self._spent = 0, 0.0
        self._lock = threading.Lock()

    def add(self, cost: float) -> None:
        with self._lock:
            self._turn_page()
            self._spent += cost

    @property
    def exhausted(self) -> bool:
        """Whether the day's limit is reached; a limit of 0 never is."""
        with self._lock:
            self._turn_page()
            return 0 < self._limit <= self._spent

    def _turn_page(self) -> None:
        if (day := int(self._clock() // _DAY_S)) != self._day:
            self._day, self._spent = day, 0.0


class Account:
    """The time, tokens and money that one answer may take.  `seconds` run from when it is made."""

    def __init__(
        self, seconds: float, tokens: int = 0, prices: Prices | None = None, ledger: Ledger | None = None
    ) -> None:
        self._until = time.monotonic() + seconds
        self._tokens, self._prices, self._ledger = tokens, prices or Prices(), ledger or Ledger()
        self.usage = Usage()

    @property
    def remaining_s(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self._until - time.monotonic())

    @property
    def exhausted(self) -> bool:
        """Whether no further call may be made, for tokens or money."""
        return self._ledger.exhausted or 0 < self._tokens <= self.usage.tokens

    def charge(self, sent: str, received: str, counted: tuple[int, int] | None, wait_ms: float) -> None:
        """Books one call; `counted` are the tokens in and out as the service tells them, if it does."""
        tokens_in, tokens_out = counted or (_estimate(sent), _estimate(received))
        cost = self._prices.of(tokens_in, tokens_out)
        self._ledger.add(cost)
        self.usage += Usage(1, tokens_in, tokens_out, cost, wait_ms, estimated=counted is None)


def _estimate(text: str) -> int:
    return math.ceil(len(text) / _CHARACTERS_PER_TOKEN)
