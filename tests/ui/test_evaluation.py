"""The evaluation area as an evaluator uses it: real runs of a few cases, in a folder of the test's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from assistant.ui.evaluation_view import View
from tests.ui.conftest import DESK, PHONE, ROOT, SIDEWAYS, Opener, Scheme, running_app

pytestmark = pytest.mark.browser

EVIL = "<img src=http://example.com/x.png onerror=alert(1)><script>alert(2)</script>明年的补贴有多少？"
IDS = ("a-003", "a-087", "b-072", "c-063", "a-062")

Open = Callable[..., Page]


@dataclass(frozen=True)
class Folders:
    """Where the app of these tests looks; `run` and `earlier` are the labels of two scored runs."""

    results: Path
    cases: Path
    run: str
    earlier: str


def evaluate(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "eval", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Six cases answered by the real assistant, and the same answers with two of them spoilt."""
    home = tmp_path_factory.mktemp("evaluation")
    cases, results = home / "cases", home / "results"
    cases.mkdir()
    rows = [json.loads(row) for row in (ROOT / "eval/cases/dev.jsonl").read_text("utf-8").splitlines()]
    chosen = [row for row in rows if row["id"] in IDS]
    evil = {"id": "x-1", "type": "unanswerable", "question": EVIL, "answerable": False, "note": EVIL}
    write(cases / "few.jsonl", [*chosen, evil])
    many = [row | {"id": f"{row['id']}-{turn}"} for turn in range(20) for row in rows]
    write(cases / "many.jsonl", many)  # long enough to be stopped before it ends
    shutil.copy(ROOT / "eval/cases/match.jsonl", cases / "match.jsonl")
    made = Path(evaluate("run", "--cases", str(cases / "few.jsonl"), "--results", str(results)).strip())
    earlier = spoilt(made, results / "few-0000000")
    for folder in (made, earlier):
        evaluate("score", str(folder), "--json")
    return Folders(results, cases, made.name, earlier.name)


def spoilt(made: Path, folder: Path) -> Path:
    """A run in which one question that has an answer was declined, and one that has none was answered."""
    shutil.copytree(made, folder)
    config = json.loads((made / "config.json").read_text("utf-8"))
    config |= {"commit": "0000000", "changes": "", "started": "2026-01-01T00:00:00+00:00"}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    answers = [json.loads(row) for row in (made / "answers.jsonl").read_text("utf-8").splitlines()]
    for row in answers:
        if row["id"] == "a-003":
            row |= {"status": "not_in_documents", "answer": "文件未载明。", "citations": []}
        if row["id"] == "x-1":
            row |= {"status": "answered", "answer": EVIL, "citations": []}
    write(folder / "answers.jsonl", answers)
    return folder


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="module")
def address(chromium: str, folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app of these tests' own: it may write into their folder of results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLICY_RESULTS_DIR", str(folders.results))
        patch.setenv("POLICY_CASES_DIR", str(folders.cases))
        with running_app(tmp_path_factory.mktemp("app") / "log.txt") as address:
            yield address


@pytest.fixture
def open_run(open_at: Opener) -> Open:
    """`open_run(label, width=…, scheme=…, measure=…)` → the page with that run open."""

    def opened(run: str = "", width: int = DESK, scheme: Scheme = "light", **more: str) -> Page:
        page = open_at(f"/?{urlencode({'view': 'evaluation', 'run': run, **more})}", width, scheme)
        expect(page.locator("#evaluation-run h3").first).to_be_visible()
        return page

    return opened


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_run_shows_its_measures_with_intervals_and_its_types(
    open_run: Open, folders: Folders, width: int, scheme: Scheme
) -> None:
    page = open_run(folders.run, width, scheme)
    passed = page.locator("#evaluation-run .ev-measures tr").filter(has_text="通过")
    expect(passed).to_contain_text(re.compile(r"[01]\.\d{3}"))
    expect(passed).to_contain_text(re.compile(r"\[\d\.\d{3}, \d\.\d{3}\]"))
    expect(page.locator(".ev-heat tbody tr")).to_have_count(6)
    expect(page.locator("#evaluation-runs a[aria-current] code")).to_have_text(folders.run[4:])
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_two_runs_are_compared_with_intervals_and_p(
    open_run: Open, folders: Folders, width: int, scheme: Scheme
) -> None:
    page = open_run(folders.run, width, scheme)
    page.locator("select[data-set=against]").select_option(folders.earlier)
    compared = page.locator("#evaluation-compared")
    expect(compared.locator(".ev-lead")).to_contain_text("6 个相同的用例")
    expect(compared.locator(".ev-lead")).to_contain_text("变好 2 个")
    expect(compared.locator(".ev-gaps tr").filter(has_text="通过").locator(".gap")).to_contain_text("+0.333")
    assert page.evaluate(SIDEWAYS) == 0
    expect(page).to_have_url(re.compile(f"against={folders.earlier}"))
    page.go_back()
    expect(compared).to_have_text("")
    expect(page.locator("select[data-set=against]")).to_have_value("")


def test_a_comparison_in_the_address_is_made_and_outlives_the_change_of_language(
    open_run: Open, folders: Folders
) -> None:
    page = open_run(folders.run, against=folders.earlier)
    expect(page.locator(".ev-lead")).to_contain_text("6 个相同的用例")
    page.get_by_text("English", exact=True).click()
    expect(page.locator(".ev-lead")).to_contain_text("over 6 shared cases")
    page.locator("#evaluation-start button").first.click()
    expect(page.locator("#evaluation-go")).to_have_text("Start")
    expect(page.locator("#ev-cases")).to_have_text("Cases")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_failing_cases_tell_question_expectation_answer_and_reason(
    open_run: Open, folders: Folders, width: int
) -> None:
    page = open_run(folders.earlier, width)
    case = page.locator(".ev-case[data-case=a-003]")
    expect(case.locator(".ev-why")).to_have_text("该答没答：答：文件未载明")
    case.locator("> summary").click()
    expect(case.locator(".ev-reasons .fatal").first).to_contain_text("该答没答")
    expect(case.locator(".ev-pair section").first).to_contain_text("漏引")
    expect(case.locator(".ev-pair section").last).to_contain_text("文件未载明。")
    assert page.evaluate(SIDEWAYS) == 0


def test_cases_are_filtered_by_type_and_by_measure(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.earlier)
    failed = page.locator(".ev-case").count()
    page.locator("select[data-set=measure]").select_option("wrongly_refused")
    expect(page.locator(".ev-case")).to_have_count(1)
    expect(page.locator(".ev-case")).to_have_attribute("data-case", "a-003")
    page.locator("select[data-set=measure]").select_option("all")
    expect(page.locator(".ev-case")).to_have_count(6)
    page.locator("select[data-set=type]").select_option("unanswerable")
    expect(page.locator(".ev-count")).to_have_text("2 个用例")
    expect(page).to_have_url(re.compile("measure=all&type=unanswerable"))
    page.reload()
    expect(page.locator(".ev-case")).to_have_count(2)
    expect(page.locator("select[data-set=type]")).to_have_value("unanswerable")
    assert failed < 6


def test_a_type_of_the_table_lists_its_cases(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    page.locator(".ev-heat").get_by_role("button", name="文件未载明").click()
    expect(page.locator(".ev-count")).to_have_text("2 个用例")
    expect(page.locator("select[data-set=type]")).to_have_value("unanswerable")
    expect(page.locator("#ev-cases")).to_be_focused()


def test_a_case_has_an_address_of_its_own(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run, case="b-072")
    expect(page.locator(".ev-case")).to_have_count(1)
    expect(page.locator(".ev-case[data-case=b-072] .ev-pair")).to_be_visible()


def test_markup_in_cases_and_answers_stays_text(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.earlier, case="x-1")
    case = page.locator(".ev-case")
    expect(case.locator(".ev-question")).to_have_text(EVIL)
    expect(case.locator(".answer")).to_contain_text("<script>alert(2)</script>")
    expect(page.locator("#area-evaluation img, #area-evaluation script")).to_have_count(0)


def test_a_run_is_chosen_from_the_list_and_back_returns(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    page.locator("#evaluation-runs a").filter(has_text="0000000").click()
    expect(page.locator("#ev-run")).to_have_text(folders.earlier)
    expect(page.locator("#ev-run")).to_be_focused()
    page.go_back()
    expect(page.locator("#ev-run")).to_have_text(folders.run)


def test_a_cited_clause_leads_to_its_document(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run, case="a-003")
    page.locator(".ev-clauses a").first.click()
    expect(page).to_have_url(re.compile(r"\?doc=.*&clause="))
    expect(page.locator("#area-documents")).to_be_visible()


def test_the_area_is_filled_when_it_is_gone_to(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    page.goto(page.url.split("?")[0])
    page.locator("#areas").get_by_text("评测").click()
    expect(page.locator("#evaluation-runs a").first).to_be_visible()
    expect(page.locator("#ev-run")).to_be_visible()


def test_a_run_that_is_not_there_is_named(open_at: Opener) -> None:
    page = open_at("/?view=evaluation&run=../../etc")
    expect(page.locator("#evaluation-run .notice")).to_contain_text("没有找到评测 ../../etc")


def test_the_report_is_downloaded(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    with page.expect_download() as coming:
        page.get_by_role("button", name="下载报告").click()
    assert coming.value.suggested_filename == f"{folders.run}.html"
    assert "评测报告" in coming.value.path().read_text("utf-8")
    expect(page.locator("#evaluation-said")).to_contain_text("报告已生成")


def test_a_run_without_scores_is_scored_by_a_button(open_run: Open, folders: Folders) -> None:
    raw = folders.results / "few-1111111"
    shutil.copytree(folders.results / folders.earlier, raw)
    (raw / "scores.json").unlink()
    page = open_run(raw.name)
    page.get_by_role("button", name="算分").click()
    expect(page.locator(".ev-tiles")).to_contain_text("通过")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_run_is_started_followed_and_shown(open_run: Open, folders: Folders, width: int) -> None:
    page = open_run(folders.run, width)
    page.locator("#evaluation-start button").first.click()
    page.locator("#evaluation-name input, #evaluation-name textarea").first.fill(f"trial{width}")
    page.locator("#evaluation-go").click()
    expect(page.locator(".ev-progress[data-busy] progress")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == 0
    expect(page.locator("#evaluation-said")).to_contain_text("已完成，共 6 个用例", timeout=60_000)
    expect(page.locator("#evaluation-stop")).to_be_hidden()
    expect(page.locator("#evaluation-runs a").first).to_contain_text(f"trial{width}")
    page.locator(".ev-progress a").click()
    expect(page.locator("#ev-run")).to_contain_text(f"trial{width}-")
    expect(page.locator(".ev-tiles")).to_be_visible()


def test_one_run_at_a_time_and_it_can_be_stopped(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    page.locator("#evaluation-start button").first.click()
    page.locator("#evaluation-cases-file input").click()
    page.get_by_role("option", name=re.compile("many.jsonl")).click()
    page.locator("#evaluation-go").click()
    expect(page.locator(".ev-progress[data-stage=running]")).to_be_visible(timeout=60_000)
    other = open_run(folders.run)
    expect(other.locator(".ev-progress[data-busy]")).to_be_visible()
    other.locator("#evaluation-start button").first.click()
    other.locator("#evaluation-go").click()
    expect(other.get_by_role("alert")).to_contain_text("一次只能跑一个")
    page.locator("#evaluation-stop").click()
    expect(page.locator("#evaluation-said")).to_contain_text("已停止")
    expect(page.locator("#evaluation-runs a").filter(has_text="many")).to_contain_text("未跑完")


def test_a_bad_name_is_refused_in_one_sentence(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    page.locator("#evaluation-start button").first.click()
    page.locator("#evaluation-name input, #evaluation-name textarea").first.fill("--restart")
    page.locator("#evaluation-go").click()
    expect(page.get_by_role("alert")).to_contain_text("名字“--restart”不合用")


def test_only_files_that_hold_cases_are_offered(open_run: Open, folders: Folders) -> None:
    page = open_run(folders.run)
    page.locator("#evaluation-start button").first.click()
    page.locator("#evaluation-cases-file input").click()
    offered = page.locator("ul[role=listbox] [role=option]")
    expect(offered).to_have_text([re.compile("few.jsonl"), re.compile("many.jsonl")])


def test_a_view_and_its_address_agree() -> None:
    assert View.of({"view": "evaluation", "run": "a-1", "page": "3"}) == View(run="a-1", page="3")
