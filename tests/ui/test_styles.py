"""Style sheets of the areas: what one of them says must not reach into another."""

from __future__ import annotations

import re

import pytest

from assistant.ui.theme import FOLDER

# How an area may name what is its own: by an id, by a class whose name tells, or by the page's open view.
OWN = {
    "documents": r"#(area-)?documents\b",
    "match": r"#(area-)?match\b",
    "lookup": r"#(area-)?lookup\b|\.lookup-bar|\.comparing|data-view=\"lookup\"",
    "evaluation": r"#(area-)?evaluation\b|\.ev-",
}


def selectors(sheet: str) -> list[str]:
    """Every selector of a sheet, one by one; those of a list apart, at-rules left out."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    preludes = (one.strip() for one in re.findall(r"[^{};]+(?=\{)", bare))
    return [
        one.strip() for prelude in preludes if not prelude.startswith("@")
        for one in re.split(r",(?![^(]*\))", prelude)
    ]  # fmt: skip


@pytest.mark.parametrize("area", OWN)
def test_an_areas_sheet_styles_that_area_only(area: str) -> None:
    sheet = (FOLDER / f"{area}.css").read_text(encoding="utf-8")
    assert [one for one in selectors(sheet) if not re.search(OWN[area], one)] == []


def test_selectors_are_taken_apart() -> None:
    sheet = "/* a {} */ .a, .b:is(.c, .d) { x: y; } @media (a) { .e { x: y; } }"
    assert selectors(sheet) == [".a", ".b:is(.c, .d)", ".e"]
