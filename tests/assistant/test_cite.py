"""The check of a draft: markers, verbatim quotes, and no figure that the cited clauses do not hold."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.cite import check, metadata, pieces
from assistant.figures import departments, unsupported
from assistant.types import Draft
from tests.assistant.support import cite, clause, draft

AWARD = clause("1.资金奖励。对首次升规企业，由市商务委给予最高100万元奖励。", "一/1", ("市商务委",))
GOALS = clause("2.发展目标。到2028年，营收超过4500亿元，年均增长7.5%。市经济信息化委牵头。", "一/2")
ONE, TWO = cite(1, AWARD), cite(2, GOALS)
QUESTION = "我们公司30人，能拿奖励吗？"

SENTENCES = st.sampled_from(
    [
        "给予最高100万元奖励。",
        "对首次升规企业给予支持。",
        "到2028年，营收超过4500亿元。",
        "年均增长7.5%！",
        "由市商务委负责。",
        "您的企业有30人。",
        "依据沪测发〔2024〕3号。",
        "给予最高500万元奖励。",
        "到2035年建成。",
        "增长99%。",
        "由市教委负责。",
        "自2024年5月6日起施行。",
        "详见 https://a.example/apply 。",
        "“说100万元。又说700万元。”",
        "（含500家企业",
        "好的",
    ]
)
MARKERS = st.sampled_from(["", "[1]", "[2]", "[9]", " [1]", "[1][2]", "[0]"])
LINES = st.lists(st.tuples(SENTENCES, MARKERS).map("".join), max_size=4).map("".join)
DRAFTS = st.lists(
    st.tuples(st.sampled_from(["", "- ", "- **第1条**："]), LINES).map("".join), max_size=5
).map(lambda lines: draft("\n".join(lines), ONE, TWO))
ANYTHING = st.text("奖励元年 0123456789.,，万%[]“”（）。！？\n-市商务委教", max_size=60).map(
    lambda text: draft(text, ONE, TWO)
)


def support(checked: Draft) -> str:
    """What a checked answer may say: its cited clauses, their documents, the question."""
    cited = [
        "\n".join([c.clause.text, c.clause.label, c.clause.path, *c.clause.headings, *c.clause.departments])
        for c in checked.citations
    ]
    return "\n".join([QUESTION, *cited, *(metadata(c.document) for c in checked.citations)])


def digits(text: str) -> set[str]:
    """Runs of digits, markers aside, without leading zeros: a check that shares no code with figures.py."""
    plain = re.sub(r"\[\d+\]", "", unicodedata.normalize("NFKC", text))
    return {run.lstrip("0") for run in re.findall(r"\d+", plain)}


@given(st.text("ab“”（）()「」。！？[1] \n", max_size=40))
def test_the_pieces_of_a_line_joined_are_the_line(line: str) -> None:
    assert "".join(pieces(line)) == line
    assert all(pieces(line))


def test_a_quotation_stays_in_one_piece_with_its_marker() -> None:
    assert pieces("“甲。乙。”[1]是这样。丙！丁") == ["“甲。乙。”[1]是这样。", "丙！", "丁"]


@given(st.one_of(DRAFTS, ANYTHING))
@example(draft("给予最高100万元奖励。到2035年建成[1]。营收超过4500亿元[2]。", ONE, TWO))
def test_checking_twice_is_checking_once(drafted: Draft) -> None:
    once = check(drafted, QUESTION)
    assert check(once, QUESTION) == once


@given(DRAFTS)
@example(draft("给予最高100万元奖励。到2035年建成[1]。营收超过4500亿元[2]。", ONE, TWO))
def test_whatever_is_drafted_every_figure_of_the_checked_text_is_supported(drafted: Draft) -> None:
    checked = check(drafted, QUESTION)
    assert not any(unsupported(line, support(checked)) for line in checked.text.split("\n"))
    assert digits(checked.text) <= digits(support(checked))
    assert departments(checked.text) <= departments(support(checked))


@given(st.one_of(DRAFTS, ANYTHING))
def test_whatever_is_drafted_no_figure_outside_all_that_was_at_hand_is_left(drafted: Draft) -> None:
    everything = support(draft("", ONE, TWO))
    checked = check(drafted, QUESTION)
    assert not any(unsupported(line, everything) for line in checked.text.split("\n"))


@given(DRAFTS)
def test_every_marker_left_stands_for_a_citation_and_every_citation_for_a_marker(drafted: Draft) -> None:
    checked = check(drafted, QUESTION)
    used = {int(number) for number in re.findall(r"\[(\d+)\]", checked.text)}
    assert used == {citation.marker for citation in checked.citations}


@given(DRAFTS)
def test_nothing_is_added_to_a_draft(drafted: Draft) -> None:
    letters = iter(drafted.text)
    assert all(letter in letters for letter in check(drafted, QUESTION).text)


@pytest.mark.parametrize(
    "invented",
    [
        "给予最高500万元奖励",
        "共支持60家企业",
        "增长8%",
        "自2024年2月17日起",
        "由市教委负责",
        "见 https://a.example",
        "依据沪测发〔2024〕88号",
    ],
)
def test_a_sentence_with_an_invented_figure_goes_and_the_supported_one_stays(invented: str) -> None:
    checked = check(draft(f"给予最高100万元奖励[1]。{invented}[1]。由市商务委负责[1]。", ONE), QUESTION)
    assert checked.text == "给予最高100万元奖励[1]。由市商务委负责[1]。"


@pytest.mark.parametrize("invented", ["有效期至2025年2月1日", "依据沪测发〔2025〕9号", "见第2条"])
def test_a_date_or_number_put_together_from_parts_of_others_goes(invented: str) -> None:
    assert check(draft(f"{invented}[1]。", ONE), QUESTION).text == ""


def test_a_marker_behind_the_full_stop_ends_the_sentence_too() -> None:
    checked = check(draft("给予最高100万元奖励。[1]给予最高500万元奖励。[1]", ONE), QUESTION)
    assert checked.text == "给予最高100万元奖励。[1]"


@pytest.mark.parametrize("invented", ["最高奖励五千万元", "由市产业促进中心负责", "见 gov.example/apply"])
def test_figures_in_unusual_dress_go_too(invented: str) -> None:
    assert check(draft(f"{invented}[1]。", ONE), QUESTION).text == ""


@pytest.mark.parametrize(
    "said",
    [
        "上海市测试局印发",
        "2024年1月9日成文",
        "自2024年2月1日起施行，有效期至2025年12月31日",
        "in force from 2024-02-01 to 2025-12-31",
        "沪测发〔2024〕3号《上海市测试措施》第1条",
        "您的公司有30人",
    ],
)
def test_metadata_and_the_question_support_a_sentence_too(said: str) -> None:
    assert check(draft(f"{said}[1]。", ONE), QUESTION).text == f"{said}[1]。"


def test_unknown_markers_are_dropped_and_known_ones_stay() -> None:
    checked = check(draft("给予奖励[1][7]。", ONE), QUESTION)
    assert (checked.text, checked.citations) == ("给予奖励[1]。", (ONE,))


@pytest.mark.parametrize(
    "quote", ["给予最高500万元奖励", "给予最高100万元的奖励", "给予 最高100万元奖励", ""]
)
def test_a_citation_whose_quote_is_not_verbatim_in_its_clause_is_dropped(quote: str) -> None:
    checked = check(draft("给予奖励[1]。营收增长[2]。", cite(1, AWARD, quote), TWO), QUESTION)
    assert (checked.text, checked.citations) == ("给予奖励。营收增长[2]。", (TWO,))


def test_figures_of_a_dropped_citation_support_nothing() -> None:
    assert check(draft("给予最高100万元奖励[1]。", cite(1, AWARD, "编造的引文")), QUESTION).text == ""


def test_a_line_of_which_only_signs_are_left_goes() -> None:
    checked = check(draft("依据：\n\n- 给予最高500万元奖励[1]。\n- 营收增长[2]。", ONE, TWO), QUESTION)
    assert checked.text == "依据：\n\n- 营收增长[2]。"


def test_a_citation_that_no_marker_names_goes_with_its_sentence() -> None:
    checked = check(draft("给予最高999万元奖励[1]。营收增长[2]。", ONE, TWO), QUESTION)
    assert checked.citations == (TWO,)
