"""Chinese numerals as headings print them: 二十一 ↔ 21 (conversion by cn2an)."""

from __future__ import annotations

NUMERAL = "[一二三四五六七八九十百零〇]+"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def to_int(text: str) -> int | None:
    """The number a heading's numeral stands for (`二十一`, `21`, `⑤`), or None."""
    if text in CIRCLED and text:
        return CIRCLED.index(text) + 1
    if text.isascii() and text.isdigit():
        return int(text)
    import cn2an  # a quarter of a second, which a file without Chinese numerals need not spend

    try:
        return int(cn2an.cn2an(text.replace("〇", "零"), "normal"))
    except (ValueError, IndexError, KeyError):
        return None


def to_numeral(number: int) -> str:
    """A number from 1 as headings print it (`十六`, `一百零六`); digits from ten thousand on."""
    if number >= 10_000:
        return str(number)
    import cn2an

    text = str(cn2an.an2cn(number))
    return text[1:] if text.startswith("一十") else text
