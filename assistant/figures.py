"""What must not be invented: numbers, dates, percentages, amounts, document numbers, departments in a text.

In: any text.  Out: sets of normal forms that compare across widths and spellings (２０２５年 = 2025年,
三年 = 3年).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from index import lexicon
from index.numerals import NUMERAL, to_int

_NUMBER = re.compile(r"\d[\d,，]*(?:\.\d+)?")
_COUNTED = re.compile(rf"({NUMERAL})(?=个百分点|[万亿年月日号元条家名项倍成%])")
_MARKER = re.compile(r"\[\d+\]")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)


def fold(text: str) -> str:
    """NFKC, without white space: the form in which texts are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def numbers(text: str) -> frozenset[str]:
    """Every number of a text as digits without separators and leading zeros; markers [1] are none."""
    folded = fold(_MARKER.sub("", text))
    folded = _ISO.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", folded)
    found = {_plain(match) for match in _NUMBER.findall(folded)}
    counted = {str(number) for match in _COUNTED.findall(folded) if (number := to_int(match)) is not None}
    return frozenset(found | counted)


def _plain(number: str) -> str:
    whole, _, fraction = number.replace(",", "").replace("，", "").partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def addresses(text: str) -> frozenset[str]:
    """Web addresses of a text."""
    return frozenset(_URL.findall(text))


@cache
def _department_names() -> tuple[str, ...]:
    rows = lexicon.load("departments").items()
    names = {name for key, row in rows for name in (key, *row.get("names", ()))}
    return tuple(sorted((fold(name) for name in names if len(name) >= 3), key=len, reverse=True))


def departments(text: str) -> frozenset[str]:
    """Names of public bodies in a text, the longest at each place."""
    folded, found = fold(text), set()
    for name in _department_names():
        if name in folded:
            found.add(name)
            folded = folded.replace(name, "\0")
    return frozenset(found)


def unsupported(sentence: str, support: str) -> frozenset[str]:
    """The numbers, addresses and departments of `sentence` that `support` does not hold."""
    folded = fold(support)
    missing = set(numbers(sentence) - numbers(support)) | set(addresses(sentence) - addresses(support))
    return frozenset(missing | {name for name in departments(sentence) if name not in folded})
