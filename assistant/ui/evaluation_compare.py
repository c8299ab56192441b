"""Two runs side by side: the choice of the other one, and what `eval compare --json` tells, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.ui.evaluation_overview import when
from assistant.ui.evaluation_results import Row, RunSummary
from assistant.ui.evaluation_view import (
    BY_TYPE,
    LOWER_IS_BETTER,
    MAIN,
    OTHERS,
    SIGNIFICANT,
    View,
    better,
    interval,
    named,
    p_value,
    percent,
    share,
    signed,
)  # fmt: skip
from assistant.ui.texts import Words


def choice_html(runs: Sequence[RunSummary], view: View, text: Words) -> str:
    """The heading of the section, and the list to choose the other run from."""
    others = [run for run in runs if run.label != view.run and run.answers]
    if not others:
        body = f'<p class="ev-note">{text["compare_alone"]}</p>'
    else:
        options = "".join(_option(run, view.against, text) for run in others)
        body = (
            f'<label class="ev-choice"><span>{text["compare_with"]}</span>'
            f'<select data-set="against"><option value="">{text["compare_none"]}</option>{options}</select></label>'
        )
    return f'<section class="ev-section"><h3 tabindex="-1" id="ev-compare">{text["compare_title"]}</h3>{body}</section>'


def _option(run: RunSummary, chosen: str, text: Words) -> str:
    passed = f" · {text.tables['measures']['ok']} {percent(run.ok.get('value'))}" if run.ok else ""
    selected = " selected" if run.label == chosen else ""
    label = escape(f"{run.label} · {when(run)}{passed}")
    return f'<option value="{escape(run.label)}"{selected}>{label}</option>'


def comparing_html(view: View, text: Words) -> str:
    """While the two are being compared."""
    said = escape(text.say("comparing", other=view.against))
    return f'<p class="ev-waiting"{_pair(view)}>{said}</p>'


def _pair(view: View) -> str:
    """Which two are meant, for the page to see whether these are still the ones asked for."""
    return f' data-run="{escape(view.run)}" data-against="{escape(view.against)}"'


def compare_html(found: Row, view: View, text: Words) -> str:
    """The chosen run (B) against the other (A)."""
    notes = "".join(f"<li>{escape(str(note))}</li>" for note in found.get("notes") or ())
    return (
        f'<div class="ev-compared"{_pair(view)}>'
        f'<p class="ev-lead">{_lead(found, text)}</p>'
        + (f'<ul class="ev-remarks" lang="zh-CN">{notes}</ul>' if notes else "")
        + _table(found["measures"], text)
        + _by_type(found["by_type"], text)
        + _moved("better", found["better"], view, text)
        + _moved("worse", found["worse"], view, text)
        + f'<p class="ev-note">{text["compare_note"]}</p></div>'
    )


def failed_html(sentence: str, view: View, text: Words) -> str:
    """Why the two can't be compared."""
    said = text.say("compare_failed", why=sentence)
    return f'<p class="notice"{_pair(view)}>{escape(said)}</p>'


def _lead(found: Row, text: Words) -> str:
    """The one sentence: how the share that passed differs, and whether that can be called a difference."""
    row = found["measures"].get("ok") or {}
    value, p = row.get("value"), row.get("p")
    if value is None:
        return text.say("lead_undefined", n=found["n"])
    certain = bool(value) and p is not None and p < SIGNIFICANT
    key = ("lead_better" if value > 0 else "lead_worse") if certain else "lead_unclear"
    return text.say(
        key, n=found["n"], a=percent(row.get("a")), b=percent(row.get("b")), gap=signed(value),
        interval=interval(row, signed), p=p_value(p), better=len(found["better"]), worse=len(found["worse"]),
    )  # fmt: skip


def _table(measures: Mapping[str, Row], text: Words) -> str:
    heads = "".join(
        f'<th scope="col">{text[key]}</th>' for key in ("measure", "other", "this", "gap", "interval", "p")
    )
    main, others = (
        "".join(_row(key, measures[key], text) for key in keys if key in measures) for keys in (MAIN, OTHERS)
    )
    table = '<table class="ev-measures ev-gaps"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    return (
        f"{table.format(heads, main)}<details><summary>{text['more_measures']}</summary>"
        f"{table.format(heads, others)}</details>"
    )


def _row(key: str, row: Row, text: Words) -> str:
    lower = f" <small>{text['lower']}</small>" if key in LOWER_IS_BETTER else ""
    kind, word = _verdict(key, row, text)
    same = "" if row.get("value") else "same"
    return (
        f'<tr class="{kind or same}"><th scope="row">{named(text, "measures", key)}{lower}</th>'
        f'<td class="num soft" data-head="{text["other"]}">{share(row.get("a"))}</td>'
        f'<td class="num" data-head="{text["this"]}">{share(row.get("b"))}</td>'
        f'<td class="num gap">{signed(row.get("value"))}{word}</td>'
        f'<td class="num soft">{interval(row, signed)}</td>'
        f'<td class="num soft" data-head="p">{p_value(row.get("p"))}</td></tr>'
    )


def _verdict(key: str, row: Row, text: Words) -> tuple[str, str]:
    """`better` or `worse` where the difference can be called one, with the word for it; else nothing."""
    value, p = row.get("value"), row.get("p")
    if not value or p is None or p >= SIGNIFICANT:
        return "", ""
    kind = "better" if better(key, value) else "worse"
    return kind, f' <span class="ev-word">{text[kind]}</span>'


def _by_type(groups: Mapping[str, Mapping[str, Row]], text: Words) -> str:
    heads = "".join(f'<th scope="col">{named(text, "measures", key)}</th>' for key in BY_TYPE)
    rows = "".join(
        f'<tr><th scope="row">{named(text, "types", key)}</th>'
        f"<td>{max((row.get('n') or 0 for row in group.values()), default=0)}</td>"
        + "".join(_gap_cell(measure, group.get(measure) or {}, text) for measure in BY_TYPE)
        + "</tr>"
        for key, group in groups.items()
    )
    title = text["compare_types"]
    return (
        f'<h4>{title}</h4><div class="ev-scroll" role="region" tabindex="0" aria-label="{title}">'
        f'<table class="ev-heat"><thead><tr><th scope="col">{text["type"]}</th><th scope="col">n</th>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _gap_cell(key: str, row: Row, text: Words) -> str:
    kind, word = _verdict(key, row, text)
    same = " soft" if not row.get("value") else ""
    spoken = f'<span class="sr-only">{word}</span>' if word else ""
    return f'<td class="{kind}{same}">{signed(row.get("value"))}{spoken}</td>'


def _moved(kind: str, moved: Sequence[Row], view: View, text: Words) -> str:
    rows = "".join(
        f'<li><a data-go data-cases href="{view.href(text, case=str(case["id"]), page="")}">'
        f'<span lang="zh-CN">{escape(str(case["question"]))}</span></a><small>{escape(str(case["id"]))} · '
        f"{named(text, 'types', str(case['type']))} · {_changes(case['changes'], text)}</small></li>"
        for case in moved
    )
    title = text.say(f"moved_{kind}", count=len(moved))
    if not moved:
        return f'<p class="ev-moved none">{title}</p>'
    return f'<details class="ev-moved"><summary>{title}</summary><ul>{rows}</ul></details>'


def _changes(changes: Mapping[str, Sequence[Any]], text: Words) -> str:
    """The first few measures of a case that changed, `通过 0.000 → 1.000`; the worst to miss come first."""
    order = [key for key in (*MAIN, *OTHERS) if key in changes][:4]
    return "; ".join(
        f"{named(text, 'measures', key)} {share(changes[key][0])}&nbsp;→&nbsp;{share(changes[key][1])}"
        for key in order
    )
