"""The talk as a value, the wording of both languages, and a question asked in the background."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from assistant.types import Answer, Profile, Question, Status, Turn
from assistant.ui.ask import Ask, steps_then_answer
from assistant.ui.chat import QUESTION_LIMIT, problem_with
from assistant.ui.profile import profile_of
from assistant.ui.talk import Talk
from assistant.ui.texts import PROMPTS, words
from assistant.ui.transcript import STEPS
from index.types import Validity

ANSWER = Answer(Status.ANSWERED, "在上海技术交易所。")
QUESTION = Question("微短剧专板在哪", date(2026, 11, 20))


def collect(ask: Ask) -> list[str | Answer | None]:
    async def run() -> list[str | Answer | None]:
        with ThreadPoolExecutor(1) as workers:
            return [event async for event in steps_then_answer(ask, QUESTION, workers)]

    return asyncio.run(run())


def test_steps_come_in_order_and_the_answer_last() -> None:
    def answer(question: Question, on_step: Callable[[str], None] | None) -> Answer:
        assert on_step is not None
        for step in STEPS:
            on_step(step)
        return ANSWER

    assert collect(answer) == [*STEPS, ANSWER]


def test_an_error_gives_no_answer_and_its_reason_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail(question: Question, on_step: Callable[[str], None] | None) -> Answer:
        raise RuntimeError("disk on fire")

    assert collect(fail) == [None]
    assert "disk on fire" in caplog.text


def test_history_holds_every_answered_question_and_not_the_pending_one() -> None:
    talk = Talk().asking("微短剧专板在哪").answered(ANSWER).asking("谁负责")
    assert talk.history == (Turn("user", "微短剧专板在哪"), Turn("assistant", "在上海技术交易所。"))
    assert talk.dropped().pending == ""


def test_empty_profile_fields_say_nothing() -> None:
    assert profile_of((None, " 静安区 ", "")) == Profile(district="静安区")


@pytest.mark.parametrize("question", ["", "问" * (QUESTION_LIMIT + 1)])
def test_a_question_that_cannot_be_sent_gets_one_sentence(question: str) -> None:
    assert problem_with(question, words("zh")).count("。") == 1


def test_both_languages_say_the_same_things() -> None:
    zh, en = (tomllib.loads((PROMPTS / f"ui.{code}.toml").read_text()) for code in ("zh", "en"))
    assert shape(zh) == shape(en)


def test_every_status_validity_and_step_has_words() -> None:
    assert set(words("zh").status) == {status.value for status in Status}
    assert set(words("zh").validity) == {validity.value for validity in Validity}
    assert set(STEPS) <= set(words("zh").steps)


def test_an_unknown_language_is_answered_in_chinese() -> None:
    assert words("tlh").language == "zh"


def shape(table: dict[str, Any]) -> Any:
    """Keys, fields in braces, and the values that choices stand for; the wording itself aside."""
    fields = {
        key: sorted(part.split("}")[0] for part in text.split("{")[1:])
        for key, text in table["labels"].items()
    }
    values = {key: [value for value, _ in rows] for key, rows in table["choices"].items()}
    keys = {name: sorted(table[name]) for name in ("status", "validity", "steps")}
    return fields, values, keys, [row["questions"] for row in table["examples"]]
