"""What the chat's buttons do, called as gradio calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import gradio as gr
import pytest

from assistant.limits import RateLimit
from assistant.settings import Settings
from assistant.types import Answer, Profile, Question, Status, Turn
from assistant.ui.area import Context, Updates
from assistant.ui.chat import build_chat
from assistant.ui.chat_events import ChatEvents, around_of
from assistant.ui.clause_panel import build_clause_panel
from assistant.ui.talk import Talk
from assistant.ui.texts import words
from index.types import Document

if TYPE_CHECKING:
    from assistant.session import Session

TODAY = date(2026, 11, 20)
ZH = words("zh")
REQUEST = gr.Request(client={"host": "192.0.2.1"})


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


class Nothing:
    """A session without documents."""

    documents: Mapping[str, Document] = MappingProxyType({})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def events(recorder: Recorder) -> Iterator[ChatEvents]:
    settings = Settings(as_of=TODAY, questions_per_minute=3)
    with gr.Blocks(), ThreadPoolExecutor(1) as workers:
        limit = RateLimit(settings.questions_per_minute)
        session = cast("Session", Nothing())  # nothing but its documents is looked at
        context = Context(session, settings, settings.today, workers, limit)
        panel = build_chat(around_of(context), ZH)
        clauses = build_clause_panel((), lambda: TODAY, ZH)
        yield ChatEvents(panel, clauses, gr.State(Talk()), context, recorder)


def submit(events: ChatEvents, question: str, talk: Talk, *profile: str) -> list[Updates]:
    async def run() -> list[Updates]:
        fields = profile or ("", "", "")
        return [it async for it in events.submit(REQUEST, question, talk, "zh", *fields)]

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
        {
            events.panel.notice: '<p class="notice" role="alert">请先写下您的问题。</p>',
            events.panel.question: "",
        }
    ]
    assert recorder.asked == []


def test_a_question_sent_while_another_is_worked_on_stays_in_the_box(
    events: ChatEvents, recorder: Recorder
) -> None:
    assert submit(events, "谁负责", Talk().asking("微短剧专板在哪")) == [{events.panel.question: "谁负责"}]
    assert recorder.asked == []


def test_who_asks_too_fast_is_told_to_wait_and_keeps_the_question(
    events: ChatEvents, recorder: Recorder
) -> None:
    talk = Talk()
    for _ in range(3):
        talk = submit(events, "谁负责", talk)[-1][events.talk]
    (last,) = submit(events, "谁负责", talk)
    assert "秒后再问一次" in last[events.panel.notice] and last[events.panel.question] == "谁负责"
    assert len(recorder.asked) == 3


def test_a_question_asked_anew_takes_the_place_of_the_old_one_and_of_what_followed(
    events: ChatEvents, recorder: Recorder
) -> None:
    talk = Talk()
    for question in ("甲", "乙"):
        talk = submit(events, question, talk)[-1][events.talk]
    edited = events.edit(gr.EventData(None, {"turn": 1}), talk, "zh")
    assert edited[events.panel.question] == "甲" and "正在修改第 1 问" in edited[events.panel.notice]
    last = submit(events, "丙", edited[events.talk])[-1][events.talk]
    assert [exchange.question for exchange in last.exchanges] == ["丙"]
    assert recorder.asked[-1].history == ()


def test_an_edit_that_is_called_off_changes_nothing(events: ChatEvents) -> None:
    talk = submit(events, "甲", Talk())[-1][events.talk]
    assert events.cancel(talk.revising(1))[events.talk] == talk


@pytest.mark.parametrize("turn", [0, 2, -1])
def test_a_turn_that_is_none_is_not_edited(events: ChatEvents, turn: int) -> None:
    talk = submit(events, "甲", Talk())[-1][events.talk]
    assert events.edit(gr.EventData(None, {"turn": turn}), talk, "zh") == {}


def test_without_a_store_answers_are_not_rated(events: ChatEvents) -> None:
    last = submit(events, "甲", Talk())[-1]
    assert "data-verdict" not in last[events.panel.transcript]
    given = gr.EventData(None, {"turn": 1, "verdict": "up", "reason": ""})
    assert events.rate(given, REQUEST, last[events.talk], "zh") == {}


def test_a_talk_is_handed_to_the_browser_and_an_empty_one_forgotten(events: ChatEvents) -> None:
    kept = submit(events, "甲", Talk())[-1][events.panel.kept]
    assert "在上海技术交易所" in kept
    assert events.clear("zh")[events.panel.kept] == '<div hidden data-talk=""></div>'


def test_an_export_of_a_form_that_is_none_gives_nothing(events: ChatEvents) -> None:
    talk = submit(events, "甲", Talk())[-1][events.talk]
    assert events.export(gr.EventData(None, {"form": "exe"}), talk, "zh") == {}
