"""The way between the areas: a row of real links, so that they open in a new tab and by keyboard too.

shell.js follows them without loading the page anew, and marks the one that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from assistant.ui.area import own_html
from assistant.ui.texts import DEFAULT_LANGUAGE, Words


@dataclass(frozen=True, slots=True)
class Navigation:
    """The row of links."""

    html: gr.HTML

    def update(self, text: Words) -> dict[Any, Any]:
        return {self.html: navigation_html(text)}


def build_navigation(text: Words) -> Navigation:
    """Places the row in the layout that is open."""
    return Navigation(own_html(navigation_html(text), "areas"))


def navigation_html(text: Words) -> str:
    """A link for each area; the page's language goes along."""
    language = "" if text.language == DEFAULT_LANGUAGE else f"&amp;lang={text.language}"
    links = "".join(
        f'<li><a href="?view={area}{language}" data-view="{area}">{escape(name)}</a></li>'
        for area, name in text.areas.items()
    )
    return f'<nav aria-label="{escape(text["areas"])}"><ul>{links}</ul></nav>'
