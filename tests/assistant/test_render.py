"""An answer as Markdown for a terminal or a file."""

from __future__ import annotations

from dataclasses import replace

from assistant.render import to_markdown
from assistant.types import Answer, Status
from tests.assistant.support import cite, clause

AWARD = cite(1, clause("1.资金奖励。给予奖励。", "一/1", ("市商务委", "市财政局")))
GOALS = cite(2, clause("2.发展目标。", "一/2"))


def test_an_answer_without_citations_is_its_text() -> None:
    assert to_markdown(Answer(Status.OUT_OF_SCOPE, "不客气。")) == "不客气。"


def test_under_the_text_stands_one_line_a_citation_with_path_and_departments() -> None:
    text = to_markdown(Answer(Status.ANSWERED, "给予奖励 [1][2]。", (AWARD, GOALS)))
    lines = text.split("\n")
    assert lines[:5] == ["给予奖励 [1][2]。", "", "**依据**", "", lines[4]]
    assert lines[4].startswith("- [1] 沪测发〔2024〕3号《上海市测试措施》 一、总则 › 第1条（一/1")
    assert lines[4].endswith("责任单位：市商务委、市财政局")
    assert lines[5].startswith("- [2] ") and "责任单位" not in lines[5]


def test_related_clauses_are_set_apart_from_evidence() -> None:
    near = replace(GOALS, related=True)
    text = to_markdown(Answer(Status.NOT_IN_DOCUMENTS, "没有写明。", (near,)))
    assert "**依据**" not in text and "**相关条款（不作为依据）**" in text


def test_a_citation_says_whether_its_document_is_in_force() -> None:
    from datetime import date

    over = replace(AWARD, validity=AWARD.document.validity(date(2026, 1, 1)))
    lines = [to_markdown(Answer(Status.ANSWERED, "x", (one,))) for one in (AWARD, over)]
    assert lines[0] != lines[1]
