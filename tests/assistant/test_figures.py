"""Figures: numbers, addresses and bodies of a text in one form, and what a sentence says beyond its support."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.figures import addresses, departments, numbers, unsupported


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("３，０００万元", {"30000000"}),
        ("1,234.50亿元", {"123450000000"}),
        ("４．５％", {"4.5%"}),
        ("20％", {"20%"}),
        ("2025年3月20日", {"2025", "3", "20"}),
        ("2025-03-20", {"2025", "3", "20"}),
        ("三年内", {"3"}),
        ("第二十八条", {"28"}),
        ("一百二十三家", {"123"}),
        ("五百万元", {"5000000"}),
        ("5个百分点", {"5%"}),
        ("沪府办发〔2025〕5号 [1][12]", {"2025", "5"}),
        ("007", {"7"}),
        ("0", {"0"}),
        ("一站式服务，一批园区，“十四五”时期", set()),
    ],
)
def test_numbers_compare_across_widths_separators_numerals_and_forms_of_a_date(
    text: str, found: set[str]
) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    "amount", ["五千万元", "两百万元", "三千元", "百分之五十", "五十人", "四十五个工作日", "两年", "八折"]
)
def test_an_amount_spelt_in_chinese_is_a_number(amount: str) -> None:
    assert numbers(amount)


def test_numbers_of_neighbouring_lines_stay_apart_from_what_a_marker_cuts() -> None:
    assert numbers("奖励5[1]万元") == {"50000"}
    assert numbers("营收4500亿元[2]，3个集聚区[1]") == {"450000000000", "3"}


def test_numbers_at_the_end_and_the_start_of_lines_are_two_numbers() -> None:
    assert numbers("10.5\n13.2") == {"10.5", "13.2"}


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_and_without_separators_and_in_full_width(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert numbers(f"共{number:,}元") == numbers(f"共{number}元") == numbers(f"共{wide}元") == {str(number)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("由市商务委和区商务委负责", {"市商务委", "区商务委"}),
        ("市发展和改革委员会", {"市发展和改革委员会"}),
        ("市 商 务 委", {"市商务委"}),
        ("市委金融办、上海金融监管局", {"市委金融办", "上海金融监管局"}),
        ("支持企业发展", set()),
    ],
)
def test_the_longest_name_of_a_body_counts_at_each_place(text: str, found: set[str]) -> None:
    assert departments(text) == found


@pytest.mark.parametrize("text", ["见 https://a.gov.cn/x", "见 www.a.gov.cn"])
def test_a_web_address_is_found(text: str) -> None:
    assert addresses(text) == {text.removeprefix("见 ")}


@pytest.mark.parametrize("text", ["访问gov.cn/apply", "发邮件到 x@a.gov.cn"])
def test_a_bare_domain_and_a_mail_address_count_as_addresses(text: str) -> None:
    assert addresses(text)


def test_an_address_ends_where_the_chinese_sentence_goes_on() -> None:
    assert unsupported("见 https://a.gov.cn/x，谢谢", "网址为https://a.gov.cn/x。") == frozenset()


@pytest.mark.parametrize(
    ("sentence", "beyond"),
    [
        ("最高奖励100万元。", set()),
        ("最高奖励一百万元。", set()),
        ("最高奖励500万元。", {"5000000"}),
        ("由市商务委负责。", set()),
        ("由商务委负责。", set()),
        ("由市教委负责。", {"市教委"}),
        ("2025年3月21日起施行。", {"2025-3-21", "21"}),
        ("详见 https://x.cn", {"https://x.cn"}),
    ],
)
def test_what_the_support_does_not_hold_is_named(sentence: str, beyond: set[str]) -> None:
    support = "自2025年3月20日起，市商务委给予最高100万元奖励。"
    assert unsupported(sentence, support) == beyond


@pytest.mark.parametrize("sentence", ["最高奖励100亿元。", "按100%给予奖励。", "奖励100倍。"])
def test_an_amount_is_its_number_with_its_unit(sentence: str) -> None:
    assert unsupported(sentence, "给予最高100万元奖励。")
