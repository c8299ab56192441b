"""Results of a look-up → HTML: an option for each clause, in groups by how it came into the list.

Clauses and documents are in Chinese whatever the page's language, and say so (`lang`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape
from itertools import groupby

from assistant.ui.library import validity_badge
from assistant.ui.lookup_find import Found, Row
from assistant.ui.markup import marked
from assistant.ui.texts import Words

# So much of the clause around the best sentence, in letters.
_AROUND = 24
# A best sentence longer than this is cut: the clause itself is one key away.
_LONGEST = 140


def results_html(found: Found, as_of: date, text: Words) -> str:
    """What stands under the box: what there is to say of the list, and the list."""
    notices = "".join(
        f'<p class="notice calm">{escape(text.say(one.label, **one.fields))}</p>' for one in found.notices
    )
    groups, at = [], 0
    for why, rows in groupby(found.rows, key=lambda row: row.why):
        listed = list(rows)
        groups.append(_group(text[f"group_{why.value}"], listed, at, as_of, text))
        at += len(listed)
    label = escape(text["results"])
    options = f'<div id="lookup-list" role="listbox" aria-label="{label}">{"".join(groups)}</div>'
    return notices + (options if groups else "")


def count_text(found: Found, filtered: bool, text: Words) -> str:
    """How many there are, in a few words: a search ranks, a filter counts."""
    if not found.rows:
        return text["found_none"]
    if found.total > len(found.rows):
        return text.say("found_first", count=found.total, shown=len(found.rows))
    searched = any(row.why.value == "found" for row in found.rows) and not filtered
    return text.say("found_best" if searched else "found", count=len(found.rows))


def _group(name: str, rows: Iterable[Row], first: int, as_of: date, text: Words) -> str:
    options = "".join(_option(row, at, as_of, text) for at, row in enumerate(rows, first))
    return (
        f'<div role="group" aria-label="{escape(name)}">'
        f'<p class="group-name" aria-hidden="true">{escape(name)}</p>{options}</div>'
    )


def _option(row: Row, at: int, as_of: date, text: Words) -> str:
    document, clause = row.document, row.clause
    title = "" if clause.title in clause.label else f'<span class="title">{escape(clause.title)}</span>'
    bodies = "、".join(clause.departments)
    return (
        f'<div role="option" id="lookup-option-{at}" class="option" aria-selected="false"'
        f' data-doc="{escape(document.number)}" data-clause="{escape(clause.path)}">'
        f'<p class="top" lang="zh-CN"><strong>{escape(clause.label)}</strong>{title}</p>'
        f'<p class="from"><span lang="zh-CN">{escape(document.number)}</span>'
        f"{validity_badge(document.validity(as_of), text)}</p>"
        f'<p class="words" lang="zh-CN">{snippet(clause.text, row.quote)}</p>'
        + (f'<p class="bodies" lang="zh-CN">{escape(bodies)}</p>' if bodies else "")
        + "</div>"
    )


def snippet(whole: str, quote: str) -> str:
    """The best sentence marked, with a little of what stands before it and after it."""
    at = whole.find(quote)
    if at < 0:
        return escape(quote)
    shown = quote if len(quote) <= _LONGEST else quote[:_LONGEST]
    begin, end = max(0, at - _AROUND), min(len(whole), at + len(shown) + _AROUND)
    cut = whole[begin:end].replace("\n", " ")
    lead, tail = "…" if begin else "", "…" if end < len(whole) else ""
    return lead + marked(cut, shown.replace("\n", " ")) + tail
