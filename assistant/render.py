"""Answer → Markdown for a terminal or a file: the text, then the clauses it rests on, in the question's language."""

from __future__ import annotations

from assistant.prompts import reply
from assistant.types import Answer, Citation, Matched


def to_markdown(answer: Answer, language: str = "zh") -> str:
    """The answer's text and, under it, one line a citation with path, validity and departments."""
    lines = [answer.text]
    if answer.matched:
        lines += ["", matched_line(answer.matched, language)]
    for related, name in ((False, "evidence"), (True, "related")):
        rows = [_line(citation, language) for citation in answer.citations if citation.related is related]
        if rows:
            lines += ["", f"**{reply(language, 'words', name)}**", "", *rows]
    return "\n".join(lines)


def matched_line(matched: Matched, language: str) -> str:
    """How many measures were gone through, how many apply and may apply, and where the whole list is."""
    return reply(
        language,
        "lead",
        "matched",
        checked=matched.checked,
        applies=matched.applies,
        may_apply=matched.may_apply,
    )


def _line(citation: Citation, language: str) -> str:
    document, clause = citation.document, citation.clause
    path = " › ".join((*clause.headings, clause.label))
    badge = reply(language, "badge", citation.validity.value)
    said = reply(language, "words", "departments")
    bodies = f"；{said}：{'、'.join(clause.departments)}" if clause.departments else ""
    return f"- [{citation.marker}] {document.number}《{document.title}》 {path}（{clause.path}，{badge}）{bodies}"
