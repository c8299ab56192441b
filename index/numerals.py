"""Chinese numerals as headings print them: 二十一 ↔ 21 (conversion by cn2an)."""

from __future__ import annotations

import cn2an  # type: ignore[import-untyped]

NUMERAL = "[一二三四五六七八九十百零〇]+"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def to_int(text: str) -> int | None:
    """The number a heading's numeral stands for (`二十一`, `21`, `㉑` within ①–⑳), or None."""
    if text in CIRCLED and text:
        return CIRCLED.index(text) + 1
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return int(cn2an.cn2an(text.replace("〇", "零"), "normal"))
    except (ValueError, IndexError, KeyError):
        return None


def to_chinese(number: int) -> str:
    """21 → 二十一, as headings print it (十一, not 一十一)."""
    text = str(cn2an.an2cn(number))
    return text[1:] if text.startswith("一十") else text
