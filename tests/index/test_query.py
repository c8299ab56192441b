"""What people type, in the writing of the documents: whatever is typed, quickly, and the same the second time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.query import normalised


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("會計師事務所去中東設點有什麼支持?", "会计师事务所去中东设点有什么支持?"),
        ("ＡＩ企业有什么支持", "AI企业有什么支持"),
        ("算力券\u200b怎么领\u0007", "算力券怎么领"),
        ("有补贴吗？？？？", "有补贴吗？"),
        ("jingan的律所有什么支持", "静安的律所有什么支持"),
        ("在Jing'an开店", "在静安开店"),
        ("pudong new area的企业", "浦东新区的企业"),
        ("算力券🎉怎么领", "算力券 怎么领"),
        ("\ud800", ""),
    ],
)
def test_a_question_is_read_as_the_documents_would_write_it(typed: str, read: str) -> None:
    assert normalised(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "我们是虹口的会计所,想去中东设点,有什么支持?",
        "5号文第16条",
        "沪府办发〔2025〕5号 二/(六)/16",
        "What support is there for law firms in Jing'an going abroad?",
        "软件著作权、乾隆年间的文件",
        "占全市比重达到60%，2.5万元——3000亿元",
    ],
)
def test_a_question_in_ordinary_writing_stays_as_it_is(typed: str) -> None:
    assert normalised(typed) == typed


@settings(deadline=None)
@given(typed=st.text(max_size=200))
def test_reading_twice_is_reading_once(typed: str) -> None:
    assert normalised(normalised(typed)) == normalised(typed)


LONG = ["。" * 10_000, "a" * 10_000, "補貼" * 5_000, "😀" * 10_000, "jing" * 2_500, "\u0301" * 10_000]


@pytest.mark.parametrize("typed", LONG, ids=lambda typed: ascii(typed[:4]))
def test_ten_thousand_characters_are_read_at_once(typed: str) -> None:
    started = time.perf_counter()
    normalised(typed)
    assert time.perf_counter() - started < 5  # seconds; something quadratic would take minutes
