"""The extractive draft: quotes word for word, the words that answer first, and each document's own dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose.extract import extract
from index.search import Searcher
from index.types import ClauseRef, Validity
from tests.assistant.support import ACTIONS, JINGAN, MEASURES, OPINIONS, PLAN, Desk, paths

QUESTIONS = (
    "会计师事务所去中东设点有什么支持？",
    "广告业营收到2028年的目标是多少？",
    "指标表里有几项指标？",
    "x",
    "",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_stretch_of_every_clause_is_a_substring_of_it(searcher: Searcher, question: str) -> None:
    for clause in searcher.clauses.values():
        found = extract(question, clause, searcher, 200)
        assert found.best and found.best in clause.text, clause.ref
        assert all(other in clause.text for other in found.others), clause.ref


@given(st.data(), st.integers(0, 2000))
def test_a_quote_is_a_substring_whatever_the_budget(
    searcher: Searcher, data: st.DataObject, budget: int
) -> None:
    clause = data.draw(st.sampled_from(list(searcher.clauses.values())))
    found = extract("支持企业发展", clause, searcher, budget)
    assert all(text in clause.text for text in (found.best, *found.others))


@pytest.mark.parametrize(
    ("ref", "question", "words"),
    [
        (f"{ACTIONS} 二/1", "广告业营收到2028年的目标是多少？", "营收超过4500亿元"),
        (f"{ACTIONS} 六/(二)/28", "会计师事务所境外设点有支持吗？", "对赴境外设点"),
        (f"{MEASURES} 二/(六)/16", "微短剧版权质押融资", "微短剧项目开展版权质押融资"),
        (f"{MEASURES} 二/(六)/16", "海外投资损失有什么保障？", "海外投资损失准备金"),
        (f"{MEASURES} 二/(五)/12", "哪些区发放专业服务券？", "浦东新区、静安区、徐汇区"),
    ],
)
def test_the_best_stretch_holds_the_words_that_answer(
    searcher: Searcher, ref: str, question: str, words: str
) -> None:
    assert words in extract(question, searcher.clauses[ClauseRef.parse(ref)], searcher, 200).best


def test_the_answer_opens_with_the_words_that_answer(desk: Desk) -> None:
    answer = desk.ask("23号文里广告业营收到2028年的目标是多少？")
    assert paths(answer)[0] == f"{ACTIONS} 二/1"
    assert "4500亿元" in answer.text.split("\n")[0] and "[1]" in answer.text.split("\n")[0]


def test_asked_for_the_departments_the_answer_opens_with_them(desk: Desk) -> None:
    answer = desk.ask("5号文第16条由哪些部门负责？")
    opening = answer.text.split("\n")[0]
    assert "市科委、市委金融办、上海金融监管局、市发展改革委、市商务委" in opening
    assert paths(answer) == [f"{MEASURES} 二/(六)/16"]


def test_a_named_clause_is_answered_from_that_clause_alone(desk: Desk) -> None:
    answer = desk.ask("5号文第16条说了什么？")
    assert (answer.status, paths(answer)) == ("answered", [f"{MEASURES} 二/(六)/16"])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (PLAN, ["2021—2025", "已届满", "2021年6月16日", "上海市人民政府办公厅"]),
        (ACTIONS, ["2026—2028", "2025年12月31日", "上海市人民政府办公厅"]),
        (MEASURES, ["2025年3月20日", "2028年3月19日", "现行有效", "2025年3月12日", "2025年3月13日"]),
        (OPINIONS, ["没有写明", "2026年5月25日", "上海市人民政府"]),
        (JINGAN, ["2021—2025", "已届满", "2021年10月9日", "上海市静安区人民政府办公室"]),
    ],
)
def test_each_document_is_dated_by_its_own_words(
    desk: Desk, searcher: Searcher, number: str, said: list[str]
) -> None:
    answer = desk.ask(f"{number}还有效吗？什么时候到期？")
    assert answer.status == "answered"
    assert [words for words in said if words not in answer.text] == []
    assert {citation.document.number for citation in answer.citations} == {number}
    assert all(other not in answer.text for other in searcher.documents if other != number)


@pytest.mark.parametrize(
    ("number", "day", "validity", "said"),
    [
        (PLAN, date(2026, 11, 20), Validity.PERIOD_OVER, "已届满"),
        (JINGAN, date(2026, 11, 20), Validity.PERIOD_OVER, "已届满"),
        (PLAN, date(2024, 6, 1), Validity.IN_FORCE, "仍在规划期内"),
        (JINGAN, date(2024, 6, 1), Validity.IN_FORCE, "仍在规划期内"),
        (PLAN, date(2025, 12, 31), Validity.IN_FORCE, "仍在规划期内"),
        (PLAN, date(2026, 1, 1), Validity.PERIOD_OVER, "已届满"),
        (MEASURES, date(2025, 3, 1), Validity.NOT_YET_IN_FORCE, "自2025年3月20日起施行，尚未施行"),
        (MEASURES, date(2025, 3, 20), Validity.IN_FORCE, "现行有效"),
        (MEASURES, date(2027, 12, 1), Validity.EXPIRING, "有效期至2028年3月19日，即将到期"),
        (MEASURES, date(2028, 3, 19), Validity.EXPIRING, "即将到期"),
        (MEASURES, date(2028, 4, 1), Validity.EXPIRED, "有效期至2028年3月19日，已失效"),
        (OPINIONS, date(2026, 11, 20), Validity.UNSTATED, "没有写明施行日期和有效期"),
    ],
)
def test_validity_follows_the_day_that_counts_as_today(
    desk: Desk, number: str, day: date, validity: Validity, said: str
) -> None:
    answer = desk.ask(f"{number}现在还有效吗？", as_of=day)
    assert said in answer.text
    assert {citation.validity for citation in answer.citations} == {validity}
    over = ("已届满", "已失效", "即将到期", "尚未施行")
    assert [words for words in over if words in answer.text] == [words for words in over if words in said]


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2024, 6, 1)])
def test_a_clause_of_a_plan_is_shown_with_its_term(desk: Desk, day: date) -> None:
    answer = desk.ask("十四五规划里法律服务怎么发展？", as_of=day)
    assert answer.citations[0].document.number == PLAN
    assert ("已届满" in answer.text) is (day.year == 2026)


@pytest.mark.parametrize(
    "question", ["广告企业有什么支持？", "检验检测机构有什么支持政策？", "人力资源服务企业有哪些扶持？"]
)
def test_asked_what_there_is_for_us_no_ended_plan_is_cited(desk: Desk, question: str) -> None:
    assert not {PLAN, JINGAN} & {citation.document.number for citation in desk.ask(question).citations}


@pytest.mark.parametrize("number", [PLAN, ACTIONS])
def test_a_plan_whose_period_has_not_begun_names_its_period(desk: Desk, number: str) -> None:
    answer = desk.ask(f"{number}什么时候到期？", as_of=date(2020, 6, 1))
    assert "自起施行" not in answer.text
    assert answer.citations[0].validity is Validity.NOT_YET_IN_FORCE


def test_a_document_that_states_only_its_end_has_no_empty_start() -> None:
    from dataclasses import replace

    from assistant.validity import term
    from tests.assistant.support import clause, document

    ends = replace(document(clause("有效期至2025年12月31日。")), effective_from=None)
    assert "自起" not in term(ends, date(2024, 6, 1), "zh")


@pytest.mark.parametrize("question", ["23号文有效吗？", "三年行动计划目前有效没有？", "5号文现在能用吗？"])
def test_whether_a_document_is_valid_is_a_question_about_its_dates(desk: Desk, question: str) -> None:
    text = desk.ask(question).text
    assert "发文机关" in text and "抄送" not in text


def test_asked_which_documents_are_valid_every_document_is_named(desk: Desk) -> None:
    text = desk.ask("哪些文件现在有效？").text
    assert all(number in text for number in (PLAN, ACTIONS, MEASURES, OPINIONS, JINGAN))


def test_the_duties_of_a_body_are_every_clause_that_lists_it_and_no_other(
    desk: Desk, searcher: Searcher
) -> None:
    answer = desk.ask("市商务委负责哪些条款？")
    assert paths(answer) == [str(c.ref) for c in searcher.clauses.values() if "市商务委" in c.departments]


def test_in_english_the_dates_are_written_as_numbers(desk: Desk) -> None:
    answer = desk.ask("Is document No. 5 of 2025 still valid?")
    assert "in force from 2025-03-20 to 2028-03-19" in answer.text
    assert {citation.document.number for citation in answer.citations} == {MEASURES}
