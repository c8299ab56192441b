"""适用政策 piece by piece: the entry and its address, the form, marks, cards, what the download holds."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from assistant.applicability import match
from assistant.types import Profile
from assistant.ui.match import kept, workbook
from assistant.ui.match_card import card_html, line_html, marked_words, places
from assistant.ui.match_entry import LIST_LIMIT, Entry
from assistant.ui.match_form import TILES, form_html
from assistant.ui.match_results import Checked, empty_html, results_html, status_html
from assistant.ui.texts import words
from index import lexicon
from tests.assistant.support import clause, document

AS_OF = date(2024, 6, 1)
ZH, EN = words("zh").area("match"), words("en").area("match")
ATTACK = "<script>alert(1)</script>"


def checked(*texts: str, entry: Entry | None = None) -> Checked:
    entry = entry or Entry(industry="广告业")
    about = document(*(clause(text, f"一/{at}") for at, text in enumerate(texts, 1)))
    return Checked(entry, entry.profile(), tuple(match(entry.profile(), {about.number: about}, AS_OF)), AS_OF)


def test_an_entry_comes_back_from_its_address() -> None:
    entry = Entry("广告业", "静安区", "初创企业", "在静安", ("外资企业",), ("融资", "人才"), ("是否亏损",))
    assert Entry.of(entry.query()) == entry


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ({"industry": "火锅店", "district": "虹口"}, Entry("住宿餐饮业", "虹口区")),
        ({"industry": "养猪"}, Entry("养猪")),
        ({"needs": " 融资,, 融资 "}, Entry(needs=("融资",))),
        ({"view": "match", "instrument": "培训"}, Entry()),
    ],
)
def test_an_address_may_use_everyday_names(address: dict[str, str], entry: Entry) -> None:
    assert Entry.at(address) == entry


def test_an_entry_keeps_to_its_limits() -> None:
    entry = Entry.at({"needs": ",".join(map(str, range(500))), "text": "长" * 5000})
    assert len(entry.needs) == LIST_LIMIT and len(entry.text) == 200


@pytest.mark.parametrize("sent", [None, 3, ["industry"], {"industry": "广告业"}])
def test_what_is_no_address_is_an_empty_entry(sent: object) -> None:
    assert Entry.of(sent) == Entry()


def test_what_is_chosen_goes_before_what_is_said() -> None:
    profile = Entry(district="静安区", text="二十个人的会计所，在北外滩").profile()
    assert profile == Profile(
        "会计审计税务服务业", "静安区", "中小微企业", needs=("二十个人的会计所", "在北外滩")
    )


def test_every_name_of_the_word_lists_has_a_label_in_both_languages() -> None:
    facets = lexicon.load("facets")
    facts = [*facets["conditions"], *(f"是否属于{kind}" for kind in facets["kinds"])]
    for text in (ZH, EN):
        assert set(text.tables["industry_names"]) == set(lexicon.load("industries"))
        assert set(text.tables["district_names"]) == set(lexicon.load("districts"))
        assert set(text.tables["instrument_names"]) == set(facets["instruments"])
        assert set(facts) <= set(text.tables["facts"]) and set(facts) <= set(text.tables["briefs"])
        assert set(facets["kinds"]) <= set(text.tables["value_names"])


def test_the_map_holds_every_district_once_and_no_tile_on_another() -> None:
    rows = lexicon.load("districts")
    assert set(TILES) == {
        key for key, row in rows.items() if row["names"][0].endswith("区") and len(key) == 2
    }
    cells = [(1, 1), (2, 1)]  # "not said"
    for column, row, wide, high in TILES.values():
        cells += [(x, y) for x in range(column, column + wide) for y in range(row, row + high)]
    assert len(cells) == len(set(cells)) and {x for x, _ in cells} == {1, 2, 3, 4, 5}


def test_the_form_shows_an_entry_and_checks_one_radio_of_each_group() -> None:
    html = form_html(Entry("会计审计税务服务业", "虹口区", "初创企业", ATTACK, ("外资企业",)), ZH)
    for name, value in (("industry", "会计审计税务服务业"), ("district", "虹口区"), ("size", "初创企业")):
        assert html.count(f'type="radio" name="{name}" value="{value}" checked') == 1
        assert f'type="radio" name="{name}" value="" checked' not in html
    assert 'name="traits" value="外资企业" checked' in html
    assert ATTACK not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("quotes", "html"),
    [
        (["广告"], "对<mark>广告</mark>企业&amp;商户"),
        (["广告", "告企业"], "对<mark>广告企业</mark>&amp;商户"),
        (["商户", "对"], "<mark>对</mark>广告企业&amp;<mark>商户</mark>"),
        (["法律", "", "对广告企业&商户"], "对广告企业&amp;商户"),
    ],
)
def test_deciding_words_are_marked_where_they_stand(quotes: list[str], html: str) -> None:
    assert marked_words("对广告企业&商户", quotes) == html


def test_a_card_tells_the_words_that_decide_and_links_to_the_clause() -> None:
    (one,) = checked("支持静安区对广告企业给予奖励。", entry=Entry("广告业", "静安区")).matches
    html = card_html(0, one, ZH)
    assert "支持<mark>静安区</mark>对<mark>广告企业</mark>给予奖励。" in html
    assert "clause=%E4%B8%80/1" in html and "明确支持" in html and "资金奖励" in html
    assert "&amp;lang=en" in card_html(0, one, EN) and "Grants" in card_html(0, one, EN)
    assert places(one) == ("静安",)


def test_markup_in_a_clause_stays_text() -> None:
    (one,) = checked(f"对广告企业给予奖励{ATTACK}。").matches
    assert ATTACK not in card_html(0, one, ZH) + line_html(0, one, ZH)


def test_the_counts_are_those_of_the_groups() -> None:
    told = status_html(checked("对广告企业给予奖励。", "推动广告业发展。", "对律师事务所给予奖励。"), ZH)
    assert "共核对 <strong>3</strong> 条措施：适用 <strong>1</strong> 条" in told
    assert status_html(None, ZH) == ""


def test_a_problem_is_told_alone_and_escaped() -> None:
    wrong = Checked(Entry(ATTACK), Profile(), (), AS_OF, f"不认识行业“{ATTACK}”")
    assert ATTACK not in status_html(wrong, ZH) and "不认识行业" in status_html(wrong, ZH)
    assert results_html(wrong, ZH) == ""


def test_results_escape_the_entry() -> None:
    entry = Entry("广告业", text=ATTACK, traits=(ATTACK,), yes=(ATTACK,), no=(f'"{ATTACK}',))
    html = results_html(checked("对广告企业给予奖励。", entry=entry), ZH)
    assert ATTACK not in html and 'data-undo="&quot;&lt;script' in html


def test_the_examples_are_addresses_that_a_check_takes() -> None:
    assert empty_html(7, ZH).count("data-go") == len(ZH.tables["examples"])
    for query in ZH.tables["examples"]:
        assert Entry.of(query).profile().industry in lexicon.load("industries")


@pytest.mark.parametrize(("shown", "rows"), [(None, 2), ([1], 1), ([], 0), ([99, "a"], 0), ("01", 2)])
def test_the_workbook_holds_the_places_that_are_shown(shown: Any, rows: int) -> None:
    found = checked("对广告企业给予奖励。", "支持广告企业发展，给予补贴。")
    book = openpyxl.load_workbook(BytesIO(workbook(kept(found.matches, shown), found)))
    assert book["适用"].max_row == rows + 1
