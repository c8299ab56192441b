"""What clauses offer: facets whose words stand at their places, and the forms that decide how firmly and to whom."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import lexicon
from index.facets import Offer, is_measure, offers_of, wider
from index.types import Clause, ClauseRef, Document, Kind
from tests.index.generated import prose

KINDS = {"industry", "means", "district", "kind", "instrument", "condition"}


def clause(text: str, title: str = "", kind: Kind = Kind.ITEM) -> Clause:
    return Clause(ClauseRef("沪测发〔2024〕3号", "一/1"), kind, "第1条", title, text)


def only(text: str, title: str = "") -> Offer:
    """The last sentence of a clause as an offer."""
    return offers_of(clause(text, title))[-1]


def values(offer: Offer, kind: str) -> list[str]:
    return [facet.value for facet in offer.of(kind)]


def assert_in_place(clause: Clause) -> None:
    for offer in offers_of(clause):
        assert clause.text[offer.start : offer.start + len(offer.sentence)] == offer.sentence
        assert offer.strength in ("firm", "tentative", "task")
        for facet in offer.facets:
            assert facet.kind in KINDS and facet.quote
            assert clause.text[facet.start : facet.start + len(facet.quote)] == facet.quote


def test_every_facet_of_the_five_documents_stands_at_its_place(five: Mapping[str, Document]) -> None:
    for document in five.values():
        for one in document.clauses:
            assert_in_place(one)


WORDS = st.sampled_from(
    ["支持", "广告企业", "会计师事务所", "静安区", "浦东", "给予", "奖励", "、", "，", "。", "；", "\n", "（", "）",
     "探索", "算力券", "购买", "各类企业", "企业", "上市", "首店", "龙头企业", "中小微企业", "等",
     "鼓励", "责任单位：", " ", "A"]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.one_of(st.text(), prose, st.lists(WORDS).map("".join)),
    st.sampled_from(["", "做强广告业", "支持", "。"]),
)
def test_of_any_text_every_facet_stands_at_its_place(text: str, title: str) -> None:
    assert_in_place(clause(text, title))
    assert_in_place(clause(f"{title}。{text}", title))


@given(st.lists(WORDS).map("".join))
def test_facets_sorted_by_kind_are_all_facets(text: str) -> None:
    for offer in offers_of(clause(text)):
        assert sorted(f.start for kind in KINDS for f in offer.of(kind)) == sorted(
            f.start for f in offer.facets
        )


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("对符合条件的广告企业给予奖励。", "firm"),
        ("支持广告企业创新转型。", "firm"),
        ("探索设立广告业发展基金。", "tentative"),
        ("推动广告业加快发展。", "tentative"),
        ("完善服务业统计监测。", "task"),
        ("建立市区协调机制，支持广告业发展。", "task"),
        ("到2025年，广告业营收达到3000亿元。", "task"),
        ("广告业是现代服务业。", "task"),
    ],
)
def test_how_firmly_a_sentence_offers_something(text: str, strength: str) -> None:
    assert only(text).strength == strength


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("对企业给予奖励。", True),
        ("支持各类企业和广告公司发展。", True),
        ("支持广告公司发展。", False),
        ("完善市场环境。", False),
        ("支持企业购买广告、法律等专业服务。", True),
    ],
)
def test_what_is_addressed_to_every_firm(text: str, general: bool) -> None:
    assert only(text).general is general


def test_vouchers_address_every_firm_and_consumers_vouchers_are_none() -> None:
    voucher = only("支持浦东新区发放专业化算力券。")
    assert "服务券算力券" in values(voucher, "instrument") and voucher.general
    assert "服务券算力券" not in values(only("组织发放文旅消费券。"), "instrument")


def test_an_enumeration_names_each_trade_once_at_its_first_place() -> None:
    offer = only("支持广告公司、会计师事务所、律师事务所和广告公司发展。")
    assert [f.quote for f in offer.of("industry")][:1] == ["广告公司"]
    assert {"广告业", "法律服务业"} <= set(values(offer, "industry"))
    assert len(set(values(offer, "industry"))) == len(offer.of("industry"))


def test_the_longest_name_is_taken_and_none_inside_it() -> None:
    assert [f.quote for f in only("支持会计师事务所发展。").of("industry")] == ["会计师事务所"]


def test_what_the_title_says_of_trade_and_place_holds_for_every_sentence() -> None:
    offer = only("在静安区做强广告业。支持企业创新转型。给予奖励。", "在静安区做强广告业")
    assert (values(offer, "industry"), values(offer, "district")) == (["广告业"], ["静安"])
    assert only("做强广告业。支持律师事务所发展。", "做强广告业").of("industry")[0].value == "法律服务业"


def test_the_title_itself_and_the_line_of_departments_are_no_offers() -> None:
    found = offers_of(clause("做强广告业。支持企业创新转型。（责任单位：市商务委）", "做强广告业"))
    assert [offer.sentence for offer in found] == ["支持企业创新转型。"]


def test_districts_in_a_target_say_nothing_of_where_an_offer_holds() -> None:
    assert only("支持浦东、静安等集聚区，到2026年营收突破1000亿元。").of("district") == ()
    places = only("支持浦东新区、静安区发放服务券，鼓励更多区推出。")
    assert (values(places, "district"), places.open_places) == (["浦东", "静安"], True)


def test_items_run_ins_and_boxes_are_measures() -> None:
    kinds = {kind: is_measure(clause("支持企业。", kind=kind)) for kind in Kind}
    assert {kind for kind, held in kinds.items() if held} == {Kind.ITEM, Kind.RUN_IN, Kind.BOX}


def test_wider_trades_come_nearest_first_and_an_unknown_one_has_none() -> None:
    assert wider("广告业")[0] == "广告业" and "专业服务业" in wider("广告业")
    assert wider("炼金术") == ()
    for trade in lexicon.load("industries"):
        assert len(set(wider(trade))) == len(wider(trade))
