"""Answers about a document's own dates: made of metadata, with the clauses in which the dates stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.compose.premise import CLAIMS
from assistant.compose.wording import quoted
from assistant.prompts import reply
from assistant.types import Citation, Draft, Evidence, Query, Status
from assistant.validity import dates, spoken, term
from index.search import Searcher
from index.types import Clause, Document, Kind

_EDGES = (Kind.HEADER, Kind.PREAMBLE, Kind.CLOSING, Kind.PARAGRAPH)
_OF_DOCUMENTS = ("文件", "政策", "规定", "documents", "policies")
_ASKED_DAY = re.compile(r"(20\d{2})年?(?:(\d{1,2})月)?(?:(\d{1,2})[日号])?(?!\d*[〕\]号])")
_WHOLE_DAY = re.compile(r"(20\d{2})年(\d{1,2})月(\d{1,2})[日号]")
_QUOTED_NAME = re.compile(r"[“\"「]([^”\"」]{3,})[”\"」]")


def documents_asked(query: Query, evidence: Evidence, searcher: Searcher) -> list[Document]:
    """The documents whose dates are asked for: those named or talked of; all where the question says “documents”."""
    if any(not _in_title(name, searcher) for name in _QUOTED_NAME.findall(query.text)):
        return []  # whether a measure is still on, not a document
    numbers = query.documents or query.talked_of or (query.hinted if len(query.hinted) == 1 else ())
    if numbers:
        return [searcher.documents[number] for number in numbers]
    if any(word in query.text for word in _OF_DOCUMENTS) and re.search(
        r"哪|最新|\bwhich\b|latest|newest", query.text, re.IGNORECASE
    ):
        return sorted(searcher.documents.values(), key=lambda d: str(d.issued), reverse=True)
    return []


def _in_title(name: str, searcher: Searcher) -> bool:
    return any(name in document.title for document in searcher.documents.values())


def compose_dates(query: Query, documents: Sequence[Document], as_of: date) -> Draft:
    """One line a document: its term first, then its other dates; what follows for a day that the question names."""
    citations: list[Citation] = []
    lines: list[str] = []
    for document in documents:
        found = [*_citations(document, as_of, len(citations))]
        citations += found
        marks = "".join(f"[{citation.marker}]" for citation in found)
        line = f"{document.number}《{document.title}》：{dates(document, as_of, query.language)}。{marks}"
        lines.append(_wrong_day(query, document, as_of) + line + _for_day(query, document))
        for citation in found:
            if "从其规定" in citation.quote:
                lines.append(f"{quoted(citation.quote)} [{citation.marker}]")
    status = Status.ANSWERED if citations else Status.NOT_IN_DOCUMENTS
    text = "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]
    return Draft(text, tuple(citations), status)


def _wrong_day(query: Query, document: Document, as_of: date) -> str:
    """That a day which the question claims (`2025年3月20日起施行，对吗`) is none of the document's; empty otherwise."""
    said = _WHOLE_DAY.search(query.text)
    days = (document.signed, document.printed, document.effective_from, document.effective_to)
    if not said or not CLAIMS.search(query.text) or _day(said[1], said[2], said[3]) in days:
        return ""
    actual = term(document, as_of, query.language)
    return reply(query.language, "lead", "corrects", said=said.group(), actual=actual)


def _for_day(query: Query, document: Document) -> str:
    """Whether a day that the question names lies before or behind the document's term."""
    for year, month, day in _ASKED_DAY.findall(query.text):
        first = _day(year, month or "1", day or "1")
        last = _day(year, month or "12", day or "28")
        if document.effective_from and last and last < document.effective_from:
            return reply(
                query.language, "validity", "before", start=spoken(document.effective_from, query.language)
            )
        if document.effective_to and first and first > document.effective_to:
            return reply(
                query.language, "validity", "after", end=spoken(document.effective_to, query.language)
            )
    return ""


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _citations(document: Document, as_of: date, behind: int) -> list[Citation]:
    """The clauses in which the document's dates stand, each with the words that state them."""
    days = (document.effective_to, document.effective_from, document.signed)
    wanted = [spoken(day, "zh") for day in days if day]
    wanted += [str(year) for year in document.period or ()]
    found: list[Citation] = []
    for clause in document.clauses:
        line = _stating(clause, wanted) if clause.kind in _EDGES else ""
        if line:
            marker = behind + len(found) + 1
            found.append(Citation(marker, document, clause, line, document.validity(as_of)))
            wanted = [day for day in wanted if day not in line]
    return found


def _stating(clause: Clause, wanted: Sequence[str]) -> str:
    """The line of a clause that states most of the wanted dates."""
    lines = [line for line in clause.text.splitlines() if any(day in line for day in wanted)]
    return max(lines, key=lambda line: sum(day in line for day in wanted), default="")
