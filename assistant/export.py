"""A talk → a file that people pass on: Markdown or Word, the answers with a list of what they cite at the end.

In: questions with their checked answers.  Out: text, or the bytes of a .docx.  The words stand in prompts/.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from assistant.prompts import replies
from assistant.types import Answer, Citation
from assistant.validity import term

if TYPE_CHECKING:
    from docx.document import Document as Word

Asked = Sequence[tuple[str, Answer]]

# Control characters, which a Word file cannot hold.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What would be a heading, a list, a link or HTML where a question is to be read as it was typed.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|!&~])")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def answer_text(answer: Answer, as_of: date, language: str = "zh") -> str:
    """One answer as plain text, to be pasted elsewhere: its words, then what the markers stand for."""
    return "\n".join([_plain(answer.text), "", *_sources(answer, as_of, language)]).strip()


def to_markdown(talk: Asked, as_of: date, language: str = "zh") -> str:
    """The whole talk as Markdown; a question stays text whatever it holds."""
    said = replies(language)["export"]
    lines = [f"# {said['title']}", "", said["note"].format(date=as_of.isoformat()), ""]
    for turn, (question, answer) in enumerate(talk, start=1):
        lines += [
            f"## {said['question'].format(turn=turn)}",
            "",
            *_quoted(question),
            "",
            _text_only(answer.text),
            "",
        ]
    rows = [f"- {_MARKUP.sub(_escaped, row)}" for row in _all_sources(talk, as_of, language)]
    return "\n".join([*lines, *([f"## {said['citations']}", "", *rows, ""] if rows else [])])


def to_docx(talk: Asked, as_of: date, language: str = "zh") -> bytes:
    """The whole talk as a Word file."""
    from docx import Document as new_word  # half a second that only an export waits for

    said = replies(language)["export"]
    word = new_word()
    _set_fonts(word)
    word.core_properties.title, word.core_properties.author = said["title"], ""
    word.add_heading(said["title"], 0)
    word.add_paragraph(said["note"].format(date=as_of.isoformat()))
    for turn, (question, answer) in enumerate(talk, start=1):
        word.add_heading(said["question"].format(turn=turn), 1)
        word.add_paragraph(_held(question), style="Intense Quote")
        _add_markdown(word, _held(answer.text))
    if rows := _all_sources(talk, as_of, language):
        word.add_heading(said["citations"], 1)
        for row in rows:
            word.add_paragraph(_held(row), style="List Bullet")
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _all_sources(talk: Asked, as_of: date, language: str) -> list[str]:
    """What the answers cite, question by question, each with the words it rests on."""
    said = replies(language)["export"]
    return [
        f"{said['of'].format(turn=turn)} {row}"
        for turn, (_, answer) in enumerate(talk, start=1)
        for row in _sources(answer, as_of, language)
    ]


def _sources(answer: Answer, as_of: date, language: str) -> list[str]:
    return [_source(citation, as_of, language) for citation in answer.citations]


def _source(citation: Citation, as_of: date, language: str) -> str:
    """`[1] 沪府办发〔2025〕5号《…》 第16条 降低融资成本（term）；责任单位：…；「quote」`."""
    said = replies(language)["words"]
    document, clause = citation.document, citation.clause
    title = "" if not clause.title or clause.title in clause.label else f" {clause.title}"
    parts = [
        f"[{citation.marker}] {document.number}《{document.title}》 {clause.label}{title}"
        f"（{term(document, as_of, language)}）"
    ]
    if citation.related:
        parts.append(said["related"])
    if clause.departments:
        parts.append(f"{said['departments']}：{'、'.join(clause.departments)}")
    if citation.quote:
        parts.append(f"「{' '.join(citation.quote.split())}」")
    return "；".join(parts)


def _text_only(markdown: str) -> str:
    """An answer may repeat words of the question: what would be HTML, a link or an image there stays text."""
    return markdown.replace("<", "\\<").replace("](", "]\\(")


def _plain(markdown: str) -> str:
    return _BOLD.sub(r"\1", markdown)


def _quoted(question: str) -> list[str]:
    return [f"> {_MARKUP.sub(_escaped, line)}" for line in question.splitlines()]


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def _held(text: str) -> str:
    return _CONTROLS.sub("", text)


def _add_markdown(word: Word, text: str) -> None:
    """What answers use of Markdown: paragraphs, lists, bold; anything else stays as it is written."""
    for line in filter(None, map(str.strip, text.splitlines())):
        listed = line.startswith("- ")
        paragraph = word.add_paragraph(style="List Bullet" if listed else None)
        for at, part in enumerate(_BOLD.split(line.removeprefix("- "))):
            paragraph.add_run(part).bold = bool(at % 2)


def _set_fonts(word: Word) -> None:
    """Word chooses the font of Chinese characters apart from that of Latin ones."""
    from docx.oxml.ns import qn

    for name in ("Normal", "Title", "Heading 1", "Intense Quote", "List Bullet"):
        style = word.styles[name]
        style.font.name = "Times New Roman"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), "黑体" if name in ("Title", "Heading 1") else "宋体")
