"""The outline of a document: chapters, sections and measures by title, each a link to its clause."""

from __future__ import annotations

from html import escape

from assistant.ui.documents.shelf import link
from assistant.ui.texts import Words
from index.types import Clause, Document

# What stands behind `#` is a run-in heading of the clause before it.
RUN_IN = "#"

# A heading may be a whole sentence; the outline needs its beginning.
TITLE = 60


def depth(clause: Clause) -> int:
    """How deep a clause stands: 0 for a chapter, a preamble or a closing."""
    return clause.path.count("/") + (RUN_IN in clause.path)


def outline_html(document: Document, words: Words) -> str:
    """A disclosure, so that it folds away above the text where the screen is narrow."""
    rows = "".join(_row(document, clause) for clause in document.clauses)
    return (
        f'<details class="outline" open><summary>{escape(words["outline"])}</summary>'
        f'<nav aria-label="{escape(words["outline"])}"><ol lang="zh-CN">{rows}</ol></nav></details>'
    )


def _row(document: Document, clause: Clause) -> str:
    # 末段 has no other name than its label, and the label of a run-in heading ends in its title.
    title = clause.title[:TITLE] if clause.title not in clause.label else ""
    return (
        f'<li class="depth-{min(depth(clause), 3)}"><a data-go data-to="{escape(clause.path)}"'
        f' href="{link(document.number, clause.path)}"><span>{escape(clause.label)}</span> {escape(title)}</a></li>'
    )
