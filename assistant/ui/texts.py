"""Words of the page: `prompts/ui.<language>.toml` → `Words`.  The page holds no wording of its own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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
    """All wording of one language.  `words["send"]` is a label, the other fields name values."""

    language: str
    labels: Mapping[str, str]
    status: Mapping[str, str]
    validity: Mapping[str, str]
    steps: Mapping[str, str]
    examples: tuple[ExampleGroup, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]

    def __getitem__(self, key: str) -> str:
        return self.labels[key]

    def say(self, key: str, **fields: object) -> str:
        """The label with its {named} fields filled in."""
        return self.labels[key].format(**fields)

    def options(self, key: str) -> list[tuple[str, str | int | float]]:
        """Choices as gradio takes them: (what people see, the value)."""
        return [(label, value) for value, label in self.choices[key]]


@cache
def words(language: str) -> Words:
    """The words of `language`; any other language than ours gives Chinese."""
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    table = tomllib.loads((PROMPTS / f"ui.{language}.toml").read_text(encoding="utf-8"))
    return Words(
        language=language,
        labels=table["labels"],
        status=table["status"],
        validity=table["validity"],
        steps=table["steps"],
        examples=tuple(
            ExampleGroup(row["firm"], row["note"], tuple(row["questions"])) for row in table["examples"]
        ),
        choices={
            key: tuple((value, label) for value, label in rows) for key, rows in table["choices"].items()
        },
    )
