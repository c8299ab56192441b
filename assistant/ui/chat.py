"""The chat panel: its components and what they show.  chat_events.py has what its buttons do."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import gradio as gr

from assistant.types import STEPS
from assistant.ui.area import Updates, own_html
from assistant.ui.ask import Progress
from assistant.ui.profile import ProfileForm, build_profile_form
from assistant.ui.talk import Talk
from assistant.ui.texts import Words
from assistant.ui.transcript import Around, examples_html, pending_html, transcript_html

# A page of text is a question; more is a document, and would only blur the search.
QUESTION_LIMIT = 1000

# gradio knows the events that stand in quotes in these scripts, and no others.
EXAMPLES_JS = """
element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-ask]');
  if (example) trigger('ask', { question: example.dataset.ask });
});
"""
TRANSCRIPT_JS = """
element.addEventListener('click', (event) => {
  const question = event.target.closest('[data-ask]');
  const edited = event.target.closest('[data-edit]');
  if (question) trigger('ask', { question: question.dataset.ask });
  if (edited) trigger('edit', { turn: Number(edited.dataset.edit) });
});
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const rating = policy.rating(event.target);
  if (rating) trigger('rate', rating);
});
"""
NOTICE_JS = """
element.addEventListener('click', (event) => {
  if (event.target.closest('[data-cancel]')) trigger('cancel', {});
});
"""
TOOLS_JS = """
element.addEventListener('click', (event) => {
  const form = event.target.closest('[data-export]');
  if (form) trigger('export', { form: form.dataset.export });
});
watch('value', () => policy.download(element.querySelector('[data-file]')));
"""
# Hands the server what the browser has kept of the talk, and the question in the address (`/?q=…`) unless the talk
# has it already; then keeps what the server says.
KEPT_JS = """
policy.whenOpened(() => {
  const kept = policy.kept();
  if (kept) trigger('restore', kept);
  else policy.restored();
});
watch('value', () => policy.keep(element.querySelector('[data-talk]')));
"""


@dataclass(frozen=True, slots=True)
class ChatPanel:
    """The components of the panel, and what they are shown with."""

    examples: gr.HTML
    transcript: gr.HTML
    pending: gr.HTML
    notice: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    new_talk: gr.Button
    hint: gr.HTML
    tools: gr.HTML
    kept: gr.HTML
    profile: ProfileForm
    steps: tuple[str, ...]

    def show(self, talk: Talk, around: Around, text: Words) -> Updates:
        """The talk as it stands, with the buttons that go with it."""
        working = bool(talk.pending)
        return {
            self.examples: examples_html(talk, text),
            self.transcript: transcript_html(talk, around, text),
            self.pending: self.progress(talk, Progress(), text),
            self.notice: "",
            self.tools: tools_html(talk, text),
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


def build_chat(around: Around, text: Words, steps: tuple[str, ...] = STEPS) -> ChatPanel:
    """Places the panel in the layout that is open."""
    examples = own_html(examples_html(Talk(), text), "examples", EXAMPLES_JS)
    transcript = own_html(transcript_html(Talk(), around, text), "transcript", TRANSCRIPT_JS)
    pending = own_html("", "pending")
    with gr.Column(elem_id="composer"):
        notice = own_html("", "notice", NOTICE_JS)
        profile = build_profile_form(text)
        question, send, stop = _ask_row(text)
        with gr.Row(elem_id="under-row"):
            hint = own_html(hint_html(text), "hint")
            tools = own_html(tools_html(Talk(), text), "talk-tools", TOOLS_JS)
            new_talk = gr.Button(text["new_talk"], size="sm", elem_id="new-talk", scale=0, min_width=72)
    kept = own_html("", "kept", KEPT_JS)
    return ChatPanel(
        examples, transcript, pending, notice, question, send, stop, new_talk, hint, tools, kept, profile, steps
    )  # fmt: skip


def _ask_row(text: Words) -> tuple[gr.Textbox, gr.Button, gr.Button]:
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
        stop = gr.Button(text["stop"], variant="stop", visible=False, elem_id="stop", scale=0, min_width=88)
    return question, send, stop


def hint_html(text: Words) -> str:
    return f"<p>{escape(text['hint'])}</p>"


def tools_html(talk: Talk, text: Words, file: str = "") -> str:
    """Buttons to take the talk along, once there is one; `file` is what has just been made of it."""
    if not talk.exchanges:
        return ""
    buttons = "".join(
        f'<button type="button" class="talk-tool" data-export="{form}">{escape(text[f"export_{form}"])}</button>'
        for form in ("docx", "md")
    )
    return f'<div class="talk-tools">{buttons}{file}</div>'
