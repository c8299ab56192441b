"""What a clause offers, sentence by sentence: to whom, where, with what, under which conditions, how firmly.

In: a clause.  Out: `Offer` values, each with the words that say so and their place in the clause's text.  Made from
lexicon/facets.toml, industries.toml and districts.toml; no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from index import lexicon
from index.passages import sentences
from index.types import Clause, Kind

# Trades that stand for all of a document's field: naming them addresses every firm of the trades below.
_FORMAL = re.compile(r"^[（(](?:责任单位|牵头)")
# `浦东、静安、徐汇等3个集聚区合计营收` states a target, not whom an offer is for.
_TARGET = re.compile(r"营收(?:占|达|超|在|突破)|到20\d\d年|占全市比重|增加值达|突破\d")
# Districts and parks are backed in building something up; firms may find a place there.
_CLUSTERS = re.compile(r"(?:支持|鼓励)[^，。]*(?:推动|打造|聚集|集聚|做强|创建|发展优势|集群化)")
_GIVES = re.compile(r"给予|予以|奖励|补贴|补助|享受|减免|支持[^，。]{0,12}(?:企业|经营主体)(?!所)")
# Other districts may follow: the ones named are examples.
_OPEN = re.compile(r"鼓励(?:更多|有条件|各)|各区|全市|推广")
# Addressed to every firm, whatever trades are named beside it as what is bought or done.
_EVERY_FIRM = re.compile(
    r"各类(?:经营主体|企业|市场主体)|(?:对|为|支持)企业(?:购买|走出去|出海)?(?=购买|走出去|出海|一次)"
)
# What some districts do, or are asked to do.
_SPREADS = re.compile(r"复制推广|鼓励(?:有条件的|各|更多)区")
_ALL_FIRMS = re.compile(r"企业|经营主体|机构|市场主体|商户")


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: its kind, its value, the words that say it and where they stand.

    Kinds: `industry`, `means` (of a trade, for every trade), `district`, `kind` (of firm), `instrument`, `condition`.
    `quote` is `clause.text[start : start + len(quote)]`.
    """

    kind: str
    value: str
    quote: str
    start: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One sentence of a clause and its facets.

    `strength`: `firm` (支持、给予), `tentative` (探索、推动) or `task` (of government; it offers firms nothing).
    `open_places`: the districts named are examples, others may follow.  `spreads`: districts are asked to offer it.
    `general`: it is addressed to every firm.
    """

    sentence: str
    start: int
    strength: str
    facets: tuple[Facet, ...]
    open_places: bool = False
    general: bool = False
    spreads: bool = False
    # Firms are held against an offer again and again: its facets are sorted by kind once.
    _by_kind: dict[str, tuple[Facet, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for facet in self.facets:
            self._by_kind[facet.kind] = (*self._by_kind.get(facet.kind, ()), facet)

    def of(self, kind: str) -> tuple[Facet, ...]:
        """The facets of one kind, in the order of `facets`."""
        return self._by_kind.get(kind, ())


def is_measure(clause: Clause) -> bool:
    """Whether a clause can hold a measure: an item (not a part of a document), a paragraph with a title, a box."""
    return clause.kind in (Kind.ITEM, Kind.RUN_IN, Kind.BOX) and not clause.label.endswith("部分")


@lru_cache(maxsize=20_000)
def offers_of(clause: Clause) -> tuple[Offer, ...]:
    """The sentences of a clause as offers.  What the title says of trade and place holds for every sentence."""
    trades = [facet for facet in _industries(clause.title, 0) if facet.value not in _INSTRUMENTAL]
    titled = [*trades, *_districts(clause.title, 0)]
    at = clause.text.find(clause.title) if clause.title else -1
    of_title = [Facet(f.kind, f.value, f.quote, at + f.start) for f in titled] if at >= 0 else []
    found = []
    for sentence in _told(clause):
        start = clause.text.find(sentence)
        if not _FORMAL.search(sentence):
            found.append(_offer(sentence, start, of_title))
    return tuple(found)


def _told(clause: Clause) -> list[str]:
    every = sentences(clause.text)
    bare = clause.title and every and every[0].rstrip("。").endswith(clause.title)
    return every[1:] if bare and len(every) > 1 and len(every[0]) <= len(clause.title) + 8 else every


def _offer(sentence: str, start: int, of_title: Sequence[Facet]) -> Offer:
    industries = _industries(sentence, start)
    target = bool(_TARGET.search(sentence))
    districts = [] if target else _districts(sentence, start)
    facets = [*industries, *districts]
    for table in ("instruments", "conditions"):
        kind = table[:-1]
        facets += [Facet(kind, value, quote, start + at) for value, quote, at in _found(table, sentence)]
    facets += [Facet("kind", value, quote, start + at) for value, quote, at in _kinds(sentence)]
    named = any(facet.kind == "industry" for facet in industries)
    if not named:
        facets += [facet for facet in of_title if facet.kind == "industry"]
    if not districts and not target:
        facets += [facet for facet in of_title if facet.kind == "district"]
    strength = _strength(sentence)
    vouchers = any(facet.value == "服务券算力券" for facet in facets)
    general = bool(_EVERY_FIRM.search(sentence)) or (
        not named and (vouchers or bool(_ALL_FIRMS.search(sentence)))
    )
    return Offer(
        sentence,
        start,
        strength,
        tuple(facets),
        bool(_OPEN.search(sentence)),
        general,
        bool(_SPREADS.search(sentence)),
    )


def _strength(sentence: str) -> str:
    rows = _strengths()
    grants, aims = rows["grants"].search(sentence), rows["aims"].search(sentence)
    if (rows["tasks"].search(sentence) and not _GIVES.search(sentence)) or not (grants or aims):
        return "task"
    if (
        not grants
        or (_CLUSTERS.search(sentence) and not _GIVES.search(sentence))
        or (rows["explores"].search(sentence) and not _GIVES.search(sentence))
    ):
        return "tentative"
    return "firm"


@cache
def _strengths() -> Mapping[str, re.Pattern[str]]:
    table = lexicon.load("facets")["strength"]
    return {name: re.compile("|".join(rows)) for name, rows in table.items()}


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile("|".join(rows))) for name, rows in lexicon.load("facets")[table].items())


def _found(table: str, text: str) -> Iterator[tuple[str, str, int]]:
    for name, pattern in _patterns(table):
        if match := pattern.search(text):
            yield name, match.group(), match.start()


@cache
def _kind_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = lexicon.load("facets")["kinds"]
    return tuple((name, re.compile("|".join(row["said"]))) for name, row in rows.items())


def _kinds(text: str) -> Iterator[tuple[str, str, int]]:
    for name, pattern in _kind_patterns():
        if match := pattern.search(text):
            yield name, match.group(), match.start()


def _named(text: str) -> Iterator[tuple[str, int]]:
    """The names and words of trades in a text with their places: from the left, the longest, none inside another."""
    at, begins = 0, _names_by_first()
    while at < len(text):
        found = next((name for name in begins.get(text[at], ()) if text.startswith(name, at)), "")
        if found:
            yield found, at
        at += len(found) or 1


@cache
def _names_by_first() -> Mapping[str, tuple[str, ...]]:
    """First letter → names, longest first: one expression of all names takes ten times as long."""
    begins: dict[str, tuple[str, ...]] = {}
    for name in sorted(_industry_of(), key=len, reverse=True):
        begins[name[0]] = (*begins.get(name[0], ()), name)
    return begins


@cache
def _industry_of() -> Mapping[str, tuple[str, ...]]:
    """Every name and policy word → the trades that it belongs to."""
    found: dict[str, tuple[str, ...]] = {}
    for key, row in lexicon.load("industries").items():
        words = () if key in _UMBRELLAS else row.get("words", ())
        for name in (*row.get("names", ()), *words, *row.get("short", ())):
            if len(name) >= 2 and name not in _TOO_WIDE and not name.endswith("券"):
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), key)))
    return found


# Trades that are made of trades: only their names address them.
_UMBRELLAS = frozenset(("专业服务业", "租赁和商务服务业", "生产性服务业", "生活性服务业", "功能性服务业"))
# Words of the lists that policies use of every trade.
_TOO_WIDE = frozenset(
    ("园区", "平台", "总部", "培训", "教育", "数据", "健康", "设计", "认证", "检测", "文化", "业主", "银行", "贸易",
     "软件", "调查", "零售", "管理", "载体", "楼宇", "体育", "场景", "消费", "知识产权", "供应链", "品牌", "研发",
     "高能级主体", "AI", "人工智能", "算力", "语料库", "服务业集聚区", "集团公司", "平台企业", "金融", "检验", "创新",
     "活动", "科技企业", "创新主体", "医疗", "商务服务", "研发费用")
)  # fmt: skip


def _industries(text: str, start: int) -> list[Facet]:
    """The trades that a text names by their firms or by what only they do (质押融资 and 培训 serve every trade)."""
    firms: dict[str, Facet] = {}
    things: dict[str, Facet] = {}
    for word, at in _named(text):
        for key in _industry_of()[word]:
            into = firms if word in _names_of(key) else things
            into.setdefault(key, Facet("industry", key, word, start + at))
    told = [facet for key, facet in things.items() if key not in firms]
    # What serves every trade addresses only those whose own trade it is.
    return list(firms.values()) + [
        replace(facet, kind="means") if facet.value in _INSTRUMENTAL else facet for facet in told
    ]


@cache
def _names_of(industry: str) -> frozenset[str]:
    row = lexicon.load("industries")[industry]
    return frozenset((*row.get("names", ()), *row.get("short", ())))


# Their policy words are means that serve every trade.
_INSTRUMENTAL = frozenset(
    ("金融业", "教育培训", "科技服务业", "绿色低碳", "楼宇与园区", "数据服务业", "人工智能")
)


def _districts(text: str, start: int) -> list[Facet]:
    found: dict[str, Facet] = {}
    for key, pattern in _district_patterns():
        if match := pattern.search(text):
            found.setdefault(key, Facet("district", key, match.group(), start + match.start()))
    return sorted(found.values(), key=lambda facet: facet.start)


@cache
def _district_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = lexicon.load("districts")
    return tuple(
        (
            key,
            re.compile(
                "|".join(
                    map(
                        re.escape,
                        sorted((*row.get("names", ()), *row.get("places", ())), key=len, reverse=True),
                    )
                )
            ),
        )
        for key, row in rows.items()
    )


def wider(industry: str) -> tuple[str, ...]:
    """A trade and those that it is part of, nearest first; empty for one that the list does not know."""
    rows = lexicon.load("industries")
    found, queue = [], [industry] if industry in rows else []
    while queue:
        here = queue.pop(0)
        if here not in found:
            found.append(here)
            queue += rows[here].get("parents", [])
    return tuple(found)
