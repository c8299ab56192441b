"""适用政策: a form on the firm, and every measure held against it.

The page's address holds the entry; match.js sends it as a `match` event whenever it changes, and as a `download` event
for the list that is shown.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import gradio as gr
from gradio.components import Component

from assistant.applicability import Match, match
from assistant.matchlist import write_xlsx
from assistant.ui.area import Address, Context, Page, Updates, intro_html, own_html
from assistant.ui.match_entry import Entry
from assistant.ui.match_form import form_html
from assistant.ui.match_results import Checked, empty_html, results_html, status_html
from assistant.ui.texts import DEFAULT_LANGUAGE, Words, words
from index.types import PolicyError

FORM_JS = "matching.form(element, (data) => trigger('match', data), (act) => watch('value', act));"
RESULTS_JS = "matching.results(element, (data) => trigger('download', data), (act) => watch('value', act));"
STATUS_JS = "element.setAttribute('role', 'status');"
DONE_JS = "() => matching.done()"
SAVE_JS = "() => document.querySelector('#match-file a')?.click()"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class MatchPanel:
    """The components of the area, and the entry that they show."""

    context: Context
    intro: gr.HTML
    form: gr.HTML
    status: gr.HTML
    results: gr.HTML
    file: gr.HTML
    entry: gr.State

    def update(self, text: Words) -> Updates:
        return {self.intro: intro_html(text)}

    def open(self, address: Address, text: Words) -> Updates:
        """In Chinese the empty form is in place already: who is quick must not see it emptied again."""
        entry = Entry.at(address) if address.get("view") == "match" else Entry()
        if entry or text.language != DEFAULT_LANGUAGE:
            return {**self.update(text), **self.show(entry, text)}
        return {**self.update(text), **dict.fromkeys(self._shown(), gr.skip())}

    def connect(self, page: Page) -> None:
        shown = self._shown()
        checked = self.form.match(
            self.rematch, [page.language], shown,
            trigger_mode="multiple", show_progress="hidden", api_visibility="private",
        )  # fmt: skip
        checked.then(None, None, None, js=DONE_JS, show_progress="hidden", api_visibility="private")
        made = self.results.download(
            self.download, [page.language], self.file, show_progress="hidden", api_visibility="private"
        )
        made.then(None, None, None, js=SAVE_JS, show_progress="hidden", api_visibility="private")
        page.language.input(
            self.relabel, [page.language, self.entry], shown,
            show_progress="hidden", api_visibility="private",
        )  # fmt: skip

    def _shown(self) -> list[Component]:
        """What an entry changes."""
        return [self.entry, self.form, self.status, self.results]

    def rematch(self, event: gr.EventData, language: str) -> Updates:
        """The address has another entry.  A form that is being filled in stays as it is."""
        shown = self.show(Entry.of(event.entry), words(language).area("match"))
        return {**shown, self.form: gr.skip()} if event.keep else shown

    def relabel(self, language: str, entry: Entry) -> Updates:
        """The same in another language."""
        return self.show(entry, words(language).area("match"))

    def download(self, event: gr.EventData, language: str) -> str:
        """A link to the workbook, which the page follows; nothing stays on this machine."""
        text, checked = words(language).area("match"), self.check(Entry.of(event.entry))
        name = text.say("download_name", date=checked.as_of.isoformat())
        data = base64.b64encode(workbook(kept(checked.matches, event.shown), checked)).decode()
        return f'<a download="{escape(name)}" href="data:{WORKBOOK};base64,{data}" tabindex="-1">{escape(name)}</a>'

    def show(self, entry: Entry, text: Words) -> Updates:
        """The form, the counts and the list of an entry."""
        checked = self.check(entry) if entry else None
        count = 0 if checked else len(self.check(Entry()).matches)
        return {
            self.entry: entry,
            self.form: form_html(entry, text),
            self.status: status_html(checked, text),
            self.results: results_html(checked, text) if checked else empty_html(count, text),
        }

    def check(self, entry: Entry) -> Checked:
        """Every measure held against the firm of an entry."""
        profile, as_of = entry.profile(), self.context.today()
        try:
            return Checked(
                entry, profile, tuple(match(profile, self.context.session.documents, as_of)), as_of
            )
        except PolicyError as problem:
            return Checked(entry, profile, (), as_of, str(problem))


def kept(matches: Sequence[Match], shown: object) -> Sequence[Match]:
    """The measures at the places `shown`; all of them where it is no list of places."""
    if not isinstance(shown, list):
        return matches
    places = {place for place in shown if isinstance(place, int)}
    return [one for at, one in enumerate(matches) if at in places]


def workbook(matches: Sequence[Match], checked: Checked) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_xlsx(matches, checked.as_of, path)
        return path.read_bytes()


def build_match(context: Context, text: Words) -> MatchPanel:
    """Places the area in the layout that is open."""
    intro = own_html(intro_html(text), "match-intro")
    measures = len(match(Entry().profile(), context.session.documents, context.today()))
    with gr.Row(elem_id="match-columns"):
        form = own_html(form_html(Entry(), text), "match-form", FORM_JS)
        with gr.Column(elem_id="match-list"):
            status = own_html("", "match-status", STATUS_JS)
            results = own_html(empty_html(measures, text), "match-results", RESULTS_JS)
            file = own_html("", "match-file")
    return MatchPanel(context, intro, form, status, results, file, gr.State(Entry()))
