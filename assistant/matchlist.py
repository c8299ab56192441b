"""Matches → what people keep: the JSON of the command line, Markdown, CSV, a workbook.

Applying measures first, then those that depend on something; measures of ended documents stand apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.applicability import Match, Verdict, questions
from assistant.cells import cell_text
from assistant.profile import NOBODY
from assistant.types import Profile
from assistant.validity import term
from index.types import Document, PolicyError

VERDICTS = {Verdict.APPLIES: "适用", Verdict.MAY_APPLY: "可能适用", Verdict.NOT: "不适用"}
COLUMNS = ("结论", "文号", "条款", "标题", "支持方式", "依据原文", "还要看", "责任单位", "效力")


def to_json(
    matches: Sequence[Match], documents: Mapping[str, Document], as_of: date, profile: Profile = NOBODY
) -> dict[str, Any]:
    """The object that `python -m assistant match --json` prints."""
    counted = {number: 0 for number in documents}
    for one in matches:
        counted[one.document.number] += 1
    return {
        "as_of": as_of.isoformat(),
        "checked": len(matches),
        "documents": counted,
        "matches": [one.to_json() for one in matches],
        "questions": questions(matches, profile),
    }


def to_markdown(matches: Sequence[Match], as_of: date, profile: Profile = NOBODY) -> str:
    """Counts, the measures in force by verdict with the words that decide, those of ended plans, what is missing."""
    standing = [one for one in matches if not one.over]
    lines = [summary(matches, as_of), ""]
    for verdict in (Verdict.APPLIES, Verdict.MAY_APPLY):
        rows = [one for one in standing if one.verdict is verdict]
        if rows:
            lines += [f"## {VERDICTS[verdict]}（{len(rows)}）", "", *(_entry(one, as_of) for one in rows), ""]
    over = [one for one in matches if one.over and one.verdict is not Verdict.NOT]
    if over:
        lines += [f"## 规划期已届满，仅供参考（{len(over)}）", ""]
        lines += [f"- {one.document.number} {one.clause.label} {one.clause.title}" for one in over]
        lines.append("")
    if matches and (asked := questions(matches, profile)):
        lines += ["## 说明以下情况，结论会更准", "", *(f"- {what}" for what in asked), ""]
    return "\n".join(lines).rstrip() + "\n"


def summary(matches: Sequence[Match], as_of: date) -> str:
    """One sentence: how many measures were gone through, and how many apply."""
    standing = [one for one in matches if not one.over]
    applies = sum(one.verdict is Verdict.APPLIES for one in standing)
    may = sum(one.verdict is Verdict.MAY_APPLY for one in standing)
    return f"共核对 {len(matches)} 条措施，现行文件中适用 {applies} 条、可能适用 {may} 条（截至{as_of.isoformat()}）。"


def _entry(one: Match, as_of: date) -> str:
    head = f"- **{one.document.number} {one.clause.label} {one.clause.title}**（{term(one.document, as_of, 'zh')}）"
    words = "、".join(dict.fromkeys(r.quote for r in one.reasons if r.facet != "offer"))
    more = [f"「{r.quote}」" for r in one.reasons if r.facet == "offer"]
    more.append(f"对上的字句：{words}")
    if one.instruments:
        more.append(f"方式：{'、'.join(one.instruments)}")
    if one.missing:
        more.append(f"还要看：{'、'.join(one.missing)}")
    if one.clause.departments:
        more.append(f"责任单位：{'、'.join(one.clause.departments)}")
    return "\n".join([head, *(f"  - {line}" for line in more)])


def rows_of(matches: Sequence[Match], as_of: date) -> list[tuple[str, ...]]:
    """One row a measure, under `COLUMNS`; those that do not apply come last."""
    return [
        (
            VERDICTS[one.verdict],
            one.document.number,
            f"{one.clause.label}（{one.clause.path}）",
            one.clause.title,
            "、".join(one.instruments),
            "；".join(dict.fromkeys(reason.quote for reason in one.reasons)),
            "、".join(one.missing),
            "、".join(one.clause.departments),
            term(one.document, as_of, "zh"),
        )
        for one in matches
    ]


def to_csv(matches: Sequence[Match], as_of: date) -> str:
    """CSV with a byte order mark, which spreadsheets need to read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(tuple(map(cell_text, row)) for row in rows_of(matches, as_of))
    return "\ufeff" + out.getvalue()


def write_xlsx(matches: Sequence[Match], as_of: date, path: Path) -> None:
    """A workbook with one sheet a verdict.  Raises `PolicyError` where it cannot be written."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.active)
    for verdict, name in VERDICTS.items():
        sheet = book.create_sheet(name)
        sheet.append(COLUMNS)
        for row in rows_of([one for one in matches if one.verdict is verdict], as_of):
            sheet.append(tuple(map(cell_text, row)))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column, width in zip("ABCDEFGHI", (10, 22, 20, 28, 24, 60, 30, 40, 30), strict=True):
            sheet.column_dimensions[column].width = width
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.freeze_panes = "A2"
    try:
        book.save(path)
    except OSError as error:
        raise PolicyError(f"{path} 写不进去（{error.strerror}），请检查路径和权限。") from error
