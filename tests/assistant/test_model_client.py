"""The client of a language model, real, against a scripted server on loopback."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from assistant import background
from assistant.compose.model_chat import ModelError
from assistant.compose.model_client import ModelClient, Prompt
from assistant.compose.model_forms import Ranked
from assistant.settings import Settings
from assistant.spending import Account, Ledger, Prices
from eval.models.server import Said, ScriptedModel, scripted_model

pytestmark = pytest.mark.usefixtures("only_loopback")

GOOD = Said('{"order": [2, 1]}')
PROMPT = Prompt("rerank", "排一排", {"question": "问“什么”", "materials": []})


class Asker:
    """A client and an account, asked in one line."""

    def __init__(self, server: ScriptedModel, seconds: float = 5, **settings: Any) -> None:
        self.server = server
        known = Settings(
            model="openai:qwen-plus",
            model_base_url=server.base_url,
            model_api_key=SecretStr("sk-secret"),
            model_timeout_s=seconds,
            **settings,
        )
        self.client = ModelClient(known, pauses_s=(0.05, 0.1))
        self.account = Account(seconds, known.model_answer_tokens, Prices(1.0, 10.0))
        self.heard: list[str] = []

    def ask(self) -> list[int]:
        work = self.client.ask(PROMPT, Ranked, self.account, self.heard.append)
        return background.start(work).result(20).order

    def fails(self) -> ModelError:
        with pytest.raises(ModelError) as wrong:
            self.ask()
        return wrong.value


@contextmanager
def asking(*script: Said, seconds: float = 5, **settings: Any) -> Iterator[Asker]:
    with scripted_model(list(script)) as server:
        yield Asker(server, seconds, **settings)


@pytest.mark.parametrize("stream", [True, False])
def test_a_reply_is_read_streamed_or_whole_and_its_tokens_are_counted(stream: bool) -> None:
    with asking(GOOD, model_stream=stream) as asker:
        assert asker.ask() == [2, 1]
        (asked,) = asker.server.asked
        usage = asker.account.usage
    assert bool(asked.get("stream")) is stream
    assert (usage.calls, usage.input_tokens, usage.output_tokens, usage.estimated) == (1, 1200, 80, False)
    assert usage.cost == pytest.approx((1200 * 1 + 80 * 10) / 1_000_000)


def test_the_data_are_sent_as_json_below_the_instructions() -> None:
    with asking(GOOD) as asker:
        asker.ask()
        system, user = asker.server.asked[0]["messages"]
    assert (system["role"], system["content"], user["role"]) == ("system", "排一排", "user")
    assert json.loads(user["content"]) == {"question": "问“什么”", "materials": []}


def test_a_schema_is_asked_for_and_a_server_that_knows_none_is_asked_again_without() -> None:
    with asking(Said(GOOD.text, takes_form=False)) as asker:
        assert asker.ask() == [2, 1] and asker.ask() == [2, 1]
        forms = [asked.get("response_format", {}).get("type") for asked in asker.server.asked]
    assert forms == ["json_schema", None, None]


@pytest.mark.parametrize(
    ("wanted", "sent"), [("schema", "json_schema"), ("object", "json_object"), ("text", None)]
)
def test_the_form_of_the_reply_is_a_setting(wanted: str, sent: str | None) -> None:
    with asking(GOOD, model_format=wanted) as asker:
        asker.ask()
        assert asker.server.asked[0].get("response_format", {}).get("type") == sent


def test_what_a_model_thinks_aloud_and_says_around_its_reply_is_left_out() -> None:
    with asking(Said('<think>{"order": [9]}</think>好的：\n```json\n{"order": [2, 1]}\n```')) as asker:
        assert asker.ask() == [2, 1]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said(status=500), "server"),
        (Said(status=429, headers=(("Retry-After", "0"),)), "busy"),
        (Said("没有 JSON"), "malformed"),
        (Said('{"order": "二"}'), "malformed"),
        (Said(""), "empty"),
        (Said(GOOD.text * 9, cut=8), "cut"),
    ],
)
def test_what_may_pass_is_asked_again_and_then_given_up(said: Said, kind: str, stream: bool) -> None:
    with asking(said, model_stream=stream) as asker:
        assert asker.fails().kind == kind
        assert len(asker.server.asked) == 3
    with asking(said, said, GOOD, model_stream=stream) as asker:
        assert asker.ask() == [2, 1]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said(status=401), "key"),
        (Said(status=404), "not_found"),
        (Said("{", endless=True), "endless"),
        (Said(GOOD.text, finish="length"), "endless"),
    ],
)
def test_what_will_not_pass_is_asked_once(said: Said, kind: str) -> None:
    with asking(said, model_reply_tokens=50) as asker:
        assert asker.fails().kind == kind
        assert len(asker.server.asked) == 1


def test_a_wait_that_the_service_asks_for_is_kept() -> None:
    with asking(Said(status=429, headers=(("Retry-After", "0.6"),)), GOOD) as asker:
        began = time.monotonic()
        assert asker.ask() == [2, 1]
        assert time.monotonic() - began >= 0.6


def test_a_wait_beyond_the_time_that_is_left_is_not_begun() -> None:
    with asking(Said(status=429, headers=(("Retry-After", "60"),))) as asker:
        began = time.monotonic()
        assert asker.fails().kind == "busy"
        assert time.monotonic() - began < 2
        assert len(asker.server.asked) == 1


@pytest.mark.parametrize(
    "said", [Said(GOOD.text, wait=30), Said(GOOD.text, pause=5), Said(" ", endless=True, pause=0.05)]
)
def test_the_set_time_is_never_passed_however_slowly_a_reply_comes(said: Said) -> None:
    with asking(said, seconds=0.8) as asker:
        began = time.monotonic()
        assert asker.fails().kind == "timeout"
        assert time.monotonic() - began < 2


def test_cancelling_closes_the_connection_in_the_middle_of_a_reply() -> None:
    with asking(Said(GOOD.text * 200, pause=0.05)) as asker:
        work = background.start(asker.client.ask(PROMPT, Ranked, asker.account))
        _until(lambda: bool(asker.server.asked))
        work.cancel()
        _until(lambda: bool(asker.server.left))


def test_a_slow_reply_holds_up_no_other() -> None:
    def script(request: dict[str, Any]) -> Said:
        return Said(GOOD.text, wait=3 if "慢" in request["messages"][0]["content"] else 0)

    async def both(asker: Asker) -> float:
        slow = asyncio.ensure_future(asker.client.ask(Prompt("a", "慢", {}), Ranked, asker.account))
        began = time.monotonic()
        await asyncio.gather(*(asker.client.ask(PROMPT, Ranked, asker.account) for _ in range(5)))
        taken = time.monotonic() - began
        slow.cancel()
        return taken

    with scripted_model(script) as server:
        assert background.start(both(Asker(server))).result(20) < 2


def test_the_tokens_of_an_answer_are_limited() -> None:
    with asking(GOOD, model_answer_tokens=1000) as asker:
        assert asker.ask() == [2, 1]
        assert asker.fails().kind == "budget"
        assert len(asker.server.asked) == 1


def test_a_day_s_cost_is_limited_and_the_next_day_begins_anew() -> None:
    now = [0.0]
    ledger = Ledger(0.001, clock=lambda: now[0])
    account = Account(5, 0, Prices(1.0, 1.0), ledger)
    account.charge("", "", (1000, 0), 0.0)
    assert account.exhausted and account.usage.cost == pytest.approx(0.001)
    now[0] += 86_400
    assert not account.exhausted


def test_a_reply_is_heard_as_it_comes() -> None:
    with asking(Said('{"order": [2, 1], "and": {"so": 1}, "on": "' + "再" * 60 + '"}')) as asker:
        asker.ask()
    assert len(asker.heard) == 2 and asker.heard[1].startswith(asker.heard[0])


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://127.0.0.1:11434/v1", "localhost"),
        ("http://localhost:8000/v1", "localhost"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "dashscope.aliyuncs.com"),
        (None, "openai"),
    ],
)
def test_where_a_model_runs_is_told(address: str | None, place: str) -> None:
    known = Settings(model="openai:qwen-plus", model_base_url=address, model_api_key=SecretStr("k"))
    assert (ModelClient(known).name, ModelClient(known).place) == ("qwen-plus", place)


def _until(true: Any, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
