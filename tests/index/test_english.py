"""English questions: the term list, how its terms are found in a question, and what the search makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import pytest

from index import english, lexicon
from index.english import latin_words, read, terms_at
from index.search import expansions, query_words
from index.types import Document

NO_TERMS = ("spellings", "genres", "silent")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hotels, law firms & parties", ["hotel", "law", "firm", "party"]),
        ("the licence of a theatre", ["the", "license", "of", "a", "theater"]),
        ("near-zero-energy", ["near", "zero", "energy"]),
        ("R&D in Jing’an’s crèche", ["r&d", "in", "jingan", "creche"]),
        ("customs business taxes boxes", ["customs", "business", "tax", "box"]),
        ("HR公司有什么 ESG", ["", "esg"]),
        ("", []),
    ],
)
def test_words_are_singular_american_and_bare(text: str, plain: list[str]) -> None:
    assert latin_words(text) == plain


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Can we turn an under-used retail block into a hotel?", "用途转换"),
        ("a near-zero-energy retrofit", "近零能耗更新改造"),
        ("Is a wholly foreign-owned nursing home allowed?", "外商独资、中外合资养老机构"),
        ("tax refund on the spot", "即买即退"),
        ("duty-free shops", "免税店"),
        ("a visa and a work permit", "出入境"),
        ("the data export negative list", "数据出境负面清单"),
        ("arbitration centres", "仲裁"),
        ("cruise lines", "邮轮"),
        ("e-sports", "电竞"),
        ("our elder care homes", "养老机构"),
        ("head office", "总部"),
        ("a nursery for the staff of our office", "福利性托育服务"),
        ("a café inside our bookshop", "餐饮"),
    ],
)
def test_an_english_term_leads_to_the_words_of_the_documents(text: str, word: str) -> None:
    words = read(text).words
    found = words or expansions(text)
    assert word in found or word in expansions(text)


def test_a_term_within_a_longer_one_is_passed_over() -> None:
    assert "税收" not in read("tax refund").words
    assert read("tax refund").words == ("离境退税",)
    assert {"离境退税", "税收"} <= set(read("tax refund and other taxes").words)


def test_parts_of_a_term_may_stand_apart_but_not_far() -> None:
    assert "用途转换" in read("turn two floors into flats").words
    assert "用途转换" not in read("turn one two three four five six seven eight nine ten into").words


def test_everyday_words_name_no_subject_and_the_rest_is_kept() -> None:
    found = read("What support is there for beekeeping firms in Shanghai?")
    assert found.words == ()
    assert {"支持", "企业", "上海"} <= set(found.generic)
    assert found.rest == ("beekeeping",)


@pytest.mark.parametrize("text", ["会计师事务所有什么支持？", "HR公司", "", "。", "5号文第16条"])
def test_a_chinese_question_is_not_read_as_english(text: str) -> None:
    assert read(text) == english.Reading()


def test_the_places_of_terms_are_those_of_the_text() -> None:
    text = "What about law firms in Xuhui?"
    assert [text[begin:end] for _, begin, end in terms_at(text)] == ["law firms", "Xuhui"]


def test_every_term_stands_once_and_leads_to_words() -> None:
    said: list[tuple[str, str]] = []
    for topic, rows in lexicon.load("english").items():
        if topic in NO_TERMS:
            continue
        for ways, meant in rows.items():
            assert all(meant), ways
            said += [
                (topic, "…".join(" ".join(latin_words(part)) for part in way.split("...")))
                for way in ways.split("|")
            ]
    names = [name for _, name in said]
    assert [name for name in set(names) if names.count(name) > 1] == []
    assert all(name.strip("… ") for name in names)
    assert len(names) > 3000


def test_nearly_all_terms_lead_to_words_that_the_documents_use(five: Mapping[str, Document]) -> None:
    text = "".join(clause.text for document in five.values() for clause in document.clauses)
    plain = "".join(char for char in text.lower() if char.isalnum())
    rows = [
        meant
        for topic, rows in lexicon.load("english").items()
        if topic not in NO_TERMS
        for meant in rows.values()
    ]
    words = {word for meant in rows for word in meant}
    strange = [word for word in words if "".join(c for c in word.lower() if c.isalnum()) not in plain]
    assert len(strange) <= len(words) / 20


def test_an_english_word_weighs_less_than_the_policy_word_it_stands_for() -> None:
    bag = query_words("What is there for cruise lines in 2026?")
    assert bag["cruise"] < bag["邮轮"] < bag["2026"] == 1.0


def test_a_chinese_question_weighs_its_words_as_ever() -> None:
    bag = query_words("做AI的有什么支持")
    assert bag["ai"] == 1.0


def test_a_long_english_text_takes_no_time() -> None:
    text = "Can we turn our empty office block into a hotel with near-zero-energy retrofit? " * 120
    started = perf_counter()
    read(text)
    assert perf_counter() - started < 2  # 60 ms on an idle machine
