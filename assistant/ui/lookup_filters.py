"""What the results of a look-up can be narrowed to: document, department, district, validity.

`Filters` holds what was chosen, `Choices` what there is to choose from, with how many clauses each choice has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from index import lexicon
from index.facets import offers_of
from index.references import issued_by_district
from index.types import Clause, ClauseRef, Document, Validity

NAMES = ("document", "department", "district", "validity")


@dataclass(frozen=True, slots=True)
class Filters:
    """The values chosen; an empty one narrows nothing."""

    document: str = ""
    department: str = ""
    district: str = ""
    validity: str = ""

    @classmethod
    def read(cls, sent: Any) -> Filters:
        """From what a browser sent, whatever that is."""
        given = sent if isinstance(sent, dict) else {}
        return cls(**{name: str(given.get(name) or "")[:80] for name in NAMES})

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    def to_json(self) -> dict[str, str]:
        """Those that narrow."""
        return {name: getattr(self, name) for name in NAMES if getattr(self, name)}


NO_FILTERS = Filters()

# (value, what people see, how many clauses)
Choice = tuple[str, str, int]


class Choices:
    """What each filter offers over the documents held, and which clauses fit what was chosen."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._districts = {c.ref: _districts_of(d, c) for d in documents.values() for c in d.clauses}

    def fits(self, clause: Clause, chosen: Filters, as_of: date) -> bool:
        """Whether a clause is left over by the filters."""
        document = self._documents[clause.ref.document_number]
        return (
            chosen.document in ("", document.number)
            and (not chosen.department or chosen.department in clause.departments)
            and (not chosen.district or chosen.district in self._districts[clause.ref])
            and chosen.validity in ("", document.validity(as_of).value)
        )

    def of(self, name: str, as_of: date) -> list[Choice]:
        """The choices of a filter: documents newest first, others the most frequent first."""
        if name == "document":
            return [(d.number, f"{d.number} {d.title}", len(d.clauses)) for d in self._newest()]
        if name == "validity":
            found = Counter(d.validity(as_of).value for d in self._documents.values() for _ in d.clauses)
            return [(one.value, one.value, found[one.value]) for one in Validity if found[one.value]]
        if name == "district":
            places = _counted(self._districts.values())
            return [(key, _name_of_place(key), count) for key, count in places]
        bodies = _counted(c.departments for d in self._documents.values() for c in d.clauses)
        return [(body, body, count) for body, count in bodies]

    def _newest(self) -> list[Document]:
        return sorted(self._documents.values(), key=lambda one: one.issued or date.min, reverse=True)


def _counted(groups: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
    return Counter(one for group in groups for one in set(group)).most_common()


def _districts_of(document: Document, clause: Clause) -> frozenset[str]:
    """The places that a clause names, and the district that issued its document."""
    named = {facet.value for offer in offers_of(clause) for facet in offer.of("district")}
    return frozenset(named | {key for key in lexicon.load("districts") if issued_by_district(key, document)})


def _name_of_place(key: str) -> str:
    names = lexicon.load("districts")[key].get("names") or [key]
    return str(names[0])


def clause_of(documents: Mapping[str, Document], number: Any, path: Any) -> Clause | None:
    """The clause that a browser asks for, if there is one of that name."""
    document = documents.get(str(number))
    return document.clause(str(path)) if document else None


def ref_of(sent: Any) -> ClauseRef:
    """The clause that an event is about."""
    return ClauseRef(str(sent.doc), str(sent.clause))
