"""What a talk has been about: documents and clauses as its messages name them, and the entries of its lists.

In: the turns, or one of them.  Out: `Point`s and entries, as text.  Names are taken by their form, so that those of
documents that are not here (`12号文`, `《…办法》第9条`) are carried over too, and can be said not to be here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.types import Turn
from index.numerals import NUMERAL, to_int, to_numeral

_N = rf"(?:{NUMERAL}|\d{{1,3}})"
# A name without 《》 ends in a genre and begins where a word that leads to it ends.
_GENRE = (
    "(?:行动计划|行动方案|实施方案|实施意见|规划纲要|若干措施|若干政策|若干意见"
    "|规划|意见|措施|办法|方案|计划|细则|条例|导则|指引|新政)"
)
_DOCUMENT = re.compile(
    r"《[^》\n]{2,40}》(?:[（(]\d{4}[^）)]{0,8}[）)])?"
    r"|[\u4e00-\u9fff]{0,6}[〔\[(（]?20\d{2}[〕\])）]?年?\d{1,4}号(?:文件?)?"
    r"|(?<![\d一-龥])[一-龥]{0,4}?\d{1,4}号(?:文件?)|\d{1,4}号(?:文件?)"
    r"|(?<![一-龥\d])(?:根据|依据|按照?|见|参照|但|而|和|与)?"
    rf"(?P<plain>[一-龥“”\d—–-]{{2,18}}?{_GENRE})(?=第|附件|[，,。；;：:、\s]|提出|要求|规定|明确|里|中)"
)
_CLAUSE = re.compile(
    rf"第{_N}(?:[、和与及至到~—-]+第?{_N})*[条章款项节点]|附件{_N}|专栏{_N}|第{_N}部分|第\({_N}\)[条点项款]"
    rf"|(?<=[^\d])(?:{NUMERAL}[、/](?:\([一二三四五六七八九十]+\))?(?:/?\d+)?)(?=[\s《“]|$)"
)
_MARKER = re.compile(r"\s*\[\d+\]")
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_LISTED = re.compile(r"^\s*(?:[-*•]\s*)?(\d{1,2})[.、．)]\s*(.+)$", re.MULTILINE)
# An entry of our own lists: `- **name**（…）`, or `- name：「…」 [1]` under a refusal.
_BULLETS = re.compile(r"^- (?:\*\*)?(.+?)(?:\*\*|：| \[\d)", re.MULTILINE)
# `1.租房补贴(第4条);2.人才公寓(第5条)` within a line; a digit before or behind the point makes it a number.
_INLINE = re.compile(r"(?<![\d.])(\d{1,2})[.、．)]\s*(?!\d)([^;；。\n]+)")
# Things named in a row: `总部集聚之路、国际合作之路、能级提升之路`.
_ROW = re.compile(r"(?:[\w“”]{2,16}、){2,}[\w“”]{2,16}")
# What leads to a document's number is no part of it: 见沪府办发〔2025〕5号.
_LED_TO = re.compile(
    r"^(?:可以?|请|并|也|还)?(?:根据|依据|按照?|详见|参见|参照|见|关注|对照|查看|看|查|由|和|与|及|而|但|据|从|在|于|是|有|到)+(?=.{3})"
)
_NEIGHBOUR = re.compile(
    rf"(?P<from>第?{_N}条?的?)?(?:的|它|这条)?(?:再)?(?:往)?"
    r"(?:上一|前一|前面|上面|往前|(?P<on>下一|后一|后面|下面|往后|往下))(?:一|那|的|那一)?[条项点款]"
)
# What is counted on its own, or not at all: no `下一条` leads from there to an article.
_NOT_COUNTED = ("附件", "专栏")
_COUNT = re.compile(_N)
# Words that lead to what a sentence says.
_LEADING = re.compile(
    r"^(?:[\s，,、:：]|有[。,，]|可以[,，]|是的[,，]|能[,，]|根据|依据|按照?(?!实际)|规定|明确|提出|同条|原文)+"
)
_BARE_NUMBER = re.compile(rf"^(?:那|那么)?第?({NUMERAL}|\d{{1,3}})条")
_PLACES = (
    (re.compile(r"倒数第([一二两三四五\d])[个条项点]"), "from_end"),
    (re.compile(rf"第({NUMERAL}|\d{{1,2}})[个条项点款]"), "nth"),
    (re.compile(r"最后(?:那|面|的)?(?:一)?[个条项点]|后者"), "last"),
    (re.compile(r"(?:头|打头|最前面|前面)(?:那)?(?:一)?个|前者|the first", re.IGNORECASE), "first"),
    (re.compile(r"中间(?:那)?[个条项]"), "middle"),
    (re.compile(r"前([两二三四\d])[个条项点]"), "first_n"),
    (re.compile(r"the second", re.IGNORECASE), "second"),
    (re.compile(r"the third", re.IGNORECASE), "third"),
    (re.compile(r"the last", re.IGNORECASE), "last"),
)


# No answer is longer; what is pasted into a talk may be.
_READ = 4000


@dataclass(frozen=True, slots=True)
class Point:
    """A clause of a document as a message names them; each field may be empty."""

    document: str
    clause: str
    said: str  # by the sentence that names them, without their names
    asked: str = ""  # the question that the message answers


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The clause beside another: its name, the name of the other, and where it stands (1 behind it, -1 before it)."""

    clause: str
    origin: str
    step: int


def points(history: Sequence[Turn]) -> list[list[Point]]:
    """What each of the assistant's messages named; a document lasts until another is named, by whomever."""
    document, asked = "", ""
    found: list[list[Point]] = []
    for turn in history:
        asked = turn.content if turn.role == "user" else asked
        here: list[Point] = []
        for sentence in _SENTENCE.findall(turn.content[:_READ]):
            names = [_name(match) for match in _DOCUMENT.finditer(sentence)]
            document = names[0] if names else document
            clauses = [match.group() for match in _CLAUSE.finditer(sentence)]
            said = subject_of(sentence)
            here += [Point(document, clause, said, asked) for clause in clauses] or (
                [Point(document, "", said, asked)] if names else []
            )
            document = names[-1] if names else document
        if turn.role == "assistant":
            found.append(here)
    return found


def _name(match: re.Match[str]) -> str:
    name = match["plain"] or match.group()
    return name if name.startswith("《") else _LED_TO.sub("", name)


def subject_of(sentence: str) -> str:
    """A sentence without the names of documents and clauses, markers and the words that lead to them."""
    bare = re.sub(r"[*#]+|^\s*[-•]\s+|[“”「」]", "", _MARKER.sub("", sentence))
    bare = _DOCUMENT.sub(lambda m: m.group().removesuffix(m["plain"]) if m["plain"] else "", bare)
    bare = _CLAUSE.sub("", bare)
    bare = re.sub(r"[（(]\s*[、，,]*\s*[)）]", "", bare)
    return _LEADING.sub("", bare).strip(" ，,、:：")


def entries_of(answered: str) -> dict[int, str]:
    """The entries of an answer's list by their numbers, or by their order where they have none."""
    numbered = {int(number): text for number, text in _LISTED.findall(answered)}
    if numbered:
        return numbered
    if bullets := _BULLETS.findall(answered):
        return dict(enumerate(bullets, start=1))
    inline = {int(number): text for number, text in _INLINE.findall(answered)}
    if list(inline) == list(range(1, len(inline) + 1)) and len(inline) >= 2:
        return inline
    row = max(_ROW.findall(answered), key=len, default="")
    return dict(enumerate(row.split("、"), start=1)) if row else {}


def places_named(question: str, size: int) -> list[int]:
    """Which entries of a list of `size` a question points at by their place (`最后那个`, `前两个`); 1-based."""
    for pattern, kind in _PLACES:
        if match := pattern.search(question):
            number = to_int(match[1].replace("两", "二")) or 0 if match.groups() else 0
            wanted = {
                "from_end": [size + 1 - number],
                "nth": [number],
                "last": [size],
                "first": [1],
                "second": [2],
                "third": [3],
                "middle": [(size + 1) // 2],
                "first_n": list(range(1, number + 1)),
            }[kind]
            return [place for place in wanted if 1 <= place <= size]
    return []


def neighbour(question: str, clause: str) -> Neighbour | None:
    """The clause that `下一条` or `第6条前面一条` means.

    `clause` is the one last talked of.  None where the question means no neighbour, or there can be none.
    """
    match = _NEIGHBOUR.search(question)
    if not match:
        return None
    origin = match["from"] or clause.rpartition("/")[2]
    numbers = [] if origin.startswith(_NOT_COUNTED) else _COUNT.findall(origin)
    if not numbers:
        return None
    step, number = (1, numbers[-1]) if match["on"] else (-1, numbers[0])  # behind 第3、5条 stands 第6条
    value = to_int(number)
    if value is None or value + step < 1:
        return None
    unit = clause[-1] if clause and clause[-1] in "条项款点章" else "条"
    said = str(value + step) if number.isdigit() else to_numeral(value + step)
    return Neighbour(f"第{said}{unit}", f"第{number}{unit}", step)


def bare_clause(question: str) -> str:
    """The clause of `19条呢`, `35条也看下`; empty where none begins the question."""
    match = _BARE_NUMBER.match(question)
    return f"第{match[1]}条" if match else ""


def named_document(question: str) -> str:
    """The document that a question names by its form; empty where it names none."""
    match = _DOCUMENT.search(question)
    return _name(match) if match else ""
