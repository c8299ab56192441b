"""适用政策 as people use it: the form, the list, answers in place, filters, links, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import DESK, PHONE, SIDEWAYS, Opener, Scheme

pytestmark = pytest.mark.browser

ACCOUNTANTS = "/?view=match&industry=会计审计税务服务业&district=虹口区"
Open = Callable[[str], Page]


on_both_screens = pytest.mark.parametrize(
    "match_at", [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"], indirect=True
)


@pytest.fixture
def match_at(open_at: Opener, request: pytest.FixtureRequest) -> Open:
    """`match_at("/?view=match")` → the form there, on a desk by day if nothing else is said."""
    screen = getattr(request, "param", (DESK, "light"))

    def opened(path: str) -> Page:
        page = open_at(path, *screen)
        expect(page.locator("#match-form form")).to_be_visible()
        return page

    return opened


def counts(page: Page) -> Locator:
    return page.locator("#match-status .summary")


def chosen(page: Page) -> list[str]:
    found = page.locator("#match-form input:checked:not([value=''])").all()
    return [str(one.get_attribute("value")) for one in found]


@on_both_screens
def test_a_choice_checks_every_measure_and_the_address_tells_it(match_at: Open) -> None:
    page = match_at("/?view=match")
    expect(page.locator("#match-results .empty p").first).to_contain_text(re.compile(r"全部 \d+ 条措施"))
    page.get_by_label("虹口", exact=True).check()
    page.get_by_label("中小微企业", exact=True).check()
    expect(counts(page)).to_contain_text(re.compile(r"共核对 \d{3} 条措施：适用 \d+ 条，可能适用 \d+ 条"))
    expect(page.locator(".said")).to_contain_text("虹口")
    expect(page.locator(".said")).to_contain_text("中小微企业")
    expect(page).to_have_url(re.compile("view=match&district=.*&size="))
    assert page.evaluate(SIDEWAYS) == 0


def test_nothing_filled_in_gets_one_friendly_sentence(match_at: Open) -> None:
    page = match_at("/?view=match")
    page.get_by_role("button", name="核对全部措施").click()
    expect(page.locator("#match-form").get_by_role("alert")).to_have_text(re.compile("^还没有填企业情况"))
    expect(counts(page)).to_have_count(0)


@on_both_screens
def test_a_trade_is_found_by_an_everyday_word(match_at: Open) -> None:
    page = match_at("/?view=match")
    page.locator("#match-find").fill("火锅店")
    expect(page.locator(".tree li:visible")).to_have_text(["餐饮、住宿"])
    page.locator("#match-find").press("Enter")
    page.keyboard.press("Space")
    expect(page.locator(".said")).to_have_text("餐饮、住宿")
    page.locator("#match-find").fill("炼丹")
    expect(page.locator("[data-none]")).to_have_text(re.compile("^没有找到"))


@on_both_screens
def test_a_sentence_about_the_firm_is_enough(match_at: Open) -> None:
    page = match_at("/?view=match")
    page.locator("#match-text").fill("二十个人的会计所，在北外滩")
    page.locator("#match-text").press("Enter")
    expect(page.locator(".said li")).to_have_text(
        ["会计、审计、税务", "虹口", "中小微企业", "“二十个人的会计所，在北外滩”"]
    )
    expect(page.locator("#match-results h3")).to_be_focused()
    expect(counts(page)).to_be_in_viewport()


@on_both_screens
def test_cards_tell_why_what_is_open_and_who_is_in_charge(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    card = page.locator(".group.applies .measure").filter(has_text="培育高能级主体")
    expect(card.locator("blockquote mark")).to_have_text("会计师事务所")
    expect(card.locator(".badge")).to_have_text("现行有效")
    expect(card.locator(".who")).to_contain_text("市市场监管局")
    expect(page.locator(".group.may_apply .measure .open").first).to_contain_text("还要看")
    expect(page.locator(".group.does_not_apply .measures")).to_be_hidden()
    page.locator(".group.does_not_apply summary").click()
    expect(page.locator(".group.does_not_apply .measures")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == 0


@on_both_screens
def test_a_card_opens_its_clause_and_back_returns_to_the_list(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    link = page.locator(".group.applies .measure h5 a").nth(1)
    link.click()
    expect(page).to_have_url(re.compile(r"\?doc=.+&clause=.+"))
    expect(page.locator("#area-documents")).to_be_visible()
    page.go_back()
    expect(link).to_be_in_viewport()


@on_both_screens
def test_a_question_is_answered_in_place_and_the_answer_can_be_taken_back(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    before = counts(page).inner_text()
    asked = page.locator(".questions li").filter(has_text="是否在境外设点")
    asked.get_by_role("button", name="是").click()
    expect(page.locator(".answer-given")).to_have_text(re.compile("境外设点或服务出海 · 是"))
    expect(page.locator("#match-questions")).to_be_focused()
    expect(asked).to_have_count(0)
    assert counts(page).inner_text() != before
    page.get_by_role("button", name="撤回：境外设点或服务出海").click()
    expect(counts(page)).to_have_text(before)


def test_a_missing_field_is_asked_for_and_goes_into_the_form(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    page.locator(".questions select").select_option("中小微企业")
    expect(page.locator(".said")).to_contain_text("中小微企业")
    expect(page.get_by_label("中小微企业", exact=True)).to_be_checked()


@on_both_screens
def test_filters_work_at_once_and_stand_in_the_address(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    bar = page.locator("[data-bar=培训]")
    wanted = bar.locator(".number").inner_text()
    bar.click()
    serving = page.locator(":is(.group.applies, .group.may_apply) .measure:visible")
    expect(serving).to_have_count(int(wanted))
    expect(bar).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-filter=instrument]")).to_have_value("培训")
    page.reload()
    expect(serving).to_have_count(int(wanted))
    page.locator("#area-match [data-filter=document]").select_option("沪府办发〔2025〕5号")
    for card in serving.all():
        expect(card.locator(".source")).to_contain_text("沪府办发〔2025〕5号")
    page.get_by_role("button", name="清除筛选").click()
    expect(page.locator(".shown")).to_have_text(re.compile(r"显示 (\d+) / \1 条"))


def test_what_no_measure_passes_is_said(match_at: Open) -> None:
    page = match_at(f"{ACCOUNTANTS}&validity=period_over&document=沪府办发〔2025〕5号")
    expect(page.locator(".group.applies .none")).to_have_text("这一组里没有符合筛选的措施。")


def test_the_list_as_shown_is_downloaded(match_at: Open) -> None:
    page = match_at(f"{ACCOUNTANTS}&validity=in_force")
    expect(page.locator(".group.does_not_apply [data-count]")).to_have_text(re.compile(" / "))
    shown = page.locator(".group.applies .measure:visible").count()
    assert shown
    with page.expect_download() as download:
        page.locator("[data-download]").click()
    assert download.value.suggested_filename == "适用政策清单-2026-11-20.xlsx"
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    assert book["适用"].max_row == shown + 1


def test_reload_and_back_keep_the_firm(match_at: Open) -> None:
    page = match_at(f"{ACCOUNTANTS}&needs=融资")
    expect(counts(page)).to_be_visible()
    assert chosen(page) == ["会计审计税务服务业", "虹口区", "融资"]
    page.get_by_role("button", name="清空").click()
    expect(page.locator("#match-results .empty")).to_be_visible()
    expect(page.get_by_label("融资贷款")).not_to_be_checked()
    page.go_back()
    expect(counts(page)).to_be_visible()
    expect(page.get_by_label("融资贷款")).to_be_checked()
    page.locator("#areas").get_by_text("适用政策").click()
    expect(page.locator("#match-results .empty")).to_be_visible()
    page.locator("#match-results .empty a").first.click()
    expect(page.locator(".said li").first).to_have_text("会计、审计、税务")


def test_the_list_speaks_english_with_the_firm_kept(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    expect(counts(page)).to_be_visible()
    page.get_by_text("English", exact=True).click()
    expect(counts(page)).to_contain_text("measures checked")
    expect(page.get_by_role("radio", name="Hongkou")).to_be_checked()
    expect(page.locator(".chart")).to_contain_text("Going abroad")
    assert page.evaluate(SIDEWAYS) == 0


def test_markup_typed_into_the_form_or_the_address_stays_text(match_at: Open) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    page = match_at("/?view=match")
    page.locator("#match-text").fill(attack)
    page.locator("#match-text").press("Enter")
    expect(page.locator(".said")).to_contain_text(attack)
    expect(page.locator("#area-match :is(script, img)")).to_have_count(0)
    page = match_at(f"/?view=match&industry={attack}&traits={attack}")
    expect(page.locator("#match-status .notice")).to_contain_text(attack)
    expect(page.locator("#area-match :is(script, img)")).to_have_count(0)


def test_a_trade_that_is_not_known_is_told_with_the_nearest(match_at: Open) -> None:
    page = match_at("/?view=match&industry=养猪")
    expect(page.locator("#match-status .notice")).to_contain_text("不认识行业“养猪”")


@on_both_screens
def test_a_link_to_a_firm_leads_to_its_list(match_at: Open) -> None:
    expect(counts(match_at(ACCOUNTANTS))).to_be_in_viewport()


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_list_fits_at_every_width_in_light_and_dark(open_at: Opener, width: int, scheme: Scheme) -> None:
    page = open_at(f"{ACCOUNTANTS}&lang=en", width, scheme)
    expect(counts(page)).to_be_visible()
    assert page.evaluate(SIDEWAYS) == 0
    ground = "rgb(17, 22, 28)" if scheme == "dark" else "rgb(246, 245, 241)"
    expect(page.locator("body")).to_have_css("background-color", ground)


@on_both_screens
def test_targets_are_large_enough_for_a_finger(match_at: Open) -> None:
    page = match_at(ACCOUNTANTS)
    expect(counts(page)).to_be_visible()
    for target in page.locator("#match-form .tile, #match-form .actions button, .answers button").all():
        box = target.bounding_box()
        assert box is not None and box["height"] >= 40 and box["width"] >= 40
