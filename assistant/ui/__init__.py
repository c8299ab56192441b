"""The web page.  `build_app` puts the panels together, `launch` serves them.

A panel is a module with a `build_…` that places its components and an `update` for the other language;
`connect_…` binds its events.  A new panel is added here and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.middleware import Middleware

from assistant.ui.chat import WORKERS, ChatEvents, ChatPanel, build_chat, connect_chat
from assistant.ui.clause_panel import ClausePanel, build_clause_panel
from assistant.ui.guard import StayOnHost
from assistant.ui.header import Header, build_header
from assistant.ui.talk import Talk
from assistant.ui.texts import DEFAULT_LANGUAGE, Words, words
from assistant.ui.theme import ICON, head, theme
from index.types import Document, PolicyError

if TYPE_CHECKING:
    from assistant.session import Session
    from assistant.settings import Settings

# Questions waiting at once; the next one is told that the queue is full instead of waiting for minutes.
QUEUE_LENGTH = 256

# gradio always has an upload address; no panel takes files, so it takes none.
NO_UPLOADS = 0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Panels:
    """All panels of the page."""

    header: Header
    chat: ChatPanel
    clauses: ClausePanel

    def relabel(self, language: str, talk: Talk) -> dict[Any, Any]:
        """The whole page in `language`, with the talk as it stands."""
        text = words(language)
        return {
            **self.header.update(text),
            **self.chat.labels(text),
            **self.chat.show(talk, text),
            **self.clauses.update(talk, text),
        }

    def open(self, request: gr.Request) -> dict[Any, Any]:
        """A page that has just been opened; its address may name the language (`/?lang=en`)."""
        return self.relabel(request.query_params.get("lang", DEFAULT_LANGUAGE), Talk())


def build_app(session: Session, settings: Settings) -> gr.Blocks:
    """The page over an open session."""
    text = words(DEFAULT_LANGUAGE)
    app = gr.Blocks(title=text["title"], analytics_enabled=False, fill_width=True)
    with app:
        talk = gr.State(Talk())
        panels = _place_panels(tuple(session.documents.values()), settings.today, text)
        workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="ask")
        events = ChatEvents(panels.chat, panels.clauses, talk, session.ask, settings.today, workers)
        connect_chat(events, panels.header.language)
        _connect_language(app, panels, talk)
    return app


def launch(app: gr.Blocks, settings: Settings) -> None:
    """Serves the page until it is stopped.  Raises `PolicyError` when the address can't be had."""
    app.queue(default_concurrency_limit=WORKERS, max_size=QUEUE_LENGTH)
    try:
        _serve(app, settings)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise PolicyError(
            f"不能在 {where} 上提供网页，请用 POLICY_HOST、POLICY_PORT 换一个地址或端口。"
        ) from error
    logger.info("网页已启动：%s", app.local_url)
    app.block_thread()


def _serve(app: gr.Blocks, settings: Settings) -> None:
    app.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme(),
        head=head(),
        favicon_path=ICON,
        footer_links=[],
        run_history=False,
        max_file_size=NO_UPLOADS,
        app_kwargs={"middleware": [Middleware(StayOnHost)]},
    )


def _place_panels(documents: tuple[Document, ...], today: Callable[[], date], text: Words) -> Panels:
    header = build_header(len(documents), today, text)
    with gr.Row(elem_id="workspace"):
        with gr.Column(elem_id="talk"):
            chat = build_chat(text)
        with gr.Column(elem_id="side"):
            clauses = build_clause_panel(documents, today, text)
    return Panels(header, chat, clauses)


def _connect_language(app: gr.Blocks, panels: Panels, talk: gr.State) -> None:
    language = panels.header.language
    labelled = list(panels.relabel(DEFAULT_LANGUAGE, Talk()))
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    app.load(panels.open, None, labelled, **quiet)
    language.input(panels.relabel, [language, talk], labelled, **quiet)
