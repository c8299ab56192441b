"""`python -m eval` as an evaluator runs it, with the real assistant over the shipped documents."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import ROOT
from tests.eval.support import lines

IDS = ("a-003", "a-087", "b-072", "c-063")


def call(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs `python -m eval`; the status must be as expected and nothing may end in a traceback."""
    command = [sys.executable, "-m", "eval", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four of the development cases: right, wrong, and two that must be declined."""
    rows = (ROOT / "eval" / "cases" / "dev.jsonl").read_text("utf-8").splitlines()
    chosen = [row for row in rows if json.loads(row)["id"] in IDS]
    return lines(tmp_path_factory.mktemp("cases") / "four.jsonl", chosen)


@pytest.fixture(scope="module")
def results(cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the real assistant over them."""
    done = call("run", "--cases", str(cases), "--results", str(tmp_path_factory.mktemp("results")))
    return Path(done.stdout.strip())


def test_run_then_score_gives_cases_types_difficulty_and_intervals(results: Path) -> None:
    said = call("score", str(results)).stdout
    assert all(id in said for id in IDS)
    assert said.index("c-063") < said.index("ALL") < said.index("难度") < said.index("95 % 区间")
    scores = json.loads((results / "scores.json").read_text("utf-8"))
    assert scores["all"]["n"] == 4 and set(scores["by_type"]) == {
        "factoid",
        "colloquial",
        "validity",
        "unanswerable",
    }
    assert [row["id"] for row in scores["cases"]] == list(IDS)
    assert scores["by_type"]["unanswerable"]["measures"]["recall@5"]["value"] is None
    assert json.loads(call("score", str(results), "--json").stdout) == scores


def test_scoring_again_asks_nothing_and_tells_what_is_missing(results: Path, tmp_path: Path) -> None:
    copy = tmp_path / "partial"
    copy.mkdir()
    for name in ("config.json", "cases.jsonl"):
        (copy / name).write_bytes((results / name).read_bytes())
    rows = (results / "answers.jsonl").read_text("utf-8").splitlines()
    lines(copy / "answers.jsonl", [*rows[:3], "{", json.dumps({"id": "z-9", "status": "answered"})])
    done = call("score", str(copy), status=1)
    assert done.stderr.splitlines() == [
        "注意：answers.jsonl 第 4 行不是合法的 JSON（第 2 列），已跳过。",
        "注意：answers.jsonl 第 5 行：用例里没有编号 z-9，已跳过；请检查编号。",
        "注意：1 个用例没有回答（c-063），不计入任何数字；请把评测跑完。",
    ]
    assert json.loads((copy / "scores.json").read_text("utf-8"))["all"]["n"] == 3


def test_compare_prints_measures_and_moved_cases(results: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("config.json", "cases.jsonl"):
        (other / name).write_bytes((results / name).read_bytes())
    rows = [json.loads(row) for row in (results / "answers.jsonl").read_text("utf-8").splitlines()]
    lines(
        other / "answers.jsonl",
        [row | {"status": "clarify"} if row["id"] == "a-003" else row for row in rows],
    )
    said = call("compare", str(results), str(other)).stdout
    assert "变差 1 个用例：\n  a-003（factoid）ok 1.000→0.000" in said and "变好 0 个用例：" in said
    assert said.index("p95_ms") < said.index("类型") < said.index("难度") < said.index("变好")
    found = json.loads(call("compare", str(results), str(other), "--json").stdout)
    assert (
        found["by_type"]["factoid"]["ok"]["value"] == -1 and found["by_type"]["validity"]["ok"]["value"] == 0
    )
    assert found["measures"]["ok"]["value"] == -0.25 and [row["id"] for row in found["worse"]] == ["a-003"]


def test_square_brackets_in_answers_are_no_markup(results: Path, tmp_path: Path) -> None:
    copy = tmp_path / "brackets"
    shutil.copytree(results, copy)
    rows = [json.loads(row) for row in (results / "answers.jsonl").read_text("utf-8").splitlines()]
    lines(
        copy / "answers.jsonl", [row | {"status": "[/red]"} if row["id"] == "a-003" else row for row in rows]
    )
    done = call("score", str(copy), status=1)
    assert "a-003" in done.stdout and "status 不是约定的状态" in done.stderr


def test_export_and_validate(results: Path, cases: Path, tmp_path: Path) -> None:
    done = call("export", str(results), "--output", str(tmp_path / "out"))
    names = [Path(line).name for line in done.stdout.split()]
    assert names == ["run.trec", "qrels.trec", "qa.jsonl", "ragas.jsonl", "deepeval.jsonl"]
    assert "4 个用例，0 处问题" in call("validate", str(cases)).stdout
    bad = lines(tmp_path / "bad.jsonl", [cases.read_text("utf-8").splitlines()[0].replace("二/2", "二/200")])
    assert "没有条款 二/200" in call("validate", str(bad), status=1).stdout


def test_ablation_adds_the_parts_one_by_one(results: Path, cases: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    said = call("ablation", "--cases", str(cases), "--results", str(results), "--markdown", str(table)).stdout
    found = json.loads((results / "ablation.json").read_text("utf-8"))
    keys = ["bm25", "dense", "mixed", "thesaurus", "questions", "rules", "unasked"]
    assert [row["key"] for row in found["rows"]] == keys
    assert found["n"] == 2 and found["rows"][0]["gains"] is None and "已知问法" in said
    assert len(table.read_text("utf-8").splitlines()) == 9
    whole = json.loads(call("score", str(results), "--json").stdout)["all"]["measures"]
    # The last row but one is the ranking that the answers came with.
    assert found["rows"][-2]["measures"]["ndcg@10"]["value"] == pytest.approx(whole["ndcg@10"]["value"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--cases", "nowhere.jsonl"], "错误：nowhere.jsonl 打不开"),
        (
            ["run", "--cases", "eval/cases/dev.jsonl", "--command", "python 'x"],
            "错误：--command 的引号不成对",
        ),
        (["run", "--cases", "eval/cases/dev.jsonl", "--command", "  "], "错误：--command 是空的"),
        (["run", "--cases", "eval/cases/dev.jsonl", "--name", "x[/red]"], "错误：--name 只能用字母"),
        (["score", "nowhere"], "错误：nowhere 不是评测结果的文件夹"),
        (["run", "--cases", "eval/cases/dev.jsonl", "--as-of", "tomorrow"], "错误：--as-of 不是日期"),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], sentence: str) -> None:
    assert call(*arguments, status=1).stderr.startswith(sentence)


def test_a_sample_shows_answers_of_a_run_and_the_clauses_behind_them(results: Path, tmp_path: Path) -> None:
    said = call("sample", str(results), "--size", "3").stdout
    assert said == call("sample", str(results), "--size", "3").stdout
    rows = {r["id"]: r for r in map(json.loads, (results / "answers.jsonl").read_text("utf-8").splitlines())}
    shown = [line.partition("　")[0][3:] for line in said.splitlines() if line.startswith("## ")]
    assert len(shown) == 3 and set(shown) <= set(rows)
    for id in shown:
        assert rows[id]["answer"] in said
        if rows[id]["status"] == "answered":
            for one in rows[id]["citations"]:
                assert f"**{one['document_number']} {one['clause_label']}**（{one['clause_path']}）" in said
                assert " ".join(one["quote"].split()) in said
    call("sample", str(results), "--size", "9", "--output", str(tmp_path / "s.md"))
    assert (tmp_path / "s.md").read_text("utf-8").count("## ") == 4


@pytest.mark.parametrize("arguments", [["nowhere"], ["nowhere", "--size", "0"]])
def test_a_sample_of_nothing_is_refused(arguments: list[str]) -> None:
    call("sample", *arguments, status=2 if "--size" in arguments else 1)


def test_a_run_can_be_followed_by_another_program(cases: Path, tmp_path: Path) -> None:
    said = call("run", "--cases", str(cases), "--results", str(tmp_path), "--json").stdout.splitlines()
    started, finished = (json.loads(row) for row in said)
    assert (started["done"], started["total"], finished["problems"]) == (0, 4, [])
    assert started["folder"] == finished["folder"] and Path(started["folder"]).parent == tmp_path


def test_scores_tell_why_each_case_failed(results: Path) -> None:
    scores = json.loads(call("score", str(results), "--json").stdout)
    for row in scores["cases"]:
        assert all(set(failure) == {"kind", "detail", "fatal"} for failure in row["failures"])
        assert any(failure["fatal"] for failure in row["failures"]) == (row["measures"]["ok"] == 0)
