"""Word lists that the search uses, one TOML file per subject; a list is read once per process."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def load(name: str) -> Mapping[str, Any]:
    """The list `name`.toml as a read-only mapping; a list that is not there is empty."""
    path = files(__package__) / f"{name}.toml"
    return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})


@cache
def fingerprint() -> str:
    """Changes when any list does."""
    digest = hashlib.sha256()
    for path in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if path.name.endswith(".toml"):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Everyday word → policy words (synonyms.toml, its topics merged)."""
    return MappingProxyType(
        {word: tuple(values) for topic in load("synonyms").values() for word, values in topic.items()}
    )


@cache
def user_words() -> tuple[str, ...]:
    """Words that segmentation must keep whole: policy terms, trades, places, departments."""
    words = [word for group in load("words").values() for word in group]
    words += [
        name for row in load("districts").values() for name in (*row.get("names", ()), *row.get("places", ()))
    ]
    words += [
        name for row in load("industries").values() for name in (*row.get("names", ()), *row.get("words", ()))
    ]
    words += [name for row in load("departments").values() for name in row.get("names", ())]
    return tuple(dict.fromkeys(words))
