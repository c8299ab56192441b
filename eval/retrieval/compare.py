"""A folder and the names of systems → a Report: each system built, asked every query, and measured."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.settings import get_settings
from eval.retrieval.data import load
from eval.retrieval.measure import figures, measured
from eval.retrieval.report import Report
from eval.retrieval.systems import SYSTEMS, chosen
from index.encoder import load_encoder

Progress = Callable[[str, int, int | None], None]
# Linux counts ru_maxrss in KiB, macOS in bytes.
_MAXRSS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: `systems` are names with commas between, `k` is the results a query gets, `sample` None all."""

    folder: Path
    systems: str
    baseline: str = "bm25"
    k: int = 100
    sample: int | None = None


def compare(plan: Plan, progress: Progress = lambda step, done, of: None) -> Report:
    """Measures the systems one after another, so that one index is held at a time.

    `progress` gets the step, how many queries are done, and of how many (None while an index is built).
    Raises `PolicyError` for names, files and encoders that are not there.
    """
    names, baseline = chosen(plan.systems), chosen(plan.baseline)[0]
    collection, problems = load(plan.folder)
    collection = collection.sample(plan.sample) if plan.sample else collection
    encoder = load_encoder(get_settings().encoder, lean=True)
    found = []
    for name in names:
        progress(f"{name} 建索引", 0, None)
        told = partial(_told, progress, name, len(collection.queries))
        found.append(measured(name, partial(SYSTEMS[name], collection, encoder), collection, plan.k, told))
    progress("算区间", 0, None)
    return Report(
        collection=collection,
        k=plan.k,
        baseline=baseline if baseline in names else None,
        encoder=f"{encoder.name} ({encoder.fingerprint})",
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_PER_MB,
        problems=problems,
        systems=found,
        figures=figures(found, baseline),
    )


def _told(progress: Progress, name: str, of: int, done: int) -> None:
    progress(name, done, of)
