"""rules.toml, and the ways in which texts are cut and compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jieba.posseg

from assistant.cite import metadata
from assistant.compose.material import Material
from index.query import simplified
from index.types import Validity

_FILE = Path(__file__).with_name("rules.toml")
OVER = (Validity.PERIOD_OVER, Validity.EXPIRED)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Quotation marks of all kinds.
QUOTED = re.compile(
    r"「([^」]*)」|『([^』]*)』|“([^”]*)”|‘([^’]*)’|〝([^〞]*)〞|‹([^›]*)›|〈([^〉]*)〉|\"([^\"]*)\"|(?<![A-Za-z])'([^']*)'(?![A-Za-z])"
)
_SIGNS = re.compile(r"[^\w\u4e00-\u9fff]|_")
SEGMENTS = re.compile(r"[，,。；;：:！!？?、（）()\n]")
CLAUSES = re.compile(r"[，,。；;：:！!？?\n]")
SENTENCES = re.compile(r"[。；;\n]")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence may rest on: the cited clauses, and what they allow it to say, folded.

    `support` is everything (words, places, bodies, metadata), `words` the clauses' own text and bodies.
    """

    cited: tuple[Material, ...]
    support: str
    words: str
    plain: str  # the support without signs

    @classmethod
    def of(cls, cited: Sequence[Material]) -> Ground:
        support = "\n".join(map(support_of, cited))
        words = "\n".join("\n".join([one.text, *one.clause.departments]) for one in cited)
        return cls(tuple(cited), fold(support), fold(words), without_signs(fold(support)))


@cache
def rules() -> dict[str, Any]:
    """rules.toml."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def support_of(one: Material) -> str:
    """All that a clause allows a sentence to say: its words, its place, its bodies, and its document's metadata."""
    return "\n".join([one.text, one.clause.title, *one.clause.departments, place_of(one)])


def place_of(one: Material) -> str:
    """Where a clause stands, and its document's number, title and dates."""
    return "\n".join([one.clause.label, one.clause.path, *one.clause.headings, metadata(one.document)])


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """NFKC, lower case, simplified characters, no white space: the form in which words are compared."""
    return simplified(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower())


def without_signs(text: str) -> str:
    """A folded text with its letters and digits alone: `免·税` is 免税."""
    return _SIGNS.sub("", text)


@lru_cache(maxsize=2048)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """The words of a folded text and their parts of speech, from the dictionary alone."""
    return tuple((pair.word, pair.flag) for pair in jieba.posseg.cut(text, HMM=False))


def content(text: str) -> list[str]:
    """The words of a text that tell something, two characters or more."""
    kinds = rules()["harmless_kinds"]
    return [
        word
        for word, kind in tagged(fold(text))
        if len(word) > 1 and CHINESE.search(word) and kind not in kinds and not kind.startswith(("m", "t"))
    ]


@cache
def telling() -> frozenset[str]:
    """The words that talk about texts and their readers."""
    rows = rules()["telling"]
    return frozenset(word for kind in ("verbs", "nouns", "adverbs") for word in rows[kind])
