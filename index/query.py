"""What people type → the writing that the documents use: simplified characters, half-width letters, no stray signs.

In: a question as typed, whatever it holds.  Out: the same words, ready to be understood and searched.  Nothing here
looks at meaning; everyday words are the business of lexicon/synonyms.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from index import lexicon

if TYPE_CHECKING:
    from opencc import OpenCC

# Chinese text prints these full-width, and the rules that read questions know them so.
_KEPT_WIDE = "，：；！？（）…～"
_FOLDED = re.compile(f"[^{_KEPT_WIDE}]+")
# Chosen by category and not by list, so that next year's emoji are no surprise.  Controls, format signs (zero-width,
# direction), halves of surrogate pairs and private characters say nothing; pictures stand between words.
_SILENT = frozenset({"Cf", "Cs", "Co", "Cn"})
_PICTURES = frozenset({"So", "Sk"})
_MEANT = "°"
_VARIANTS = re.compile("[\ufe00-\ufe0f\u20e3\U000e0100-\U000e01ef]")
# ？？？ is ？; a dash or dots of Chinese print are two signs, and digits and letters are never touched.
_REPEATED = re.compile(r"([，,。、；;：:！!？?~～“”\"「」《》（(）)])\1+|([.…—\-_=*#])\2{2,}")
# No number and no word is this long; rules that look for them would go through a longer run once for each of its signs.
_ENDLESS = re.compile(
    r"([\d.]{64})[\d.]+|([零〇一二三四五六七八九十百千万亿两]{64})[零〇一二三四五六七八九十百千万亿两]+|([A-Za-z]{64})[A-Za-z]+"
)
# Marks over letters pile up without end in text made to break pages.
_PILED = re.compile(r"([\u0300-\u036f]{2})[\u0300-\u036f]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_APOSTROPHES = "'’‘`´"
# A question with this many Latin letters that are not a place's name is English: its words stay, and
# lexicon/english.toml knows the places.
_ENGLISH = 8
_FRAME = re.compile(r"^(?:and|what about|how about|what of|or|but|then)\b[ A-Za-z'’,?!.-]+$", re.IGNORECASE)


def normalised(text: str) -> str:
    """A question as the documents would write it.

    `normalised(normalised(text)) == normalised(text)`; a simplified question in ordinary signs comes back as it was.
    Empty when nothing but signs was typed that say nothing (controls, emoji).
    """
    written = _REPEATED.sub(_once, _plain(text))
    simple = simplified(written)
    if simple != written:
        simple = _replaced(simple, _regional())
    named = _with_places(simple)
    return " ".join(_ENDLESS.sub(lambda match: next(filter(None, match.groups())), named).split())


def _plain(text: str) -> str:
    """Half-width, without silent signs; pictures and white space of every kind become spaces."""
    heard = "".join(char for char in _VARIANTS.sub("", text) if unicodedata.category(char) not in _SILENT)
    folded = _FOLDED.sub(lambda match: unicodedata.normalize("NFKC", match.group()), heard)
    # Pictures after folding: ㎡ and ℃ are among them before.
    return _PILED.sub(r"\1", "".join(map(_visible, folded)))


def _visible(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    category = unicodedata.category(char)
    return " " if category == "Cc" or (category in _PICTURES and char not in _MEANT) else char


def _once(match: re.Match[str]) -> str:
    one = match[1] or match[2]
    return one if match[1] else one * 2


@cache
def _converter() -> OpenCC:
    # Loaded with the first question: `index show` and `--help` do without.
    from opencc import OpenCC

    # t2s and not tw2sp: the latter also exchanges words of simplified text (文件 → 文档, 程序 → 进程).
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters made simplified; simplified text, 软著 and 乾隆 included, comes back unchanged."""
    return str(_converter().convert(text)) if _CHINESE.search(text) else text


@cache
def _regional() -> tuple[re.Pattern[str], Mapping[str, str]]:
    return _alternatives("regional", "{}")


def _replaced(text: str, table: tuple[re.Pattern[str], Mapping[str, str]]) -> str:
    pattern, words = table
    return pattern.sub(lambda match: words[match.group()], text)


def _alternatives(section: str, form: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    words: Mapping[str, str] = lexicon.load("spellings").get(section, {})
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(form.format("|".join(map(re.escape, longest_first)))), words


@cache
def _pinyin() -> re.Pattern[str]:
    """Names in pinyin, with an apostrophe or a space between any two letters of a long one (jing'an, nanjing xilu)."""
    names = sorted(lexicon.load("spellings").get("pinyin", {}), key=len, reverse=True)
    spelt = "|".join(rf"{name[0]}{''.join(f'[{_APOSTROPHES} ]?{c}' for c in name[1:])}" for name in names)
    district = r"(?P<kind>\s*(?:new\s+(?:area|district)|xin\s?qu|district|qu)(?![A-Za-z]))?"
    return re.compile(rf"(?<![A-Za-z])(?P<name>{spelt})(?![A-Za-z]){district}", re.IGNORECASE)


@cache
def _initials() -> tuple[re.Pattern[str], Mapping[str, str]]:
    return _alternatives("initials", "(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])")


def _with_places(text: str) -> str:
    """Districts in pinyin and initials under their names; an English question is left alone."""
    if not _LATIN.search(text):
        return text
    if _FRAME.search(text):  # And Pudong?
        return text
    named = _pinyin().sub(_place, text)
    latin, chinese = len(_LATIN.findall(named)), len(_CHINESE.findall(named))
    if latin >= _ENGLISH and latin > 4 * chinese:  # as assistant/scope.py tells languages
        return text
    return _replaced(named, _initials()) if _CHINESE.search(text) else named


def _place(match: re.Match[str]) -> str:
    bare = "".join(char for char in match["name"].lower() if char.isalpha())
    kind = (match["kind"] or "").lower()
    suffix = "新区" if "new" in kind or "xin" in kind else "区" if kind else ""
    return str(lexicon.load("spellings")["pinyin"][bare]) + suffix
