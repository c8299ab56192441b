"""Answer → Markdown for a terminal or a file: the text, then the clauses it rests on."""

from __future__ import annotations

from assistant.prompts import reply
from assistant.types import Answer, Citation


def to_markdown(answer: Answer) -> str:
    """The answer's text and, under it, one line a citation with path, validity and departments."""
    lines = [answer.text]
    for related, heading in ((False, "依据"), (True, "相关条款（不作为依据）")):
        rows = [citation for citation in answer.citations if citation.related is related]
        if rows:
            lines += ["", f"**{heading}**", "", *map(_line, rows)]
    return "\n".join(lines)


def _line(citation: Citation) -> str:
    document, clause = citation.document, citation.clause
    path = " › ".join((*clause.headings, clause.label))
    badge = reply("zh", "badge", citation.validity.value)
    bodies = f"；责任单位：{'、'.join(clause.departments)}" if clause.departments else ""
    return f"- [{citation.marker}] {document.number}《{document.title}》 {path}（{clause.path}，{badge}）{bodies}"
