"""What the reader changed in a file: listed repairs, and what was removed by rule.  Nothing is changed unseen."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import groupby

from assistant.ui.documents.shelf import link
from assistant.ui.texts import Words
from index.types import Document, Edit

REPAIR = "repair"

# Of one rule; a book of 900 pages has 900 page numbers, and nobody reads them all.
ROWS = 100


def repairs(document: Document) -> list[Edit]:
    return [edit for edit in document.edits if edit.rule.startswith(REPAIR)]


def removals(document: Document) -> list[Edit]:
    return [edit for edit in document.edits if not edit.rule.startswith(REPAIR)]


def repaired_words(document: Document) -> dict[str, Edit]:
    """The words that a repair put in, where they stand in the text as often as it was made: there they are sure
    to be its own, and not the same words as printed."""
    every = repairs(document)
    return {
        edit.after: edit
        for edit in every
        if edit.after
        and sum(clause.text.count(edit.after) for clause in document.clauses)
        == sum(other.after == edit.after for other in every)
    }


def with_repairs(text: str, repaired: Mapping[str, Edit], words: Words) -> str:
    """`text` as HTML with repaired words marked; its text content is `text`."""
    for after, edit in repaired.items():
        before, found, rest = text.partition(after)
        if found:
            title = escape(words.say("repaired", before=edit.before, reason=reason(edit)))
            mark = f'<ins title="{title}">{escape(found)}</ins>'
            return with_repairs(before, repaired, words) + mark + with_repairs(rest, repaired, words)
    return escape(text)


def edits_html(document: Document, words: Words) -> str:
    """All changes, behind a line that counts them; what the reader was in doubt about as well."""
    mended, removed = repairs(document), removals(document)
    if not (mended or removed or document.warnings):
        return f'<p class="edits hint">{escape(words["edits_none"])}</p>'
    summary = words.say("edits", repairs=len(mended), removals=len(removed))
    return (
        f'<details class="edits"><summary>{escape(summary)}</summary><p>{escape(words["edits_intro"])}</p>'
        f"{_repairs(document, mended, words)}{_removals(removed, words)}{_warnings(document, words)}</details>"
    )


def reason(edit: Edit) -> str:
    return edit.rule.removeprefix(REPAIR).lstrip(": ")


def _repairs(document: Document, mended: list[Edit], words: Words) -> str:
    alike: dict[tuple[str, str, str], list[Edit]] = {}
    for edit in mended:
        alike.setdefault((edit.rule, edit.before, edit.after), []).append(edit)
    sure = repaired_words(document)
    rows = "".join(
        f'<li>{_lines(edits, words)} <span lang="zh-CN"><del>{escape(before)}</del> → '
        f"<ins>{escape(after)}</ins> {escape(reason(edits[0]))}</span>"
        f"{_places(document, edits[0]) if after in sure else ''}</li>"
        for (_, before, after), edits in alike.items()
    )
    return f"<h3>{escape(words['repairs'])}</h3><ul>{rows}</ul>" if rows else ""


def _places(document: Document, edit: Edit) -> str:
    return "".join(
        f' <a data-go lang="zh-CN" href="{link(document.number, clause.path)}">{escape(clause.label)}</a>'
        for clause in document.clauses
        if edit.after in clause.text
    )


def _removals(removed: list[Edit], words: Words) -> str:
    by_rule = groupby(sorted(removed, key=lambda edit: edit.rule), lambda edit: edit.rule)
    return "".join(_rule(rule, list(edits), words) for rule, edits in by_rule)


def _rule(rule: str, removed: list[Edit], words: Words) -> str:
    name = words.tables["rules"].get(rule, rule)
    rows = "".join(
        f'<li>{_lines([edit], words)} <del lang="zh-CN">{escape(edit.before)}</del></li>'
        for edit in removed[:ROWS]
    )
    more = f"<li>{escape(words.say('edits_more', count=len(removed) - ROWS))}</li>" if removed[ROWS:] else ""
    title = words.say("removed", rule=name, count=len(removed))
    return f'<h3>{escape(title)}</h3><ul class="short">{rows}{more}</ul>'


def _lines(edits: list[Edit], words: Words) -> str:
    numbers = "、".join(str(edit.line) for edit in edits if edit.line)
    return f"<span>{escape(words.say('line', number=numbers))}</span>" if numbers else ""


def _warnings(document: Document, words: Words) -> str:
    rows = "".join(f'<li lang="zh-CN">{escape(warning)}</li>' for warning in document.warnings)
    return f"<h3>{escape(words['warnings'])}</h3><ul>{rows}</ul>" if rows else ""
