"""A talk + its question made to stand alone → what was left alone, carried over and lost.

All comparisons are of characters after NFKC and in lower case.  The definitions are those of docs/evaluators.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.asking import without_asking
from assistant.converse import standalone
from assistant.types import Turn
from eval.dialogues.data import FIELDS, Dialogue
from index.query import normalised
from index.search import GENERIC
from index.tokens import words
from index.types import Document

# What a system makes of (question, talk before it).
Rewrite = Callable[[str, tuple[Turn, ...]], str]

_SIGNS = re.compile(r"[\s《》“”\"()（）,，。?？!！]")
# `第5条和第6条` are two things to carry over.
_SEPARATORS = re.compile(r"[、和,，/]")
_CLAUSE = re.compile(r"第[^条项]{1,3}[条项]")


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: what it became, and what is right about it; None where a measure does not apply."""

    kind: str
    question: str
    text: str
    left_alone: bool | None
    carried: Mapping[str, bool]  # by field, of those that must be carried over
    substance: bool | None
    strict: bool | None
    missing: tuple[str, ...]  # values of fields, and words of substance, that are not in the text

    @property
    def right(self) -> bool:
        """Whether all holds but `strict`, which even a good wording may fail."""
        return self.left_alone is not False and self.substance is not False and all(self.carried.values())


@dataclass(frozen=True, slots=True)
class Share:
    """So many right of n."""

    right: int
    n: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.right / self.n if self.n else None

    def to_json(self) -> dict[str, Any]:
        return {"right": self.right, "n": self.n, "value": self.value}


def rewriter(documents: Mapping[str, Document]) -> Rewrite:
    """Our own rewriting, with question and talk read as a session reads them."""

    def rewrite(question: str, history: tuple[Turn, ...]) -> str:
        return standalone(question, history, documents).text

    return rewrite


def judge(talk: Dialogue, rewrite: Rewrite) -> Judged:
    """One talk judged.  What the user says is normalised first, as a session does."""
    question = normalised(talk.question)
    turns = tuple(
        Turn(turn.role, normalised(turn.content)) if turn.role == "user" else turn for turn in talk.turns
    )
    text = rewrite(question, turns)
    if talk.alone:
        return Judged(talk.kind, talk.question, text, text == question, {}, None, None, ())
    said = _folded("\n".join((*(message.content for message in talk.history), talk.question)))
    wanted = _substance(talk.standalone)
    lost = [word for word in wanted if word not in _folded(text)]
    lost_of_talk = [word for word in lost if word in said]
    carried = {
        field: _carries(field, value, talk, text)
        for field in FIELDS
        if (value := getattr(talk.carries, field))
    }
    values = [getattr(talk.carries, field) for field, held in carried.items() if not held]
    missing = (*values, *lost_of_talk)
    return Judged(talk.kind, talk.question, text, None, carried, not lost_of_talk, not lost, missing)


def _carries(field: str, value: str, talk: Dialogue, text: str) -> bool:
    """Whether the text holds a value: of a document every word of its name, of others every part of a list."""
    held = _plain(text)
    parts = [_plain(part) for part in _SEPARATORS.split(value)]
    if field == "document":
        return all(word in held for part in parts for word in words(part))
    if field == "clause" and talk.kind == "neighbour":  # the clause meant, or the one it is counted from
        meant = [_plain(name) for name in _CLAUSE.findall(talk.standalone)]
        return any(name in held for name in (*meant, *parts))
    return all(part in held for part in parts)


def _substance(text: str) -> list[str]:
    """The content words of a question, each once: neither asking nor generic, and longer than a character."""
    found = dict.fromkeys(words(without_asking(text)))
    return [word for word in found if word not in GENERIC and len(word) > 1]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _plain(text: str) -> str:
    return _SIGNS.sub("", _folded(text))


@dataclass(frozen=True, slots=True)
class Figures:
    """The measures over some talks: each the share of the talks, or of the fields, that it applies to."""

    n: int
    left_alone: Share
    carried: Mapping[str, Share]  # by field
    carried_all: Share  # of all fields together
    substance: Share
    strict: Share

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "left_alone": self.left_alone.to_json(),
            "carried": {field: share.to_json() for field, share in self.carried.items()},
            "carried_all": self.carried_all.to_json(),
            "substance": self.substance.to_json(),
            "substance_strict": self.strict.to_json(),
        }


def figures(judged: Sequence[Judged]) -> Figures:
    """The measures over the talks judged."""
    carried = {field: _share(one.carried.get(field) for one in judged) for field in FIELDS}
    return Figures(
        len(judged),
        _share(one.left_alone for one in judged),
        carried,
        Share(sum(share.right for share in carried.values()), sum(share.n for share in carried.values())),
        _share(one.substance for one in judged),
        _share(one.strict for one in judged),
    )


def by_kind(judged: Iterable[Judged]) -> dict[str, Figures]:
    """The measures by kind of question, in the order of their names."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.kind].append(one)
    return {kind: figures(groups[kind]) for kind in sorted(groups)}


def _share(values: Iterable[bool | None]) -> Share:
    known = [value for value in values if value is not None]
    return Share(sum(known), len(known))
