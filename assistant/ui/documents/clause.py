"""One clause as it is read: the printed text, its heading a heading, and beside it name, path and link.

The text content of `body_html` is the clause's text, line breaks and the spaces of a table aside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from assistant.ui.documents.edits import with_repairs
from assistant.ui.documents.outline import depth
from assistant.ui.documents.shelf import link
from assistant.ui.texts import Words
from index.types import Clause, Document, Edit, Kind

# What may stand before a title: `16.`, `（十三）`, `第二十八条　`, `专栏11`.
BEFORE_TITLE = 12
AFTER_TITLE = re.compile(r"[。：:！？]?")

# Chapters are h3, under the document's own h2.
FIRST_LEVEL, LAST_LEVEL = 3, 6

Repaired = Mapping[str, Edit]


def clause_html(document: Document, clause: Clause, repaired: Repaired, words: Words) -> str:
    """The clause with its anchor, its link and its departments."""
    path, address = escape(clause.path), link(document.number, clause.path)
    name = escape(f"{document.number} {clause.label}")
    return (
        f'<section class="clause {clause.kind.value} depth-{min(depth(clause), 3)}" id="clause-{path}"'
        f' data-path="{path}" data-label="{escape(clause.label)}">'
        f'<div class="margin"><a data-go lang="zh-CN" class="label" href="{address}">{escape(clause.label)}</a>'
        f'{_path(clause)}<button type="button" class="copy" data-copy="{address}"'
        f' aria-label="{escape(words.say("copy_link_of", name=name))}">{escape(words["copy_link"])}</button></div>'
        f'<div class="body" lang="zh-CN" tabindex="-1">{body_html(clause, repaired, words)}</div>'
        f"{_departments(clause, words)}</section>"
    )


def body_html(clause: Clause, repaired: Repaired, words: Words) -> str:
    """The whole text; a heading that runs on into its paragraph does so here too."""
    heading, rest = divided(clause)
    level = min(FIRST_LEVEL + depth(clause), LAST_LEVEL)
    run_in = bool(rest) and not rest.startswith("\n")
    title = (
        _tag(f"h{level}", heading, repaired, words, ' class="run-in"' if run_in else "") if heading else ""
    )
    if clause.rows:
        return title + _table(clause, rest, repaired, words)
    first, *others = rest.removeprefix("\n").split("\n")
    opening = _tag("p", first, repaired, words, ' class="run-on"' if run_in and heading else "")
    return title + (opening if first else "") + "".join(_tag("p", line, repaired, words) for line in others)


def divided(clause: Clause) -> tuple[str, str]:
    """The printed heading and what follows; text without a heading of its own has an empty one."""
    at = clause.text.find(clause.title) if clause.title else -1
    if not 0 <= at <= BEFORE_TITLE or "\n" in clause.text[:at] or clause.kind in (Kind.HEADER, Kind.PREAMBLE):
        return "", clause.text
    end = at + len(clause.title)
    mark = AFTER_TITLE.match(clause.text, end)
    end = mark.end() if mark else end
    return clause.text[:end], clause.text[end:]


def _tag(tag: str, text: str, repaired: Repaired, words: Words, attributes: str = "") -> str:
    return f"<{tag}{attributes}>{with_repairs(text, repaired, words)}</{tag}>"


def _table(clause: Clause, rest: str, repaired: Repaired, words: Words) -> str:
    """Rows as a table, and the lines that are no rows as they stand."""
    printed = {" ".join(row) for row in clause.rows}
    head, *rows = (
        "".join(f"<{cell}>{escape(text)}</{cell}>" for text in row)
        for cell, row in zip(["th", *["td"] * len(clause.rows)], clause.rows, strict=False)
    )
    lines = [line for line in rest.split("\n") if line and line not in printed]
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{escape(clause.title)}"><table><thead><tr>{head}'
        f"</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table></div>"
        + "".join(_tag("p", line, repaired, words) for line in lines)
    )


def _path(clause: Clause) -> str:
    return f"<code>{escape(clause.path)}</code>" if clause.path != clause.label else ""


def _departments(clause: Clause, words: Words) -> str:
    if not clause.departments:
        return ""
    names = "".join(f"<li>{escape(name)}</li>" for name in clause.departments)
    return f'<div class="departments"><span>{escape(words["departments"])}</span><ul lang="zh-CN">{names}</ul></div>'
