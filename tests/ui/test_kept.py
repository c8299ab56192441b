"""A talk goes to the browser and comes back: whole where it is ours, and nothing made up where it is not."""

from __future__ import annotations

import json
from datetime import date
from html import unescape

import pytest

from assistant.spending import Usage
from assistant.types import Answer, Matched, Profile, Status
from assistant.ui.kept import LAST, kept_html, restored
from assistant.ui.talk import Exchange, Talk
from index.types import Document, Validity
from tests.assistant.support import cite, clause, document

ONE = clause("支持企业设立分支机构。")
HELD = {"沪测发〔2024〕3号": document(ONE)}
DAY = date(2024, 6, 1)
ANSWER = Answer(
    Status.ANSWERED, "「支持」[1] <b>", (cite(1, ONE, "支持"),), (), "甲？", "llm:m", {"total": 12.5},
    choices=("乙？",), matched=Matched(3, 2, 1), usage=Usage(1, 10, 2, 0.5, 30.0),
)  # fmt: skip


def browser_has(talk: Talk) -> str:
    html = kept_html(talk)
    return unescape(html.removeprefix('<div hidden data-talk="').removesuffix('"></div>'))


def test_what_goes_out_comes_back() -> None:
    talk = Talk(
        (Exchange("甲？", ANSWER, "up"), Exchange("乙", Answer(Status.ERROR, "没成"))), firm=Profile("广告业")
    )
    back = restored(browser_has(talk), HELD, DAY)
    assert back == talk


def test_a_question_that_was_being_worked_on_comes_back_too() -> None:
    assert restored(browser_has(Talk().asking("甲")), HELD, DAY).pending == "甲"


def test_validity_is_that_of_the_day() -> None:
    kept = browser_has(Talk((Exchange("甲？", ANSWER),)))
    (exchange,) = restored(kept, HELD, date(2030, 1, 1)).exchanges
    assert exchange.answer.citations[0].validity is Validity.EXPIRED


def test_an_empty_talk_is_nothing_to_keep() -> None:
    assert browser_has(Talk()) == ""


def test_a_quotation_cannot_be_broken_out_of() -> None:
    assert '"><script' not in kept_html(Talk().asking('"><script>alert(1)</script>'))


def test_of_a_very_long_talk_the_last_questions_are_kept() -> None:
    talk = Talk(tuple(Exchange(f"{n}", Answer(Status.ANSWERED, "好")) for n in range(LAST + 5)))
    assert restored(browser_has(talk), HELD, DAY).exchanges[0].question == "5"


@pytest.mark.parametrize(
    "said", ["", "x", "[]", '{"version":0}', "{}", '{"version":1,"exchanges":[{"status":"x"}]}']
)
def test_what_is_not_ours_is_an_empty_talk(said: str) -> None:
    assert restored(said, HELD, DAY) == Talk()


@pytest.mark.parametrize(
    "change", [{"document": "沪测发〔2024〕9号"}, {"path": "九"}, {"quote": "奖励五百万元"}]
)
def test_a_citation_that_the_documents_do_not_bear_out_is_left_out(change: dict[str, str]) -> None:
    kept = json.loads(browser_has(Talk((Exchange("甲？", ANSWER),))))
    kept["exchanges"][0]["citations"][0] |= change
    (exchange,) = restored(json.dumps(kept), HELD, DAY).exchanges
    assert exchange.answer.citations == ()


def test_a_document_that_is_gone_takes_its_citations_along() -> None:
    held: dict[str, Document] = {}
    (exchange,) = restored(browser_has(Talk((Exchange("甲？", ANSWER),))), held, DAY).exchanges
    assert exchange.answer.text == ANSWER.text and exchange.answer.citations == ()
