"""Session.ask: the six steps from a question to a checked answer, with a language model's help where there is one.

The only place where errors become statuses: bad input is `invalid_input`, anything else `error`, and is logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from threading import Lock
from time import perf_counter
from typing import Any

from assistant import background
from assistant.applicability import Verdict, match_question
from assistant.assist import Assist, Model
from assistant.cite import check
from assistant.compose.extractive import compose
from assistant.converse import standalone
from assistant.decide import decide
from assistant.firm import as_written
from assistant.prompts import reply
from assistant.retrieve import retrieve
from assistant.scope import language_of
from assistant.settings import Settings
from assistant.types import NO_TIME, Answer, Draft, Evidence, Matched, Query, Question, Status
from assistant.understand import understand
from index.build import build
from index.encoder import load_encoder
from index.query import normalised
from index.questions import Row
from index.search import Searcher
from index.types import Document, PolicyError

_log = logging.getLogger(__name__)
OnStep = Callable[[str], None]
OnText = Callable[[str], None]
# How a step that only computes is run: on the spot, or on a thread where others wait on the loop.
Run = Callable[..., Awaitable[Any]]


class Session:
    """An index and the way from a question to an answer over it.  Holds no state of those who ask."""

    def __init__(self, searcher: Searcher, model: Model | None = None) -> None:
        self._searcher, self._model = searcher, model
        self._learning = Lock()

    @classmethod
    def open(cls, settings: Settings, learned: bool = True) -> Session:
        """Load the index, or build it where it is missing or stale, with the added questions unless told otherwise.

        Raises `PolicyError` when there are no documents.
        """
        encoder = load_encoder(settings.encoder or None, lean=True)
        stored, report = build(settings.documents_dir, settings.index_dir, encoder)
        for problem in report.problems:
            _log.warning(problem)
        if not stored.documents:
            raise PolicyError(
                f"{settings.documents_dir} 中没有可读的政策文件，请放入 UTF-8 的 .txt 或 .md 文件后重试。"
            )
        searcher = Searcher(stored, encoder)
        searcher.search(
            next(iter(stored.documents)).title, 1
        )  # word lists load now, not while the first user waits
        session = cls(searcher, Model(settings) if settings.model else None)
        if learned and settings.state_file.exists():
            from assistant.learning import stored_questions  # the database is loaded only where there is one

            for problem in session.learn(stored_questions(settings.state_file)):
                _log.warning(problem)
        return session

    def learn(self, rows: Sequence[Row]) -> list[str]:
        """Makes these the added known questions, at once and in place of those before; a sentence for each left out.

        Who is being answered meanwhile gets the answer of before or of after, never of half.
        """
        with self._learning:
            known = [row for row in rows if row.ref in self._searcher.clauses]
            self._searcher = self._searcher.with_questions(known)
        gone = [row for row in rows if row.ref not in self._searcher.clauses]
        return [f"{row.place}：条款“{row.ref}”已不存在，这个问法暂不使用。" for row in gone]

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by number."""
        return self._searcher.documents

    @property
    def searcher(self) -> Searcher:
        return self._searcher

    @property
    def model(self) -> Model | None:
        """The language model that helps, if one is configured."""
        return self._model

    def ask(self, question: Question, on_step: OnStep | None = None, on_text: OnText | None = None) -> Answer:
        """Answer a question; never raises.

        `on_step` hears the name of each step as it begins, `on_text` the checked sentences of a model's answer so far.
        """
        if self._model is None:
            return _now(self._answer(question, on_step, on_text, _here))
        return background.start(self._answer(question, on_step, on_text, asyncio.to_thread)).result()

    async def ask_async(
        self, question: Question, on_step: OnStep | None = None, on_text: OnText | None = None
    ) -> Answer:
        """The same without holding up the loop; cancelled, it leaves off, also in the middle of a model's reply."""
        if self._model is None:
            return await asyncio.to_thread(self.ask, question, on_step, on_text)
        work = background.start(self._answer(question, on_step, on_text, asyncio.to_thread))
        return await asyncio.wrap_future(work)

    async def _answer(
        self, question: Question, on_step: OnStep | None, on_text: OnText | None, run: Run
    ) -> Answer:
        if not question.text.strip():
            return Answer(Status.INVALID_INPUT, "问题是空的，请写下要问的内容。", timings_ms=dict(NO_TIME))
        try:
            # The searcher of this moment for the whole answer, whatever is learned meanwhile.
            assist = Assist(self._model, self._searcher, on_text)
            return await self._ask(_read(question), question.text, _Clock(on_step), assist, run)
        except PolicyError as error:
            return Answer(Status.INVALID_INPUT, str(error), timings_ms=dict(NO_TIME))
        except Exception:
            _log.exception("could not answer %r", question.text)
            return Answer(
                Status.ERROR, reply(language_of(question.text), "status", "error"), timings_ms=dict(NO_TIME)
            )

    async def _ask(self, question: Question, typed: str, clock: _Clock, assist: Assist, run: Run) -> Answer:
        searcher, as_of = assist.searcher, question.as_of
        with clock.step("converse"):
            alone = await run(standalone, question.text, question.history, searcher.documents)
            alone = await assist.standing_alone(question, alone)
        with clock.step("understand"):
            query = await run(understand, question, alone, searcher.documents)
            query = await assist.understood(query)
        with clock.step("retrieve"):
            evidence = await run(retrieve, query, searcher, as_of)
            evidence = await assist.ranked(query, evidence)
        with clock.step("compose"):
            draft = await run(compose, query, evidence, searcher, as_of)
        with clock.step("cite"):
            checked = await run(check, draft, f"{question.text}\n{alone.text}")
        with clock.step("decide"):
            final = await run(decide, query, evidence, checked, searcher)
        if self._model is not None:
            with clock.step("write"):
                final = await _written(assist, query, evidence, final, as_of)
        return Answer(
            status=final.status,
            text=final.text,
            citations=final.citations,
            retrieved=evidence.ranked,
            # As typed where nothing was added: who asks in traditional characters sees their own question.
            standalone=typed if alone.text == question.text else alone.text,
            composer=final.composer,
            choices=final.choices,
            matched=_matched(query, searcher, as_of) if final.status.has_evidence else None,
            timings_ms=clock.timings_ms(),
            confidence=searcher.confidence(query.standalone, evidence.ranked) if evidence.ranked else None,
            usage=assist.account.usage if assist.account else None,
        )


async def _written(assist: Assist, query: Query, evidence: Evidence, final: Draft, as_of: date) -> Draft:
    """The answer in a model's words; whatever goes wrong on the way, there is one already."""
    try:
        return await assist.written(query, evidence, final, as_of)
    except Exception:
        _log.exception("a model's answer could not be made use of")
        return assist.given_up(query, final)


async def _here(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


def _now(work: Coroutine[Any, Any, Answer]) -> Answer:
    """The value of a coroutine that never waits, without a loop: there is nothing to wait for without a model."""
    try:
        work.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise RuntimeError("an answer without a model waited for something")


def _matched(query: Query, searcher: Searcher, as_of: date) -> Matched | None:
    """What a firm that asks what there is has to expect of all measures; None where no firm is told."""
    if query.intent != "support":
        return None
    found = match_question(query.standalone, query.profile, searcher.documents, as_of)
    standing = [one.verdict for one in found if not one.over]
    if not standing:
        return None
    return Matched(len(found), standing.count(Verdict.APPLIES), standing.count(Verdict.MAY_APPLY))


def _read(question: Question) -> Question:
    """The question, its talk and the firm's profile as the documents would write them.

    What the assistant said stays: it is so written already.
    """
    history = tuple(
        replace(turn, content=normalised(turn.content)) if turn.role == "user" else turn
        for turn in question.history
    )
    profile = as_written(question.profile)
    return replace(question, text=normalised(question.text), history=history, profile=profile)


class _Clock:
    """Times the steps and tells who listens."""

    def __init__(self, on_step: OnStep | None) -> None:
        self._on_step = on_step or (lambda name: None)
        self._taken: dict[str, float] = {}
        self._started = perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._on_step(name)
        started = perf_counter()
        yield
        self._taken[name] = (perf_counter() - started) * 1000

    def timings_ms(self) -> dict[str, float]:
        """Milliseconds by step, under the names of the output form, and `total`."""
        verify = self._taken["cite"] + self._taken["decide"]
        understand_ms = self._taken["converse"] + self._taken["understand"]
        total = (perf_counter() - self._started) * 1000
        return {
            "understand": understand_ms,
            "retrieve": self._taken["retrieve"],
            "compose": self._taken["compose"] + self._taken.get("write", 0.0),
            "verify": verify,
            "total": total,
        }
