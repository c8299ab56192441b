"""Figures of an answer that nothing supports, found on their own: this shares no code with the check that answers
pass before they are shown (`assistant/figures.py`), or it would overlook what that overlooks.

A figure is a number with its unit, a date, a document number, or the name of a public body.  It is supported if it
stands, in the same characters (NFKC, white space aside), in a cited clause, in the metadata of a cited document, in the
question or earlier ones of the user.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from index import lexicon
from index.numerals import to_int
from index.types import Clause, Document

_MARKER = re.compile(r"\[\d+\]")
_LIST_NUMBER = re.compile(r"(?m)^\s*\d+[.、)]\s")
# A day or month as a whole, or a number in digits with up to two signs of scale and a unit: 3000亿元, 2.5%, 15个.
_DAY = r"20\d\d年\d{1,2}月(?:\d{1,2}日)?"
_UNIT = r"(?:个(?:月|工作日|百分点)|[万亿千百]{0,2}(?:[%‰元年月日号条个家项件倍折人户]|万|亿|千|百)?)"
_NUMBER = re.compile(rf"{_DAY}|\d+(?:,\d{{3}})*(?:\.\d+)?{_UNIT}")
_DIGITS = "一二三四五六七八九十百千两零〇"
_NUMERAL = re.compile(
    rf"第[{_DIGITS}]+条|[{_DIGITS}]+(?:[万亿]?元|万|亿|成|倍|折|个月|个工作日|年内|日内|家|项|户|%)"
)
_PERCENT = re.compile(rf"百分之([{_DIGITS}]+)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Bodies of the state, which no document of a city lists among its departments, and what is built like one of a city.
_STATE = re.compile(
    r"国务院|(?:商务|财政|科技|教育|公安|司法|民政|农业农村|文化和旅游|交通运输|工业和信息化|人力资源和?社会保障)部|国家[一-龥]{2,6}(?:局|委)"
)
_CITY = re.compile(r"(?<![城都])市(?!场)[一-龥]{2,8}?(?:委员会|委|局)")
_DATE = re.compile(r"(20\d\d)-(\d{2})-(\d{2})")


def fold(text: str) -> str:
    """NFKC without white space, commas of thousands, and with dates and percentages written in one way."""
    squeezed = _THOUSANDS.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    squeezed = _PERCENT.sub(lambda m: f"{to_int(m[1])}%" if to_int(m[1]) is not None else m[0], squeezed)
    return _DATE.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", squeezed)


def unsupported(answer: str, support: str) -> tuple[str, ...]:
    """The figures of an answer that its support does not hold, in order, each once."""
    ground = fold(support)
    said = fold(_LIST_NUMBER.sub("", _MARKER.sub("", answer)))
    missing = [figure for figure in _figures(said) if not _stands_in(figure, ground)]
    missing += [name for name in _bodies(said) if name not in ground]
    return tuple(dict.fromkeys(missing))


def _figures(text: str) -> Iterator[str]:
    yield from (match.group() for match in _NUMBER.finditer(text))
    yield from (match.group() for match in _NUMERAL.finditer(text))


def _stands_in(figure: str, ground: str) -> bool:
    """Whether the figure stands there as a number of its own: 5% is not in 15%, 300亿 not in 2300亿."""
    end = r"(?![\d.]*\d)" if figure[-1].isdigit() else r"(?!月|工作日|百分点)" if figure[-1] == "个" else ""
    return re.search(rf"(?<![\d.]){re.escape(figure)}{end}", ground) is not None


@cache
def _names() -> tuple[str, ...]:
    """Every known name of a public body, longest first; two letters alone (发改) are too little to judge by."""
    rows = lexicon.load("departments").items()
    names = {fold(name) for key, row in rows for name in (key, *row.get("names", ()))}
    return tuple(sorted((name for name in names if len(name) > 2), key=lambda name: (-len(name), name)))


def _bodies(text: str) -> Iterator[str]:
    for name in _names():
        if name in text:
            yield name
            text = text.replace(name, "\0")
    for pattern in (_STATE, _CITY):
        yield from (match.group() for match in pattern.finditer(text))


def ground_of(
    cited: Iterable[tuple[Document, Clause]],
    documents: Iterable[Document],
    asked: Iterable[str],
    as_of: date,
) -> str:
    """All that an answer may take its figures from: cited clauses, metadata of their documents and of `documents`,
    the user's words, and today."""
    parts = [*asked, _day(as_of)]
    for document, clause in cited:
        parts += [clause.text, clause.label, clause.path, *clause.headings, *clause.departments]
        parts += _metadata(document)
    for document in documents:
        parts += _metadata(document)
    return "\n".join(parts)


def _metadata(document: Document) -> list[str]:
    days = (document.signed, document.printed, document.effective_from, document.effective_to)
    period = document.period or ()
    measures = sum(
        clause.label.startswith("第") and clause.label.endswith("条") for clause in document.clauses
    )
    return [
        document.number,
        document.title,
        document.issuer,
        f"共{measures}条",
        *(_day(day) for day in days),
        *(f"{year}年" for year in period),
        "—".join(map(str, period)) + "年",
    ]


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
