"""The talk → HTML: questions, checked answers, the steps while one is being worked on, the examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from html import escape

from assistant.export import answer_text
from assistant.followups import followups
from assistant.scope import language_of
from assistant.types import Answer, Citation
from assistant.ui.ask import Progress
from assistant.ui.library import validity_badge
from assistant.ui.markup import answer_html, cite_button
from assistant.ui.reply_tools import ask_button, edit_button, questions_html, tools_html
from assistant.ui.talk import Exchange, Talk
from assistant.ui.texts import HTML_LANGUAGE, Words
from index.types import Document


@dataclass(frozen=True, slots=True)
class Around:
    """What a talk is shown with: the documents held, the day, and whether what one thinks of an answer is kept."""

    documents: Mapping[str, Document]
    today: date
    rating: bool


def transcript_html(talk: Talk, around: Around, words: Words) -> str:
    """All answered questions; new ones are announced to screen readers as they are added."""
    last = len(talk.exchanges)
    turns = "".join(
        _exchange(turn, exchange, talk if turn == last and not talk.pending else None, around, words)
        for turn, exchange in enumerate(talk.exchanges, 1)
    )
    language = HTML_LANGUAGE[words.language]
    return f'<div class="turns" role="log" aria-live="polite" lang="{language}">{turns}</div>'


def pending_html(talk: Talk, progress: Progress, steps: tuple[str, ...], words: Words) -> str:
    """The question being worked on with its steps and the sentences that have passed, or nothing."""
    if not talk.pending:
        return ""
    reached = steps.index(progress.step) if progress.step in steps else 0
    items = "".join(_step(name, place - reached, words) for place, name in enumerate(steps))
    return (
        f'<article class="turn">{_question(talk.pending, words)}'
        f'<div class="reply working"><p class="sr-only" role="status">{escape(words["working"])}</p>'
        f'<ol class="steps" aria-hidden="true">{items}</ol>{_said(progress.said, words)}</div></article>'
    )


def examples_html(talk: Talk, words: Words) -> str:
    """Example questions by kind of firm; none once the talk has begun."""
    if talk.exchanges or talk.pending:
        return ""
    groups = "".join(
        f'<section class="firm"><h3>{escape(group.firm)}</h3><p class="note">{escape(group.note)}</p><ul>'
        + "".join(f"<li>{ask_button(question)}</li>" for question in group.questions)
        + "</ul></section>"
        for group in words.examples
    )
    return (
        f'<div class="welcome"><h2>{escape(words["welcome"])}</h2><p>{escape(words["welcome_text"])}</p>'
        f'<div class="firms">{groups}</div></div>'
    )


def notice_html(text: str, calm: bool = False) -> str:
    """One sentence that needs to be read now; `calm` when nothing went wrong."""
    look, role = ("notice calm", "status") if calm else ("notice", "alert")
    return f'<p class="{look}" role="{role}">{escape(text)}</p>'


def cancel_html(text: str, words: Words) -> str:
    """A calm sentence with a way back."""
    return (
        f'<p class="notice calm" role="status">{escape(text)}'
        f'<button type="button" class="talk-tool" data-cancel>{escape(words["cancel"])}</button></p>'
    )


def clause_name(citation: Citation) -> str:
    """How people name the clause: `沪府办发〔2025〕5号 第16条`."""
    return f"{citation.document.number} {citation.clause.label}"


def _step(name: str, distance: int, words: Words) -> str:
    state = "done" if distance < 0 else "now" if distance == 0 else "next"
    return f'<li class="{state}">{escape(words.steps[name])}</li>'


def _said(text: str, words: Words) -> str:
    """The checked sentences so far; page.js reads the new ones out."""
    rows = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    if not rows:
        return ""
    return f'<div class="said"><p class="note">{escape(words["said_so_far"])}</p><div lang="zh-CN">{rows}</div></div>'


def _exchange(turn: int, exchange: Exchange, talk: Talk | None, around: Around, words: Words) -> str:
    """One question with its reply; `talk` where it is the last one, which alone leads on."""
    copied = answer_text(exchange.answer, around.today, words.language)
    tools = tools_html(turn, exchange, copied, around.rating, words)
    onward = _onward(exchange.answer, talk, around, words) if talk else ""
    return (
        f'<article class="turn" data-turn="{turn}">'
        f"{_question(exchange.question, words, edit_button(turn, words))}"
        f"{_reply(turn, exchange, tools, words)}{onward}</article>"
    )


def _onward(answer: Answer, talk: Talk, around: Around, words: Words) -> str:
    """The readings to choose from, or else questions made from the evidence, in the language of the last one."""
    if answer.choices:
        return questions_html(words["choices_heading"], answer.choices)
    asked = [exchange.question for exchange in talk.exchanges]
    found = followups(answer, around.documents, language_of(asked[-1]), asked)
    return questions_html(words["followups_heading"], found)


def _question(text: str, words: Words, tool: str = "") -> str:
    return f'<div class="question"><h3 class="sr-only">{escape(words["you"])}</h3><p>{escape(text)}</p>{tool}</div>'


def _reply(turn: int, exchange: Exchange, tools: str, words: Words) -> str:
    answer = exchange.answer
    titles = {
        citation.marker: words.say("open_citation", marker=citation.marker, name=clause_name(citation))
        for citation in answer.citations
    }
    return (
        f'<div class="reply {answer.status.value}"><h3 class="sr-only">{escape(words["reply"])}</h3>'
        f'<p class="status {answer.status.value}">{escape(words.status[answer.status.value])}</p>'
        f"{_understood(exchange, words)}"
        f'<div class="answer" lang="zh-CN">{answer_html(answer.text, turn, titles)}</div>'
        f"{_matched(answer, words)}{_sources(turn, answer, titles, words)}{_details(answer, words)}"
        f"{tools}</div>"
    )


def _understood(exchange: Exchange, words: Words) -> str:
    """How a follow-up was read, so that a wrong reading is seen at once."""
    standalone = exchange.answer.standalone.strip()
    if not standalone or standalone == exchange.question:
        return ""
    return f'<p class="understood">{escape(words.say("understood_as", question=standalone))}</p>'


def _matched(answer: Answer, words: Words) -> str:
    """How many of all measures the firm can expect something of."""
    if answer.matched is None:
        return ""
    return f'<p class="understood">{escape(words.say("matched", **asdict(answer.matched)))}</p>'


def _sources(turn: int, answer: Answer, titles: dict[int, str], words: Words) -> str:
    cited = [citation for citation in answer.citations if not citation.related]
    related = [citation for citation in answer.citations if citation.related]
    return _source_list("sources", cited, turn, titles, words) + _source_list(
        "related_sources", related, turn, titles, words
    )


def _source_list(
    key: str, citations: Iterable[Citation], turn: int, titles: dict[int, str], words: Words
) -> str:
    rows = "".join(
        f"<li>{cite_button(turn, citation.marker, titles[citation.marker])}"
        f'<span lang="zh-CN">{escape(clause_name(citation))}</span>'
        f"{validity_badge(citation.validity, words)}</li>"
        for citation in citations
    )
    return (
        f'<section class="sources {key}"><h4>{escape(words[key])}</h4><ul>{rows}</ul></section>'
        if rows
        else ""
    )


def _details(answer: Answer, words: Words) -> str:
    """Who wrote the answer and how long each step took."""
    kind, _, model = answer.composer.partition(":")
    by = words.say("composer_model", model=model) if kind == "llm" else words["composer_extractive"]
    times = "".join(
        f"<li>{escape(words.steps.get(step, step))} "
        f"{escape(words.say('milliseconds', value=f'{spent:.0f}'))}</li>"
        for step, spent in answer.timings_ms.items()
    )
    return (
        f'<details class="process"><summary>{escape(words["details"])}</summary>'
        f"<p>{escape(by)}</p>{_usage(answer, words)}<ul>{times}</ul></details>"
    )


def _usage(answer: Answer, words: Words) -> str:
    """What a language model took; it may have been asked although its words were not used."""
    used = answer.usage
    if used is None or not used.calls:
        return ""
    counts = words.say(
        "usage", calls=used.calls, sent=f"{used.input_tokens:,}", received=f"{used.output_tokens:,}",
        seconds=f"{used.wait_ms / 1000:.1f}",
    )  # fmt: skip
    more = [words["usage_estimated"]] if used.estimated else []
    more += [words.say("usage_cost", cost=f"{used.cost:.4f}")] if used.cost else []
    return f"<p>{escape(' '.join([counts, *more]))}</p>"
