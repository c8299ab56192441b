"""What came of a check as HTML: counts, questions that would settle more, a chart, filters, the measures by verdict.

Filtering is done by match.js on what stands here, so that it takes no time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from assistant.applicability import Match, Verdict, open_facts
from assistant.types import Profile
from assistant.ui.match_card import CITYWIDE, card_html, line_html, places
from assistant.ui.match_entry import Entry
from assistant.ui.match_form import district_options, size_options, trade_options
from assistant.ui.texts import DEFAULT_LANGUAGE, Words

# Fields of a profile that are asked for with a select; every other question is answered with yes or no.
_SELECTS: Mapping[str, Any] = {
    "industry": trade_options,
    "district": district_options,
    "size": size_options,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """All measures judged for the firm of an entry; `problem` says why none could be."""

    entry: Entry
    profile: Profile
    matches: tuple[Match, ...]
    as_of: date
    problem: str = ""

    def groups(self) -> dict[str, list[tuple[int, Match]]]:
        """Measures with their places in the list: in force by verdict, of ended plans, and the rest."""
        found: dict[str, list[tuple[int, Match]]] = {
            name: [] for name in ("applies", "may_apply", "over", "does_not_apply")
        }
        for at, one in enumerate(self.matches):
            serves = one.verdict is not Verdict.NOT
            found["over" if serves and one.over else one.verdict.value].append((at, one))
        return found


def status_html(checked: Checked | None, text: Words) -> str:
    """The counts in one sentence; it is read out when it changes."""
    if checked is None:
        return ""
    if checked.problem:
        return f'<p class="notice">{escape(text.say("problem", reason=checked.problem))}</p>'
    count = {name: f"<strong>{len(rows)}</strong>" for name, rows in checked.groups().items()}
    said = escape(text["summary"]).format(
        checked=f"<strong>{len(checked.matches)}</strong>",
        applies=count["applies"],
        may=count["may_apply"],
        over=count["over"],
        not_=count["does_not_apply"],
    )
    return f'<p class="summary">{said}</p>'


def results_html(checked: Checked, text: Words) -> str:
    """Everything below the counts."""
    if checked.problem:
        return ""
    groups = checked.groups()
    serving = [one for name in ("applies", "may_apply") for _, one in groups[name]]
    return (
        f'<section class="results" aria-label="{escape(text["result"])}">{_firm(checked, text)}'
        f'<div class="aids">{_questions(checked, text)}{_chart(serving, text)}</div>'
        f"{_filters(checked, text)}{''.join(_group(name, rows, text) for name, rows in groups.items())}</section>"
    )


def empty_html(measures: int, text: Words) -> str:
    """Before anything is filled in: what will happen, and firms to look at."""
    language = "" if text.language == DEFAULT_LANGUAGE else f"&lang={text.language}"
    links = "".join(
        f'<li><a class="example" href="{escape(f"?view=match&{query}{language}")}" data-go>{escape(firm)}</a></li>'
        for query, firm in text.tables["examples"].items()
    )
    return (
        f'<div class="empty"><p>{escape(text.say("empty", count=measures))}</p>'
        f'<p class="hint">{escape(text["try"])}</p><ul>{links}</ul></div>'
    )


def _firm(checked: Checked, text: Words) -> str:
    """The firm that was checked, as it was understood, and the answers given, each with a way to take it back."""
    profile, entry = checked.profile, checked.entry
    industries, districts = text.tables["industry_names"], text.tables["district_names"]
    choices = {value: label for name in ("size", "traits", "needs") for value, label in text.choices[name]}
    said = [
        industries.get(profile.industry, profile.industry),
        districts.get(profile.district.removesuffix("新区").removesuffix("区"), profile.district),
        *(choices.get(one, districts.get(one, one)) for one in (profile.size, *profile.traits, *entry.needs)),
        entry.text and f"“{entry.text}”",
    ]
    told = "".join(f"<li>{escape(one)}</li>" for one in said if one)
    told += "".join(_answer(fact, text[key], text) for key in ("yes", "no") for fact in getattr(entry, key))
    return (
        f'<div class="firm-line"><h3 tabindex="-1">{escape(text["result"])}</h3>'
        f'<p class="hint">{escape(text.say("as_of_line", date=checked.as_of.isoformat()))}</p>'
        f'<a class="to-form" href="#match-form" data-to-form>{escape(text["to_form"])}</a>'
        f'<p class="sr-only">{escape(text["firm_line"])}</p><ul class="said">{told}</ul></div>'
    )


def _answer(fact: str, answer: str, text: Words) -> str:
    brief = text.tables["briefs"].get(fact, fact)
    name = escape(text.say("undo_name", fact=brief))
    return (
        f'<li class="answer-given">{escape(brief)} · {escape(answer)}<button type="button" data-undo="{escape(fact)}"'
        f' aria-label="{name}" title="{name}">×</button></li>'
    )


def _questions(checked: Checked, text: Words) -> str:
    asked = open_facts(checked.matches, checked.profile)
    if not asked:
        return ""
    items = "".join(_question(at, fact, said, count, text) for at, (fact, said, count) in enumerate(asked))
    return (
        '<section class="questions" aria-labelledby="match-questions">'
        f'<h4 id="match-questions" tabindex="-1">{escape(text["questions"])}</h4><ul>{items}</ul></section>'
    )


def _question(at: int, fact: str, said: str, count: int, text: Words) -> str:
    weight = text.say("question_weight", count=count) if count else text["question_wide"]
    name = f"match-question-{at}"
    return (
        f'<li><p id="{name}">{escape(text.tables["facts"].get(fact, said))}</p>'
        f'<p class="hint">{escape(weight)}</p>{_answers(fact, name, text)}</li>'
    )


def _answers(fact: str, name: str, text: Words) -> str:
    if fact in _SELECTS:
        return (
            f'<select data-field="{fact}" aria-labelledby="{name}"><option value="">{escape(text["choose"])}</option>'
            f"{_SELECTS[fact](text)}</select>"
        )
    buttons = "".join(
        f'<button type="button" data-answer="{key}" data-fact="{escape(fact)}" aria-describedby="{name}">'
        f"{escape(text[key])}</button>"
        for key in ("yes", "no")
    )
    return f'<div class="answers">{buttons}</div>'


def _chart(serving: Sequence[Match], text: Words) -> str:
    counts = Counter(name for one in serving for name in one.instruments)
    if not counts:
        return ""
    names, most = text.tables["instrument_names"], max(counts.values())
    bars = "".join(
        f'<li><button type="button" data-bar="{escape(name)}" aria-pressed="false">'
        f'<span class="name">{escape(names.get(name, name))}</span>'
        f'<span class="bar" aria-hidden="true"><span style="width:{100 * count / most:.0f}%"></span></span>'
        f'<span class="number">{count}</span></button></li>'
        for name, count in counts.most_common()
    )
    return (
        '<section class="chart" aria-labelledby="match-chart">'
        f'<h4 id="match-chart">{escape(text["chart"])}</h4><p class="hint">{escape(text["chart_hint"])}</p>'
        f"<ul>{bars}</ul></section>"
    )


def _filters(checked: Checked, text: Words) -> str:
    matches = checked.matches
    districts = {CITYWIDE: text["citywide"], **text.tables["district_names"]}
    selects = (
        _select("instrument", (i for one in matches for i in one.instruments), text.tables["instrument_names"], text),
        _select("place", (place for one in matches for place in places(one)), districts, text),
        _select("validity", (one.validity.value for one in matches), text.validity, text),
        _select("document", (one.document.number for one in matches), {}, text),
    )  # fmt: skip
    return (
        f'<div class="filters" role="group" aria-label="{escape(text["filters"])}">{"".join(selects)}'
        f'<div class="under"><p class="shown" role="status" data-says="{escape(text["shown"])}"></p>'
        f'<button type="button" class="plain" data-unfilter hidden>{escape(text["filter_clear"])}</button>'
        f'<button type="button" class="plain download" data-download>{escape(text["download"])}</button></div></div>'
    )


def _select(name: str, values: Iterable[str], names: Mapping[str, str], text: Words) -> str:
    """A filter; values in the order of `names`, then as they come."""
    found = dict.fromkeys(values)
    ordered = [value for value in names if value in found] + [value for value in found if value not in names]
    options = "".join(
        f'<option value="{escape(value)}">{escape(names.get(value, value))}</option>' for value in ordered
    )
    return (
        f'<label class="filter"><span>{escape(text[_LABELS[name]])}</span><select data-filter="{name}">'
        f'<option value="">{escape(text["all"])}</option>{options}</select></label>'
    )


_LABELS = {
    "instrument": "filter_instrument",
    "place": "filter_district",
    "validity": "filter_validity",
    "document": "filter_document",
}


def _group(name: str, rows: Sequence[tuple[int, Match]], text: Words) -> str:
    folded = name in ("over", "does_not_apply")
    if folded and not rows:
        return ""
    draw = line_html if name == "does_not_apply" else card_html
    items = "".join(draw(at, one, text) for at, one in rows)
    head = f'<h4>{escape(text[name])} <span class="number" data-count>{len(rows)}</span></h4>'
    none = "" if folded else text[f"{name}_none"]
    body = (
        f'<ol class="measures">{items}</ol>'
        f'<p class="hint none" data-filtered="{escape(text["filtered_none"])}" {"hidden" if rows else ""}>'
        f"{escape(none)}</p>"
    )
    if folded:
        return f'<details class="group {name}"><summary>{head}</summary>{body}</details>'
    return f'<section class="group {name}">{head}{body}</section>'
