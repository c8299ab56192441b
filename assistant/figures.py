"""What must not be invented: numbers, amounts, dates, document and clause numbers, addresses, departments in a text.

In: any text.  Out: sets of normal forms that compare across widths and spellings (２０２５年 = 2025年, 三年 = 3年,
100万元 = 1,000,000元).  A form is compared as a whole: 100% is not 100万元, and a date is not its digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from index import lexicon
from index.numerals import to_int

_MARKER = re.compile(r"\[\d+\]")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_SCALES = {
    "万亿": Decimal(10) ** 12,
    "亿": Decimal(10) ** 8,
    "万": Decimal(10) ** 4,
    "千": Decimal(1000),
    "百": Decimal(100),
}
_NUMBER = re.compile(r"(\d[\d,，]*(?:\.\d+)?)(万亿|亿|万|千(?=万|元)|百(?=万|元))?(%|个百分点|倍|折)?")
_CHINESE = re.compile(
    r"百分之([零〇一二三四五六七八九十百]+)"
    r"|(?<![这那另某哪同])([零〇一二两三四五六七八九十百千万亿]+)(?=个百分点|个工作日|[元年月日号条家名项倍成折人天次件%]|万|亿)"
)
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?")
_DOCUMENT = re.compile(r"([\u4e00-\u9fff]{2,8})[〔\[(](\d{4})[〕\])](\d+)号")
_CLAUSE = re.compile(r"第\(?([\d一二三四五六七八九十]+)\)?条|专栏(\d+)")
_ADDRESS = re.compile(
    r"https?://[\x21-\x7e]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\x21-\x7e]*)?",
    re.IGNORECASE | re.ASCII,
)
_BODY = re.compile(r"[市区][\u4e00-\u9fff]{2,10}?(?:委员会|管委会|办公室|委|局|中心|厅)")


def fold(text: str) -> str:
    """NFKC, without white space; a line break parts what stands on either side of it."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(re.sub(r"\s+", "", line) for line in lines)


def numbers(text: str) -> frozenset[str]:
    """Every number of a text with its unit, in one form each; markers [1] are none."""
    folded = _folded_numbers(text)
    return frozenset([*_arabic(folded), *_chinese(folded)])


def _folded_numbers(text: str) -> str:
    folded = fold(_MARKER.sub("", text))
    return _ISO.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", folded)


def _arabic(folded: str) -> Iterator[str]:
    for digits, scale, unit in _NUMBER.findall(folded):
        value = Decimal(digits.replace(",", "").replace("，", "") or 0) * _SCALES.get(scale, Decimal(1))
        yield _plain(value) + ("%" if unit == "个百分点" else unit)


def _chinese(folded: str) -> Iterator[str]:
    for match in _CHINESE.finditer(folded):
        value = to_int((match[1] or match[2]).replace("两", "二"))
        if value is not None:
            unit = "%" if match[1] else folded[match.end() : match.end() + 1]
            yield str(value) + (unit if unit in ("倍", "折", "%") else "")


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def dates(text: str) -> frozenset[str]:
    """Days and months of a text as 2025-3-20 and 2025-3."""
    found = set()
    for year, month, day in _DATE.findall(_folded_numbers(text)):
        found.add(f"{year}-{int(month)}")
        if day:
            found.add(f"{year}-{int(month)}-{int(day)}")
    return frozenset(found)


def clauses(text: str) -> frozenset[str]:
    """Clause numbers of a text: 第16条, 专栏5 (第(三)条 and 第三条 are one form)."""
    found = _CLAUSE.findall(fold(text))
    return frozenset(f"专栏{box}" if box else f"第{to_int(article)}条" for article, box in found)


def foreign_documents(sentence: str, support: str) -> frozenset[str]:
    """Document numbers of `sentence` that `support` does not hold.

    Letters may stand before a number (`根据沪府发〔2026〕1号`), so the shorter organ must end the longer one.
    """
    known = _DOCUMENT.findall(fold(support))
    return frozenset(
        f"{organ}〔{year}〕{number}号"
        for organ, year, number in _DOCUMENT.findall(fold(sentence))
        if not any((y, n) == (year, number) and (organ.endswith(o) or o.endswith(organ)) for o, y, n in known)
    )


def addresses(text: str) -> frozenset[str]:
    """Web and mail addresses of a text."""
    return frozenset(address.rstrip(".,;:!?)") for address in _ADDRESS.findall(text))


@cache
def _department_names() -> tuple[str, ...]:
    rows = lexicon.load("departments").items()
    names = {name for key, row in rows for name in (key, *row.get("names", ()))}
    return tuple(sorted((fold(name) for name in names if len(name) >= 3), key=len, reverse=True))


def departments(text: str) -> frozenset[str]:
    """Names of public bodies in a text: the known ones, the longest at each place, and what is built like one."""
    folded, found = fold(text), set()
    for name in _department_names():
        if name in folded:
            found.add(name)
            folded = folded.replace(name, "\0")
    return frozenset(found | set(_BODY.findall(folded)))


def unsupported(sentence: str, support: str) -> frozenset[str]:
    """The figures, dates, references, addresses and bodies of `sentence` that `support` does not hold."""
    folded = fold(support)
    missing = set(foreign_documents(sentence, support))
    for kind in (numbers, dates, clauses, addresses):
        missing |= kind(sentence) - kind(support)
    return frozenset(missing | {name for name in departments(sentence) if name not in folded})
