"""What an agent types → the clauses to choose from, and what to say of them.

In: the text of the box, whatever it holds, and filters.  Out: `Found`.  Named clauses come first (`5号文16`), then
those beside them, then what the search finds in the order of the answers' own ranking.  Without a text: what the
filters leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.compose.extract import told_sentences
from assistant.converse import standalone
from assistant.retrieve import DEPTH, retrieve
from assistant.session import Session
from assistant.types import MissingRef, Query, Question
from assistant.ui.lookup_filters import NO_FILTERS, Choices, Filters
from assistant.understand import understand
from index.numerals import NUMERAL, to_int
from index.query import normalised
from index.references import find_clauses, find_documents, having_clause, without_names
from index.search import Searcher
from index.types import Clause, ClauseRef, Document, Kind

# More than anybody reads with a caller on the line.
SHOWN = 20
# A document's own list is for going through.
LISTED = 60
# In letters; a caller's question, not a letter of complaint.
LONGEST = 200
# Below this the documents hardly speak of it: the bound under which answers refuse (assistant/decide.py).
STRANGE = 0.15
# So many clauses beside the one that was named, or that does not exist.
_BESIDE = 2

_NUMBER = rf"(?:\d{{1,3}}|{NUMERAL})"
# `5号文16`, `5号16`, `若干措施 十六`: people leave 第 and 条 out.
_SHORT = re.compile(rf"^(?P<document>.*?\D)\s*第?(?P<number>{_NUMBER})[条款]?$")
_BARE_NUMBER = re.compile(r"^(\d{1,4})号$")
_STRAY = " /，,。.、；;：:？?！!"
_ARTICLE = re.compile(r"第\(?(.+?)\)?条|专栏(\d+)")


class Why(StrEnum):
    """How a clause came into the list."""

    NAMED = "named"
    BESIDE = "beside"
    FOUND = "found"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the box and the filters hold."""

    text: str = ""
    filters: Filters = NO_FILTERS

    @classmethod
    def read(cls, sent: Any) -> Asked:
        """From what a browser sent, whatever that is."""
        given = sent if isinstance(sent, dict) else {}
        return cls(str(given.get("text") or "")[:LONGEST].strip(), Filters.read(given.get("filters")))


@dataclass(frozen=True, slots=True)
class Row:
    """One result; `quote` is the sentence of the clause that fits best, word for word."""

    document: Document
    clause: Clause
    quote: str
    why: Why


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say above the list: a label of the area's words, and its fields."""

    label: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Found:
    """The list, how many there were, and whether the documents speak of it at all."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    notices: tuple[Notice, ...] = ()
    known: bool = True


class Finder:
    """Looks clauses up in the session's index as it stands now: a question that was just added counts at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.choices = Choices(session.documents)

    def find(self, asked: Asked, as_of: date) -> Found:
        """The list for a text and filters."""
        searcher = self._session.searcher
        text = spelt_out(normalised(asked.text), searcher.documents)
        if not any(char.isalnum() for char in text):
            nothing = asked.text or not asked.filters
            return Found() if nothing else self._listed(searcher.clauses.values(), asked.filters, as_of)
        query = _understood(text, as_of, searcher)
        asks = about(text, searcher) if _names_something(query) else text
        if query.documents and not (query.refs or query.missing_refs or asks):
            clauses = [c for number in query.documents for c in searcher.documents[number].clauses]
            return self._listed(clauses, asked.filters, as_of)
        return self._searched(query, asks, asked.filters, as_of)

    def quote(self, typed: str, clause: Clause) -> str:
        """The sentence of a clause that fits a typed text best; its first one where none was typed."""
        searcher = self._session.searcher
        text = spelt_out(normalised(typed[:LONGEST]), searcher.documents)
        return _quotes(about(text, searcher), [clause], searcher)[0]

    def _listed(self, clauses: Iterable[Clause], filters: Filters, as_of: date) -> Found:
        fitting = [c for c in clauses if _telling(c) and self.choices.fits(c, filters, as_of)]
        documents = self._session.documents
        rows = [
            Row(documents[c.ref.document_number], c, told_sentences(c)[0], Why.LISTED)
            for c in fitting[:LISTED]
        ]
        return Found(tuple(rows), len(fitting))

    def _searched(self, query: Query, asks: str, filters: Filters, as_of: date) -> Found:
        searcher = self._session.searcher
        hits = retrieve(query, searcher, as_of, len(searcher.clauses) if filters else DEPTH).ranked
        why: dict[ClauseRef, Why] = dict.fromkeys(_named(query, searcher), Why.NAMED)
        for ref in _beside(query, why, searcher.documents):
            why.setdefault(ref, Why.BESIDE)
        for hit in hits if asks else ():
            why.setdefault(hit.ref, Why.FOUND)
        kept = {ref: w for ref, w in why.items() if self._keeps(searcher.clauses[ref], filters, as_of)}
        known = not asks or searcher.known_ground(query.standalone, hits) >= STRANGE
        rows = _rows(list(kept.items())[:SHOWN], asks, searcher)
        return Found(rows, len(kept), tuple(_notices(query, known, kept)), known)

    def _keeps(self, clause: Clause, filters: Filters, as_of: date) -> bool:
        return not filters or self.choices.fits(clause, filters, as_of)


def spelt_out(text: str, documents: Mapping[str, Document]) -> str:
    """`5号文16` → `5号文第16条`, `5号` → `5号文`; any other text as it is."""
    text = _BARE_NUMBER.sub(r"\1号文", text.strip(_STRAY))
    short = _SHORT.match(text)
    if not short:
        return text
    name = _BARE_NUMBER.sub(r"\1号文", short["document"].strip())
    named = find_documents(name, documents)
    if len(named) != 1 or without_names(name, documents).strip(" 的第"):
        return text
    return f"{name}第{short['number']}条"


def _understood(text: str, as_of: date, searcher: Searcher) -> Query:
    question = Question(text, as_of)
    return understand(question, standalone(text, (), searcher.documents), searcher.documents)


def _names_something(query: Query) -> bool:
    return bool(query.documents or query.refs or query.missing_refs or query.ambiguous)


def about(text: str, searcher: Searcher) -> str:
    """What a text says beside the names of documents and clauses in it; nothing where it only names them."""
    rest = without_names(text, searcher.documents)
    for mention in find_clauses(text, searcher.documents):
        rest = rest.replace(mention.text, " ")
    rest = rest.strip()
    return rest if any(char.isalnum() for char in rest) else ""


def _named(query: Query, searcher: Searcher) -> list[ClauseRef]:
    """The clauses that a text names; where it names no document, that clause of each document that has one."""
    if not query.ambiguous or query.unknown_documents:
        return list(query.refs)
    found = []
    for number in having_clause(query.text, searcher.documents):
        document = searcher.documents[number]
        mentions = find_clauses(query.text, {number: document}, [document])
        found += [mention.clause.ref for mention in mentions if mention.clause]
    return found


def _beside(
    query: Query, named: Iterable[ClauseRef], documents: Mapping[str, Document]
) -> Iterator[ClauseRef]:
    """The clauses before and after the one that was named, or nearest by number to one that does not exist."""
    refs = list(named)
    if len(refs) == 1:
        yield from (c.ref for c in neighbours(documents[refs[0].document_number], refs[0]) if c)
    for missing in query.missing_refs:
        yield from _nearest(missing, documents[missing.document_number])


def neighbours(document: Document, ref: ClauseRef) -> tuple[Clause | None, Clause | None]:
    """The clauses before and after one in the order of the document, bare headings left out."""
    telling = [clause for clause in document.clauses if _telling(clause) or clause.ref == ref]
    at = next(i for i, clause in enumerate(telling) if clause.ref == ref)
    before = telling[at - 1] if at else None
    return before, telling[at + 1] if at + 1 < len(telling) else None


def _nearest(missing: MissingRef, document: Document) -> list[ClauseRef]:
    digits = re.search(_NUMBER, missing.text)
    wanted = to_int(digits.group()) if digits else None
    if wanted is None:
        return []
    boxed = "专栏" in missing.text
    numbered = [(number, c.ref) for c in document.clauses if (number := _number_of(c, boxed)) is not None]
    return [ref for _, ref in sorted(numbered, key=lambda one: abs(one[0] - wanted))[: _BESIDE + 1]]


def _number_of(clause: Clause, boxed: bool) -> int | None:
    match = _ARTICLE.fullmatch(clause.label)
    return to_int(match[2 if boxed else 1] or "") if match else None


def _telling(clause: Clause) -> bool:
    return clause.kind is not Kind.HEADING or len(told_sentences(clause)) > 1


def _rows(found: Sequence[tuple[ClauseRef, Why]], asks: str, searcher: Searcher) -> tuple[Row, ...]:
    clauses = [searcher.clauses[ref] for ref, _ in found]
    quotes = _quotes(asks, clauses, searcher)
    return tuple(
        Row(searcher.documents[clause.ref.document_number], clause, quote, why)
        for clause, quote, (_, why) in zip(clauses, quotes, found, strict=True)
    )


def _quotes(asks: str, clauses: Sequence[Clause], searcher: Searcher) -> list[str]:
    """The best sentence of each clause, all of them compared at once; the first ones where nothing is asked."""
    told = [told_sentences(clause) for clause in clauses]
    if not asks:
        return [sentences[0] for sentences in told]
    relevance = searcher.similarity(asks, [one for sentences in told for one in sentences])
    found, begin = [], 0
    for sentences in told:
        end = begin + len(sentences)
        found.append(sentences[int(relevance[begin:end].argmax())])
        begin = end
    return found


def _notices(query: Query, known: bool, kept: Mapping[ClauseRef, Why]) -> Iterator[Notice]:
    for number in query.unknown_documents:
        yield Notice("unknown_document", {"number": number})
    for missing in query.missing_refs:
        label = "missing_clause" if missing.count else "missing_unnumbered"
        fields = {"number": missing.document_number, "clause": missing.text}
        yield Notice(label, {**fields, "count": missing.count, "unit": missing.unit})
    if not known and kept:
        yield Notice("strange", {})
