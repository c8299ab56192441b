"""How answers name clauses and quote them."""

from __future__ import annotations

from datetime import date

from assistant.prompts import reply
from assistant.types import Citation
from assistant.validity import term
from index.types import Clause, Document, Kind, Validity

_EDGES = (Kind.HEADER, Kind.PREAMBLE, Kind.CLOSING, Kind.PARAGRAPH)
_OVER = (Validity.PERIOD_OVER, Validity.EXPIRED, Validity.NOT_YET_IN_FORCE)


def quoted(text: str) -> str:
    """A quotation; 「」 outside, because the text has “” of its own."""
    return f"「{text.replace(chr(10), ' ').strip()}」"


def name_of(document: Document, clause: Clause) -> str:
    """沪府办发〔2025〕5号 第16条 降低融资成本."""
    title = "" if clause.kind in _EDGES or clause.title in clause.label else f" {clause.title}"
    return f"{document.number} {clause.label}{title}"


def source_of(citation: Citation, as_of: date, language: str) -> str:
    """Where a quotation stands, with a warning where its document does not bind (any more, or yet)."""
    place = (
        f"{citation.document.number}{'' if citation.clause.label.isascii() else ' '}{citation.clause.label}"
    )
    if citation.validity in _OVER:
        place += f"（{term(citation.document, as_of, language)}）"
    return reply(language, "lead", "source", place=place)


def bodies_of(clause: Clause, most: int) -> str:
    """The clause's departments, the first `most` of them."""
    more = "等" if len(clause.departments) > most else ""
    return "、".join(clause.departments[:most]) + more


def remarks(citation: Citation, as_of: date, language: str, *, bodies: int, dated: bool = False) -> str:
    """Departments (so many of them) and the document's term, as one remark.

    `dated`: the term of the document was told before; it is told again only where the document is over.
    """
    said = [] if dated and citation.validity not in _OVER else [term(citation.document, as_of, language)]
    if bodies and citation.clause.departments:
        said.insert(0, f"{reply(language, 'words', 'departments')}：{bodies_of(citation.clause, bodies)}")
    return "；".join(said)
