"""Figures that nothing supports: found where they are invented, left alone where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.support import ground_of, unsupported
from tests.eval.support import AS_OF, MEASURES, PLAN

GROUND = ground_of([(MEASURES, MEASURES.clauses[1])], (), ["我们有20个人，能拿多少？"], AS_OF)


@pytest.mark.parametrize(
    "said",
    [
        "最高500万元。[1]",
        "最高 ５００ 万元。",
        "自2025年3月20日起施行，有效期至2028-03-19。",
        "截至2026年11月20日现行有效。",
        "20个人的企业也可以。",
        "由市经济信息化委负责。",
        "依据沪府办发〔2025〕5号 第1条。",
        "1. 发放算力券\n2. 支持出海",
        "共有两条。",
        "一网通办，一般情况下适用。",
    ],
)
def test_what_stands_in_clause_metadata_or_question_is_supported(said: str) -> None:
    assert unsupported(said, GROUND) == ()


@pytest.mark.parametrize(
    ("said", "invented"),
    [
        ("最高900万元。", "900万元"),
        ("最高50万元。", "50万元"),
        ("最高1500万元。", "1500万元"),
        ("最高五百万元。", "五百万元"),
        ("自2025年4月1日起施行。", "2025年4月1日"),
        ("按30%补贴。", "30%"),
        ("由市商务委负责。", "市商务委"),
        ("依据沪府办发〔2024〕5号。", "2024"),
        ("1,500户受益。", "1500户"),
        ("最高5,000万元。", "5000万元"),
        ("见第九十九条。", "第九十九条"),
        ("补贴百分之三十。", "30%"),
        ("支持三家企业。", "三家"),
        ("由商务部负责。", "商务部"),
        ("由市机关事务局负责。", "市机关事务局"),
    ],
)
def test_what_stands_nowhere_is_named(said: str, invented: str) -> None:
    assert unsupported(said, GROUND) == (invented,)


def test_one_amount_in_two_ways_of_writing_is_one() -> None:
    assert unsupported("1000万元，占30%。", "最高1,000万元，百分之三十。") == ()
    assert unsupported("最多3个。", "期限3个月。") == ("3个",)


def test_another_documents_metadata_is_no_support_unless_it_is_named() -> None:
    assert unsupported("2021—2024年", GROUND) == ("2021", "2024年")
    assert unsupported("2021—2025年", ground_of([], [PLAN], [], AS_OF)) == ()
    assert unsupported("2021—2024年", ground_of([], [PLAN], [], AS_OF)) == ("2024年",)


@given(amount=st.integers(1, 10**6), other=st.integers(1, 10**6))
def test_an_amount_is_supported_by_itself_alone(amount: int, other: int) -> None:
    ground = f"最高{amount}万元，"
    assert unsupported(f"可得{amount}万元。", ground) == ()
    assert unsupported(f"可得{other}万元。", ground) == (() if other == amount else (f"{other}万元",))
