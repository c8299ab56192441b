"""The web page.  `build_app` puts the areas together, `launch` serves them.

`AREAS` is the one list of them: a new area is a `build_<area>` here, its name in `prompts/ui.*.toml`, and its own
files (see `area.py`).  All areas stand in the page at once; shell.js shows the one that the address names.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware

from assistant.limits import RateLimit
from assistant.ui.area import Address, Build, Context, Page, Panel, Updates
from assistant.ui.chat_area import build_chat_area
from assistant.ui.documents import build_documents
from assistant.ui.endpoints import connect_endpoints
from assistant.ui.evaluation import build_evaluation
from assistant.ui.guard import StayOnHost
from assistant.ui.header import Header, build_header
from assistant.ui.lookup import build_lookup
from assistant.ui.match import build_match
from assistant.ui.navigation import Navigation, build_navigation
from assistant.ui.staff import AREAS as STAFF_AREAS
from assistant.ui.staff import PATH as STAFF_PATH
from assistant.ui.staff import Door, StaffDoor, behind_the_door
from assistant.ui.texts import DEFAULT_LANGUAGE, Words, words
from assistant.ui.theme import ICON, head, theme
from index.types import PolicyError

if TYPE_CHECKING:
    from assistant.session import Session
    from assistant.settings import Settings
    from assistant.store import Store

AREAS: Mapping[str, Build] = {
    "chat": build_chat_area,
    "match": build_match,
    "lookup": build_lookup,
    "documents": build_documents,
    "evaluation": build_evaluation,
}

# Events at once: most of them wait, for a model or for a worker.
EVENTS = 64
# Answers that only compute take turns at one interpreter: with 50 people asking on two cores, two threads made them
# wait 0.7 s (p95), four 1.6 s.
WORKERS = 2

# Questions waiting at once; the next one is told that the queue is full instead of waiting for minutes.
QUEUE_LENGTH = 256

# Visitors whose talk is held at once; one takes about 80 KB, and programs that name no session are a new one each time.
SESSIONS = 2000

# gradio always has an upload address; no panel takes files, so it takes none.
NO_UPLOADS = 0

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Panels:
    """The head of the page and all its areas."""

    header: Header
    navigation: Navigation
    areas: Mapping[str, Panel]

    def relabel(self, language: str) -> Updates:
        """The fixed wording of the whole page in `language`."""
        text = words(language)
        updates = self._frame(text)
        for name, panel in self.areas.items():
            updates |= panel.update(text.area(name))
        return updates

    def open(self, request: gr.Request) -> Updates:
        """A page that has just been opened; its address may name the language, and more (`/?lang=en`)."""
        return self.at(dict(request.query_params))

    def at(self, address: Address) -> Updates:
        text = words(address.get("lang", DEFAULT_LANGUAGE))
        updates = self._frame(text)
        for name, panel in self.areas.items():
            updates |= panel.open(address, text.area(name))
        return updates

    def _frame(self, text: Words) -> Updates:
        return {**self.header.update(text), **self.navigation.update(text)}


class _Page(gr.Blocks):
    """Holds no connection open while nothing is asked.

    gradio's heartbeat takes one for each tab, and over plain HTTP a browser has six for a server: the seventh tab of
    somebody who compares documents would never load.  Its use is to let go of the state of closed tabs; here that is
    bounded by `SESSIONS`, that of talks also by time (`chat_area.KEPT_S`).
    """

    def get_config_file(self) -> Any:
        config = super().get_config_file()
        config["connect_heartbeat"] = False
        return config


def build_app(
    session: Session,
    settings: Settings,
    store: Store | None = None,
    areas: Mapping[str, Build] = AREAS,
    signed_in: bool = False,
) -> gr.Blocks:
    """The page over an open session; without a store nothing that is written on it is kept."""
    text = words(DEFAULT_LANGUAGE)
    workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="ask")
    limit = RateLimit(settings.questions_per_minute)
    context = Context(session, settings, settings.today, workers, limit, store)
    app = _Page(title=text["title"], analytics_enabled=False, fill_width=True)
    with app:
        panels = _place(context, text, areas, signed_in)
        opened = app.load(panels.open, None, list(panels.at({})), **QUIET)
        # Not a call of the server: one that follows on another at once can lose what a quick user sends meanwhile.
        opened.then(None, None, None, js="() => policy.opened()", **QUIET)
        language = panels.header.language
        language.input(panels.relabel, language, list(panels.relabel(DEFAULT_LANGUAGE)), **QUIET)
        language.input(None, language, None, js="(language) => policy.speak(language)", **QUIET)
        for panel in panels.areas.values():
            panel.connect(Page(language))
        connect_endpoints(context)
    return app


def _place(context: Context, text: Words, builds: Mapping[str, Build], signed_in: bool) -> Panels:
    header = build_header(context.session, context.today, text, signed_in)
    navigation = build_navigation(text)
    areas = {}
    for name, build in builds.items():
        with gr.Column(elem_id=f"area-{name}", elem_classes="area"):
            areas[name] = build(context, text.area(name))
    return Panels(header, navigation, areas)


def run(session: Session, settings: Settings, store: Store | None = None) -> None:
    """Builds the page and serves it until it is stopped; with a door before the staff's areas where one is set.

    Raises `PolicyError` when the settings don't fit together or the address can't be had.
    """
    staff = settings.staff()
    if staff is None:
        launch(build_app(session, settings, store), settings)
        return
    public = {name: behind_the_door(name) if name in STAFF_AREAS else build for name, build in AREAS.items()}
    inside = _mounted(build_app(session, settings, store, signed_in=True))
    door = Middleware(StaffDoor, staff=inside, door=Door(*staff))
    launch(build_app(session, settings, store, public), settings, [door])


def _mounted(app: gr.Blocks) -> FastAPI:
    """The staff's page under its own path."""
    app.queue(default_concurrency_limit=EVENTS, max_size=QUEUE_LENGTH)
    app.state_session_capacity = SESSIONS  # launch() takes it as an argument, mounting does not
    outside = FastAPI(openapi_url=None)
    gr.mount_gradio_app(
        outside,
        app,
        STAFF_PATH,
        show_error=False,
        **_look_and_limits(),
    )
    return outside


def _look_and_limits() -> dict[str, Any]:
    """What holds for the page wherever it stands: our look, and nothing that writes, watches or keeps."""
    return {
        "theme": theme(),
        "head": head(AREAS),
        "footer_links": [],
        "run_history": False,
        "max_file_size": NO_UPLOADS,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
    }


def launch(app: gr.Blocks, settings: Settings, further: Sequence[Middleware] = ()) -> None:
    """Serves the page until it is stopped.  Raises `PolicyError` when the address can't be had."""
    app.queue(default_concurrency_limit=EVENTS, max_size=QUEUE_LENGTH)
    try:
        _serve(app, settings, further)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise PolicyError(
            f"不能在 {where} 上提供网页，请用 POLICY_HOST、POLICY_PORT 换一个地址或端口。"
        ) from error
    logger.info("网页已启动：%s", app.local_url)
    app.block_thread()


def _serve(app: gr.Blocks, settings: Settings, further: Sequence[Middleware]) -> None:
    app.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        favicon_path=ICON,
        state_session_capacity=SESSIONS,
        **_look_and_limits(),
        app_kwargs={"middleware": [Middleware(StayOnHost), *further]},
    )
