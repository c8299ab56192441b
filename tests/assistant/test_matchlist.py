"""Lists that people keep: the object of --json, Markdown, CSV, a workbook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from assistant.applicability import Match, Verdict, match
from assistant.matchlist import COLUMNS, VERDICTS, rows_of, summary, to_csv, to_json, to_markdown, write_xlsx
from assistant.types import Profile
from index.types import Document, PolicyError
from tests.assistant.support import AS_OF

KEYS = {
    "document_number",
    "clause_path",
    "clause_label",
    "title",
    "verdict",
    "reasons",
    "missing",
    "instruments",
    "departments",
    "validity",
}


@pytest.fixture(scope="module")
def found(five: Mapping[str, Document]) -> list[Match]:
    return match(Profile("广告业", "静安区", "中小微企业", ("AI", "有出海计划")), five, AS_OF)


def test_the_object_has_the_keys_of_the_contract(found: list[Match], five: Mapping[str, Document]) -> None:
    whole = json.loads(json.dumps(to_json(found, five, AS_OF), ensure_ascii=False))
    assert set(whole) == {"as_of", "checked", "documents", "matches", "questions"}
    assert (whole["as_of"], whole["checked"]) == ("2026-11-20", len(found))
    assert set(whole["documents"]) == set(five) and sum(whole["documents"].values()) == len(found)
    for row in whole["matches"]:
        assert set(row) == KEYS and row["verdict"] in {verdict.value for verdict in Verdict}
        assert all(set(reason) == {"facet", "value", "quote"} for reason in row["reasons"])


def test_counts_say_what_stands_under_the_headings(found: list[Match]) -> None:
    text, standing = to_markdown(found, AS_OF), [one for one in found if not one.over]
    for verdict in (Verdict.APPLIES, Verdict.MAY_APPLY):
        count = sum(one.verdict is verdict for one in standing)
        assert f"## {VERDICTS[verdict]}（{count}）" in text and f"{VERDICTS[verdict]} {count} 条" in text
    assert text.startswith(summary(found, AS_OF)) and "## 规划期已届满，仅供参考" in text


def test_markdown_of_no_match_is_the_summary() -> None:
    assert to_markdown([], AS_OF) == summary([], AS_OF) + "\n"


def test_csv_begins_with_a_byte_order_mark_and_has_a_row_a_measure(found: list[Match]) -> None:
    text = to_csv(found, AS_OF)
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text[1:]))
    assert tuple(head) == COLUMNS and len(rows) == len(found)
    assert {row[0] for row in rows} == set(VERDICTS.values())


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_begins_like_a_formula_stays_text(found: list[Match], begin: str, tmp_path: Path) -> None:
    one = replace(found[0], clause=replace(found[0].clause, title=f"{begin}1+1\x0b"))
    (row,) = list(csv.reader(io.StringIO(to_csv([one], AS_OF)[1:], newline="")))[1:]
    assert row[3] == f"'{begin}1+1"
    write_xlsx([one], AS_OF, tmp_path / "list.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "list.xlsx")[VERDICTS[one.verdict]]["D2"]
    assert cell.data_type == "s" and str(cell.value).startswith("'")


def test_the_workbook_has_one_sheet_a_verdict(found: list[Match], tmp_path: Path) -> None:
    write_xlsx(found, AS_OF, tmp_path / "list.xlsx")
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames == list(VERDICTS.values())
    for verdict, name in VERDICTS.items():
        head, *rows = book[name].iter_rows(values_only=True)
        assert head == COLUMNS
        assert len(rows) == len(rows_of([one for one in found if one.verdict is verdict], AS_OF))


def test_a_workbook_that_cannot_be_written_is_one_sentence(found: list[Match], tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"写不进去（.+），请检查路径和权限。$"):
        write_xlsx(found, AS_OF, tmp_path / "nowhere" / "list.xlsx")
