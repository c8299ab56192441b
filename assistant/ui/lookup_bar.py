"""The fixed part of the area → HTML: the box, the filters, the keys; the line above the list with its form."""

from __future__ import annotations

from datetime import date
from html import escape

from assistant.ui.lookup_clause import form_buttons
from assistant.ui.lookup_filters import NAMES, Choices
from assistant.ui.lookup_find import LONGEST
from assistant.ui.texts import Words

NOTE_LONGEST = 500

KEYS = (
    ("/", "key_focus"),
    ("↑ ↓", "key_move"),
    ("Enter", "key_open"),
    ("c", "key_copy"),
    ("Esc", "key_back"),
)


def bar_html(choices: Choices, as_of: date, text: Words) -> str:
    """The box with the filters under it."""
    selects = "".join(_select(name, choices, as_of, text) for name in NAMES)
    keys = "".join(f"<li><kbd>{key}</kbd> {escape(text[label])}</li>" for key, label in KEYS)
    return (
        f'<div class="lookup-bar" role="search" data-language="{text.language}"><div class="box">'
        f'<label for="lookup-text">{escape(text["box"])}</label>'
        '<div class="field"><input id="lookup-text" type="text" role="combobox" aria-autocomplete="list"'
        ' aria-expanded="false" aria-controls="lookup-list" autocomplete="off" autocapitalize="off"'
        f' spellcheck="false" enterkeyhint="search" maxlength="{LONGEST}"'
        f' placeholder="{escape(text["box_placeholder"])}"><kbd aria-hidden="true">/</kbd></div>'
        f'<button type="button" class="show-filters" data-do="filters" aria-expanded="false"'
        f' aria-controls="lookup-filters">{escape(text["filters"])}</button></div>'
        f'<div id="lookup-filters">{selects}'
        f'<button type="button" data-do="clear" hidden>{escape(text["clear_filters"])}</button></div>'
        f'<ul class="keys" aria-label="{escape(text["keys"])}">{keys}</ul></div>'
    )


def above_html(text: Words, *, noting: bool) -> str:
    """The count of results, announced as it changes, and the form for what was not found."""
    form = (
        f'<button type="button" data-do="note" aria-expanded="false">{escape(text["no_answer"])}</button>'
        f'<form class="note" data-form="note" hidden><label>{escape(text["note"])}'
        f'<textarea name="note" rows="2" maxlength="{NOTE_LONGEST}"'
        f' placeholder="{escape(text["note_placeholder"])}"></textarea></label>{form_buttons(text)}</form>'
    )
    return (
        f'<div class="above" data-comparing="{escape(text["comparing"])}" data-end="{escape(text["compare_end"])}"'
        f' data-copied="{escape(text["copied"])}" data-by-hand="{escape(text["copy_by_hand"])}"'
        f' data-failed="{escape(text["failed"])}" data-empty="{escape(text["clause_empty"])}"'
        f' data-needs-text="{escape(text["note_needs_text"])}">'
        f'<p class="count" role="status"></p>{form if noting else ""}</div>'
        '<div class="pinned" hidden></div>'
    )


def _select(name: str, choices: Choices, as_of: date, text: Words) -> str:
    options = "".join(
        f'<option value="{escape(value)}">{escape(_label(name, label, count, text))}</option>'
        for value, label, count in choices.of(name, as_of)
    )
    return (
        f'<label><span>{escape(text[f"filter_{name}"])}</span><select data-filter="{name}">'
        f'<option value="">{escape(text[f"any_{name}"])}</option>{options}</select></label>'
    )


def _label(name: str, label: str, count: int, text: Words) -> str:
    shown = text.validity[label] if name == "validity" else label
    return text.say("choice_counted", name=shown, count=count)
