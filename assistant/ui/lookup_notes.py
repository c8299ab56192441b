"""What agents leave behind: notes on what was not found, known questions, counts of what was looked up.

Everything is kept by the store (assistant/store), which masks personal numbers.  Without a store nothing is kept, and
the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

import gradio as gr

from assistant.learning import Learning
from assistant.store import AddedQuestion, Lookup, Note, Store
from assistant.ui.area import Context
from assistant.ui.lookup_bar import NOTE_LONGEST
from assistant.ui.lookup_filters import Filters, clause_of
from assistant.ui.lookup_find import LONGEST, Asked, Finder
from assistant.ui.lookup_wording import named
from assistant.ui.texts import Words, words
from index.types import ClauseRef, Document, PolicyError

# What fits under the box without scrolling far.
_LISTED = 10
# Added questions to look through and withdraw; the list scrolls by itself.
_ADDED = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """What the events of the area do with the store.  Each gives (a message, the lists)."""

    context: Context
    store: Store
    learning: Learning
    finder: Finder

    @classmethod
    def of(cls, context: Context) -> Desk | None:
        """None where nothing is kept."""
        store = context.store
        if store is None:
            return None
        return cls(context, store, Learning(context.session, store), Finder(context.session))

    def note(self, event: gr.EventData, language: str) -> tuple[str, str]:
        """No answer was found: the text of the box with a note."""
        text = words(language).area("lookup")
        asked = str(event.text)[:LONGEST].strip()
        if not asked:
            return said_html("no", text["note_needs_text"]), lists_html(self, text)
        row = Note(
            at=_now(),
            query=asked,
            filters=Filters.read(event.filters).to_json(),
            note=str(event.note)[:NOTE_LONGEST].strip(),
            author=text["agent"],
        )
        try:
            self.store.add_note(row)
        except PolicyError as problem:
            return said_html("no", str(problem)), lists_html(self, text)
        return said_html("note", text["note_saved"]), lists_html(self, text)

    def learn(self, event: gr.EventData, language: str) -> tuple[str, str]:
        """The open clause gets a known question, which counts from now on."""
        text = words(language).area("lookup")
        clause = clause_of(self.context.session.documents, event.doc, event.clause)
        question = str(event.question)[:LONGEST].strip()
        if clause is None:
            return said_html("no", text["clause_gone"]), lists_html(self, text)
        try:
            added = self.learning.add(clause.ref, question, text["agent"], _now())
        except PolicyError as problem:
            return said_html("no", str(problem)), lists_html(self, text)
        where = f"{clause.ref.document_number} {named(clause)}"
        told = text.say("learned", question=added.question, clause=where)
        return said_html("learn", told), lists_html(self, text)

    def withdraw(self, event: gr.EventData, language: str) -> tuple[str, str]:
        """An added question counts no longer."""
        text = words(language).area("lookup")
        added = next((one for one in self.store.added_questions() if str(one.id) == str(event.number)), None)
        try:
            gone = added is not None and self.learning.withdraw(added.id, text["agent"], _now())
        except PolicyError as problem:
            return said_html("no", str(problem)), lists_html(self, text)
        if added is None or not gone:
            return said_html("no", text["withdrawn_before"]), lists_html(self, text)
        return said_html("withdraw", text.say("withdrawn", question=added.question)), lists_html(self, text)

    def looked(self, event: gr.EventData, language: str) -> tuple[str, str]:
        """A text that was meant and not only passed while typing; none of it found counts as unanswered."""
        text = words(language).area("lookup")
        found = self.finder.find(Asked.read({"text": event.text}), self.context.today())
        with suppress(PolicyError):  # a count that is lost is no reason to disturb a call
            self.store.record_lookup(str(event.text)[:LONGEST], found.total if found.known else 0, _now())
        return "", lists_html(self, text)


def lists_html(desk: Desk | None, text: Words) -> str:
    """Frequent queries, those that wait for an answer, and questions that agents have added; a click looks them up."""
    if desk is None:
        return f'<p class="hint">{escape(text["no_store"])}</p>'
    notes = {note.query: note.note for note in reversed(desk.store.recent(Note)) if note.note}
    frequent = _list("frequent", desk.store.frequent(_LISTED), {}, text)
    waiting = _list("unanswered", desk.store.unanswered(_LISTED), notes, text)
    added = _added(desk.store.added_questions()[-_ADDED:][::-1], desk.context.session.documents, text)
    return f'<div class="lists">{frequent}{waiting}{added}</div>'


def said_html(done: str, message: str) -> str:
    """A message to lookup.js: what was done (`note`, `learn`, or `no`), and what to say of it."""
    at = datetime.now(UTC).timestamp()  # the same words twice are two messages
    return f'<p data-done="{done}" data-at="{at}">{escape(message)}</p>'


def _list(name: str, rows: Sequence[Lookup], notes: dict[str, str], text: Words) -> str:
    empty = text["lists_empty"] if name == "frequent" else text["unanswered_empty"]
    items = "".join(_item(row, notes.get(row.query, ""), name, text) for row in rows)
    body = f"<ul>{items}</ul>" if items else f'<p class="hint">{escape(empty)}</p>'
    return f"<section><h3>{escape(text[name])}</h3>{body}</section>"


def _added(rows: Sequence[AddedQuestion], documents: Mapping[str, Document], text: Words) -> str:
    """The latest added questions, each with a button that takes it back; nothing where there is none."""
    items = "".join(_added_item(row, documents, text) for row in rows)
    listed = f'<ul class="all-added" tabindex="0">{items}</ul>'
    return f"<section><h3>{escape(text['added'])}</h3>{listed}</section>" if items else ""


def _added_item(row: AddedQuestion, documents: Mapping[str, Document], text: Words) -> str:
    ref = ClauseRef.parse(row.clause)
    clause = clause_of(documents, ref.document_number, ref.path)
    where = f"{ref.document_number} {named(clause) if clause else ref.path}"
    label = escape(text.say("withdraw_this", question=row.question))
    return (
        f'<li class="added"><button type="button" data-do="find" data-text="{escape(row.question)}">'
        f'<span class="query">{escape(row.question)}</span><span class="note">{escape(where)}</span></button>'
        f'<button type="button" class="withdraw" data-do="withdraw" data-number="{row.id}" aria-label="{label}">'
        f"{escape(text['withdraw'])}</button></li>"
    )


def _item(row: Lookup, note: str, name: str, text: Words) -> str:
    noted = name == "unanswered" and row.noted
    count = text.say("noted", count=row.noted) if noted else text.say("times", count=row.times)
    said = f'<span class="note">{escape(note)}</span>' if note else ""
    return (
        f'<li><button type="button" data-do="find" data-text="{escape(row.query)}">'
        f'<span class="query">{escape(row.query)}</span><span class="count-of">{escape(count)}</span>{said}'
        f"</button></li>"
    )


def _now() -> datetime:
    return datetime.now(UTC)
