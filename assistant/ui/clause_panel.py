"""The side panel: the clauses that an answer cites, in full, with the quoted words marked.

`clauses_html` takes the talk and gives one group of cards for each question; the page shows the last
one, and a click on a marker shows the group and the card that it names (page.js).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import gradio as gr

from assistant.followups import neighbours
from assistant.types import Citation
from assistant.ui.documents.shelf import link
from assistant.ui.library import library_html, validity_badge
from assistant.ui.markup import marked
from assistant.ui.talk import Exchange, Talk
from assistant.ui.texts import HTML_LANGUAGE, Words
from index.types import Clause, Document


@dataclass(frozen=True, slots=True)
class ClausePanel:
    """The panel and what fills it."""

    html: gr.HTML
    documents: tuple[Document, ...]
    today: Callable[[], date]

    def update(self, talk: Talk, words: Words) -> dict[Any, Any]:
        return {self.html: clauses_html(talk, words, library_html(self.documents, self.today(), words))}


def build_clause_panel(
    documents: tuple[Document, ...], today: Callable[[], date], words: Words
) -> ClausePanel:
    """Places the panel in the layout that is open."""
    empty = clauses_html(Talk(), words, library_html(documents, today(), words))
    html = gr.HTML(empty, elem_id="clause-panel", apply_default_css=False, js_on_load=None)
    return ClausePanel(html, documents, today)


def clauses_html(talk: Talk, words: Words, library: str = "") -> str:
    """The whole panel: a group of cards for each answered question; before the first, the `library`."""
    last = len(talk.exchanges)
    groups = "".join(
        _group(turn, turn == last, exchange, words) for turn, exchange in enumerate(talk.exchanges, 1)
    )
    body = groups or f'<p class="hint">{escape(words["clauses_empty"])}</p>{library}'
    return (
        f'<section class="clauses" aria-labelledby="clauses-title" lang="{HTML_LANGUAGE[words.language]}">'
        f'<header><h2 id="clauses-title">{escape(words["clauses"])}</h2>'
        f'<button type="button" class="close" data-close>{escape(words["close"])}</button></header>'
        f'<div class="groups">{body}</div></section>'
    )


def card_html(turn: int, citation: Citation, opened: bool, words: Words) -> str:
    """One clause: name, validity, where it stands, departments, full text."""
    clause, document = citation.clause, citation.document
    before, after = neighbours(document, clause)
    return (
        f'<details class="card" data-turn="{turn}" data-marker="{citation.marker}"{" open" if opened else ""}>'
        f'<summary><span class="chip">{citation.marker}</span>'
        f'<span class="name" lang="zh-CN"><strong>{escape(clause.label)}</strong> {escape(document.number)}</span>'
        f"{validity_badge(citation.validity, words)}</summary>"
        f'<div class="card-body"><p class="title" lang="zh-CN">{escape(document.title)}</p>'
        f"<dl>{_facts(citation, words)}</dl>"
        f"{_neighbour('clause_before', before, words)}"
        f'<p class="clause-text" lang="zh-CN">{marked(clause.text, citation.quote)}</p>'
        f"{_neighbour('clause_after', after, words)}"
        f'<p><a data-go class="in-document" href="{link(document.number, clause.path)}">'
        f"{escape(words['open_in_document'])}</a></p></div></details>"
    )


def _neighbour(key: str, clause: Clause | None, words: Words) -> str:
    """The clause before or after, behind its name."""
    if clause is None:
        return ""
    title = "" if not clause.title or clause.title in clause.label else f" {clause.title}"
    return (
        f'<details class="neighbour"><summary>{escape(words[key])}'
        f'<span lang="zh-CN">{escape(clause.label + title)}</span></summary>'
        f'<p class="around" lang="zh-CN">{escape(clause.text)}</p></details>'
    )


def _group(turn: int, shown: bool, exchange: Exchange, words: Words) -> str:
    citations = exchange.answer.citations
    evidence = [citation for citation in citations if not citation.related]
    related = [citation for citation in citations if citation.related]
    first = citations[0].marker if citations else 0
    body = _cards("evidence", evidence, turn, first, words) + _cards("related", related, turn, first, words)
    return (
        f'<div class="group" data-turn="{turn}"{"" if shown else " hidden"}>'
        f'<p class="asked"><span>{escape(words.say("clauses_of", turn=turn))}</span> {escape(exchange.question)}</p>'
        + (body or f'<p class="hint">{escape(words["clauses_none"])}</p>')
        + "</div>"
    )


def _cards(key: str, citations: list[Citation], turn: int, first: int, words: Words) -> str:
    if not citations:
        return ""
    cards = "".join(card_html(turn, citation, citation.marker == first, words) for citation in citations)
    return f'<h3 class="{key}">{escape(words[key])}</h3>{cards}'


def _facts(citation: Citation, words: Words) -> str:
    document, clause = citation.document, citation.clause
    rows = [
        (words["location"], " › ".join(clause.headings)),
        (words["effective"], effective_text(document, words)),
        (words["period"], _period_text(document, words)),
        (words["issued"], document.issued.isoformat() if document.issued else ""),
        (words["departments"], "、".join(clause.departments)),
    ]
    return "".join(f"<dt>{escape(term)}</dt><dd>{escape(value)}</dd>" for term, value in rows if value)


def effective_text(document: Document, words: Words) -> str:
    """The dates of taking effect and of expiry that the document states."""
    start, end = document.effective_from, document.effective_to
    if start and end:
        return words.say("from_to", start=start.isoformat(), end=end.isoformat())
    if start:
        return words.say("from_only", start=start.isoformat())
    return words.say("to_only", end=end.isoformat()) if end else words["unstated"]


def _period_text(document: Document, words: Words) -> str:
    return words.say("years", start=document.period[0], end=document.period[1]) if document.period else ""
