"""An index → the same index without some of its known questions, as those of a new document would be missing."""

from __future__ import annotations

from dataclasses import replace

from index.dense import Dense
from index.lexical import Lexical
from index.store import Stored


def without(stored: Stored, drop: frozenset[int]) -> Stored:
    """The same index without some known questions, by row."""
    kept = [row for row in range(len(stored.passages["question"])) if row not in drop]
    passages = tuple(stored.passages["question"][row] for row in kept)
    vectors = stored.dense["question"].vectors()[kept]
    return replace(
        stored,
        passages={**stored.passages, "question": passages},
        dense={**stored.dense, "question": Dense.build(vectors)},
        lexical={**stored.lexical, "question": Lexical.build([passage.text for passage in passages])},
    )


def rows_of(stored: Stored, numbers: frozenset[str]) -> frozenset[int]:
    """The rows of the known questions of some documents, by document number."""
    questions = stored.passages["question"]
    return frozenset(row for row, passage in enumerate(questions) if passage.ref.document_number in numbers)
