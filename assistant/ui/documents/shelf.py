"""The list of the documents held: searched by number, title, issuer and short names, filtered by validity.

Only so many rows are shown as people look through; the count tells how many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import urlencode

from assistant.ui.area import intro_html
from assistant.ui.library import validity_badge
from assistant.ui.texts import Words
from index.references import fold
from index.types import Document, Validity

# Two screens of a desk; who has not found it by then types another word.
ROWS = 60


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents, newest first, each with the folded text that a search looks into."""

    rows: tuple[tuple[Document, str], ...]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Shelf:
        newest = sorted(documents, key=lambda one: one.issued or date.min, reverse=True)
        return cls(tuple((document, _searched(document)) for document in newest))

    def find(self, asked: str, validity: str, today: date) -> list[Document]:
        """Those that hold every word asked for and are of the validity; nothing asked is all of them."""
        terms = [fold(term).lower() for term in asked.split()]
        return [
            document
            for document, text in self.rows
            if all(term in text for term in terms)
            and (not validity or document.validity(today).value == validity)
        ]


def head_html(shelf: Shelf, today: date, words: Words) -> str:
    """Heading, the box that searches the list and jumps to clauses, and the filter by validity."""
    counts = Counter(document.validity(today) for document, _ in shelf.rows)
    options = "".join(
        f'<option value="{one.value}">{escape(words.validity[one.value])} · {counts[one]}</option>'
        for one in Validity
        if counts[one]
    )
    return (
        f"{intro_html(words)}"
        f'<form class="shelf-search" role="search" data-jump>'
        f'<label><span>{escape(words["shelf_search"])}</span><input type="search" name="text" autocomplete="off"'
        f' maxlength="80" placeholder="{escape(words["shelf_placeholder"])}"></label>'
        f'<label class="narrow"><span>{escape(words["shelf_validity"])}</span><select name="validity">'
        f'<option value="">{escape(words["shelf_all"])} · {len(shelf.rows)}</option>{options}</select></label>'
        f'<p class="problem" role="status"></p></form>'
    )


def shelf_html(shelf: Shelf, today: date, words: Words, asked: str = "", validity: str = "") -> str:
    """The rows that fit, each a link to its document."""
    found = shelf.find(asked, validity, today)
    if not found:
        return f'<p class="hint" role="status">{escape(words["shelf_none"])}</p>'
    count = words.say("shelf_count" if len(found) <= ROWS else "shelf_more", count=len(found), rows=ROWS)
    rows = "".join(_row(document, today, words) for document in found[:ROWS])
    return f'<p class="hint" role="status">{escape(count)}</p><ul class="shelf">{rows}</ul>'


def link(document: str, clause: str = "") -> str:
    """The address of a document or of a clause, escaped for an attribute."""
    return escape("?" + urlencode({"doc": document} | ({"clause": clause} if clause else {})))


def _row(document: Document, today: date, words: Words) -> str:
    facts = [
        document.issuer,
        words.say("issued_on", date=document.issued.isoformat()) if document.issued else "",
        words.say("clauses_held", count=len(document.clauses)),
    ]
    return (
        f'<li><a data-go href="{link(document.number)}"><span class="name" lang="zh-CN">'
        f"<strong>{escape(document.number)}</strong> {escape(document.title)}</span>"
        f'<span class="facts">{escape(" · ".join(filter(None, facts)))}</span></a>'
        f"{validity_badge(document.validity(today), words)}</li>"
    )


def _searched(document: Document) -> str:
    return fold(" ".join((document.number, document.title, document.issuer, *document.aliases))).lower()
