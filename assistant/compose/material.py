"""Evidence → the numbered materials that a language model sees, and back.

It sees neither numbers of documents nor addresses: each stands as a token (`⟦1⟧`), which becomes its words again
when the reply is read.  Sentences of a document that speak to a machine are left out; see docs/models.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.asking import speaks_to_a_machine
from assistant.types import Citation, Evidence, Query
from index.passages import sentences
from index.search import Searcher
from index.types import Clause, ClauseRef, Document, Kind, Validity

# Ten clauses are what a reader would look through; each further one costs money and attention.
_MOST = 10
# Characters of one clause, and of all: a dozen pages of plan would drown the sentence that answers.
_LONGEST, _ALL = 1500, 8000
_OVER = (Validity.PERIOD_OVER, Validity.EXPIRED)
_HIDDEN = re.compile(
    r"[\u4e00-\u9fff]{1,8}[〔\[(（][12]\d{3}[〕\])）]\d+号"
    r"|https?://[\x21-\x7e]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.])(?:www\.)?(?:[a-z0-9-]+\.)+(?:cn|com|org|net)(?:/[\x21-\x7e]*)?",
    re.IGNORECASE | re.ASCII,
)
_TOKEN = re.compile(r"⟦\s*(\d+)\s*⟧")


@dataclass(frozen=True, slots=True)
class Material:
    """A clause as evidence; `text` is what supports a sentence: its own words but those to a machine."""

    number: int
    document: Document
    clause: Clause
    validity: Validity
    text: str


@dataclass(slots=True)
class Tokens:
    """Hidden words by their token, in the order in which they came up."""

    words: list[str] = field(default_factory=list)

    def hide(self, text: str) -> str:
        return _HIDDEN.sub(lambda match: self._token(match.group()), text)

    def shown(self, text: str) -> str | None:
        """A text of the model with its tokens as words again; None where it holds one that there is not."""
        numbers = [int(number) for number in _TOKEN.findall(text)]
        if any(not 1 <= number <= len(self.words) for number in numbers):
            return None
        return _TOKEN.sub(lambda match: self.words[int(match[1]) - 1], text)

    def _token(self, words: str) -> str:
        if words not in self.words:
            self.words.append(words)
        return f"⟦{self.words.index(words) + 1}⟧"


@dataclass(frozen=True, slots=True)
class Materials:
    """The numbered materials of one question, and the data that a model is sent of them."""

    by_number: Mapping[int, Material]
    data: Mapping[str, Any]
    tokens: Tokens

    def shown(self, text: str) -> str | None:
        """As `Tokens.shown`."""
        return self.tokens.shown(text)


def materials_of(
    query: Query, cited: Sequence[Citation], evidence: Evidence, searcher: Searcher, as_of: date
) -> Materials:
    """What a model is given: first the clauses of the extract, then what else was found and is of use."""
    refs = _chosen(query, cited, evidence, searcher, as_of)
    tokens, items, rows, left = Tokens(), dict[int, Material](), [], _ALL
    for ref in refs:
        document, clause = searcher.documents[ref.document_number], searcher.clauses[ref]
        text = speaking_to_people(clause.text)
        if not text or (left := left - min(len(text), _LONGEST)) < 0:
            continue
        number = len(items) + 1
        items[number] = Material(number, document, clause, document.validity(as_of), text)
        rows.append(_row(items[number], tokens))
    data = {
        "question": tokens.hide(query.text),
        "meant": tokens.hide(query.standalone),
        "firm": firm_of(query),
        "today": as_of.isoformat(),
        "materials": rows,
    }
    return Materials(items, data, tokens)


def _chosen(
    query: Query, cited: Sequence[Citation], evidence: Evidence, searcher: Searcher, as_of: date
) -> list[ClauseRef]:
    first = [citation.clause.ref for citation in cited if not citation.related]
    named = {*query.documents, *query.hinted}
    standing = {number for number, one in searcher.documents.items() if one.validity(as_of) not in _OVER}
    among = named or standing | {ref.document_number for ref in first}
    more = [
        hit.ref
        for hit in evidence.kept
        if hit.ref.document_number in among and searcher.clauses[hit.ref].kind is not Kind.HEADER
    ]
    return list(dict.fromkeys([*first, *more]))[:_MOST]


def speaking_to_people(text: str) -> str:
    """A text without the sentences that tell a machine what to do."""
    if not speaks_to_a_machine(text):
        return text
    return "\n".join(one for one in sentences(text) if not speaks_to_a_machine(one))


def _row(one: Material, tokens: Tokens) -> dict[str, Any]:
    shown = one.text if len(one.text) <= _LONGEST else one.text[:_LONGEST] + "……（后略）"
    return {
        "n": one.number,
        "document": tokens.hide(one.document.title),
        "place": " › ".join([*one.clause.headings, f"{one.clause.label} {one.clause.title}".strip()]),
        "validity": one.validity.value,
        "departments": list(one.clause.departments),
        "text": tokens.hide(shown),
    }


def firm_of(query: Query) -> dict[str, Any]:
    firm = query.profile
    known = {
        "industry": firm.industry,
        "district": firm.district,
        "size": firm.size,
        "traits": list(firm.traits),
        "needs": list(firm.needs),
    }
    return {name: value for name, value in known.items() if value}
