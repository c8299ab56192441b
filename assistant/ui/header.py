"""The head of the page: what this is, what it rests on, and the language switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.ui.staff import sign_out_html
from assistant.ui.texts import DEFAULT_LANGUAGE, HTML_LANGUAGE, LANGUAGES, Words

if TYPE_CHECKING:
    from assistant.session import Session


@dataclass(frozen=True, slots=True)
class Header:
    """The banner, and the switch whose value is the language of the page."""

    banner: gr.HTML
    language: gr.Radio
    session: Session
    today: Callable[[], date]
    signed_in: bool = False

    def update(self, words: Words) -> dict[Any, Any]:
        return {
            self.banner: banner_html(self.session, self.today(), words, self.signed_in),
            self.language: gr.update(label=words["language"], value=words.language),
        }


def build_header(
    session: Session, today: Callable[[], date], words: Words, signed_in: bool = False
) -> Header:
    """Places the header in the layout that is open."""
    with gr.Row(elem_id="head"):
        banner = gr.HTML(
            banner_html(session, today(), words, signed_in),
            elem_id="banner",
            apply_default_css=False,
            js_on_load=None,
        )
        language = gr.Radio(
            [(label, code) for code, label in LANGUAGES.items()],
            value=DEFAULT_LANGUAGE,
            label=words["language"],
            container=False,
            elem_id="language",
        )
    return Header(banner, language, session, today, signed_in)


def banner_html(session: Session, as_of: date, words: Words, signed_in: bool = False) -> str:
    """Title, what the answers rest on, how many documents are held, as of when, and who writes the answers.

    `signed_in`: with a way out, for staff.
    """
    facts = (
        words.say("documents_held", count=len(session.documents)),
        words.say("as_of", date=as_of.isoformat()),
        model_line(session, words),
    )
    return (
        f'<div class="banner" data-language="{HTML_LANGUAGE[words.language]}"'
        f' data-title="{escape(words["title"])}">'
        f'<a class="skip" href="#question">{escape(words["skip"])}</a>'
        f"<h1>{escape(words['title'])}</h1><p>{escape(words['tagline'])}</p>"
        f"<ul>{''.join(f'<li>{escape(fact)}</li>' for fact in facts)}</ul>"
        f"{sign_out_html(words) if signed_in else ''}</div>"
    )


def model_line(session: Session, words: Words) -> str:
    """Which language model answers and where it runs.  Why one is missing stands in the log: it may name files."""
    if session.model is None:
        return words["model_none"]
    client = session.model.client
    if client is None:
        return words["model_down"]
    local = client.place == "localhost"
    return words.say("model_here" if local else "model_there", model=client.name, place=client.place)
