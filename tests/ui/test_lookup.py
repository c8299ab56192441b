"""坐席查询 in a real browser: typing, keys, copying, filters, comparing, notes, known questions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.sync_api import Page, Route, expect

from tests.ui.conftest import DESK, PHONE, SIDEWAYS, Opener, Scheme, Watch, running_app

FIVE = "沪府办发〔2025〕5号"
LOSS = "海外投资有损失怎么办"
LOOKS: list[tuple[int, Scheme]] = [(width, scheme) for width in (DESK, PHONE) for scheme in get_args(Scheme)]
# `at(PHONE, "dark", path="/?…")`, each with a value of its own.
Look = Callable[..., Page]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def address(chromium: str, state: Path) -> Iterator[str]:
    """An app of its own: what is written here must not be seen by other tests."""
    with running_app(state / "log.txt") as address:
        yield address


@pytest.fixture
def at(open_at: Opener) -> Look:
    """`at(PHONE, "dark")` → the look-up on that screen, once it has read the address."""

    def opened(width: int = DESK, scheme: Scheme = "light", path: str = "/?view=lookup") -> Page:
        page = open_at(path, width, scheme)
        expect(page.locator("#lookup-text")).to_be_visible()
        page.wait_for_function("history.state?.lookup")
        return page

    return opened


def look_up(page: Page, text: str) -> None:
    """Types a text and waits for its results."""
    page.locator("#lookup-text").fill("")
    expect(page.locator(".option")).to_have_count(0)
    page.locator("#lookup-text").press_sequentially(text)
    expect(page.locator(".option").first).to_be_visible()


def chosen(page: Page) -> Any:
    return page.locator(".option[aria-selected=true]")


def title(page: Page) -> Any:
    return page.locator("#lookup-pane h3")


def stored(state: Path, question: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(state / "state.sqlite3")
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_typing_arrows_and_enter_lead_to_a_clause_and_c_copies_its_wording(
    at: Look, width: int, scheme: Scheme
) -> None:
    page = at(width, scheme)
    look_up(page, LOSS)
    expect(chosen(page)).to_contain_text("降低融资成本")
    expect(chosen(page).locator("mark")).to_have_text(re.compile("^试点设立专业服务机构"))
    expect(chosen(page)).to_contain_text("现行有效")
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_attribute("id", "lookup-option-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("第16条 降低融资成本")
    expect(title(page)).to_be_focused()
    expect(page.locator("#lookup-pane .departments li").first).to_have_text("市科委")
    page.keyboard.press("c")
    expect(page.locator("#lookup-toast")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in (FIVE, "第16条", "海外投资损失准备金", "市委金融办", "2028年3月19日", "现行有效"):
        assert part in copied
    page.keyboard.press("Escape")
    expect(title(page)).to_have_count(0)
    expect(page.locator("#lookup-text")).to_be_focused()
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.browser
def test_a_late_answer_does_not_replace_a_newer_one(at: Look) -> None:
    page = at()
    late: list[Route] = []

    def hold(route: Route) -> None:
        if '"text":"算力"' in (route.request.post_data or ""):
            late.append(route)
        else:
            route.continue_()

    page.route(re.compile("component_server"), hold)
    page.locator("#lookup-text").fill("算力")
    page.wait_for_timeout(300)
    page.locator("#lookup-text").fill("5号文16")
    expect(chosen(page)).to_contain_text("第16条")
    assert late
    for route in late:
        route.continue_()
    page.wait_for_timeout(500)
    expect(chosen(page)).to_contain_text("第16条")
    expect(page.locator(".option")).to_have_count(3)


@pytest.mark.browser
def test_enter_opens_what_was_typed_even_before_its_results_are_there(at: Look) -> None:
    page = at()
    look_up(page, "算力券")
    page.locator("#lookup-text").fill("5号文16")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("第16条 降低融资成本")


@pytest.mark.browser
def test_the_slash_goes_to_the_box_and_types_in_it(at: Look) -> None:
    page = at()
    look_up(page, "5号文16")
    page.keyboard.press("Enter")
    expect(title(page)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#lookup-text")).to_be_focused()
    page.keyboard.type("a/c")
    expect(page.locator("#lookup-text")).to_have_value("a/c")


@pytest.mark.browser
def test_while_pinyin_is_composed_nothing_is_asked(at: Look) -> None:
    page = at()
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "component_server" in request.url else None
    )
    page.locator("#lookup-text").evaluate(
        """(box) => { box.value = "suan li";
        box.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true })); }"""
    )
    page.wait_for_timeout(300)
    assert asked == []
    page.locator("#lookup-text").evaluate(
        """(box) => { box.value = "算力";
        box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true })); }"""
    )
    expect(page.locator(".option").first).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_filters_narrow_the_list_and_are_cleared(at: Look, width: int) -> None:
    page = at(width)
    look_up(page, "人才")
    if width == PHONE:
        page.get_by_role("button", name="筛选", exact=True).click()
    page.get_by_role("combobox", name="文件", exact=True).select_option(FIVE)
    page.get_by_role("combobox", name="责任单位").select_option("市商务委")
    expect(page.locator(".option .bodies").first).to_contain_text("市商务委")
    for option in page.locator(".option").all():
        expect(option).to_contain_text(FIVE)
        expect(option).to_contain_text("市商务委")
    page.get_by_role("combobox", name="有效状态").select_option("period_over")
    expect(page.locator(".count")).to_contain_text("没有找到条款")
    page.get_by_role("button", name="清除筛选").click()
    expect(page.locator(".count")).to_contain_text("20 条")


@pytest.mark.browser
def test_a_filter_alone_lists_its_clauses(at: Look) -> None:
    page = at()
    page.get_by_role("combobox", name="区域").select_option("浦东")
    expect(page.locator(".option").first).to_be_visible()
    expect(page.locator(".group-name")).to_have_text("按文件顺序")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_two_clauses_stand_beside_each_other(at: Look, width: int, scheme: Scheme) -> None:
    page = at(width, scheme)
    look_up(page, "5号文16")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="与另一条对比").click()
    look_up(page, "5号文17")
    page.keyboard.press("Enter")
    both = page.locator("#lookup-pane .pair article")
    expect(both).to_have_count(2)
    expect(both.locator("h3")).to_have_text(["第16条 降低融资成本", "第17条 提高财政资金使用效能"])
    expect(both.first.locator(".both").first).to_be_visible()
    boxes = [one.bounding_box() for one in both.all()]
    assert boxes[0] and boxes[1]
    assert (boxes[0]["y"] == boxes[1]["y"]) == (width == DESK)
    assert page.evaluate(SIDEWAYS) == 0
    page.keyboard.press("Escape")
    expect(page.locator(".pair")).to_have_count(0)
    expect(title(page)).to_have_text("第17条 提高财政资金使用效能")


@pytest.mark.browser
def test_the_clause_before_and_the_browsers_back(at: Look) -> None:
    page = at()
    look_up(page, "5号文16")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("第16条 降低融资成本")
    page.locator("#lookup-pane .around .previous").click()
    expect(title(page)).to_have_text("第15条 缓解经营压力")
    page.go_back()
    expect(title(page)).to_have_text("第16条 降低融资成本")
    page.go_back()
    expect(title(page)).to_have_count(0)


@pytest.mark.browser
def test_an_address_opens_a_clause_and_reload_keeps_clause_and_text(at: Look) -> None:
    page = at(path=f"/?view=lookup&find={LOSS}&doc={FIVE}&clause=二/(六)/16")
    expect(title(page)).to_have_text("第16条 降低融资成本")
    expect(page.locator("#lookup-text")).to_have_value(LOSS)
    expect(page.locator("#lookup-pane .whole mark")).to_have_text(re.compile("^试点设立专业服务机构"))
    page.locator("#lookup-text").fill("算力券")
    expect(chosen(page)).to_contain_text("第8条")
    page.reload()
    expect(title(page)).to_have_text("第16条 降低融资成本")


@pytest.mark.browser
def test_a_clause_that_is_gone_is_said(at: Look) -> None:
    page = at(path="/?view=lookup&doc=x&clause=y")
    expect(page.locator("#lookup-pane")).to_contain_text("没有这一条")


@pytest.mark.browser
def test_the_whole_clause_can_be_read_out_instead_of_its_key_sentence(at: Look) -> None:
    page = at()
    look_up(page, "5号文16")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="整条").click()
    expect(page.locator("p.said:visible")).to_contain_text("海外投资损失准备金")
    page.get_by_role("button", name="复制答复口径").click()
    expect(page.locator("#lookup-toast")).to_contain_text("已复制")
    assert "微短剧" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.browser
def test_without_the_clipboard_the_wording_is_copied_the_old_way(at: Look) -> None:
    page = at()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    look_up(page, "5号文16")
    page.keyboard.press("Enter")
    expect(title(page)).to_be_visible()
    page.evaluate("document.addEventListener('copy', () => (window.copies = String(getSelection())))")
    page.keyboard.press("c")
    expect(page.locator("#lookup-toast")).to_contain_text("已复制")
    expect(title(page)).to_be_focused()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_a_note_is_kept_in_the_file_without_the_callers_number(
    at: Look, state: Path, width: int, scheme: Scheme
) -> None:
    page = at(width, scheme)
    asked = f"宠物医院{width}怎么开，电话13800138000"
    look_up(page, asked)
    page.get_by_role("button", name="没有找到答案").click()
    page.get_by_label("记一笔").fill("问执照，回电13900139000")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#lookup-toast")).to_contain_text("已记下")
    expect(page.get_by_label("记一笔")).to_be_hidden()
    masked = f"宠物医院{width}怎么开，电话［手机号］"
    assert stored(state, f"select note from notes where query = '{masked}'") == [("问执照，回电［手机号］",)]
    page.locator("#lookup-text").fill("")
    row = page.locator("#lookup-lists button", has_text=masked)
    expect(row).to_contain_text("记过 1 次")
    row.click()
    expect(page.locator("#lookup-text")).to_have_value(masked)
    expect(page.locator(".option").first).to_be_visible()


@pytest.mark.browser
def test_a_question_that_is_added_is_found_at_once(at: Look, state: Path) -> None:
    page = at()
    question = "咪咕噜噜怎么办理"
    look_up(page, question)
    expect(chosen(page)).not_to_contain_text("完善重点领域统计")
    page.evaluate(
        f"policy.go('?' + new URLSearchParams({{view: 'lookup', doc: '{FIVE}', clause: '四/(十三)/31'}}))"
    )
    expect(title(page)).to_have_text("第31条 完善重点领域统计")
    page.get_by_role("button", name="加为常见问法").click()
    expect(page.get_by_label("来电的问法")).to_have_value(question)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#lookup-toast")).to_contain_text("马上生效")
    expect(chosen(page)).to_contain_text("完善重点领域统计")
    assert stored(state, "select question, clause, active from added_questions") == [
        (question, f"{FIVE} 四/(十三)/31", 1)
    ]
    page.get_by_role("button", name="加为常见问法").click()
    page.get_by_label("来电的问法").fill(question)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#lookup-toast")).to_contain_text("已经有了")


@pytest.mark.browser
def test_a_question_that_is_withdrawn_leads_nowhere_at_once(at: Look, state: Path) -> None:
    question = "叽叽歪歪哪里领"
    page = at(path=f"/?view=lookup&find={question}&doc={FIVE}&clause=一/(二)/4")
    opened = title(page).inner_text()
    page.get_by_role("button", name="加为常见问法").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#lookup-toast")).to_contain_text("马上生效")
    expect(chosen(page)).to_contain_text(opened.split()[-1])
    page = at(PHONE, "dark")
    added = page.locator("#lookup-lists .added", has_text=question)
    expect(added).to_contain_text("第4条")
    assert page.evaluate(SIDEWAYS) == 0
    added.get_by_role("button", name=f"撤下“{question}”").click()
    expect(page.locator("#lookup-toast")).to_contain_text("已撤下")
    expect(added).to_have_count(0)
    look_up(page, question)
    expect(chosen(page)).not_to_contain_text(opened.split()[-1])
    assert stored(state, f"select active from added_questions where question = '{question}'") == [(0,)]


@pytest.mark.browser
def test_what_was_looked_up_is_counted_once_and_listed(at: Look, state: Path) -> None:
    page = at()
    look_up(page, "养老服务怎么支持")
    page.keyboard.press("Enter")
    expect(title(page)).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#lookup-text").fill("")
    expect(page.locator("#lookup-lists button", has_text="养老服务怎么支持")).to_contain_text("查过 1 次")
    assert stored(state, "select query, times from lookups where query like '养老%'") == [
        ("养老服务怎么支持", 1)
    ]


@pytest.mark.browser
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_scripts_that_are_typed_stay_text(at: Look, width: int) -> None:
    page = at(width)
    evil = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
    look_up(page, evil)
    page.get_by_role("button", name="没有找到答案").click()
    page.get_by_label("记一笔").fill(evil)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#lookup-toast")).to_contain_text("已记下")
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    expect(title(page)).to_be_visible()
    page.get_by_role("button", name="加为常见问法").click()
    expect(page.get_by_label("来电的问法")).to_have_value(evil)
    page.get_by_role("button", name="取消").click()
    page.locator("#lookup-text").evaluate("(box) => box.focus()") if width == DESK else page.keyboard.press(
        "Escape"
    )
    page.locator("#lookup-text").fill("")
    expect(page.locator("#lookup-lists button .query", has_text="<script>").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("#area-lookup img").count() == 0


@pytest.mark.browser
def test_the_box_and_the_chosen_result_stay_in_view_while_going_down_the_list(
    at: Look,
) -> None:
    page = at()
    look_up(page, "人才")
    for _ in range(15):
        page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_be_in_viewport(ratio=1)
    expect(page.locator("#lookup-text")).to_be_in_viewport(ratio=1)
    bar, option = page.locator("#lookup-bar").bounding_box(), chosen(page).bounding_box()
    assert bar and option and option["y"] >= bar["y"] + bar["height"]


@pytest.mark.browser
def test_in_english_everything_but_the_documents_words_is_english(at: Look) -> None:
    page = at(path="/?view=lookup&lang=en")
    expect(page.locator("#area-lookup h2")).to_have_text("Hotline look-up")
    look_up(page, "5号文16")
    expect(page.locator(".group-name").first).to_have_text("The clause you name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copy the wording")).to_be_visible()
    page.get_by_text("中文", exact=True).click()
    expect(page.get_by_role("button", name="复制答复口径")).to_be_visible()
    expect(page.locator("#lookup-text")).to_have_value("5号文16")
    expect(page.locator(".group-name").first).to_have_text("您指的条款")


@pytest.mark.browser
def test_a_server_that_does_not_answer_is_said(at: Look, watch: Watch) -> None:
    page = at()
    page.route(re.compile("component_server"), lambda route: route.abort())
    page.locator("#lookup-text").fill("算力券")
    expect(page.locator(".count")).to_have_text("没有连上服务，请再试一次。")
    page.wait_for_timeout(300)
    watch.errors.clear()  # the browser's own complaint of the request that was cut
