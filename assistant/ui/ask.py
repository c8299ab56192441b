"""One question, asked in the background: how far it has come, then the checked answer.

Nothing is given out before its checks have passed: a model's sentences one by one, the answer as a whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.types import STEPS, Answer, Question

if TYPE_CHECKING:
    from assistant.session import Session

logger = logging.getLogger(__name__)

OnStep = Callable[[str], None]
OnText = Callable[[str], None]
Ask = Callable[[Question, OnStep, OnText], Awaitable[Answer]]

# Where a language model writes, one step more.
WRITING_STEPS = (*STEPS, "write")

# So often the page is told that nothing is new: only then is it noticed that a browser has gone.
BEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """The step that is being worked on, and the sentences that have passed so far."""

    step: str = STEPS[0]
    said: str = ""


def asker(session: Session, workers: Executor) -> Ask:
    """How this session is asked: on a worker where it only computes, without one where it waits for a model."""
    if session.model is not None:
        return session.ask_async

    async def on_worker(question: Question, on_step: OnStep, on_text: OnText) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(workers, session.ask, question, on_step, on_text)

    return on_worker


def steps_of(session: Session) -> tuple[str, ...]:
    """The steps that an answer of this session goes through."""
    return STEPS if session.model is None or session.model.client is None else WRITING_STEPS


async def progress_then_answer(ask: Ask, question: Question) -> AsyncGenerator[Progress | Answer | None]:
    """Asks; yields what is new as it comes, last of all the answer.  Whoever stops listening stops the asking.

    None stands for an answer that never came: the reason is in the log, not for the page.
    """
    loop = asyncio.get_running_loop()
    news: asyncio.Queue[dict[str, str] | None] = asyncio.Queue()

    def tell(**change: str) -> None:
        loop.call_soon_threadsafe(news.put_nowait, change)

    work = asyncio.ensure_future(ask(question, lambda step: tell(step=step), lambda said: tell(said=said)))
    work.add_done_callback(lambda _: news.put_nowait(None))
    progress = Progress()
    try:
        while (change := await _next(news)) is not None:
            progress = replace(progress, **change)
            yield progress
    finally:
        work.cancel()  # without effect once it is done
    if error := work.exception():
        logger.error("a question could not be answered", exc_info=error)
    yield None if error else work.result()


async def _next(news: asyncio.Queue[dict[str, str] | None]) -> dict[str, str] | None:
    """The next change; an empty one when none has come for a while."""
    try:
        return await asyncio.wait_for(news.get(), BEAT_S)
    except TimeoutError:
        return {}
