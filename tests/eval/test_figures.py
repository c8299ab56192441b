"""The figures tables: what they show, and that the READMEs show what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.settings import ROOT
from eval.figures import (
    CHINESE,
    COLUMNS,
    ENGLISH,
    LANGUAGES,
    index_counts,
    load,
    read_report,
    read_scores,
    render,
    save,
    splice,
    updated,
)
from index.types import PolicyError

SCORES = {
    "factoid": {"n": 2, "ok": 0.5, "recall@5": 0.75, "refused": None},
    "ALL": {"n": 3, "ok": 0.6667, "recall@5": 0.8333, "refused": 1.0},
}


def test_the_readmes_show_the_committed_figures() -> None:
    assert updated(load()) == {}, "run `make figures`"


def test_the_committed_counts_are_those_of_the_documents() -> None:
    assert load()["index"] == index_counts(ROOT / "documents"), "run `make figures`"


def test_scores_are_shown_with_all_cases_first_and_a_dash_for_what_does_not_apply() -> None:
    lines = render({"scores": SCORES}, ENGLISH).splitlines()
    assert [line.split(" | ")[:2] for line in lines] == [
        ["| development cases", "n"],
        ["| ---", "---"],
        ["| all", "3"],
        ["| single fact", "2"],
    ]
    assert lines[2].split(" | ")[2:5] == ["0.667", "–", "0.833"]
    assert lines[3].split(" | ")[-2] == "–"


def test_what_has_not_been_measured_is_left_out() -> None:
    counts = {"documents": 1, "clauses": 2, "passages": 3, "questions": 4}
    assert render({}, CHINESE) == ""
    assert (
        render({"index": counts}, CHINESE)
        == "| 文件 | 条款 | 由条款切出的检索单元 | 已知问法 |\n| --- | --- | --- | --- |\n| 1 | 2 | 3 | 4 |"
    )


def test_splice_replaces_what_is_between_the_markers_and_nothing_else() -> None:
    text = "before\n<!-- figures:start -->\nold \\1\n<!-- figures:end -->\nafter\n"
    once = splice(text, r"new \1")
    assert once == "before\n<!-- figures:start -->\n\nnew \\1\n\n<!-- figures:end -->\nafter\n"
    assert splice(once, r"new \1") == once


def test_a_readme_without_markers_is_named() -> None:
    with pytest.raises(PolicyError, match="figures:start"):
        splice("no markers", "table")


def test_a_stale_readme_is_found(tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / language.readme).write_text(splice("<!-- figures:start --><!-- figures:end -->", ""))
    assert updated({}, tmp_path) == {}
    stale = updated({"scores": SCORES}, tmp_path)
    assert {path.name for path in stale} == {"README.md", "README.zh.md"}


def test_a_report_with_nan_is_read_as_not_applicable_and_saved_as_json(tmp_path: Path) -> None:
    (tmp_path / "scores.json").write_text('{"ALL": {"n": 1, "refused": NaN}}')
    report = read_report(tmp_path / "scores.json")
    save({"scores": report}, tmp_path / "results" / "figures.json")
    assert json.loads((tmp_path / "results" / "figures.json").read_text()) == {
        "scores": {"ALL": {"n": 1, "refused": None}}
    }


@pytest.mark.parametrize("content", [None, "{", "[1]", "{}"])
def test_an_unusable_report_is_named(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(PolicyError, match=r"scores\.json"):
        read_report(path, "ALL")


def test_the_scores_of_a_run_are_taken_over_with_the_intervals_of_all(tmp_path: Path) -> None:
    found = {"value": 0.93333333, "low": 0.8666, "high": 0.98666, "n": 3}
    undefined = {"value": None, "low": None, "high": None, "n": 0}
    measures = {column: found for column in COLUMNS} | {"refused": undefined}
    group = {"n": 3, "measures": measures}
    (tmp_path / "scores.json").write_text(json.dumps({"all": group, "by_type": {"factoid": group}}))
    scores = read_scores(tmp_path / "scores.json")
    lines = render({"scores": scores}, ENGLISH).splitlines()
    assert [line.split(" | ")[:3] for line in lines[2:]] == [
        ["| all", "3", "0.933"],
        ["| 95 % interval of all", "", "0.867–0.987"],
        ["| single fact", "3", "0.933"],
    ]
    assert lines[2].split(" | ")[10] == lines[3].split(" | ")[10] == "–"
