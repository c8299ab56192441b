"""Profile × every measure → verdicts, each with the words that decide it.

A person can read the rules: per sentence of a clause who is addressed, where, and on which conditions; the clause has
the verdict of its best sentence.  Nothing is ranked away: every measure of every document is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from assistant.firm import Firm, as_written, contradiction, described_trade, industry_of, named_in
from assistant.types import Profile
from index import lexicon
from index.facets import Facet, Offer, is_measure, offers_of
from index.types import Clause, Document, PolicyError, Validity

_OVER = (Validity.PERIOD_OVER, Validity.EXPIRED)


class Verdict(StrEnum):
    """What a measure is to a firm."""

    APPLIES = "applies"
    MAY_APPLY = "may_apply"
    NOT = "does_not_apply"


@dataclass(frozen=True, slots=True)
class Reason:
    """A facet that decided, its value, and the words of the clause that say so (verbatim)."""

    facet: str
    value: str
    quote: str


@dataclass(frozen=True, slots=True)
class Match:
    """One measure judged: the verdict, why, what is missing to settle it, and how well it fits (higher is closer)."""

    document: Document
    clause: Clause
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    instruments: tuple[str, ...]
    validity: Validity
    fit: float

    @property
    def over(self) -> bool:
        """Whether its document is past its term, so that it is told apart."""
        return self.validity in _OVER

    def to_json(self) -> dict[str, Any]:
        """One element of `matches` in the output of `python -m assistant match`."""
        return {
            "document_number": self.document.number,
            "clause_path": self.clause.path,
            "clause_label": self.clause.label,
            "title": self.clause.title,
            "verdict": self.verdict.value,
            "reasons": [{"facet": r.facet, "value": r.value, "quote": r.quote} for r in self.reasons],
            "missing": list(self.missing),
            "instruments": list(self.instruments),
            "departments": list(self.clause.departments),
            "validity": self.validity.value,
        }


def match_question(
    text: str, profile: Profile, documents: Mapping[str, Document], as_of: date
) -> list[Match]:
    """As `match`, for the firm that a question describes beside the profile; empty where neither tells a trade.

    Never raises: a profile that the lists do not know leaves what the question says, and one that contradicts itself
    is taken as it is.
    """
    try:
        own = industry_of(profile.industry)
    except PolicyError:
        own = ""
    own = own or described_trade(text)
    if not own:
        return []
    district = profile.district if named_in("districts", profile.district) else ""
    described = replace(profile, industry=own, district=district, traits=(*profile.traits, text))
    return _match(Firm.of(described), documents, as_of)


def match(
    profile: Profile, documents: Mapping[str, Document], as_of: date, within: Iterable[str] = ()
) -> list[Match]:
    """Every measure of the documents (of those numbered in `within`, if any), best first; ended plans come last.

    Raises `PolicyError` for a trade or district that is not known, and for a firm that is small and large at once.
    """
    profile = as_written(profile)
    if two := contradiction(profile):
        raise PolicyError(f"企业情况自相矛盾：“{two[0]}”和“{two[1]}”不能同时成立，请改正其中一项。")
    return _match(Firm.of(profile), documents, as_of, within)


def _match(
    firm: Firm, documents: Mapping[str, Document], as_of: date, within: Iterable[str] = ()
) -> list[Match]:
    return list(_matched(firm, _Library(documents), as_of, frozenset(within)))


@dataclass(frozen=True, slots=True)
class _Library:
    """The documents as a key: the same mapping, not one that happens to be equal."""

    documents: Mapping[str, Document]

    def __hash__(self) -> int:
        return id(self.documents)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Library) and self.documents is other.documents


# One answer to `what is there for us` looks twice: for the clauses to cite, and for how many apply in all.
@lru_cache(maxsize=64)
def _matched(firm: Firm, library: _Library, as_of: date, numbers: frozenset[str]) -> tuple[Match, ...]:
    found: list[Match] = []
    for document in library.documents.values():
        if not numbers or document.number in numbers:
            validity = document.validity(as_of)
            found += [
                _judge(firm, document, clause, offers, validity)
                for clause in document.clauses
                if is_measure(clause) and (offers := offers_of(clause))
            ]
    return tuple(sorted(found, key=lambda one: (one.over, -_WEIGHT[one.verdict], -one.fit)))


def _judge(
    firm: Firm, document: Document, clause: Clause, offers: Sequence[Offer], validity: Validity
) -> Match:
    judged = [_sentence(firm, offer) for offer in offers]
    if any(offer.of("industry") for offer in offers) and not any(one.fit >= 2.0 for one in judged):
        judged = [_aside(one) for one in judged]
    best = max(judged, key=lambda one: (_WEIGHT[one.verdict], one.fit, one.reasons[0].facet != "addressee"))
    used = (
        [one.offer for one in judged if one.verdict is best.verdict]
        if best.verdict is not Verdict.NOT
        else []
    )
    instruments = dict.fromkeys(f.value for offer in used for f in offer.of("instrument"))
    return Match(
        document,
        clause,
        best.verdict,
        best.reasons,
        best.missing,
        tuple(instruments),
        validity,
        best.fit,
    )


def _aside(one: _Judged) -> _Judged:
    """A sentence for every firm among sentences for other trades is meant for those, unless it gives something."""
    if one.verdict is Verdict.NOT or _OUTRIGHT.search(one.offer.sentence):
        return one
    return replace(one, verdict=Verdict.NOT, missing=(), fit=0.0)


_OUTRIGHT = re.compile(r"给予|享受|补贴|补助|奖励|券|贴息|财政支持|各类(?:经营主体|企业)")
_STRENGTH = {"firm": "支持", "tentative": "探索或推动", "task": "政府工作"}
_WEIGHT = {Verdict.APPLIES: 2, Verdict.MAY_APPLY: 1, Verdict.NOT: 0}


@dataclass(frozen=True, slots=True)
class _Judged:
    offer: Offer
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    fit: float


def _sentence(firm: Firm, offer: Offer) -> _Judged:
    """One sentence: the first rule that fits decides."""
    whole = Reason("offer", _STRENGTH[offer.strength], offer.sentence)
    if offer.strength == "task":
        return _Judged(offer, Verdict.NOT, (Reason("addressee", "政府工作", offer.sentence),), (), 0.0)
    trade, fit = _trade(firm, offer)
    if trade is None:
        other = offer.of("industry")[0] if offer.of("industry") else None
        said = Reason("addressee", "未指明企业", offer.sentence)
        if other:
            said = Reason("industry", other.value, other.quote)
        return _Judged(offer, Verdict.NOT, (said,), ("行业",) if other and not firm.own else (), 0.0)
    place, where = _place(firm, offer)
    if place is None:
        first = offer.of("district")[0]
        return _Judged(offer, Verdict.NOT, (Reason("district", first.value, first.quote),), (), 0.0)
    if place == "others" and _SPREAD in (*firm.meets, *firm.lacks):
        if _SPREAD in firm.lacks:
            return _Judged(
                offer, Verdict.NOT, (where or Reason("district", _SPREAD, offer.sentence),), (), 0.0
            )
        place = "here"
    kinds, unmet, missing_kinds = _kinds(firm, offer, trade)
    conditions, denied, missing = _conditions(firm, offer)
    if unmet or denied:
        return _Judged(offer, Verdict.NOT, tuple(filter(None, (unmet or denied,))), (), 0.0)
    missing = [*missing_kinds, *missing]
    if trade.value == _EVERY and (missing_kinds or not (kinds or _GIVES.search(offer.sentence))):
        # Said to everybody: an aim serves nobody, and what is for some kind of firm is for those that say they are one.
        return _Judged(offer, Verdict.NOT, (trade, *_of_kind(offer)), tuple(missing), 0.0)
    if place == "unknown":
        missing.insert(0, "所在区")
    if place == "others":
        missing.insert(0, _SPREAD)
    reasons = (*(r for r in (trade, where, *kinds, *conditions) if r), whole)
    own = [word for word in firm.wants if word in offer.sentence] if fit >= 3.0 else []
    binding = bool(own) or (
        offer.strength == "firm" and (fit >= 3.0 or bool(kinds) or _binding(trade, offer))
    )
    tentative = not binding
    verdict = Verdict.MAY_APPLY if missing or tentative or place == "others" else Verdict.APPLIES
    bonus = 0.5 * bool(where) + 0.3 * len(conditions) + 0.2 * bool(kinds)
    return _Judged(offer, verdict, reasons, tuple(dict.fromkeys(missing)), fit + bonus)


def _trade(firm: Firm, offer: Offer) -> tuple[Reason | None, float]:
    """Who is addressed, if the firm is among them, and how closely: its own trade 3, a wider one 2, every firm 1."""
    named = offer.of("industry")
    if firm.own and named and not _BOUGHT.search(offer.sentence):
        for at, key in enumerate(firm.industries):
            for facet in named:
                if facet.value == key:
                    return Reason("industry", key, facet.quote), 3.0 if at == 0 else 2.0
    for facet in offer.of("means"):
        if facet.value == firm.own:
            return Reason("industry", firm.own, facet.quote), 3.0
    if offer.general:
        return Reason("industry", _EVERY, _words(offer)), 1.0
    return None, 0.0


# Of a trade that is made of trades, what is said holds for each; of others only for that trade itself.
_UMBRELLAS = frozenset(
    ("专业服务业", "租赁和商务服务业", "生产性服务业", "生活性服务业", "功能性服务业", "信息服务业")
)
_GIVES = re.compile(
    r"给予|予以|享受|奖励|补贴|补助|减免|贴息|优惠|服务包|免申即享|保障|(?<!消费)券|为企业.{0,6}提供"
)


def _binding(trade: Reason, offer: Offer) -> bool:
    """Whether a sentence that does not name the firm's own trade offers it something: a wider trade, or a grant."""
    return trade.value in _UMBRELLAS or (trade.value == _EVERY and bool(_GIVES.search(offer.sentence)))


_EVERY = "各类企业"
# Missing where other districts may offer something too.
_SPREAD = "所在区是否已经推行"
# What is bought names no trade that is addressed.
_BOUGHT = re.compile("购买")


def _of_kind(offer: Offer) -> tuple[Reason, ...]:
    return tuple(Reason("kind", facet.value, facet.quote) for facet in offer.of("kind")[:1])


_FIRMS = re.compile(
    r"(?:各类|服务业|重点|中小微?|小微|科技|创新|本土|优质|龙头|领军|高增长)?(?:企业|经营主体|机构|市场主体|商户)"
)


def _words(offer: Offer) -> str:
    found = _FIRMS.search(offer.sentence)
    return found.group() if found else offer.sentence


def _place(firm: Firm, offer: Offer) -> tuple[str | None, Reason | None]:
    """`here`, `city`, `others` (examples only), `unknown` (the firm's district is), or None: elsewhere."""
    named = offer.of("district")
    if not named:
        return ("others" if offer.spreads else "city"), None
    for facet in named:
        if facet.value in firm.districts:
            return "here", Reason("district", facet.value, facet.quote)
    if offer.open_places:
        return "others", Reason("district", named[0].value, named[0].quote)
    return (
        ("unknown", Reason("district", named[0].value, named[0].quote))
        if not firm.districts
        else (None, None)
    )


def _alternative(facet: Facet, offer: Offer, trade: Reason) -> bool:
    """Whether a kind of firm and the firm's trade stand in one row (初创型企业、专业服务机构等): either will do."""
    rows = _ROW.findall(offer.sentence)
    return trade.quote not in facet.quote and any(facet.quote in row and trade.quote in row for row in rows)


_ROW = re.compile(r"(?:[^，。；、]+、)+[^，。；、]+")


def _kinds(firm: Firm, offer: Offer, trade: Reason) -> tuple[list[Reason], Reason | None, list[str]]:
    """Kinds of firm that the profile is, one that it cannot be, and those it does not tell."""
    met, missing = [], []
    rows = lexicon.load("facets")["kinds"]
    for facet in offer.of("kind"):
        row = rows[facet.value]
        if _alternative(facet, offer, trade):
            continue
        asked = f"是否属于{facet.value}"
        if asked in firm.meets or any(word in firm.said for word in row["met"]):
            met.append(Reason("kind", facet.value, facet.quote))
        elif asked in firm.lacks or any(word in firm.said for word in row.get("unmet", ())):
            return [], Reason("kind", facet.value, facet.quote), []
        else:
            missing.append(asked)
    return met, None, missing


def _conditions(firm: Firm, offer: Offer) -> tuple[list[Reason], Reason | None, list[str]]:
    """Conditions that the profile settles, one that the firm says it does not meet, and those that only it knows."""
    met, missing = [], []
    settles = lexicon.load("facets")["settles"]
    for facet in offer.of("condition"):
        told = Reason("condition", facet.value, facet.quote)
        if facet.value in firm.lacks:
            return [], told, []
        if facet.value in firm.meets or any(word in firm.said for word in settles.get(facet.value, ())):
            met.append(told)
        else:
            missing.append(facet.value)
    return met, None, missing


def questions(matches: Sequence[Match], profile: Profile, most: int = 3) -> list[str]:
    """The questions whose answers would settle most: what the profile leaves empty, then what most verdicts miss."""
    return [asked for _, asked, _ in open_facts(matches, profile, most)]


def open_facts(matches: Sequence[Match], profile: Profile, most: int = 3) -> list[tuple[str, str, int]]:
    """As `questions`: the field of the profile or the fact (as in `Match.missing`), the question, how many miss it."""
    empty = [
        (name, asked, 0)
        for name, asked in (
            ("industry", "贵公司属于哪个行业？"),
            ("district", "贵公司在哪个区？"),
            ("size", "贵公司是什么规模（如初创、中小微、规上、龙头、总部）？"),
        )
        if not getattr(profile, name)
    ]
    count: dict[str, int] = {}
    for one in matches:
        if not one.over:
            for what in one.missing:
                count[what] = count.get(what, 0) + 1
    often = sorted(count.items(), key=lambda pair: -pair[1])
    asked = [(what, _as_question(what), of) for what, of in often if what not in ("行业", "所在区")]
    return [*empty, *asked][:most]


def _as_question(what: str) -> str:
    return f"贵公司{what}？" if what.startswith("是否") else f"{what}？"
