"""Keys → words in both languages.  text.toml holds the report's own words; the rest comes from the measures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from eval.figures import KINDS
from eval.measures import BY_KEY

FOLDER = Path(__file__).resolve().parent
ABSENT = "–"


class Both(NamedTuple):
    """The same thing said in Chinese and in English."""

    zh: str
    en: str


_TEXT = tomllib.loads((FOLDER / "text.toml").read_text(encoding="utf-8"))
DEFINITIONS: Mapping[str, str] = _TEXT["definitions"]
WORDS: Mapping[str, Mapping[str, Both]] = {
    table: {key: Both(*words) for key, words in rows.items()}
    for table, rows in _TEXT.items()
    if table != "definitions"
}


def say(key: str, **values: object) -> Both:
    """Words of the page with their blanks filled in.  Raises KeyError for a key that text.toml does not hold."""
    words = WORDS["page"][key]
    return Both(words.zh.format(**values), words.en.format(**values))


def named(table: str, key: str) -> Both:
    """The words for a value such as a status; what the table does not know is called by its own name."""
    return WORDS[table].get(key) or Both(key or ABSENT, key or ABSENT)


def type_name(key: str) -> Both:
    """A type of case."""
    english, chinese = KINDS.get(key, (key, key))
    return Both(chinese, english)


def measure_name(key: str) -> Both:
    """A measure; an unknown one is called by its key."""
    english, chinese = BY_KEY[key].names if key in BY_KEY else (key, key)
    return Both(chinese, english)


def definition(key: str) -> Both:
    """What a measure means."""
    english = BY_KEY[key].definition
    return Both(DEFINITIONS.get(key, english), english)
