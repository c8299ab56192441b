"""documents/manifest.toml: which files there are, what overrides their own words, and every repair of the text.

A repair is a literal replacement with a reason; it must fit as often as it says, or it is reported and left out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.types import Edit, PolicyError

NAME = "manifest.toml"
_DATES = ("issued", "effective_from", "effective_to")


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
    if not isinstance(rows, list):
        raise ManifestError(f"{path.name} 中每份文件要写成 [[document]]（双方括号），请改正后重新构建。")
    entries: dict[str, Entry] = {}
    for at, row in enumerate(rows, start=1):
        entry = _entry(row, at)
        if entry.file in entries:
            raise ManifestError(f"{NAME} 中 {entry.file} 出现了两次，请删去一处。")
        entries[entry.file] = entry
    return entries


def _entry(row: Any, at: int) -> Entry:
    file = row.get("file") if isinstance(row, dict) else None
    if not isinstance(file, str) or not file or "/" in file or "\\" in file:
        raise ManifestError(f"{NAME} 第 {at} 个 [[document]] 没有 file（本目录下的文件名），请补上。")
    for key in _DATES:
        if key in row and type(row[key]) is not date:  # a datetime is a date too, but none that compares
            raise ManifestError(f"{NAME} 中 {file} 的 {key} 不是日期，请写成 2025-03-20。")
    for key, form in (("aliases", "列表"), ("repair", " [[document.repair]]")):
        if not isinstance(row.get(key, []), list):
            raise ManifestError(f"{NAME} 中 {file} 的 {key} 要写成{form}，请改正。")
    return Entry(
        file=file,
        sha256=str(row.get("sha256", "")),
        number=str(row.get("number", "")),
        title=str(row.get("title", "")),
        issuer=str(row.get("issuer", "")),
        source=str(row.get("source", "")),
        issued=row.get("issued"),
        effective_from=row.get("effective_from"),
        effective_to=row.get("effective_to"),
        aliases=tuple(map(str, row.get("aliases", ()))),
        repairs=tuple(_repair(repair, file) for repair in row.get("repair", [])),
    )


def _repair(row: Any, file: str) -> Repair:
    texts = (row.get("find"), row.get("replace")) if isinstance(row, dict) else ()
    if not texts or not all(isinstance(text, str) for text in texts) or not texts[0]:
        raise ManifestError(f"{NAME} 中 {file} 有一条 repair 缺 find 或 replace，请补上。")
    times = row.get("times", 1)
    if type(times) is not int or times < 1:
        raise ManifestError(f"{NAME} 中 {file} 有一条 repair 的 times 不是正整数，请改正。")
    return Repair(row["find"], row["replace"], str(row.get("reason", "")), times)


def apply_repairs(text: str, repairs: tuple[Repair, ...]) -> tuple[str, list[Edit], list[str]]:
    """The mended text, what was changed, and a sentence for each repair that does not fit."""
    edits: list[Edit] = []
    problems: list[str] = []
    for repair in repairs:
        found = [match.start() for match in re.finditer(re.escape(repair.find), text)]
        if len(found) != repair.times:
            problems.append(
                f"修订“{repair.find}”应出现 {repair.times} 次，实际 {len(found)} 次，未应用；请核对清单。"
            )
            continue
        for at in found:
            line = text.count("\n", 0, at) + 1
            edits.append(Edit(f"repair: {repair.reason}", repair.find, repair.replace, line))
        text = text.replace(repair.find, repair.replace)
    return text, edits, problems
