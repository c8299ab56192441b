"""What other programs may call: `/ask`, `/match`, `/search`, and nothing else of the page.

They take and give the JSON of the command line (`python -m assistant ask --json`, `match --json`, `python -m index
search --json`), under the same limits as people.  docs/endpoints.md shows how they are called.
"""

# gradio reads the types of the functions below as they stand, so they are not put off by `from __future__`.
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.events import api

from assistant.applicability import match
from assistant.batch import InputError, parse_date, parse_profile, parse_question
from assistant.matchlist import to_json
from assistant.types import NO_TIME, Answer, Status
from assistant.ui.area import Context
from assistant.ui.ask import Ask, asker
from assistant.ui.chat import QUESTION_LIMIT
from assistant.ui.chat_events import client_of
from assistant.ui.texts import DEFAULT_LANGUAGE, words
from index.query import normalised
from index.references import resolve_document
from index.serial import hit_view
from index.types import PolicyError

NAMES = ("ask", "match", "search")

# A talk of this many turns is longer than any that people hold; answers are long, and each turn is read again.
MOST_TURNS, LONGEST_TURN = 100, 20_000
MOST_HITS = 50

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The three functions, over what the areas work with as well."""

    context: Context
    asking: Ask

    async def ask(
        self,
        request: gr.Request,
        question: str,
        history: list[Json] | None = None,
        profile: Json | None = None,
        as_of: str | None = None,
    ) -> Json:
        """One question → a cited answer.  What cannot be read gives `status: invalid_input` with the reason."""
        self._wait(request)
        row = {"question": question, "history": history, "profile": profile, "as_of": as_of}
        try:
            asked = parse_question(row, self.context.today())
            check_length(question, [turn.content for turn in asked.history])
        except InputError as error:
            return Answer(Status.INVALID_INPUT, str(error), timings_ms=dict(NO_TIME)).to_json()
        answer = await self.asking(asked, _deaf, _deaf)
        return answer.to_json()

    def match(
        self,
        request: gr.Request,
        profile: Json | None = None,
        as_of: str | None = None,
        documents: list[str] | None = None,
    ) -> Json:
        """A firm's profile → a verdict on every measure, or on those of the documents named."""
        self._wait(request)
        held = self.context.session.documents
        try:
            firm = parse_profile(profile)
            day = parse_date(as_of) if as_of else self.context.today()
            within = [resolve_document(str(name), held).number for name in documents or ()]
        except PolicyError as error:
            raise refusal(str(error)) from None
        return to_json(match(firm, held, day, within), held, day, firm)

    def search(self, request: gr.Request, query: str, k: int = 10) -> list[Json]:
        """Words → the best clauses, best first."""
        self._wait(request)
        if not isinstance(query, str) or not query.strip() or len(query) > QUESTION_LIMIT:
            raise refusal(words(DEFAULT_LANGUAGE).say("problem_long", limit=QUESTION_LIMIT))
        if not isinstance(k, int) or not 1 <= k <= MOST_HITS:
            raise refusal(f"k 应是 1 到 {MOST_HITS} 之间的整数。")
        searcher = self.context.session.searcher
        return [
            hit_view(hit, searcher.clauses[hit.ref]) for hit in searcher.search(normalised(query.strip()), k)
        ]

    def _wait(self, request: gr.Request) -> None:
        wait = self.context.limit.wait_s(client_of(request), time.monotonic())
        if wait:
            raise refusal(words(DEFAULT_LANGUAGE).say("problem_often", seconds=max(1, round(wait))))


def check_length(question: str, turns: list[str]) -> None:
    """Raises `InputError` for what is too long to be a question or a talk."""
    if len(question) > QUESTION_LIMIT:
        raise InputError(words(DEFAULT_LANGUAGE).say("problem_long", limit=QUESTION_LIMIT))
    if len(turns) > MOST_TURNS or any(len(turn) > LONGEST_TURN for turn in turns):
        raise InputError(f"history 太长了，请控制在 {MOST_TURNS} 轮以内，每轮不超过 {LONGEST_TURN} 字。")


def refusal(message: str) -> gr.Error:
    """What the caller is told; it is no fault of ours, and the log stays quiet."""
    return gr.Error(message, print_exception=False)


def _deaf(_: str) -> None:
    """Nobody listens to the steps of a call."""


def connect_endpoints(context: Context) -> None:
    """Opens the three in the app that is open."""
    endpoints = Endpoints(context, asker(context.session, context.workers))
    functions: tuple[Callable[..., Any], ...] = (endpoints.ask, endpoints.match, endpoints.search)
    for name, function in zip(NAMES, functions, strict=True):
        api(function, api_name=name, api_visibility="public")
