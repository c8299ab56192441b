"""Text → HTML: whatever the text, it stays text, and nothing of it is lost."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from assistant.types import STEPS, Answer, Citation, Status
from assistant.ui.ask import Progress
from assistant.ui.clause_panel import card_html, clauses_html
from assistant.ui.library import library_html
from assistant.ui.markup import answer_html, marked
from assistant.ui.talk import Talk
from assistant.ui.texts import words
from assistant.ui.transcript import Around, examples_html, pending_html, transcript_html
from index.types import Clause, ClauseRef, Document, Kind, Validity

TEXT = "16.支持<全球化>发展。设立“微短剧专板”。"
CLAUSE = Clause(
    ref=ClauseRef("沪府办发〔2025〕5号", "二/(六)/16"),
    kind=Kind.ITEM,
    label="第16条",
    title="支持全球化发展",
    text=TEXT,
    headings=("二、培育服务业发展新动能", "(六)降低企业成本"),
    departments=("市商务委", "市委宣传部"),
)
DOCUMENT = Document(
    number="沪府办发〔2025〕5号",
    title="上海市促进服务业创新发展若干措施",
    issuer="上海市人民政府办公厅",
    file="x.txt",
    clauses=(CLAUSE,),
    signed=date(2025, 3, 12),
    effective_from=date(2025, 3, 20),
    effective_to=date(2028, 3, 19),
)
AROUND = Around({}, date(2026, 11, 20), rating=True)
CITED = Citation(1, DOCUMENT, CLAUSE, "设立“微短剧专板”", Validity.IN_FORCE)
RELATED = Citation(2, DOCUMENT, CLAUSE, "", Validity.IN_FORCE, related=True)
ZH, EN = words("zh"), words("en")

# Clause texts hold no control characters: the reader drops them.
texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60)


class Text(HTMLParser):
    """The text content of some HTML, and the tags in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.content, self.tags, self.attributes = "", [], []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.content += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


@given(texts, texts, texts)
def test_marking_changes_no_letter_and_marks_the_quote(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    html = Text(marked(text, quote))
    assert html.content == text
    assert html.tags == (["mark"] if quote else [])


@given(texts, texts)
def test_words_that_are_not_in_the_clause_mark_nothing(text: str, quote: str) -> None:
    if quote not in text:
        assert Text(marked(text, quote)).tags == []


def test_a_quote_is_marked_once_and_the_rest_is_escaped() -> None:
    assert marked("<b>甲</b>甲", "甲") == "&lt;b&gt;<mark>甲</mark>&lt;/b&gt;甲"


def test_known_markers_become_buttons_and_others_stay_text() -> None:
    html = answer_html("在上海技术交易所设立[1]，另见[7]", 3, {1: "打开第16条"})
    assert html == (
        '<p>在上海技术交易所设立<button type="button" class="cite" data-turn="3" data-marker="1"'
        ' aria-label="打开第16条" title="打开第16条">1</button>，另见[7]</p>\n'
    )


@given(texts)
def test_nothing_in_an_answer_can_run_or_fetch(text: str) -> None:
    for hostile in (
        text,
        f"<img src=x onerror={text}>",
        f"![{text}](http://a.b/c.png)",
        f"[{text}](http://a.b)",
    ):
        html = Text(answer_html(hostile, 1, {1: "x"}))
        assert not {"img", "a", "script", "iframe", "style", "link", "svg"} & set(html.tags)
        assert not [name for name in html.attributes if name.startswith("on") or name in ("src", "href")]


def test_a_card_holds_name_validity_dates_departments_and_the_whole_text() -> None:
    card = Text(card_html(1, CITED, True, ZH)).content
    for words_of_it in (
        "第16条", "沪府办发〔2025〕5号", "现行有效", "上海市促进服务业创新发展若干措施", "2025-03-20 至 2028-03-19",
        "市商务委、市委宣传部", "二、培育服务业发展新动能 › (六)降低企业成本", TEXT,
    ):  # fmt: skip
        assert words_of_it in card


def test_related_clauses_stand_apart_from_the_evidence() -> None:
    talk = Talk().asking("微短剧专板在哪").answered(Answer(Status.ANSWERED, "见[1]", (CITED, RELATED)))
    panel = Text(clauses_html(talk, ZH)).content
    assert panel.index("答复依据") < panel.index("相关条款（仅供参考，不作为依据）")
    assert "现行有效" in panel


def test_a_refusal_is_named_as_what_it_is() -> None:
    talk = Talk().asking("能奖多少？").answered(Answer(Status.NOT_IN_DOCUMENTS, "没有写明。"))
    assert "文件未载明" in Text(transcript_html(talk, AROUND, ZH)).content
    assert "Not stated in the documents" in Text(transcript_html(talk, AROUND, EN)).content
    assert "这次答复没有引用条款。" in Text(clauses_html(talk, ZH)).content


def test_a_reading_of_a_follow_up_that_differs_is_shown() -> None:
    answer = Answer(Status.ANSWERED, "甲", standalone="5号文第16条的责任单位是哪些？")
    shown = Text(transcript_html(Talk().asking("责任单位呢？").answered(answer), AROUND, ZH)).content
    assert "按此理解检索：5号文第16条的责任单位是哪些？" in shown


def test_only_the_latest_answer_has_its_clauses_shown() -> None:
    talk = Talk().asking("甲").answered(Answer(Status.ANSWERED, "甲", (CITED,)))
    talk = talk.asking("乙").answered(Answer(Status.ANSWERED, "乙", (CITED,)))
    panel = clauses_html(talk, ZH)
    assert '<div class="group" data-turn="1" hidden>' in panel
    assert '<div class="group" data-turn="2">' in panel


def test_the_steps_before_the_current_one_are_done() -> None:
    html = pending_html(Talk().asking("甲"), Progress("retrieve"), STEPS, ZH)
    assert html.count('class="done"') == 2
    assert '<li class="now">检索条款</li>' in html
    assert pending_html(Talk(), Progress("retrieve"), STEPS, ZH) == ""


def test_examples_give_way_to_the_talk() -> None:
    assert "专业服务机构" in examples_html(Talk(), ZH)
    assert examples_html(Talk().asking("甲"), ZH) == ""


def test_the_library_lists_each_document_with_its_validity() -> None:
    content = Text(library_html([DOCUMENT], date(2029, 1, 1), ZH)).content
    assert "沪府办发〔2025〕5号" in content
    assert "已失效" in content
