"""The folder of results → the runs in it, newest first; one run → its scores with cases and answers.

What is read is what `python -m eval` writes (eval/runs.py).  A file that can't be read counts as not there: a run
in the making, or one made by hand, must not take the page down.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

FILES = ("config.json", "cases.jsonl", "answers.jsonl", "scores.json")

Row = Mapping[str, Any]
Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as the list shows it.  `ok` is the estimate of the share that passed, None before it is scored."""

    label: str
    folder: Path
    config: Row
    cases: int
    answers: int
    ok: Row | None
    stamp: Stamp

    @property
    def complete(self) -> bool:
        """Whether every case has its answer."""
        return 0 < self.cases <= self.answers


@dataclass(frozen=True, slots=True)
class RunData:
    """A scored run: the figures, and for each case its question, its answer and its score, by id."""

    scores: Row
    questions: Mapping[str, Row] = field(repr=False)
    answers: Mapping[str, Row] = field(repr=False)

    @property
    def rows(self) -> Sequence[Row]:
        """The scored cases, in the order of the file."""
        return tuple(self.scores["cases"])


def list_runs(results: Path) -> tuple[RunSummary, ...]:
    """The runs under a folder, newest first; no folder is no run."""
    folders = [path for path in results.iterdir() if path.is_dir()] if results.is_dir() else []
    runs = [run for folder in folders if (run := _summary(folder, _stamp(folder)))]
    return tuple(sorted(runs, key=lambda run: str(run.config.get("started", "")), reverse=True))


def find_run(runs: Sequence[RunSummary], label: str) -> RunSummary | None:
    """The run of a label.  Labels come from addresses: they are only ever looked up, never made into a path.

    A plus sign that someone wrote into an address by hand comes as a space, which no label holds.
    """
    return next((run for run in runs if run.label in (label, label.replace(" ", "+"))), None)


def load_run(run: RunSummary) -> RunData | None:
    """The figures and cases of a run; None before it is scored by a version that tells why cases failed."""
    return _load(run.folder, run.stamp)


def case_files(folder: Path) -> dict[str, Path]:
    """Name → path of the files that hold cases for a run; other files of JSON lines are left out."""
    paths = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    return {path.name: path for path in paths if _holds_cases(path, _stamp_of(path))}


def count_lines(path: Path) -> int:
    """Lines that end; the last one may still be in the writing."""
    try:
        with path.open("rb") as stream:
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        return 0


@lru_cache(maxsize=256)
def _summary(folder: Path, stamp: Stamp) -> RunSummary | None:
    config = _json(folder / "config.json")
    if not isinstance(config, dict):
        return None
    scores = _scores(folder)
    ok = scores["all"]["measures"].get("ok") if scores else None
    cases, answers = (count_lines(folder / name) for name in ("cases.jsonl", "answers.jsonl"))
    return RunSummary(folder.name, folder, config, cases, answers, ok, stamp)


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: Stamp) -> RunData | None:
    scores = _scores(folder)
    if scores is None:
        return None
    return RunData(scores, _by_id(folder / "cases.jsonl"), _by_id(folder / "answers.jsonl"))


def _scores(folder: Path) -> Row | None:
    """scores.json, unless answers came in after it, or it lacks the reasons."""
    path = folder / "scores.json"
    scored, answered = _stamp_of(path), _stamp_of(folder / "answers.jsonl")
    scores = _json(path) if scored >= answered else None
    if not isinstance(scores, dict) or not {"all", "by_type", "cases"} <= scores.keys():
        return None
    return scores if all("failures" in row for row in scores["cases"]) else None


def _by_id(path: Path) -> dict[str, Row]:
    """Rows by their id; of two with one id the last counts, as in scoring."""
    return {str(row["id"]): row for row in _rows(path) if isinstance(row, dict) and "id" in row}


def _rows(path: Path) -> list[Any]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [row for line in lines if (row := _parsed(line)) is not None]


def _json(path: Path) -> Any:
    try:
        return _parsed(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=64)
def _holds_cases(path: Path, stamp: tuple[int, int]) -> bool:
    rows = _rows(path)
    return bool(rows) and isinstance(rows[0], dict) and {"id", "question", "answerable"} <= rows[0].keys()


def _stamp(folder: Path) -> Stamp:
    return tuple(_stamp_of(folder / name) for name in FILES)


def _stamp_of(path: Path) -> tuple[int, int]:
    """When a file was written and how long it is; zeros where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
