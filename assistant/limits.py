"""Who asks how often: so many questions a client in any minute, over a sliding window.

The clock is passed in (`time.monotonic()` at the page).  Libraries for this read the clock themselves and keep every
client they ever saw; here the oldest is forgotten when there are too many.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

_WINDOW_S = 60.0
# A client takes about 1 KB at 30 a minute.
_CLIENTS = 10_000


class RateLimit:
    """Counts questions by client; of use from several threads."""

    def __init__(self, per_minute: int, clients: int = _CLIENTS) -> None:
        self._per_minute = per_minute
        self._clients = clients
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, client: str, now: float) -> float:
        """Counts a question and gives 0, or, where the minute is used up, the seconds until the next may come.

        What is turned away is not counted.
        """
        if not self._per_minute:
            return 0.0
        with self._lock:
            asked = self._asked.setdefault(client, deque())
            self._asked.move_to_end(client)
            if len(self._asked) > self._clients:
                self._asked.popitem(last=False)
            while asked and asked[0] <= now - _WINDOW_S:
                asked.popleft()
            if len(asked) >= self._per_minute:
                return asked[0] + _WINDOW_S - now
            asked.append(now)
            return 0.0
