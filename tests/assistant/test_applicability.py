"""Firms held against every measure: the rules one by one, and what holds for all verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.applicability import Match, Verdict, match, match_question, open_facts, questions
from assistant.batch import parse_profile
from assistant.settings import ROOT
from assistant.types import Profile
from index import lexicon
from index.types import ClauseRef, Document, PolicyError, Validity
from tests.assistant.support import AS_OF, Desk, clause, document

APPLIES, MAY, NOT = Verdict.APPLIES, Verdict.MAY_APPLY, Verdict.NOT
WHILE_IN_FORCE = date(2024, 6, 1)
ADS = Profile(industry="广告业", district="静安区")


def judged(text: str, firm: Profile = ADS) -> Match:
    """One imagined measure held against a firm."""
    about = document(clause(text))
    (only,) = match(firm, {about.number: about}, WHILE_IN_FORCE)
    assert all(reason.quote in text for reason in only.reasons) and only.reasons
    return only


def applying(matches: Sequence[Match]) -> list[ClauseRef]:
    """The clauses that apply and whose documents are not over."""
    return [one.clause.ref for one in matches if one.verdict is Verdict.APPLIES and not one.over]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("对广告企业给予奖励。", APPLIES),  # own trade
        ("支持专业服务机构创新，给予奖励。", APPLIES),  # a trade that it is part of
        ("对律师事务所给予奖励。", NOT),  # another trade
        ("对企业给予奖励。", APPLIES),  # every firm, and something is given
        ("支持企业创新发展。", NOT),  # every firm, and nothing is
        ("探索设立广告业发展基金。", MAY),  # tentative
        ("推动广告业发展。", MAY),
        ("完善广告业统计监测。", NOT),  # a task of government
        ("支持企业购买法律等服务，给予补贴。", APPLIES),  # what is bought addresses no trade
    ],
)
def test_who_is_addressed_and_how_firmly_decides(text: str, verdict: Verdict) -> None:
    assert judged(text).verdict is verdict


@pytest.mark.parametrize(
    ("district", "text", "verdict", "missing"),
    [
        ("静安区", "支持静安区对广告企业给予奖励。", APPLIES, ()),
        ("浦东新区", "支持静安区对广告企业给予奖励。", NOT, ()),
        ("浦东新区", "支持静安区对广告企业给予奖励，并在全市推广。", MAY, ("所在区是否已经推行",)),
        ("", "支持静安区对广告企业给予奖励。", MAY, ("所在区",)),
    ],
)
def test_a_place_that_is_named_is_here_elsewhere_open_or_unknown(
    district: str, text: str, verdict: Verdict, missing: tuple[str, ...]
) -> None:
    found = judged(text, Profile("广告业", district))
    assert (found.verdict, found.missing) == (verdict, missing)


@pytest.mark.parametrize(
    ("size", "text", "verdict", "missing"),
    [
        ("中小微企业", "对广告领域中小微企业给予补贴。", APPLIES, ()),
        ("龙头企业", "对广告领域中小微企业给予补贴。", NOT, ()),
        ("", "对广告领域中小微企业给予补贴。", MAY, ("是否属于中小微企业",)),
        ("", "支持初创企业、广告企业等优惠使用算力。", APPLIES, ()),  # in a row: either will do
    ],
)
def test_a_kind_of_firm_is_met_unmet_missing_or_one_of_a_row(
    size: str, text: str, verdict: Verdict, missing: tuple[str, ...]
) -> None:
    found = judged(text, Profile("广告业", "静安区", size))
    assert (found.verdict, found.missing) == (verdict, missing)


def test_a_condition_is_met_by_what_the_profile_says_or_missing() -> None:
    text = "对广告企业开设首店给予奖励。"
    assert (judged(text).verdict, judged(text).missing) == (MAY, ("首次在沪开店（首店）或开新店",))
    met = judged(text, Profile("广告业", "静安区", traits=("开新店",)))
    assert (met.verdict, met.missing) == (APPLIES, ())
    assert "首店" in [reason.quote for reason in met.reasons if reason.facet == "condition"]


def test_a_sentence_for_every_firm_aside_of_other_trades_is_for_those() -> None:
    aside = judged("支持律师事务所发展。对企业予以融资保障。")
    assert aside.verdict is NOT
    assert judged("支持律师事务所发展。对企业给予奖励。").verdict is APPLIES


def test_a_clause_has_the_verdict_of_its_best_sentence() -> None:
    assert judged("对律师事务所给予奖励。推动广告业发展。对广告企业给予补贴。").verdict is APPLIES


words = st.text(max_size=6) | st.sampled_from(
    ["AI", "有出海计划", "总部在外地", "外资", "首店", "静安", "律所"]
)
profiles = st.builds(
    Profile,
    industry=st.sampled_from(["", *lexicon.load("industries")]),
    district=st.sampled_from(["", *lexicon.load("districts")]),
    size=st.sampled_from(["", "中小微企业", "规上企业", "龙头企业"]),
    traits=st.lists(words, max_size=3).map(tuple),
    needs=st.lists(words, max_size=3).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(firm=profiles)
def test_every_reason_of_every_verdict_is_verbatim_and_the_order_of_documents_is_nothing(
    firm: Profile, five: Mapping[str, Document]
) -> None:
    try:
        found = match(firm, five, AS_OF)
    except PolicyError:
        return
    for one in found:
        assert one.reasons and all(r.quote and r.quote in one.clause.text for r in one.reasons)
        assert one.verdict is not APPLIES or not one.missing
    turned = match(firm, dict(reversed(five.items())), AS_OF)
    assert {o.clause.ref: o.to_json() for o in found} == {o.clause.ref: o.to_json() for o in turned}
    assert len(found) == len({one.clause.ref for one in found})


@settings(max_examples=40, deadline=None)
@given(text=st.text() | st.lists(words).map("".join), firm=profiles | st.builds(Profile, words, words, words))
def test_a_question_is_matched_or_not_and_never_fails(
    text: str, firm: Profile, five: Mapping[str, Document]
) -> None:
    match_question(text, firm, five, AS_OF)


def test_all_gold_profiles_are_judged_with_words_of_the_clauses(five: Mapping[str, Document]) -> None:
    for line in (ROOT / "eval" / "cases" / "match.jsonl").read_text("utf-8").splitlines():
        for one in match(parse_profile(json.loads(line)["profile"]), five, AS_OF):
            assert one.reasons and all(r.quote in one.clause.text for r in one.reasons)


@pytest.mark.parametrize(
    ("firm", "said"),
    [
        (Profile(industry="广靠"), "不认识行业“广靠”，请改用已有的行业，如广告业"),
        (Profile(district="静岸区"), "不认识地区“静岸区”，请改用本市的区，如静安"),
    ],
)
def test_an_unknown_trade_or_district_is_one_sentence_with_the_nearest(
    firm: Profile, said: str, five: Mapping[str, Document]
) -> None:
    with pytest.raises(PolicyError) as raised:
        match(firm, five, AS_OF)
    assert str(raised.value).startswith(said) and str(raised.value).count("。") == 1


def test_a_profile_may_be_typed_in_traditional_characters(five: Mapping[str, Document]) -> None:
    typed = match(Profile("廣告業", "靜安區"), five, AS_OF)
    assert [one.to_json() for one in typed] == [one.to_json() for one in match(ADS, five, AS_OF)]


def test_of_an_empty_profile_only_general_measures_apply_and_three_things_are_asked(
    five: Mapping[str, Document],
) -> None:
    found = match(Profile(), five, AS_OF)
    standing = [one for one in found if not one.over]
    assert 0 < len(applying(found)) < len(standing) / 10
    for one in found:
        if one.verdict is not NOT:
            assert one.reasons[0].value == "各类企业"
    asked = questions(found, Profile())
    assert len(asked) == 3 and all(one.endswith("？") for one in asked)
    assert "行业" in asked[0] and "哪个区" in asked[1] and "规模" in asked[2]
    full = Profile("广告业", "静安区", "中小微企业")
    assert not {*asked} & {*questions(match(full, five, AS_OF), full)}


@pytest.mark.parametrize(
    ("size", "trait"), [("中小微企业", "总部"), ("中小微企业", "行业龙头企业"), ("小微", "跨国公司地区总部")]
)
def test_a_firm_cannot_be_small_and_large_at_once(
    size: str, trait: str, five: Mapping[str, Document]
) -> None:
    with pytest.raises(PolicyError) as raised:
        match(Profile("广告业", "静安区", size, (trait,)), five, AS_OF)
    assert str(raised.value) == f"企业情况自相矛盾：“{size}”和“{trait}”不能同时成立，请改正其中一项。"
    assert match_question("有什么支持", Profile("广告业", "", size, (trait,)), five, AS_OF)


@pytest.mark.parametrize("trait", ["为龙头企业配套", "总部在外地", "服务总部企业", "拟上市", "规上企业"])
def test_what_is_no_word_on_its_own_size_contradicts_nothing(
    trait: str, five: Mapping[str, Document]
) -> None:
    assert match(Profile("广告业", "静安区", "中小微企业", (trait,)), five, AS_OF)


def test_ended_plans_stand_apart_and_last(five: Mapping[str, Document]) -> None:
    over = [one.over for one in match(ADS, five, AS_OF)]
    assert over == sorted(over) and any(over) and not all(over)
    found = match(ADS, five, AS_OF)
    assert {one.validity for one in found if one.over} <= {Validity.PERIOD_OVER, Validity.EXPIRED}
    ended = {one.clause.ref for one in found if one.over}
    assert not ended & set(applying(found))
    standing = [(one.verdict is APPLIES, one.verdict is MAY) for one in found if not one.over]
    assert standing == sorted(standing, reverse=True)


def test_only_the_documents_asked_for_are_judged(five: Mapping[str, Document]) -> None:
    number = next(iter(five))
    assert {one.document.number for one in match(ADS, five, AS_OF, [number])} == {number}


def test_a_firm_that_a_question_describes_is_matched_and_one_merely_spoken_of_is_not(
    five: Mapping[str, Document],
) -> None:
    assert match_question("我们是静安的广告公司，有什么支持", Profile(), five, AS_OF)
    assert match_question("服务业有什么支持", Profile(), five, AS_OF) == []
    unknown = Profile(industry="炼金术", district="月球")
    assert match_question("我们是广告公司", unknown, five, AS_OF)


def test_an_answer_tells_how_many_measures_were_gone_through(desk: Desk) -> None:
    told = desk.ask("我们是静安的广告公司，有什么扶持政策").matched
    assert told and told.checked > told.applies + told.may_apply > 0
    assert desk.ask("5号文第16条说了什么？").matched is None


ABROAD = "对在境外设点的广告企业给予奖励，赴境外参展的从优。"


@pytest.mark.parametrize(
    ("firm", "verdict", "missing"),
    [
        ({}, MAY, ("是否在境外设点或服务企业出海",)),
        ({"meets": ("是否在境外设点或服务企业出海",)}, APPLIES, ()),
        ({"lacks": ("是否在境外设点或服务企业出海",)}, NOT, ()),
    ],
)
def test_an_answer_settles_what_was_missing(
    firm: dict[str, tuple[str, ...]], verdict: Verdict, missing: tuple[str, ...]
) -> None:
    one = judged(ABROAD, Profile("广告业", **firm))
    assert (one.verdict, one.missing) == (verdict, missing)


@pytest.mark.parametrize(("answers", "verdict"), [("meets", APPLIES), ("lacks", NOT)])
@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("对广告业高增长企业给予奖励。", "是否属于高成长企业"),
        ("鼓励各区对广告企业给予奖励。", "所在区是否已经推行"),
    ],
)
def test_an_answer_on_the_kind_of_firm_or_its_district_settles_it(
    text: str, fact: str, answers: str, verdict: Verdict
) -> None:
    assert judged(text, Profile("广告业")).missing == (fact,)
    assert judged(text, Profile("广告业", **{answers: (fact,)})).verdict is verdict


def test_no_open_fact_is_asked_for_once_it_is_answered(five: Mapping[str, Document]) -> None:
    firm = Profile("广告业", "静安区", "中小微企业")
    fact, question, count = open_facts(match(firm, five, AS_OF), firm)[0]
    assert count > 0 and fact in question
    told = replace(firm, lacks=(fact,))
    assert fact not in [name for name, _, _ in open_facts(match(told, five, AS_OF), told)]
