"""The list of runs and what one run comes to: the figures at a glance, every measure with its interval, by type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from assistant.ui.evaluation_results import Row, RunData, RunSummary
from assistant.ui.evaluation_view import (
    BY_TYPE,
    FEW,
    LOWER_IS_BETTER,
    MAIN,
    OTHERS,
    View,
    interval,
    milliseconds,
    named,
    percent,
    share,
)  # fmt: skip
from assistant.ui.texts import Words

# Shown at once; older runs are behind a fold.
NEWEST = 6
TILES = ("ok", "recall@5", "cite_prec", "refused")
# How near to the best a figure must be for each step of the heat, from the fifth down.
STEPS = (0.95, 0.85, 0.7, 0.5)


def runs_html(runs: Sequence[RunSummary], chosen: str, text: Words) -> str:
    """The runs, newest first, the chosen one marked."""
    if not runs:
        return ""
    rows = [_run_row(run, run.label == chosen, text) for run in runs]
    older = "".join(rows[NEWEST:])
    opened = " open" if any(run.label == chosen for run in runs[NEWEST:]) else ""
    fold = (
        f"<details{opened}><summary>{text.say('runs_older', count=len(runs) - NEWEST)}</summary>"
        f"<ul>{older}</ul></details>"
    )
    return (
        f'<nav class="ev-runs" aria-label="{text["runs"]}"><h3>{text["runs"]}</h3>'
        f"<ul>{''.join(rows[:NEWEST])}</ul>{fold if older else ''}</nav>"
    )


def empty_html(text: Words) -> str:
    """Where there is no run: what to do."""
    return (
        f'<div class="ev-empty"><h3>{text["runs_empty"]}</h3><p>{text["runs_empty_how"]}</p>'
        f"<p>{text['runs_empty_shell']}</p><pre>{escape(text['runs_empty_commands'])}</pre></div>"
    )


def _run_row(run: RunSummary, chosen: bool, text: Words) -> str:
    current = ' aria-current="true"' if chosen else ""
    value = run.ok.get("value") if run.ok else None
    facts = [when(run), file_name(run), text.say("n_cases", count=run.cases)]
    return (
        f'<li><a data-go href="{View(run=run.label).href(text)}"{current}>'
        f'<span class="ev-name">{escape(str(run.config.get("name", run.label)))}</span>'
        f'<code>{escape(commit(run))}</code><strong class="ev-pass">{percent(value)}</strong>'
        f'<span class="ev-facts">{escape(" · ".join(filter(None, facts)))}</span>{state_badge(run, text)}</a></li>'
    )


def state_badge(run: RunSummary, text: Words) -> str:
    """What a run still lacks."""
    if not run.complete:
        said = text.say("unfinished", done=run.answers, total=run.cases)
        return f'<span class="badge expiring">{said}</span>'
    return "" if run.ok else f'<span class="badge">{text["unscored"]}</span>'


def run_html(run: RunSummary, data: RunData | None, text: Words) -> str:
    """One run: head, figures, measures, types; before it is scored, the button that scores it."""
    if data is None:
        return (
            f'{_head(run, text, report=False)}<div class="ev-empty"><p>{text["needs_score"]}</p>'
            f'<button type="button" class="ev-button" data-act="score">{text["score"]}</button></div>'
        )
    return "".join((
        _head(run, text, report=True), _problems(data, text), _tiles(data, text), _jump(text), _measures(data, text),
        _types(data, text),
    ))  # fmt: skip


def _head(run: RunSummary, text: Words, report: bool) -> str:
    button = f'<button type="button" class="ev-button" data-act="report">{text["report"]}</button>'
    config = run.config
    settings = config.get("settings") or {}
    rows = [
        (text["when"], when(run)),
        (text["case_file"], f"{file_name(run)} · {text.say('n_cases', count=run.cases)}"),
        (text["commit"], commit(run) + (text["uncommitted"] if config.get("changes") else "")),
        (text["as_of_day"], str(config.get("as_of", ""))),
        (text["model"], str(settings.get("model") or text["no_model"])),
        (text["took"], text.say("seconds", value=f"{config.get('seconds') or 0:g}")),
    ]
    facts = "".join(f"<div><dt>{term}</dt><dd>{escape(value)}</dd></div>" for term, value in rows if value)
    return (
        f'<header class="ev-head"><h3 tabindex="-1" id="ev-run">{escape(run.label)}{state_badge(run, text)}</h3>'
        f'{button if report else ""}</header><dl class="ev-config">{facts}</dl>'
    )


def _jump(text: Words) -> str:
    """To the parts of a page that is long."""
    buttons = "".join(
        f'<button type="button" data-jump="ev-{part}">{text[f"{part}_title"]}</button>'
        for part in ("measures", "types", "compare", "cases")
    )
    return f'<div class="ev-jump" role="group" aria-label="{text["jump"]}">{buttons}</div>'


def _problems(data: RunData, text: Words) -> str:
    found = "".join(f"<li>{escape(str(said))}</li>" for said in data.scores.get("problems") or ())
    title = text["problems"]
    return f'<div class="ev-problems"><p>{title}</p><ul lang="zh-CN">{found}</ul></div>' if found else ""


def _tiles(data: RunData, text: Words) -> str:
    measures = data.scores["all"]["measures"]
    tiles = "".join(_tile(key, measures[key], text) for key in TILES if key in measures)
    latency = data.scores["all"].get("latency") or {}
    times = f"{milliseconds(latency.get('p50_ms'))}<small> / {milliseconds(latency.get('p95_ms'))}</small>"
    return (
        f'<ul class="ev-tiles">{tiles}<li><span>{text["latency"]}</span><strong>{times}</strong>'
        f"<small>{text['latency_note']}</small></li></ul>"
    )


def _tile(key: str, row: Row, text: Words) -> str:
    low, high = percent(row.get("low")), percent(row.get("high"))
    note = text.say("tile_note", low=low, high=high, n=row["n"]) if row.get("value") is not None else ""
    return (
        f"<li><span>{named(text, 'measures', key)}</span><strong>{percent(row.get('value'))}</strong>"
        f"<small>{note or text['undefined']}</small></li>"
    )


def _measures(data: RunData, text: Words) -> str:
    measures = data.scores["all"]["measures"]
    heads = "".join(f'<th scope="col">{text[key]}</th>' for key in ("measure", "value", "plot", "interval"))
    head = f'<thead><tr>{heads}<th scope="col">n</th></tr></thead>'
    main, others = (
        "".join(_measure(key, measures[key], text) for key in keys if key in measures)
        for keys in (MAIN, OTHERS)
    )
    meanings = "".join(
        f"<dt>{named(text, 'measures', key)}</dt><dd>{named(text, 'definitions', key)}</dd>"
        for key in (*MAIN, *OTHERS)
    )
    return (
        f'<section class="ev-section"><h3 tabindex="-1" id="ev-measures">{text["measures_title"]}</h3>'
        f'<table class="ev-measures">{head}<tbody>{main}</tbody></table>'
        f'<details><summary>{text["more_measures"]}</summary><table class="ev-measures">{head}'
        f"<tbody>{others}</tbody></table></details>"
        f'<details><summary>{text["meanings"]}</summary><dl class="ev-meanings">{meanings}</dl></details>'
        f'<p class="ev-note">{text.say("reading", few=FEW)}</p></section>'
    )


def _measure(key: str, row: Row, text: Words) -> str:
    lower = f" <small>{text['lower']}</small>" if key in LOWER_IS_BETTER else ""
    few = ' class="few"' if row["n"] < FEW else ""
    return (
        f'<tr{few}><th scope="row">{named(text, "measures", key)}{lower}</th>'
        f'<td class="num">{share(row.get("value"))}</td>'
        f'<td class="plot">{_bar(key, row)}</td><td class="num soft">{interval(row)}</td>'
        f'<td class="num soft n">{row["n"]}</td></tr>'
    )


def _bar(key: str, row: Row) -> str:
    """The value as a bar from 0 to 1 with its interval as a whisker; the numbers beside it say the same."""
    value, low, high = row.get("value"), row.get("low"), row.get("high")
    if value is None or low is None or high is None:
        return ""
    kind = " lower" if key in LOWER_IS_BETTER else ""
    return (
        f'<span class="ev-bar{kind}" aria-hidden="true"><i style="width:{value:.1%}"></i>'
        f'<b style="left:{low:.1%};width:{high - low:.1%}"></b></span>'
    )


def _types(data: RunData, text: Words) -> str:
    groups = [("", data.scores["all"]), *data.scores["by_type"].items()]
    heads = "".join(f'<th scope="col">{named(text, "measures", key)}</th>' for key in BY_TYPE)
    rows = "".join(_type_row(key, group, text) for key, group in groups)
    return (
        f'<section class="ev-section"><h3 tabindex="-1" id="ev-types">{text["types_title"]}</h3>'
        f'<div class="ev-scroll" role="region" tabindex="0" aria-label="{text["types_title"]}">'
        f'<table class="ev-heat"><thead><tr><th scope="col">{text["type"]}</th><th scope="col">n</th>{heads}'
        f'<th scope="col">p50</th></tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="ev-note">{text.say("types_note", few=FEW)}</p></section>'
    )


def _type_row(key: str, group: Row, text: Words) -> str:
    name = named(text, "types", key) if key else text["all"]
    pick = (
        f'<button type="button" data-pick="{escape(key)}" data-measure="all">{name}</button>' if key else name
    )
    cells = "".join(_cell(measure, group["measures"].get(measure) or {}) for measure in BY_TYPE)
    p50 = milliseconds((group.get("latency") or {}).get("p50_ms"))
    total = "" if key else ' class="total"'
    return f'<tr{total}><th scope="row">{pick}</th><td>{group["n"]}</td>{cells}<td>{p50}</td></tr>'


def _cell(key: str, row: Row) -> str:
    value = row.get("value")
    if value is None:
        return f"<td>{share(None)}</td>"
    goodness = 1 - value if key in LOWER_IS_BETTER else value
    few = " few" if row["n"] < FEW else ""
    return f'<td class="heat{sum(goodness >= step for step in STEPS)}{few}">{share(value)}</td>'


def when(run: RunSummary) -> str:
    """When a run began, by this machine's clock."""
    try:
        begun = datetime.fromisoformat(str(run.config.get("started", "")))
    except ValueError:
        return ""
    return begun.astimezone().strftime("%Y-%m-%d %H:%M")


def commit(run: RunSummary) -> str:
    """The commit of a run, with the mark that its folder has where something was not committed."""
    name = str(run.config.get("name", ""))
    return run.label.removeprefix(f"{name}-")


def file_name(run: RunSummary) -> str:
    return str(run.config.get("cases", "")).rpartition("/")[2]
