"""The parts of the evaluation area: what is read, what is written into the page, and the run in the background."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.ui.evaluation_cases import cases_html, chosen_cases, filters_html
from assistant.ui.evaluation_compare import choice_html, compare_html
from assistant.ui.evaluation_overview import empty_html, run_html, runs_html
from assistant.ui.evaluation_results import RunData, RunSummary, case_files, find_run, list_runs, load_run
from assistant.ui.evaluation_runner import Progress, Runner, RunPlan
from assistant.ui.evaluation_start import problem_with_plan, progress_html
from assistant.ui.evaluation_view import LOWER_IS_BETTER, MAIN, OTHERS, View, interval, p_value, signed
from assistant.ui.texts import words
from eval.figures import KINDS
from eval.measures import MEASURES
from eval.report.words import WORDS

ZH, EN = words("zh").area("evaluation"), words("en").area("evaluation")
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
FULL = {"value": 1.0, "low": 1.0, "high": 1.0, "n": 2}


def score(id: str, ok: float, **more: Any) -> dict[str, Any]:
    """A case of scores.json."""
    base: dict[str, Any] = {
        "id": id, "type": "factoid", "difficulty": "easy", "status": "answered",
        "measures": {"ok": ok, "facts": ok}, "missed": [], "lacking": [], "wrong": [], "misplaced": [],
        "failures": [] if ok else [{"kind": "缺要点", "detail": EVIL, "fatal": True}],
    }  # fmt: skip
    return base | more


def scores(*rows: dict[str, Any]) -> dict[str, Any]:
    group = {
        "n": len(rows),
        "measures": {m.key: FULL for m in MEASURES},
        "latency": {"p50_ms": 12.0, "p95_ms": 1234.0},
    }
    return {"all": group, "by_type": {"factoid": group}, "cases": list(rows), "problems": [EVIL]}


def write_run(results: Path, label: str, started: str = "2026-01-01T00:00:00+00:00", **files: Any) -> Path:
    """A run's folder with two cases and their answers; `scores` and `answers` replace what is in it."""
    folder = results / label
    folder.mkdir(parents=True)
    name = label.rpartition("-")[0]
    config = {
        "name": name,
        "cases": "eval/cases/few.jsonl",
        "started": started,
        "changes": "",
        "settings": {},
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    lines(folder / "cases.jsonl", [{"id": id, "question": EVIL, "answerable": True} for id in ("a", "b")])
    rows = [{"id": id, "status": "answered", "answer": EVIL} for id in ("a", "b")]
    lines(folder / "answers.jsonl", files.get("answers", rows))
    if "scores" in files:
        (folder / "scores.json").write_text(json.dumps(files["scores"]), "utf-8")
    return folder


def lines(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture
def scored(tmp_path: Path) -> tuple[RunSummary, RunData]:
    write_run(tmp_path, "few-1", scores=scores(score("a", 0.0), score("b", 1.0)))
    (run,) = list_runs(tmp_path)
    data = load_run(run)
    assert data is not None
    return run, data


def test_runs_are_listed_newest_first_and_other_folders_left_out(tmp_path: Path) -> None:
    write_run(tmp_path, "few-old", "2026-01-01T00:00:00+00:00")
    write_run(tmp_path, "few-new", "2026-02-01T00:00:00+00:00")
    (tmp_path / "few-broken").mkdir()
    (tmp_path / "few-broken" / "config.json").write_text("{", "utf-8")
    (tmp_path / "notes").mkdir()
    assert [run.label for run in list_runs(tmp_path)] == ["few-new", "few-old"]
    assert list_runs(tmp_path / "nowhere") == ()


def test_a_run_half_answered_or_not_scored_says_so(tmp_path: Path) -> None:
    write_run(tmp_path, "few-1", answers=[{"id": "a", "status": "answered"}])
    write_run(tmp_path, "few-2")
    shown = runs_html(list_runs(tmp_path), "", ZH)
    assert "未跑完 1/2" in shown and "未算分" in shown


def test_scores_that_tell_no_reasons_are_to_be_made_again(tmp_path: Path) -> None:
    old = score("a", 1.0)
    del old["failures"]
    write_run(tmp_path, "few-1", scores=scores(old))
    (run,) = list_runs(tmp_path)
    assert run.ok is None and load_run(run) is None
    assert 'data-act="score"' in run_html(run, None, ZH)


def test_a_label_is_looked_up_and_never_a_path(tmp_path: Path) -> None:
    write_run(tmp_path / "inside", "few-1+ab")
    write_run(tmp_path, "outside-1")
    runs = list_runs(tmp_path / "inside")
    assert find_run(runs, "../outside-1") is None
    assert find_run(runs, "few-1 ab") == runs[0]


def test_without_runs_the_page_says_what_to_do() -> None:
    shown = empty_html(ZH)
    assert "还没有评测结果" in shown and "python -m eval run" in shown and "&lt;提交&gt;" in shown


def test_older_runs_are_behind_a_fold_that_opens_for_the_chosen_one(tmp_path: Path) -> None:
    for day in range(1, 9):
        write_run(tmp_path, f"few-{day}", f"2026-01-0{day}T00:00:00+00:00")
    runs = list_runs(tmp_path)
    assert "<details><summary>更早的 2 次" in runs_html(runs, "few-8", ZH)
    assert "<details open>" in runs_html(runs, "few-1", ZH)


@pytest.mark.parametrize("text", [ZH, EN])
def test_nothing_from_files_is_markup(scored: tuple[RunSummary, RunData], text: Any) -> None:
    run, data = scored
    view = View(run=EVIL, against=EVIL, type=EVIL, measure="all", page="1")
    shown = run_html(run, data, text) + cases_html(data, view, text) + filters_html(data, view, text)
    assert "<script" not in shown and "<img" not in shown and "&lt;script&gt;" in shown


def test_cases_that_failed_come_first_and_measures_and_types_narrow_them(
    scored: tuple[RunSummary, RunData],
) -> None:
    _, data = scored
    assert [case.id for case in chosen_cases(data, View())] == ["a"]
    assert [case.id for case in chosen_cases(data, View(measure="all"))] == ["a", "b"]
    assert [case.id for case in chosen_cases(data, View(measure="facts"))] == ["a"]
    assert chosen_cases(data, View(measure="refused")) == []
    assert chosen_cases(data, View(measure="all", type="validity")) == []
    assert [case.id for case in chosen_cases(data, View(case="b"))] == ["b"]


def test_many_cases_come_in_pages(tmp_path: Path) -> None:
    write_run(tmp_path, "few-1", scores=scores(*(score(f"c{n}", 0.0) for n in range(45))))
    data = load_run(list_runs(tmp_path)[0])
    assert data is not None
    last = cases_html(data, View(run="few-1", page="3"), ZH)
    assert last.count('class="ev-case"') == 5 and "第 3 页，共 3 页" in last
    assert "page=2" in last and "page=4" not in last
    assert cases_html(data, View(run="few-1", page="99"), ZH) == last


def test_a_difference_is_called_better_or_worse_by_the_measures_direction_and_only_when_certain() -> None:
    def row(value: float, p: float) -> dict[str, Any]:
        return {"a": 0.5, "b": 0.5 + value, "value": value, "low": -0.1, "high": 0.3, "p": p, "n": 9}

    measures = {"ok": row(0.2, 0.01), "facts": row(0.2, 0.2), "wrongly_refused": row(0.2, 0.01)}
    found = {"n": 9, "measures": measures, "by_type": {}, "better": [], "worse": [], "notes": [EVIL]}
    shown = compare_html(found, View(run="b", against="a"), ZH)
    assert "本次更好：9 个相同的用例" in shown
    assert shown.count('<tr class="better">') == 1 and shown.count('<tr class="worse">') == 1
    assert "<script" not in shown


def test_a_lone_run_has_nothing_to_compare_with(scored: tuple[RunSummary, RunData]) -> None:
    run, _ = scored
    assert "<select" not in choice_html([run], View(run=run.label), ZH)


def test_numbers_are_written_as_the_command_line_writes_them() -> None:
    assert (signed(-0.0131), signed(0.0001), signed(None)) == ("−0.013", "0.000", "–")
    assert interval({"low": None, "high": None}) == "–"
    assert (p_value(0.0002), p_value(1.0), p_value(None)) == ("&lt;&nbsp;0.001", "1.000", "–")


def test_every_measure_type_status_and_reason_of_the_evaluation_has_its_words() -> None:
    assert {*MAIN, *OTHERS} == {measure.key for measure in MEASURES}
    assert {measure.key for measure in MEASURES if not measure.higher_is_better} == LOWER_IS_BETTER
    for text in (ZH, EN):
        assert text.tables["measures"].keys() == {measure.key for measure in MEASURES}
        assert text.tables["definitions"].keys() == {measure.key for measure in MEASURES}
        assert text.tables["types"].keys() == KINDS.keys() - {"ALL"}
        assert text.tables["failures"].keys() == WORDS["failures"].keys()
        assert text.tables["replies"].keys() == WORDS["status"].keys()


def test_files_of_other_things_are_no_cases(tmp_path: Path) -> None:
    lines(tmp_path / "few.jsonl", [{"id": "a", "question": "？", "answerable": True}])
    lines(tmp_path / "match.jsonl", [{"id": "m", "profile": {}}])
    (tmp_path / "broken.jsonl").write_text("{", "utf-8")
    assert list(case_files(tmp_path)) == ["few.jsonl"]


@pytest.mark.parametrize("name", ["--restart", "a b", "../x", "a/b", "x" * 61])
def test_a_name_that_could_be_an_option_or_a_path_is_refused(name: str, tmp_path: Path) -> None:
    files = {"few.jsonl": tmp_path / "few.jsonl"}
    assert problem_with_plan("few.jsonl", name, files, ZH)
    assert problem_with_plan("few.jsonl", "一次-2.x", files, ZH) == ""
    assert problem_with_plan("/etc/passwd", "", files, ZH) == ZH["problem_cases"]


def test_progress_is_escaped_and_busy_only_while_it_runs() -> None:
    running = progress_html(Progress("running", EVIL, done=3, total=9), ZH)
    assert "data-busy" in running and 'value="3" max="9"' in running and "<script" not in running
    failed = progress_html(Progress("failed", "x", message=EVIL), EN)
    assert "data-busy" not in failed and "<script" not in failed
    assert progress_html(Progress(), ZH) == ""


@pytest.fixture
def runner() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.cancel()
    ended(runner)


def ended(runner: Runner) -> Progress:
    deadline = time.monotonic() + 90
    while runner.progress().busy and time.monotonic() < deadline:
        time.sleep(0.05)
    return runner.progress()


def plan(tmp_path: Path, n: int, **more: Any) -> RunPlan:
    cases = tmp_path / "few.jsonl"
    question = "5号文第16条说了什么？"
    lines(
        cases,
        [{"id": f"c{at}", "type": "factoid", "question": question, "answerable": True} for at in range(n)],
    )
    known = {"name": "", "as_of": date(2026, 11, 20), "restart": False, "results": tmp_path / "results"}
    return RunPlan(cases, **(known | more))


def test_a_run_answers_and_scores_and_a_second_one_has_to_wait(runner: Runner, tmp_path: Path) -> None:
    few = plan(tmp_path, 3)
    assert runner.start(few) and not runner.start(few)
    done = ended(runner)
    assert (done.stage, done.done, done.total) == ("done", 3, 3)
    (run,) = list_runs(tmp_path / "results")
    assert run.label == done.label and run.complete and load_run(run) is not None


def test_a_run_that_is_stopped_keeps_its_answers_and_goes_on_from_there(
    runner: Runner, tmp_path: Path
) -> None:
    many = plan(tmp_path, 2000)
    runner.start(many)
    while (now := runner.progress()).busy and not now.done:
        time.sleep(0.05)
    runner.cancel()
    stopped = ended(runner)
    assert stopped.stage == "cancelled" and 0 < stopped.done < 2000
    (run,) = list_runs(tmp_path / "results")
    assert run.answers == stopped.done and not run.complete
    runner.start(many)
    while (now := runner.progress()).busy and now.stage != "running":
        time.sleep(0.05)
    assert runner.progress().done >= stopped.done


def test_a_run_that_fails_tells_the_evaluations_own_sentence(runner: Runner, tmp_path: Path) -> None:
    runner.start(plan(tmp_path, 1, results=tmp_path / "few.jsonl"))
    failed = ended(runner)
    assert failed.stage == "failed" and "写不进去" in failed.message
