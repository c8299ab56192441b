"""Which language, years and places a question speaks of, and whether it looks back to a plan that is over."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from index import english, lexicon
from index.tokens import cut

_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d|\s*[\]〕号元户万亿%.个家人]|\s*平)")
_NUMBER_OF_DOCUMENT = re.compile(r"[〔\[]\d{4}[〕\]]|20\d{2}年?\d{1,3}号")
_FIGURE = re.compile(r"\d[\d.]*(?:%|万亿|亿|万|家|项|个百分点|倍|幢|栋|平方米)")
# The commas of 3,000亿元; 2025,300家 is two numbers.
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_LOOKS_BACK = re.compile(
    r"十[一二三四]五|规划|当年|当初|那时|以前|专栏"
    r"|\b(?:1[1-4]th|thirteenth|fourteenth)[ -](?:five|fyp)|\bfive-year plan"
    r"|\bback then\b|\bat (?:the|that) time\b|\boriginally\b",
    re.IGNORECASE,
)
# Few words are enough to tell English from a name (`And Pudong?`, `REITs`).
_ENGLISH = re.compile(
    r"\b(?:and|what|who|whom|which|why|how|when|where|is|are|does|do|did|can|the|in|for|about|any|else|yes|no|then)\b",
    re.IGNORECASE,
)
_BOUND_FOR = re.compile(r"[到去往从回跟和]$|来自$|(?:总部|注册地?|公司|工厂|老家)(?:设)?[在于]$")
_STREET = re.compile(r"[东西南北中]?[路街河]")
_FIRM = re.compile(
    r"[省市]?.{0,2}(?:一家|.{0,3}的.{0,4}(?:人|客|资本)|的?.{0,4}(?:公司|企业|民企|客户|机构|集团|工厂|牌子|品牌|老字号|餐饮|馆子|厂家?|团队|老板))"
)
# What a firm that is there asks for there: 余杭那边有什么补贴.
_OVER_THERE = re.compile(r"(?:那边|那里|那儿|当地)(?:的|区里|市里|政府)?(?:有|给|能|补|出|规定|政策)")
# Whose term is asked for, and something of a district that has one; `虹口的企业能享受的政策` is not of Hongkou, nor
# `支持浦东新区的政策` of Pudong, nor `虹口法务区建设的措施` of a district's government.
_TERM = re.compile(
    r"有效(?:期|吗|没|不|与否)|还有效|是否有效|过期|到期|失效|作废|废止|期满|截止|停止执行|还能[用申享报]|还在执行|还执行"
)
_RULES = re.compile(
    r"(?!江|滨江|等地|和|与)(?:(?!建设|发放|推广|滨江|打造|实施|落实|开展)[^，,。；;？?、企公店商所我你能享]){0,16}?"
    r"(?:政策|办法|规划|计划|措施|细则|方案|意见|规定|条例)"
)
# The same in English: `Yangpu's service policy`, `Xuhui District's rules`.
_ENGLISH_TERM = re.compile(
    r"\b(?:in force|valid|expired?|expires?|in effect|run out|lapsed?)\b", re.IGNORECASE
)
_ENGLISH_RULES = re.compile(
    r"\b([A-Z][\w-]+(?: [A-Z][\w-]+)?)(?: [Dd]istrict)?(?:'s|’s| [Dd]istrict) (?:[\w-]+ ){0,4}?"
    r"(?:polic(?:y|ies)|rules?|measures|plans?|schemes?|programmes?|programs?)\b"
)
_MEANT_FOR = re.compile(r"(?:支持|扶持|促进|鼓励|对|对于|针对|面向|给|在)$")
_OWN_RULES = re.compile(r"(?:区|里|自己|单独|本级)*(?:出|发|定|制定|印发|出台)(?:台)?的")


def language_of(text: str) -> str:
    """`en` where Latin letters clearly outnumber Chinese characters, else `zh`."""
    latin = len(re.findall(r"[A-Za-z]", text))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    enough = latin >= 8 or (latin >= 3 and not chinese and bool(_ENGLISH.search(text)))
    return "en" if latin > 4 * chinese and enough else "zh"


def years(text: str) -> tuple[int, ...]:
    """The years a question names (those of document numbers aside)."""
    return tuple(map(int, _YEAR.findall(_NUMBER_OF_DOCUMENT.sub("", text))))


def figures_of(text: str) -> tuple[str, ...]:
    """The figures with a unit that a text names (`75%`, `6万亿元` as `6万亿`), as `folded` writes them."""
    return tuple(dict.fromkeys(_FIGURE.findall(folded(text))))


def folded(text: str) -> str:
    """A text in which figures compare: half-width, without spaces and without the commas of thousands."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return _THOUSANDS.sub(lambda number: number.group().replace(",", ""), plain)


def looks_back(text: str, as_of: date) -> bool:
    """Whether a question itself asks for a plan or a year that is over, so that ended plans may answer it."""
    return bool(_LOOKS_BACK.search(text)) or any(year < as_of.year for year in years(text))


def other_place(text: str) -> str | None:
    """A place outside the city whose rules the question asks about; not one that a firm comes from or moves to.

    Places are looked for among the words of the text: 成都 does not stand in 建成都市型工业园, nor 南京 in 南京西路.
    """
    if match := _elsewhere().search(text):
        return match["city"]
    names, at = frozenset(lexicon.load("elsewhere")["names"]), 0
    for word in cut(text):
        at = text.find(word, at)
        end = at + len(word)
        if (
            word.rstrip("省市") in names
            and not _STREET.match(text[end:])
            and not _BOUND_FOR.search(text[:at])
            and (not _FIRM.match(text[end:]) or _OVER_THERE.search(text[end:]))
        ):
            return word.rstrip("省市")
        at = end
    return None


@cache
def _elsewhere() -> re.Pattern[str]:
    """A city whose government or rules an English question asks about; not one that a firm is in or comes from."""
    cities = "|".join(lexicon.load("elsewhere").get("english", ())) or "(?!)"
    return re.compile(
        r"(?:\b(?:do|does|will|has|can) (?:the )?"
        r"|\b(?:rules|policies|policy|subsid(?:y|ies)|grants?|support|incentives?) (?:of|in|from|by) (?:the )?)"
        rf"(?P<city>{cities})\b(?! (?:firm|compan|brand|client|startup|start-up|group|business|team))",
        re.IGNORECASE,
    )


def district_rules(text: str, *, term: bool) -> str | None:
    """The district whose own rules the question asks for (`崇明区自己出的办法`).

    With `term` also the one whose rules' term it asks for (`杨浦区的服务业政策有效期多久`), if it names no other.
    """
    named = [(name, official, at) for name, official in _districts() if (at := text.find(name)) >= 0]
    for name, official, at in named:
        if _OWN_RULES.match(text, at + len(name)):
            return official
    if not term:
        return None
    if _TERM.search(text) and len({official for _, official, _ in named}) == 1:
        name, official, at = named[0]
        meant = not _MEANT_FOR.search(text[:at]) and _RULES.match(text, at + len(name))
        return official if meant else None
    owner = _ENGLISH_RULES.search(text) if _ENGLISH_TERM.search(text) else None
    said = english.read(owner[1]).words if owner else ()
    return next((official for name, official in _districts() if name in said), None)


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    """Every name of a district, with the one that its government bears; rivers and belts have no government."""
    rows = (row.get("names", ()) for row in lexicon.load("districts").values())
    return tuple(
        (name, official)
        for names in rows
        for official in [name for name in names if name.endswith("区")][:1]
        for name in names
    )
