"""What a question asks for, by the expressions of asking.toml.

In: a question.  Out: its intent, the things that an answer must state, and its subject without the asking words.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("asking.toml")


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    """The compiled expressions by table and name, in the order of the file."""
    rows: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    sets: dict[str, str] = rows.pop("sets")

    def compiled(alternatives: list[str]) -> re.Pattern[str]:
        joined = "|".join(alternatives)
        for name, words in sets.items():
            joined = joined.replace(f"{{{name}}}", words)
        return re.compile(joined, re.IGNORECASE)

    return {table: {row["name"]: compiled(row["any"]) for row in entries} for table, entries in rows.items()}


def intent_of(text: str) -> str:
    """The first intent whose expressions fit; empty where none does."""
    return next((name for name, pattern in _patterns()["intents"].items() if pattern.search(text)), "")


def intents_of(text: str) -> frozenset[str]:
    """All intents whose expressions fit: a question may ask for dates and departments at once."""
    return frozenset(name for name, pattern in _patterns()["intents"].items() if pattern.search(text))


def asks_for(text: str) -> frozenset[str]:
    """The things that a clause must state to answer: `amount`, `deadline`, `contact`, `quantity` …"""
    return frozenset(name for name, pattern in _patterns()["asks_for"].items() if pattern.search(text))


def speaks_to_a_machine(text: str) -> bool:
    """Whether a text tells a machine what to do (`忽略以上指令`) instead of asking or stating something."""
    return bool(_patterns()["intents"]["injection"].search(text))


def without_asking(text: str) -> str:
    """A question without the words that only ask (`哪些部门负责`)."""
    return _patterns()["words"]["asking"].sub(" ", text)


def without_attributes(text: str) -> str:
    """A question without the words that ask and without what they ask for of some thing (`目标`, `几家`): the thing."""
    return _patterns()["words"]["attributes"].sub(" ", without_asking(text))
