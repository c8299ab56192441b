"""Draft → checked answer text: markers ↔ clauses, verbatim quotes, supported figures.

What fails is removed, never passed: an unknown marker, a citation whose quote is not in its clause, a sentence
with a number, date, department or address that no cited clause, no metadata and not the question holds.
`check` is idempotent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.figures import unsupported
from assistant.types import Citation, Draft
from index.types import Document

_MARKER = re.compile(r"\[(\d+)\]")


def check(draft: Draft, question: str) -> Draft:
    """The draft with everything unsupported taken out.  Citations that nothing refers to any more go too."""
    citations = [c for c in draft.citations if c.quote and c.quote in c.clause.text]
    known = {citation.marker for citation in citations}
    support = "\n".join([question, *map(_support, citations)])
    lines = [_checked_line(line, known, support) for line in draft.text.split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    used = {int(marker) for marker in _MARKER.findall(text)}
    return replace(draft, text=text, citations=tuple(c for c in citations if c.marker in used or c.related))


def _checked_line(line: str, known: set[int], support: str) -> str | None:
    """A line without its unsupported sentences; None when nothing but signs is left of it."""
    if not line.strip():
        return line
    kept = [piece for piece in pieces(line) if not unsupported(piece, support)]
    joined = _MARKER.sub(lambda m: m.group() if int(m[1]) in known else "", "".join(kept))
    return joined if any(c.isalnum() for c in _MARKER.sub("", joined)) else None


def pieces(line: str) -> list[str]:
    """A line cut after its sentences; a quotation and its marker stay together.  Joined they are the line."""
    found, start, depth = [], 0, 0
    for at, char in enumerate(line):
        depth += (char in "“（(「") - (char in "”）)」" and depth > 0)
        ends = char in "。！？" and depth == 0 and line[at + 1 : at + 2] not in ("[", " ", "”")
        if ends:
            found.append(line[start : at + 1])
            start = at + 1
    return [piece for piece in [*found, line[start:]] if piece]


def _support(citation: Citation) -> str:
    """Everything that a citation allows an answer to say: the clause, its place, and its document's metadata."""
    clause = citation.clause
    return "\n".join(
        [
            clause.text,
            clause.label,
            clause.path,
            *clause.headings,
            *clause.departments,
            metadata(citation.document),
        ]
    )


def metadata(document: Document) -> str:
    """A document's metadata as text: number, title, issuer, dates, period."""
    days = (document.signed, document.printed, document.effective_from, document.effective_to)
    dates = [f"{day.year}年{day.month}月{day.day}日" for day in days if day]
    period = [f"{year}年" for year in document.period or ()]
    return "\n".join([document.number, document.title, document.issuer, *dates, *period])


def quote_in(clause_text: str, sentences: Iterable[str]) -> str:
    """The stretch of the clause from the first to the last of its sentences given, so that a quote is one substring."""
    at = [(clause_text.find(s), clause_text.find(s) + len(s)) for s in sentences if s and s in clause_text]
    return clause_text[min(a for a, _ in at) : max(b for _, b in at)] if at else ""


def renumber(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Markers 1, 2, 3 … in order."""
    return tuple(replace(citation, marker=at) for at, citation in enumerate(citations, start=1))
