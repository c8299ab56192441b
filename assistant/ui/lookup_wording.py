"""A clause → the wording that an agent reads out: document, clause, its own words, departments, validity with dates."""

from __future__ import annotations

from datetime import date

from assistant.compose.wording import quoted
from assistant.ui.texts import Words
from assistant.validity import term
from index.types import Clause, Document


def wording(document: Document, clause: Clause, quote: str, as_of: date, text: Words) -> str:
    """One paragraph; `quote` is word for word from the clause, everything else is the document's own data."""
    return text.say(
        "said",
        title=document.title,
        number=document.number,
        label=named(clause),
        quote=quoted(quote),
        departments=_departments(clause, text),
        validity=text.say("said_validity", term=term(document, as_of, text.language)),
    )


def named(clause: Clause) -> str:
    """第16条“降低融资成本”; a clause whose label says it all is its label."""
    if not clause.title or clause.title in clause.label:
        return clause.label
    return f"{clause.label}“{clause.title}”"


def _departments(clause: Clause, text: Words) -> str:
    if not clause.departments:
        return text["said_no_departments"]
    return text.say("said_departments", departments="、".join(clause.departments))
