"""The sentence lists of this folder, written by hand: what good models write from clauses, and what bad ones do.

`perfect-*.jsonl` hold an answer a case, each sentence with its clauses; `fabrications*.jsonl` a sentence a line
that its clauses do not bear out (`wrong` are the words), `faithful*.jsonl` one that they do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.types import ClauseRef, PolicyError

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and the clauses that it cites; `kind` is that of a fabrication, `wrong` its unsupported words."""

    id: str
    question: str
    text: str
    clauses: tuple[ClauseRef, ...]
    kind: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class PerfectAnswer:
    """The answer of a good model to a case."""

    id: str
    sentences: tuple[Line, ...]
    complete: str
    missing: tuple[str, ...]


def read_lines(name: str) -> list[Line]:
    """The sentences of a list of this folder.  Raises `PolicyError` where there is no such list."""
    return [
        Line(row["id"], row["question"], row["text"], _refs(row), row.get("kind", ""), row.get("wrong", ""))
        for row in _rows(name)
    ]


def read_answers(name: str) -> list[PerfectAnswer]:
    """The answers of a list of this folder, sentence by sentence.  Raises `PolicyError` as above."""
    return [
        PerfectAnswer(
            row["id"],
            tuple(Line(row["id"], "", said["text"], _refs(said)) for said in row["sentences"]),
            row["complete"],
            tuple(row["missing"]),
        )
        for row in _rows(name)
    ]


def _refs(row: dict[str, Any]) -> tuple[ClauseRef, ...]:
    return tuple(ClauseRef(number, path) for number, path in row["clauses"])


def _rows(name: str) -> list[dict[str, Any]]:
    path = FOLDER / f"{name}.jsonl"
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise PolicyError(f"{path} 打不开（{error.strerror}），请检查名称。") from None
