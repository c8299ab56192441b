"""A run's figures → one HTML page that needs nothing else: no network, no other file.

`build` puts the sections together; overview.py, curves.py and cases.py work out what is shown, plots.py where
marks stand, text.toml holds the words, page.html.j2 and its parts the markup.  Everything from cases and answers
is escaped by jinja2; what is not (`|safe` in the templates) is our own style and script, and answers rendered with
raw HTML off.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.compare import Comparison
from eval.measures import reliability, risk_coverage
from eval.report import cases, curves, overview, plots, shown
from eval.report.words import FOLDER, measure_name, named, say, type_name
from eval.runs import Run
from eval.score import Scores


def build(run: Run, scores: Scores, comparison: Comparison | None, ablation: dict[str, Any] | None) -> str:
    """The page.  `comparison` is `compare(other, run)`, so that B is this run; `ablation` is `Table.to_json()`.

    The same values give the same text, byte by byte; it can be written as UTF-8 whatever the answers hold.
    """
    views = cases.case_views(run.records)
    page = _environment().get_template("page.html.j2")
    text = page.render(
        run=run,
        config=run.config,
        days=sorted({str(record.case.as_of or run.config.as_of) for record in run.records}),
        **_assets(),
        **_summary(scores, comparison, views),
        **_curves(run, scores),
        ablation=overview.ablation_table(ablation) if ablation else None,
        views=views,
        index=cases.index_of(views),
        filters=_filters(views),
    )
    # JSON can hold half a surrogate pair, which UTF-8 cannot.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    environment.globals.update(
        say=say,
        named=named,
        type_name=type_name,
        measure_name=measure_name,
        shown=shown,
        plots=plots,
        FEW=overview.FEW,
    )
    return environment


def _assets() -> dict[str, str]:
    """Style and script with the hashes by which the page's policy knows them: nothing else can run."""
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return {"style": style, "script": script, "style_hash": _hash(style), "script_hash": _hash(script)}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _summary(
    scores: Scores, comparison: Comparison | None, views: Sequence[cases.CaseView]
) -> dict[str, Any]:
    main, others = overview.measure_rows(scores, comparison)
    return {
        "scores": scores,
        "verdicts": Counter(view.verdict for view in views),
        "reasons": cases.reasons(views),
        "main": main,
        "others": others,
        "comparison": comparison,
        "better": overview.moved_rows(comparison.better) if comparison else [],
        "worse": overview.moved_rows(comparison.worse) if comparison else [],
        "columns": overview.columns(),
        "type_rows": overview.type_rows(scores),
        "difficulty_rows": overview.difficulty_rows(scores),
    }


def _curves(run: Run, scores: Scores) -> dict[str, Any]:
    curve = risk_coverage(run.records)
    times = curves.times(run.records)
    latency = scores.all.latency
    named_times = {name: latency[f"{name}_ms"] for name in ("p50", "p95")}
    marked = [
        (f"{name} {shown.milliseconds(ms)}", ms)
        for name, ms in named_times.items()
        if ms is not None and times
    ]
    return {
        "curve": curve,
        "risk_plot": plots.risk_plot(curve),
        "risk_reading": curves.risk_reading(curve, run.records),
        "reliability": (reliable := reliability(run.records)),
        "reliability_plot": plots.reliability_plot(reliable),
        "times": times,
        "latency_plot": plots.latency_plot([ms for ms, _ in times], marked),
        "percentiles": curves.percentiles([ms for ms, _ in times]),
    }


def _filters(views: Sequence[cases.CaseView]) -> dict[str, list[tuple[str, Any, int]]]:
    """What can be chosen in each filter: value, words, and how many cases have it."""
    records = [view.record for view in views]
    types = Counter(record.case.type for record in records)
    difficulties = Counter(record.case.difficulty or "–" for record in records)
    statuses = Counter(record.reply.status for record in records)
    return {
        "type": [(key, type_name(key), n) for key, n in sorted(types.items())],
        "difficulty": [(key, named("difficulty", key), n) for key, n in sorted(difficulties.items())],
        "status": [(key, named("status", key), n) for key, n in sorted(statuses.items())],
        "kind": [(kind, words, n) for kind, words, _, n in cases.reasons(views)],
    }
