"""What the chat's buttons do, called as gradio calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import gradio as gr
import pytest

from assistant.types import Answer, Profile, Question, Status, Turn
from assistant.ui.chat import ChatEvents, Updates, build_chat
from assistant.ui.clause_panel import build_clause_panel
from assistant.ui.talk import Talk
from assistant.ui.texts import words

TODAY = date(2026, 11, 20)
ZH = words("zh")


class Recorder:
    """Answers every question alike and keeps what it was asked; the word 坏 breaks it."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    async def __call__(
        self, question: Question, on_step: Callable[[str], None], on_text: Callable[[str], None]
    ) -> Answer:
        self.asked.append(question)
        if "坏" in question.text:
            raise RuntimeError("broken")
        return Answer(Status.ANSWERED, "在上海技术交易所。")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def events(recorder: Recorder) -> Iterator[ChatEvents]:
    with gr.Blocks():
        panel, clauses = build_chat(ZH), build_clause_panel((), lambda: TODAY, ZH)
        yield ChatEvents(panel, clauses, gr.State(Talk()), recorder, lambda: TODAY)


def submit(events: ChatEvents, question: str, talk: Talk, *profile: str) -> list[Updates]:
    async def run() -> list[Updates]:
        return [updates async for updates in events.submit(question, talk, "zh", *(profile or ("", "", "")))]

    return asyncio.run(run())


def shown(update: Any) -> Any:
    return update["visible"]


def test_a_question_goes_out_with_history_profile_and_date(events: ChatEvents, recorder: Recorder) -> None:
    first = submit(events, " 微短剧专板在哪 ", Talk())[-1][events.talk]
    submit(events, "谁负责", first, "广告业", "静安区", "")
    assert recorder.asked[1] == Question(
        text="谁负责",
        as_of=TODAY,
        history=(Turn("user", "微短剧专板在哪"), Turn("assistant", "在上海技术交易所。")),
        profile=Profile("广告业", "静安区"),
    )


def test_nothing_of_an_answer_is_shown_before_it_is_checked(events: ChatEvents) -> None:
    *before, last = submit(events, "微短剧专板在哪", Talk())
    assert all("上海技术交易所" not in str(updates) for updates in before)
    assert "上海技术交易所" in last[events.panel.transcript]


def test_the_stop_button_stands_in_for_the_send_button_while_working(events: ChatEvents) -> None:
    first, *_, last = submit(events, "微短剧专板在哪", Talk())
    panel = events.panel
    assert (shown(first[panel.send]), shown(first[panel.stop])) == (False, True)
    assert (shown(last[panel.send]), shown(last[panel.stop])) == (True, False)


def test_stopping_puts_the_question_back(events: ChatEvents) -> None:
    updates = events.stop(Talk().asking("微短剧专板在哪"), "zh")
    assert updates[events.panel.question] == "微短剧专板在哪"
    assert updates[events.talk] == Talk()
    assert updates[events.panel.pending] == ""


def test_a_breakdown_gives_one_sentence_and_the_question_back(events: ChatEvents) -> None:
    last = submit(events, "坏", Talk())[-1]
    assert ZH["problem_failed"] in last[events.panel.notice]
    assert last[events.panel.question] == "坏"
    assert last[events.talk] == Talk()


def test_an_empty_question_is_not_asked(events: ChatEvents, recorder: Recorder) -> None:
    assert submit(events, "  ", Talk()) == [
        {events.panel.notice: '<p class="notice" role="alert">请先写下您的问题。</p>'}
    ]
    assert recorder.asked == []


def test_a_question_sent_while_another_is_worked_on_stays_in_the_box(
    events: ChatEvents, recorder: Recorder
) -> None:
    assert submit(events, "谁负责", Talk().asking("微短剧专板在哪")) == [{events.panel.question: "谁负责"}]
    assert recorder.asked == []
