"""What a firm says of itself in the area's form ↔ the page's address ↔ `Profile`.

The address holds all of it (`/?view=match&industry=广告业&needs=融资,人才`), so that reload, the browser's back and a
link passed on show the same list.  Nothing of it is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

from assistant.profile import described
from assistant.types import Profile
from index import lexicon

# A page of text is no description; a list of traits longer than all that are offered was not made by the form.
TEXT_LIMIT = 200
LIST_LIMIT = 60
_BREAK = re.compile(r"[,，、;；。！？!?\n]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields of the form: `text` in the firm's own words, `yes` and `no` the facts that it was asked for."""

    industry: str = ""
    district: str = ""
    size: str = ""
    text: str = ""
    traits: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    @classmethod
    def at(cls, address: Mapping[str, str]) -> Entry:
        """The entry that an address holds; whatever else stands there is left alone."""
        industry, district, size, text = (
            address.get(name, "").strip()[:TEXT_LIMIT] for name in ("industry", "district", "size", "text")
        )
        lists = (_split(address.get(name, "")) for name in ("traits", "needs", "yes", "no"))
        return cls(_trade(industry), _district(district), size, text, *lists)

    @classmethod
    def of(cls, query: object) -> Entry:
        """As `at`, for the query string that the page sends."""
        return cls.at(dict(parse_qsl(query))) if isinstance(query, str) else cls()

    def query(self) -> str:
        """The address of this entry, without the area's name."""
        rows = ((field.name, getattr(self, field.name)) for field in fields(self))
        told = {name: value if isinstance(value, str) else ",".join(value) for name, value in rows if value}
        return urlencode(told)

    def without(self, fact: str) -> Entry:
        """The entry with an answer taken back."""
        left = [tuple(one for one in answers if one != fact) for answers in (self.yes, self.no)]
        return replace(self, yes=left[0], no=left[1])

    def profile(self) -> Profile:
        """What is chosen, and for what is not chosen what the firm's own words tell."""
        pieces = tuple(filter(None, (piece.strip() for piece in _BREAK.split(self.text))))
        chosen = Profile(self.industry, self.district, self.size, self.traits)
        firm = described(self.text, chosen) if self.text else chosen
        return replace(firm, needs=(*self.needs, *pieces), meets=self.yes, lacks=self.no)


def _split(text: str) -> tuple[str, ...]:
    parts = (part.strip()[:TEXT_LIMIT] for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))[:LIST_LIMIT]


def _trade(name: str) -> str:
    """A trade by any of its names; one that the list does not know stays, so that the check can say so."""
    rows = lexicon.load("industries")
    known = (key for key, row in rows.items() if name in (key, *row.get("names", ()), *row.get("short", ())))
    return next(known, name) if name else ""


def _district(name: str) -> str:
    """A district by any of its names, as the form writes it (虹口 → 虹口区)."""
    rows = lexicon.load("districts")
    known = (row["names"][0] for key, row in rows.items() if name in (key, *row["names"]))
    return next(known, name) if name else ""
