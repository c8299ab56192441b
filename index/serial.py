"""Documents ↔ JSON, for the stored index and for `index show --json`.  Nothing here is ever unpickled."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from index.types import Clause, ClauseRef, Document, Edit, Hit, Kind

_DATES = ("signed", "printed", "effective_from", "effective_to")


def document_to_json(document: Document) -> dict[str, Any]:
    """Every field of a document, JSON types only."""
    row = asdict(replace(document, clauses=()))  # asdict copies what it goes through: slow over many clauses
    for name in _DATES:
        row[name] = row[name] and row[name].isoformat()
    row["clauses"] = [_stored_clause(clause) for clause in document.clauses]
    return row


def document_from_json(row: dict[str, Any]) -> Document:
    """Inverse of `document_to_json`."""
    values = dict(row)
    for name in _DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["period"] = tuple(values["period"]) if values["period"] else None
    values["aliases"] = tuple(values["aliases"])
    values["warnings"] = tuple(values["warnings"])
    values["edits"] = tuple(Edit(**edit) for edit in values["edits"])
    values["clauses"] = tuple(_loaded_clause(clause, row["number"]) for clause in values["clauses"])
    return Document(**values)


def _stored_clause(clause: Clause) -> dict[str, Any]:
    row = {field.name: getattr(clause, field.name) for field in fields(clause)}
    row["path"] = row.pop("ref").path
    row["kind"] = clause.kind.value
    return row


def _loaded_clause(row: dict[str, Any], number: str) -> Clause:
    values = dict(row)
    values["ref"] = ClauseRef(number, values.pop("path"))
    values["kind"] = Kind(values["kind"])
    values["headings"] = tuple(values["headings"])
    values["departments"] = tuple(values["departments"])
    values["rows"] = tuple(map(tuple, values["rows"]))
    return Clause(**values)


def clause_view(clause: Clause) -> dict[str, Any]:
    """A clause as `index show --json` prints it."""
    return {
        "path": clause.path,
        "label": clause.label,
        "title": clause.title,
        "kind": clause.kind.value,
        "headings": list(clause.headings),
        "departments": list(clause.departments),
        "rows": [list(row) for row in clause.rows],
        "text": clause.text,
    }


def hit_view(hit: Hit, clause: Clause) -> dict[str, Any]:
    """A hit with its clause as `index search --json` prints it."""
    return {
        "document_number": hit.ref.document_number,
        "clause_path": hit.ref.path,
        "label": clause.label,
        "title": clause.title,
        "score": round(hit.score, 4),
        "signals": {name: round(value, 4) for name, value in hit.parts.items()},
        "sentence": hit.sentence,
    }


def document_view(document: Document) -> dict[str, Any]:
    """A document as `index show --json` prints it."""

    def iso(day: date | None) -> str | None:
        return day.isoformat() if day else None

    return {
        "document_number": document.number,
        "title": document.title,
        "issuer": document.issuer,
        "issued": iso(document.issued),
        "printed": iso(document.printed),
        "effective_from": iso(document.effective_from),
        "effective_to": iso(document.effective_to),
        "period": list(document.period) if document.period else None,
        "file": document.file,
        "source": document.source,
        "clauses": [clause_view(clause) for clause in document.clauses],
    }
