"""Case files: what is read, what is refused in which words, and what `validate` finds."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.settings import ROOT
from eval.cases import Case, load_cases
from eval.cases.validate import problems
from eval.records import Library
from index.library import parse_all
from index.types import PolicyError
from tests.eval.support import LIBRARY, NEW, OLD, lines

GOOD = {"id": "c-1", "type": "factoid", "question": "算力券发多少？", "answerable": True}
GOLD = {"doc": NEW, "clause": "二/1", "evidence": "最高500万元"}


def sentences(tmp_path: Path, *rows: Any) -> tuple[str, ...]:
    return load_cases(lines(tmp_path / "cases.jsonl", [GOOD | {"id": "good"}, *rows])).problems


def test_a_case_is_read_whole(tmp_path: Path) -> None:
    row = GOOD | {
        "as_of": "2026-11-20",
        "history": [{"role": "user", "content": "你好"}],
        "profile": {"district": "静安区"},
        "gold": [GOLD | {"or": [{"doc": OLD, "clause": "三/(一)/1"}]}],
        "answer_contains": [["500万元", "五百万元"]],
        "must_not_cite": [{"doc": OLD, "clause": "三/(一)/1"}],
    }
    (case,) = load_cases(lines(tmp_path / "cases.jsonl", [row])).cases
    assert (case.id, case.as_of, case.history[0].content) == ("c-1", date(2026, 11, 20), "你好")
    assert [name.clause for name in case.gold[0].accepted] == ["二/1", "三/(一)/1"]
    assert case.required == case.gold and case.answer_contains == (("500万元", "五百万元"),)


def test_the_line_for_a_system_holds_the_question_and_never_the_gold() -> None:
    case = Case.model_validate_json(json.dumps(GOOD | {"gold": [GOLD], "note": "x", "as_of": "2026-11-20"}))
    assert case.input_line(date(2020, 1, 1)) == {
        "id": "c-1",
        "question": "算力券发多少？",
        "history": [],
        "profile": {},
        "as_of": "2026-11-20",
    }


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("{不是", "cases.jsonl 第 2 行不是合法的 JSON（第 2 列），已跳过。"),
        ([1], "cases.jsonl 第 2 行应是一个 JSON 对象，已跳过。"),
        (
            {k: v for k, v in GOOD.items() if k != "question"},
            "cases.jsonl 第 2 行：question 缺少这个字段，请改正。",
        ),
        (GOOD | {"question": " "}, "cases.jsonl 第 2 行：question 不能为空，请改正。"),
        (GOOD | {"id": "a b"}, "cases.jsonl 第 2 行：id 不能为空，也不能有空格，请改正。"),
        (GOOD | {"answerable": "yes"}, "cases.jsonl 第 2 行：answerable 应是 true 或 false，请改正。"),
        (GOOD | {"gold": [{"doc": NEW}]}, "cases.jsonl 第 2 行：gold[0].clause 缺少这个字段，请改正。"),
        (GOOD | {"gold": {}}, "cases.jsonl 第 2 行：gold 应是列表，请改正。"),
        (GOOD | {"as_of": "2026-13-01"}, "cases.jsonl 第 2 行：as_of 应是 YYYY-MM-DD 形式的日期，请改正。"),
        (GOOD | {"as_of": 20261120}, "cases.jsonl 第 2 行：as_of 应是 YYYY-MM-DD 形式的日期，请改正。"),
        (
            GOOD | {"history": [{"role": "system", "content": ""}]},
            "cases.jsonl 第 2 行：history[0].role 应是 user 或 assistant，请改正。",
        ),
        (GOOD | {"id": "good"}, "cases.jsonl 第 2 行：编号 good 在第 1 行已经有了，请改名。"),
    ],
)
def test_a_bad_line_is_named_in_one_sentence_and_costs_only_itself(
    tmp_path: Path, row: Any, sentence: str
) -> None:
    assert sentences(tmp_path, row) == (sentence,)


def test_a_file_without_any_case_stops_with_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"没有可用的用例.*第 1 行不是合法的 JSON"):
        load_cases(lines(tmp_path / "cases.jsonl", ["{"]))
    with pytest.raises(PolicyError, match="打不开"):
        load_cases(tmp_path / "missing.jsonl")
    (tmp_path / "latin.jsonl").write_bytes("用例".encode("gb18030"))
    with pytest.raises(PolicyError, match="不是 UTF-8"):
        load_cases(tmp_path / "latin.jsonl")


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    plain = lines(tmp_path / "cases.jsonl", [GOOD])
    packed = tmp_path / "cases.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert load_cases(packed).cases == load_cases(plain).cases
    packed.write_bytes(packed.read_bytes()[:20])
    with pytest.raises(PolicyError, match="打不开"):
        load_cases(packed)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "gold", "as_of"]), inner)
    ),
    max_leaves=6,
)


@settings(deadline=None)  # it writes a file
@given(row=st.dictionaries(st.sampled_from([*GOOD, "gold", "history", "profile", "as_of"]), JSON_VALUES))
def test_whatever_a_line_holds_it_is_a_case_or_a_sentence(
    row: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cases")
    file = load_cases(lines(folder / "cases.jsonl", [GOOD | {"id": "good"}, row]))
    assert len(file.cases) + len(file.problems) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"gold": [GOLD | {"doc": "沪府发〔2020〕9号"}]}, "没有文件 沪府发〔2020〕9号。"),
        ({"gold": [GOLD | {"clause": "九/9"}]}, f"{NEW} 没有条款 九/9。"),
        ({"gold": [GOLD | {"or": [{"doc": NEW, "clause": "九/8"}]}]}, f"{NEW} 没有条款 九/8。"),
        ({"gold": [GOLD | {"evidence": "最高900万元"}]}, f"evidence“最高900万元…”不是 {NEW} 二/1 的原文。"),
        ({"gold": [GOLD | {"evidence": ""}]}, f"{NEW} 二/1 没有写 evidence。"),
        ({"gold": [GOLD | {"required": False}]}, "可以回答的用例至少要有一条 required 的依据条款。"),
        ({"must_not_cite": [{"doc": NEW, "clause": "九/7"}]}, f"{NEW} 没有条款 九/7。"),
        ({"type": "riddle"}, "不认识的类型 riddle"),
        ({"answer_contain": [["x"]]}, "不认识的字段 answer_contain，请检查拼写。"),
        (
            {"answer_contains": [["500万元"]], "answer_not_contains": ["500万"]},
            "“500万”既要求出现又不许出现。",
        ),
    ],
)
def test_validate_names_what_the_documents_do_not_hold(
    tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    file = load_cases(lines(tmp_path / "cases.jsonl", [GOOD | {"gold": [GOLD]} | change]))
    (found,) = problems(file, LIBRARY)
    assert found.startswith(f"第 1 行（c-1）：{sentence}")


def test_evidence_may_stand_in_a_box_of_the_clause_and_differ_in_signs_and_width(tmp_path: Path) -> None:
    gold = [{"doc": OLD, "clause": "三/(一)/1", "evidence": "２５ 条街区"}]
    assert problems(load_cases(lines(tmp_path / "c.jsonl", [GOOD | {"gold": gold}])), LIBRARY) == []


@pytest.mark.parametrize("name", ["dev.jsonl", "own.jsonl", "second.jsonl", "yesno.jsonl"])
def test_the_shipped_cases_hold_against_the_shipped_documents(name: str) -> None:
    library = Library(parse_all(ROOT / "documents")[0])
    file = load_cases(ROOT / "eval" / "cases" / name)
    assert problems(file, library) == []
    assert all(case.as_of == date(2026, 11, 20) for case in file.cases)
