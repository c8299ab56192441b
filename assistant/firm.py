"""A profile in the terms of the word lists: the firm that measures are held against.

Trades and districts are named as people name them; what the lists do not know is told with the nearest that they do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from assistant.types import Profile
from index import lexicon
from index.facets import wider
from index.query import normalised
from index.types import PolicyError

# Trades that the traits of a profile name beside its own; a whole question may name many.
_ALSO = 3


@dataclass(frozen=True, slots=True)
class Firm:
    """A profile in the terms of the word lists.

    `industries` are the firm's trade and those that it is part of, nearest first; `own` is the trade itself.  `said` is
    all that the profile says, for conditions and kinds, `wants` its traits and needs word by word.  `meets` and `lacks`
    are what it said yes and no to.
    """

    own: str
    industries: tuple[str, ...]
    districts: frozenset[str]
    said: str
    wants: tuple[str, ...]
    meets: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @classmethod
    def of(cls, profile: Profile) -> Firm:
        """Raises `PolicyError` for a trade or a district that the lists do not know, with the nearest ones."""
        own = industry_of(profile.industry)
        places = frozenset(_places_of(profile.district, *profile.traits))
        said = " ".join([profile.industry, profile.size, profile.district, *profile.traits, *profile.needs])
        also = [key for text in profile.traits for key in named_in("industries", text) if key != own][:_ALSO]
        trades = tuple(dict.fromkeys((*(wider(own) if own else ()), *also)))
        wants = tuple(word for word in (*profile.traits, *profile.needs) if len(word) > 1)
        return cls(own, trades, places, said, wants, profile.meets, profile.lacks)


def as_written(profile: Profile) -> Profile:
    """A profile as the documents would write it: simplified characters, half-width letters."""
    return Profile(
        industry=normalised(profile.industry),
        district=normalised(profile.district),
        size=normalised(profile.size),
        traits=tuple(map(normalised, profile.traits)),
        needs=tuple(map(normalised, profile.needs)),
        meets=profile.meets,
        lacks=profile.lacks,
    )


def described_trade(text: str) -> str:
    """The trade of a firm that a text names as such (会计所, 广告公司); not one that it merely speaks of."""
    found: list[tuple[int, str]] = []
    for key, row in lexicon.load("industries").items():
        found += [(len(n), key) for n in row.get("names", ()) if n in text and _is_firm(n, text)]
    return max(found)[1] if found else ""


def _is_firm(name: str, text: str) -> bool:
    """Whether a name is that of a kind of firm, or of what the asker does (`我们是做跨境电商的`)."""
    return name.endswith(_FIRM_NAMES) or bool(re.search(rf"(?:做|搞|从事|经营){re.escape(name)}的", text))


_FIRM_NAMES = (
    "公司",
    "企业",
    "所",
    "店",
    "院",
    "机构",
    "社",
    "厂",
    "中介",
    "猎头",
    "工作室",
    "馆",
    "律师",
    "会计师",
)


def contradiction(profile: Profile) -> tuple[str, str] | None:
    """Two things that a profile says of its own size and that cannot both hold (`为龙头企业配套` says none)."""
    sizes = lexicon.load("facets")["sizes"]
    small, large = (
        next(
            (text for text in (profile.size, *profile.traits) if re.fullmatch(sizes[name], text.strip())),
            None,
        )
        for name in ("small", "large")
    )
    return (small, large) if small and large else None


def industry_of(name: str) -> str:
    """The trade that a profile names.  Empty for an empty name; raises `PolicyError` for an unknown one."""
    if not name.strip():
        return ""
    found = named_in("industries", name)
    if not found:
        near = "、".join(_nearest("industries", name))
        raise PolicyError(f"不认识行业“{name}”，请改用已有的行业，如{near}；或留空。")
    return found[0]


def _places_of(district: str, *traits: str) -> list[str]:
    found = named_in("districts", district)
    if district.strip() and not found:
        near = "、".join(_nearest("districts", district))
        raise PolicyError(f"不认识地区“{district}”，请改用本市的区，如{near}；或留空。")
    return [*found, *(key for trait in traits for key in named_in("districts", trait))]


def named_in(table: str, text: str) -> list[str]:
    """The entries of a word list that a text names, the longest name first."""
    found: list[tuple[int, str]] = []
    for key, row in lexicon.load(table).items():
        names = [
            n
            for n in (key, *row.get("names", ()), *row.get("short", ()), *row.get("places", ()))
            if n in text
        ]
        if names:
            found.append((max(map(len, names)), key))
    return [key for _, key in sorted(found, key=lambda pair: -pair[0])]


def _nearest(table: str, text: str) -> list[str]:
    """At most three entries with names like a text; without any, the first ones.  Of places only districts."""
    rows = {
        key: [key, *row.get("names", ()), *row.get("places", ())]
        for key, row in lexicon.load(table).items()
        if table != "districts" or any(name.endswith("区") for name in row.get("names", ()))
    }
    owner = {name: key for key, names in rows.items() for name in names}
    alike = dict.fromkeys(owner[name] for name in get_close_matches(text, owner, n=9, cutoff=0.4))
    return [*alike, *rows][:3] if len(alike) < 3 else list(alike)[:3]
