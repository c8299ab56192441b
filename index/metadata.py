"""What the text says about itself: number, issuer, dates, validity, plan period, departments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.normalise import restore
from index.numerals import to_int

_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,10})\s*[〔\[【（(]\s*(\d{4})\s*[〕\]】）)]\s*第?\s*(\d{1,4})\s*号")
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_FROM = re.compile(rf"自{_DAY}起(?:正式)?(?:施行|实施|执行|生效)")
_TO = re.compile(rf"(?:有效期|有效期限|执行期限?|实施期限?)[^。]{{0,20}}?(?:至|到){_DAY}")
TERM = re.compile(
    r"本(?:措施|办法|意见|规定|通知|计划|方案|规划|细则|条例|政策|实施意见|行动计划|决定|公告|通告)"
    r"(?:自\d{4}年.{0,20}(?:施行|实施|执行|生效)|有效期)"
)
_YEARS = re.compile(r"有效期(?:为|是)?([一二三四五六七八九十\d]{1,3})年")
_PLAN_RANGE = re.compile(r"[（(]?(20\d{2})年?\s*[—–\-－~至]{1,2}\s*(20\d{2})年?[)）]?")
FIVE_YEAR_PLANS = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026, "十六五": 2031}
_ROLE = re.compile(r"(?:责任|牵头|配合|主管|实施|协同)(?:单位|部门)\s*[:：]")
_ORGAN = r"[\u4e00-\u9fff]{1,10}(?:委|局|办|厅|部|政府|管委会|中心|总部|银行)"
_LEAD = re.compile(rf"(?:^|[。，；\n])(?:由)?(市{_ORGAN}|区{_ORGAN})牵头")


@dataclass(frozen=True, slots=True)
class Facts:
    """A document's own statements; None where the text is silent."""

    number: str | None = None
    issuer: str | None = None
    signed: date | None = None
    printed: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    period: tuple[int, int] | None = None


def read_facts(header: str, preamble: str, closing: str, title: str, outer_title: str) -> Facts:
    """Read the facts off the edges of a document (texts with restored punctuation)."""
    signed, printed = _dates(header, closing)
    tail = f"{closing}\n{header}"
    return Facts(
        number=document_number(header) or document_number(closing),
        issuer=_issuer(header, outer_title),
        signed=signed,
        printed=printed,
        effective_from=_first_day(_FROM, tail),
        effective_to=_first_day(_TO, tail) or _after_years(tail),
        period=_period(title, preamble),
    )


def document_number(text: str) -> str | None:
    """The first document number that stands on a line of its own, printed as 沪府办发〔2025〕5号."""
    for line in text.splitlines():
        match = _NUMBER.fullmatch(restore(re.sub(r"\s+", "", line)))
        if match:
            return f"{match[1]}〔{match[2]}〕{int(match[3])}号"
    return None


def _issuer(header: str, outer_title: str) -> str | None:
    named = re.match(r"^(.{4,30}?)(?:关于|印发|转发)", outer_title)
    if named:
        return named[1]
    masthead = re.search(r"^(.{4,30}?)文件$", header, re.MULTILINE)
    return masthead[1] if masthead else None


def _day(groups: Sequence[str]) -> date | None:
    try:
        return date(*map(int, groups))
    except ValueError:
        return None


def _first_day(pattern: re.Pattern[str], text: str) -> date | None:
    match = pattern.search(text)
    return _day(match.groups()) if match else None


def _after_years(text: str) -> date | None:
    """`自2025年3月1日起施行，有效期五年` ends the day before the anniversary."""
    start, years = _first_day(_FROM, text), _YEARS.search(text)
    if not start or not years:
        return None
    count, day = to_int(years[1]), min(start.day, 28)  # 29 February has no anniversary in most years
    if not count or start.year + count > date.max.year:
        return None
    return date(start.year + count, start.month, day) + timedelta(days=start.day - day - 1)


def _dates(header: str, closing: str) -> tuple[date | None, date | None]:
    """The date under the signature (a line of its own) and that of printing (`…印发`)."""
    lines = [line.strip() for line in f"{header}\n{closing}".splitlines()]
    signed = [_day(m.groups()) for line in lines if (m := re.match(rf"^{_DAY}$", line))]
    printed = [_day(m.groups()) for line in lines if (m := re.search(rf"{_DAY}印发$", line))]
    return next(filter(None, signed), None), next(filter(None, printed), None)


def _period(title: str, preamble: str) -> tuple[int, int] | None:
    """The years a plan covers, from its title, else from 时期（2021年-2025年） in its preamble."""
    if match := _PLAN_RANGE.search(title):
        return int(match[1]), int(match[2])
    for name, first in FIVE_YEAR_PLANS.items():
        if name in title and "规划" in title:
            stated = re.search(
                rf"“?{name}”?时期\s*[（(](20\d{{2}})年?[—–\-－~至]{{1,2}}(20\d{{2}})年?", preamble
            )
            return (int(stated[1]), int(stated[2])) if stated else (first, first + 4)
    return None


def departments(text: str) -> tuple[str, ...]:
    """The responsible bodies of a clause, in order, each once: 责任单位 in brackets (nested ones kept), or 牵头."""
    found: list[str] = []
    for begin in _ROLE.finditer(text):
        found += _split(_until_close(text, begin.end()))
    if not found:
        found = [match[1] for match in _LEAD.finditer(text)]
    return tuple(dict.fromkeys(name for name in found if name))


def _until_close(text: str, begin: int) -> str:
    """The text up to the bracket that closes the remark, or to its end mark."""
    depth = 0
    for at in range(begin, len(text)):
        char = text[at]
        if char in "(（":
            depth += 1
        elif char in ")）":
            if depth == 0:
                return text[begin:at]
            depth -= 1
        elif char in "；;。\n" and depth == 0:
            return text[begin:at]
    return text[begin:]


def _split(names: str) -> list[str]:
    """Split a list of bodies at 、 and ， outside brackets."""
    parts, depth = [""], 0
    for char in names:
        depth += (char in "(（") - (char in ")）")
        if char in "、，," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    # A role inside the list (…，配合单位：…) is no part of the name behind it.
    return [part[role.end() if (role := _ROLE.match(part)) else 0 :].strip() for part in parts]
