"""The talk as a value, the wording of both languages, and a question asked in the background."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from assistant.types import STEPS, Answer, Profile, Question, Status, Turn
from assistant.ui import ask as asking
from assistant.ui.ask import WRITING_STEPS, Ask, Progress, progress_then_answer
from assistant.ui.chat import QUESTION_LIMIT
from assistant.ui.chat_events import problem_with
from assistant.ui.profile import profile_of
from assistant.ui.talk import Talk
from assistant.ui.texts import PROMPTS, words
from assistant.ui.transcript import pending_html
from index.types import Validity

ANSWER = Answer(Status.ANSWERED, "在上海技术交易所。")
QUESTION = Question("微短剧专板在哪", date(2026, 11, 20))


OnStep = Callable[[str], None]


async def collect(ask: Ask) -> list[Progress | Answer | None]:
    return [event async for event in progress_then_answer(ask, QUESTION)]


def test_steps_come_in_order_and_the_answer_last() -> None:
    async def answer(question: Question, on_step: OnStep, on_text: OnStep) -> Answer:
        for step in STEPS:
            on_step(step)
        return ANSWER

    assert asyncio.run(collect(answer)) == [*map(Progress, STEPS), ANSWER]


def test_checked_sentences_come_while_the_answer_is_written_and_may_start_anew() -> None:
    async def answer(question: Question, on_step: OnStep, on_text: OnStep) -> Answer:
        on_step("write")
        on_text("甲。")
        on_text("甲。\n乙。")
        on_text("丙。")
        return ANSWER

    *before, last = asyncio.run(collect(answer))
    assert [it.said for it in before if isinstance(it, Progress)] == ["", "甲。", "甲。\n乙。", "丙。"]
    assert last is ANSWER


def test_an_error_gives_no_answer_and_its_reason_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(question: Question, on_step: OnStep, on_text: OnStep) -> Answer:
        raise RuntimeError("disk on fire")

    assert asyncio.run(collect(fail)) == [None]
    assert "disk on fire" in caplog.text


@pytest.mark.parametrize("leave", ["cancel", "close"])
def test_who_stops_listening_stops_the_asking(leave: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled event (the stop button) as well as a generator that is closed (a browser that has gone)."""
    monkeypatch.setattr(asking, "BEAT_S", 0.01)
    stopped: list[bool] = []

    async def endless(question: Question, on_step: OnStep, on_text: OnStep) -> Answer:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        return ANSWER

    async def run() -> None:
        events = progress_then_answer(endless, QUESTION)
        await anext(events)  # a beat: nothing is new
        if leave == "close":
            await events.aclose()
        else:
            monkeypatch.setattr(asking, "BEAT_S", 60)
            waiting = asyncio.create_task(events.__anext__())
            await asyncio.sleep(0.01)
            waiting.cancel()
        await asyncio.sleep(0.05)

    asyncio.run(run())
    assert stopped == [True]


def test_sentences_of_a_model_are_escaped_and_stand_under_the_steps() -> None:
    shown = pending_html(
        Talk().asking("问"), Progress("write", "<b>甲</b>。\n乙。"), WRITING_STEPS, words("zh")
    )
    assert "<p>&lt;b&gt;甲&lt;/b&gt;。</p><p>乙。</p>" in shown
    assert '<li class="now">撰写并核对</li>' in shown


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
    assert set(WRITING_STEPS) <= set(words("zh").steps)


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
