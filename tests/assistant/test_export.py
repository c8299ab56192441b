"""A talk as Markdown and as a Word file: everything in it, nothing of it taken for markup."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from markdown_it import MarkdownIt

from assistant.export import answer_text, to_docx, to_markdown
from assistant.types import Answer, Status
from tests.assistant.support import Desk, cite, clause

DAY = date(2024, 6, 1)
ONE = clause("支持企业设立分支机构。", departments=("市商务委", "市财政局"), title="支持设立")
ANSWER = Answer(Status.ANSWERED, "- **支持设立**：「支持企业设立」。 [1]", (cite(1, ONE, "支持企业设立"),))
TALK = [("设分公司有支持吗？", ANSWER), ("谁负责？", Answer(Status.NOT_IN_DOCUMENTS, "文件中没有写明。"))]
SOURCE = (
    "[1] 沪测发〔2024〕3号《上海市测试措施》 第1条 支持设立（自2024年2月1日起施行，有效期至2025年12月31日，现行有效）"
    "；责任单位：市商务委、市财政局；「支持企业设立」"
)


def paragraphs(file: bytes) -> list[tuple[str, str]]:
    """Style and text of each paragraph."""
    return [(it.style.name, it.text) for it in docx.Document(io.BytesIO(file)).paragraphs if it.style]


def test_an_answer_is_copied_with_what_its_markers_stand_for() -> None:
    assert answer_text(ANSWER, DAY) == f"- 支持设立：「支持企业设立」。 [1]\n\n{SOURCE}"


def test_markdown_has_every_question_answer_and_citation() -> None:
    said = to_markdown(TALK, DAY)
    assert said.startswith("# 惠企政策问答记录\n") and "文件效力按 2024-06-01 判断" in said
    assert "## 第 1 问\n\n> 设分公司有支持吗？\n\n- **支持设立**：「支持企业设立」。 [1]\n" in said
    assert "## 第 2 问\n\n> 谁负责？\n\n文件中没有写明。\n" in said
    assert said.rstrip().endswith("- 第 1 问 " + SOURCE.replace("[1]", r"\[1\]"))


def test_word_has_the_same_with_headings_lists_and_bold() -> None:
    file = to_docx(TALK, DAY)
    assert paragraphs(file) == [
        ("Title", "惠企政策问答记录"),
        ("Normal", paragraphs(file)[1][1]),
        ("Heading 1", "第 1 问"),
        ("Intense Quote", "设分公司有支持吗？"),
        ("List Bullet", "支持设立：「支持企业设立」。 [1]"),
        ("Heading 1", "第 2 问"),
        ("Intense Quote", "谁负责？"),
        ("Normal", "文件中没有写明。"),
        ("Heading 1", "引用条款"),
        ("List Bullet", f"第 1 问 {SOURCE}"),
    ]
    runs = docx.Document(io.BytesIO(file)).paragraphs[4].runs
    assert next((run.text, run.bold) for run in runs if run.text) == ("支持设立", True)


def test_word_names_a_chinese_font_and_nobody_as_its_author() -> None:
    file = docx.Document(io.BytesIO(to_docx(TALK, DAY)))
    assert 'w:eastAsia="宋体"' in file.styles["Normal"].element.xml
    assert file.core_properties.author == ""


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script>", "# 标题\n![](http://x/y.png)", "[链接](http://x)", "a\x00b\x0bc", ""],
)
def test_a_question_stays_text(question: str) -> None:
    echoed = Answer(Status.NOT_IN_DOCUMENTS, f"没有“{question}”。")
    said = to_markdown([(question, ANSWER), (question, echoed)], DAY)
    html = MarkdownIt("commonmark").render(said)
    assert not any(tag in html for tag in ("<script", "<img", "<a ", "<h1>标题"))
    assert any(style == "Intense Quote" for style, _ in paragraphs(to_docx([(question, ANSWER)], DAY)))


def test_in_english_the_words_around_are_english() -> None:
    said = to_markdown(TALK, DAY, "en")
    assert "## Question 2" in said and "Responsible" in said.partition("## Cited clauses")[2]


def test_a_real_answer_is_exported_whole(desk: Desk) -> None:
    question = "会计师事务所去中东设点有什么支持？"
    answer = desk.ask(question)
    said = to_markdown([(question, answer)], date(2026, 11, 20))
    assert answer.text in said
    words = "\n".join(text for _, text in paragraphs(to_docx([(question, answer)], date(2026, 11, 20))))
    for citation in answer.citations:
        assert citation.document.title in said and citation.document.title in words
