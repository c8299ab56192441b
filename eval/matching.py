"""When a cited or retrieved clause counts as a gold clause.

A prediction counts if it is the gold clause or lies inside it; if the gold is a run-in heading, a box or a table, the
numbered clause that holds it counts too.  Header, preamble and closing (题头, 引言, 末段) of one document count for one
another: documents differ in where they print number and dates.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from eval.cases.model import ClauseName, Gold

_EDGES = frozenset({"题头", "引言", "末段"})


@dataclass(frozen=True, slots=True)
class Place:
    """A clause named in one form: NFKC, no white space; `run_in` says that the path ended in `#heading`."""

    document: str
    path: str
    run_in: bool = False

    @classmethod
    def of(cls, document_number: str, clause_path: str) -> Place:
        path, run_in, _ = _squeezed(clause_path).partition("#")
        return cls(_squeezed(document_number), path.strip("/"), bool(run_in))

    @property
    def last(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        return self.path.rpartition("/")[0]

    def counts_for(self, gold: Place) -> bool:
        """Whether this clause, cited or retrieved, counts as `gold`."""
        if self.document != gold.document:
            return False
        if self.path == gold.path or self.path.startswith(gold.path + "/"):
            return True
        if self.last in _EDGES and gold.last in _EDGES:
            return True
        within = gold.run_in or gold.last.startswith("专栏") or gold.last == "表"
        return within and self.path == gold.parent


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def place(name: ClauseName) -> Place:
    """The place that a case names."""
    return Place.of(name.doc, name.clause)


def same_document(number: str, name: ClauseName) -> bool:
    """Whether a document number is the one that a case names."""
    return Place.of(number, "").document == place(name).document


def satisfies(predicted: Place, gold: Gold) -> bool:
    """Whether a prediction counts for a gold clause or one of its alternatives."""
    return any(predicted.counts_for(place(name)) for name in gold.accepted)
