"""Draft → checked answer text: markers ↔ clauses, verbatim quotes, supported figures.

What fails is removed, never passed: an unknown marker, a citation whose quote is not in its clause, a sentence
with a number, date, department or address that no cited clause, no metadata and not the question holds.
`check` is idempotent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.figures import unsupported
from assistant.types import Citation, Draft
from index.types import Document

# What belongs to the sentence before: closing quotes and markers.
_TRAIL = re.compile(r"[”』」]*(?:\s*\[\d+\])*")
_MARKER = re.compile(r"\[(\d+)\]")


def check(draft: Draft, question: str) -> Draft:
    """The draft with everything unsupported taken out.  Citations that nothing refers to any more go too,
    and with them what only they supported, until all that is left stands."""
    kept = [
        citation for citation in draft.citations if citation.quote and citation.quote in citation.clause.text
    ]
    text = draft.text
    while True:
        checked, used = _pass(text, kept, question)
        remaining = [c for c in kept if c.marker in used or c.related]
        if checked == text and len(remaining) == len(kept):
            return replace(draft, text=checked, citations=tuple(kept))
        text, kept = checked, remaining


def _pass(text: str, citations: Sequence[Citation], question: str) -> tuple[str, set[int]]:
    """One round: the text without unsupported sentences, and the markers it still uses."""
    known = {citation.marker for citation in citations}
    support = "\n".join([question, *map(_support, citations)])
    lines = [_checked_line(line, known, support) for line in text.split("\n")]
    checked = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    return checked, {int(marker) for marker in _MARKER.findall(checked)}


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
        if char in "。！？" and depth == 0 and at + 1 > start:
            trail = _TRAIL.match(line, at + 1)
            end = trail.end() if trail else at + 1
            found.append(line[start:end])
            start = end
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
