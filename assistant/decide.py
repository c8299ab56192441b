"""Query + evidence + draft → status: what the documents do not say is said to be missing.

A clause that names a support without its amount does not answer “how much”: the status is `not_in_documents`,
and the clause is shown as related.  Each check names what is missing by a key of prompts/replies [missing].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant import stated
from assistant.asking import asks_for
from assistant.compose.wording import name_of
from assistant.prompts import reply
from assistant.scope import district_rules, other_place, years
from assistant.types import Citation, Draft, Evidence, Query, Status
from index.metadata import FIVE_YEAR_PLANS
from index.search import Searcher

# “三个升级” and “既要…也要…” are ways of counting and quoting, not names.
_COUNTED = re.compile(r"^[两三四五六七八九十\d]+[个大种条项]|…|\.\.")
_QUOTED = re.compile(r"“([^”]+)”|「([^」]+)」|\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that was asked for and that no clause states."""

    what: str
    fields: tuple[tuple[str, str], ...] = ()

    def say(self, language: str) -> str:
        return reply(language, "missing", self.what, **dict(self.fields))


def decide(query: Query, evidence: Evidence, draft: Draft, searcher: Searcher) -> Draft:
    """The draft with its final status and text."""
    if canned := _canned(query, searcher):
        return canned
    if not draft.citations or _far(query, evidence, searcher):
        return Draft(reply(query.language, "status", "nothing_found"), (), Status.NOT_IN_DOCUMENTS)
    missing = list(_missing(query, draft, searcher))
    if not missing:
        return draft
    said = "、".join(one.say(query.language) for one in missing)
    if _rest_answered(query):
        note = reply(query.language, "lead", "unanswered_part", missing=said)
        return Draft(f"{draft.text}\n\n{note}", draft.citations, Status.PARTIAL, draft.composer)
    return _refusal(query, draft, said)


def _canned(query: Query, searcher: Searcher) -> Draft | None:
    if query.intent in ("smalltalk", "thanks", "injection"):
        return Draft(reply(query.language, "status", query.intent), (), Status.OUT_OF_SCOPE)
    if query.missing_refs and not query.refs:
        gone = query.missing_refs[0]
        fields = {"document": gone.document_number, "text": gone.text, "count": gone.count, "unit": gone.unit}
        said = reply(query.language, "status", "no_such_clause", **fields)
        return Draft(said, (), Status.NOT_IN_DOCUMENTS)
    if query.unknown_documents and not query.documents:
        said = reply(
            query.language,
            "status",
            "no_such_document",
            text=query.unknown_documents[0],
            documents="、".join(searcher.documents),
        )
        return Draft(said, (), Status.NOT_IN_DOCUMENTS)
    return None


def _far(query: Query, evidence: Evidence, searcher: Searcher) -> bool:
    """Whether the documents are not about the question at all; a clause or document named in it is."""
    if query.refs or query.documents or query.intent == "validity":
        return False
    return searcher.familiarity(query.standalone, evidence.ranked) < 0


def _missing(query: Query, draft: Draft, searcher: Searcher) -> Iterator[Missing]:
    for what in stated.missing(query, draft.citations):
        yield Missing(what)
    texts = "\n".join(citation.clause.text for citation in draft.citations)
    if place := _place_without_rules(query.text, texts, searcher):
        yield Missing("place", (("place", place),))
    asked = years(query.text)
    elsewhen = asked and not any(_covers(year, texts, searcher) for year in asked)
    if elsewhen and query.intent not in ("validity", "compare"):
        yield Missing("year", (("year", str(asked[0])),))
    if invented := invented_names(query.text, searcher):
        yield Missing("name", (("term", invented[0]),))


def _place_without_rules(question: str, texts: str, searcher: Searcher) -> str | None:
    """A city the clauses do not speak of, or a district whose own rules are not among the documents."""
    place = other_place(question)
    if place and place not in texts:
        return place
    district = district_rules(question)
    issuers = [document.issuer for document in searcher.documents.values()]
    return district if district and not any(district in issuer for issuer in issuers) else None


def invented_names(question: str, searcher: Searcher) -> list[str]:
    """Names in quotation marks that no document holds: a measure somebody made up, or misheard."""
    names = [name for pair in _QUOTED.findall(question) for name in pair if 3 <= len(name) <= 16]
    return [name for name in names if not _COUNTED.search(name) and not searcher.mentions(name)]


def _covers(year: int, texts: str, searcher: Searcher) -> bool:
    documents = searcher.documents.values()
    if any(first <= year <= first + 4 for name, first in FIVE_YEAR_PLANS.items() if name in texts):
        return True
    return str(year) in texts or any(
        str(year) in d.number or (d.issued and d.issued.year == year) for d in documents
    )


def _rest_answered(query: Query) -> bool:
    """Whether the question has a part besides the one that is missing."""
    clauses = [
        c
        for c in re.split(r"[?？。;；，,]", query.text)
        if re.search(r"什么|哪|谁|多少|吗|几|怎么|啥|没有|没$", c)
    ]
    plain = [c for c in clauses if not asks_for(c)]
    return bool(plain) and len(clauses) >= 2


def _refusal(query: Query, draft: Draft, said: str) -> Draft:
    """Say what is missing and whom to ask; the clauses become related ones."""
    related = tuple(replace(citation, related=True) for citation in draft.citations[:3])
    bodies = next((c.clause.departments for c in related if c.clause.departments), ())
    lines = [reply(query.language, "status", "not_in_documents", missing=said)]
    lines.append(
        reply(query.language, "lead", "ask_where", departments="、".join(bodies[:3]))
        if bodies
        else reply(query.language, "lead", "ask_hotline")
    )
    lines.append("\n" + reply(query.language, "lead", "related"))
    lines += [_related_line(citation) for citation in related]
    return Draft("\n".join(lines), related, Status.NOT_IN_DOCUMENTS, draft.composer)


def _related_line(citation: Citation) -> str:
    return f"- {name_of(citation.document, citation.clause)} [{citation.marker}]"
