"""A clause as an agent needs it → HTML: departments large, the wording to read out, the full text with its place.

`clause_html` is one clause, `compare_html` two beside each other.  All events are bound in lookup.js, by `data-do`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import urlencode

from assistant.compose.extract import whole
from assistant.ui.clause_panel import effective_text
from assistant.ui.library import validity_badge
from assistant.ui.lookup_find import neighbours
from assistant.ui.lookup_wording import wording
from assistant.ui.markup import marked
from assistant.ui.texts import Words
from assistant.validity import term
from index.types import Clause, Document, Kind


@dataclass(frozen=True, slots=True)
class Shown:
    """A clause that is shown; `quote` are the words of it that are marked."""

    document: Document
    clause: Clause
    quote: str


def clause_html(shown: Shown, typed: str, as_of: date, text: Words, *, learning: bool) -> str:
    """The whole of one clause; `typed` is what led to it, `learning` whether a question can be added to it."""
    return (
        f'<article class="clause" {_data(shown.document, shown.clause)}>'
        f"{_head(shown, as_of, text)}{_actions(text, learning)}{_learn(typed, text) if learning else ''}"
        f"{_departments(shown, text)}{_wording(shown, as_of, text)}{_text(shown, text)}"
        f"{_around(shown, text)}</article>"
    )


def compare_html(first: Shown, second: Shown, as_of: date, text: Words) -> str:
    """Two clauses, row by row: head, departments, wording, text."""
    common = frozenset(first.clause.departments) & frozenset(second.clause.departments)
    both = "".join(
        f'<article class="clause" {_data(one.document, one.clause)}>{_head(one, as_of, text)}'
        f"{_departments(one, text, common)}{_text(one, text)}</article>"
        for one in (first, second)
    )
    return (
        f'<section class="compared" aria-label="{escape(text["compared"])}">'
        f'<p class="actions">{_button("uncompare", text["compare_end"])}</p>'
        f'<div class="pair">{both}</div></section>'
    )


def empty_html(label: str, text: Words) -> str:
    """Where no clause is open, or the one asked for is gone."""
    return f'<p class="hint">{escape(text[label])}</p>'


def _head(shown: Shown, as_of: date, text: Words) -> str:
    document, clause = shown.document, shown.clause
    title = "" if clause.title in clause.label else f" {clause.title}"
    path = "".join(f"<li>{escape(step)}</li>" for step in (document.title, *clause.headings))
    return (
        f'<header><ol class="path" lang="zh-CN">{path}</ol>'
        f'<h3 tabindex="-1" lang="zh-CN"><strong>{escape(clause.label)}</strong>{escape(title)}</h3>'
        f'<p class="from"><span class="number" lang="zh-CN">{escape(document.number)}</span>'
        f"{validity_badge(document.validity(as_of), text)}"
        f'<span class="term">{escape(_term(document, as_of, text))}</span></p></header>'
    )


def _term(document: Document, as_of: date, text: Words) -> str:
    dated = document.effective_from or document.effective_to
    return effective_text(document, text) if dated else term(document, as_of, text.language)


def _actions(text: Words, learning: bool) -> str:
    buttons = [("close", "back"), ("compare", "compare")] + ([("learn", "learn")] if learning else [])
    return f'<p class="actions">{"".join(_button(do, text[label]) for do, label in buttons)}</p>'


def _learn(typed: str, text: Words) -> str:
    return (
        f'<form class="learn" data-form="learn" hidden><p>{escape(text["learn_hint"])}</p>'
        f'<label>{escape(text["learn_question"])}<input name="question" maxlength="200" autocomplete="off"'
        f' value="{escape(typed)}"></label>{form_buttons(text)}</form>'
    )


def form_buttons(text: Words) -> str:
    """Saving and leaving, under every form of the area."""
    return (
        f'<p class="form-buttons"><button type="submit" class="main">{escape(text["save"])}</button>'
        f"{_button('cancel', text['cancel'])}</p>"
    )


def _departments(shown: Shown, text: Words, common: frozenset[str] = frozenset()) -> str:
    bodies = shown.clause.departments
    if bodies:
        said = "".join(_body(body, body in common, text) for body in bodies)
        told = f'<ul lang="zh-CN">{said}</ul>'
    else:
        issuer = shown.document.issuer
        told = f'<p class="none">{escape(text["departments_none"])}</p>' + (
            f'<p class="issuer">{escape(text["issuer"])} <span lang="zh-CN">{escape(issuer)}</span></p>'
            if issuer
            else ""
        )
    return f'<section class="departments"><h4>{escape(text["departments"])}</h4>{told}</section>'


def _body(body: str, common: bool, text: Words) -> str:
    both = f' <span class="both">{escape(text["in_both"])}</span>' if common else ""
    return f"<li>{escape(body)}{both}</li>"


def _wording(shown: Shown, as_of: date, text: Words) -> str:
    quotes = {"key": shown.quote, "whole": whole(shown.clause)}
    said = "".join(
        f'<p class="said" data-length="{length}"{"" if length == "key" else " hidden"}>'
        f"{escape(wording(shown.document, shown.clause, quote, as_of, text))}</p>"
        for length, quote in quotes.items()
    )
    switch = "".join(
        f'<button type="button" data-do="length" data-length="{length}"'
        f' aria-pressed="{"true" if length == "key" else "false"}">{escape(text[f"wording_{length}"])}</button>'
        for length in quotes
    )
    return (
        f'<section class="wording"><div class="wording-head"><h4>{escape(text["wording"])}</h4>'
        f'<div class="switch" role="group" aria-label="{escape(text["wording_length"])}">{switch}</div></div>'
        f'{said}<p><button type="button" class="main" data-do="copy">{escape(text["copy"])}'
        f' <kbd aria-hidden="true">c</kbd></button></p></section>'
    )


def _text(shown: Shown, text: Words) -> str:
    clause = shown.clause
    body = _table(clause) if clause.kind is Kind.TABLE and clause.rows else marked(clause.text, shown.quote)
    return (
        f'<section class="whole"><h4>{escape(text["full_text"])}</h4>'
        f'<div class="clause-text" lang="zh-CN">{body}</div></section>'
    )


def _table(clause: Clause) -> str:
    head, *rows = clause.rows
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="sheet" tabindex="0"><table><tr>{columns}</tr>{lines}</table></div>'


def _around(shown: Shown, text: Words) -> str:
    """The clauses before and after, and the way into the document itself."""
    sides = zip(("previous", "next"), neighbours(shown.document, shown.clause.ref), strict=True)
    links = "".join(
        f'<button type="button" class="{side}" data-do="open" {_data(shown.document, clause)}>'
        f"<span>{escape(text[side])}</span>"
        f'<span lang="zh-CN"><strong>{escape(clause.label)}</strong> {escape(_title(clause))}</span></button>'
        for side, clause in sides
        if clause
    )
    there = urlencode({"doc": shown.document.number, "clause": shown.clause.path})
    return (
        f'<nav class="around" aria-label="{escape(text["context"])}">{links}'
        f'<a data-go href="?{escape(there)}">{escape(text["in_documents"])}</a></nav>'
    )


def _title(clause: Clause) -> str:
    return "" if clause.title in clause.label else clause.title


def _data(document: Document, clause: Clause) -> str:
    return f'data-doc="{escape(document.number)}" data-clause="{escape(clause.path)}"'


def _button(do: str, label: str) -> str:
    return f'<button type="button" data-do="{do}">{escape(label)}</button>'
