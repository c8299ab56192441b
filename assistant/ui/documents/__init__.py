"""文件: the documents held as a list, and the one that the address names, to be read.

The list stands in `head` (a box to search and a filter) and `shelf`; the document in `reader`.  documents.js shows
the one or the other, asks for a document by a `read` event, for a narrower list by `shelve`, and for the place
that a reference names by the server function `jump`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.ui.area import Address, Context, Page, Updates
from assistant.ui.documents.jump import Missing, target
from assistant.ui.documents.reading import missing_html, reading_html
from assistant.ui.documents.shelf import Shelf, head_html, shelf_html
from assistant.ui.texts import DEFAULT_LANGUAGE, Words, words
from index.references import resolve_document
from index.types import Document, PolicyError

# gradio knows the events that stand here in quotes, and no others.
HEAD_JS = """
policy.documents({
  read: (asked) => trigger('read', asked),
  shelve: (asked) => trigger('shelve', asked),
  jump: (asked) => server.jump(asked),
});
"""


@dataclass(frozen=True, slots=True)
class DocumentsPanel:
    """The components of the area; `reading` is the document in it, as the address names it."""

    context: Context
    held: Shelf
    head: gr.HTML
    shelf: gr.HTML
    reader: gr.HTML
    reading: gr.State

    def update(self, text: Words) -> Updates:
        return {
            self.head: head_html(self.held, self.context.today(), text),
            self.shelf: shelf_html(self.held, self.context.today(), text),
        }

    def open(self, address: Address, text: Words) -> Updates:
        return {**self.update(text), **self._shown(address.get("doc", ""), text)}

    def connect(self, page: Page) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        shown = [self.reader, self.reading]
        self.head.read(self.read, page.language, shown, **quiet)
        self.head.shelve(self.shelve, page.language, self.shelf, trigger_mode="always_last", **quiet)
        page.language.input(self.read_again, [page.language, self.reading], shown, **quiet)

    def read(self, asked: gr.EventData, language: str) -> Updates:
        """A document that the address has come to name."""
        return self._shown(str(asked.doc), own(language))

    def read_again(self, language: str, name: str) -> Updates:
        """The document that is open, in another language of the page."""
        return self._shown(name, own(language))

    def shelve(self, asked: gr.EventData, language: str) -> Updates:
        """The list, narrowed to some words and a validity."""
        wanted = (str(asked.words), str(asked.validity))
        return {self.shelf: shelf_html(self.held, self.context.today(), own(language), *wanted)}

    def _shown(self, name: str, text: Words) -> Updates:
        return {self.reader: self._reading(name, text), self.reading: name}

    def _reading(self, name: str, text: Words) -> str:
        if not name:
            return ""
        try:
            document = resolve_document(name, self.context.session.documents)
        except PolicyError:
            return missing_html(name, text)
        return reading_html(document, self.context.today(), text, name)


def build_documents(context: Context, text: Words) -> DocumentsPanel:
    """Places the area in the layout that is open."""
    documents, today = context.session.documents, context.today()
    held = Shelf.of(documents.values())

    def jump(asked: dict[str, Any]) -> dict[str, str]:
        """`{text, doc, language}` → `{doc, clause}`, or a sentence that says why there is no such place."""
        return place(str(asked["text"]), documents, str(asked["doc"]), own(str(asked["language"])))

    head = gr.HTML(
        head_html(held, today, text), elem_id="documents-head", apply_default_css=False,
        js_on_load=HEAD_JS, server_functions=[jump],
    )  # fmt: skip
    shelf = _quiet_html(shelf_html(held, today, text), "documents-shelf")
    return DocumentsPanel(context, held, head, shelf, _quiet_html("", "documents-reader"), gr.State(""))


def place(asked: str, documents: Mapping[str, Document], current: str, text: Words) -> dict[str, str]:
    """Where a reference leads from the document that is open (its number, or nothing)."""
    found = target(asked, documents, documents.get(current))
    if isinstance(found, Missing):
        return {"problem": text.say(found.key, **found.fields)}
    return {"doc": found.document.number, "clause": found.clause.path if found.clause else ""}


def own(language: str) -> Words:
    return words(language or DEFAULT_LANGUAGE).area("documents")


def _quiet_html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)
