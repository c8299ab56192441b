"""The grammar of headings: which lines of a policy document open a clause, and at which level.

In: the start of a paragraph.  Out: a `Heading` (kind, number, path label, printed mark, title) or None.
Whether a heading is taken is decided in `outline`, which knows the numbers before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from index.normalise import CJK
from index.numerals import NUMERAL, to_int


class Level(IntEnum):
    """Levels from the top down.  A heading closes every open clause of its own level or below."""

    ANNEX = 0  # 附件1
    PART = 1  # 第一编
    CHAPTER = 2  # 第一章
    SECTION = 3  # 第一节
    CN = 4  # 一、
    ARTICLE = 5  # 第一条
    CN_PAREN = 6  # （一）
    PARAGRAPH = 7  # 第一款
    POINT = 8  # 第一项
    NUM = 9  # 1.
    NUM_PAREN = 10  # (1)
    CIRCLED = 11  # ①
    RUN_IN = 12  # 法律服务。 / ——坚持…
    BOX = 13  # 专栏1
    TABLE = 14  # 表


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found at the start of a paragraph; `number` is 0 where there is none."""

    level: Level
    number: int
    label: str
    mark: str
    title: str


_N = NUMERAL
_STOP = re.compile(rf"[。；;！？!?]|(?<=[{CJK}”》）)])[.．](?=\S)")


def _ordinal(level: Level, unit: str) -> tuple[Level, re.Pattern[str], Callable[[int, str], str]]:
    pattern = re.compile(rf"^第\s*({_N}|[0-9]+)\s*{unit}(?!例|款规定|规定)[\s、:：]?\s*")
    return level, pattern, lambda number, _raw: f"第{number}{unit}"


_FORMS: tuple[tuple[Level, re.Pattern[str], Callable[[int, str], str]], ...] = (
    (Level.BOX, re.compile(rf"^专栏\s*([0-9]+|{_N})\s*[:：、.]?\s*"), lambda number, _raw: f"专栏{number}"),
    _ordinal(Level.PART, "编"),
    _ordinal(Level.CHAPTER, "章"),
    _ordinal(Level.SECTION, "节"),
    _ordinal(Level.ARTICLE, "条"),
    _ordinal(Level.PARAGRAPH, "款"),
    _ordinal(Level.POINT, "项"),
    (Level.CN, re.compile(rf"^({_N})\s*、\s*"), lambda _number, raw: raw),
    (Level.CN_PAREN, re.compile(rf"^[(（]\s*({_N})\s*[)）]\s*"), lambda _number, raw: f"({raw})"),
    # A digit after the point makes it a figure (3.2%, 2526.94 亿元), not a heading.
    (Level.NUM, re.compile(r"^([0-9]{1,3})\s*(?:[.．]\s*(?![0-9])|、\s*)"), lambda number, _raw: str(number)),
    (Level.NUM_PAREN, re.compile(r"^[(（]\s*([0-9]{1,2})\s*[)）]\s*"), lambda number, _raw: f"({number})"),
    (Level.NUM_PAREN, re.compile(r"^([0-9]{1,2})\s*[)）]\s*"), lambda number, _raw: f"({number})"),
    (Level.CIRCLED, re.compile(r"^([①-⑳])\s*"), lambda _number, raw: raw),
)
_ANNEX = re.compile(rf"^附\s*件\s*([0-9]{{1,2}}|{_N})?\s*[:：]?\s*$")
_TABLE = re.compile(r"^序号\s+\S+")
_DASH = re.compile(r"^[—–-]{2}\s*([^，。；：、,;.]{2,30}?)\s*(?:[。:：](?=.)|$)")
_RUN_IN = re.compile(r"^([^，。；：、“”（）《》,;:()\s0-9]{2,10})。(?=.)")


def find(text: str) -> Heading | None:
    """The heading that `text` (a paragraph with restored widths) opens with."""
    if annex := _ANNEX.match(text):
        number = to_int(annex[1]) if annex[1] else None
        return Heading(Level.ANNEX, number or 0, f"附件{number or ''}", text, "")
    for level, pattern, label in _FORMS:
        if match := pattern.match(text):
            number = to_int(match[1])
            if number is None or number == 0:
                continue
            return Heading(
                level, number, label(number, match[1]), match[0].strip(), title_of(text[match.end() :])
            )
    if dash := _DASH.match(text):
        return Heading(Level.RUN_IN, 0, "#" + dash[1], "——", dash[1])
    return None


def is_table_head(text: str) -> bool:
    """Whether a line opens a table flattened to lines (`序号 指标名称 单位 …`)."""
    return bool(_TABLE.match(text)) and len(text.split()) >= 3


def run_in(text: str) -> Heading | None:
    """`法律服务。为上海中外…`: a short noun phrase that heads its own paragraph."""
    match = _RUN_IN.match(text)
    return Heading(Level.RUN_IN, 0, "#" + match[1], "", match[1]) if match else None


def title_of(rest: str) -> str:
    """The title of a clause: what stands before the first stop."""
    return _STOP.split(rest, maxsplit=1)[0].strip()


def is_bare(text: str) -> bool:
    """Whether `text` is a heading line without text of its own, so that the line's end is its end."""
    return not _STOP.search(text)
