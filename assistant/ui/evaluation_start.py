"""The form that starts a run, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from assistant.ui.area import Updates, own_html
from assistant.ui.evaluation_results import case_files, count_lines, list_runs
from assistant.ui.evaluation_runner import NAME, Progress
from assistant.ui.evaluation_view import View
from assistant.ui.texts import Words

if TYPE_CHECKING:
    from assistant.settings import Settings

NAME_LIMIT = 60
# gradio finds the names of a component's events in its script, between quotes.
FOLLOW = "evaluationArea.follow(element, () => trigger('tick'))"


@dataclass(frozen=True, slots=True)
class StartForm:
    """The fields, the two buttons and the place for progress."""

    cases_dir: Path
    accordion: gr.Accordion
    cases: gr.Dropdown
    name: gr.Textbox
    restart: gr.Checkbox
    start: gr.Button
    progress: gr.HTML
    stop: gr.Button

    def update(self, text: Words) -> Updates:
        """The wording in another language; what has been written stays."""
        return {
            self.accordion: gr.update(label=text["start_title"]),
            self.cases: gr.update(label=text["cases"], choices=self._choices(text)),
            self.name: gr.update(label=text["name"], placeholder=text["name_hint"]),
            self.restart: gr.update(label=text["restart"]),
            self.start: gr.update(value=text["start"]),
        }

    def show(self, progress: Progress, text: Words) -> Updates:
        """How far the run is, with the button that stops it."""
        return {
            self.progress: progress_html(progress, text),
            self.stop: gr.update(value=text["stop_run"], visible=progress.busy),
        }

    def _choices(self, text: Words) -> list[tuple[str, str]]:
        return case_choices(case_files(self.cases_dir), text)


def build_start(settings: Settings, text: Words) -> StartForm:
    """Places the form in the layout that is open; it stands open where there is nothing else to see."""
    files, empty = case_files(settings.cases_dir), not list_runs(settings.results_dir)
    with gr.Accordion(text["start_title"], open=empty, elem_id="evaluation-start") as accordion:
        cases = gr.Dropdown(
            case_choices(files, text), value=next(iter(files), None), label=text["cases"], filterable=False,
            elem_id="evaluation-cases-file",
        )  # fmt: skip
        name = gr.Textbox(
            label=text["name"], placeholder=text["name_hint"], max_length=NAME_LIMIT, max_lines=1,
            elem_id="evaluation-name",
        )  # fmt: skip
        restart = gr.Checkbox(label=text["restart"], elem_id="evaluation-restart")
        start = gr.Button(text["start"], variant="primary", elem_id="evaluation-go")
    progress = own_html("", "evaluation-progress", FOLLOW)
    stop = gr.Button(text["stop_run"], visible=False, elem_id="evaluation-stop", size="sm")
    return StartForm(settings.cases_dir, accordion, cases, name, restart, start, progress, stop)


def case_choices(files: Mapping[str, Path], text: Words) -> list[tuple[str, str]]:
    """What people see, and the name of the file."""
    return [
        (f"{name} · {text.say('n_cases', count=count_lines(path))}", name) for name, path in files.items()
    ]


def problem_with_plan(cases: str, name: str, files: Mapping[str, Path], text: Words) -> str:
    """Why a run can't be started, in one sentence; nothing when it can."""
    if cases not in files:
        return text["problem_cases"]
    if name and (len(name) > NAME_LIMIT or not NAME.fullmatch(name)):
        return text.say("problem_name", name=name)
    return ""


def progress_html(progress: Progress, text: Words) -> str:
    """The bar while it runs; then how it ended, with a link to the run.  `data-busy` keeps the page asking."""
    if progress.stage == "idle":
        return ""
    said = escape(stage_sentence(progress, text))
    busy = " data-busy" if progress.busy else ""
    link = ""
    if progress.stage in ("done", "cancelled") and progress.label:
        link = f' <a data-go href="{View(run=progress.label).href(text)}">{text["see_run"]}</a>'
    return (
        f'<div class="ev-progress {progress.stage}" data-stage="{progress.stage}"{busy}><p>{said}{link}</p>'
        f"{_bar(progress, text) if progress.busy else ''}</div>"
    )


def _bar(progress: Progress, text: Words) -> str:
    value = f' value="{progress.done}" max="{progress.total}"' if progress.total else ""
    return f'<progress aria-label="{text["progress"]}"{value}></progress>'


def stage_sentence(progress: Progress, text: Words) -> str:
    """One sentence for where a run stands, as plain text."""
    return text.say(
        f"stage_{progress.stage}", name=progress.label or progress.name, done=progress.done, total=progress.total,
        why=progress.message or text["why_unknown"],
    )  # fmt: skip
