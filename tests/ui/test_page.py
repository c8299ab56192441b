"""The page as people use it, in a real browser over the real app.

After every test the `watch` fixture holds that no request went to another host and the page had no errors.
"""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import PHONE, SIDEWAYS, Opener, ask

pytestmark = pytest.mark.browser

NAMED_CLAUSE = "5号文第16条说了什么？"
FOLLOW_UP = "责任单位是哪些？"


def test_a_question_gets_an_answer_with_its_status_and_clause(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    reply = page.locator("#transcript article .reply")
    expect(reply.locator(".status")).to_have_text("文件有载明")
    expect(reply.locator(".sources").first).to_contain_text("沪府办发〔2025〕5号 第16条")
    expect(reply.locator(".sources .badge").first).to_have_text("现行有效")
    expect(page.locator("#examples")).not_to_contain_text("专业服务机构")


def test_a_marker_opens_its_clause_with_the_quoted_words_in_view(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    page.locator("#transcript .answer button.cite").first.click()
    card = page.locator("#side .card.current")
    expect(card.locator(".name")).to_contain_text("第16条")
    expect(card.locator(".title")).to_have_text("上海市促进服务业创新发展若干措施")
    expect(card.locator("dl")).to_contain_text("2025-03-20 至 2028-03-19")
    expect(card.locator("mark")).to_be_in_viewport()
    assert card.locator("mark").inner_text() in card.locator(".clause-text").inner_text()


def test_a_follow_up_adds_an_answer_and_earlier_markers_still_open(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    ask(page, FOLLOW_UP)
    turns = page.locator("#transcript article")
    expect(turns.nth(1).locator(".answer")).to_contain_text("市委金融办")
    expect(page.locator("#side .group:visible .asked")).to_contain_text(FOLLOW_UP)
    turns.nth(0).locator("button.cite").first.click()
    expect(page.locator("#side .group:visible .asked")).to_contain_text(NAMED_CLAUSE)
    expect(page.locator("#side .group:visible")).to_have_count(1)


def test_what_is_said_of_the_firm_is_shown_and_gone_with_a_new_talk(page: Page) -> None:
    ask(page, "我们是虹口的会计所,想去中东设点,有什么支持?")
    expect(page.locator("#transcript .reply")).to_contain_text("条措施：现行文件中适用")
    heading = page.locator("#profile button").first
    expect(heading).to_contain_text("会计审计税务服务业 · 虹口区")
    heading.click()
    expect(page.locator("#profile-district input")).to_have_value("虹口区")
    page.locator("#new-talk").click()
    expect(heading).not_to_contain_text("虹口区")
    expect(page.locator("#profile-district input")).to_have_value("")


def test_an_example_is_asked_by_clicking_it(page: Page) -> None:
    example = page.locator("#examples .example").first
    question = example.inner_text()
    example.click()
    expect(page.locator("#transcript .question p")).to_have_text(question)
    expect(page.locator("#transcript .status")).to_be_visible()


def test_the_page_switches_to_english_with_the_talk_and_the_profile_kept(page: Page) -> None:
    page.locator("#profile button").first.click()
    page.locator("#profile-district input").click()
    page.get_by_role("option", name="静安区").click()
    ask(page, NAMED_CLAUSE)
    page.get_by_text("English", exact=True).click()
    expect(page.locator("#send")).to_have_text("Ask")
    expect(page.locator("#transcript .status")).to_have_text("Stated in the documents")
    expect(page.locator("#side .card .badge").first).to_have_text("In force")
    expect(page.locator("#profile-district input")).to_have_value("Jing'an")
    expect(page).to_have_title("Business Policy Q&A")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_address_can_choose_the_language(open_at: Opener) -> None:
    page = open_at("/?lang=en")
    expect(page.locator("#banner h1")).to_have_text("Business Policy Q&A")


def test_a_new_talk_clears_the_page(page: Page) -> None:
    ask(page, NAMED_CLAUSE)
    page.locator("#new-talk").click()
    expect(page.locator("#transcript article")).to_have_count(0)
    expect(page.locator("#examples .example").first).to_be_visible()
    expect(page.locator("#side .card")).to_have_count(0)


def test_an_empty_question_gets_one_sentence(page: Page) -> None:
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_have_text("请先写下您的问题。")
    expect(page.locator("#transcript article")).to_have_count(0)


def test_markup_in_a_question_stays_text(page: Page) -> None:
    question = "<img src=http://example.com/x.png onerror=alert(1)><script>alert(2)</script> ![](http://example.com/y.png)"
    ask(page, question)
    expect(page.locator("#transcript .question p")).to_have_text(question)
    expect(page.locator("#transcript img, #transcript script, #side img")).to_have_count(0)


def test_a_narrow_page_never_scrolls_sideways_and_shows_clauses_in_a_sheet(open_at: Opener) -> None:
    page = open_at("/", PHONE)
    assert page.evaluate(SIDEWAYS) == 0
    ask(page, NAMED_CLAUSE)
    assert page.evaluate(SIDEWAYS) == 0
    marker = page.locator("#transcript .answer button.cite").first
    marker.click()
    expect(page.locator("#side .card.current mark")).to_be_in_viewport()
    assert page.evaluate(SIDEWAYS) == 0
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    expect(marker).to_be_focused()


def test_a_question_is_asked_and_its_clause_opened_by_keyboard_alone(page: Page) -> None:
    page.locator("body").press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(NAMED_CLAUSE)
    page.keyboard.press("Enter")
    page.locator("#transcript .answer button.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#side .card.current > summary")).to_be_focused()


def test_the_page_follows_a_dark_desktop(open_at: Opener) -> None:
    page = open_at(scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 22, 28)")


def test_the_page_names_no_other_host_and_forbids_requests_to_them(address: str) -> None:
    with urlopen(address) as reply:
        policy, page = reply.headers["Content-Security-Policy"], reply.read().decode()
    assert "default-src 'self'" in policy
    assert 'property="og:' not in page and 'name="twitter:' not in page
    assert '<html\n\tlang="zh-CN"' in page


def test_no_file_can_be_uploaded(address: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nabc\r\n--x--\r\n'
    request = Request(
        f"{address}/gradio_api/upload", form, {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with pytest.raises(HTTPError) as refused:
        urlopen(request)
    assert 400 <= refused.value.code < 500
