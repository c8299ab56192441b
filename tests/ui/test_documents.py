"""The area 文件 as people use it, in a real browser over the real app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.conftest import DESK, PHONE, SIDEWAYS, Opener, Watch, running_app, wait_until_opened

pytestmark = pytest.mark.browser

MEASURES = "沪府办发〔2025〕5号"
CLAUSE = f"/?doc={MEASURES}&clause=二/(六)/16"

HOSTILE = """甲市人民政府办公厅文件

甲府办发〔2025〕9号

甲市促进<script>window.broken=1</script>发展若干措施

一、总体<img src=x onerror="window.broken=2">要求

1.支持企业。对企业<script>window.broken=3</script>给予支持。（责任单位：市<b>商务委</b>）

2.支持创新。${window.broken=4}{{broken}}按照规定给予支持。
"""


def clause(page: Page, path: str) -> Locator:
    return page.locator(f'#documents-reader .clause[data-path="{path}"]')


def test_a_document_is_chosen_from_the_list_and_back_returns_to_it(open_at: Opener) -> None:
    page = open_at("/?view=documents")
    row = page.locator("#documents-shelf li", has_text=MEASURES)
    expect(row.locator(".badge")).to_have_text("现行有效")
    row.get_by_role("link").click()
    expect(page.locator(".reading h2")).to_have_text("上海市促进服务业创新发展若干措施")
    expect(page.locator(".timeline li.today")).to_contain_text("2026-11-20")
    expect(page.locator("#documents-shelf")).to_be_hidden()
    page.go_back()
    expect(row).to_be_visible()
    expect(page.locator("#documents-reader")).to_be_hidden()


def test_the_list_narrows_as_one_types_and_by_validity(open_at: Opener) -> None:
    page = open_at("/?view=documents")
    rows = page.locator("#documents-shelf li")
    expect(rows).to_have_count(5)
    page.locator("#documents-head select").select_option("period_over")
    expect(rows).to_have_count(2)
    page.locator("#documents-head input").press_sequentially("静安")
    expect(rows).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".reading .number")).to_contain_text("静府办发〔2021〕12号")


def test_a_reference_in_the_list_leads_to_its_clause(open_at: Opener) -> None:
    page = open_at("/?view=documents")
    page.locator("#documents-head input").fill("23号文第二十八条")
    page.keyboard.press("Enter")
    target = page.locator(".clause.target")
    expect(target).to_be_in_viewport()
    expect(target.locator(".label")).to_have_text("第28条")


def test_a_link_to_a_clause_opens_it_in_view_and_reload_keeps_it(open_at: Opener) -> None:
    page = open_at(CLAUSE)
    expect(clause(page, "二/(六)/16")).to_be_in_viewport()
    expect(clause(page, "二/(六)/16").locator(".departments")).to_contain_text("市委金融办")
    expect(page.locator('.outline a[aria-current="location"]')).to_contain_text("第16条")
    page.reload()
    expect(clause(page, "二/(六)/16")).to_be_in_viewport()


def test_documents_and_clauses_may_be_named_as_people_do(open_at: Opener) -> None:
    page = open_at("/?doc=5号文&clause=16")
    expect(page.locator(".clause.target .label")).to_have_text("第16条")
    expect(page.locator(".clause.target")).to_be_in_viewport()


def test_a_document_that_is_not_held_is_said_to_be_missing(open_at: Opener) -> None:
    page = open_at("/?doc=<img src=x onerror=alert(1)>")
    expect(page.locator(".reading h2")).to_have_text("没有收录这份文件")
    page.locator(".reading .back").click()
    expect(page.locator("#documents-shelf li")).to_have_count(5)


def test_jumping_by_reference_crosses_documents_and_back_returns(open_at: Opener) -> None:
    page = open_at(CLAUSE)
    jump = page.locator("form[data-jump]:visible input")
    expect(clause(page, "二/(六)/16")).to_be_in_viewport()
    jump.fill("第31条")
    jump.press("Enter")
    expect(clause(page, "四/(十三)/31")).to_be_in_viewport()
    jump.fill("专栏5")
    jump.press("Enter")
    expect(page.locator(".reading .number")).to_contain_text("沪府办发〔2021〕7号")
    expect(page.locator(".clause.target .label")).to_have_text("专栏5")
    page.go_back()
    expect(clause(page, "四/(十三)/31")).to_be_in_viewport()
    page.go_back()
    expect(clause(page, "二/(六)/16")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("clause="))


def test_a_reference_to_nothing_gets_one_sentence(open_at: Opener) -> None:
    page = open_at(CLAUSE)
    jump = page.locator("form[data-jump]:visible input")
    jump.fill("第99条")
    jump.press("Enter")
    expect(page.locator(".tools .problem")).to_have_text(f"{MEASURES}没有“第99条”，共 31条。")


def test_the_outline_leads_to_its_clauses(open_at: Opener) -> None:
    page = open_at(f"/?doc={MEASURES}")
    page.locator(".outline").get_by_text("完善重点领域统计").click()
    expect(clause(page, "四/(十三)/31")).to_be_in_viewport()
    expect(clause(page, "四/(十三)/31").locator(".body")).to_be_focused()


def test_words_are_found_counted_and_stepped_through(open_at: Opener) -> None:
    page = open_at(f"/?doc={MEASURES}")
    box, told = page.locator("form[data-find] input"), page.locator("form[data-find] output")
    box.fill("微短剧")
    expect(told).to_have_text("1 / 2")
    expect(page.locator("mark.now")).to_be_in_viewport()
    box.press("Enter")
    expect(told).to_have_text("2 / 2")
    box.press("Shift+Enter")
    page.get_by_role("button", name="上一处").click()
    expect(told).to_have_text("2 / 2")
    before = page.locator(".clause .body").all_inner_texts()
    box.press("Escape")
    expect(page.locator(".reading mark")).to_have_count(0)
    assert page.locator(".clause .body").all_inner_texts() == before


def test_words_are_found_in_any_width_and_across_the_end_of_a_heading(open_at: Opener) -> None:
    page = open_at(CLAUSE)
    box, told = page.locator("form[data-find] input"), page.locator("form[data-find] output")
    box.fill("ＲＥＩＴＳ")
    expect(told).to_have_text("1 / 1")
    box.fill("融资成本。将科技")
    expect(told).to_have_text("1 / 1")
    expect(page.locator("mark.now")).to_have_text(["融资成本。", "将科技"])
    box.fill("没有的字")
    expect(told).to_have_text("没有找到")


def test_the_link_of_a_clause_is_copied(open_at: Opener) -> None:
    page = open_at(CLAUSE)
    page.get_by_role("button", name=f"复制链接：{MEASURES} 第16条").click()
    expect(page.locator(".copied")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    page.goto(copied)
    wait_until_opened(page)
    expect(page.locator(".clause.target .label")).to_have_text("第16条")


def test_what_the_reader_changed_can_be_looked_at(open_at: Opener) -> None:
    page = open_at("/?doc=沪府发〔2026〕1号")
    page.locator(".edits summary").click()
    expect(page.locator(".edits del").first).to_have_text("科技服务、专业服务 etc 知识密集")
    page.locator(".edits a").first.click()
    expect(page.locator(".clause.target ins")).to_have_text("科技服务、专业服务等知识密集")


def test_the_document_speaks_the_language_of_the_page_and_the_reader_stays(open_at: Opener) -> None:
    page = open_at(CLAUSE)
    expect(clause(page, "二/(六)/16")).to_be_in_viewport()
    page.locator("#language").get_by_text("English").click()
    expect(page.locator(".reading .badge")).to_have_text("In force")
    expect(page.locator(".outline summary")).to_have_text("Outline")
    assert "lang=en" in page.url and "clause=" in page.url


def test_on_a_phone_the_outline_folds_away_above_the_text(open_at: Opener) -> None:
    page = open_at("/?view=documents")
    page.set_viewport_size({"width": 375, "height": 720})
    assert page.evaluate(SIDEWAYS) == 0
    page.locator("#documents-shelf a", has_text=MEASURES).click()
    outline = page.locator(".outline nav")
    expect(page.locator(".outline summary")).to_be_visible()
    expect(outline).to_be_hidden()
    page.locator(".outline summary").click()
    outline.get_by_text("降低融资成本").click()
    expect(outline).to_be_hidden()
    expect(clause(page, "二/(六)/16")).to_be_in_viewport()
    expect(page.locator("form[data-find] input")).to_be_in_viewport()
    assert page.evaluate(SIDEWAYS) == 0


def test_a_wide_table_scrolls_by_itself_on_a_phone(open_at: Opener) -> None:
    page = open_at("/?doc=沪府办发〔2021〕7号&clause=二/(三)/表", PHONE)
    expect(page.locator(".body .table")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_by_night_the_document_is_dark(open_at: Opener, width: int) -> None:
    page = open_at(CLAUSE, width, "dark")
    expect(page.locator(".clause.target")).to_be_in_viewport()
    expect(page.locator(".timeline")).to_have_css("background-color", "rgb(26, 33, 41)")
    expect(page.locator(".clause.target .body")).to_have_css("color", "rgb(228, 232, 236)")


@pytest.fixture(scope="module")
def hostile(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over a document that tries to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "documents").mkdir()
    (folder / "documents" / "a.txt").write_text(HOSTILE, encoding="utf-8")
    places = {"POLICY_DOCUMENTS_DIR": folder / "documents", "POLICY_INDEX_DIR": folder / "index"}
    settings = {name: str(path) for name, path in places.items()}
    with running_app(Path(folder / "log.txt"), **settings) as address:
        yield address


def test_a_script_in_a_document_stays_text(browser: Browser, hostile: str) -> None:
    page, watch = browser.new_page(), Watch(hostile)
    watch.follow(page)
    page.goto(f"{hostile}/?view=documents")
    page.locator("#documents-shelf a").click()
    expect(page.locator(".reading .text")).to_contain_text("对企业<script>window.broken=3</script>给予支持")
    expect(page.locator(".reading .text")).to_contain_text("${window.broken=4}{{broken}}")
    expect(page.locator("#area-documents script, #area-documents img")).to_have_count(0)
    page.locator("form[data-find] input").fill("<script>")
    expect(page.locator("form[data-find] output")).to_contain_text("1 / ")
    assert page.evaluate("window.broken") is None
    assert watch.errors == [] and watch.elsewhere == []
    page.close()
