"""Many people at once on the page's /ask: how many failed, how long they waited, whether memory stays flat.

Each person asks one question after another over HTTP as other programs do, and reads for a while in between.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import httpx

from .measure import Aim, percentile, questions
from .processes import BenchError, Served, serving

LOAD_AIMS = (
    Aim("asked", ("Questions answered", "回答的问题"), ""),
    Aim("per_s", ("Answers a second", "每秒回答"), "/s"),
    Aim("error_rate", ("Share of questions that failed", "失败的比例"), "", 0),
    Aim("p50_ms", ("Waiting time, p50", "等待时间，p50"), "ms"),
    Aim("p95_ms", ("Waiting time, p95", "等待时间，p95"), "ms", 1500),
    Aim("memory_before_mb", ("Memory in the second quarter", "第二个四分之一时的内存"), "MB"),
    Aim("memory_after_mb", ("Memory in the last quarter", "最后四分之一时的内存"), "MB"),
    Aim("memory_growth", ("Growth of memory between them", "两者之间的增长"), "%", 5),
)
# A person who gets no answer for so long gives up, and that is an error.
_PATIENCE_S = 30
_SAMPLE_S = 1.0


@dataclass(slots=True)
class Seen:
    """What the people saw: the waits of answers in ms, the failures, and the server's memory over time."""

    waits_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)


def measure_load(users: int, seconds: float, pause: float) -> dict[str, float]:
    """The figures of `LOAD_AIMS` for so many people on a page of its own.  Raises `BenchError`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "POLICY_STATE_FILE": str(Path(folder) / "state.sqlite3"),
            "POLICY_QUESTIONS_PER_MINUTE": "0",
        }
        with serving("app.py", **settings) as page:
            seen = asyncio.run(_people(page, users, seconds, pause))
    if not seen.waits_ms:
        raise BenchError(f"no answer at all: {seen.failures[:1]}")
    return load_figures(seen, seconds)


def load_figures(seen: Seen, seconds: float) -> dict[str, float]:
    """The figures of `LOAD_AIMS`; memory is that of the second quarter of the time and of the last."""
    waits, asked = seen.waits_ms, len(seen.waits_ms) + len(seen.failures)
    quarter = max(1, len(seen.memory_mb) // 4)
    before = statistics.mean(seen.memory_mb[quarter : 2 * quarter])
    after = statistics.mean(seen.memory_mb[-quarter:])
    return {
        "asked": len(waits),
        "per_s": len(waits) / seconds,
        "error_rate": len(seen.failures) / asked,
        "p50_ms": percentile(waits, 50),
        "p95_ms": percentile(waits, 95),
        "memory_before_mb": before,
        "memory_after_mb": after,
        "memory_growth": 100 * (after / before - 1) if before else 0.0,
    }


async def _people(page: Served, users: int, seconds: float, pause: float) -> Seen:
    texts = questions()
    seen, until = Seen(), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=2 * users)
    async with httpx.AsyncClient(
        base_url=page.address, timeout=_PATIENCE_S, limits=limits, trust_env=False
    ) as client:
        people = (
            _person(
                client,
                cycle(texts[at % len(texts) :] + texts[: at % len(texts)]),
                until,
                pause,
                seen,
            )
            for at in range(users)
        )
        await asyncio.gather(_watch(page, until, seen), *people)
    return seen


async def _watch(page: Served, until: float, seen: Seen) -> None:
    while time.monotonic() < until:
        seen.memory_mb.append(page.resident_mb())
        await asyncio.sleep(_SAMPLE_S)


async def _person(
    client: httpx.AsyncClient, questions: Iterator[str], until: float, pause: float, seen: Seen
) -> None:
    session = uuid4().hex  # one visitor, as a browser is one
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            status = await _ask(client, next(questions), session)
        except httpx.HTTPError as error:
            seen.failures.append(type(error).__name__)
        else:
            if status in ("error", ""):
                seen.failures.append(status or "no answer")
            else:
                seen.waits_ms.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(pause)


async def _ask(client: httpx.AsyncClient, question: str, session: str) -> str:
    """The status of the answer to a question, through gradio's two calls: one to ask, one to hear."""
    asked = await client.post(
        "/gradio_api/call/ask", json={"data": [question, None, None, None], "session_hash": session}
    )
    asked.raise_for_status()
    async with client.stream("GET", f"/gradio_api/call/ask/{asked.json()['event_id']}") as reply:
        event = ""
        async for line in reply.aiter_lines():
            if line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:") and event == "complete":
                return str(json.loads(line.removeprefix("data:"))[0].get("status", ""))
            elif event == "error":
                return "error"
    return ""
