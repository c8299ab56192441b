"""The page with a language model: the real app, and a server on loopback that says what is written down here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from eval.models.server import Said, ScriptedModel, scripted_model
from tests.ui.conftest import DESK, PHONE, SIDEWAYS, Opener, Scheme, running_app

pytestmark = pytest.mark.browser

QUESTION = "会计师事务所去中东设点有什么支持?"
SAYS = (
    ("对赴境外设点、加入国际合作网络等予以支持。", [1]),
    ("可以优化会计师事务所、律师事务所等境外分支机构备案流程。", [1]),
)
REPLY = json.dumps(
    {
        "sentences": [{"text": text, "evidence": marks} for text, marks in SAYS],
        "complete": "full",
        "missing": [],
    },
    ensure_ascii=False,
)
SLOW, SLOWLY = "慢慢说", 0.9


def scripted(request: dict[str, object]) -> Said:
    """Who asks for it slowly gets it slowly."""
    return Said(REPLY, pause=SLOWLY if SLOW in str(request["messages"]) else 0)


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with scripted_model(scripted) as running:
        yield running


@pytest.fixture(scope="module")
def address(model: ScriptedModel, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a model."""
    folder = tmp_path_factory.mktemp("app")
    with running_app(
        folder / "log.txt",
        POLICY_MODEL="openai:qwen-plus",
        POLICY_MODEL_BASE_URL=model.base_url,
        POLICY_MODEL_API_KEY="sk-secret",
        POLICY_MODEL_STEPS="compose",
        POLICY_MODEL_PRICE_IN="2",
        POLICY_MODEL_PRICE_OUT="8",
    ) as address:
        yield address


def send(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def until(holds: Callable[[], bool], seconds: float = 8) -> float:
    """How long it took until it held; fails when it never did."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds
        time.sleep(0.05)
    return time.monotonic() - started


def test_the_header_says_which_model_answers_and_where_it_runs(page: Page) -> None:
    expect(page.locator("#banner li").last).to_have_text("语言模型 qwen-plus 参与作答，运行在本机")


def test_an_answer_says_who_wrote_it_and_what_that_took(page: Page) -> None:
    send(page, QUESTION)
    reply = page.locator("#transcript article .reply")
    expect(reply.locator(".answer")).to_contain_text(SAYS[0][0])
    reply.locator(".process summary").click()
    process = reply.locator(".process")
    expect(process).to_contain_text("答复由语言模型 qwen-plus 依据条款写成")
    expect(process).to_contain_text("调用语言模型 1 次，发送 1,200、收到 80 个 token")
    expect(process).to_contain_text("按设定单价计费用 0.0030。")


@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_checked_sentences_show_as_they_pass(open_at: Opener, width: int, scheme: Scheme) -> None:
    page = open_at("/", width, scheme)
    send(page, f"{QUESTION}{SLOW}")
    steps, said = page.locator("#pending .steps li"), page.locator("#pending .said div p")
    expect(steps).to_have_count(7)
    expect(page.locator("#pending .steps .now")).to_have_text("撰写并核对")
    top = page.locator("#pending .steps").bounding_box()
    expect(said).to_have_text([SAYS[0][0]])
    assert page.locator("#pending .steps").bounding_box() == top  # nothing has jumped
    expect(page.locator(".heard p")).to_have_text([SAYS[0][0]])
    expect(page.locator("#transcript .answer")).to_contain_text(SAYS[1][0])
    expect(page.locator(".heard p")).to_have_count(0)
    assert page.evaluate(SIDEWAYS) == 0


def test_stopping_closes_the_connection_to_the_model(page: Page, model: ScriptedModel) -> None:
    send(page, f"{QUESTION}{SLOW}")
    expect(page.locator("#pending .said div p").first).to_be_visible()
    left = len(model.left)
    page.locator("#stop").click()
    assert until(lambda: len(model.left) > left) < 3
    expect(page.locator("#question textarea")).to_have_value(f"{QUESTION}{SLOW}")
    expect(page.locator("#pending article")).to_have_count(0)
    send(page, QUESTION)
    expect(page.locator("#transcript .answer")).to_contain_text(SAYS[0][0])


def test_a_browser_that_goes_away_closes_the_connection_too(page: Page, model: ScriptedModel) -> None:
    send(page, f"{QUESTION}{SLOW}")
    expect(page.locator("#pending .said div p").first).to_be_visible()
    left = len(model.left)
    page.close()
    assert until(lambda: len(model.left) > left) < 5


def test_a_slow_answer_holds_up_nobody_else(page: Page, open_at: Opener) -> None:
    send(page, f"{QUESTION}{SLOW}")
    expect(page.locator("#pending .said div p").first).to_be_visible()
    other = open_at()
    send(other, QUESTION)
    expect(other.locator("#transcript .answer")).to_contain_text(SAYS[0][0])
    expect(page.locator("#pending article")).to_be_visible()
    page.locator("#stop").click()
