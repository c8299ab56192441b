"""`normalised`: other writings become the documents' own, and what is written so already comes back as it was."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import lexicon
from index.query import normalised

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("會計師事務所去中東設點有什麼支持?", "会计师事务所去中东设点有什么支持?"),
        ("軟體公司做人工智慧，有補助嗎", "软件公司做人工智能，有补助吗"),
        ("軟著能質押嗎", "软著能质押吗"),
        ("ＡＩ企业（２０２６年）", "AI企业（2026年）"),
        ("算\u200b力\ufeff券\u202e给谁", "算力券给谁"),
        ("算力券\x00\x1b[31m给谁\n用", "算力券 [31m给谁 用"),
        ("算力券\ud800给谁", "算力券给谁"),
        ("算力券😀👨‍👩‍👧给谁？？？！！！", "算力券 给谁？！"),
        ("面积５００㎡", "面积500m2"),
        ("jing'an有什么支持", "静安有什么支持"),
        ("Jing’an District 的律所", "静安区 的律所"),
        ("我们在 PUDONG xinqu 开公司", "我们在 浦东新区 开公司"),
        ("nanjing xilu 的店", "南京西路 的店"),
        ("hongkou", "虹口"),
        ("ptq有补贴吗", "普陀区有补贴吗"),
        ("  税   \u3000 费 ", "税 费"),
        ("👍🎉\u200d\x07", ""),
    ],
)
def test_other_writings_become_the_documents_own(typed: str, read: str) -> None:
    assert normalised(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "软著和著作权能质押吗",  # 著 is a traditional character as well
        "瞭望、乾隆、于都、范围、了解",
        "沪府办发〔2025〕5号第16条，“小升规”——什么意思……",
        "What support is there for law firms in Pudong and Jing'an?",
        "占全市比重达到60%，2.5万元——3000亿元",
        "沪府办发〔2025〕5号 二/(六)/16",
        "数据（含语料）：怎么卖；谁来管！",
        "HTTPQ、ptqa、hongkouer有补贴吗",
        "注册资本10000000000000元",
        "资讯公司、程式化广告、影片展映",  # everyday words of the mainland too, in a simplified question
    ],
)
def test_what_is_written_so_already_comes_back_as_it_was(typed: str) -> None:
    assert normalised(typed) == typed


def test_no_known_question_changes() -> None:
    rows = (
        json.loads(line)["question"]
        for path in (ROOT / "documents" / "questions").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    assert [question for question in rows if normalised(question) != question] == []


# What breaks text: surrogates, joiners, marks that compose, wide and compatibility forms, signs that repeat.
AWKWARD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\ud800\u200d\ufe0f\u0301\u00a8㎡ﷺ①Ｊ會於瞭jing'an pudongptq？?！.…—“”0０一"),
        st.characters(categories=["Cs", "Cf", "Cc", "So", "Sk", "Mn"]),
    ),
    max_size=60,
)


@given(AWKWARD)
def test_twice_is_as_once(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(AWKWARD)
def test_what_comes_out_can_be_written_and_has_no_silent_sign(text: str) -> None:
    read = normalised(text)
    read.encode("utf-8")
    assert {unicodedata.category(char) for char in read}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn"})
    assert read == read.strip() and "  " not in read


@given(st.text("会計師事務所去中東設點有什麽支持静安", min_size=1, max_size=40))
def test_chinese_characters_are_neither_lost_nor_added(text: str) -> None:
    assert len(normalised(text)) == len(text)


@pytest.mark.parametrize(
    "piece",
    ["會計師", "会", "a", "1", "一", "jing'an ", "j i n g ", "😀", "\u0301", "？！", "“", "pudong new "],
)
def test_ten_thousand_characters_take_no_time(piece: str) -> None:
    started = perf_counter()
    normalised(piece * (10_000 // len(piece)))
    assert perf_counter() - started < 2  # 5 ms on an idle machine; something quadratic would take minutes


def test_every_spelling_is_in_the_form_that_is_looked_up() -> None:
    spellings = lexicon.load("spellings")
    assert [
        name for name in spellings["pinyin"] if not (name.isascii() and name.isalpha() and name.islower())
    ] == []
    terms = {
        way.strip() for rows in lexicon.load("english").values() for said in rows for way in said.split("|")
    }
    assert set(spellings["initials"]).isdisjoint(terms)
    known = set(lexicon.user_words()) | {"上海"}
    places = [*spellings["pinyin"].values(), *spellings["initials"].values()]
    assert [place for place in places if place not in known] == []
