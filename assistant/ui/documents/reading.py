"""A document to be read: what it is, its timeline, its outline, and the whole text clause by clause."""

from __future__ import annotations

from datetime import date
from html import escape

from assistant.ui.documents.clause import clause_html
from assistant.ui.documents.edits import edits_html, repaired_words
from assistant.ui.documents.outline import outline_html
from assistant.ui.documents.timeline import timeline_html
from assistant.ui.library import validity_badge
from assistant.ui.texts import HTML_LANGUAGE, Words
from index.types import Document

# With more clauses than this the browser lays out those in sight only; with fewer it would gain nothing.
LONG = 300


def reading_html(document: Document, today: date, words: Words, asked: str = "") -> str:
    """The whole page of a document; `asked` is how the address names it."""
    repaired = repaired_words(document)
    text = "".join(clause_html(document, clause, repaired, words) for clause in document.clauses)
    look = "reading long" if len(document.clauses) > LONG else "reading"
    return (
        f'<article class="{look}" data-doc="{escape(asked or document.number)}"'
        f' data-number="{escape(document.number)}" lang="{HTML_LANGUAGE[words.language]}">'
        f"{_head(document, today, words)}{timeline_html(document, today, words)}{edits_html(document, words)}"
        f'<div class="columns">{outline_html(document, words)}'
        f'<div class="text">{_tools(words)}{text}</div></div></article>'
    )


def missing_html(asked: str, words: Words) -> str:
    """An address that names no document held here."""
    return (
        f'<article class="reading" data-doc="{escape(asked)}">{_back(words)}'
        f'<h2 tabindex="-1">{escape(words["missing"])}</h2>'
        f"<p>{escape(words.say('missing_text', name=asked))}</p></article>"
    )


def _head(document: Document, today: date, words: Words) -> str:
    facts = (
        (words["issuer"], document.issuer),
        (words["source"], document.source),
        (words["file"], document.file),
    )
    rows = "".join(
        f'<div><dt>{escape(name)}</dt><dd lang="zh-CN">{escape(fact)}</dd></div>'
        for name, fact in facts
        if fact
    )
    return (
        f'<header class="head">{_back(words)}<p class="number"><strong>{escape(document.number)}</strong>'
        f"{validity_badge(document.validity(today), words)}</p>"
        f'<h2 tabindex="-1" lang="zh-CN">{escape(document.title)}</h2><dl>{rows}</dl></header>'
    )


def _back(words: Words) -> str:
    return f'<a class="back" data-go href="?view=documents">{escape(words["back"])}</a>'


def _tools(words: Words) -> str:
    """Two boxes that stay in sight: to a place by its name, and to words in the text."""
    return (
        f'<div class="tools"><form data-jump><label><span class="sr-only">{escape(words["jump"])}</span>'
        f'<input name="text" autocomplete="off" maxlength="80" placeholder="{escape(words["jump_placeholder"])}">'
        f'</label><button type="submit">{escape(words["jump_go"])}</button></form>'
        f'<form data-find role="search"><label><span class="sr-only">{escape(words["find"])}</span>'
        f'<input type="search" name="text" autocomplete="off" maxlength="80"'
        f' placeholder="{escape(words["find_placeholder"])}"></label>'
        f'<output aria-live="polite" data-none="{escape(words["find_none"])}"></output>'
        f'<button type="button" data-step="-1" aria-label="{escape(words["find_previous"])}">↑</button>'
        f'<button type="button" data-step="1" aria-label="{escape(words["find_next"])}">↓</button></form>'
        f'<p class="problem" role="status"></p></div>'
        f'<p class="sr-only copied" role="status" data-copied="{escape(words["copied"])}"></p>'
    )
