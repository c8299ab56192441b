"""One question, asked in the background: step names as they begin, then the checked answer.

Nothing of the answer is given out before all its checks have passed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor

from assistant.types import Answer, Question

logger = logging.getLogger(__name__)

Ask = Callable[[Question, Callable[[str], None] | None], Answer]


async def steps_then_answer(
    ask: Ask, question: Question, workers: Executor
) -> AsyncIterator[str | Answer | None]:
    """Runs `ask` on a worker; yields each step's name, last of all the answer.

    None stands for an answer that never came: the reason is in the log, not for the page.
    """
    loop = asyncio.get_running_loop()
    steps: asyncio.Queue[str | None] = asyncio.Queue()

    def on_step(step: str) -> None:
        loop.call_soon_threadsafe(steps.put_nowait, step)

    work = loop.run_in_executor(workers, ask, question, on_step)
    work.add_done_callback(lambda _: steps.put_nowait(None))
    while (step := await steps.get()) is not None:
        yield step
    if error := work.exception():
        logger.error("a question could not be answered", exc_info=error)
    yield None if error else work.result()
