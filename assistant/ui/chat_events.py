"""What the chat's buttons do.  It decides nothing about answers."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.export import to_docx, to_markdown
from assistant.profile import described
from assistant.types import Profile, Question
from assistant.ui.area import Context, Updates
from assistant.ui.ask import Ask, Progress, progress_then_answer
from assistant.ui.chat import QUESTION_LIMIT, ChatPanel, tools_html
from assistant.ui.clause_panel import ClausePanel
from assistant.ui.feedback import VERDICTS, feedback_of
from assistant.ui.kept import kept_html, restored
from assistant.ui.profile import profile_of
from assistant.ui.talk import Rating, Talk
from assistant.ui.texts import Words, words
from assistant.ui.transcript import Around, cancel_html, notice_html
from index.types import PolicyError

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
MIME = {
    "md": "text/markdown;charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class ChatEvents:
    """What the panel does when a question is sent, stopped, changed or cleared away, and with the answers."""

    panel: ChatPanel
    clauses: ClausePanel
    talk: gr.State
    context: Context
    ask: Ask

    async def submit(
        self, request: gr.Request, question: str, talk: Talk, language: str, *profile: object
    ) -> AsyncIterator[Updates]:
        """A question typed into the box."""
        text, question = words(language), question.strip()
        if talk.pending:  # sent twice: the first is being worked on, the second stays in the box
            yield {self.panel.question: question}
            return
        problem = problem_with(question, text) or self._too_often(request, text)
        if problem:
            yield {self.panel.notice: notice_html(problem), self.panel.question: question}
            return
        firm = described(question, profile_of(profile))
        talk = talk.asking(question, firm)
        yield {**self._show(talk, text), self.panel.question: "", **self.panel.profile.filled(firm, text)}
        async for updates in self._answer(talk, text):
            yield updates

    async def submit_example(
        self, example: gr.EventData, request: gr.Request, talk: Talk, language: str, *profile: object
    ) -> AsyncIterator[Updates]:
        """A click on a question: an example, a reading to choose, or one to go on with."""
        async for updates in self.submit(request, str(example.question), talk, language, *profile):
            yield updates

    async def restore(
        self, kept: gr.EventData, request: gr.Request, talk: Talk, language: str, *profile: object
    ) -> AsyncIterator[Updates]:
        """What the browser has kept comes back, and the question in the address is asked."""
        text = words(language)
        context = self.context
        if context.settings.keep_talk and str(kept.talk) and not (talk.exchanges or talk.pending):
            back = restored(str(kept.talk), context.session.documents, context.today())
            talk = back.dropped()
            profile = (back.firm.industry, back.firm.district, back.firm.size)
            yield {
                **self._shown(talk, text),
                **self.panel.profile.filled(back.firm, text),
                self.panel.question: back.pending,
            }
        if question := str(kept.question):
            async for updates in self.submit(request, question, talk, language, *profile):
                yield updates

    def stop(self, talk: Talk, language: str) -> Updates:
        """The question goes back into the box; what was being worked on is dropped."""
        text, dropped = words(language), talk.dropped()
        return {
            **self._show(dropped, text),
            self.panel.notice: notice_html(text["stopped"], calm=True),
            self.panel.question: talk.pending,
        }

    def clear(self, language: str) -> Updates:
        """A new talk."""
        text = words(language)
        filled = self.panel.profile.filled(Profile(), text)
        return {**self._shown(Talk(), text), **filled, self.panel.question: ""}

    def edit(self, chosen: gr.EventData, talk: Talk, language: str) -> Updates:
        """A question goes back into the box; sent again, it takes the place of the old one."""
        text, turn = words(language), int(chosen.turn)
        exchange = talk.at(turn)
        if exchange is None or talk.pending:
            return {}
        return {
            self.talk: talk.revising(turn),
            self.panel.notice: cancel_html(text.say("editing", turn=turn), text),
            self.panel.question: exchange.question,
        }

    def cancel(self, talk: Talk) -> Updates:
        """The question stays as it was."""
        return {self.talk: talk.revising(0), self.panel.notice: "", self.panel.question: ""}

    def rate(self, given: gr.EventData, request: gr.Request, talk: Talk, language: str) -> Updates:
        """What somebody thinks of an answer is kept."""
        text, turn = words(language), int(given.turn)
        verdict: Rating = next((one for one in VERDICTS if one == given.verdict), "")
        exchange, store = talk.at(turn), self.context.store
        if exchange is None or exchange.rated or not verdict or store is None:
            return {}
        if problem := self._too_often(request, text):
            return {self.panel.notice: notice_html(problem)}
        row = feedback_of(exchange, verdict, str(given.reason), self.context.today(), text.language)
        try:
            store.add_feedback(row)
        except PolicyError as error:
            return {self.panel.notice: notice_html(str(error))}
        rated = talk.rated(turn, verdict)
        return {self.talk: rated, **self._kept(rated)}

    def export(self, chosen: gr.EventData, talk: Talk, language: str) -> Updates:
        """The talk as a file, handed to the browser; none of it is written down here."""
        form, today = str(chosen.form), self.context.today()
        if form not in MIME or not talk.exchanges:
            return {}
        text = words(language)
        made = (
            to_docx(talk.asked, today, text.language)
            if form == "docx"
            else to_markdown(talk.asked, today, text.language).encode()
        )
        name = f"{text['export_name']}-{today.isoformat()}.{form}"
        file = (
            f'<span hidden data-file="{name}" data-type="{MIME[form]}" data-bytes="{b64encode(made).decode()}"'
            f' data-at="{time.time_ns()}"></span>'
        )
        return {self.panel.tools: tools_html(talk, text, file)}

    async def _answer(self, talk: Talk, text: Words) -> AsyncIterator[Updates]:
        question = Question(talk.pending, self.context.today(), talk.history, talk.firm)
        async for event in progress_then_answer(self.ask, question):
            if isinstance(event, Progress):
                yield {self.panel.pending: self.panel.progress(talk, event, text)}
            elif event is None:
                yield {
                    **self._show(talk.dropped(), text),
                    self.panel.notice: notice_html(text["problem_failed"]),
                    self.panel.question: talk.pending,
                }
            else:
                yield self._shown(talk.answered(event), text)

    def _too_often(self, request: gr.Request, text: Words) -> str:
        """Why a question has to wait, in one sentence; nothing when it need not."""
        wait = self.context.limit.wait_s(client_of(request), time.monotonic())
        return text.say("problem_often", seconds=max(1, round(wait))) if wait else ""

    def _show(self, talk: Talk, text: Words) -> Updates:
        around = around_of(self.context)
        return {self.talk: talk, **self.panel.show(talk, around, text), **self._kept(talk)}

    def _shown(self, talk: Talk, text: Words) -> Updates:
        """The talk together with the clauses that it cites."""
        return {**self._show(talk, text), **self.clauses.update(talk, text)}

    def _kept(self, talk: Talk) -> Updates:
        return {self.panel.kept: kept_html(talk)} if self.context.settings.keep_talk else {}


def around_of(context: Context) -> Around:
    """What a talk is shown with."""
    return Around(context.session.documents, context.today(), rating=context.store is not None)


def client_of(request: gr.Request) -> str:
    """Who asks, as far as a server can tell."""
    client = request.client
    return str(client.host) if client else ""


def problem_with(question: str, text: Words) -> str:
    """Why a question can't be sent, in one sentence; nothing when it can."""
    if not question:
        return text["problem_empty"]
    return text.say("problem_long", limit=QUESTION_LIMIT) if len(question) > QUESTION_LIMIT else ""


def connect_chat(events: ChatEvents, language: gr.Radio) -> None:
    """Binds the buttons.  Every binding is private: none is an endpoint for other programs."""
    panel = events.panel
    shown = [
        events.talk, panel.examples, panel.transcript, panel.pending, panel.notice, panel.tools,
        panel.send, panel.stop, panel.question, panel.kept,
    ]  # fmt: skip
    everything = [*shown, events.clauses.html, panel.profile.accordion, *panel.profile.fields]
    context = [events.talk, language, *panel.profile.fields]
    typed = gr.on(
        [panel.send.click, panel.question.submit],
        events.submit, [panel.question, *context], everything, **QUIET,
    )  # fmt: skip
    restoring = panel.kept.restore(events.restore, context, everything, **QUIET)
    asking = [
        typed,
        panel.examples.ask(events.submit_example, context, everything, **QUIET),
        panel.transcript.ask(events.submit_example, context, everything, **QUIET),
        restoring,
    ]
    restoring.then(None, None, None, js="() => policy.restored()", **QUIET)
    panel.stop.click(events.stop, [events.talk, language], shown, cancels=asking, **QUIET)
    panel.new_talk.click(events.clear, [language], everything, cancels=asking, **QUIET)
    panel.transcript.edit(events.edit, [events.talk, language], shown, **QUIET)
    panel.notice.cancel(events.cancel, [events.talk], shown, **QUIET)
    panel.transcript.rate(events.rate, [events.talk, language], shown, **QUIET)
    panel.tools.export(events.export, [events.talk, language], panel.tools, **QUIET)
