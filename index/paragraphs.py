"""Printed lines → paragraphs: broken lines are joined, across pages too, and headings stay on their own.

A PDF gives one printed line per line: a line that is not full ends its paragraph, and a first line is two
characters short (its indent is lost).  OCR gives one paragraph per line, cut only at the foot of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index import headings
from index.normalise import Line, Paragraph, ends_sentence, full_width, join, restore, split_lines
from index.types import Edit

# A printed line may fall this far short of the full width: signs are squeezed, Latin words are not broken.
_SLACK = 3.5
_INDENT = 2.0
_DATE = re.compile(r"^[0-9０-９]{4}\s*年\s*[0-9０-９]{1,2}\s*月\s*[0-9０-９]{1,2}\s*日")
# Ends its measure, on a line of its own or not.
_REMARK = re.compile(r"^[(（](?:责任|牵头|配合)(?:单位|部门)")
_OWN_LINE = re.compile(r"^[(（]此件|^抄送|^附\s*件|(?:办公厅|办公室|人民政府|委员会)$")


def paragraphs(text: str) -> tuple[list[Paragraph], list[Edit]]:
    """The paragraphs of a file, not yet restored, and what was removed."""
    lines, edits = split_lines(text)
    full = full_width(lines)
    wide = _second_width(lines, full) if full else None
    starts = _wrapped(full, wide) if full else _flowing
    groups: list[list[Line]] = []
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else None
        if groups and not starts(groups[-1], line, after):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_paragraph(group) for group in groups], edits


def _paragraph(group: Sequence[Line]) -> Paragraph:
    text = join(line.text for line in group)
    widths = tuple(line.width for line in group)
    return Paragraph(text, group[0].number, widths, group[0].indent, group[0].marked, text)


def _second_width(lines: Sequence[Line], full: float) -> float | None:
    """The full width of boxes set in smaller type, if the file has any."""
    wider = [round(line.width) for line in lines if line.width > full + _SLACK]
    return float(Counter(wider).most_common(1)[0][0]) if len(wider) >= 5 else None


def _heading(text: str) -> headings.Heading | None:
    return headings.find(restore(text))


def _is_bare_heading(text: str) -> bool:
    restored = restore(text, ascii_stops=True)
    return headings.find(restored) is not None and headings.is_bare(restored)


class _wrapped:
    """Where paragraphs start in a file of printed lines."""

    def __init__(self, full: float, wide: float | None) -> None:
        self.full, self.wide = full, wide
        self._in_table = False

    def __call__(self, before: list[Line], line: Line, after: Line | None) -> bool:
        text, last = join(x.text for x in before), before[-1]
        if self._table_row(line) or line.indent or _DATE.match(line.text) or _OWN_LINE.match(line.text):
            return True
        full = self._full(before)
        if _is_bare_heading(text):
            return not self._goes_on(before, line)
        if _heading(line.text) and (ends_sentence(text) or last.width < full - _SLACK):
            return True
        if self._is_title(before, line):
            return not _title_goes_on(text, line.text)
        if not ends_sentence(text) or _REMARK.match(line.text):
            return False
        return last.width < full - _SLACK or full - 3 <= line.width <= full - 1.5

    def _table_row(self, line: Line) -> bool:
        if headings.is_table_head(line.text):
            self._in_table = True
            return True
        if self._in_table and re.match(r"^[0-9０-９]{1,3}\s+\S", line.text):
            return True
        was, self._in_table = self._in_table, False
        return was

    def _full(self, before: Sequence[Line]) -> float:
        boxed = self.wide and max(line.width for line in before) > self.full + _SLACK
        return self.wide if boxed and self.wide else self.full

    def _goes_on(self, heading: Sequence[Line], line: Line) -> bool:
        """A heading broken over lines: its line is full, and what follows is short and ends no sentence."""
        return (
            heading[-1].width >= self.full - _INDENT - _SLACK + 1
            and line.width < self.full - _SLACK - 1
            and not line.indent
            and not _heading(line.text)
            and not ends_sentence(line.text)
        )

    def _is_title(self, before: Sequence[Line], line: Line) -> bool:
        """Short lines without a stop stand alone: titles, signatures, captions.

        A paragraph's first line is no shorter than a full one less its lost indent."""
        text = restore(join(x.text for x in before), ascii_stops=True)
        first, rest = before[0], before[1:]
        short = first.width < self.full - _SLACK - _INDENT and all(x.width < self.full - _SLACK for x in rest)
        return len(before) <= 3 and short and headings.is_bare(text) and not ends_sentence(text)


def _title_goes_on(text: str, following: str) -> bool:
    opened = sum(text.count(c) for c in "《«（(“") - sum(text.count(c) for c in "》»）)”")
    return (
        opened > 0
        or bool(re.search(r"(关于|印发|转发)$", text))
        or bool(re.match(r"^(关于|印发|转发)", following))
    )


def _flowing(before: list[Line], line: Line, after: Line | None) -> bool:
    """Where paragraphs start in a file of one paragraph per line: everywhere but after a page break."""
    text = join(x.text for x in before)
    if line.marked or before[-1].marked or ends_sentence(text) or _is_bare_heading(text):
        return True
    if (
        _DATE.match(line.text)
        or _OWN_LINE.match(line.text)
        or _DATE.match(text)
        or headings.is_table_head(line.text)
    ):
        return True
    if _heading(line.text) and not text.endswith(("、", "，", ",")):
        return True  # a measure whose stop or bracket was lost does not take the next one with it
    cut_by_page = before[-1].width >= 20 and re.search(r"[，,、。；;]", text)
    return not cut_by_page
