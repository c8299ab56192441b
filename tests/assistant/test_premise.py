"""What a question takes for granted is held against the clause that answers: figures, districts, bodies in charge."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.compose.extract import extract, told_sentences
from assistant.compose.premise import Correction, correction
from assistant.scope import figures_of, folded
from assistant.types import Status
from index.search import Searcher
from tests.assistant.support import Desk, cite, clause, understood

GOALS = clause("1.目标。到2028年，广告业营收超过4500亿元，徐汇、黄浦、普陀合计占全市比重达到50%。", "一/1")
BUILDINGS = clause("2.楼宇。新增亿元楼宇5－10幢。此外，首批48家服务商挂牌，累计引进80家。", "一/2")
VOUCHERS = clause("3.服务券。支持浦东新区、静安区发放专业服务券。", "一/3", ("市科委", "市发展改革委"))


@pytest.mark.parametrize(
    ("question", "said", "actual"),
    [
        ("广告业2028年营收目标是4000亿元，对吗？", "4000亿", "4500亿"),
        ("广告业营收2028年要到4000亿，怎么算的", "4000亿", "4500亿"),  # a figure needs no form of a claim
        ("广告业营收目标是4,000亿元吧？", "4000亿", "4500亿"),
        ("三个区占全市６０％，对吗？", "60%", "50%"),
        ("广告业目标里的集聚区是徐汇、黄浦、闵行吧？", "闵行", "徐汇、黄浦、普陀"),
    ],
)
def test_what_the_clause_says_otherwise_is_corrected(question: str, said: str, actual: str) -> None:
    assert correction(understood(question), cite(1, GOALS), GOALS.text) == Correction(said, actual)


def test_figures_come_before_districts_and_districts_before_bodies() -> None:
    both = "闵行的广告业目标是4000亿元吧？归市教委管吧？"
    assert correction(understood(both), cite(1, GOALS), GOALS.text) == Correction("4000亿", "4500亿")
    both = "专业服务券在闵行区发，归市教委管吧？"
    assert correction(understood(both), cite(1, VOUCHERS), VOUCHERS.text) == Correction(
        "闵行区", "浦东新区、静安区"
    )
    body = "专业服务券归市教委管吧？"
    assert correction(understood(body), cite(1, VOUCHERS), VOUCHERS.text) == Correction(
        "市教委", "市科委、市发展改革委"
    )


@pytest.mark.parametrize(
    "question",
    [
        "广告业营收目标是4500亿元，对吗？",
        "广告业营收目标是4,500亿元，对吗？",
        "广告业营收目标是４５００亿元，对吗？",
        "我们公司营收4000亿元，广告业营收目标是多少？",  # the asker's own
        "我们营收4,000亿元，广告业营收目标是多少？",
        "去年手头有4000亿元，广告业营收目标是多少？",
        "年营收4000亿元，广告业营收目标是多少？",
        "营收4000亿元的广告业有什么支持？",  # what there is for them
        "广告业营收4000亿元，两份文件有什么不同？",  # what is compared
        "广告业营收目标是3000家，对吗？",  # no figure of the kind stands there
        "闵行的广告业怎么发展？",  # claims nothing
        "我们在闵行，广告业的集聚区也在闵行吧？",  # where they are
        "公司在闵行，集聚区也是闵行吧？",
        "集聚区是徐汇、黄浦、普陀吧？",
        "集聚区是闵行、长宁、青浦吧？",  # too much is wrong to say what
        "Is the target 4000亿, right?",
    ],
)
def test_what_may_be_so_is_left_alone(question: str) -> None:
    assert correction(understood(question), cite(1, GOALS), GOALS.text) is None


@pytest.mark.parametrize(
    ("question", "actual"),
    [("新增亿元楼宇5幢吧？", None), ("新增亿元楼宇10幢吧？", None), ("新增亿元楼宇20幢吧？", "5-10幢")],
)
def test_a_range_is_told_as_a_range_and_holds_both_its_ends(question: str, actual: str | None) -> None:
    found = correction(understood(question), cite(1, BUILDINGS), BUILDINGS.text)
    assert (found and found.actual) == actual


def test_a_figure_that_the_clause_holds_outside_the_quote_is_no_mistake() -> None:
    quote = "首批48家服务商挂牌，"
    assert correction(understood("挂牌的有80家，是哪年挂的？"), cite(1, BUILDINGS), quote) is None
    assert correction(understood("挂牌的有90家，是哪年挂的？"), cite(1, BUILDINGS), quote) == Correction(
        "90家", "48家"
    )


def test_of_two_figures_of_the_kind_neither_is_the_one_that_is_meant() -> None:
    assert correction(understood("挂牌的有90家，是哪年挂的？"), cite(1, BUILDINGS), BUILDINGS.text) is None


@pytest.mark.parametrize(
    "question",
    [
        "专业服务券归市科委管吧？",
        "专业服务券归市科委和市教委管吧？",
        "专业服务券是不是市发改委牵头？",  # the same body by another name
        "专业服务券归市教委管",  # claims nothing
        "市教委的专业服务券能用吧？",  # in charge of nothing
    ],
)
def test_a_body_of_the_clause_or_one_not_said_to_be_in_charge_is_left_alone(question: str) -> None:
    assert correction(understood(question), cite(1, VOUCHERS), VOUCHERS.text) is None


def test_a_clause_that_names_no_body_corrects_none() -> None:
    assert correction(understood("广告业归市教委管吧？"), cite(1, GOALS), GOALS.text) is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("广告业2028年营收目标是4000亿元，对吧？", "您说的“4000亿”与文件不符，文件写的是4500亿。 [1]"),
        ("静安首批挂牌的全球服务商有80家，是哪年挂的牌？", "您说的“80家”与文件不符，文件写的是48家。 [1]"),
        ("演唱会放宽可售票数量是市交通委在管的吧？", "您说的“市交通委”与文件不符，文件写的是市商务委、"),
        ("专业服务券在闵行区发放，对吧？", "您说的“闵行区”与文件不符，文件写的是浦东新区、静安区、徐汇区、"),
    ],
)
def test_the_answer_opens_with_what_is_wrong(desk: Desk, question: str, words: str) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.ANSWERED
    assert words in answer.text.split("\n")[0]


def test_a_question_that_is_right_is_told_nothing(desk: Desk) -> None:
    assert "与文件不符" not in desk.ask("广告业2028年营收目标是4500亿元，对吧？").text


SUBJECTS = st.sampled_from(["广告业的目标", "专业服务券", "首批服务商", "我们公司", "规划", "集聚区", "占比"])
NUMBERS = st.builds(
    "{}{}".format,
    st.integers(1, 9999) | st.sampled_from(["1,200", "66.7", "７５", "5－10"]),
    st.sampled_from(["%", "％", "亿元", "万亿元", "家", "项", "幢", "个百分点", "倍"]),
)
THINGS = NUMBERS | st.sampled_from(
    ["静安区", "闵行", "徐汇、黄浦", "浦东新区", "市商务委", "市教委", "发改委"]
)
CLAIMS = st.sampled_from(["，对吗？", "吧？", "，没错吧", "负责是不是？", "牵头吧？", "管对吗", "？"])
QUESTIONS = st.builds("{}是{}{}".format, SUBJECTS, st.lists(THINGS, max_size=3).map("和".join), CLAIMS)


@given(data=st.data(), question=QUESTIONS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_correction_is_said_in_the_question_and_stands_in_the_clause(
    searcher: Searcher, data: st.DataObject, question: str
) -> None:
    cited = data.draw(st.sampled_from([c for c in searcher.clauses.values() if c.text]))
    quote = data.draw(st.sampled_from([extract(question, cited, searcher, 200).best, *told_sentences(cited)]))
    found = correction(understood(question), cite(1, cited, quote), quote)
    if found:
        assert found.said in folded(question)
        assert found.said not in figures_of(cited.text)
        stands = (*cited.departments, folded(cited.text))
        assert all(any(name in text for text in stands) for name in found.actual.split("、"))


@given(st.integers(1, 999), st.sampled_from(["亿", "家", "%", "万亿"]))
def test_the_one_figure_of_the_kind_is_confirmed_or_corrected(number: int, unit: str) -> None:
    text = f"目标是达到{number}{unit}。"
    held = cite(1, clause(text))
    assert correction(understood(f"目标是{number}{unit}，对吗？"), held, text) is None
    assert correction(understood(f"目标是{number + 1}{unit}，对吗？"), held, text) == Correction(
        f"{number + 1}{unit}", f"{number}{unit}"
    )
