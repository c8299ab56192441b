"""One event loop in a thread of its own, where everything that waits for a language model waits.

The connections of a client belong to one loop; the page has its own, and a command line has none.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model", daemon=True).start()
    return loop


_starting = threading.Lock()


def start(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Begins `work` on the loop; cancelling the future cancels the work where it waits."""
    with _starting:  # two threads at once would make two loops
        loop = _loop()
    return asyncio.run_coroutine_threadsafe(work, loop)
