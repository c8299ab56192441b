"""Lines of a file → paragraphs as people should read them.

In: the decoded text of a policy file, from OCR (Markdown) or from a PDF (one printed line per line).
Out: `Paragraph` values with Chinese punctuation, half-width digits and no line breaks or spaces inside
words, plus the list of everything that was removed.  No letter or digit is lost outside that list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.types import Edit

CJK = r"\u3400-\u9fff\u3007"
_PAGE_NUMBER = re.compile(
    r"^[—–\-－]{1,2}\s*[0-9０-９]{1,4}\s*[—–\-－]{1,2}$|^第\s*\d{1,4}\s*页(\s*共\s*\d+\s*页)?$"
)
_LINK = re.compile(r"https?://[\x21-\x7e]+|www\.[\x21-\x7e]+")
_RULE = re.compile(r"^[-_*=]{3,}$")
_MARKS = re.compile(r"\*{1,3}|^#{1,6}(?=\s|\S)|`")
_CLOSED_REMARK = re.compile(r"[(（](?:责任|牵头|此件)[^。]*[)）]$|^[(（][^()（）]*[)）]$")
_TERMINAL = "。！？；!?;…"
# Full-width ASCII becomes ASCII, except the signs that Chinese text prints full-width.
_KEEP_WIDE = "，：；！？（）"
_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEEP_WIDE}
_WIDTHS |= {ord("«"): "《", ord("»"): "》", 0x3000: " ", 0x00A0: " ", 0x200B: "", 0xFEFF: ""}
_WIDE_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its text without margins, and what its place on the page tells."""

    text: str
    number: int
    indent: bool = False
    marked: bool = False  # a Markdown heading or a bold line

    @property
    def width(self) -> float:
        """Printed width in Chinese characters; ASCII letters and digits take half."""
        return sum(0.5 if ord(c) < 128 and (c.isalnum() or c == " ") else 1.0 for c in self.text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with restored punctuation; `raw` has its spaces, `widths` are those of its printed lines."""

    text: str
    line: int
    widths: tuple[float, ...] = ()
    indent: bool = False
    marked: bool = False
    raw: str = ""


def split_lines(text: str) -> tuple[list[Line], list[Edit]]:
    """Strip margins, Markdown signs, page numbers, running heads and stray links; report the removals."""
    lines: list[Line] = []
    edits: list[Edit] = []
    heads = _running_heads(text.splitlines())
    for number, raw in enumerate(text.splitlines(), start=1):
        bare = raw.strip()
        if not bare or _RULE.match(bare):
            continue
        if _PAGE_NUMBER.match(bare):
            edits.append(Edit("page_number", bare, "", number))
            continue
        if bare in heads:
            edits.append(Edit("running_head", bare, "", number))
            continue
        if _LINK.fullmatch(bare):  # one inside a line may be where to apply, and stays
            edits.append(Edit("stray_link", bare, "", number))
            continue
        line = _line(raw, bare, number)
        if line.text:
            lines.append(line)
    return lines, edits


def _line(raw: str, bare: str, number: int) -> Line:
    marked = bare.startswith("#") or (bare.startswith("**") and bare.endswith("**") and len(bare) < 80)
    text = bare
    while (cleaned := _MARKS.sub("", text).strip()) != text:
        text = cleaned
    return Line(text, number, raw.lstrip(" \f").startswith("\u3000\u3000"), marked)


def _running_heads(raw: Sequence[str]) -> set[str]:
    """Short lines that stand three times or more next to a page number: the head or foot of each page."""
    rows = [line.strip() for line in raw if line.strip()]
    beside = Counter(
        rows[near]
        for at, row in enumerate(rows)
        if _PAGE_NUMBER.match(row)
        for near in (at - 1, at + 1)
        if 0 <= near < len(rows) and len(rows[near]) <= 40 and not _PAGE_NUMBER.match(rows[near])
    )
    return {row for row, times in beside.items() if times >= 3}


def full_width(lines: Sequence[Line]) -> float | None:
    """The printed width of a full line, or None where each line is a paragraph of its own (OCR, Markdown).

    A PDF's lines pile up at one width; a paragraph per line does not.
    """
    widths = [line.width for line in lines if line.width >= 15]
    if len(widths) < 12:
        return None
    mode = Counter(round(w) for w in widths).most_common(1)[0][0]
    near = sum(abs(w - mode) <= 3 for w in widths) / len(widths)
    beyond = sum(w > 1.5 * mode for w in widths) / len(widths)
    return float(mode) if near >= 0.4 and beyond <= 0.05 and mode <= 60 else None


def ends_sentence(text: str) -> bool:
    """Whether a paragraph may end after `text` (closing quotes and brackets aside)."""
    if text.count("(") + text.count("（") > text.count(")") + text.count("）"):
        return False
    bare = text.rstrip("”’》」』）)\"' ")
    if text.endswith((")", "）")):
        return bool(_CLOSED_REMARK.search(text)) or (bool(bare) and bare[-1] in _TERMINAL)
    return bool(bare) and (bare[-1] in _TERMINAL or bare[-1] in ".．:：")


def join(lines: Iterable[str]) -> str:
    """Put broken lines together: nothing between Chinese characters, one space between Latin words."""
    out = ""
    for line in lines:
        gap = (
            " "
            if out and out[-1].isascii() and line[:1].isascii() and out[-1].isalpha() and line[0].isalpha()
            else ""
        )
        out += gap + line
    return out


def uses_ascii_stops(text: str) -> bool:
    """Whether `.` stands for 。 in this file: a PDF whose font lost the Chinese signs."""
    return len(re.findall(rf"[{CJK}][.．](?![0-9０-９])", text)) > text.count("。")


def restore(text: str, *, ascii_stops: bool = False) -> str:
    """Width, brackets, stops and spaces of one paragraph, as Chinese is printed."""
    text = _close_up(" ".join(text.translate(_WIDTHS).split()))
    # A sign widened in one pass is what the next sign stands beside; brackets like ((（ may never settle.
    for _ in range(8):
        before, text = text, _widened(text, ascii_stops)
        if text == before:
            break
    return text.strip()


def _widened(text: str, ascii_stops: bool) -> str:
    if ascii_stops:
        text = _stops(text)
    text = re.sub(r"[,;:?!]+", lambda m: _wide_signs(text, m), text)
    return _brackets(_close_up(text))


def _close_up(text: str) -> str:
    """No space beside a Chinese character or sign."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=\S)|(?<=\S) (?=[^\x00-\x7f])", "", text)


def _stops(text: str) -> str:
    """`.` → 。 except inside numbers, after an item's number and inside Latin text."""
    marker = re.match(r"^[0-9]{1,3}\.", text)
    start = marker.end() if marker else 0
    body = re.sub(
        r"(?<=[%)A-Za-z0-9])\.+(?=[^\x00-\x7f.]|$)|(?<=[^\x00-\x7f])\.+",
        lambda run: "。" * len(run.group()),
        text[start:],
    )
    return text[:start] + body


def _wide_signs(text: str, match: re.Match[str]) -> str:
    """A run of signs becomes full-width beside Chinese text."""
    before = text[match.start() - 1] if match.start() else ""
    after = text[match.end()] if match.end() < len(text) else ""
    chinese = _chinese(before) or _chinese(after)
    return "".join(_WIDE_SIGNS[sign] for sign in match.group()) if chinese else match.group()


def _chinese(char: str) -> bool:
    return bool(char) and (ord(char) > 0x2E7F or char in "“”‘’")


def _brackets(text: str) -> str:
    """Round brackets become （） where they hold, or follow, Chinese text."""
    chars, stack = list(text), []
    for at, char in enumerate(text):
        if char in "(（":
            stack.append(at)
        elif char in ")）" and stack:
            begin = stack.pop()
            inside = text[begin + 1 : at]
            if any(map(_chinese, inside)) or (begin and _chinese(text[begin - 1])):
                chars[begin], chars[at] = "（", "）"
            else:
                chars[begin], chars[at] = "(", ")"
    for at in stack:  # an unpaired bracket follows its neighbour
        if at + 1 < len(text) and _chinese(text[at + 1]):
            chars[at] = "（"
    return "".join(chars)
