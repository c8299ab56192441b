"""Whatever is typed: an answer or a clear status within a second, never a trace of the machine."""

from __future__ import annotations

import logging
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.types import Answer, Profile, Status
from tests.assistant.support import Desk, paths

PLAIN = "会计师事务所去中东设点有什么支持?"
VOUCHERS = "算力券给谁用?"


def within_a_second(desk: Desk, question: str) -> Answer:
    started = process_time()
    answer = desk.ask(question)
    # Work done, whatever else the machine does: at most 0.9 s; what was quadratic took 3 to 15 s.
    assert process_time() - started < 3
    assert answer.status is not Status.ERROR
    assert answer.text and "Traceback" not in answer.text
    return answer


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("會計師事務所去中東設點有什麼支持?", PLAIN),
        ("会计师事务所去中东设点有什么支持？？？", PLAIN),
        ("算力券\x00\u200b给谁用?😀", VOUCHERS),
        ("算力\ud800券给谁用?", VOUCHERS),
        ("算力券给谁用?\r\n\r\n", VOUCHERS),
        ("ＡＩ企业有算力券吗", "AI企业有算力券吗"),
        ("Jing'an区人力资源服务有什么支持?", "静安区人力资源服务有什么支持?"),
        ("hkq的律所有什么支持?", "虹口区的律所有什么支持?"),
        ("pudong开首店有奖励吗", "浦东开首店有奖励吗"),
        ("5號文第16條說了什麼", "5号文第16条说了什么"),
        ("若干措施什麼時候到期?", "若干措施什么时候到期?"),
    ],
)
def test_another_writing_finds_the_same_clauses(desk: Desk, typed: str, plain: str) -> None:
    answer, expected = within_a_second(desk, typed), desk.ask(plain)
    assert paths(expected)
    assert (answer.status, paths(answer)) == (expected.status, paths(expected))


def test_a_question_is_given_back_as_it_was_typed(desk: Desk) -> None:
    typed = "會計師事務所去中東設點有什麼支持?"
    assert desk.ask(typed).standalone == typed


def test_a_talk_in_traditional_characters_is_followed(desk: Desk) -> None:
    answer = desk.ask("那浦東呢?", "靜安區人力資源服務有什麼支持?", "……")
    assert "浦东" in answer.standalone and "人力资源服务有什么支持" in answer.standalone


@pytest.mark.parametrize("typed", ["税", "?", "a", "7", "的"])
def test_one_character_gets_an_answer_or_a_question_back(desk: Desk, typed: str) -> None:
    assert within_a_second(desk, typed).status in (Status.ANSWERED, Status.PARTIAL, Status.CLARIFY)


@pytest.mark.parametrize(
    "typed", ["？？？！！。。。", "😀🎉👍", "👨‍👩‍👧", "\x00\x07", "\u200b", "…——", "()[]{}", "\ud800"]
)
def test_signs_alone_are_asked_back(desk: Desk, typed: str) -> None:
    assert within_a_second(desk, typed).status is Status.CLARIFY


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "\u3000"])
def test_nothing_at_all_is_invalid(desk: Desk, typed: str) -> None:
    assert within_a_second(desk, typed).status is Status.INVALID_INPUT


@pytest.mark.parametrize(
    "typed",
    [
        "'; DROP TABLE clauses; --",
        "<script>alert(1)</script>",
        "{{7*7}} ${jndi:ldap://x} %s %n",
        "../../etc/passwd",
        "算力券给谁用 AND 1=1",
        "[1] [2] [99]",
        "مرحبا שלום こんにちは 算力券 привет",
        "5号文第99999999999999999999条",
        "((((((((((税",
    ],
)
def test_what_is_meant_for_machines_is_read_as_words(desk: Desk, typed: str) -> None:
    within_a_second(desk, typed)


# Several of these once took seconds: numerals, digits, clauses, English.
LONG = {
    "mixed": "我们是虹口的会计所,想去中东设点,有什么支持?办展会有补贴吗,算力券给谁用,5号文第16条",
    "traditional": "會計師事務所去中東設點有什麼支持",
    "english": "What support is there for law firms in Jing'an? ",
    "one character": "税",
    "numerals": "一",
    "numerals mixed": "一二三",
    "digits": "1",
    "letters": "a",
    "digits and letters": "1a",
    "clauses": "第一条",
    "document": "5号文第16条、",
    "quotes": "“某某补贴”",
    "open quotes": "“a",
    "signs": "？",
    "emoji": "😀",
    "brackets": "（",
    "years": "2025年",
    "money": "奖励12万元",
    "cities": "北京",
    "addresses": "a.b-c@",
    "lines": "第一\n",
    "spaces": " a",
}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_ten_thousand_characters_are_answered_within_a_second(desk: Desk, piece: str) -> None:
    within_a_second(desk, (piece * (10_000 // len(piece) + 1))[:10_000])


def test_a_thousand_different_clauses_and_parts_are_answered_within_a_second(desk: Desk) -> None:
    within_a_second(desk, "".join(f"第{number}条" for number in range(2_000)))
    within_a_second(desk, "".join(f"{chr(0x4E00 + at)}{chr(0x5E00 + at)}有什么支持？" for at in range(1_250)))


def test_a_profile_and_a_talk_of_any_letters_do_no_harm(desk: Desk) -> None:
    odd = "\ud800會計\x00😀"
    answer = desk.ask("有什么支持?", odd, odd, profile=Profile(odd, odd, odd, (odd,), (odd,)))
    assert answer.status is not Status.ERROR


WORDS = st.sampled_from(
    [
        "算力券",
        "靜安",
        "jing'an",
        "5号文",
        "第16条",
        "？",
        "\ud800",
        "😀",
        "有什么支持",
        "AI",
        "<b>",
        "'",
        "“",
        "\n",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.one_of(WORDS, st.text(max_size=8)), min_size=1, max_size=12).map("".join))
def test_nothing_that_can_be_typed_breaks_an_answer(desk: Desk, text: str) -> None:
    logging.getLogger("assistant.session").setLevel(logging.CRITICAL)
    answer = desk.ask(text)
    assert answer.status is not Status.ERROR
    answer.text.encode("utf-8")
