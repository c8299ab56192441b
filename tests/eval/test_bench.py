"""The benchmark's tools: percentiles, processes measured from outside, the list of questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.applicability import match
from assistant.settings import ROOT
from eval.bench.load import LOAD_AIMS, Seen, load_figures, measure_load
from eval.bench.lookup import measure_lookup
from eval.bench.matching import FIRM, matching, repeated
from eval.bench.measure import AIMS, percentile, questions
from eval.bench.processes import BenchError, run, serve
from index.library import parse_all


def test_percentiles_are_values_by_nearest_rank() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, p) for p in (0, 20, 50, 95, 100)] == [1.0, 1.0, 3.0, 5.0, 5.0]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_a_percentile_is_not_exceeded_by_that_share_of_the_values(
    values: list[float], percent: float
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-9


def test_there_are_forty_questions_and_none_twice() -> None:
    assert len(set(questions())) == len(questions()) == 40


def test_every_figure_has_a_name_of_its_own() -> None:
    assert len({aim.key for aim in AIMS}) == len(AIMS)


def test_an_aim_is_met_up_to_its_limit() -> None:
    build = next(aim for aim in AIMS if aim.key == "build_s")
    assert (build.met(15.0), build.met(15.01)) == (True, False)


def test_measures_are_repeated_up_to_a_count_and_matched_in_measurable_time() -> None:
    documents = {one.number: one for one in parse_all(ROOT / "documents")[0]}
    many = repeated(documents, 500)
    day = date(2026, 11, 20)
    found = match(FIRM, many, day)
    assert len({one.clause.ref for one in found}) == len(found) > 450
    figures = matching(documents, day)
    assert set(figures) < {aim.key for aim in AIMS} and min(figures.values()) > 0
    assert figures["match_many_s"] < 10 and repeated({}, 10) == {}


def test_a_process_is_measured_by_itself_and_given_its_environment() -> None:
    small = run("-c", "import os; print(os.environ['POLICY_INDEX_DIR'])", POLICY_INDEX_DIR="here")
    large = run("-c", "block = bytearray(200_000_000)")
    assert small.output == "here\n"
    assert large.peak_mb > 190
    assert 0 < small.seconds < 60


def test_a_command_that_fails_is_named_with_what_it_said() -> None:
    with pytest.raises(BenchError, match=r"exit 3\nno index"):
        run("-c", "import sys; print('no index'); sys.exit(3)")


PAGE = """
import os
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer(("127.0.0.1", int(os.environ["POLICY_PORT"])), SimpleHTTPRequestHandler).serve_forever()
"""


def test_a_page_is_measured_until_it_answers_and_then_ended() -> None:
    served = serve("-c", PAGE)
    assert 0 < served.seconds < 60 and served.peak_mb > 0


def test_a_page_that_ends_before_it_answers_is_a_failure() -> None:
    with pytest.raises(BenchError, match="no page\nno documents"):
        serve("-c", "print('no documents')")


def test_a_load_is_told_in_waits_failures_and_memory() -> None:
    seen = Seen(
        waits_ms=[float(ms) for ms in range(1, 20)],
        failures=["ReadTimeout"],
        memory_mb=[100, 300, 400, 400, 410, 430, 440, 400],
    )
    assert load_figures(seen, 10) == {
        "asked": 19,
        "per_s": 1.9,
        "error_rate": 0.05,
        "p50_ms": 10.0,
        "p95_ms": 19.0,
        "memory_before_mb": 400.0,
        "memory_after_mb": 420.0,
        "memory_growth": pytest.approx(5.0),
    }


def test_people_ask_a_page_of_their_own_and_are_all_answered() -> None:
    figures = measure_load(users=3, seconds=2, pause=0.2)
    assert set(figures) == {aim.key for aim in LOAD_AIMS}
    assert figures["error_rate"] == 0 and figures["asked"] >= 6 and figures["memory_after_mb"] > 100


def test_without_a_browser_the_look_up_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="say where it is with --browser"):
        measure_lookup(tmp_path / "chromium")
