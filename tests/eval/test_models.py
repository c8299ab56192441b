"""Perfect answers through the real client, server and checks: what becomes of them on the way to the user."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.session import Session
from assistant.settings import ROOT, Settings
from eval.cases import load_cases
from eval.models.data import PerfectAnswer, read_answers, read_lines
from eval.models.measure import ask_perfect
from eval.models.scoring import ok_of, records_of
from index.search import Searcher
from index.types import PolicyError

AS_OF = date(2026, 11, 20)
CASES = load_cases(ROOT / "eval/cases/dev.jsonl").cases


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return Session.open(Settings(model=None, index_dir=tmp_path_factory.mktemp("index"))).searcher


@pytest.mark.usefixtures("only_loopback")
def test_answers_from_gold_evidence_pass_the_checks_as_right(searcher: Searcher) -> None:
    written = read_answers("perfect-dev")
    found = ask_perfect(searcher, CASES, written, AS_OF, rewrites=False)
    assert ok_of(CASES, found.answers, searcher, AS_OF) >= 0.90
    records = records_of(CASES, found.answers, searcher, AS_OF)
    assert [record.case.id for record in records if record.unsupported] == []
    assert all(verdict.verbatim for record in records for verdict in record.verdicts)


def test_the_lists_name_clauses_that_there_are(searcher: Searcher) -> None:
    lines = [
        line for name in ("fabrications", "fabrications-fresh", "faithful-fresh") for line in read_lines(name)
    ]
    answers: list[PerfectAnswer] = [*read_answers("perfect-dev"), *read_answers("perfect-second")]
    lines += [line for answer in answers for line in answer.sentences]
    assert [
        line.id for line in lines if not line.clauses or not set(line.clauses) <= set(searcher.clauses)
    ] == []
    assert {answer.id for answer in read_answers("perfect-dev")} == {case.id for case in CASES}


def test_a_list_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(PolicyError, match=r"nothing\.jsonl 打不开"):
        read_lines("nothing")


def test_the_lists_hold_one_json_object_a_line() -> None:
    for path in Path(ROOT / "eval" / "models").glob("*.jsonl"):
        assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
