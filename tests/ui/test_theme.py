"""The palette of the style sheet: text stands out from its ground as WCAG AA asks, by day and by night."""

from __future__ import annotations

import re
from itertools import product

import pytest

from assistant.ui.guard import own_page
from assistant.ui.theme import FOLDER, STYLE, theme

SHEET = STYLE.read_text(encoding="utf-8")

# Every text colour with each ground it is set on.
PAIRS = [
    *product(["ink", "soft", "brand"], ["paper", "surface"]),
    *product(["good", "warn", "bad", "calm"], ["surface"]),
    ("surface", "brand"), ("brand", "wash"), ("ink", "wash"), ("mark-ink", "mark"),
    ("good", "good-wash"), ("warn", "warn-wash"), ("bad", "bad-wash"), ("calm", "calm-wash"),
]  # fmt: skip


def palette(selector: str) -> dict[str, str]:
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)\}}", SHEET, re.DOTALL | re.MULTILINE)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("text, ground", PAIRS)
@pytest.mark.parametrize("mode", [":root", ".dark"])
def test_text_stands_out_from_its_ground(mode: str, text: str, ground: str) -> None:
    colours = palette(":root") | palette(mode)
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_style_and_theme_fetch_nothing() -> None:
    for sheet in FOLDER.glob("*.css"):
        style = sheet.read_text(encoding="utf-8")
        assert "url(" not in style and "@import" not in style
    assert theme()._stylesheets == []


def test_the_page_loses_the_preview_tags_and_says_its_language() -> None:
    page = b'<html lang="en"><meta property="og:url" content="https://gradio.app/" /><meta name="robots"/>'
    assert own_page(page) == b'<html lang="zh-CN"><meta name="robots"/>'
