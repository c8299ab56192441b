"""The documents held, as a list with number, title and validity on the as-of date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

from assistant.ui.texts import Words
from index.types import Document, Validity


def library_html(documents: Iterable[Document], as_of: date, words: Words) -> str:
    """Newest first; a document without a date comes last."""
    newest = sorted(documents, key=lambda document: document.issued or date.min, reverse=True)
    rows = "".join(
        f'<li><span class="name" lang="zh-CN"><strong>{escape(document.number)}</strong>'
        f"{escape(document.title)}</span>{validity_badge(document.validity(as_of), words)}</li>"
        for document in newest
    )
    return f'<h3>{escape(words["library"])}</h3><ul class="library">{rows}</ul>'


def validity_badge(validity: Validity, words: Words) -> str:
    """A validity in words and colour."""
    return f'<span class="badge {validity.value}">{escape(words.validity[validity.value])}</span>'
