"""The extractive draft: quotes word for word, the words that answer first, and each document's own dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose.extract import extract, told_sentences
from assistant.compose.wording import remarks
from assistant.types import Answer, Status
from index.search import Searcher
from index.types import ClauseRef, Kind, Validity
from tests.assistant.support import (
    ACTIONS,
    JINGAN,
    MEASURES,
    OPINIONS,
    PLAN,
    Desk,
    cite,
    known_questions,
    paths,
)
from tests.assistant.support import (
    clause as imagined,
)

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


TABLE = f"{PLAN} 二/(三)/表"
BRANDS = f"{PLAN} 三/(三)/2/专栏9"


def test_of_a_table_the_row_that_answers_is_quoted_and_never_its_head(searcher: Searcher) -> None:
    table = searcher.clauses[ClauseRef.parse(TABLE)]
    rows = told_sentences(table)
    assert [row.split()[0] for row in rows] == [str(at) for at in range(1, 11)]
    for question in ("上海“十四五”服务业发展主要指标", "指标名称和单位", "序号", "2025年的指标属性"):
        found = extract(question, table, searcher, 400)
        assert {*found.best.split("\n"), *(line for o in found.others for line in o.split("\n"))} <= set(rows)
    for row in rows:
        assert row in extract(row.split()[1], table, searcher, 50).best


def test_a_table_without_numbered_rows_is_told_as_it_is() -> None:
    bare = replace(imagined("主要指标\n甲 75%\n乙 80%"), kind=Kind.TABLE)
    assert "主要指标" in "\n".join(told_sentences(bare))
    assert "主要指标" not in "\n".join(told_sentences(replace(bare, text="主要指标\n1 甲 75%\n2 乙 80%")))


@pytest.mark.parametrize(
    ("ref", "question", "place"),
    [
        (f"{PLAN} 四/(二)", "虹口区重点发展什么？", "虹口北外滩"),
        (f"{PLAN} 四/(四)", "嘉定区重点发展什么？", "嘉定新城"),
        (f"{PLAN} 四/(四)", "宝山区怎么发展？", "宝山中国邮轮"),
        (f"{PLAN} 三/(二)/3/专栏6", "嘉定区怎么发展？", "嘉定汽车设计"),
    ],
)
def test_of_many_places_the_one_asked_about_is_quoted(
    searcher: Searcher, ref: str, question: str, place: str
) -> None:
    assert place in extract(question, searcher.clauses[ClauseRef.parse(ref)], searcher, 20).best


def test_the_sentence_that_answers_each_question_is_quoted(searcher: Searcher) -> None:
    question = "中小学学区化集团化办学要覆盖多少学校?还要引来几家国际教育组织"
    box = searcher.clauses[ClauseRef.parse(BRANDS)]
    asks = tuple(question.split("?"))
    one, both = extract(question, box, searcher, 100), extract(question, box, searcher, 100, asks)
    assert "覆盖80%" in one.best == both.best and not one.others
    assert ["国际教育组织" in other for other in both.others] == [True]
    # What answers no question of them is quoted for none.
    assert extract(question, box, searcher, 100, ("今晚吃什么面条好", "哪位歌手唱得好")) == one


def test_an_answer_quotes_what_is_asked_in_both_questions(desk: Desk) -> None:
    text = desk.ask("中小学学区化集团化办学要覆盖多少学校?还要引来几家国际教育组织").text
    assert "覆盖80%" in text and "1-2家国际教育组织" in text


@pytest.mark.parametrize(
    ("question", "number", "words", "target"),
    [
        ("今年的实施意见什么时候到期，2030年的目标是多少", OPINIONS, "没有写明施行日期", "6万亿元"),
        ("实施意见还有效吗，2030年服务进出口目标是多少", OPINIONS, "没有写明施行日期", "3000亿美元"),
        ("三年行动计划什么时候到期，广告业营收目标是多少亿", ACTIONS, "2026—2028", "4500亿元"),
    ],
)
def test_dates_and_what_else_is_asked_of_a_document_are_both_answered(
    desk: Desk, question: str, number: str, words: str, target: str
) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.ANSWERED
    dates, _, rest = answer.text.partition("\n\n")
    assert words in dates and target in rest
    assert {c.document.number for c in answer.citations} == {number}
    assert_counted(answer)


@pytest.mark.parametrize(
    "question",
    [
        "今年的实施意见什么时候到期？",
        "今年的实施意见什么时候到期，什么时候印发的",  # asks for dates only
        "今年的实施意见什么时候到期，下周六谁去钓鱼",  # nothing in it answers
    ],
)
def test_without_a_question_that_a_clause_answers_only_dates_are_told(desk: Desk, question: str) -> None:
    answer = desk.ask(question)
    assert {c.clause.path for c in answer.citations} <= {"题头", "末段"}


def assert_counted(answer: Answer) -> None:
    """Markers go from 1 up without a gap, each used, in the order in which the clauses are shown."""
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    used = [int(number) for number in re.findall(r"\[(\d+)\]", answer.text)]
    assert list(dict.fromkeys(used)) == [c.marker for c in answer.citations]


LISTS = [
    "人力资源企业有什么支持？",
    "会计师事务所去中东设点有什么支持？",
    "会展企业有什么支持政策？",
    "养老服务企业有哪些扶持？",
    "数字广告公司能拿什么支持？",
    "静安新增几幢亿元楼、几家上市公司",
    "云量贷，2021年的规划和5号文怎么说，有什么不同？",
    "三个区都有什么亿元楼？谁负责？",
]


@pytest.mark.parametrize("question", [*LISTS, *(q for q, _ in known_questions(every=200))])
def test_clauses_stand_together_by_document_and_are_counted_in_order(desk: Desk, question: str) -> None:
    answer = desk.ask(question)
    if not answer.status.has_evidence:
        return
    assert_counted(answer)
    numbers = [c.document.number for c in answer.citations]
    runs = [number for at, number in enumerate(numbers) if at == 0 or numbers[at - 1] != number]
    assert len(runs) == len(set(runs))


@pytest.mark.parametrize("question", LISTS[:5])
def test_the_best_clause_stays_first_and_documents_follow_their_best(desk: Desk, question: str) -> None:
    answer = desk.ask(question)
    place = {hit.ref: at for at, hit in enumerate(answer.retrieved)}
    cited = [c.clause.ref for c in answer.citations]
    assert len({ref.document_number for ref in cited}) > 1
    assert place[cited[0]] == min(place[ref] for ref in cited)
    best: dict[str, int] = {}
    for ref in cited:  # within a document too
        assert best.get(ref.document_number, -1) < place[ref]
        best.setdefault(ref.document_number, place[ref])
    assert list(best.values()) == sorted(best.values())


@pytest.mark.parametrize("question", LISTS[:5])
def test_the_term_of_a_document_in_force_is_told_once(desk: Desk, question: str) -> None:
    answer = desk.ask(question)
    before: set[str] = set()
    seen = 0
    for line in answer.text.split("\n"):
        number = next(
            (c.document.number for c in answer.citations if line.startswith(f"- **{c.document.number}")), ""
        )
        if number:
            head = line.partition("**（")[2].partition("）：")[0]
            told = bool(re.search("有效期至|规划期|没有写明施行日期", head))
            assert told is (number not in before)
            seen += number in before
            before.add(number)
    assert seen


def test_that_a_document_is_over_is_told_of_every_clause(desk: Desk) -> None:
    lines = [line for line in desk.ask(LISTS[5]).text.split("\n") if line.startswith("- **")]
    assert len(lines) == 2 and all("已届满" in line for line in lines)


@pytest.mark.parametrize(
    ("validity", "again"),
    [
        (Validity.IN_FORCE, False),
        (Validity.EXPIRING, False),
        (Validity.UNSTATED, False),
        (Validity.PERIOD_OVER, True),
        (Validity.EXPIRED, True),
        (Validity.NOT_YET_IN_FORCE, True),
    ],
)
def test_a_term_told_before_is_told_again_only_where_the_document_does_not_bind(
    validity: Validity, again: bool
) -> None:
    cited = replace(cite(1, imagined("1.发券。", departments=("市科委",))), validity=validity)
    day = date(2024, 6, 1)
    assert "有效期至" in remarks(cited, day, "zh", bodies=0)
    assert ("有效期至" in remarks(cited, day, "zh", bodies=0, dated=True)) is again
    assert remarks(cited, day, "zh", bodies=9, dated=True).startswith("责任单位：市科委")
