"""`python -m eval match`: counts over small gold, bad rows by their line, the shipped gold against the documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import ROOT
from eval.match.measure import APPLIES, MAY, measure, read_firms
from index.facets import is_measure
from index.library import parse_all
from index.types import Clause, ClauseRef, Document, Kind, PolicyError
from tests.eval.support import lines
from tests.eval.test_command_line import call

NUMBER = "沪测发〔2026〕1号"
TEXTS = ("对广告企业给予奖励。", "探索设立广告业发展基金。", "对律师事务所给予奖励。", "对企业给予奖励。")
SMALL = Document(
    number=NUMBER,
    title="测试措施",
    issuer="测试局",
    file="test.txt",
    clauses=tuple(
        Clause(ClauseRef(NUMBER, f"一/{at}"), Kind.ITEM, f"第{at}条", "", text)
        for at, text in enumerate(TEXTS, start=1)
    ),
    effective_from=date(2026, 1, 1),
    effective_to=date(2027, 12, 31),
)
GOLD = ROOT / "eval" / "cases" / "match.jsonl"


def row(**more: Any) -> dict[str, Any]:
    """An advertiser to whom clause 1 applies and clause 2 may, as a gold file holds it."""
    return {
        "id": "f-1",
        "profile": {"industry": "广告业", "district": "静安区"},
        "as_of": "2026-11-20",
        "applies": [{"doc": NUMBER, "clause": "一/1", "quote": TEXTS[0]}],
        "may_apply": [{"doc": NUMBER, "clause": "一/2", "quote": TEXTS[1], "missing": ""}],
    } | more


@pytest.fixture(scope="module")
def five() -> Mapping[str, Document]:
    return {one.number: one for one in parse_all(ROOT / "documents")[0]}


def test_verdicts_are_counted_beside_the_gold(tmp_path: Path) -> None:
    found = measure(read_firms(lines(tmp_path / "gold.jsonl", [row()])), {NUMBER: SMALL})
    assert found.counts == {
        (APPLIES, APPLIES): 1,
        (MAY, MAY): 1,
        ("does_not_apply", "does_not_apply"): 1,
        ("does_not_apply", APPLIES): 1,
    }
    assert [(firm, ref.path) for firm, ref, *_ in found.different] == [("f-1", "一/4")]
    shares = found.to_json()
    assert (shares["recall"], shares["recall_strict"]) == (1.0, 1.0)
    assert (shares["precision"], shares["precision_lenient"]) == (0.5, 0.5)
    assert (shares["judged"], shares["unquoted"]) == (4, 0)


def test_what_has_no_denominator_is_undefined(tmp_path: Path) -> None:
    gold = read_firms(lines(tmp_path / "gold.jsonl", [row(applies=[])]))
    assert measure(gold, {NUMBER: SMALL}).to_json()["recall"] is None


def test_odd_lines_are_the_fitted_half(tmp_path: Path) -> None:
    path = lines(tmp_path / "gold.jsonl", [row(id=f"f-{at}") for at in range(1, 6)])
    halves = {half: [firm.id for firm in read_firms(path, half)] for half in ("fitted", "held", "all")}
    assert (halves["fitted"], halves["held"]) == (["f-1", "f-3", "f-5"], ["f-2", "f-4"])
    assert len(halves["all"]) == 5


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "第 3 行不是合法的 JSON"),
        (row(as_of="明天"), "第 3 行：as_of 不是日期"),
        (row(profile={"traits": "AI"}), "第 3 行：profile.traits"),
        ({"id": "f-2"}, "第 3 行缺少字段 applies"),
        (row(applies=["一/1"]), "第 3 行的 applies"),
        (row(may_apply=row()["applies"]), "第 3 行：沪测发〔2026〕1号 一/1 写了两次"),
    ],
)
def test_a_bad_row_is_one_sentence_with_its_line(tmp_path: Path, bad: object, said: str) -> None:
    with pytest.raises(PolicyError) as raised:
        read_firms(lines(tmp_path / "gold.jsonl", [row(), "", bad]))
    assert said in str(raised.value)


def test_gold_on_what_is_no_measure_is_refused(tmp_path: Path) -> None:
    gold = [{"doc": NUMBER, "clause": "九/9", "quote": ""}]
    firms = read_firms(lines(tmp_path / "gold.jsonl", [row(applies=gold)]))
    with pytest.raises(PolicyError, match=r"f-1：.*九/9 不是现有文件里的措施"):
        measure(firms, {NUMBER: SMALL})


def test_there_are_three_halves(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="fitted、held、all"):
        read_firms(GOLD, "best")


def test_the_shipped_gold_holds_against_the_shipped_documents(five: Mapping[str, Document]) -> None:
    rows = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    clauses = {one.ref: one for document in five.values() for one in document.clauses}
    assert len(rows) == len({one["id"] for one in rows}) == 24
    for one in rows:
        refs = [ClauseRef(e["doc"], e["clause"]) for label in (APPLIES, MAY) for e in one[label]]
        assert len(set(refs)) == len(refs), one["id"]
        for entry in (*one[APPLIES], *one[MAY]):
            clause = clauses[ClauseRef(entry["doc"], entry["clause"])]
            assert is_measure(clause) and entry["quote"] and entry["quote"] in clause.text, (one["id"], entry)
        assert all(entry["missing"] for entry in one[MAY])


def test_of_the_shipped_gold_nearly_all_that_applies_is_listed(five: Mapping[str, Document]) -> None:
    found = measure(read_firms(GOLD, "all"), five).to_json()
    assert found["firms"] == 24 and found["unquoted"] == 0
    assert found["recall"] > 0.95 and found["precision_lenient"] > 0.9


def test_the_command_prints_the_shares_and_what_differs() -> None:
    figures = json.loads(call("match", "--half", "held", "--json").stdout)
    assert figures["firms"] == 12 and 0.9 < figures["recall"] <= 1
    assert "读者 applies" in call("match", "--half", "held", "--failures").stdout
    assert "fitted、held" in call("match", "--half", "best", status=1).stderr
