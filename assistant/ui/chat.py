"""The chat panel: what it shows, and what its buttons do.  It decides nothing about answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date

import gradio as gr

from assistant.profile import described
from assistant.types import STEPS, Profile, Question
from assistant.ui.area import Updates, own_html
from assistant.ui.ask import Ask, Progress, progress_then_answer
from assistant.ui.clause_panel import ClausePanel
from assistant.ui.profile import ProfileForm, build_profile_form, profile_of
from assistant.ui.talk import Talk
from assistant.ui.texts import Words, words
from assistant.ui.transcript import examples_html, notice_html, pending_html, transcript_html

# A page of text is a question; more is a document, and would only blur the search.
QUESTION_LIMIT = 1000

# Workers, not cores: a worker that waits for a language model must not hold up the others.
WORKERS = 32

# Sends the text of the clicked example, or the question in the address, to the server as an `ask` event.
EXAMPLES_JS = """
policy.whenOpened(() => {
  const question = policy.address().get('q');
  if (question) trigger('ask', { question });
});
element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-ask]');
  if (example) trigger('ask', { question: example.dataset.ask });
});
"""


@dataclass(frozen=True, slots=True)
class ChatPanel:
    """The components of the panel."""

    examples: gr.HTML
    transcript: gr.HTML
    pending: gr.HTML
    notice: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    new_talk: gr.Button
    hint: gr.HTML
    profile: ProfileForm
    steps: tuple[str, ...] = STEPS

    def show(self, talk: Talk, text: Words) -> Updates:
        """The talk as it stands, with the buttons that go with it."""
        working = bool(talk.pending)
        return {
            self.examples: examples_html(talk, text),
            self.transcript: transcript_html(talk, text),
            self.pending: self.progress(talk, Progress(), text),
            self.notice: "",
            self.send: gr.update(value=text["send"], visible=not working),
            self.stop: gr.update(value=text["stop"], visible=working),
        }

    def progress(self, talk: Talk, progress: Progress, text: Words) -> str:
        """How far the question being worked on has come."""
        return pending_html(talk, progress, self.steps, text)

    def labels(self, text: Words) -> Updates:
        """The fixed wording in another language."""
        return {
            self.question: gr.update(label=text["question"], placeholder=text["placeholder"]),
            self.new_talk: gr.update(value=text["new_talk"]),
            self.hint: hint_html(text),
            **self.profile.update(text),
        }


@dataclass(frozen=True, slots=True)
class ChatEvents:
    """What the panel does when a question is sent, stopped or cleared away."""

    panel: ChatPanel
    clauses: ClausePanel
    talk: gr.State
    ask: Ask
    today: Callable[[], date]

    async def submit(
        self, question: str, talk: Talk, language: str, *profile: object
    ) -> AsyncIterator[Updates]:
        """A question typed into the box."""
        text, question = words(language), question.strip()
        if talk.pending:  # sent twice: the first is being worked on, the second stays in the box
            yield {self.panel.question: question}
            return
        problem = problem_with(question, text)
        if problem:
            yield {self.panel.notice: notice_html(problem)}
            return
        talk = talk.asking(question)
        yield {**self._show(talk, text), self.panel.question: ""}
        async for updates in self._answer(talk, text, profile):
            yield updates

    async def submit_example(
        self, example: gr.EventData, talk: Talk, language: str, *profile: object
    ) -> AsyncIterator[Updates]:
        """A click on an example question, or a question in the address (`/?q=…`)."""
        async for updates in self.submit(str(example.question), talk, language, *profile):
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
        return {
            **self._show(Talk(), text),
            **self.clauses.update(Talk(), text),
            **self.panel.profile.filled(Profile(), text),
            self.panel.question: "",
        }

    async def _answer(self, talk: Talk, text: Words, profile: tuple[object, ...]) -> AsyncIterator[Updates]:
        firm = described(talk.pending, profile_of(profile))
        yield self.panel.profile.filled(firm, text)
        question = Question(talk.pending, self.today(), talk.history, firm)
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
                talk = talk.answered(event)
                yield {**self._show(talk, text), **self.clauses.update(talk, text)}

    def _show(self, talk: Talk, text: Words) -> Updates:
        return {self.talk: talk, **self.panel.show(talk, text)}


def build_chat(text: Words, steps: tuple[str, ...] = STEPS) -> ChatPanel:
    """Places the panel in the layout that is open."""
    examples = own_html(examples_html(Talk(), text), "examples", EXAMPLES_JS)
    transcript = own_html(transcript_html(Talk(), text), "transcript")
    pending = own_html("", "pending")
    with gr.Column(elem_id="composer"):
        notice = own_html("", "notice")
        profile = build_profile_form(text)
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label=text["question"],
                placeholder=text["placeholder"],
                lines=1,
                max_lines=6,
                max_length=QUESTION_LIMIT,
                container=False,
                show_label=False,
                elem_id="question",
                scale=1,
            )
            send = gr.Button(text["send"], variant="primary", elem_id="send", scale=0, min_width=88)
            stop = gr.Button(
                text["stop"], variant="stop", visible=False, elem_id="stop", scale=0, min_width=88
            )
        with gr.Row(elem_id="under-row"):
            hint = own_html(hint_html(text), "hint")
            new_talk = gr.Button(text["new_talk"], size="sm", elem_id="new-talk", scale=0, min_width=72)
    return ChatPanel(
        examples, transcript, pending, notice, question, send, stop, new_talk, hint, profile, steps
    )


def connect_chat(events: ChatEvents, language: gr.Radio) -> None:
    """Binds the buttons.  Every binding is private: none is an endpoint for other programs."""
    panel = events.panel
    shown = [
        events.talk, panel.examples, panel.transcript, panel.pending, panel.notice,
        panel.send, panel.stop, panel.question,
    ]  # fmt: skip
    everything = [*shown, events.clauses.html, panel.profile.accordion, *panel.profile.fields]
    context = [events.talk, language, *panel.profile.fields]
    typed = gr.on(
        [panel.send.click, panel.question.submit],
        events.submit, [panel.question, *context], everything,
        show_progress="hidden", api_visibility="private",
    )  # fmt: skip
    chosen = panel.examples.ask(
        events.submit_example, context, everything, show_progress="hidden", api_visibility="private"
    )
    panel.stop.click(
        events.stop, [events.talk, language], shown,
        cancels=[typed, chosen], show_progress="hidden", api_visibility="private",
    )  # fmt: skip
    panel.new_talk.click(
        events.clear, [language], everything,
        cancels=[typed, chosen], show_progress="hidden", api_visibility="private",
    )  # fmt: skip


def problem_with(question: str, text: Words) -> str:
    """Why a question can't be sent, in one sentence; nothing when it can."""
    if not question:
        return text["problem_empty"]
    return text.say("problem_long", limit=QUESTION_LIMIT) if len(question) > QUESTION_LIMIT else ""


def hint_html(text: Words) -> str:
    return f"<p>{text['hint']}</p>"
