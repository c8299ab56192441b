"""评测: the latest runs, what each comes to, two of them compared, the cases that went wrong, and a new run.

Everything shown follows from the address (evaluation_view.py) and the folder of results; evaluation.js sends the
address whenever it changes.  Nothing here is an endpoint for other programs: every binding is private.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import gradio as gr

from assistant.ui.area import Address, Context, Page, Updates, intro_html, own_html
from assistant.ui.evaluation_cases import cases_html, filters_html
from assistant.ui.evaluation_command import Evaluation
from assistant.ui.evaluation_compare import choice_html, compare_html, comparing_html, failed_html
from assistant.ui.evaluation_overview import empty_html, run_html, runs_html
from assistant.ui.evaluation_results import RunSummary, case_files, find_run, list_runs, load_run
from assistant.ui.evaluation_runner import Progress, Runner, RunPlan
from assistant.ui.evaluation_start import StartForm, build_start, problem_with_plan, stage_sentence
from assistant.ui.evaluation_view import View
from assistant.ui.texts import Words, words
from assistant.ui.transcript import notice_html
from index.types import PolicyError

# gradio finds the names of a component's events in its script, between quotes.
EVENTS = ("show", "compare", "score", "report")
CONNECT = f"evaluationArea.connect(element, trigger, {json.dumps(EVENTS)})"
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EvaluationPanel:
    """The components of the area, and what stands behind them."""

    context: Context
    evaluation: Evaluation
    runner: Runner
    intro: gr.HTML
    said: gr.HTML
    form: StartForm
    runs: gr.HTML
    run: gr.HTML
    choice: gr.HTML
    compared: gr.HTML
    filters: gr.HTML
    cases: gr.HTML
    file: gr.DownloadButton
    shown: gr.State

    def update(self, text: Words) -> Updates:
        return {self.intro: intro_html(text), **self.form.update(text)}

    def open(self, address: Address, text: Words) -> Updates:
        """Another area may be asked for: then this one is filled when it is gone to."""
        here = address.get("view") == "evaluation"
        view = View.of(address)
        filled = self.filled(view, text) if here else dict.fromkeys(self.parts, gr.skip())
        progress = self.runner.progress()
        return {
            **self.update(text),
            **filled,
            **self.form.show(progress if progress.busy else Progress(), text),
            self.shown: view if here else None,
        }

    def connect(self, page: Page) -> None:
        language, state = page.language, self.shown
        everything = [state, *self.parts]
        self.runs.show(self.show, [language, state], everything, trigger_mode="always_last", **QUIET)
        self.runs.compare(self.compare, [language], self.compared, trigger_mode="always_last", **QUIET)
        self.runs.score(self.score, [language], [self.said, *everything], **QUIET)
        made = self.runs.report(self.report, [language], [self.said, self.file], **QUIET)
        made.success(None, None, None, js="() => evaluationArea.download()", **QUIET)
        language.input(
            self.relabel, [language, state], [*self.parts, self.said, *self.progress_parts], **QUIET
        )
        fields = [self.form.cases, self.form.name, self.form.restart, language]
        gr.on(
            [self.form.start.click, self.form.name.submit],
            self.start, fields, [self.said, *self.progress_parts], **QUIET,
        )  # fmt: skip
        self.form.stop.click(self.stop, [language], self.progress_parts, **QUIET)
        self.form.progress.tick(self.follow, [language], [self.said, *self.progress_parts], **QUIET)

    @property
    def parts(self) -> list[gr.HTML]:
        """What depends on the address."""
        return [self.runs, self.run, self.choice, self.compared, self.filters, self.cases]

    @property
    def progress_parts(self) -> list[Any]:
        return [self.form.progress, self.form.stop]

    # ---- what is shown ----

    def filled(self, view: View, text: Words) -> Updates:
        """All parts; a view that names no run shows the newest."""
        runs = self._runs()
        run = find_run(runs, view.run) if view.run else next(iter(runs), None)
        if run is None:
            said = notice_html(text.say("run_unknown", run=view.run)) if runs else empty_html(text)
            return {**dict.fromkeys(self.parts, ""), self.runs: runs_html(runs, "", text), self.run: said}
        view = replace(view, run=run.label)
        return {
            self.runs: runs_html(runs, run.label, text),
            self.run: run_html(run, load_run(run), text),
            self.choice: choice_html(runs, view, text),
            self.compared: self._compared(run, find_run(runs, view.against), view, text),
            **self._listed(run, view, text),
        }

    def _listed(self, run: RunSummary, view: View, text: Words) -> Updates:
        data = load_run(run)
        if data is None:
            return {self.filters: "", self.cases: ""}
        return {self.filters: filters_html(data, view, text), self.cases: cases_html(data, view, text)}

    def _compared(self, run: RunSummary, other: RunSummary | None, view: View, text: Words) -> str:
        """The comparison, or, where it is yet to be made, the sentence that makes the page ask for it."""
        if other is None:
            return ""
        found = self.evaluation.compared(other, run)
        return compare_html(found, view, text) if found else comparing_html(view, text)

    def show(self, event: gr.EventData, language: str, shown: View | None) -> Updates:
        """The address has changed: only what it changes is sent, so that nothing else moves."""
        view, text = View.of(event.address), self._words(language)
        run = self._find(view.run or None)
        if shown is None or event.anew or shown.run != view.run or run is None:
            return {self.shown: view, **self.filled(view, text)}
        kept = dict.fromkeys(self.parts, gr.skip())
        named = replace(view, run=run.label)
        if shown.against != view.against:
            kept[self.compared] = self._compared(run, self._find(view.against), named, text)
        data = load_run(run)
        kept[self.cases] = cases_html(data, named, text) if data else ""
        return {self.shown: view, **kept}

    def relabel(self, language: str, shown: View | None) -> Updates:
        """What is shown, in another language."""
        text, progress = self._words(language), self.runner.progress()
        filled = self.filled(shown, text) if shown else dict.fromkeys(self.parts, gr.skip())
        showing = self.form.show(progress if progress.busy else Progress(), text)
        return {**filled, self.said: "", **showing}

    # ---- what takes a while ----

    async def compare(self, event: gr.EventData, language: str) -> str:
        """The two runs that the address names."""
        view, text = View.of(event.address), self._words(language)
        run, other = self._find(view.run or None), self._find(view.against)
        if run is None or other is None:
            return ""
        view = replace(view, run=run.label)
        try:
            found = await self._aside(self.evaluation.compare, other, run)
        except PolicyError as problem:
            return failed_html(str(problem), view, text)
        return compare_html(found, view, text)

    async def score(self, event: gr.EventData, language: str) -> AsyncIterator[Updates]:
        """Scores the run that is shown, and shows it again."""
        view, text = View.of(event.address), self._words(language)
        run = self._find(view.run or None)
        if run is None:
            return
        yield {self.said: notice_html(text["scoring"], calm=True)}
        try:
            await self._aside(self.evaluation.score, run)
        except PolicyError as problem:
            yield {self.said: notice_html(str(problem))}
            return
        yield {self.said: "", self.shown: view, **self.filled(view, text)}

    async def report(self, event: gr.EventData, language: str) -> AsyncIterator[Updates]:
        """Makes the HTML report of the run that is shown, against the other one if there is one."""
        view, text = View.of(event.address), self._words(language)
        run = self._find(view.run or None)
        if run is None:
            return
        yield {self.said: notice_html(text["reporting"], calm=True), self.file: None}
        try:
            path = await self._aside(self.evaluation.report, run, self._find(view.against))
        except PolicyError as problem:
            yield {self.said: notice_html(str(problem))}
            return
        yield {self.said: notice_html(text["reported"], calm=True), self.file: str(path)}

    async def _aside(self, work: Callable[..., T], *arguments: Any) -> T:
        """Runs `work` on a worker: nothing else waits for it."""
        return await asyncio.to_thread(work, *arguments)  # it waits for another process, not for a core

    # ---- a new run ----

    def start(self, cases: str, name: str, restart: bool, language: str) -> Updates:
        """Starts a run, unless one is under way or the form is not right."""
        text, settings = self._words(language), self.context.settings
        files, name = case_files(settings.cases_dir), name.strip()
        problem = problem_with_plan(cases, name, files, text)
        if not problem:
            plan = RunPlan(files[cases], name, self.context.today(), bool(restart), settings.results_dir)
            if not self.runner.start(plan):
                now = self.runner.progress()
                problem = text.say("problem_busy", name=now.label or now.name, done=now.done, total=now.total)
        said = notice_html(problem) if problem else notice_html(text["started"], calm=True)
        return {self.said: said, **self.form.show(self.runner.progress(), text)}

    def stop(self, language: str) -> Updates:
        self.runner.cancel()
        return self.form.show(self.runner.progress(), self._words(language))

    def follow(self, language: str) -> Updates:
        """Asked every second while a run is under way; its end is told once."""
        text, progress = self._words(language), self.runner.progress()
        ended = "" if progress.stage == "idle" else _ended(progress, text)
        return {
            self.said: gr.skip() if progress.busy else ended,
            **self.form.show(progress, text),
        }

    def _runs(self) -> tuple[RunSummary, ...]:
        return list_runs(self.context.settings.results_dir)

    def _find(self, label: str | None) -> RunSummary | None:
        """The run of a label; None stands for the newest."""
        runs = self._runs()
        return next(iter(runs), None) if label is None else find_run(runs, label)

    def _words(self, language: str) -> Words:
        return words(language).area("evaluation")


def _ended(progress: Progress, text: Words) -> str:
    return notice_html(stage_sentence(progress, text), calm=progress.stage != "failed")


def build_evaluation(context: Context, text: Words) -> EvaluationPanel:
    """Places the area in the layout that is open."""
    intro = own_html(intro_html(text), "evaluation-intro")
    said = own_html("", "evaluation-said")
    with gr.Row(elem_id="evaluation-board"):
        with gr.Column(elem_id="evaluation-side"):
            form = build_start(context.settings, text)
            runs = own_html("", "evaluation-runs", CONNECT)
        with gr.Column(elem_id="evaluation-main"):
            run = own_html("", "evaluation-run", "evaluationArea.arrives(element, watch)")
            choice = own_html("", "evaluation-choice")
            compared = own_html("", "evaluation-compared", "evaluationArea.compares(element, watch)")
            filters, cases = own_html("", "evaluation-filters"), own_html("", "evaluation-cases")
            file = gr.DownloadButton(visible="hidden", elem_id="evaluation-file")
    return EvaluationPanel(
        context, Evaluation(), Runner(), intro, said, form, runs, run, choice, compared, filters, cases, file,
        gr.State(None),
    )  # fmt: skip
