"""What a question asks for, kind by kind, and the forms in which a clause states it, by the expressions of kinds.toml.

In: a question.  Out: what of it is compared with a clause, see `judge`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.asking import without_asking
from index.search import GENERIC, expansions
from index.tokens import words

_FILE = Path(__file__).with_name("kinds.toml")

_PARTS = re.compile(r"[，,。？?；;！!\n]")
# A part of a question that asks; what goes before often only says who is asking.
_ASKING = re.compile(
    r"什么|哪|谁|多|几(?!乎|何|率)|吗|怎|咋|啥|没有|没$|何|不$|么$|伐|呢|(.)[不没]\1|是否|可以"
)
# 几 that counts nothing: 好几家, 这几年, 几百人的企业.
_SEVERAL = re.compile(r"[好这那十前后没近头分老]几|几[十百千万](?=[多来]?[年家人个户])")
# A part that asks whether asks for no figure: 能不能多开几家.
_WHETHER = re.compile(r"吗|么$|伐|能不能|可不可以|有没有|行不行|是不是|会不会|要不要|(.)不\1|没有?$|不$|一样")
_NO_FIGURES = frozenset({"contact", "papers", "procedure", "department"})
_INTERROGATIVE = re.compile(r"多少|什么|怎么|哪|谁|几|啥|吗|如何|怎样|能不能|有没有|多久|何时|时候")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_NUMBER = re.compile(r"\d[\d.]*")
_NUMERAL = "[\\d一二三四五六七八九十百千万亿两余多半]"
# 个 is said of nearly everything.
_ANY_UNIT = "[个家项条名处座所类种幢栋批场]"


@dataclass(frozen=True, slots=True)
class Forms:
    """The compiled kinds.toml: what asks for a kind and what states it, signs, a count that is asked for."""

    asks: Mapping[str, re.Pattern[str]]
    states: Mapping[str, re.Pattern[str]]
    signs: Mapping[str, re.Pattern[str]]
    counted: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a question is compared with a clause.

    `signs` maps a sign to the words that are one; `words` a word of the subject to the policy words that may stand for
    it; `units` are those of what is to be counted.
    """

    kinds: frozenset[str]
    signs: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    years: tuple[str, ...]
    figures: tuple[str, ...]
    units: tuple[str, ...]


@cache
def forms() -> Forms:
    """The expressions of kinds.toml, in its order."""
    rows: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))

    def compiled(alternatives: list[str]) -> re.Pattern[str]:
        joined = "|".join(alternatives)
        for name, expression in rows["sets"].items():
            joined = joined.replace(f"{{{name}}}", expression)
        return re.compile(joined, re.IGNORECASE)

    return Forms(
        {row["name"]: compiled(row["asks"]) for row in rows["kinds"]},
        {row["name"]: compiled(row["states"]) for row in rows["kinds"]},
        {row["name"]: compiled(row["any"]) for row in rows["signs"]},
        compiled(["(?:多少|几)个?({unit})"]),
    )


def read(question: str, subject: str = "") -> Asked:
    """A question read; `subject` is the same question made to stand alone, where it leans on the talk before."""
    asking = "，".join(_asking_parts(question))
    return Asked(
        kinds_asked(question),
        {name: found.group() for name, sign in forms().signs.items() if (found := sign.search(asking))},
        {word: expansions(word) for word in _subject_words(subject or question)},
        tuple(_YEAR.findall(question)),
        tuple(_NUMBER.findall(_YEAR.sub("", question))),
        tuple(dict.fromkeys(forms().counted.findall(question))),
    )


def kinds_asked(question: str) -> frozenset[str]:
    """The kinds of thing that the asking parts of a question ask for, one a part."""
    found = set()
    for part in _asking_parts(_SEVERAL.sub("若干", question)):
        whether = bool(_WHETHER.search(part))
        kinds = (name for name, asks in forms().asks.items() if asks.search(part))
        if kind := next((name for name in kinds if name in _NO_FIGURES or not whether), None):
            found.add(kind)
    return frozenset(found)


def states(asked: Asked, kind: str, text: str) -> bool:
    """Whether a text has the form of a kind; a count must be of what the question counts."""
    if kind == "quantity" and asked.units:
        units = (_ANY_UNIT if unit == "个" else unit for unit in asked.units)
        return any(re.search(rf"{_NUMERAL}\s*[余多]?个?{unit}", text) for unit in units)
    return bool(forms().states[kind].search(text))


def _asking_parts(question: str) -> list[str]:
    parts = [part for part in _PARTS.split(question) if part.strip()]
    return [part for part in parts if _ASKING.search(part)] or parts[-1:]


def _subject_words(question: str) -> list[str]:
    """The words that name a subject, in order, each once."""
    return [
        word
        for word in dict.fromkeys(words(without_asking(question)))
        if word not in GENERIC
        and not word.isdigit()
        and not _YEAR.match(word)
        and not _INTERROGATIVE.search(word)
        and (len(word) > 1 or word.isascii())
    ]
