"""What a document says of its own term, in words: from its dates, never from another document's."""

from __future__ import annotations

from datetime import date

from assistant.prompts import reply
from index.types import Document, Validity


def spoken(day: date | None, language: str) -> str:
    """2025-03-20 → 2025年3月20日 (or the ISO form in English)."""
    if day is None:
        return ""
    return day.isoformat() if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def term(document: Document, as_of: date, language: str) -> str:
    """One phrase: from when to when, and what that means on the as-of date."""
    validity = document.validity(as_of)
    start, end = spoken(document.effective_from, language), spoken(document.effective_to, language)
    first, last = document.period or (0, 0)
    name = validity.value
    if validity is Validity.IN_FORCE:
        name = "in_force_dates" if end else "in_force_period" if document.period else "in_force_from"
    if validity is Validity.NOT_YET_IN_FORCE and not start:
        name = "not_yet_period"
    if end and not start and validity in (Validity.IN_FORCE, Validity.EXPIRING):
        name = "until"
    return reply(language, "validity", name, start=start, end=end, first=first, last=last)


def dates(document: Document, as_of: date, language: str) -> str:
    """All that is known of a document's dates, as one sentence without its end mark."""
    stated = [term(document, as_of, language)]
    if document.issuer:
        stated.append(reply(language, "validity", "issuer", issuer=document.issuer))
    if document.signed:
        stated.append(reply(language, "validity", "signed", signed=spoken(document.signed, language)))
    if document.printed:
        stated.append(reply(language, "validity", "printed", printed=spoken(document.printed, language)))
    if not document.effective_to and document.validity(as_of) is not Validity.UNSTATED:
        stated.append(reply(language, "validity", "no_end"))
    return ("; " if language == "en" else "；").join(stated)
