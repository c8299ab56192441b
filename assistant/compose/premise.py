"""What a question takes for granted and the clause that answers says otherwise: a figure, a district, a body in charge.

Only what can be held against the words of the clause is corrected: a thing of the same kind stands there, and not the
one that the question names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.compose.listing import bodies_named
from assistant.scope import figures_of, folded
from assistant.types import Citation, Query
from index import lexicon

# What follows is said of the asker, not of the document.
_OWN = re.compile(
    r"我们?|咱们?|公司|本人|员工|注册资本|投(?:了|资)|(?<!\d)年营收|手头|租了?|买了?|家里|我家|面积"
)
_WHERE_THEY_ARE = re.compile(r"我们?|咱们?|我司|公司在|搬到?|开在|落在|注册在")
# A claim that waits for a yes, or goes on from what it takes for granted.
CLAIMS = re.compile(
    r"吧|对吗|对不对|没错|记错|是不是|是吗|不是.{0,16}(?:吗|嘛|么)|确认|为什么|凭什么|错哪|哪里错|喽|就是说|不就是"
)
_CHARGED = re.compile(r"负责|牵头|主管|管|发的?|找|归|责任单位|组织|审批|受理")


@dataclass(frozen=True, slots=True)
class Correction:
    """What the question says and what stands in the clause instead."""

    said: str
    actual: str


def correction(query: Query, citation: Citation, quote: str) -> Correction | None:
    """The first thing that the clause corrects, figures before places before bodies; None where nothing is wrong."""
    if query.intent in ("support", "compare", "duties", "contents") or query.language != "zh":
        return None
    return _figure(query, citation, quote) or _district(query, citation, quote) or _body(query, citation)


def _figure(query: Query, citation: Citation, quote: str) -> Correction | None:
    """A figure of the question that the clause does not hold, where the quote holds one of the same unit."""
    text = figures_of(citation.clause.text)
    there = figures_of(quote)
    for figure in query.figures:
        if figure in text or _own(query.text, figure):
            continue
        unit = re.sub(r"[\d.]", "", figure)
        alike = [one for one in there if re.sub(r"[\d.]", "", one) == unit and one not in query.figures]
        if len(alike) == 1:
            first = _range_to(alike[0], quote)
            same = f"{first}{unit}" == figure
            return None if same else Correction(figure, f"{first}-{alike[0]}" if first else alike[0])
    return None


def _range_to(figure: str, quote: str) -> str:
    """The number that a range up to a figure begins with (`5` of `5-10幢`); empty where the figure ends none."""
    match = re.search(rf"(\d[\d.]*)[-–—~至到]{re.escape(figure)}", folded(quote))
    return match[1] if match else ""


def _own(question: str, figure: str) -> bool:
    """Whether a figure is the asker's own: what stands before it in the same breath speaks of them."""
    said = folded(question)
    at = said.find(figure[: len(figure) - 1])
    before = re.split(r"[，,。；;？?！!]", said[: max(at, 0)])[-1]
    return bool(_OWN.search(before))


def _district(query: Query, citation: Citation, quote: str) -> Correction | None:
    """A district of a claim that the clause does not name, where the quote names others."""
    if not CLAIMS.search(query.text) or _WHERE_THEY_ARE.search(query.text):
        return None
    said, there = _districts(query.text), _districts(quote)
    wrong = [name for key, name in said.items() if key not in _districts(citation.clause.text)]
    issuer = citation.document.issuer
    if len(wrong) != 1 or not there or wrong[0] in issuer:
        return None
    return Correction(wrong[0], "、".join(there.values()))


def _districts(text: str) -> dict[str, str]:
    """The districts that a text names, in its order: the key of the word list → the word used."""
    found = []
    for key, row in lexicon.load("districts").items():
        names = [name for name in row.get("names", ()) if name in text]
        if names and any(name.endswith("区") for name in row.get("names", ())):
            name = max(names, key=len)
            found.append((text.find(name), key, name))
    return {key: name for _, key, name in sorted(found)}


def _body(query: Query, citation: Citation) -> Correction | None:
    """A body said to be in charge that is not among those of the clause."""
    bodies = citation.clause.departments
    named = bodies_named(query.text)
    if not (bodies and named and CLAIMS.search(query.text) and _CHARGED.search(query.text)):
        return None
    if set(named) & set(bodies):
        return None
    said = max((name for name in named if name in query.text), key=len, default="")
    return Correction(said, "、".join(bodies)) if said else None
