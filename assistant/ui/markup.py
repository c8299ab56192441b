"""Text → HTML.  Everything that comes from people, documents or models is escaped here.

`answer_html` takes the Markdown of an answer and gives HTML in which each known marker is a button.
Raw HTML, images and links in an answer stay text: nothing in it can run, or fetch from another host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MARKER = re.compile(r"\[(\d{1,3})\]")


def marked(text: str, quote: str) -> str:
    """`text` as HTML with the first occurrence of `quote` in a mark; its text content is `text`."""
    before, found, after = text.partition(quote) if quote else (text, "", "")
    mark = f"<mark>{escape(found)}</mark>" if found else ""
    return escape(before) + mark + escape(after)


def cite_button(turn: int, marker: int, title: str) -> str:
    """The button that opens the clause behind a marker."""
    return (
        f'<button type="button" class="cite" data-turn="{turn}" data-marker="{marker}"'
        f' aria-label="{escape(title)}" title="{escape(title)}">{marker}</button>'
    )


def answer_html(text: str, turn: int, titles: Mapping[int, str]) -> str:
    """Markdown of an answer → HTML.  `titles` names the clause of each marker; other markers stay text."""
    return str(_markdown.render(text, {"turn": turn, "titles": titles}))


def _cite_rule(state: StateInline, silent: bool) -> bool:
    match = MARKER.match(state.src, state.pos)
    if not match or int(match[1]) not in state.env.get("titles", {}):
        return False
    if not silent:
        state.push("cite", "", 0).meta = {"marker": int(match[1])}
    state.pos = match.end()
    return True


def _render_cite(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    marker = tokens[index].meta["marker"]
    return cite_button(env["turn"], marker, env["titles"][marker])


def _parser() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "breaks": True}
    parser = MarkdownIt("commonmark", options).enable("table")
    parser.disable(["image", "link", "autolink", "html_inline", "html_block", "reference"])
    parser.inline.ruler.before("emphasis", "cite", _cite_rule)
    parser.add_render_rule("cite", _render_cite)
    return parser


_markdown = _parser()
