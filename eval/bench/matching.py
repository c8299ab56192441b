"""How fast a firm is held against every measure: of the documents, and of ten thousand."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from assistant.applicability import match
from assistant.types import Profile
from index.facets import is_measure, offers_of
from index.types import ClauseRef, Document

FIRM = Profile("广告业", "静安区", "中小微企业", ("AI", "有出海计划"))
MANY = 10_000


def matching(documents: Mapping[str, Document], as_of: date) -> dict[str, float]:
    """`match_first_ms`, `match_ms` over the documents and `match_many_first_s`, `match_many_s` over `MANY` measures.

    First: no sentence has been read for its facets, as in a new process.
    """
    first, again = _twice(documents, as_of)
    many_first, many = _twice(repeated(documents, MANY), as_of)
    return {
        "match_first_ms": 1000 * first,
        "match_ms": 1000 * again,
        "match_many_first_s": many_first,
        "match_many_s": many,
    }


def repeated(documents: Mapping[str, Document], count: int) -> dict[str, Document]:
    """The measures again and again, each under a name of its own, until there are so many; none without measures."""
    found: dict[str, Document] = {}
    left = count
    measures = {number: [c for c in one.clauses if is_measure(c)] for number, one in documents.items()}
    while left > 0 and any(measures.values()):
        for document in documents.values():
            number = f"{document.number}-{len(found)}"
            clauses = tuple(
                replace(clause, ref=ClauseRef(number, clause.path))
                for clause in measures[document.number][:left]
            )
            found[number] = replace(document, number=number, clauses=clauses)
            left -= len(clauses)
    return found


def _twice(documents: Mapping[str, Document], as_of: date) -> tuple[float, float]:
    """Seconds of the first time and of the middle one of three after it."""
    offers_of.cache_clear()
    times = []
    for _ in range(4):
        start = time.perf_counter()
        match(FIRM, documents, as_of)
        times.append(time.perf_counter() - start)
    return times[0], sorted(times[1:])[1]
