"""坐席查询: what an agent with a caller on the line needs, in one box.

Results and clauses are asked for by the browser itself (`server.lookup_find`, `server.lookup_clause`): both only read,
take a few dozen milliseconds, and need no place in the queue.  What writes goes through private events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.ui.area import Address, Context, Page, Updates, intro_html, own_html
from assistant.ui.lookup_bar import above_html, bar_html
from assistant.ui.lookup_clause import Shown, clause_html, compare_html, empty_html
from assistant.ui.lookup_filters import clause_of
from assistant.ui.lookup_find import Asked, Finder
from assistant.ui.lookup_notes import Desk, lists_html
from assistant.ui.lookup_results import count_text, results_html
from assistant.ui.texts import DEFAULT_LANGUAGE, LANGUAGES, Words, words
from index.types import ClauseRef, ClauseRefError

# gradio makes an event of every name that stands here in quotes.
START_JS = "lookup.start({ server, watch, trigger, events: ['note', 'learn', 'withdraw', 'looked'] });"
KEPT_JS = "watch('value', () => lookup.kept(element));"

# Finds what every first search has to load: word lists and the names of documents.
_FIRST = "若干措施 1"

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class LookupPanel:
    """The components of the area."""

    context: Context
    finder: Finder
    desk: Desk | None
    intro: gr.HTML
    bar: gr.HTML
    above: gr.HTML
    lists: gr.HTML
    kept: gr.HTML

    def update(self, text: Words) -> Updates:
        today = self.context.today()
        return {
            self.intro: intro_html(text),
            self.bar: bar_html(self.finder.choices, today, text),
            self.above: above_html(text, noting=self.desk is not None),
            self.lists: lists_html(self.desk, text),
        }

    def open(self, address: Address, text: Words) -> Updates:
        """In Chinese the box is in place already: who is quick to type must not see it emptied again."""
        fresh = self.update(text)
        if text.language == DEFAULT_LANGUAGE:
            fresh |= dict.fromkeys((self.intro, self.bar, self.above), gr.skip())
        return fresh

    def connect(self, page: Page) -> None:
        """What writes; without a store nothing can be written."""
        if self.desk is None:
            return
        for event, does in (
            (self.bar.note, self.desk.note),
            (self.bar.learn, self.desk.learn),
            (self.bar.withdraw, self.desk.withdraw),
            (self.bar.looked, self.desk.looked),
        ):
            event(does, page.language, [self.kept, self.lists], **QUIET)


def build_lookup(context: Context, text: Words) -> LookupPanel:
    """Places the area in the layout that is open."""
    finder, desk = Finder(context.session), Desk.of(context)
    finder.find(Asked(_FIRST), context.today())
    intro = own_html(intro_html(text), "lookup-intro")
    bar = gr.HTML(
        bar_html(finder.choices, context.today(), text),
        elem_id="lookup-bar",
        apply_default_css=False,
        js_on_load=START_JS,
        server_functions=_reading(context, finder, learning=desk is not None),
    )
    with gr.Row(elem_id="lookup-work"):
        with gr.Column(elem_id="lookup-side"):
            above = own_html(above_html(text, noting=desk is not None), "lookup-above")
            own_html('<div id="lookup-found"></div>', "lookup-results")
            lists = own_html(lists_html(desk, text), "lookup-lists")
        with gr.Column(elem_id="lookup-main"):
            own_html(f'<div id="lookup-pane">{empty_html("clause_empty", text)}</div>', "lookup-clause")
    own_html('<p id="lookup-toast" role="status"></p>', "lookup-toasts")
    kept = own_html("", "lookup-kept", KEPT_JS)
    return LookupPanel(context, finder, desk, intro, bar, above, lists, kept)


def _reading(context: Context, finder: Finder, *, learning: bool) -> list[Callable[[Any], dict[str, str]]]:
    """What the browser may ask for by itself.  What it sends is taken as text, whatever it is."""

    def lookup_find(sent: Any) -> dict[str, str]:
        asked, text = Asked.read(sent), _words(sent)
        found = finder.find(asked, context.today())
        return {
            "html": results_html(found, context.today(), text),
            "count": count_text(found, bool(asked.filters), text),
        }

    def lookup_clause(sent: Any) -> dict[str, str]:
        text, typed = _words(sent), Asked.read(sent).text
        first, second = (_shown(name, typed, context, finder) for name in _named(sent))
        if first is None:
            return {"html": empty_html("clause_gone", text)}
        if second is not None:
            return {"html": compare_html(second, first, context.today(), text)}
        return {"html": clause_html(first, typed, context.today(), text, learning=learning)}

    return [lookup_find, lookup_clause]


def _words(sent: Any) -> Words:
    language = str(sent.get("language")) if isinstance(sent, dict) else ""
    return words(language if language in LANGUAGES else DEFAULT_LANGUAGE).area("lookup")


def _named(sent: Any) -> tuple[ClauseRef | None, ClauseRef | None]:
    """The clause that is asked for, and the one to compare it with."""
    given = sent if isinstance(sent, dict) else {}
    wanted = ClauseRef(str(given.get("doc")), str(given.get("clause")))
    try:
        return wanted, ClauseRef.parse(str(given.get("with") or ""))
    except ClauseRefError:
        return wanted, None


def _shown(ref: ClauseRef | None, typed: str, context: Context, finder: Finder) -> Shown | None:
    documents = context.session.documents
    clause = clause_of(documents, ref.document_number, ref.path) if ref else None
    if clause is None:
        return None
    return Shown(documents[clause.ref.document_number], clause, finder.quote(typed, clause))
