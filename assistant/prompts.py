"""prompts/*.toml: fixed replies and what a language model is told, as text with {named} fields."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "prompts"


@cache
def replies(language: str) -> Mapping[str, Mapping[str, str]]:
    """The fixed replies of a language (`zh`, `en`), by section and name."""
    path = FOLDER / f"replies.{'en' if language == 'en' else 'zh'}.toml"
    return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def instructions(name: str) -> Mapping[str, Any]:
    """What a language model is told for a task: parts of prompts/<name>.toml, {named} fields to fill in."""
    return MappingProxyType(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))


def reply(language: str, section: str, name: str, **fields: object) -> str:
    """One fixed reply with its fields filled in."""
    return replies(language)[section][name].format(**fields)
