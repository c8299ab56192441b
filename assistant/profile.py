"""What people say of their firm in a talk → a profile: trade, district, size.

`二十个人的会计所，在北外滩，想招几个懂国际税的` is a small firm of accountants in 虹口.  Only what is said of the asker
counts; what a question merely speaks of (`静安区的规划`) does not.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.firm import described_trade
from assistant.types import Profile
from index import lexicon
from index.numerals import NUMERAL, to_int

_HERE = re.compile(
    r"(?:我们?|咱们?|公司|本所|厂|店|人)?(?:就|都|也)?(?:在|开在|落在|注册在|办公在|搬到|搬去|位于|是)$"
)
_OF_US = re.compile(
    r"^(?:的|这边的?|这里的?|一家|本地的?)?[^，。？！,?]{0,6}(?:公司|企业|所|店|院|机构|社|厂|团队)"
)
_PEOPLE = re.compile(
    rf"(\d{{1,5}}|{NUMERAL}|十来|几十|二三十|三五)(?:来|多|几)?(?:个|号|名|位|口)?(?:人|员工|律师|会计师|伙计)"
)
# Up to so many people a firm of services is small or of middle size (统计上大中小微型企业划分办法: business services).
_LARGE = 300
_SIZES = (
    ("初创企业", re.compile(r"初创|创业公司|刚(?:成立|注册|起步|创业)|新公司")),
    ("总部企业", re.compile(r"(?:地区|中国|亚太|大中华区)总部|总部企业|跨国公司")),
    ("龙头企业", re.compile(r"龙头|行业领军|头部企业")),
    ("规上企业", re.compile(r"规上|规模以上")),
    ("中小微企业", re.compile(r"小微|小公司|小企业|中小|个体户?|夫妻店|小店|小所|小律所")),
)

NOBODY = Profile()


def described(text: str, known: Profile = NOBODY) -> Profile:
    """The profile with what a message tells of the asker's firm; fields that are filled already stay."""
    return replace(
        known,
        industry=known.industry or described_trade(text),
        district=known.district or _district(text),
        size=known.size or _size(text),
    )


def _district(text: str) -> str:
    """The district where the asker says to be."""
    for row in lexicon.load("districts").values():
        full = next((name for name in row.get("names", ()) if name.endswith("区")), "")
        for name in sorted((*row.get("names", ()), *row.get("places", ())), key=len, reverse=True):
            at = text.find(name)
            if at < 0 or not full:
                continue
            if _HERE.search(text[:at]) or (_says_we(text) and _OF_US.match(text[at + len(name) :])):
                return str(full)
    return ""


def _says_we(text: str) -> bool:
    return bool(re.search(r"我们?|咱们?|本(?:公司|所|店|厂)|做|开", text))


def _size(text: str) -> str:
    for name, pattern in _SIZES:
        if pattern.search(text):
            return name
    if not (match := _PEOPLE.search(text)):
        return ""
    number = to_int(match[1]) or 10
    return "中小微企业" if number <= _LARGE else "规上企业"
