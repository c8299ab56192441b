"""Talk ↔ the text that the browser keeps for as long as its tab is open, and on no account any longer.

What comes back from a browser is as good as typed: clauses are looked up, quotes must stand in them, and what does
not fit is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import escape

from pydantic import BaseModel, Field, ValidationError

from assistant.spending import Usage
from assistant.types import Answer, Citation, Matched, Profile, Status
from assistant.ui.talk import Exchange, Rating, Talk
from index.types import Document

# A change of the form: what an older page has kept is let go.
VERSION = 1

# A browser keeps about 5 MB for a site; an exchange takes some 10 KB.
LAST = 60
# Of what comes back; a talk of `LAST` long answers is about 1 MB.
LONGEST = 3_000_000


class KeptCitation(BaseModel):
    """A citation by name: the clause itself is here."""

    marker: int
    document: str
    path: str
    quote: str = ""
    related: bool = False


class KeptExchange(BaseModel):
    """A question with what is shown of its answer."""

    question: str
    rated: Rating = ""
    status: Status
    text: str
    citations: list[KeptCitation] = Field(default_factory=list, max_length=100)
    standalone: str = ""
    composer: str = "extractive"
    choices: tuple[str, ...] = ()
    matched: Matched | None = None
    timings_ms: dict[str, float] = Field(default_factory=dict)
    usage: Usage | None = None


class KeptTalk(BaseModel):
    """A talk as the browser has it."""

    version: int
    exchanges: list[KeptExchange] = Field(default_factory=list, max_length=LAST)
    pending: str = ""
    firm: Profile = Profile()


def kept_html(talk: Talk) -> str:
    """The talk where chat.js finds it; an empty talk is an empty attribute, and is forgotten."""
    text = _text(talk) if talk.exchanges or talk.pending else ""
    return f'<div hidden data-talk="{escape(text)}"></div>'


def restored(text: str, documents: Mapping[str, Document], today: date) -> Talk:
    """The talk that a browser has kept; an empty one where it is none of ours.  Validity is judged anew."""
    try:
        kept = KeptTalk.model_validate_json(text[:LONGEST])
    except ValidationError:
        return Talk()
    if kept.version != VERSION:
        return Talk()
    exchanges = tuple(_exchange(one, documents, today) for one in kept.exchanges)
    return Talk(exchanges, kept.pending, firm=kept.firm)


def _text(talk: Talk) -> str:
    exchanges = [_kept(exchange) for exchange in talk.exchanges[-LAST:]]
    kept = KeptTalk(version=VERSION, exchanges=exchanges, pending=talk.pending, firm=talk.firm)
    return kept.model_dump_json(exclude_defaults=True)


def _kept(exchange: Exchange) -> KeptExchange:
    answer = exchange.answer
    return KeptExchange(
        question=exchange.question,
        rated=exchange.rated,
        citations=[
            KeptCitation(
                marker=one.marker,
                document=one.document.number,
                path=one.clause.path,
                quote=one.quote,
                related=one.related,
            )
            for one in answer.citations
        ],
        status=answer.status,
        text=answer.text,
        standalone=answer.standalone,
        composer=answer.composer,
        choices=answer.choices,
        matched=answer.matched,
        timings_ms={step: round(spent, 1) for step, spent in answer.timings_ms.items()},
        usage=answer.usage,
    )


def _exchange(kept: KeptExchange, documents: Mapping[str, Document], today: date) -> Exchange:
    citations = tuple(
        citation for one in kept.citations if (citation := _citation(one, documents, today)) is not None
    )
    answer = Answer(kept.status, kept.text, citations)
    shown = {
        name: getattr(kept, name)
        for name in ("standalone", "composer", "choices", "matched", "timings_ms", "usage")
    }
    return Exchange(kept.question, replace(answer, **shown), kept.rated)


def _citation(kept: KeptCitation, documents: Mapping[str, Document], today: date) -> Citation | None:
    document = documents.get(kept.document)
    clause = document.clause(kept.path) if document else None
    if document is None or clause is None or kept.quote not in clause.text:
        return None
    return Citation(kept.marker, document, clause, kept.quote, document.validity(today), kept.related)
