"""What the documentation points at exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import assistant.types
import index.types
from eval.measures import MEASURES

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_decision_is_listed_and_says_what_would_reverse_it() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page for page in folder.glob("*.md") if page.name != "README.md")
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == [page.name for page in pages]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
            "What would reverse it",
        ], page.name


def test_the_nomenclature_is_the_vocabulary_of_the_code() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Nomenclature")[1].split("## ")[0]
    words = re.findall(r"^\| ([A-Z]\w+) \|", section, re.MULTILINE)
    assert len(words) > 10
    assert [
        word for word in words if not (hasattr(index.types, word) or hasattr(assistant.types, word))
    ] == []


def test_the_measures_are_documented_as_they_are_defined() -> None:
    rows = re.findall(
        r"^\| `(\S+)` \| (.+?) \| .+? \| (.+?) \|$", (ROOT / "docs" / "measures.md").read_text("utf-8"), re.M
    )
    assert rows == [(measure.key, measure.names[1], measure.definition) for measure in MEASURES]
