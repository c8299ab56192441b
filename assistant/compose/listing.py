"""Answers made from structure: a clause in full, what a department is in charge of, what a document consists of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from assistant.compose.extract import whole
from assistant.compose.wording import name_of, quoted, remarks
from assistant.figures import departments
from assistant.prompts import reply
from assistant.types import Citation, Draft, Query, Status
from index import english, lexicon
from index.references import clause_count
from index.search import Searcher
from index.types import Clause, ClauseRef, Document, Kind

_ALL = 99


def compose_lookup(query: Query, refs: Sequence[ClauseRef], searcher: Searcher, as_of: date) -> Draft:
    """The named clauses word for word, each with departments, term, and what stands under it."""
    citations, lines = [], []
    for marker, ref in enumerate(refs, start=1):
        document, clause = searcher.documents[ref.document_number], searcher.clauses[ref]
        citation = Citation(marker, document, clause, whole(clause), document.validity(as_of))
        remark = remarks(citation, as_of, query.language, bodies=_ALL)
        lines.append(f"**{name_of(document, clause)}**（{remark}）：{quoted(citation.quote)} [{marker}]")
        lines += [f"- {child.title}" for child in _children(document, clause)]
        citations.append(citation)
    return Draft("\n\n".join(lines), tuple(citations), Status.ANSWERED)


def _children(document: Document, clause: Clause) -> list[Clause]:
    """The clauses right under a heading."""
    if clause.kind is not Kind.HEADING:
        return []
    under = re.compile(re.escape(clause.path) + r"(?:/[^/#]+|#[^/]+)$")
    return [other for other in document.clauses if under.match(other.path)]


def bodies_named(question: str) -> tuple[str, ...]:
    """The public bodies that a question names, under every name they go by."""
    rows = lexicon.load("departments")
    question = " ".join([question, *english.read(question).words])
    said = departments(question) | {
        name for row in rows.values() for name in row.get("names", ()) if name in question
    }
    found = [(key, *row.get("names", ())) for key, row in rows.items() if said & {key, *row.get("names", ())}]
    return tuple(name for names in found for name in names)


def compose_duties(query: Query, names: Iterable[str], searcher: Searcher, as_of: date) -> Draft:
    """Every clause whose responsible bodies include the one asked about."""
    wanted = set(names)
    hits = [c for c in searcher.clauses.values() if wanted & set(c.departments) and _in_scope(query, c)]
    citations = tuple(
        Citation(at, document, clause, clause.text, document.validity(as_of))
        for at, clause in enumerate(hits, start=1)
        for document in [searcher.documents[clause.ref.document_number]]
    )
    body = next((name for clause in hits for name in clause.departments if name in wanted), "")
    lead = reply(query.language, "lead", "duties", department=body)
    lines = [f"- {name_of(c.document, c.clause)} [{c.marker}]" for c in citations]
    return Draft(
        "\n".join([lead, "", *lines]), citations, Status.ANSWERED if citations else Status.NOT_IN_DOCUMENTS
    )


def _in_scope(query: Query, clause: Clause) -> bool:
    return not query.documents or clause.ref.document_number in query.documents


def compose_contents(query: Query, document: Document, as_of: date) -> Draft:
    """What a document consists of: its parts, and how many measures are numbered through."""
    tops = [c for c in document.clauses if "/" not in c.path and c.kind in (Kind.HEADING, Kind.ITEM)]
    measures = [c for c in document.clauses if re.fullmatch(r"第\(?.+?\)?条", c.label)]
    last = measures[-1:]
    validity = document.validity(as_of)
    citations = tuple(
        Citation(at, document, c, whole(c) if c in last else c.text, validity)
        for at, c in enumerate([*tops, *last], 1)
    )
    unit, count = clause_count(document)
    name = f"{document.number}《{document.title}》"
    lead = reply(query.language, "lead", "contents", document=name, count=f"{count}{unit}" if unit else "")
    lines = [f"- {c.clause.text.splitlines()[0][:40]} [{c.marker}]" for c in citations[: len(tops)]]
    if last:
        lines.append(
            f"- {reply(query.language, 'lead', 'last_measure')}{last[0].label} {last[0].title} [{len(citations)}]"
        )
    return Draft("\n".join([lead, "", *lines]), citations, Status.ANSWERED)
