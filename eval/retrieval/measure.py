"""Rankings and judgements → a value for each query and measure, its mean with interval, and the gap to a baseline.

The values are those of ir_measures (for all but RR the code of trec_eval); a query without results counts 0.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from eval.retrieval.data import Collection, Qrels
from eval.retrieval.systems import Ranking, System
from eval.statistics import Difference, Estimate, Terms, difference, estimate

MEASURES = (R @ 5, R @ 10, R @ 100, nDCG @ 10, RR @ 10, Success @ 1)

Run = Mapping[str, Ranking]
Values = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One system on one collection: its run, seconds to index, median ms of a query, and values by measure.

    `values["R@5"][i]` belongs to the i-th query of the collection.
    """

    system: str
    run: Run
    index_s: float
    p50_ms: float
    values: Values


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure of a system; `gap` is what it has over the baseline, None for the baseline itself."""

    estimate: Estimate
    gap: Difference | None


def measured(
    name: str,
    build: Callable[[], System],
    collection: Collection,
    k: int,
    told: Callable[[int], None] = lambda done: None,
) -> Measured:
    """Builds a system and asks it every query, one by one; `told` gets how many are done."""
    start = time.perf_counter()
    system = build()
    index_s = time.perf_counter() - start
    run: dict[str, Ranking] = {}
    times = []
    for done, (id, text) in enumerate(collection.queries.items(), start=1):
        start = time.perf_counter()
        ranking = system.rank(text, k)
        times.append(1000 * (time.perf_counter() - start))
        run[id] = falling(ranking)
        told(done)
    return Measured(name, run, index_s, statistics.median(times), values(collection.qrels, run, k))


def falling(ranking: Ranking) -> Ranking:
    """The same ranking with equal scores set apart by the smallest step a 32-bit float knows.

    Tools break ties each in their own way (by id, most of them); without ties all of them rank alike.
    """
    found: list[tuple[str, float]] = []
    last = np.float32(np.inf)
    for document, score in ranking:
        last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
        found.append((document, float(last)))
    return found


def values(qrels: Qrels, run: Run, k: int) -> Values:
    """Every measure that k results can show, by query in the order of `qrels`."""
    wanted = [measure for measure in MEASURES if measure["cutoff"] <= k]
    row = {id: at for at, id in enumerate(qrels)}
    found = {str(measure): [0.0] * len(row) for measure in wanted}
    scores = {id: dict(ranking) for id, ranking in run.items() if ranking}
    judged = {id: dict(judgements) for id, judgements in qrels.items()}
    for metric in ir_measures.iter_calc(wanted, judged, scores):
        found[str(metric.measure)][row[metric.query_id]] = float(metric.value)
    return found


def figures(systems: Sequence[Measured], baseline: str) -> dict[str, dict[str, Figure]]:
    """By system and measure; gaps are None throughout where the baseline was not measured."""
    base = next((system.values for system in systems if system.system == baseline), None)
    return {
        system.system: {
            measure: _figure(of_queries, base[measure] if base and system.system != baseline else None)
            for measure, of_queries in system.values.items()
        }
        for system in systems
    }


def _figure(of_queries: Sequence[float], base: Sequence[float] | None) -> Figure:
    terms = _terms(of_queries)
    return Figure(estimate(terms), None if base is None else difference(_terms(base), terms))


def _terms(of_queries: Sequence[float]) -> Terms:
    return Terms.of([(value, 1.0) for value in of_queries])
