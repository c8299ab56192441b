"""Which language, years and places a question speaks of, and whether it looks back to a plan that is over."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from index import lexicon

_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=年|\D|$)(?!\s*[\]〕号])")
_NUMBER_OF_DOCUMENT = re.compile(r"[〔\[]\d{4}[〕\]]|20\d{2}年?\d{1,3}号")
_LOOKS_BACK = re.compile(r"十[一二三四]五|规划|当年|当初|那时|以前|专栏")
_BOUND_FOR = re.compile(r"[到去往从回跟和]$")
_FIRM = re.compile(
    r"[省市]?.{0,2}(?:一家|.{0,3}的.{0,4}(?:人|客|资本)|的?.{0,4}(?:公司|企业|民企|客户|机构|集团|工厂))"
)
_DISTRICT_RULES = re.compile(
    r"([\u4e00-\u9fff]{2})区(?:里|自己|单独|本级)?(?:自己)?(?:出|发|定|制定|印发|出台)(?:台)?的"
)


def language_of(text: str) -> str:
    """`en` where Latin letters clearly outnumber Chinese characters, else `zh`."""
    latin = len(re.findall(r"[A-Za-z]", text))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "en" if latin > 4 * chinese and latin >= 8 else "zh"


def years(text: str) -> tuple[int, ...]:
    """The years a question names (those of document numbers aside)."""
    return tuple(map(int, _YEAR.findall(_NUMBER_OF_DOCUMENT.sub("", text))))


def looks_back(text: str, as_of: date) -> bool:
    """Whether a question itself asks for a plan or a year that is over, so that ended plans may answer it."""
    return bool(_LOOKS_BACK.search(text)) or any(year < as_of.year for year in years(text))


@cache
def _elsewhere() -> re.Pattern[str]:
    """Cities and provinces that are not this city, streets named after them aside (南京西路, 苏州河)."""
    names = "|".join(lexicon.load("elsewhere")["names"])
    return re.compile(rf"(?:{names})(?![东西南北中]?[路河街])")


def other_place(text: str) -> str | None:
    """A place outside the city whose rules the question asks about; not one that a firm comes from or moves to."""
    match = _elsewhere().search(text)
    if match is None or _BOUND_FOR.search(text[: match.start()]) or _FIRM.match(text[match.end() :]):
        return None
    return match.group()


def district_rules(text: str) -> str | None:
    """The district whose own rules the question asks for (`崇明区自己出的办法`)."""
    match = _DISTRICT_RULES.search(text)
    return match[1] + "区" if match else None
