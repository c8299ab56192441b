"""Words of the page: `prompts/ui.<language>.toml` → `Words`.  The page holds no wording of its own.

An area adds its own: `prompts/ui-<area>.<language>.toml`, reached by `words.area("<area>")`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"

# Chinese first: it is the language of the documents and of nearly everyone who asks.
LANGUAGES = {"zh": "中文", "en": "English"}
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
DEFAULT_LANGUAGE = "zh"


@dataclass(frozen=True, slots=True)
class ExampleGroup:
    """Questions that one kind of firm asks."""

    firm: str
    note: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All wording of one language.  `words["send"]` is a label, the other fields name values.

    `areas` names the areas in their order; `tables` are the further tables of an area's own file.
    """

    language: str
    labels: Mapping[str, str]
    status: Mapping[str, str]
    validity: Mapping[str, str]
    steps: Mapping[str, str]
    examples: tuple[ExampleGroup, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]
    areas: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]

    def __getitem__(self, key: str) -> str:
        return self.labels[key]

    def say(self, key: str, **fields: object) -> str:
        """The label with its {named} fields filled in."""
        return self.labels[key].format(**fields)

    def options(self, key: str) -> list[tuple[str, str | int | float]]:
        """Choices as gradio takes them: (what people see, the value)."""
        return [(label, value) for value, label in self.choices[key]]

    def area(self, name: str) -> Words:
        """These words with an area's own; where both have a label the area's goes first."""
        return _with_area(self, name, _table(f"ui-{name}.{self.language}"))


@cache
def words(language: str) -> Words:
    """The words of `language`; any other language than ours gives Chinese."""
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    table = _table(f"ui.{language}")
    return Words(
        language=language,
        labels=table["labels"],
        status=table["status"],
        validity=table["validity"],
        steps=table["steps"],
        examples=tuple(
            ExampleGroup(row["firm"], row["note"], tuple(row["questions"])) for row in table["examples"]
        ),
        choices=_choices(table),
        areas=table["areas"],
        tables={},
    )


def _with_area(shared: Words, name: str, table: dict[str, Any]) -> Words:
    further = {key: rows for key, rows in table.items() if key not in ("labels", "choices")}
    return replace(
        shared,
        labels={**shared.labels, **table.get("labels", {})},
        choices={**shared.choices, **_choices(table)},
        tables=further,
    )


def _choices(table: dict[str, Any]) -> dict[str, tuple[tuple[str, str], ...]]:
    rows = table.get("choices", {})
    return {key: tuple((value, label) for value, label in pairs) for key, pairs in rows.items()}


@cache
def _table(name: str) -> dict[str, Any]:
    """A file of `prompts/`; no file is no words, so that an area may do with the shared ones."""
    path = PROMPTS / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
