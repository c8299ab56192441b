"""The talk in a real browser: going on, editing, copying, rating, exporting, keeping it over a reload."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import (
    DESK,
    PHONE,
    SIDEWAYS,
    Opener,
    Scheme,
    ask,
    running_app,
    wait_until_opened,
)

pytestmark = pytest.mark.browser

NAMED_CLAUSE = "5号文第16条说了什么？"
ABROAD = "会计师事务所去中东设点有什么支持？"
VAGUE = "第二条说的什么"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chat")


@pytest.fixture(scope="module")
def address(chromium: str, folder: Path) -> Iterator[str]:
    """An app of this module's own, so that what it has stored can be looked at."""
    with running_app(folder / "log.txt") as address:
        yield address


def stored(folder: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "state.sqlite3") as connection:
        return connection.execute("SELECT verdict, reason, question, citations FROM feedback").fetchall()


def again(page: Page) -> None:
    page.reload()
    wait_until_opened(page)


@pytest.mark.parametrize(
    ("width", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
)
def test_a_reply_leads_on_and_fits_the_screen(open_at: Opener, width: int, scheme: Scheme) -> None:
    page = open_at("/", width, scheme)
    ask(page, ABROAD)
    assert page.evaluate(SIDEWAYS) == 0
    page.locator("#transcript button[data-verdict=down]").click()
    expect(page.locator("form.reasons fieldset:visible input").first).to_be_focused()
    onward = page.locator("#transcript .onward button").first
    question = onward.inner_text()
    onward.click()
    expect(page.locator("#transcript article")).to_have_count(2)
    expect(page.locator("#transcript .question p").last).to_have_text(question)
    expect(page.locator("#transcript .status").last).to_have_text(re.compile("文件有载明|文件载明了一部分"))
    expect(page.locator("#transcript .onward")).to_have_count(1)
    page.locator("#transcript .answer button.cite").last.click()
    page.locator("#side .card.current .neighbour summary").last.click()
    page.wait_for_timeout(300)
    assert page.evaluate(SIDEWAYS) == 0


def test_readings_to_choose_from_are_buttons(page: Page) -> None:
    ask(page, VAGUE)
    expect(page.locator("#transcript .status")).to_have_text("需要您补充")
    page.locator("#transcript .onward button").first.click()
    expect(page.locator("#transcript article")).to_have_count(2)
    expect(page.locator("#transcript .status").last).not_to_have_text("需要您补充")


def test_the_panel_shows_the_clauses_around_and_leads_to_the_document(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    card = page.locator("#side .card").first
    expect(card.locator(".neighbour summary")).to_have_text(
        [re.compile("上一条.*第15条"), re.compile("下一条.*第17条")]
    )
    card.locator(".neighbour summary").first.click()
    expect(card.locator(".neighbour .around").first).to_contain_text("成本抵扣")
    card.locator("a.in-document").click()
    expect(page.locator("#area-documents [data-path='二/(六)/16']").last).to_be_visible()
    page.go_back()
    expect(page.locator("#transcript article")).to_be_visible()


def test_a_question_is_edited_and_asked_anew(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    ask(page, "责任单位是哪些？")
    page.locator("[data-edit='1']").click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(NAMED_CLAUSE)
    expect(page.locator("#notice")).to_contain_text("正在修改第 1 问")
    expect(box).to_be_focused()
    box.fill("5号文第15条说了什么？")
    box.press("Enter")
    expect(page.locator("#transcript article")).to_have_count(1)
    expect(page.locator("#transcript .sources").first).to_contain_text("第15条")


def test_an_edit_can_be_called_off(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    page.locator("[data-edit='1']").click()
    page.locator("[data-cancel]").click()
    expect(page.locator("#question textarea")).to_have_value("")
    ask(page, "责任单位是哪些？")


def test_an_answer_is_copied_with_its_sources(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    page.locator("[data-copy-text]").click()
    expect(page.locator("[data-copy-text]")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1] 沪府办发〔2025〕5号《上海市促进服务业创新发展若干措施》 第16条" in copied


def test_what_one_thinks_is_stored_once_with_its_reason_and_masked(page: Page, folder: Path) -> None:
    before = len(stored(folder))
    ask(page, f"{NAMED_CLAUSE}我的电话是13812345678")
    page.locator("button[data-verdict=down]").click()
    page.get_by_label("不完整").check()
    page.locator("form.reasons textarea").fill("身份证11010519491231002X")
    page.locator("form.reasons [type=submit]").click()
    expect(page.locator(".thanks")).to_be_focused()
    expect(page.locator("#transcript button[data-verdict]")).to_have_count(0)
    page.wait_for_function("""() => sessionStorage.getItem("policy.talk").includes("rated")""")
    again(page)
    expect(page.locator(".thanks")).to_be_visible()
    (verdict, reason, question, citations), *others = stored(folder)[before:]
    assert verdict == "down" and others == []
    assert reason.startswith("incomplete；身份证") and "11010519491231002X" not in reason
    assert "13812345678" not in question and "沪府办发〔2025〕5号 二/(六)/16" in json.loads(citations)


def test_a_thumb_is_rated_by_keyboard_alone(page: Page, folder: Path) -> None:
    before = len(stored(folder))
    ask(page, NAMED_CLAUSE)
    page.locator("button[data-verdict=up]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.locator("form.reasons [type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("""() => sessionStorage.getItem("policy.talk").includes("rated")""")
    assert [row[:2] for row in stored(folder)[before:]] == [("up", "clear")]


def test_the_talk_is_exported_as_word_and_markdown(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    with page.expect_download() as word:
        page.locator("[data-export=docx]").click()
    assert word.value.suggested_filename == "惠企政策问答-2026-11-20.docx"
    texts = [it.text for it in docx.Document(io.BytesIO(word.value.path().read_bytes())).paragraphs]
    assert NAMED_CLAUSE in texts and "引用条款" in texts
    with page.expect_download() as plain:
        page.locator("[data-export=md]").click()
    assert f"> {NAMED_CLAUSE}" in plain.value.path().read_text(encoding="utf-8")


def test_a_talk_outlives_reload_and_leaving_the_page_and_goes_on(page: Page, address: str) -> None:
    ask(page, "我们是虹口的会计所,5号文第16条说了什么？")
    again(page)
    expect(page.locator("#transcript article")).to_have_count(1)
    expect(page.locator("#profile button").first).to_contain_text("虹口区")
    page.locator("#transcript .answer button.cite").first.click()
    expect(page.locator("#side .card.current mark")).to_be_in_viewport()
    page.goto(f"{address}/?view=documents")
    wait_until_opened(page)
    expect(page.locator("#transcript article")).to_have_count(1)  # there already, behind the documents
    page.go_back()
    wait_until_opened(page)
    expect(page.locator("#transcript article")).to_be_visible()
    ask(page, "责任单位是哪些？")
    expect(page.locator("#transcript .answer").last).to_contain_text("市委金融办")


def test_a_new_talk_stays_new_after_a_reload(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    page.locator("#new-talk").click()
    expect(page.locator("#transcript article")).to_have_count(0)
    again(page)
    expect(page.locator("#examples .example").first).to_be_visible()
    expect(page.locator("#transcript article")).to_have_count(0)


def test_another_tab_has_a_talk_of_its_own(page: Page, open_at: Opener) -> None:
    ask(page, NAMED_CLAUSE)
    other = open_at()
    expect(other.locator("#examples .example").first).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((it) => it.startsWith('policy'))") == []


def test_a_question_in_the_address_is_not_asked_twice(open_at: Opener, address: str) -> None:
    page = open_at(f"/?q={NAMED_CLAUSE}")
    expect(page.locator("#transcript article")).to_have_count(1)
    again(page)
    expect(page.locator("#transcript article")).to_have_count(1)
    page.wait_for_timeout(1500)
    expect(page.locator("#transcript article")).to_have_count(1)
    page.goto(f"{address}/?q=5号文第15条说了什么？")
    wait_until_opened(page)
    expect(page.locator("#transcript article")).to_have_count(2)


def test_templates_and_scripts_in_a_question_stay_text_after_a_reload_too(page: Page) -> None:
    question = "${alert(1)} {{value}} <img src=x onerror=alert(2)><script>alert(3)</script> \"'>"
    ask(page, question)
    again(page)
    expect(page.locator("#transcript .question p")).to_have_text(question)
    expect(page.locator("#transcript img, #transcript script")).to_have_count(0)


def test_on_a_shared_machine_nothing_is_kept_and_too_many_questions_have_to_wait(
    browser: Browser, tmp_path: Path
) -> None:
    settings = {"POLICY_KEEP_TALK": "false", "POLICY_QUESTIONS_PER_MINUTE": "2"}
    with running_app(tmp_path / "log.txt", **settings) as address:
        page = browser.new_page()
        page.goto(address)
        wait_until_opened(page)
        ask(page, NAMED_CLAUSE)
        ask(page, "责任单位是哪些？")
        page.locator("#question textarea").fill("有效期到什么时候？")
        page.locator("#question textarea").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("秒后再问一次")
        expect(page.locator("#question textarea")).to_have_value("有效期到什么时候？")
        assert page.evaluate("sessionStorage.getItem('policy.talk')") is None
        again(page)
        expect(page.locator("#transcript article")).to_have_count(0)
        page.close()
