"""What others would build: chunks are traced back to clauses, every peer speaks the contract, one table shows all.

The tests marked `peers` run the real libraries; they skip where the extra is not installed, and fail there under CI.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assistant.settings import ROOT, child_environment
from assistant.types import Question
from eval.bench.processes import run
from eval.peers import OFFLINE, PEERS
from eval.peers.align import Chunk, Source, align, letters
from eval.peers.answering import Found, answering
from eval.peers.chapters import chapters
from eval.peers.common import read_sources
from eval.peers.side_by_side import Row, heads, quality, to_markdown
from index.types import Clause

SOURCES = read_sources(ROOT / "documents")
CLAUSES = [(source, clause) for source in SOURCES for clause in source.document.clauses]
DAY = date(2026, 11, 20)
ASKED = {"id": "a", "question": "微短剧专板在哪", "as_of": DAY.isoformat()}
NEEDS = {
    "langchain_splitter": "langchain_text_splitters",
    "llamaindex_defaults": "llama_index",
    "haystack_bm25": "haystack",
}


def need(*packages: str) -> None:
    """Skips a test whose packages are missing; under CI that is a failure."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{', '.join(missing)} missing: install requirements-peers.lock")
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (make peers)")


def ask(name: str, *lines: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the output lines of a peer that reads `lines` from standard input."""
    done = subprocess.run(
        [sys.executable, "-m", PEERS[name].module, "--input", "-", "--output", "-"],
        input="\n".join(lines).encode(),
        capture_output=True,
        cwd=ROOT,
        env=child_environment(**OFFLINE),
        check=False,
    )
    assert not done.stderr, done.stderr.decode()
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.document.number)
def test_nearly_every_letter_of_a_file_belongs_to_a_clause(source: Source) -> None:
    assert source.aligned >= 0.99


def test_a_clauses_own_stretch_leads_to_that_clause_first() -> None:
    assert [str(c.ref) for source, c in CLAUSES if source.clauses(source.span(c))[:1] != [c]] == []


def test_what_was_removed_or_mended_belongs_to_no_clause() -> None:
    page = align("加快建设7具有世界影响力的社会主义", "加快建设具有世界影响力的社会主义")
    mended = align("专业服务etc知识密集型服务业", "专业服务等知识密集型服务业")
    assert page == [0, 1, 2, 3, -1, *range(4, 16)]
    assert mended == [0, 1, 2, 3, -1, -1, -1, *range(5, 13)]


def test_full_width_letters_keep_the_place_of_their_character() -> None:
    assert letters("〔２０２５〕 5号㎡") == ("20255号m2", [1, 2, 3, 4, 7, 8, 9, 9])


@given(st.sampled_from(SOURCES), st.data())
def test_any_chunk_leads_to_clauses_that_share_its_words(source: Source, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source.text) - 40))
    chunk = Chunk(source.file, start, min(start + data.draw(st.integers(40, 2000)), len(source.text)))
    found = source.clauses(chunk)
    for clause in found:
        quote = source.quote(chunk, clause)
        assert quote in clause.text and quote in source.text[chunk.start : chunk.end]
    assert len(set(found)) == len(found) and (
        found or len(letters(source.text[chunk.start : chunk.end])[0]) < 40
    )


def test_a_chunk_of_two_clauses_leads_to_both_the_longer_first() -> None:
    source = next(s for s in SOURCES if s.document.number == "沪府办发〔2025〕5号")
    first, second = (source.document.clause(path) for path in ("二/(六)/16", "二/(六)/17"))
    assert first and second
    both = Chunk(source.file, source.span(first).start, source.span(second).end)
    assert source.clauses(both) == sorted((first, second), key=lambda c: -len(letters(c.text)[0]))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.document.number)
def test_chapters_hold_the_whole_file(source: Source) -> None:
    cut = chapters(source)
    assert "".join(source.text[c.start : c.end] for c in cut).strip() == source.text.strip()
    assert len(cut) > 3


def test_only_the_best_chunks_are_cited_and_the_ranking_goes_on() -> None:
    source, clauses = SOURCES[0], [c for c in SOURCES[0].document.clauses if len(c.text) > 60]
    order = [Found(source.span(clause), 1 / (at + 1)) for at, clause in enumerate(clauses)]
    answer = answering("x", lambda question, k: order[:k], SOURCES, 2)(Question("问", DAY))
    assert [citation.clause for citation in answer.citations] == clauses[:2]
    assert [hit.ref for hit in answer.retrieved] == [c.ref for c in clauses[:20]]
    assert answer.text.endswith(" [2]") and answer.composer == "peer:x"


def check_contract(name: str, row: dict[str, Any]) -> None:
    """An output line has the form of the contract; quotes are the clauses' own words."""
    assert row["status"] == "answered" and row["composer"] == f"peer:{name}"
    assert row["standalone_question"] == ASKED["question"]
    assert set(row["timings_ms"]) == {"understand", "retrieve", "compose", "verify", "total"}
    assert row["timings_ms"]["total"] > 0
    places = [(hit["document_number"], hit["clause_path"]) for hit in row["retrieved"]]
    assert 0 < len(places) <= 20 and len(set(places)) == len(places)
    markers = [citation["marker"] for citation in row["citations"]]
    assert markers == [*range(1, len(markers) + 1)] and set(re.findall(r"\[(\d+)\]", row["answer"])) >= {
        str(marker) for marker in markers
    }
    for citation in row["citations"]:
        clause = clause_of(citation)
        assert citation["quote"] in clause.text and citation["clause_label"] == clause.label
        assert (citation["validity"], citation["effective_from"], citation["effective_to"]) == (
            *("unstated", None, None),
        )


def clause_of(citation: dict[str, Any]) -> Clause:
    wanted = (citation["document_number"], citation["clause_path"])
    return next(c for _, c in CLAUSES if (c.ref.document_number, c.path) == wanted)


def test_the_chapters_peer_answers_real_questions_in_order_and_names_bad_lines() -> None:
    code, rows = ask("chapters", json.dumps(ASKED), "{", '{"id": 7}', json.dumps(ASKED | {"id": "z"}))
    assert code == 1
    assert [row["id"] for row in rows] == ["a", "2", 7, "z"]
    assert [row["status"] for row in rows] == ["answered", "invalid_input", "invalid_input", "answered"]
    check_contract("chapters", rows[0])


@pytest.mark.parametrize("question", ["???", "\ud800", "qqqzzz"])
def test_a_question_of_no_known_letters_is_answered_all_the_same(question: str) -> None:
    code, rows = ask("chapters", json.dumps({"question": question}))
    assert (code, rows[0]["status"]) == (0, "answered")


def test_a_file_that_is_not_there_costs_one_sentence() -> None:
    command = [sys.executable, "-m", "eval.peers.chapters", "--input", "nowhere.jsonl"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().startswith("错误：nowhere.jsonl 打不开")


@pytest.mark.peers
@pytest.mark.parametrize("name", NEEDS)
def test_a_peer_speaks_the_contract(name: str) -> None:
    need(NEEDS[name])
    code, rows = ask(name, json.dumps(ASKED))
    assert code == 0
    check_contract(name, rows[0])


@pytest.mark.peers
@pytest.mark.parametrize("name", NEEDS)
def test_the_chunks_of_a_peer_hold_the_whole_of_every_file(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(NEEDS[name])
    for key, value in OFFLINE.items():
        monkeypatch.setenv(key, value)
    search = importlib.import_module(PEERS[name].module).build(SOURCES)
    found = search(SOURCES[0].text, 10_000)  # so many words that every chunk is found by one of them
    for source in SOURCES:
        held: set[int] = set()
        for hit in found:
            if hit.chunk.file == source.file:
                held |= set(range(hit.chunk.start, hit.chunk.end))
        assert set(letters(source.text)[1]) <= held


@pytest.mark.peers
def test_all_systems_stand_side_by_side(tmp_path: Path) -> None:
    need(*NEEDS.values())
    lines = (ROOT / "eval" / "cases" / "dev.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.json"
    options = ("--json", str(out), "--as-of", DAY.isoformat())
    run("-m", "eval.peers.side_by_side", "--cases", str(cases), *options)
    rows = json.loads(out.read_text(encoding="utf-8"))["rows"]
    assert [row["name"] for row in rows] == ["ours", *PEERS]
    assert all(row["seconds"] > 0 and row["peak_mb"] > 0 and row["p50_ms"] is not None for row in rows)


def test_answers_are_scored_by_the_project_s_own_measures(tmp_path: Path) -> None:
    case = {"id": "a", "type": "factoid", "question": "问", "answerable": True}
    gold = {"doc": "沪府办发〔2025〕5号", "clause": "二/(六)/16"}
    hit = {"document_number": gold["doc"], "clause_path": gold["clause"], "score": 1.0, "marker": 1}
    cases, answers = tmp_path / "cases.jsonl", tmp_path / "answers.jsonl"
    cases.write_text(json.dumps(case | {"gold": [gold]}), encoding="utf-8")
    reply = {"id": "a", "status": "answered", "answer": "答", "citations": [hit], "retrieved": [hit]}
    answers.write_text(json.dumps(reply | {"timings_ms": {"total": 4.0}}), encoding="utf-8")
    found = quality(cases, answers, DAY)
    assert (found["recall@5"], found["cite_prec"], found["p50_ms"], found["refused"]) == (1.0, 1.0, 4.0, None)


def test_the_table_shows_each_cost_with_its_ratio_to_ours() -> None:
    rows = [
        Row("ours", {"recall@5": 0.991}, 10.0, 4.0, 200.0),
        Row("chapters", {"recall@5": None}, 0.3, 8.4, 100.0),
    ]
    assert to_markdown(rows).splitlines()[2:] == [
        "| this assistant | 0.991 | 10.0 | 4.0 | 200.0 |",
        "| whole chapters (一、二、…), the 4 nearest by vector | – | 0.3 (×0.03) | 8.4 (×2.1) | 100.0 (×0.5) |",
    ]
    assert len(heads(0)) == len(heads(1)) == 11


def test_every_peer_has_a_module_and_says_what_it_is_in_both_languages() -> None:
    for name, peer in PEERS.items():
        assert peer.module == f"eval.peers.{name}" and find_spec(peer.module) and peer.zh and peer.en


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(Requirement(line).name): line for line in wanted}


def test_the_peers_lock_pins_what_the_extra_declares_and_nothing_of_the_main_lock() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        canonicalize_name(Requirement(line).name) for line in declared["optional-dependencies"]["peers"]
    }
    extra, main = pins("requirements-peers.lock"), pins("requirements.lock")
    assert wanted <= set(extra) and not set(extra) & set(main)
    assert list(extra) == sorted(extra)
    assert [line for line in extra.values() if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
