"""What other programs may call: three names in the forms of the command line, limited as people are, nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import gradio as gr
import pytest

from assistant.session import Session
from assistant.settings import Settings
from assistant.ui import build_app
from assistant.ui.endpoints import NAMES
from index.types import ClauseRef
from tests.ui.conftest import ROOT, running_app

QUESTION = "5号文第16条说了什么？"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("endpoints") / "log.txt") as address:
        yield address


def call(address: str, name: str, *values: Any) -> Any:
    """The value of an endpoint over plain HTTP, as docs/endpoints.md has it; an error as the text of its event."""
    with urlopen(_post(f"{address}/gradio_api/call/{name}", {"data": list(values)})) as reply:
        event = json.load(reply)["event_id"]
    with urlopen(f"{address}/gradio_api/call/{name}/{event}") as reply:
        lines = reply.read().decode().splitlines()
    at = max(n for n, line in enumerate(lines) if line.startswith("event: "))
    data = json.loads(lines[at + 1].removeprefix("data: "))
    return data[0] if lines[at] == "event: complete" else {"error": data}


def _post(address: str, body: Any) -> Request:
    return Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})


def printed(*command: str) -> Any:
    """What the command line prints."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_three_endpoints_are_public_and_nothing_else(address: str) -> None:
    with urlopen(f"{address}/gradio_api/info") as reply:
        info = json.load(reply)
    assert sorted(info["named_endpoints"]) == ["/ask", "/match", "/search"]
    assert info["unnamed_endpoints"] == {}
    assert [it["parameter_name"] for it in info["named_endpoints"]["/ask"]["parameters"]] == [
        "question", "history", "profile", "as_of",
    ]  # fmt: skip


def test_every_other_event_of_the_page_is_private(page_of_events: gr.Blocks) -> None:
    open_ones = [fn.api_name for fn in page_of_events.fns.values() if fn.api_visibility != "private"]
    assert open_ones == list(NAMES)
    assert len(page_of_events.fns) > 20


def test_an_answer_has_the_form_of_the_command_line(address: str) -> None:
    answer = call(address, "ask", QUESTION, None, None, None)
    other = printed("assistant", "ask", "--json", "--as-of", "2026-11-20", QUESTION)
    for it in (answer, other):
        it.pop("timings_ms")
    assert {"id": "1", **answer} == other


def test_a_follow_up_comes_with_its_history_and_profile(address: str) -> None:
    first = call(address, "ask", QUESTION, None, None, None)
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": first["answer"]}]
    answer = call(address, "ask", "责任单位是哪些？", history, {"district": "静安区"}, "2026-11-20")
    assert answer["citations"][0]["clause_path"] == "二/(六)/16" and "市委金融办" in answer["answer"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (["", None, None, None], "缺少 question"),
        (["问" * 1001, None, None, None], "问题太长了"),
        ([QUESTION, "x", None, None], "history"),
        ([QUESTION, [{"role": "user", "content": "问" * 20_001}], None, None], "history 太长了"),
        ([QUESTION, None, {"industry": 3}, None], "profile.industry"),
        ([QUESTION, None, None, "2026-13-01"], "as_of"),
    ],
)
def test_what_cannot_be_read_is_an_invalid_input_with_its_reason(
    address: str, values: list[Any], reason: str
) -> None:
    answer = call(address, "ask", *values)
    assert answer["status"] == "invalid_input" and reason in answer["answer"]


def test_a_match_has_the_form_of_the_command_line(address: str) -> None:
    profile = {"industry": "会计审计", "district": "静安区"}
    said = ("--json", "--as-of", "2026-11-20", "--profile", json.dumps(profile), "--document", "5号文")
    assert call(address, "match", profile, "2026-11-20", ["5号文"]) == printed("assistant", "match", *said)


def test_a_search_has_the_form_of_the_command_line(address: str) -> None:
    found = call(address, "search", "微短剧专板", 3)
    assert found == printed("index", "search", "--json", "-k", "3", "微短剧专板")
    assert (
        str(ClauseRef(found[0]["document_number"], found[0]["clause_path"]))
        == "沪府办发〔2025〕5号 二/(六)/16"
    )


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("match", [{"industry": []}, None, None], "profile.industry"),
        ("match", [None, None, ["没有的文"]], "没有的文"),
        ("search", ["", 3], "太长"),
        ("search", ["微短剧", 1000], "k 应是"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_with_its_reason(
    address: str, name: str, values: list[Any], reason: str
) -> None:
    assert reason in str(call(address, name, *values)["error"])


def test_a_program_is_limited_as_people_are(tmp_path: Path) -> None:
    with running_app(tmp_path / "log.txt", POLICY_QUESTIONS_PER_MINUTE="2") as address:
        call(address, "search", "微短剧", 3)
        call(address, "match", {}, None, None)
        assert "秒后再问一次" in str(call(address, "ask", QUESTION, None, None, None)["error"])
        assert "Traceback" not in (tmp_path / "log.txt").read_text()


@pytest.fixture
def page_of_events(tmp_path: Path) -> gr.Blocks:
    settings = Settings(state_file=tmp_path / "state.sqlite3")
    return build_app(Session.open(settings), settings)
