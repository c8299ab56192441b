"""The way between the areas: links, addresses, the browser's back, the language, on a desk and on a phone."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.ui import AREAS
from assistant.ui.navigation import navigation_html
from assistant.ui.texts import PROMPTS, words
from tests.ui.conftest import PHONE, SIDEWAYS, Opener, ask, wait_until_opened


def current(page: Page) -> Any:
    return page.locator("#areas a[aria-current=page]")


def test_every_area_has_a_name_in_both_languages() -> None:
    for language in ("zh", "en"):
        assert list(words(language).areas) == list(AREAS)


@pytest.mark.parametrize("area", AREAS)
def test_an_areas_words_are_the_same_in_both_languages(area: str) -> None:
    zh, en = (PROMPTS / f"ui-{area}.{code}.toml" for code in ("zh", "en"))
    assert zh.exists() == en.exists()
    if zh.exists():
        assert shape(tomllib.loads(zh.read_text())) == shape(tomllib.loads(en.read_text()))


def shape(value: Any) -> Any:
    """Keys, {named} fields, and the values that choices stand for; the wording itself aside."""
    if isinstance(value, dict):
        return {key: shape(row) for key, row in sorted(value.items())}
    if isinstance(value, list):
        return [row[0] if isinstance(row, list) and len(row) == 2 else shape(row) for row in value]
    return sorted(re.findall(r"\{(\w*)", value)) if isinstance(value, str) else value


def test_an_areas_words_go_before_the_shared_ones() -> None:
    own = words("zh").area("documents")
    assert own["heading"] == "文件" and own["send"] == words("zh")["send"]


def test_the_links_keep_the_language() -> None:
    assert 'href="?view=match"' in navigation_html(words("zh"))
    assert 'href="?view=match&amp;lang=en"' in navigation_html(words("en"))


@pytest.mark.browser
def test_a_link_opens_its_area_and_back_returns(page: Page) -> None:
    expect(current(page)).to_have_text("问政策")
    page.locator("#areas").get_by_text("坐席查询").click()
    expect(page.locator("#area-lookup h2").first).to_be_visible()
    expect(page.locator("#area-chat")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?view=lookup$"))
    expect(page).to_have_title("坐席查询 · 惠企政策问答")
    page.go_back()
    expect(current(page)).to_have_text("问政策")
    expect(page.locator("#question textarea")).to_be_visible()
    page.go_forward()
    expect(current(page)).to_have_text("坐席查询")


@pytest.mark.browser
def test_the_talk_waits_while_another_area_is_open(page: Page) -> None:
    ask(page, "5号文第16条说了什么？")
    page.locator("#areas").get_by_text("评测").click()
    expect(page.locator("#transcript")).to_be_hidden()
    page.locator("#areas").get_by_text("问政策").click()
    expect(page.locator("#transcript article")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("area", AREAS)
def test_the_address_opens_an_area_and_reload_keeps_it(open_at: Opener, area: str) -> None:
    page = open_at(f"/?view={area}")
    expect(current(page)).to_have_text(words("zh").areas[area])
    page.reload()
    expect(current(page)).to_have_text(words("zh").areas[area])
    expect(page.locator(".area:visible")).to_have_id(f"area-{area}")


@pytest.mark.browser
def test_ten_tabs_side_by_side_all_load_and_answer(open_at: Opener) -> None:
    """A browser has six connections for a server; a tab that holds one for good would starve the seventh."""
    pages = [open_at("/?view=documents") for _ in range(9)]
    pages.append(open_at())
    ask(pages[-1], "5号文第16条说了什么？")
    expect(pages[-1].locator("#transcript .status")).to_have_text("文件有载明")


@pytest.mark.browser
def test_an_unknown_area_is_the_first_one(open_at: Opener) -> None:
    expect(current(open_at("/?view=nothing"))).to_have_text("问政策")


@pytest.mark.browser
def test_a_question_in_the_address_is_asked(open_at: Opener) -> None:
    page = open_at("/?q=5号文第16条说了什么？")
    expect(page.locator("#transcript .question p")).to_have_text("5号文第16条说了什么？")
    expect(page.locator("#transcript .status")).to_have_text("文件有载明")


@pytest.mark.browser
def test_the_language_chosen_outlives_area_and_reload(page: Page) -> None:
    page.get_by_text("English", exact=True).click()
    expect(page.locator("#send")).to_have_text("Ask")
    page.locator("#areas").get_by_text("Documents").click()
    expect(page).to_have_url(re.compile("view=documents&lang=en$"))
    page.reload()
    wait_until_opened(page)
    expect(page.locator("#area-documents h2").first).to_have_text("Documents")
    expect(page).to_have_title("Documents · Business Policy Q&A")


@pytest.mark.browser
def test_the_areas_are_reached_by_keyboard(page: Page) -> None:
    page.locator("#areas").get_by_text("适用政策").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#area-match h2").first).to_be_visible()
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#area-match h2").first).to_be_focused()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_the_areas_are_large_enough_and_the_page_does_not_scroll_sideways(
    open_at: Opener, language: str
) -> None:
    page = open_at(f"/?view=evaluation&lang={language}", PHONE)
    for link in page.locator("#areas a").all():
        box = link.bounding_box()
        assert box is not None and box["height"] >= 44 and box["width"] >= 44
    assert page.evaluate(SIDEWAYS) == 0
