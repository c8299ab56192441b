"""The steps of an answer that a language model may take part in, each with its switch and what stands in for it.

Without a model every step gives back what it was given.  A model that fails costs no answer: what the rules made
stands, and one line says why.  Once it has failed at getting through, it is not asked again for the same answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from assistant.cite import check
from assistant.compose import model_steps
from assistant.compose.model import Job, write
from assistant.compose.model_chat import ModelError
from assistant.compose.model_client import ModelClient
from assistant.converse import Standalone
from assistant.decide import decide
from assistant.prompts import reply
from assistant.settings import Settings
from assistant.spending import Account, Ledger, Prices
from assistant.types import Draft, Evidence, Query, Question, Status
from index.search import Searcher
from index.types import PolicyError

_log = logging.getLogger(__name__)
T = TypeVar("T")
OnText = Callable[[str], None]
# Failures of the service itself: the next step would wait for the same.
_DOWN = frozenset(
    {
        "refused",
        "timeout",
        "busy",
        "server",
        "key",
        "not_found",
        "budget",
        "bad_request",
        "failed",
        "malformed",
        "empty",
        "cut",
    }
)


class Model:
    """The configured model of a process: its client, or why there is none, and what it may do and spend."""

    def __init__(self, settings: Settings) -> None:
        """Opens the model of the settings.  A model that cannot be opened is told, not raised."""
        self._settings = settings
        self._prices = Prices(settings.model_price_in, settings.model_price_out)
        self._ledger = Ledger(settings.model_daily_cost)
        self.client: ModelClient | None = None
        self.problem = ""
        try:
            self.client = ModelClient(settings)
        except PolicyError as error:
            self.problem = str(error)
            _log.warning("%s 先以摘录原文作答。", self.problem)

    @property
    def steps(self) -> tuple[str, ...]:
        return self._settings.model_steps

    def account(self) -> Account:
        """What one answer may take, from now on."""
        settings = self._settings
        return Account(settings.model_timeout_s, settings.model_answer_tokens, self._prices, self._ledger)


class Assist:
    """The model's part in one answer."""

    def __init__(self, model: Model | None, searcher: Searcher, on_text: OnText | None = None) -> None:
        self._model, self.searcher, self._on_text = model, searcher, on_text
        self.account = model.account() if model else None
        self._failed: ModelError | None = None
        self._down = False
        if model and not model.client:
            self._failed, self._down = ModelError(model.problem), True

    async def standing_alone(self, question: Question, alone: Standalone) -> Standalone:
        """The question without the talk."""

        async def ask(client: ModelClient, account: Account) -> Standalone:
            documents = self.searcher.documents
            return await model_steps.stand_alone(question, alone, documents, client, account)

        return await self._try("standalone", ask, alone)

    async def understood(self, query: Query) -> Query:
        """The question as documents would put it."""

        async def ask(client: ModelClient, account: Account) -> Query:
            return await model_steps.understood(query, self.searcher, client, account)

        return await self._try("understand", ask, query)

    async def ranked(self, query: Query, evidence: Evidence) -> Evidence:
        """The clauses found, in order."""

        async def ask(client: ModelClient, account: Account) -> Evidence:
            return await model_steps.ranked(query, evidence, self.searcher, client, account)

        return await self._try("rerank", ask, evidence) if evidence.ranked else evidence

    async def written(self, query: Query, evidence: Evidence, final: Draft, as_of: date) -> Draft:
        """The answer in the model's words, through the same checks and decisions; the extract where it fails.

        Lists and dates, which are exact as they are, and refusals stay.
        """
        if not final.status.has_evidence or final.exact:
            return final

        async def ask(client: ModelClient, account: Account) -> Draft:
            job = await asyncio.to_thread(Job.of, query, final, evidence, self.searcher, as_of)
            checking = self._model is not None and "check" in self._model.steps
            async with asyncio.timeout(account.remaining_s):
                draft = await write(job, client, account, checking=checking, on_text=self._on_text)
            return await asyncio.to_thread(self._decided, query, evidence, draft)

        draft = await self._try("compose", ask, final)
        return draft if draft is not final else self._with_notice(query, final)

    def given_up(self, query: Query, final: Draft) -> Draft:
        """The extract with its line, after an error that nobody foresaw."""
        self._failed = ModelError("使用语言模型时出错。")
        return self._with_notice(query, final)

    def _decided(self, query: Query, evidence: Evidence, draft: Draft) -> Draft:
        """A model's draft through cite and decide.  Raises `ModelError` where they leave no answer of it."""
        if not draft.status.has_evidence:
            return draft
        checked = check(draft, f"{query.text}\n{query.standalone}")
        decided = decide(query, evidence, checked, self.searcher)
        if not decided.status.has_evidence or not any(not c.related for c in decided.citations):
            raise ModelError("语言模型的答复没有通过核对，没有采用。", "unsupported")
        partial = Status.PARTIAL in (draft.status, decided.status)
        return replace(decided, status=Status.PARTIAL) if partial else decided

    async def _try(self, step: str, ask: Callable[[ModelClient, Account], Awaitable[T]], otherwise: T) -> T:
        """What the model makes of a step that is switched on, or `otherwise`."""
        model, account = self._model, self.account
        if model is None or account is None or model.client is None or self._down or step not in model.steps:
            return otherwise
        try:
            return await ask(model.client, account)
        except ModelError as error:
            failed = error
        except TimeoutError:  # the time ran out over our own part of the work
            failed = ModelError("语言模型没有在规定时间内答完。", "timeout")
        _log.warning("%s：%s", step, failed)
        self._failed, self._down = failed, failed.kind in _DOWN
        return otherwise

    def _with_notice(self, query: Query, final: Draft) -> Draft:
        """The extract with one line that says why it is one, where a model was to write it."""
        if self._failed is None or self._model is None or "compose" not in self._model.steps:
            return final
        why = reply(query.language, "model", self._failed.kind)
        note = reply(query.language, "model", "instead", why=why)
        return replace(final, text=f"{final.text}\n\n{note}")
