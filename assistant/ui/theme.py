"""The look of the page: a gradio theme, style sheets and scripts, all from this folder.

`page.css` is for all, `shell.js` for the way between areas, `page.js` for the talk; `<area>.css` and `<area>.js`,
where there are such files, come after them.

Fonts are names only, found on the reader's own machine: nothing is fetched from another host.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import gradio as gr
from gradio.themes import Base, Color, Font, sizes

FOLDER = Path(__file__).resolve().parent
STYLE = FOLDER / "page.css"
ICON = FOLDER / "icon.svg"

SANS = (
    "PingFang SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "system-ui",
    "sans-serif",
)
MONO = ("Menlo", "Consolas", "Noto Sans Mono CJK SC", "monospace")
GENERIC = {"system-ui", "sans-serif", "monospace"}

# Ink blue, from paper to night: 700 on white is 8.6:1, 300 on the dark ground 8.3:1.
INK = Color(
    name="ink",
    c50="#eef4f9",
    c100="#dce8f2",
    c200="#bcd3e5",
    c300="#93b9d6",
    c400="#6599c1",
    c500="#3f7cab",
    c600="#2b6592",
    c700="#1d4f78",
    c800="#183f60",
    c900="#14324c",
    c950="#0d2133",
)


def theme() -> Base:
    """Colours and type of gradio's own components; page.css has the same palette for ours."""
    return Base(
        primary_hue=INK,
        secondary_hue=INK,
        neutral_hue="slate",
        radius_size=sizes.radius_md,
        text_size=sizes.text_md,
        font=_fonts(SANS),
        font_mono=_fonts(MONO),
    ).set(
        body_background_fill="#f6f5f1",
        body_background_fill_dark="#11161c",
        body_text_color="#1b2530",
        body_text_color_dark="#e4e8ec",
        body_text_color_subdued="#55616e",
        body_text_color_subdued_dark="#a3afbb",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1a2129",
        background_fill_secondary="#faf9f6",
        background_fill_secondary_dark="#161c23",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1a2129",
        block_border_color="#dcdad2",
        block_border_color_dark="#303a45",
        border_color_primary="#dcdad2",
        border_color_primary_dark="#303a45",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1a2129",
        input_border_color="#8a939c",
        input_border_color_dark="#66727e",
        input_border_color_focus="#1d4f78",
        input_border_color_focus_dark="#93b9d6",
        input_placeholder_color="#66717c",
        input_placeholder_color_dark="#98a4b0",
        button_primary_background_fill="#1d4f78",
        button_primary_background_fill_dark="#93b9d6",
        button_primary_background_fill_hover="#183f60",
        button_primary_background_fill_hover_dark="#bcd3e5",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0d2133",
        button_cancel_background_fill="#a1362b",
        button_cancel_background_fill_dark="#f0a79e",
        button_cancel_background_fill_hover="#842a21",
        button_cancel_background_fill_hover_dark="#f6c5bf",
        button_cancel_text_color="#ffffff",
        button_cancel_text_color_dark="#3a0f0a",
    )


def head(areas: Iterable[str]) -> str:
    """What goes into the page's head: the style sheets and scripts of the page and of its areas.

    Not through gradio's `css`: it rewrites selectors, and then none reaches `body` or stands in a media query.
    """
    names = list(areas)
    hidden = "".join(
        f':root:not([data-view="{name}"]) #area-{name}{{display:none!important}}' for name in names
    )
    style = _joined(f"{name}.css" for name in ["page", *names])
    script = _joined(f"{name}.js" for name in ["shell", "page", *names])
    return f"<style>{style}{hidden}</style><script>const POLICY_AREAS={json.dumps(names)};{script}</script>"


def _joined(files: Iterable[str]) -> str:
    paths = [FOLDER / name for name in files]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())


def _fonts(names: tuple[str, ...]) -> list[Font | str]:
    return [name if name in GENERIC else gr.themes.Font(name) for name in names]
