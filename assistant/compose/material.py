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
from index.references import find_documents
from index.search import Searcher
from index.types import Clause, ClauseRef, Document, Kind, Validity

# Ten clauses are what a reader would look through; each further one costs money and attention.
_MOST = 10
# Characters of one clause, and of all: a dozen pages of plan would drown the sentence that answers.
_LONGEST, _ALL = 1500, 8000
_OVER = (Validity.PERIOD_OVER, Validity.EXPIRED)
# Numbers of documents in any writing (沪府发〔2026〕1号, 2025年5号, 5号文), web and mail addresses.
_HIDDEN = re.compile(
    r"[\u4e00-\u9fff]{1,8}\s*[〔\[(（【]\s*[12１２][\d０-９]{3}\s*[〕\])）】]\s*[\d０-９]+\s*号(?:文)?"
    r"|[12][0-9]{3}\s*年\s*[0-9]{1,3}\s*号(?:文件?)?|(?<![0-9])[0-9０-９]{1,3}\s*号文件?"
    r"|https?://[\x21-\x7e]+|[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+"
    r"|(?<![A-Za-z0-9_.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\x21-\x7e]*)?",
    re.IGNORECASE,
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

    def hide_all(self, value: Any) -> Any:
        """A value of JSON with `hide` applied to every text in it."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, Mapping):
            return {key: self.hide_all(one) for key, one in value.items()}
        return [self.hide_all(one) for one in value] if isinstance(value, list | tuple) else value

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
        if not text or min(len(text), _LONGEST) > left:
            continue
        left -= min(len(text), _LONGEST)
        number = len(items) + 1
        items[number] = Material(number, document, clause, document.validity(as_of), text)
        rows.append(_row(items[number]))
    data = {
        "question": query.text,
        "meant": query.standalone,
        "firm": firm_of(query),
        "today": as_of.isoformat(),
        "materials": rows,
    }
    hidden = tokens.hide_all(data)
    return Materials(items, {**hidden, "names": _titles(tokens, searcher)}, tokens)


def _titles(tokens: Tokens, searcher: Searcher) -> dict[str, str]:
    """What the tokens stand for that name a document here: its title, so that the model knows which one is meant."""
    return {
        f"⟦{at}⟧": found[0].title
        for at, words in enumerate(tokens.words, start=1)
        if len(found := find_documents(words, searcher.documents)) == 1
    }


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


def _row(one: Material) -> dict[str, Any]:
    shown = cut_short(one.text)
    return {
        "n": one.number,
        "document": one.document.title,
        "place": " › ".join([*one.clause.headings, f"{one.clause.label} {one.clause.title}".strip()]),
        "validity": one.validity.value,
        "departments": list(one.clause.departments),
        "text": shown,
    }


def cut_short(text: str) -> str:
    """A clause as far as a model is shown of it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……（后略）"


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
