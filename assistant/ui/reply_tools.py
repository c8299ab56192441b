"""What stands under a reply: questions to go on with, copying, and what one thinks of it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from assistant.ui.feedback import REASON_LIMIT, VERDICTS
from assistant.ui.talk import Exchange
from assistant.ui.texts import Words


def questions_html(heading: str, questions: Iterable[str]) -> str:
    """Questions as buttons, each of which is asked by a click."""
    rows = "".join(f"<li>{ask_button(question)}</li>" for question in questions)
    return f'<section class="onward"><h4>{escape(heading)}</h4><ul>{rows}</ul></section>' if rows else ""


def ask_button(question: str) -> str:
    text = escape(question)
    return f'<button type="button" class="example" lang="zh-CN" data-ask="{text}">{text}</button>'


def edit_button(turn: int, words: Words) -> str:
    """Puts a question back into the box."""
    label = escape(words.say("edit_of", turn=turn))
    return (
        f'<button type="button" class="talk-tool edit" data-edit="{turn}" aria-label="{label}">'
        f"{escape(words['edit'])}</button>"
    )


def tools_html(turn: int, exchange: Exchange, copied: str, rating: bool, words: Words) -> str:
    """The row of tools.  `copied` is what copying gives; `rating`: whether what one thinks is kept anywhere."""
    copy = (
        f'<button type="button" class="talk-tool" data-copy-text="{escape(copied)}"'
        f' data-copied="{escape(words["copied"])}">{escape(words["copy"])}</button>'
    )
    return f'<div class="under-reply">{copy}{_rating(turn, exchange, words) if rating else ""}</div>'


def _rating(turn: int, exchange: Exchange, words: Words) -> str:
    thanks = (
        f'<p class="thanks" tabindex="-1"{"" if exchange.rated else " hidden"}>{escape(words["thanks"])}</p>'
    )
    if exchange.rated:
        return thanks
    thumbs = "".join(
        f'<button type="button" class="talk-tool" data-verdict="{verdict}" aria-expanded="false"'
        f' aria-controls="rate-{turn}">{escape(words[f"rate_{verdict}"])}</button>'
        for verdict in VERDICTS
    )
    return f"{thumbs}{thanks}{_reasons(turn, words)}"


def _reasons(turn: int, words: Words) -> str:
    """A form for the reason, which need not be given; chat.js shows the reasons of the verdict chosen."""
    groups = "".join(
        f'<fieldset data-for="{verdict}" hidden disabled><legend>{escape(words[f"why_{verdict}"])}</legend>'
        + "".join(
            f'<label><input type="radio" name="reason" value="{escape(value)}"><span>{escape(label)}</span></label>'
            for value, label in words.choices[f"reasons_{verdict}"]
        )
        + "</fieldset>"
        for verdict in VERDICTS
    )
    return (
        f'<form class="reasons" id="rate-{turn}" data-rate="{turn}" hidden>{groups}'
        f'<label class="more"><span>{escape(words["reason_more"])}</span>'
        f'<textarea name="more" rows="2" maxlength="{REASON_LIMIT}"></textarea></label>'
        f'<p class="note">{escape(words["rate_note"])}</p>'
        f'<button type="submit" class="talk-tool strong">{escape(words["rate_send"])}</button></form>'
    )
