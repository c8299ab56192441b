"""What the guard says of single sentences, and of the lists of eval/models."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.compose.guard import cleaned, fault
from assistant.compose.material import Material
from eval.models.data import read_lines
from eval.models.measure import judge_lines
from index.search import Searcher
from index.types import Validity
from tests.assistant.support import AS_OF, clause, document

CLAUSE = clause(
    "1.支持办展。支持广告、会展企业到境外办展，对符合条件的按照规定给予奖励，经核定后发放，非现场办理。"
    "到2028年，会展业营收达到300亿元，广告业营收达到500亿元，浦东、静安等2个集聚区占60%，引进100家机构和20名领军人才。",
    departments=("市商务委", "市发展改革委"),
    title="支持办展",
)
HERE = Material(1, document(CLAUSE), CLAUSE, Validity.IN_FORCE, CLAUSE.text)
ENDED = replace(HERE, validity=Validity.PERIOD_OVER)


def kind_of(text: str, *cited: Material, asked: str = "") -> str:
    found = fault(cleaned(text), cited or (HERE,), asked)
    return found.kind if found else ""


@pytest.mark.parametrize(
    "text",
    [
        "可以，会展企业到境外办展，符合条件的可以按照规定获得奖励。",
        "文件写明「对符合条件的按照规定给予奖励」，责任单位是市商务委和市发展改革委。",
        "到2028年，会展业营收的目标是300亿元。",
        "文件没有写奖励的具体金额。",
        "广告企业同样支持到境外办展。",
    ],
)
def test_what_the_clause_says_in_other_words_stands(text: str) -> None:
    assert kind_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "可\u200b获\u200b免\u200b税。",
        "所有企業均可獲得補貼。",
        "奖励伍佰万元。",
        "半数企业予以支持。",
        "三分之一的企业予以支持。",
        "百分百予以支持。",
        "支持五、百、万元。",
        "支持1家。",
        "支持2024家。",
        "支持到境外办展，可获 full tax exemption。",
        "文件写明‘对办展予以补贴’。",
        "文件写明「对办展予以奖励。",
        "会展企业不在支持范围内。",
        "请勿到境外办展。",
        "政府给您钱。",
        "到境外办展免·税。",
        "到境外办展予以补、贴。",
        "会展企业要备案才可以到境外办展。",
        "备案由行业协会负责。",
        "予以支持[[1]500]万元。",
        "[支持](//例子.公司)。",
        "| 支持 | 支持 |",
        "<b>支持办展</b>",
        "~~支持办展~~。",
        "🎉支持办展。",
        "自丙午年起施行。",
        "请于五月一日前提出。",
        "支持办展。" * 50,
    ],
)
def test_no_disguise_helps(text: str) -> None:
    assert kind_of(text) != ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("会展企业最高可得500万元奖励。", "figure"),
        ("会展企业最高可得五百万元奖励。", "figure"),
        ("由市财政局给予奖励。", "figure"),
        ("对会展企业的奖励在2027年发放。", "figure"),
        ("到2028年，会展业营收达到500亿元。", "place"),
        ("到2028年，会展业营收达到300亿美元。", "figure"),
        ("引进20家机构和100名领军人才。", "place"),
        ("浦东、静安、徐汇三个集聚区占60%。", "figure"),
        ("文件写明「对会展企业一律给予奖励」。", "quote"),
        ("依据《会展业条例》给予奖励。", "name"),
        ("会展企业到境外办展一律按照规定给予奖励。", "stronger"),
        ("会展企业到境外办展无需申请即给予奖励。", "stronger"),
        ("会展企业到境外办展不给予奖励。", "reversed"),
        ("奖励采用现场办理。", "reversed"),
        ("对会展企业给予贷款贴息。", "term"),
        ("我批准会展企业按照规定获得奖励。", "term"),
        ("自2023年12月31日起施行。", "figure"),
    ],
)
def test_what_the_clause_does_not_say_is_told_by_kind(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_the_words_of_the_user_may_be_taken_up_but_not_as_a_benefit() -> None:
    asked = "我们做露营展,有没有免税?"
    assert kind_of("露营展到境外办展，对符合条件的按照规定给予奖励。", asked=asked) == ""
    assert kind_of("露营展到境外办展可以免税。", asked=asked) == "stronger"


def test_a_figure_of_the_question_is_no_support() -> None:
    assert kind_of("最高奖励800万元。", asked="听说最高奖励800万元?") == "figure"


def test_an_ended_plan_gives_nothing_any_more() -> None:
    assert kind_of("会展企业到境外办展可以获得奖励。", ENDED) == "over"
    assert kind_of("当年的规划支持会展企业到境外办展，规划期已结束。", ENDED) == ""
    assert kind_of("目前支持会展企业到境外办展。", ENDED) == "over"


def test_each_day_is_that_of_which_it_is_said() -> None:
    one = HERE.document
    assert one.effective_from and one.effective_to
    start, end = one.effective_from, one.effective_to

    def said(day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日"

    assert kind_of(f"该措施自{said(start)}起施行，有效期至{said(end)}。") == ""
    assert kind_of(f"该措施自{said(end)}起施行。") == "place"


def test_marks_of_the_model_s_own_are_taken_off() -> None:
    assert cleaned("- **支持**办展[1]，见【2】") == "支持办展，见。"
    assert cleaned("1. 支持办展（材料 3）。") == "支持办展。"


def test_a_sentence_without_clauses_does_not_stand() -> None:
    assert fault("支持办展。", []) is not None and kind_of("") == "no_material"


def test_no_typical_fabrication_of_the_list_is_let_through(searcher: Searcher) -> None:
    assert [line.text for line in judge_lines(read_lines("fabrications"), searcher, AS_OF).standing] == []


def test_of_sentences_that_nobody_had_seen_few_bad_ones_pass_and_most_good_ones_stand(
    searcher: Searcher,
) -> None:
    bad = judge_lines(read_lines("fabrications-fresh"), searcher, AS_OF)
    good = judge_lines(read_lines("faithful-fresh"), searcher, AS_OF)
    assert len(bad.standing) <= 5 and bad.share < 0.04
    assert good.share >= 0.75
