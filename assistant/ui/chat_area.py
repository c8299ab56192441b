"""问政策: the talk, and beside it the clauses that its answers cite."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.ui.area import Address, Context, Page, Updates
from assistant.ui.ask import asker, steps_of
from assistant.ui.chat import ChatPanel, build_chat
from assistant.ui.chat_events import ChatEvents, around_of, connect_chat
from assistant.ui.clause_panel import ClausePanel, build_clause_panel
from assistant.ui.talk import Talk
from assistant.ui.texts import DEFAULT_LANGUAGE, Words, words

# The server forgets a talk that nobody has gone on with for a week, also one whose tab was closed long ago.
KEPT_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ChatArea:
    """The chat, its clauses and the talk of this tab."""

    context: Context
    chat: ChatPanel
    clauses: ClausePanel
    talk: gr.State

    def update(self, text: Words) -> Updates:
        return self.chat.labels(text)

    def open(self, address: Address, text: Words) -> Updates:
        """In Chinese the talk is in place already: who is quick to ask must not see it emptied again."""
        empty = self._show(Talk(), text)
        untouched = text.language == DEFAULT_LANGUAGE
        return {**self.update(text), **(dict.fromkeys(empty, gr.skip()) if untouched else empty)}

    def connect(self, page: Page) -> None:
        connect_chat(self._events(), page.language)
        page.language.input(
            self.relabel, [page.language, self.talk], list(self._show(Talk(), words(DEFAULT_LANGUAGE))),
            show_progress="hidden", api_visibility="private",
        )  # fmt: skip

    def relabel(self, language: str, talk: Talk) -> Updates:
        """The talk as it stands, in another language."""
        return self._show(talk, words(language))

    def _show(self, talk: Talk, text: Words) -> Updates:
        return {**self.chat.show(talk, around_of(self.context), text), **self.clauses.update(talk, text)}

    def _events(self) -> ChatEvents:
        context = self.context
        ask = asker(context.session, context.workers)
        return ChatEvents(self.chat, self.clauses, self.talk, context, ask)


def build_chat_area(context: Context, text: Words) -> ChatArea:
    """Places the two columns in the layout that is open."""
    talk = gr.State(Talk(), time_to_live=KEPT_S)
    with gr.Row(elem_id="workspace"):
        with gr.Column(elem_id="talk"):
            chat = build_chat(around_of(context), text, steps_of(context.session))
        with gr.Column(elem_id="side"):
            documents = tuple(context.session.documents.values())
            clauses = build_clause_panel(documents, context.today, text)
    return ChatArea(context, chat, clauses, talk)
