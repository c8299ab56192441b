"""Evidence → draft without a language model: the sentence that answers, then each clause with its words.

Every sentence is either quoted from a clause or made from metadata by a fixed reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.cite import quote_in, renumber
from assistant.compose.choose import best_sentence, choose, pick_sentences
from assistant.prompts import reply
from assistant.types import Citation, Draft, Evidence, Query, Status
from assistant.validity import dates, spoken, term
from index.search import Searcher
from index.types import Clause, Document, Hit, Kind


def compose(query: Query, evidence: Evidence, searcher: Searcher, as_of: date) -> Draft:
    """A draft with one citation a clause; empty where nothing fits."""
    if query.intent == "validity" and (about := _documents_asked(query, evidence, searcher)):
        return _of_dates(query, about, as_of)
    hits = choose(query, evidence, searcher, as_of)
    if not hits:
        return Draft("", (), Status.NOT_IN_DOCUMENTS)
    citations = renumber([_citation(query, hit, at == 0, searcher, as_of) for at, hit in enumerate(hits)])
    lines = [_lead(query, citations, searcher), ""]
    lines += [_line(query, citation, as_of) for citation in citations]
    return Draft("\n".join(lines).strip(), citations, Status.ANSWERED)


def _citation(query: Query, hit: Hit, first: bool, searcher: Searcher, as_of: date) -> Citation:
    document, clause = searcher.documents[hit.ref.document_number], searcher.clauses[hit.ref]
    quote = quote_in(clause.text, pick_sentences(query.standalone, clause, searcher, first=first))
    return Citation(0, document, clause, quote or clause.text, document.validity(as_of))


def _lead(query: Query, citations: Sequence[Citation], searcher: Searcher) -> str:
    """The first sentence: the departments where they are asked for, else the best sentence of the best clause."""
    top = citations[0]
    if query.intent == "department" and top.clause.departments:
        listing = "、".join(top.clause.departments)
        return reply(query.language, "lead", "departments", departments=listing) + f" [{top.marker}]"
    if query.intent == "support" and len(citations) > 1:
        return reply(query.language, "lead", "several")
    if query.intent == "compare" and len({c.document.number for c in citations}) > 1:
        return reply(query.language, "lead", "compare")
    candidates = pick_sentences(query.standalone, top.clause, searcher, first=True)
    return f"{reply(query.language, 'lead', 'answer')}“{best_sentence(query.standalone, candidates, searcher)}” [{top.marker}]"


def _line(query: Query, citation: Citation, as_of: date) -> str:
    """One clause: where it stands, its words, departments and term."""
    document, clause = citation.document, citation.clause
    remarks = [term(document, as_of, query.language)]
    if clause.departments:
        remarks.insert(0, f"{reply(query.language, 'words', 'departments')}：{'、'.join(clause.departments)}")
    quote = citation.quote.replace("\n", " ")
    return f"- **{name_of(document, clause)}**：“{quote}” [{citation.marker}]（{'；'.join(remarks)}）"


def name_of(document: Document, clause: Clause) -> str:
    """沪府办发〔2025〕5号 第16条 降低融资成本."""
    edge = clause.kind in (Kind.HEADER, Kind.PREAMBLE, Kind.CLOSING, Kind.PARAGRAPH)
    title = "" if edge or clause.title in clause.label else f" {clause.title}"
    return f"{document.number} {clause.label}{title}"


def _documents_asked(query: Query, evidence: Evidence, searcher: Searcher) -> list[Document]:
    """The documents whose dates are asked for: those named; all where none is and the question says “documents”."""
    if query.documents:
        return [searcher.documents[number] for number in query.documents]
    if (
        any(word in query.text for word in ("文件", "政策", "规定", "documents", "policies"))
        and not query.refs
    ):
        top = evidence.ranked[0] if evidence.ranked else None
        if "哪" in query.text or "最新" in query.text or top is None:
            return sorted(searcher.documents.values(), key=lambda d: str(d.issued), reverse=True)
    return []


def _of_dates(query: Query, documents: Sequence[Document], as_of: date) -> Draft:
    citations: list[Citation] = []
    lines: list[str] = []
    for document in documents:
        found = _date_citations(document, as_of)
        marks = "".join(f"[{len(citations) + at}]" for at in range(1, len(found) + 1))
        citations += found
        lines.append(
            f"{document.number}《{document.title}》：{dates(document, as_of, query.language)}。{marks}"
        )
        rule = next((c.quote for c in found if "从其规定" in c.quote), "")
        if rule:
            lines.append(f"“{rule}”{marks}")
    status = Status.ANSWERED if citations else Status.NOT_IN_DOCUMENTS
    return Draft(
        "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0], renumber(citations), status
    )


def _date_citations(document: Document, as_of: date) -> list[Citation]:
    """The clauses in which the document's dates stand, with the words that state them."""
    wanted = [
        spoken(day, "zh") for day in (document.effective_to, document.effective_from, document.signed) if day
    ]
    found: dict[str, Citation] = {}
    for clause in document.clauses:
        if clause.kind not in (Kind.HEADER, Kind.PREAMBLE, Kind.CLOSING, Kind.PARAGRAPH):
            continue
        lines = [line for line in clause.text.splitlines() if any(day in line for day in wanted)]
        if lines:
            quote = quote_in(clause.text, lines[:1])
            found[clause.path] = Citation(0, document, clause, quote, document.validity(as_of))
            wanted = [day for day in wanted if not any(day in line for line in lines)]
    return list(found.values())
