"""One measure judged as HTML: a card where it may serve the firm, a line where it does not.

Every quote is escaped; the words of the clause that decided are marked in the sentence that they stand in.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from assistant.applicability import Match, Reason
from assistant.ui.library import validity_badge
from assistant.ui.texts import DEFAULT_LANGUAGE, Words
from index.facets import offers_of

# Stands for measures that name no district; `|` parts the values of a filter.
CITYWIDE = "*"


def card_html(at: int, one: Match, text: Words) -> str:
    """The measure at place `at` of the list: sentence, reasons, what is open, who is in charge."""
    words = [reason.quote for reason in one.reasons if reason.facet != "offer"]
    name = f"match-{at}"
    return (
        f'<li{filter_data(at, one)}><article class="measure {one.verdict.value}" aria-labelledby="{name}">'
        f'<header><h5 id="{name}"><a href="{clause_link(one, text)}" data-go lang="zh-CN">'
        f"<strong>{escape(one.clause.label)}</strong> {marked_words(one.clause.title, words)}</a></h5>"
        f'<p class="source"><span lang="zh-CN">{escape(one.document.number)}</span>'
        f"{validity_badge(one.validity, text)}{_strength(one, text)}</p></header>"
        f"{_sentences(one, words)}<dl>{_facts(one, text)}</dl>"
        f'<p class="more"><a href="{clause_link(one, text)}" data-go aria-describedby="{name}">'
        f"{escape(text['open_clause'])}</a></p></article></li>"
    )


def line_html(at: int, one: Match, text: Words) -> str:
    """A measure that does not apply, with the words that rule it out."""
    why = one.reasons[0]
    said = text.say(
        "why_not", facet=text.tables["facet_names"].get(why.facet, why.facet), value=value_name(why, text)
    )
    return (
        f'<li{filter_data(at, one)}><a href="{clause_link(one, text)}" data-go lang="zh-CN">'
        f"<strong>{escape(one.clause.label)}</strong> {escape(one.clause.title)}</a>"
        f'<span class="source" lang="zh-CN">{escape(one.document.number)}</span>'
        f'<span class="why">{escape(said)}</span></li>'
    )


def filter_data(at: int, one: Match) -> str:
    """What the filters go by, and the place in the list."""
    rows = {
        "at": str(at),
        "instrument": "|".join(one.instruments),
        "place": "|".join(places(one)),
        "validity": one.validity.value,
        "document": one.document.number,
    }
    return "".join(f' data-{name}="{escape(value)}"' for name, value in rows.items())


def places(one: Match) -> tuple[str, ...]:
    """The districts that a clause names."""
    named = dict.fromkeys(facet.value for offer in offers_of(one.clause) for facet in offer.of("district"))
    return tuple(named) or (CITYWIDE,)


def clause_link(one: Match, text: Words) -> str:
    """The clause in the area of documents, as an attribute's value."""
    language = "" if text.language == DEFAULT_LANGUAGE else f"&lang={text.language}"
    return escape(f"?doc={quote(one.document.number)}&clause={quote(one.clause.path)}{language}")


def value_name(reason: Reason, text: Words) -> str:
    """What a reason says, in the page's words."""
    tables = ("industry_names", "district_names", "value_names", "briefs")
    return next(
        (text.tables[name][reason.value] for name in tables if reason.value in text.tables[name]),
        reason.value,
    )


def marked_words(text: str, words: Iterable[str]) -> str:
    """`text` as HTML with the first place of each word marked; marks that touch are one."""
    spans: list[list[int]] = []
    for start, end in sorted(_places(text, words)):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    html, at = "", 0
    for start, end in spans:
        html += f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>"
        at = end
    return html + escape(text[at:])


def _places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """A word that is all of the text marks nothing."""
    found = ((text.find(word), len(word)) for word in dict.fromkeys(words) if word and word != text)
    return [(at, at + length) for at, length in found if at >= 0]


def _strength(one: Match, text: Words) -> str:
    offer = next((reason for reason in one.reasons if reason.facet == "offer"), None)
    return f'<span class="strength">{escape(value_name(offer, text))}</span>' if offer else ""


def _sentences(one: Match, words: list[str]) -> str:
    told = dict.fromkeys(reason.quote for reason in one.reasons if reason.facet == "offer")
    return "".join(f'<blockquote lang="zh-CN">{marked_words(quoted, words)}</blockquote>' for quoted in told)


def _facts(one: Match, text: Words) -> str:
    names, briefs = text.tables["instrument_names"], text.tables["briefs"]
    rows = (
        ("reasons", "why", _reasons(one, text)),
        ("missing", "open", _items(briefs.get(what, what) for what in one.missing)),
        ("instruments", "how", _items(names.get(what, what) for what in one.instruments)),
        ("departments", "who", _departments(one, text)),
    )
    return "".join(
        f'<div class="{kind}"><dt>{escape(text[name])}</dt><dd>{value}</dd></div>'
        for name, kind, value in rows
        if value
    )


def _departments(one: Match, text: Words) -> str:
    if not one.clause.departments:
        return f'<span class="unnamed">{escape(text["no_departments"])}</span>'
    return f'<span lang="zh-CN">{escape("、".join(one.clause.departments))}</span>'


def _reasons(one: Match, text: Words) -> str:
    facets = text.tables["facet_names"]
    return _list(
        f'<span class="facet">{escape(facets.get(reason.facet, reason.facet))}</span> '
        f'{escape(value_name(reason, text))} <q lang="zh-CN">{escape(reason.quote)}</q>'
        for reason in dict.fromkeys(one.reasons)
        if reason.facet != "offer" and len(reason.quote) < 40
    )


def _items(names: Iterable[str]) -> str:
    return _list(escape(name) for name in names)


def _list(rows: Iterable[str]) -> str:
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f"<ul>{items}</ul>" if items else ""
