"""What stands around the numbered text: 题头 (issuer, number, title, notice), 引言, and 末段."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.normalise import Paragraph

_NUMBER = re.compile(r"〔\s*\d{4}\s*〕\s*\d+\s*号")
_TITLE_END = re.compile(
    r"(通知|意见|决定|公告|办法|规划|措施|计划|方案|规定|细则|批复|函|条例|通告|决议|指南|要点)(（[^（）]*）)?$"
)
_SALUTATION = re.compile(r"^各.{2,60}[:：]")
_CLOSING = re.compile(
    r"^抄送|^（此件|印发$|^\d{4}年\d{1,2}月\d{1,2}日"
    r"|^本(?:措施|办法|意见|规定|通知|计划|方案|规划|细则|条例|政策|实施意见|行动计划)自.{0,40}(?:施行|实施|执行)"
    r"|^本.{0,12}有效期|^[^，。]{2,20}(?:办公厅|办公室|人民政府)$|^以上(?:措施|意见|政策)|^附件[:：]"
)


@dataclass(frozen=True, slots=True)
class Front:
    """The paragraphs before the first heading, divided; `title` is the document's own, `outer_title` the notice's."""

    header: tuple[Paragraph, ...]
    preamble: tuple[Paragraph, ...]
    title: str
    outer_title: str


def split_front(paras: Sequence[Paragraph]) -> Front:
    """Find the titles and divide header from preamble."""
    number_at = next((at for at, p in enumerate(paras) if _NUMBER.search(p.text) and len(p.text) < 40), -1)
    outer_at = _outer_title(paras, number_at + 1)
    if outer_at is None:  # rules in articles print their number below the title
        outer_at = _outer_title(paras, 0)
    outer = paras[outer_at].text if outer_at is not None else ""
    inner_at = _inner_title(paras, outer, (outer_at or 0) + 1)
    if inner_at is not None:
        return Front(tuple(paras[: inner_at + 1]), tuple(paras[inner_at + 1 :]), paras[inner_at].text, outer)
    cut = _salutation(paras)
    if cut is None:
        cut = max(number_at, outer_at if outer_at is not None else -1) + 1
    return Front(tuple(paras[:cut]), tuple(paras[cut:]), outer, outer)


def _outer_title(paras: Sequence[Paragraph], start: int) -> int | None:
    """The first title-like paragraph from `start` on."""
    for at in range(start, len(paras)):
        text = paras[at].text
        if _SALUTATION.match(text) or len(text) > 120:
            break
        if _TITLE_END.search(text) and "。" not in text:
            return at
    return None


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _inner_title(paras: Sequence[Paragraph], outer: str, start: int) -> int | None:
    """The paragraph that repeats the name in 《》 of the notice: there the document itself begins."""
    names = {_letters(name) for name in re.findall(r"《(.+)》", outer)}
    for at in range(start, len(paras)):
        if _letters(paras[at].text) in names:
            return at
    return None


def _salutation(paras: Sequence[Paragraph]) -> int | None:
    return next((at for at, p in enumerate(paras) if _SALUTATION.match(p.text)), None)


def split_closing(paras: list[Paragraph], one_paragraph: bool) -> tuple[list[Paragraph], list[Paragraph]]:
    """Divide the last clause's own paragraphs from the closing ones.

    Where every measure is one paragraph, all that follows is closing; elsewhere the closing begins at the
    first paragraph of a closing form (taking effect, term, copies, date, seal).
    """
    if one_paragraph:
        return paras[:1], paras[1:]
    cut = next((at for at, p in enumerate(paras) if at and _CLOSING.search(p.text)), len(paras))
    return paras[:cut], paras[cut:]
