"""Answers spoilt in every way that the measures tell apart, the same way each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def damaged(rows: Sequence[Row]) -> list[Row]:
    """A copy in which each answer is spoilt by its place in the file: some are left as they were."""
    spoil = (_kept, _refused, _uncited, _half_cited, _last_first, _silent, _out_of_place, _nothing_found)
    return [spoil[at % len(spoil)](dict(row), rows[at - 1]) for at, row in enumerate(rows)]


def _kept(row: Row, other: Row) -> Row:
    return row


def _refused(row: Row, other: Row) -> Row:
    return row | {"status": "answered" if row["status"] != "answered" else "not_in_documents"}


def _uncited(row: Row, other: Row) -> Row:
    return row | {"citations": []}


def _half_cited(row: Row, other: Row) -> Row:
    return row | {"citations": row["citations"][: len(row["citations"]) // 2]}


def _last_first(row: Row, other: Row) -> Row:
    return row | {"retrieved": row["retrieved"][::-1]}


def _silent(row: Row, other: Row) -> Row:
    return row | {"answer": ""}


def _out_of_place(row: Row, other: Row) -> Row:
    return row | {key: other[key] for key in ("status", "answer", "citations", "retrieved")}


def _nothing_found(row: Row, other: Row) -> Row:
    return row | {"retrieved": []}
