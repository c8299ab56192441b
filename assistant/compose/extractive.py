"""Evidence → draft without a language model: the sentence that answers, then each clause with its words.

Every sentence is either quoted from a clause or made from metadata by a fixed reply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.asking import intents_of
from assistant.compose.choose import choose
from assistant.compose.dates import compose_dates, documents_asked
from assistant.compose.extract import Extract, extract
from assistant.compose.listing import bodies_named, compose_contents, compose_duties, compose_lookup
from assistant.compose.premise import correction
from assistant.compose.wording import bodies_of, name_of, quoted, remarks, source_of
from assistant.prompts import reply
from assistant.retrieve import retrieve
from assistant.types import Citation, Draft, Evidence, Query, Status
from index.search import Searcher
from index.types import ClauseRef, Document, Hit

_LONG, _SHORT = 200, 100  # characters quoted of the best clause, of the others
_FULL = 4  # clauses of a list that are quoted; the others are named
_ALL = 99
# What else is asked beside dates is answered if a clause answers it at least this likely.
_SURE_OF_REST = 0.02
# What a document says, not how long it lasts.
_ASKS_CONTENT = re.compile(
    r"目标|营收|产值|增加值|占比|多少(?!年|天|久)|几[家个成亿]|谁"
    r"|how (?:many|much)|targets?\b|revenue|\bsay on\b|\bsay about\b",
    re.IGNORECASE,
)
_UNFOLD = re.compile(
    r"展开|详细|细说|具体(?:内容|讲|说|写)|全文|原文|怎么写的|说了(?:什么|啥)"
    r"|in full|full text|word for word|verbatim|elaborate|more detail|exact (?:text|wording)",
    re.IGNORECASE,
)


def compose(query: Query, evidence: Evidence, searcher: Searcher, as_of: date) -> Draft:
    """A draft with one citation a clause; empty where nothing fits."""
    if special := _special(query, evidence, searcher, as_of):
        return replace(special, exact=True)
    hits = choose(query, evidence, searcher, as_of)
    if not hits:
        return Draft("", (), Status.NOT_IN_DOCUMENTS)
    hits = _by_document(hits)
    found = [_found(query, hit, at, searcher, as_of) for at, hit in enumerate(hits, start=1)]
    lead, opened = _lead(query, found, as_of)
    wrong = correction(query, found[0].citation, found[0].extract.best)
    if wrong:
        said = reply(query.language, "lead", "corrects", said=wrong.said, actual=wrong.actual)
        lead = f"{said} [{found[0].citation.marker}]\n{lead}"
    if query.intent == "department" and len(found) > 1:  # clause by clause, said in the lead already
        return Draft(lead, tuple(one.citation for one in found), Status.ANSWERED)
    lines = clause_lines(query, found, as_of, opened=opened)
    cited = tuple(one.citation for one in found)
    return Draft("\n".join([lead, "", *lines]), cited, Status.ANSWERED, corrected=wrong is not None)


def clause_lines(query: Query, found: Sequence[Found], as_of: date, *, opened: bool = False) -> list[str]:
    """A line for each clause, the last of many in one; `opened`: the first one's best words are told already."""
    lines, before = [], set[str]()
    for one in found[:_FULL]:
        told = opened and one is found[0]
        lines.append(_line(query, one, as_of, told=told, dated=one.citation.document.number in before))
        before.add(one.citation.document.number)
    if rest := [
        f"{name_of(one.citation.document, one.citation.clause)} [{one.citation.marker}]"
        for one in found[_FULL:]
    ]:
        lines.append(f"- {reply(query.language, 'lead', 'see_also')}{'；'.join(rest)}")
    return lines


def _special(query: Query, evidence: Evidence, searcher: Searcher, as_of: date) -> Draft | None:
    """Answers that come from structure and metadata rather than from the best sentences."""
    if query.intent == "duties" and (bodies := bodies_named(query.text)):
        return compose_duties(query, bodies, searcher, as_of)
    if query.intent == "contents" and len(query.documents) == 1:
        return compose_contents(query, searcher.documents[query.documents[0]], as_of)
    if query.intent == "validity" and (about := documents_asked(query, evidence, searcher)):
        draft = compose_dates(query, about, as_of)
        draft = _with_rest(query, draft, about, searcher, as_of)
        return _with_departments(query, draft, evidence, searcher, as_of)
    if query.intent in ("general", "whether") and (wanted := query.refs or _to_unfold(query)):
        return compose_lookup(query, wanted, searcher, as_of)
    return None


def _to_unfold(query: Query) -> tuple[ClauseRef, ...]:
    """The one clause that the talk is about, if the question asks for the whole of it (`第二条展开讲讲`)."""
    return query.carried if len(query.carried) == 1 and _UNFOLD.search(query.text) else ()


def _with_departments(
    query: Query, draft: Draft, evidence: Evidence, searcher: Searcher, as_of: date
) -> Draft:
    """Dates and departments, where one question asks for both."""
    if "department" not in intents_of(query.text):
        return draft
    both = compose(replace(query, intent="department"), evidence, searcher, as_of)
    if not any(citation.clause.departments for citation in both.citations):
        return draft
    return _joined(draft, both)


def _with_rest(
    query: Query, draft: Draft, documents: Sequence[Document], searcher: Searcher, as_of: date
) -> Draft:
    """Dates and what else one question asks of the one document (`没写的话它的目标瞄到哪年`)."""
    rest = [ask for ask in query.asks if _ASKS_CONTENT.search(ask) and "department" not in intents_of(ask)]
    if len(documents) != 1 or len(rest) == len(query.asks) or not rest or query.parts:
        return draft
    part = replace(
        query,
        text=rest[0],
        standalone=rest[0],
        topic=rest[0],
        intent="general",
        asks_for=frozenset(),
        documents=(documents[0].number,),
        asks=(),
    )
    evidence = retrieve(part, searcher, as_of)
    best = evidence.ranked[:1]
    if not best or searcher.confidence(rest[0], best) < _SURE_OF_REST:
        return draft
    return _joined(draft, compose(part, evidence, searcher, as_of))


def _joined(first: Draft, second: Draft) -> Draft:
    """One answer after another, the second's markers going on from the first's."""
    moved = [replace(c, marker=c.marker + len(first.citations)) for c in second.citations]
    text = second.text
    for old, new in zip(reversed(second.citations), reversed(moved), strict=True):
        text = text.replace(f"[{old.marker}]", f"[{new.marker}]")
    return Draft(f"{first.text}\n\n{text}", (*first.citations, *moved), Status.ANSWERED)


@dataclass(frozen=True, slots=True)
class Found:
    """A clause to cite and what is quoted of it."""

    citation: Citation
    extract: Extract


def _found(query: Query, hit: Hit, marker: int, searcher: Searcher, as_of: date) -> Found:
    document, clause = searcher.documents[hit.ref.document_number], searcher.clauses[hit.ref]
    several = len({*query.documents, *query.hinted}) > 1
    about = query.subject if several and query.subject else query.standalone
    quote = extract(about, clause, searcher, _LONG if marker == 1 else _SHORT, query.asks)
    return Found(Citation(marker, document, clause, quote.best, document.validity(as_of)), quote)


def _lead(query: Query, found: Sequence[Found], as_of: date) -> tuple[str, bool]:
    """The first sentence, and whether it already holds the best words of the first clause.

    Departments where they are asked for, an announcement before a list, else the words that answer.
    """
    top, language = found[0].citation, query.language
    if query.intent == "department" and any(one.citation.clause.departments for one in found):
        return "\n".join(_in_charge(one.citation, language, several=len(found) > 1) for one in found), False
    if query.intent == "support" and len(found) > 1:
        return reply(language, "lead", "several"), False
    if query.intent == "compare" and len({one.citation.document.number for one in found}) > 1:
        return reply(language, "lead", "compare"), False
    return f"{source_of(top, as_of, language)}{quoted(found[0].extract.best)} [{top.marker}]", True


def _in_charge(citation: Citation, language: str, *, several: bool) -> str:
    """Who is responsible for a clause, or that its document names nobody; by name where there are several."""
    name = name_of(citation.document, citation.clause)
    if not citation.clause.departments:
        return f"{reply(language, 'lead', 'departments_unnamed', document=name)} [{citation.marker}]"
    said = reply(language, "lead", "departments", departments=bodies_of(citation.clause, _ALL))
    return f"{name}：{said} [{citation.marker}]" if several else f"{said} [{citation.marker}]"


def _by_document(hits: Sequence[Hit]) -> list[Hit]:
    """The clauses of one document together, documents and clauses in the order of their best."""
    first = {hit.ref.document_number: at for at, hit in reversed([*enumerate(hits)])}
    return sorted(hits, key=lambda hit: first[hit.ref.document_number])


def _line(query: Query, found: Found, as_of: date, *, told: bool, dated: bool) -> str:
    """One clause: where it stands, departments and term, its words (the best ones only if not told yet).

    The term of a document in force is told once (`dated`); that one is over is told of every clause.
    """
    citation = found.citation
    quotes = found.extract.others if told else found.extract.in_order(citation.clause.text)
    shown = "……".join(map(quoted, quotes))
    bodies = 0 if query.intent == "department" else _ALL if citation.marker == 1 else 3
    if query.intent == "compare" and "department" in intents_of(query.text):
        bodies = _ALL
    remark = remarks(citation, as_of, query.language, bodies=bodies, dated=dated)
    head = f"- **{name_of(citation.document, citation.clause)}**" + (f"（{remark}）" if remark else "")
    return f"{head}：{shown} [{citation.marker}]" if shown else f"{head} [{citation.marker}]"
