"""Documents → HTML: the list, the timeline, the outline, the whole text, what the reader changed; references."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.documents import place
from assistant.ui.documents.clause import body_html, clause_html, divided
from assistant.ui.documents.edits import edits_html, repaired_words, with_repairs
from assistant.ui.documents.jump import Missing, Target, target
from assistant.ui.documents.outline import outline_html
from assistant.ui.documents.reading import missing_html, reading_html
from assistant.ui.documents.shelf import ROWS, Shelf, link, shelf_html
from assistant.ui.documents.timeline import Scale, events, timeline_html
from assistant.ui.texts import words
from index.library import parse_all
from index.types import Clause, ClauseRef, Document, Edit, Kind

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 20)
ZH = words("zh").area("documents")
EN = words("en").area("documents")

DOCUMENTS = {document.number: document for document in parse_all(ROOT / "documents")[0]}
MEASURES = DOCUMENTS["沪府办发〔2025〕5号"]
OPINIONS = DOCUMENTS["沪府发〔2026〕1号"]
PLAN = DOCUMENTS["沪府办发〔2021〕7号"]

texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)


class Read(HTMLParser):
    """The text content of some HTML, its tags, and the values of an attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.content, self.tags, self.values = "", list[str](), dict[str, list[str]]()
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.content += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.values.setdefault(name, []).append(value or "")


def clause(text: str, title: str = "", kind: Kind = Kind.ITEM, path: str = "一/1") -> Clause:
    return Clause(ClauseRef("甲〔2025〕1号", path), kind, "第1条", title, text)


def document(*clauses: Clause, **fields: Any) -> Document:
    return Document("甲〔2025〕1号", "甲措施", "甲市政府", "a.txt", clauses, **fields)


def solid(text: str) -> str:
    """A text without line breaks and spaces, which HTML sets anew."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("held", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_clause_of_the_five_documents_is_shown_whole_and_once(held: Document) -> None:
    for one in held.clauses:
        assert solid(Read(body_html(one, repaired_words(held), ZH)).content) == solid(one.text)
    anchors = Read(reading_html(held, TODAY, ZH)).values["data-path"]
    assert anchors == [one.path for one in held.clauses]


@given(texts, texts, texts)
def test_whatever_a_clause_holds_stays_text(before: str, title: str, after: str) -> None:
    text = f"1.{title}。{after}<script>{before}</script>"
    html = Read(body_html(clause(text, title), {}, ZH))
    assert solid(html.content) == solid(text)
    assert set(html.tags) <= {"h4", "p"}


def test_a_heading_that_runs_on_is_a_heading_and_its_paragraph_goes_on() -> None:
    assert divided(clause("16.降低融资成本。支持企业。", "降低融资成本")) == (
        "16.降低融资成本。",
        "支持企业。",
    )
    assert body_html(clause("16.降低融资成本。支持企业。", "降低融资成本"), {}, ZH) == (
        '<h4 class="run-in">16.降低融资成本。</h4><p class="run-on">支持企业。</p>'
    )


def test_text_without_a_heading_of_its_own_has_none() -> None:
    assert body_html(clause("甲。\n乙。", "末段", Kind.CLOSING), {}, ZH) == "<p>甲。</p><p>乙。</p>"


def test_rows_are_a_table_with_a_head() -> None:
    table = Clause(
        ClauseRef("甲", "表"),
        Kind.TABLE,
        "表",
        "指标",
        "指标\n项 值\n甲 <1",
        rows=(("项", "值"), ("甲", "<1")),
    )
    html = body_html(table, {}, ZH)
    assert "<th>项</th><th>值</th>" in html and "<td>甲</td><td>&lt;1</td>" in html


def test_a_clause_has_its_anchor_path_departments_and_link() -> None:
    one = MEASURES.clause("二/(六)/16")
    assert one is not None
    html = clause_html(MEASURES, one, {}, ZH)
    assert 'id="clause-二/(六)/16"' in html and "<code>二/(六)/16</code>" in html
    assert f'data-copy="{link(MEASURES.number, one.path)}"' in html
    assert "<li>市委金融办</li>" in html
    assert "复制链接：沪府办发〔2025〕5号 第16条" in html


def test_the_outline_names_every_clause_and_says_no_name_twice() -> None:
    html = outline_html(PLAN, ZH)
    assert html.count("<li") == len(PLAN.clauses)
    assert "数字赋能”</span> </a>" in html
    assert "<span>末段</span> </a>" in outline_html(MEASURES, ZH)


def test_the_timeline_has_every_date_in_order_and_today_among_them() -> None:
    assert [name for name, _ in events(MEASURES, TODAY)] == [
        "issued", "printed", "effective_from", "today", "effective_to",
    ]  # fmt: skip
    assert [name for name, _ in events(PLAN, TODAY)] == ["period_from", "issued", "period_to", "today"]
    assert "2028-03-19" in timeline_html(MEASURES, TODAY, ZH)


def test_the_scale_keeps_order_and_stays_within() -> None:
    scale = Scale.over([date(2021, 1, 1), date(2028, 3, 19)])
    assert 0 < scale.at(date(2021, 1, 1)) < scale.at(TODAY) < scale.at(date(2028, 3, 19)) < 100
    assert len(Scale.over([date(1980, 1, 1), date(2030, 1, 1)]).years()) <= 9


def test_a_document_without_dates_or_of_this_very_day_has_a_timeline_too() -> None:
    assert "今天" in timeline_html(document(), TODAY, ZH)
    assert 'class="bar open"' in timeline_html(document(effective_from=TODAY), TODAY, ZH)


def test_a_repair_is_marked_where_it_was_made() -> None:
    html = reading_html(OPINIONS, TODAY, ZH)
    assert html.count("<ins title=") == 2
    assert "原文作“科技服务、专业服务 etc 知识密集”" in html


def test_words_that_stand_elsewhere_as_printed_are_not_marked_as_repaired() -> None:
    edit = Edit("repair: 漏字", "甲", "甲乙", 3)
    assert repaired_words(document(clause("甲乙，甲乙"), edits=(edit,))) == {}
    assert repaired_words(document(clause("甲乙，丙"), edits=(edit,))) == {"甲乙": edit}


@given(texts, texts)
def test_marking_repairs_changes_no_letter(before: str, after: str) -> None:
    repaired = {"甲乙": Edit("repair: x", "甲", "甲乙")}
    assert Read(with_repairs(f"{before}甲乙{after}", repaired, ZH)).content == f"{before}甲乙{after}"


def test_repairs_and_removals_are_listed_with_their_lines() -> None:
    html = Read(edits_html(OPINIONS, ZH)).content
    assert "修订 2 处，移除 0 处" in html and "第 59、75 行" in html and "OCR 把“等”识别成 etc" in html
    assert "移除：页码（4 处）" in Read(edits_html(PLAN, ZH)).content
    assert "混入的网址" in Read(edits_html(DOCUMENTS["静府办发〔2021〕12号"], ZH)).content
    assert "没有改动" in edits_html(document(), ZH)


def test_doubts_of_the_reader_are_told() -> None:
    assert "少一个编号" in edits_html(document(warnings=("之前少一个编号",)), ZH)


def test_the_list_is_searched_by_number_title_and_short_name_and_filtered_by_validity() -> None:
    shelf = Shelf.of(DOCUMENTS.values())
    for asked, number in (("[2025]5号", MEASURES.number), ("静安 规划", "静府办发〔2021〕12号")):
        assert [one.number for one in shelf.find(asked, "", TODAY)] == [number]
    over = shelf.find("", "period_over", TODAY)
    assert {one.number for one in over} == {PLAN.number, "静府办发〔2021〕12号"}
    assert "没有找到" in shelf_html(shelf, TODAY, ZH, "没有这样的文件")


def test_of_thousands_only_the_first_rows_are_listed_and_the_count_is_told() -> None:
    many = [document() for _ in range(2000)]
    html = shelf_html(Shelf.of(many), TODAY, ZH)
    assert html.count("<li>") == ROWS and "共 2000 份" in html


@pytest.mark.parametrize(
    "asked, number, path",
    [
        ("5号文16", MEASURES.number, "二/(六)/16"),
        ("23号文第二十八条", "沪府办发〔2025〕23号", "六/(二)/28"),
        ("16", MEASURES.number, "二/(六)/16"),
        ("（六）", MEASURES.number, "二/(六)"),
        ("末段", MEASURES.number, "末段"),
        ("沪府办发〔2025〕5号 二/(六)/16", MEASURES.number, "二/(六)/16"),
        ("7号文 三(三)4", PLAN.number, "三/(三)/4"),
        ("clause 16", MEASURES.number, "二/(六)/16"),
        ("静安十四五规划", "静府办发〔2021〕12号", ""),
    ],
)
def test_a_reference_leads_to_its_place(asked: str, number: str, path: str) -> None:
    assert place(asked, DOCUMENTS, MEASURES.number, ZH) == {"doc": number, "clause": path}


def test_a_box_that_only_another_document_has_is_found_there() -> None:
    found = target("专栏5", DOCUMENTS, MEASURES)
    assert isinstance(found, Target) and found.document is PLAN
    assert found.clause is not None and found.clause.label == "专栏5"


@pytest.mark.parametrize(
    "asked, key",
    [
        ("", "jump_empty"),
        ("99号文第3条", "jump_no_document"),
        ("5号文40", "jump_no_clause_of"),
        ("你好", "jump_unclear"),
    ],
)
def test_what_names_no_place_gets_a_reason(asked: str, key: str) -> None:
    found = target(asked, DOCUMENTS)
    assert isinstance(found, Missing) and found.key == key
    assert ZH.say(key, **found.fields) and EN.say(key, **found.fields)


def test_a_clause_that_several_documents_have_is_asked_back() -> None:
    found = target("第16条", DOCUMENTS)
    assert isinstance(found, Missing) and found.key == "jump_ambiguous"
    assert MEASURES.number in found.fields["documents"]


def test_an_unknown_document_stays_text() -> None:
    html = Read(missing_html("<script>", ZH))
    assert "“<script>”不在收录的文件中" in html.content and "script" not in html.tags
