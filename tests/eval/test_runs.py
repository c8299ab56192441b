"""Runs: any system over JSON lines, nothing lost by an interruption, nothing mixed with another run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from rich.console import Console

from assistant.settings import ROOT
from eval.answers import load_answers
from eval.compare import compare
from eval.runner import Plan, run_cases
from eval.runs import load_config, load_run
from eval.score import score
from index.types import PolicyError
from tests.eval.support import AS_OF, NEW, OLD, cite, lines

# A system of another make: answers every question with its own text, and does as the question tells it.
SYSTEM = """
import json, pathlib, sys, time
source = open(sys.argv[1], encoding="utf-8") if len(sys.argv) > 1 else sys.stdin
out = open(sys.argv[2], "w", encoding="utf-8") if len(sys.argv) > 2 else sys.stdout
for line in source:
    row = json.loads(line)
    assert set(row) == {"id", "question", "history", "profile", "as_of"}, row
    asked = row["question"]
    if asked == "die": sys.exit("no more memory")
    if asked == "skip": continue
    if asked == "noise": out.write("loading model...\\n" + json.dumps({"id": row["id"] + "x"}) + "\\n")
    if asked == "stranger": row["id"] = "unasked"
    if asked == "wait" and not pathlib.Path(sys.argv[0] + ".go").exists(): time.sleep(60)
    answer = {"id": row["id"], "status": "answered", "answer": asked + row["as_of"], "citations": [], "retrieved": []}
    out.write(json.dumps(answer) + "\\n"); out.flush()
"""


@pytest.fixture
def system(tmp_path: Path) -> list[str]:
    path = tmp_path / "system.py"
    path.write_text(SYSTEM, encoding="utf-8")
    return [sys.executable, str(path)]


def cases(tmp_path: Path, *questions: str) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "id": f"c-{at}",
            "type": "factoid",
            "question": question,
            "answerable": True,
            "gold": [{"doc": NEW, "clause": "二/(六)/16", "evidence": "x"}],
        }
        for at, question in enumerate(questions)
    ]
    return lines(tmp_path / "cases.jsonl", rows)


def go(tmp_path: Path, path: Path, command: list[str], **more: Any) -> tuple[Path, tuple[str, ...]]:
    plan = Plan(path, command, AS_OF, datetime.now, results=tmp_path / "results", **more)
    return run_cases(plan, Console(file=StringIO()))


def answers(folder: Path) -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()]
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize("files", [["{input}", "{output}"], []], ids=["files", "pipes"])
@pytest.mark.parametrize("workers", [1, 3])
def test_any_system_over_json_lines_is_run(
    tmp_path: Path, system: list[str], files: list[str], workers: int
) -> None:
    folder, problems = go(tmp_path, cases(tmp_path, *"abcde"), [*system, *files], workers=workers)
    assert problems == ()
    assert {id: row["answer"] for id, row in answers(folder).items()} == {
        f"c-{at}": f"{text}2026-11-20" for at, text in enumerate("abcde")
    }


def test_the_folder_holds_all_that_repeats_the_run(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a")
    folder, _ = go(tmp_path, path, system, name="try")
    config = load_config(folder)
    assert folder.name == config.label and config.name == "try" and config.as_of == "2026-11-20"
    assert (folder / "cases.jsonl").read_bytes() == path.read_bytes()
    assert config.cases == "cases.jsonl" and config.command.startswith("python ")
    assert {"python", "faiss-cpu", "ir-measures"} <= set(config.versions)
    assert len(config.index_fingerprint) == 16 and config.started <= config.finished
    assert len(load_run(folder).records) == 1


def test_what_a_system_leaves_out_is_a_failure_with_its_reason(tmp_path: Path, system: list[str]) -> None:
    folder, problems = go(tmp_path, cases(tmp_path, "a", "skip", "noise", "stranger", "die", "b"), system)
    # A process that fails is started again without the first question that it left: skip, stranger and die in turn.
    assert problems == (
        "3 个问题没有给出回答，退出码 1：no more memory",
        "系统的输出里有 1 行不是 JSON，已跳过；日志请写到标准错误。",
        "系统回答了 3 个没有问的编号，已跳过；请检查编号。",
    )
    status = {id: row["status"] for id, row in answers(folder).items()}
    assert status == dict.fromkeys(["c-0", "c-2", "c-5"], "answered") | dict.fromkeys(
        ["c-1", "c-3", "c-4"], "no_reply"
    )
    run = load_run(folder)
    assert score(run).all.measures["ok"].n == 6
    assert run.problems == ("3 个用例系统没有回答（c-1、c-3、c-4），按错计算。",)


def test_failures_are_asked_again_and_answers_are_not(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a", "die")
    folder, problems = go(tmp_path, path, system)
    assert len(problems) == 1
    mark = json.dumps({"id": "c-0", "status": "answered", "answer": "kept"})
    answers_file = folder / "answers.jsonl"
    answers_file.write_text(
        mark + "\n" + answers_file.read_text("utf-8").splitlines()[1] + '\n{"id": "c-', "utf-8"
    )
    again, problems = go(tmp_path, path, system)
    assert again == folder and len(problems) == 1
    assert answers(folder)["c-0"]["answer"] == "kept" and answers(folder)["c-1"]["status"] == "no_reply"


def test_a_run_that_is_killed_goes_on_where_it_stopped(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a", "b", "wait", "c")
    command = [
        *(sys.executable, "-m", "eval", "run", "--cases", str(path), "--as-of", "2026-11-20"),
        *("--results", str(tmp_path / "results"), "--command", " ".join(system)),
    ]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while (
        not (found := list((tmp_path / "results").glob("*/answers.jsonl")))
        or len(answers(found[0].parent)) < 2
    ):
        assert time.monotonic() < deadline and child.poll() is None
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130 and "从断处继续" in said
    partial = load_run(found[0].parent)
    assert len(partial.records) == 2
    assert partial.problems == ("2 个用例没有回答（c-2、c-3），不计入任何数字；请把评测跑完。",)
    # The rest is answered once the system need not wait; what was answered stays.
    (tmp_path / "system.py.go").touch()
    folder, problems = go(tmp_path, path, system)
    assert folder == found[0].parent and problems == () and len(answers(folder)) == 4


def test_a_killed_run_leaves_no_process_of_the_system(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a", "wait")
    command = [
        *(sys.executable, "-m", "eval", "run", "--cases", str(path), "--as-of", "2026-11-20"),
        *("--results", str(tmp_path / "results"), "--command", " ".join(system)),
    ]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "results").glob("*/answers.jsonl")) or not _running(
        str(tmp_path / "system.py"), child
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    child.wait(timeout=30)
    assert not _running(str(tmp_path / "system.py"), child)


def _running(script: str, but: subprocess.Popen[Any]) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (but.pid, os.getpid()):
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if len(command) > 1 and command[1].decode("utf-8", "replace") == script:
                found.append(entry.name)
    return found


def test_another_run_of_the_same_name_is_not_mixed_in(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a")
    folder, _ = go(tmp_path, path, system, name="x")
    cases(tmp_path, "b")
    with pytest.raises(PolicyError, match=r"cases_sha256 不同.*--restart"):
        go(tmp_path, path, system, name="x")
    assert answers(folder)["c-0"]["answer"] == "a2026-11-20"
    go(tmp_path, path, system, name="x", restart=True)
    assert answers(folder)["c-0"]["answer"] == "b2026-11-20"


def test_a_command_that_cannot_start_and_a_folder_that_is_no_run_are_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"无法启动.*--command"):
        go(tmp_path, cases(tmp_path, "a"), ["/nowhere/system"])
    with pytest.raises(PolicyError, match="不是评测结果的文件夹"):
        load_run(tmp_path)


def test_a_case_with_a_date_of_its_own_is_asked_on_that_day(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a")
    row = json.loads(path.read_text("utf-8")) | {"as_of": "2024-05-01"}
    folder, _ = go(tmp_path, lines(path, [row]), system)
    assert answers(folder)["c-0"]["answer"] == "a2024-05-01"


def test_bad_answer_lines_are_named_and_the_rest_counts(tmp_path: Path) -> None:
    good = {"id": "a", "status": "answered"}
    rows = ["{", [], good | {"id": "z"}, {"id": "b"}, good, good | {"id": 7}, good | {"citations": 3}]
    found = load_answers(lines(tmp_path / "answers.jsonl", rows), ["a", "b", "7"])
    assert {id: reply.status for id, reply in found.replies.items()} == {
        "a": "no_reply",
        "b": "no_reply",
        "7": "answered",
    }
    assert found.problems == (
        "answers.jsonl 第 1 行不是合法的 JSON（第 2 列），已跳过。",
        "answers.jsonl 第 2 行应是一个 JSON 对象，已跳过。",
        "answers.jsonl 第 3 行：用例里没有编号 z，已跳过；请检查编号。",
        "answers.jsonl 第 4 行：status 缺少这个字段，请改正。这个用例按没有回答算错。",
        "answers.jsonl 第 7 行：citations 应是列表，请改正。这个用例按没有回答算错。",
        "2 个用例系统没有回答（a、b），按错计算。",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": "high"},
        {"confidence": float("nan")},
        {"timings_ms": {"total": None}},
        {"timings_ms": {"total": float("inf")}},
        {"timings_ms": "fast"},
        {"retrieved": [{"document_number": NEW, "clause_path": "二/1", "score": "0.9"}]},
    ],
)
def test_an_optional_value_that_is_wrong_costs_only_itself(tmp_path: Path, change: dict[str, Any]) -> None:
    row = {"id": "a", "status": "answered", "answer": "好"} | change
    found = load_answers(lines(tmp_path / "answers.jsonl", [row]), ["a"])
    reply = found.replies["a"]
    assert found.problems == () and reply.status == "answered" and reply.answer == "好"
    assert reply.certainty is None and "total" not in reply.timings_ms


def test_a_status_that_is_not_agreed_is_a_failure_and_no_refusal(tmp_path: Path) -> None:
    found = load_answers(lines(tmp_path / "answers.jsonl", [{"id": "a", "status": "ok"}]), ["a"])
    assert not found.replies["a"].refused
    assert (
        found.problems[0] == "answers.jsonl 第 1 行：status 不是约定的状态，请改正。这个用例按没有回答算错。"
    )


def test_an_edited_program_or_another_day_is_another_run(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a")
    go(tmp_path, path, system)
    (tmp_path / "system.py").write_text(SYSTEM + "# edited\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="program 不同"):
        go(tmp_path, path, system)
    (tmp_path / "system.py").write_text(SYSTEM, encoding="utf-8")
    plan = Plan(path, system, date(2025, 1, 1), datetime.now, results=tmp_path / "results")
    with pytest.raises(PolicyError, match="as_of 不同"):
        run_cases(plan, Console(file=StringIO()))


def test_a_last_line_without_an_end_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "short.py"
    row = json.dumps({"id": "c-0", "status": "answered", "answer": "好"})
    path.write_text(f"import sys; sys.stdin.read(); sys.stdout.write({row!r})", encoding="utf-8")
    folder, problems = go(tmp_path, cases(tmp_path, "a"), [sys.executable, str(path)])
    assert problems == () and answers(folder)["c-0"]["answer"] == "好"


def test_two_runs_never_write_into_one_folder(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a")
    folder, _ = go(tmp_path, path, system)
    with FileLock(folder / ".lock"), pytest.raises(PolicyError, match="另一个 eval run"):
        go(tmp_path, path, system, restart=True)
    assert answers(folder)["c-0"]["answer"] == "a2026-11-20"


@pytest.mark.parametrize("name", ["../up", "a/b", "/abs", ".hidden", "x y", "[red]"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, system: list[str], name: str) -> None:
    with pytest.raises(PolicyError, match="--name 只能用"):
        go(tmp_path, cases(tmp_path, "a"), system, name=name)
    assert not list(tmp_path.glob("results/**/config.json"))


def test_restart_puts_the_old_answers_aside(tmp_path: Path, system: list[str]) -> None:
    path = cases(tmp_path, "a")
    folder, _ = go(tmp_path, path, system)
    go(tmp_path, path, system, restart=True)
    assert (folder / "answers.previous.jsonl").read_bytes() == (folder / "answers.jsonl").read_bytes()


def test_a_run_that_never_answered_may_be_started_with_another_command(
    tmp_path: Path, system: list[str]
) -> None:
    path = cases(tmp_path, "a")
    _, problems = go(tmp_path, path, [sys.executable, str(tmp_path / "typo.py")])
    assert len(problems) == 1
    folder, problems = go(tmp_path, path, system)
    assert problems == () and answers(folder)["c-0"]["status"] == "answered"


def test_scoring_over_other_documents_says_so(tmp_path: Path, system: list[str]) -> None:
    folder, _ = go(tmp_path, cases(tmp_path, "a"), system)
    changed = tmp_path / "documents"
    shutil.copytree(ROOT / "documents", changed, ignore=shutil.ignore_patterns("questions"))
    assert load_run(folder, changed).problems == ()
    file = next(changed.glob("*.txt"))
    file.write_text(file.read_text("utf-8") + "另行通知。", "utf-8")
    assert load_run(folder, changed).problems[0].startswith("政策文件与当时评测的不是同一份")


def folder_with(tmp_path: Path, name: str, replies: dict[str, dict[str, Any]], system: list[str]) -> Path:
    """A run whose answers are replaced by these."""
    folder, _ = go(tmp_path, cases(tmp_path, "a", "b", "c"), system, name=name)
    rows = [{"id": id, "status": "answered", **row} for id, row in replies.items()]
    lines(folder / "answers.jsonl", rows)
    return folder


def test_compare_names_what_got_better_and_worse(tmp_path: Path, system: list[str]) -> None:
    right, wrong = [cite(NEW, "二/(六)/16")], [cite(OLD, "一")]
    a = folder_with(
        tmp_path, "a", {"c-0": {"citations": right}, "c-1": {}, "c-2": {"citations": right}}, system
    )
    b = folder_with(tmp_path, "b", {"c-0": {"citations": wrong}, "c-1": {"citations": right}}, system)
    found = compare(load_run(a), load_run(b))
    assert [moved.id for moved in found.better] == ["c-1"] and [moved.id for moved in found.worse] == ["c-0"]
    assert ("ok", 0.0, 1.0) in found.better[0].changes and ("ok", 1.0, 0.0) in found.worse[0].changes
    ok = next(change for change in found.changes if change.key == "ok")
    assert (ok.a, ok.b, ok.difference.value, ok.difference.n) == (0.5, 0.5, 0.0, 2)
    assert found.by_type == {"factoid": found.changes} and found.by_difficulty == {"–": found.changes}
    assert found.notes == ("只比较两边都有回答的 2 个用例（A 有 3 个，B 有 2 个）。",)


def test_in_compare_ok_outweighs_all_other_measures(tmp_path: Path, system: list[str]) -> None:
    found = [{"document_number": NEW, "clause_path": "二/(六)/16"}]
    a = folder_with(tmp_path, "a", {"c-0": {"retrieved": found}}, system)
    right = [cite(NEW, "二/(六)/16", "不是原文")]
    b = folder_with(
        tmp_path, "b", {"c-0": {"retrieved": [], "citations": right, "answer": "另加900万元"}}, system
    )
    assert [moved.id for moved in compare(load_run(a), load_run(b)).better] == ["c-0"]


def test_compare_leaves_out_cases_that_are_not_the_same(tmp_path: Path, system: list[str]) -> None:
    a = folder_with(tmp_path, "a", {"c-0": {}, "c-1": {}, "c-2": {}}, system)
    b = folder_with(tmp_path, "b", {"c-0": {}, "c-1": {}, "c-2": {}}, system)
    text = (b / "cases.jsonl").read_text("utf-8")
    (b / "cases.jsonl").write_text(text.replace('"question": "a"', '"question": "z"'), "utf-8")
    found = compare(load_run(a), load_run(b))
    assert found.n == 2 and found.better == found.worse == ()
    assert found.notes == ("1 个用例在两次评测里内容不同，没有比较。",)
    lines(b / "answers.jsonl", [])
    with pytest.raises(PolicyError, match="没有相同的用例"):
        compare(load_run(a), load_run(b))
