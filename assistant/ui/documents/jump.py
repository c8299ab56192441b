"""A reference as people say it (`5号文16`, `23号文第二十八条`, `专栏5`, `末段`) → the place that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.references import (
    clause_count,
    find_clauses,
    find_documents,
    having_clause,
    resolve_clause,
    unknown_numbers,
    without_names,
)
from index.types import Clause, Document, PolicyError

# A reference is short; what is longer is a question, and belongs into the chat.
LIMIT = 80


@dataclass(frozen=True, slots=True)
class Target:
    """A document, or a clause of it."""

    document: Document
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no such place: the name of a sentence, and what fills it."""

    key: str
    fields: dict[str, str] = field(default_factory=dict)


def target(
    asked: str, documents: Mapping[str, Document], current: Document | None = None
) -> Target | Missing:
    """The place; a clause without a document is looked for in `current`, then wherever it exists once."""
    asked = asked.strip()[:LIMIT]
    if not asked:
        return Missing("jump_empty")
    if unknown := unknown_numbers(asked, documents):
        return Missing("jump_no_document", {"name": unknown[0]})
    named = find_documents(asked, documents)
    here = named[0] if named else current
    rest = without_names(asked, documents).strip()
    if named and not rest:
        return Target(named[0])
    if not here:
        return _anywhere(asked, documents) or Missing("jump_unclear")
    elsewhere = None if named else _anywhere(asked, documents)
    return _within(here, asked, rest, documents) or elsewhere or _absent(here, rest)


def _within(document: Document, asked: str, rest: str, documents: Mapping[str, Document]) -> Target | None:
    for mention in find_clauses(asked, documents, [document]):
        if mention.clause and mention.document:
            return Target(mention.document, mention.clause)
    try:
        return Target(document, resolve_clause(document, rest))
    except PolicyError:
        return None


def _anywhere(asked: str, documents: Mapping[str, Document]) -> Target | Missing | None:
    for mention in find_clauses(asked, documents):
        if mention.clause and mention.document:
            return Target(mention.document, mention.clause)
        if mention.problem == "ambiguous":
            return Missing(
                "jump_ambiguous",
                {"name": mention.text, "documents": "、".join(having_clause(asked, documents))},
            )
    return None


def _absent(document: Document, rest: str) -> Missing:
    unit, count = clause_count(document, rest)
    key = "jump_no_clause_of" if unit else "jump_no_clause"
    return Missing(key, {"document": document.number, "name": rest, "count": f"{count}{unit}"})
