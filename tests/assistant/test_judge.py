"""The judge: what a question asks for, the features of a clause, and when an answer is refused for what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.judge import feature_names, features, known_by, model, unstated, weigh
from assistant.kinds import forms, kinds_asked, read
from assistant.types import Status
from tests.assistant.support import Desk, cite, clause, document, understood

VOUCHERS = "12.推广服务用券。支持发放专业服务券，每家企业每年最高10万元。（责任单位：市商务委）"
# The form in which each kind is stated, whatever stands before.
STATED = {
    "contact": "电话021-12345678。",
    "percent": "占30%。",
    "amount": "给予10万元。",
    "duration": "20个工作日办结。",
    "date": "3月15日前。",
    "papers": "提交营业执照等材料。",
    "procedure": "通过平台申请。",
    "conditions": "营收不低于1亿元。",
    "department": "由市商务委负责。",
    "where": "在一网通办。",
}


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("一张券抵多少钱？", {"amount"}),
        ("检测费减几成？", {"percent"}),
        ("审批要多久？", {"duration"}),
        ("名单哪天公示？", {"date"}),
        ("要建多少座站？", {"quantity"}),
        ("要准备哪些证明？", {"papers"}),
        ("园区认定怎么申报？", {"procedure"}),
        ("评五星有什么门槛？", {"conditions"}),
        ("补贴由谁来审？", {"department"}),
        ("热线号码", {"contact"}),
        ("奖多少钱，找哪个部门？", {"amount", "department"}),
        ("能不能多开几家？", set()),
        ("好几家同行都在做，市里支持吗？", set()),
        ("我们有几百人的厂，有支持吗？", set()),
        ("广告业有哪些部署？", set()),
        ("", set()),
    ],
)
def test_only_the_parts_that_ask_ask_for_a_kind(question: str, kinds: set[str]) -> None:
    assert kinds_asked(question) == kinds


def test_the_weights_are_those_of_the_features() -> None:
    weights, below = model()
    assert set(weights) == {"intercept", *feature_names()} and len(weights) <= 30
    assert 0 < below < 0.5
    assert all(weights[kind] < 0 for kind in forms().states)


@pytest.mark.parametrize(
    ("question", "text", "kind"),
    [
        ("专业服务券的办理热线是多少？", VOUCHERS, "contact"),
        ("服务券哪天开始发？", "支持发放专业服务券。", "date"),
        ("申领服务券要填哪张表？", VOUCHERS, "papers"),
        ("服务券怎么申领、走哪几步流程？", VOUCHERS, "procedure"),
    ],
)
def test_what_very_likely_is_not_stated_is_named(question: str, text: str, kind: str) -> None:
    assert unstated(understood(question), [cite(1, clause(text))]) == kind


@pytest.mark.parametrize(
    "question",
    [
        "每家企业每年最多领多少？",
        "服务券由谁牵头？",
        "服务券是什么？",
        "我们能不能领服务券？",
        "宠物医院能领吗？",
    ],
)
def test_what_is_stated_or_not_asked_by_kind_is_let_through(question: str) -> None:
    assert unstated(understood(question), [cite(1, clause(VOUCHERS))]) == ""


def test_one_clause_that_may_state_it_is_enough() -> None:
    query, bare = understood("专业服务券的办理热线是多少？"), cite(1, clause(VOUCHERS))
    told = cite(2, clause("13.专业服务券咨询热线12345。", "一/13"))
    assert unstated(query, [bare]) == "contact" and unstated(query, [bare, told]) == ""
    assert unstated(query, []) == ""


def test_a_count_is_of_what_the_question_counts() -> None:
    asked = read("要建多少座充电站？")
    assert features(asked, "建设充电站，投资3亿元。")["quantity"] == 1
    assert features(asked, "建设充电站30座。")["quantity"] == 0
    assert features(read("建多少个示范街区？"), "建设示范街区12条。")["quantity"] == 0


def test_a_remark_names_who_is_responsible_and_states_nothing_else() -> None:
    asked = read("补贴由哪个局来审？")
    assert features(asked, "给予补贴。")["department"] == 1
    assert features(asked, "给予补贴。（责任单位：市商务委）")["department"] == 0
    assert features(asked, "给予补贴。", departments=True)["department"] == 0
    assert features(read("在哪个平台申请？"), "给予补贴。（责任单位：市平台办）")["where"] == 1


def test_the_years_of_a_document_are_those_of_its_clauses() -> None:
    cited = clause(VOUCHERS)
    about = known_by(document(cited), cited)
    assert features(read("2025年能领吗？"), VOUCHERS, about=about)["year"] == 0
    assert features(read("2031年能领吗？"), VOUCHERS, about=about)["year"] == 1


@given(st.text(max_size=200), st.text(max_size=400))
def test_features_are_shares_and_any_text_has_a_chance(question: str, text: str) -> None:
    found = features(read(question), text)
    assert tuple(found) == feature_names()
    assert all(0 <= value <= (4 if name == "uncovered" else 1) for name, value in found.items())
    assert 0 <= weigh(found, model()[0]).chance <= 1


@given(st.sampled_from(sorted(STATED)), st.text("服务券企业发放支持，。", max_size=60))
def test_a_kind_whose_form_is_added_is_absent_no_longer(kind: str, text: str) -> None:
    questions = {
        "contact": "电话是多少？",
        "percent": "比例是多少？",
        "amount": "补多少钱？",
        "duration": "要多久？",
        "date": "什么时候？",
        "papers": "要什么材料？",
        "procedure": "流程是什么？",
        "conditions": "有什么条件？",
        "department": "由谁负责？",
        "where": "在哪里？",
    }
    asked = read(questions[kind])
    assert asked.kinds == {kind}
    assert features(asked, f"{text}。{STATED[kind]}")[kind] == 0


@given(st.text("算力券服务企业奖励，。", max_size=40), st.text("算力券服务企业奖励，。", max_size=40))
def test_more_text_covers_no_less(text: str, more: str) -> None:
    asked = read("算力券的服务企业怎么奖励？")
    less, longer = features(asked, text), features(asked, f"{text}。{more}")
    assert longer["covered"] >= less["covered"] and longer["uncovered"] <= less["uncovered"]


def test_a_session_names_what_no_clause_states(desk: Desk) -> None:
    answer = desk.ask("小升规怎么复核？")
    assert answer.status is Status.NOT_IN_DOCUMENTS and "办理步骤" in answer.text
    assert answer.citations and all(citation.related for citation in answer.citations)
