"""Evidence → draft without a language model: the sentence that answers, then each clause with its words.

Every sentence is either quoted from a clause or made from metadata by a fixed reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.cite import quote_in, renumber
from assistant.compose.choose import choose
from assistant.compose.extract import Extract, extract
from assistant.prompts import reply
from assistant.types import Citation, Draft, Evidence, Query, Status
from assistant.validity import dates, spoken, term
from index.search import Searcher
from index.types import Clause, Document, Hit, Kind

_LONG, _SHORT = 200, 100  # characters quoted of the best clause, of the others


def compose(query: Query, evidence: Evidence, searcher: Searcher, as_of: date) -> Draft:
    """A draft with one citation a clause; empty where nothing fits."""
    if query.intent == "validity" and (about := _documents_asked(query, evidence, searcher)):
        return _of_dates(query, about, as_of)
    hits = choose(query, evidence, searcher, as_of)
    if not hits:
        return Draft("", (), Status.NOT_IN_DOCUMENTS)
    found = [_found(query, hit, at, searcher, as_of) for at, hit in enumerate(hits, start=1)]
    lead, opened = _lead(query, found)
    lines = [_line(query, one, as_of, told=opened and at == 0) for at, one in enumerate(found)]
    return Draft("\n".join([lead, "", *lines]), tuple(one.citation for one in found), Status.ANSWERED)


@dataclass(frozen=True, slots=True)
class _Found:
    """A clause to cite and what is quoted of it."""

    citation: Citation
    extract: Extract


def _found(query: Query, hit: Hit, marker: int, searcher: Searcher, as_of: date) -> _Found:
    document, clause = searcher.documents[hit.ref.document_number], searcher.clauses[hit.ref]
    budget = len(clause.text) if hit.ref in query.refs else _LONG if marker == 1 else _SHORT
    quoted = extract(query.standalone, clause, searcher, budget)
    return _Found(Citation(marker, document, clause, quoted.quote, document.validity(as_of)), quoted)


def _lead(query: Query, found: Sequence[_Found]) -> tuple[str, bool]:
    """The first sentence, and whether it already holds the best sentence of the first clause.

    Departments where they are asked for, an announcement before a list, else the sentence that answers.
    """
    top, language = found[0].citation, query.language
    if query.intent == "department" and top.clause.departments:
        listing = "、".join(top.clause.departments)
        return f"{reply(language, 'lead', 'departments', departments=listing)} [{top.marker}]", False
    if query.intent == "support" and len(found) > 1:
        return reply(language, "lead", "several"), False
    if query.intent == "compare" and len({one.citation.document.number for one in found}) > 1:
        return reply(language, "lead", "compare"), False
    return f"{reply(language, 'lead', 'answer')}“{_flat(found[0].extract.best)}” [{top.marker}]", True


def _line(query: Query, found: _Found, as_of: date, *, told: bool) -> str:
    """One clause: where it stands, its words (the best sentence only if not told yet), departments and term."""
    citation, words = found.citation, found.extract
    quotes = words.others if told else _in_order(citation.clause.text, words)
    shown = "……".join(f"“{_flat(quote)}”" for quote in quotes)
    name = name_of(citation.document, citation.clause)
    remark = _remarks(query, citation, as_of, whole=citation.marker == 1)
    return f"- **{name}**{'：' if shown else ' '}{shown}{' ' if shown else ''}[{citation.marker}]（{remark}）"


def _in_order(text: str, words: Extract) -> list[str]:
    """The stretches to show, the one with the best sentence among them."""
    others = [quote for quote in words.others if quote not in words.quote]
    return sorted([words.quote, *others], key=text.find)


def _flat(quote: str) -> str:
    return quote.replace("\n", " ").strip()


def _remarks(query: Query, citation: Citation, as_of: date, *, whole: bool) -> str:
    """Departments (three, if the clause is not the first) and the document's term."""
    said, bodies = [term(citation.document, as_of, query.language)], citation.clause.departments
    if bodies and query.intent != "department":
        listing = "、".join(bodies if whole else bodies[:3]) + ("等" if not whole and len(bodies) > 3 else "")
        said.insert(0, f"{reply(query.language, 'words', 'departments')}：{listing}")
    return "；".join(said)


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
