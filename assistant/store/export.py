"""Rows of a store → CSV and JSON Lines, row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from assistant.cells import cell_text
from assistant.store.store import Store
from assistant.store.tables import TABLES
from index.questions import Row
from index.types import PolicyError

# Active added questions as documents/questions holds them, so that a person can commit them.
KNOWN_QUESTIONS = "known_questions"
NAMES = (*TABLES, KNOWN_QUESTIONS)
# Line ends to some readers, though not to JSON.
_LINE_ENDS = str.maketrans({code: f"\\u{code:04x}" for code in (0x2028, 0x2029, 0x85)})


def columns(name: str) -> list[str]:
    """The columns of a table.  Raises `PolicyError` for a name that is none."""
    if name == KNOWN_QUESTIONS:
        return ["clause", "question", "register", "author"]
    if name not in TABLES:
        raise PolicyError(f"没有名为“{name}”的表，可用的有 {'、'.join(NAMES)}。")
    return [column.name for column in TABLES[name].__table__.columns]


def to_jsonl(store: Store, name: str) -> Iterator[str]:
    """One line a row, with its end."""
    columns(name)
    for row in _rows(store, name):
        yield json.dumps(row, ensure_ascii=False).translate(_LINE_ENDS) + "\n"


def to_csv(store: Store, name: str) -> Iterator[str]:
    """A header and one line a row; with a byte order mark, which spreadsheets need to read Chinese."""
    names = columns(name)
    yield "\ufeff" + _csv_line(names)
    for row in _rows(store, name):
        yield _csv_line([cell_text(_cell(row[column])) for column in names])


def _rows(store: Store, name: str) -> Iterator[dict[str, Any]]:
    found: Iterator[Row] | Iterator[Any]
    found = iter(store.known_questions()) if name == KNOWN_QUESTIONS else store.rows(TABLES[name])
    return (row.to_json() for row in found)


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)


def _csv_line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
