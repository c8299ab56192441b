"""documents/manifest.toml: which files there are, what overrides their own words, and every repair of the text.

A repair is a literal replacement with a reason; it must fit as often as it says, or it is reported and left out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.types import Edit, PolicyError

NAME = "manifest.toml"
_DATES = ("issued", "effective_from", "effective_to")
_TEXTS = ("number", "title", "issuer", "source", "sha256")


@dataclass(frozen=True, slots=True)
class Repair:
    """A listed change of the text: `find` becomes `replace`, exactly `times` times."""

    find: str
    replace: str
    reason: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the manifest; empty fields leave the word to the text."""

    file: str
    sha256: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    source: str = ""
    issued: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    aliases: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()


class ManifestError(PolicyError):
    """A manifest that cannot be read at all."""


def load_manifest(folder: Path) -> dict[str, Entry]:
    """Entries by file name; no manifest is an empty one.  Raises `ManifestError` where TOML or a value is wrong."""
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("document", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path.name} 不是合法的 TOML（{error}），请改正后重新构建。") from error
    entries = [_entry(row, at) for at, row in enumerate(rows, start=1)]
    return {entry.file: entry for entry in entries}


def _entry(row: dict[str, Any], at: int) -> Entry:
    file = row.get("file")
    if not isinstance(file, str) or not file or "/" in file or "\\" in file:
        raise ManifestError(f"{NAME} 第 {at} 个 [[document]] 没有 file（本目录下的文件名），请补上。")
    for key in _DATES:
        if key in row and not isinstance(row[key], date):
            raise ManifestError(f"{NAME} 中 {file} 的 {key} 不是日期，请写成 2025-03-20。")
    texts = {key: str(row.get(key, "")) for key in _TEXTS}
    dates: dict[str, date | None] = {key: row.get(key) for key in _DATES}
    repairs = tuple(_repair(repair, file) for repair in row.get("repair", []))
    aliases = tuple(map(str, row.get("aliases", ())))
    return Entry(file, **texts, **dates, aliases=aliases, repairs=repairs)


def _repair(row: dict[str, Any], file: str) -> Repair:
    if not isinstance(row.get("find"), str) or not isinstance(row.get("replace"), str) or not row.get("find"):
        raise ManifestError(f"{NAME} 中 {file} 有一条 repair 缺 find 或 replace，请补上。")
    return Repair(row["find"], row["replace"], str(row.get("reason", "")), int(row.get("times", 1)))


def apply_repairs(text: str, repairs: tuple[Repair, ...]) -> tuple[str, list[Edit], list[str]]:
    """The mended text, what was changed, and a sentence for each repair that does not fit."""
    edits: list[Edit] = []
    problems: list[str] = []
    for repair in repairs:
        found = text.count(repair.find)
        if found != repair.times:
            problems.append(f"修订“{repair.find}”应出现 {repair.times} 次，实际 {found} 次，未应用；请核对清单。")
            continue
        line = text[: text.index(repair.find)].count("\n") + 1
        edits += [Edit(f"repair: {repair.reason}", repair.find, repair.replace, line)] * found
        text = text.replace(repair.find, repair.replace)
    return text, edits, problems
