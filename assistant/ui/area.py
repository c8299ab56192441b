"""What an area of the page is: `build_<area>(context, text)` places its components and gives its `Panel`.

An area keeps to its own files: `<area>.py` (or a package), `<area>.css`, `<area>.js` in this folder, and
`prompts/ui-<area>.<language>.toml` for its words.  `assistant/ui/__init__.py` lists the areas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr

from assistant.ui.texts import Words

if TYPE_CHECKING:
    from assistant.limits import RateLimit
    from assistant.session import Session
    from assistant.settings import Settings
    from assistant.store import Store

# Component → its new value or properties, as gradio takes it from an event.
Updates = dict[Any, Any]

# What the page's address asks for: `{"doc": "沪府办发〔2025〕5号", "clause": "二/(六)/16"}`.
Address = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What every area works with; without a store nothing is kept."""

    session: Session
    settings: Settings
    today: Callable[[], date]
    workers: ThreadPoolExecutor
    limit: RateLimit
    store: Store | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What an area may bind to besides its own components: the switch whose value is the page's language."""

    language: gr.Radio


class Panel(Protocol):
    """An area in place.  The words that it is given are its own: `text.area(<name>)`."""

    def update(self, text: Words) -> Updates:
        """The fixed wording in another language; what depends on what people did is bound in `connect`."""

    def open(self, address: Address, text: Words) -> Updates:
        """A page that has just been opened at `address`; the same components whatever the address."""

    def connect(self, page: Page) -> None:
        """Binds the events, every one of them private."""


Build = Callable[[Context, Words], Panel]


def own_html(value: str, name: str, js: str | None = None) -> gr.HTML:
    """A place for HTML of ours, with nothing of gradio's look or behaviour added."""
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=js)


def intro_html(text: Words) -> str:
    """An area's heading and its one sentence: the labels `heading` and `intro`."""
    heading, intro = escape(text["heading"]), escape(text["intro"])
    return f'<header class="intro"><h2 tabindex="-1">{heading}</h2><p>{intro}</p></header>'
