"""An English question → the documents' own words for what it names, by lexicon/english.toml.

In: a question in Latin letters, whatever else it holds.  Out: the words that its terms stand for, those of everyday
terms apart, and the words that no term covers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from index import lexicon

_WORD = re.compile(r"\w+(?:[&'.]\w+)*(?:\+(?!\w))?")
# They end in s and are no plurals.
_NO_PLURALS = frozenset({"customs", "goods", "news", "gas", "plus"})
_BETWEEN = 8
_NO_TERMS = ("spellings", "genres", "silent")


@dataclass(frozen=True, slots=True)
class Reading:
    """The policy words of a question's terms, those of terms that every policy question may hold, and the rest."""

    words: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Terms:
    """The list by the words of each term; `far` are terms whose parts may stand apart."""

    near: Mapping[tuple[str, ...], tuple[str, ...]]
    generic: Mapping[tuple[str, ...], tuple[str, ...]]
    far: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    longest: int


def latin_words(text: str) -> list[str]:
    """The words of a text in their plain form: lower case, singular, American, without accents.

    A word that runs into Chinese is none (`HR公司`); it stands as an empty one, which ends a term.
    """
    return [word for word, _, _ in words_at(text)]


def words_at(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in their plain form, and where each begins and ends."""
    bare = "".join(map(_bare, text.lower()))
    return [
        (word, match.start(), match.end())
        for match in _WORD.finditer(bare)
        for word in (_plain(match.group()).split() if match.group().isascii() else [""])
    ]


def _bare(char: str) -> str:
    """A letter without its accent, and a plain apostrophe; one character for one."""
    if char.isascii():
        return char
    return "'" if char in "’‘" else unicodedata.normalize("NFKD", char)[0]


@cache
def _spellings() -> Mapping[str, str]:
    found: Mapping[str, str] = lexicon.load("english").get("spellings", {})
    return found


@lru_cache(maxsize=8192)
def _plain(word: str) -> str:
    word = word.removesuffix("'s").replace("'", "").rstrip(".")
    word = _spellings().get(word, word)
    if len(word) <= 2 or word in _NO_PLURALS:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@cache
def _terms() -> _Terms:
    near: dict[tuple[str, ...], tuple[str, ...]] = {}
    generic: dict[tuple[str, ...], tuple[str, ...]] = {}
    far: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = []
    for topic, rows in lexicon.load("english").items():
        if topic in _NO_TERMS:
            continue
        for said, meant in rows.items():
            for way in said.split("|"):
                first, dots, second = way.partition("...")
                if dots:
                    far.append((tuple(latin_words(first)), tuple(latin_words(second)), tuple(meant)))
                else:
                    (generic if topic == "generic" else near)[tuple(latin_words(way))] = tuple(meant)
    return _Terms(near, generic, tuple(far), max(map(len, [*near, *generic]), default=0))


@cache
def _silent() -> frozenset[str]:
    words = lexicon.load("english").get("silent", {}).get("words", ())
    return frozenset(_plain(word) for word in words)


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """What the terms of a text stand for; a term within a longer one is passed over."""
    if not re.search("[A-Za-z]{2}", text):
        return Reading()
    said, terms = latin_words(text), _terms()
    spans = _whole(list(_spans(said, terms)))
    taken = {at for begin, end in spans for at in range(begin, end)}
    words: dict[str, None] = {}
    for first, second, meant in terms.far:
        if places := _apart(said, first, second):
            words |= dict.fromkeys(meant)
            taken |= places
    generic: dict[str, None] = {}
    for begin, end in spans:
        term = tuple(said[begin:end])
        words |= dict.fromkeys(terms.near.get(term, ()))
        generic |= dict.fromkeys(terms.generic.get(term, ()))
    rest = [w for at, w in enumerate(said) if at not in taken and w and w not in _silent()]
    return Reading(tuple(words), tuple(w for w in generic if w not in words), tuple(dict.fromkeys(rest)))


def terms_at(text: str) -> list[tuple[tuple[str, ...], int, int]]:
    """What each term of a text stands for, and where it begins and ends; everyday terms aside."""
    said, terms = words_at(text), _terms()
    spans = _whole(list(_spans([word for word, _, _ in said], terms)))
    found = [
        (terms.near.get(tuple(word for word, _, _ in said[b:e]), ()), said[b][1], said[e - 1][2])
        for b, e in spans
    ]
    return [row for row in found if row[0]]


def _spans(said: Sequence[str], terms: _Terms) -> Iterator[tuple[int, int]]:
    """Where terms stand, the longest from each word."""
    for begin in range(len(said)):
        for end in range(min(len(said), begin + terms.longest), begin, -1):
            term = tuple(said[begin:end])
            if term in terms.near or term in terms.generic:
                yield begin, end
                break


def _whole(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that do not lie within another."""
    kept: list[tuple[int, int]] = []
    for begin, end in spans:  # in the order of their beginnings, each the longest from there
        if not kept or end > kept[-1][1]:
            kept.append((begin, end))
    return kept


def _apart(said: Sequence[str], first: tuple[str, ...], second: tuple[str, ...]) -> set[int]:
    """The places of two groups of words that follow each other with a few words between; none if they do not."""
    for at in range(len(said) - len(first) - len(second) + 1):
        if tuple(said[at : at + len(first)]) != first:
            continue
        behind = at + len(first)
        for then in range(behind, min(len(said) - len(second), behind + _BETWEEN) + 1):
            if tuple(said[then : then + len(second)]) == second:
                return {*range(at, behind), *range(then, then + len(second))}
    return set()
