"""Query + index → Evidence: the ranking, what is kept for the answer, and what was turned down and why.

Named clauses come first; named documents narrow the search; a plan whose period is over gives way to documents
in force unless the question looks back to it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from assistant.scope import figures_of, looks_back
from assistant.types import Evidence, Query, Rejected
from assistant.understand import profile_words
from index.references import issued_by_district
from index.search import Searcher
from index.types import ClauseRef, Document, Hit, Kind, Validity

DEPTH = 20
_POOL = 60
# What an ended plan loses against documents in force, in standard deviations of the ranking.
_OVER_PENALTY = 3.0
# What a clause of another document loses when the question names documents.
_ELSEWHERE_PENALTY = 3.0
# A clause that the question names comes before all others; one that the talk was about has a head start.
_FIRST = 100.0
_CARRIED_BONUS = 5.0
_HINT_BONUS = 1.5
# A chapter on what was achieved tells no firm what there is for it.
_PAST_PENALTY = 3.0
_PAST = re.compile(r"发展基础|发展现状|基本情况|发展成效|存在.{0,4}问题|发展形势")
# Titles and closing paragraphs repeat the document's name and say little else.
_EDGE_PENALTY = 2.0
_EDGES = (Kind.HEADER, Kind.PREAMBLE, Kind.CLOSING)
# A clause that holds the very figure a question names (`都有个75%`) is likely the one that is meant.
_FIGURE_BONUS = 1.5
# `养老专栏` names a box by what it is about.
_BOX_BONUS = 3.0
_OVER = (Validity.PERIOD_OVER, Validity.EXPIRED)


def retrieve(query: Query, searcher: Searcher, as_of: date, depth: int = DEPTH) -> Evidence:
    """Search for the question and its parts; the `depth` best by what is known of documents and validity."""
    pool = _search(query, searcher, max(_POOL, depth))
    ranked, rejected = [], []
    for hit in pool:
        clause = searcher.clauses[hit.ref]
        if (
            clause.kind is Kind.HEADING
            and len(clause.text) < 45
            and hit.ref not in (*query.refs, *query.carried)
        ):
            rejected.append(Rejected(hit, "heading without text of its own"))
            continue
        ranked.append(replace(hit, score=hit.score + _adjustment(hit, query, searcher, as_of)))
    ranked.sort(key=lambda hit: -hit.score)
    return Evidence(kept=tuple(ranked[:depth]), ranked=tuple(ranked[:depth]), rejected=tuple(rejected))


def _search(query: Query, searcher: Searcher, pool: int) -> list[Hit]:
    text, context = query.topic, profile_words(query.profile)
    best: dict[ClauseRef, Hit] = {hit.ref: hit for hit in searcher.search(text, pool, context=context)}
    for ref in (
        *query.refs,
        *query.carried,
    ):  # named in the question or carried over: in the pool whatever its words
        best.setdefault(ref, Hit(ref, 0.0))
    for hit in searcher.search(query.keywords, _POOL, context=context) if query.keywords else ():
        best[hit.ref] = max(hit, best.get(hit.ref, hit), key=lambda one: one.score)
    for clause in searcher.clauses.values() if query.figures and query.documents else ():
        if clause.ref.document_number in query.documents and set(query.figures) & _figures(clause.text):
            best.setdefault(clause.ref, Hit(clause.ref, 0.0))
    several = len({*query.documents, *query.hinted}) > 1
    for number in (*query.documents, *query.hinted, *query.talked_of):  # searched on its own ground
        for hit in searcher.search(text, _POOL, context=context, within=number):
            best.setdefault(hit.ref, hit)
        if several and query.subject:  # by what is compared, not by the names of what is compared
            for hit in searcher.search(query.subject, _POOL, within=number):
                best[hit.ref] = max(hit, best.get(hit.ref, hit), key=lambda one: one.score)
    return list(best.values())


def _adjustment(hit: Hit, query: Query, searcher: Searcher, as_of: date) -> float:
    document = searcher.documents[hit.ref.document_number]
    total = 0.0
    if hit.ref in query.refs:
        total += _FIRST
    elif hit.ref in query.carried:
        total += _CARRIED_BONUS
    if (
        searcher.clauses[hit.ref].kind in _EDGES
        and query.intent not in ("validity", "department")
        and not query.refs
    ):
        total -= _EDGE_PENALTY
    if query.figures and any(figure in _figures(searcher.clauses[hit.ref].text) for figure in query.figures):
        total += _FIGURE_BONUS
    if "专栏" in query.text and searcher.clauses[hit.ref].kind is Kind.BOX:
        total += _BOX_BONUS
    if _tells_of_the_past(hit, searcher) and query.intent in ("support", "whether", "department"):
        total -= _PAST_PENALTY
    if document.number in query.talked_of:
        total += _HINT_BONUS
    if document.number in query.hinted:
        total += _HINT_BONUS
    elif query.documents and document.number not in query.documents:
        total -= _ELSEWHERE_PENALTY
    if _gives_way(document, query, as_of):
        total -= _OVER_PENALTY
    return total


@lru_cache(maxsize=4096)
def _figures(text: str) -> frozenset[str]:
    return frozenset(figures_of(text))


def _tells_of_the_past(hit: Hit, searcher: Searcher) -> bool:
    """Whether a clause stands in a plan's account of the years before it."""
    clause = searcher.clauses[hit.ref]
    return any(_PAST.search(heading) for heading in (*clause.headings, clause.title))


def _gives_way(document: Document, query: Query, as_of: date) -> bool:
    if document.validity(as_of) not in _OVER or document.number in (*query.documents, *query.hinted):
        return False
    return not looks_back(query.standalone, as_of) and not issued_by_district(query.standalone, document)
