"""The cases of a run: filters by type and by measure, a page of cases, each with what was due, what came, and why.

Questions, answers and clauses come from files: every one of them is escaped here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

from assistant.ui.evaluation_results import Row, RunData
from assistant.ui.evaluation_view import MAIN, OTHERS, View, fell_short, named, share
from assistant.ui.markup import answer_html
from assistant.ui.texts import DEFAULT_LANGUAGE, Words

PAGE = 20
# Not measures: cases with anything wrong, and all of them.
FLAWED, ALL = "flawed", "all"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its answer and its score; what is missing is empty."""

    score: Row
    question: Row
    answer: Row

    @property
    def id(self) -> str:
        return str(self.score["id"])

    @property
    def verdict(self) -> str:
        """fail, flawed or pass."""
        if self.score["measures"].get("ok") != 1:
            return "fail"
        return "flawed" if self.score["failures"] else "pass"


def chosen_cases(data: RunData, view: View) -> list[CaseView]:
    """The cases that a view asks for; failing ones first, each kind in the order of the file."""
    views = [
        CaseView(row, data.questions.get(str(row["id"]), {}), data.answers.get(str(row["id"]), {}))
        for row in data.rows
    ]
    if view.case:
        return [case for case in views if case.id == view.case]
    kept = [case for case in views if view.type in ("", case.score["type"]) and _wanted(case, view.measure)]
    return sorted(kept, key=lambda case: ("fail", "flawed", "pass").index(case.verdict))


def _wanted(case: CaseView, measure: str) -> bool:
    if measure == ALL:
        return True
    if measure == FLAWED:
        return case.verdict != "pass"
    return fell_short(measure or "ok", case.score["measures"].get(measure or "ok"))


def filters_html(data: RunData, view: View, text: Words) -> str:
    """The heading and the two filters, each choice with how many cases it holds."""
    types = Counter(str(row["type"]) for row in data.rows)
    short = {
        key: sum(fell_short(key, row["measures"].get(key)) for row in data.rows) for key in (*MAIN, *OTHERS)
    }
    flawed = sum(bool(row["failures"]) or fell_short("ok", row["measures"].get("ok")) for row in data.rows)
    measures = [
        ("", _counted(text.say("short_of", measure=text.tables["measures"]["ok"]), short["ok"])),
        (FLAWED, _counted(text["any_flaw"], flawed)),
        *(
            (key, _counted(text.say("short_of", measure=text.tables["measures"][key]), n))
            for key, n in short.items()
            if n and key != "ok"
        ),
        (ALL, _counted(text["all_cases"], len(data.rows))),
    ]
    kinds = [("", text["any_type"])] + [
        (key, _counted(text.tables["types"].get(key, key), n)) for key, n in sorted(types.items())
    ]
    return (
        f'<section class="ev-section"><h3 tabindex="-1" id="ev-cases">{text["cases_title"]}</h3>'
        f'<div class="ev-filters">{_select("measure", measures, view.measure, text)}'
        f"{_select('type', kinds, view.type, text)}</div></section>"
    )


def _counted(name: str, n: int) -> str:
    return f"{name} ({n})"


def _select(name: str, choices: Sequence[tuple[str, str]], chosen: str, text: Words) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
    )
    return (
        f'<label class="ev-choice"><span>{text[f"filter_{name}"]}</span>'
        f'<select data-set="{name}">{options}</select></label>'
    )


def cases_html(data: RunData, view: View, text: Words) -> str:
    """A page of the chosen cases; a case that the address names stands alone and open."""
    found = chosen_cases(data, view)
    pages = max(1, -(-len(found) // PAGE))
    page = min(view.number, pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    if view.case:
        back = f'<a data-go data-cases href="{view.href(text, case="")}">{text["back_to_list"]}</a>'
        said = "" if found else f" {text['case_unknown']}"
        head = f'<p class="ev-count" role="status">{back}{said}</p>'
    else:
        head = f'<p class="ev-count" role="status">{_count(len(found), page, pages, text)}</p>'
    body = "".join(case_html(case, bool(view.case), view, text) for case in shown)
    return f"{head}{body}{_pager(page, pages, view, text)}"


def _count(n: int, page: int, pages: int, text: Words) -> str:
    if not n:
        return text["no_case"]
    return text.say("count", n=n) + (text.say("count_page", page=page, pages=pages) if pages > 1 else "")


def _pager(page: int, pages: int, view: View, text: Words) -> str:
    if pages < 2 or view.case:
        return ""
    links = [
        f'<a data-go data-cases href="{view.href(text, page=str(at))}">{text[key]}</a>'
        if 1 <= at <= pages
        else ""
        for key, at in (("page_before", page - 1), ("page_after", page + 1))
    ]
    return f'<nav class="ev-pager" aria-label="{text["pages"]}">{"".join(links)}</nav>'


def case_html(case: CaseView, opened: bool, view: View, text: Words) -> str:
    """One case: its question and first reason, and behind them everything else."""
    verdict, score = case.verdict, case.score
    first = next((f for f in score["failures"] if f["fatal"]), next(iter(score["failures"]), None))
    why = f'<span class="ev-why">{_reason(first, text)}</span>' if first else ""
    tags = [escape(case.id), named(text, "types", str(score["type"]))]
    tags += [named(text, "difficulty", str(score["difficulty"]))] if score.get("difficulty") else []
    return (
        f'<details class="ev-case" data-case="{escape(case.id)}"{" open" if opened else ""}>'
        f'<summary><span class="ev-verdict {verdict}">{text[verdict]}</span>'
        f'<span class="ev-question" lang="zh-CN">{_plain(case.question.get("question"))}</span>'
        f'<span class="ev-tags">{" · ".join(tags)}</span>{why}</summary>'
        f'<div class="ev-body">{_history(case, text)}{_reasons(case, text)}'
        f'<div class="ev-pair">{_due(case, text)}{_came(case, text)}</div>{_foot(case, view, text)}</div></details>'
    )


def _reason(failure: Row, text: Words) -> str:
    detail = str(failure["detail"])
    if failure["kind"] in ("该答没答", "没有回答"):
        said = named(text, "replies", detail)
    else:
        said = f'<span lang="zh-CN">{escape(detail)}</span>'
    return named(text, "failures", str(failure["kind"])) + (f"{text['colon']}{said}" if detail else "")


def _reasons(case: CaseView, text: Words) -> str:
    failures = case.score["failures"]
    if not failures:
        return ""
    rows = "".join(
        f'<li class="{"fatal" if failure["fatal"] else "flaw"}">{_reason(failure, text)}</li>'
        for failure in failures
    )
    note = f" <small>{text['fatal_note']}</small>" if any(failure["fatal"] for failure in failures) else ""
    return f'<div class="ev-reasons"><h4>{text["why"]}{note}</h4><ul>{rows}</ul></div>'


def _history(case: CaseView, text: Words) -> str:
    turns = "".join(
        f"<li><b>{named(text, 'roles', str(turn.get('role')))}</b>"
        f' <span lang="zh-CN">{_plain(turn.get("content"))}</span></li>'
        for turn in _rows(case.question, "history")
    )
    profile = case.question.get("profile")
    firm = "、".join(str(value) for value in profile.values() if value) if isinstance(profile, dict) else ""
    known = f"<p><b>{text['firm']}</b> {escape(firm)}</p>" if firm else ""
    return f'<div class="ev-before">{known}<ol>{turns}</ol></div>' if turns or known else ""


def _due(case: CaseView, text: Words) -> str:
    """What was expected: clauses with whether they were cited, facts with whether they were said."""
    question, score = case.question, case.score
    if not question.get("answerable", True):
        body = f"<p>{text['due_refusal']}</p>"
    else:
        body = "".join(_gold(gold, score, text) for gold in _rows(question, "gold"))
        body = f'<ul class="ev-clauses">{body}</ul>' if body else f"<p>{text['due_none']}</p>"
    facts = _facts(question.get("answer_contains"), score["lacking"], text)
    banned = _banned(question, score, text)
    note = str(question.get("note") or "")
    told = f'<p class="ev-note">{text["note"]}{text["colon"]}{escape(note)}</p>' if note else ""
    return f"<section><h4>{text['due']}</h4>{body}{facts}{banned}{told}</section>"


def _gold(gold: Row, score: Row, text: Words) -> str:
    name = f"{gold.get('doc')} {gold.get('clause')}"
    if not gold.get("required", True):
        badge = f'<span class="badge">{text["optional"]}</span>'
    elif name in score["missed"]:
        badge = f'<span class="badge expired">{text["missed"]}</span>'
    else:
        badge = f'<span class="badge in_force">{text["cited"]}</span>'
    link = _clause_link(gold.get("doc"), gold.get("clause"), str(gold.get("clause")), text)
    return f'<li>{link} {badge}<q lang="zh-CN">{_plain(gold.get("evidence"))}</q></li>'


def _facts(facts: Any, lacking: Sequence[str], text: Words) -> str:
    """Each fact in its accepted wordings, `said` or `lacking`."""
    rows = [" / ".join(str(way) for way in ways) for ways in facts or () if isinstance(ways, list)]
    items = "".join(
        f'<li class="{"lacking" if fact in lacking else "said"}"><span lang="zh-CN">{escape(fact)}</span>'
        f" <small>{text['lacking' if fact in lacking else 'said']}</small></li>"
        for fact in rows
    )
    return f'<h5>{text["facts"]}</h5><ul class="ev-facts-due">{items}</ul>' if items else ""


def _banned(question: Row, score: Row, text: Words) -> str:
    rows = [(str(words), words in score["wrong"]) for words in question.get("answer_not_contains") or ()]
    rows += [
        (f"{bad.get('doc')} {bad.get('clause')}", bool(score["misplaced"]))
        for bad in _rows(question, "must_not_cite")
    ]
    items = "".join(
        f'<li class="{"lacking" if done else "said"}"><span lang="zh-CN">{escape(words)}</span></li>'
        for words, done in rows
    )
    return f'<h5>{text["banned"]}</h5><ul class="ev-facts-due">{items}</ul>' if items else ""


def _came(case: CaseView, text: Words) -> str:
    """The answer with its citations."""
    answer, score = case.answer, case.score
    status = str(score["status"])
    body = answer_html(str(answer.get("answer") or ""), 0, {}) or f"<p>{text['no_text']}</p>"
    details = {str(f["detail"]): str(f["kind"]) for f in score["failures"]}
    cited = "".join(_citation(row, details, text) for row in _rows(answer, "citations"))
    read = str(answer.get("standalone_question") or "")
    differs = read and read != case.question.get("question")
    understood = f'<p class="ev-note">{text["read_as"]}{text["colon"]}{escape(read)}</p>' if differs else ""
    return (
        f'<section><h4>{text["came"]}</h4><p class="status {escape(status)}">{named(text, "replies", status)}</p>'
        f'{understood}<div class="answer" lang="zh-CN">{body}</div>'
        + (f'<h5>{text["citations"]}</h5><ul class="ev-clauses">{cited}</ul>' if cited else "")
        + "</section>"
    )


def _citation(row: Row, failures: Mapping[str, str], text: Words) -> str:
    document, path = str(row.get("document_number") or ""), str(row.get("clause_path") or "")
    kind = failures.get(f"{document} {path}") or failures.get(path)
    badges = f'<span class="badge expired">{named(text, "failures", kind)}</span>' if kind else ""
    badges += f'<span class="badge">{text["related"]}</span>' if row.get("related") else ""
    marker = f"[{escape(str(row['marker']))}] " if row.get("marker") else ""
    label = str(row.get("clause_label") or path)
    link = _clause_link(document, path, label, text)
    return f'<li>{marker}{link} {badges}<q lang="zh-CN">{_plain(row.get("quote"))}</q></li>'


def _clause_link(document: Any, clause: Any, label: str, text: Words) -> str:
    """To the clause in the documents area."""
    language = {} if text.language == DEFAULT_LANGUAGE else {"lang": text.language}
    href = escape("?" + urlencode({"doc": str(document), "clause": str(clause), **language}))
    return f'<a data-go lang="zh-CN" href="{href}">{escape(f"{document} {label}")}</a>'


def _foot(case: CaseView, view: View, text: Words) -> str:
    """The case's own measures, and the link to it."""
    values = "".join(
        f'<li class="{"short" if fell_short(key, value) else "full"}">{named(text, "measures", key)}'
        f" {share(value)}</li>"
        for key in (*MAIN, *OTHERS)
        if (value := case.score["measures"].get(key)) is not None
    )
    link = view.href(text, case=case.id, page="", type="", measure="")
    return (
        f'<details class="ev-values"><summary>{text["case_measures"]}</summary><ul>{values}</ul></details>'
        f'<a class="ev-link" data-go data-cases href="{link}">{text["case_link"]}</a>'
    )


def _rows(row: Row, key: str) -> list[Row]:
    found = row.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _plain(value: Any) -> str:
    return escape(str(value or ""))
