"""The contract's promise as a function: clauses hold every letter and digit of the source once and in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from index.types import Clause, Edit


def letters(text: str) -> str:
    """Letters and digits only, each character after NFKC: what a reader may neither lose nor add."""
    return "".join(c for char in text for c in unicodedata.normalize("NFKC", char) if c.isalnum())


def expected_letters(source: str, edits: Iterable[Edit]) -> str:
    """The letters of a source file after the edits that were reported, each checked to be where it says."""
    edits = tuple(edits)
    for repair in dict.fromkeys((e.rule, e.before, e.after) for e in edits if e.rule.startswith("repair")):
        times = sum((e.rule, e.before, e.after) == repair for e in edits)
        assert source.count(repair[1]) == times, f"{repair[1]} is said to be mended {times} times"
        source = source.replace(repair[1], repair[2])
    lines = source.splitlines()
    for edit in edits:
        if not edit.rule.startswith("repair"):
            assert lines[edit.line - 1].strip() == edit.before, f"line {edit.line} is not {edit.before}"
            lines[edit.line - 1] = ""
    return letters("\n".join(lines))


def found_letters(clauses: Iterable[Clause]) -> str:
    return letters("\n".join(clause.text for clause in clauses))
