"""The measures: each a pure function from a record to (numerator, weight), None where it is undefined for the case.

A measure over cases is Σ numerators / Σ weights (eval/statistics.py).  Definitions and sources stand in each entry;
docs/measures.md holds them, and a test keeps the two in step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.matching import satisfies
from eval.records import Record
from eval.statistics import Terms

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its key in files, names in English and Chinese, definition, and which way is better."""

    key: str
    names: tuple[str, str]
    definition: str
    of: Callable[[Record], Pair | None]
    higher_is_better: bool = True

    def terms(self, records: Sequence[Record]) -> Terms:
        """What the cases bring to it, in order."""
        return Terms.of([self.of(record) for record in records])


def _mean(value: float | bool | None) -> Pair | None:
    return None if value is None else (float(value), 1.0)


def _ranked(key: str) -> Callable[[Record], Pair | None]:
    return lambda record: _mean(record.ranking.get(key))


def _answerable(record: Record) -> bool:
    """A question that the documents answer, with clauses to be cited."""
    return record.case.answerable and bool(record.case.required)


def ok(record: Record) -> Pair | None:
    """Right as a whole: see the definition of `ok`."""
    case, reply = record.case, record.reply
    if not case.answerable:
        return _mean(reply.refused)
    fair = not record.case.required or record.cite_recall >= 0.5
    clean = not (record.lacking or record.wrong or record.misplaced)
    return _mean(reply.answered and fair and record.cite_precision >= 0.5 and clean)


def cite_recall(record: Record) -> Pair | None:
    return _mean(record.cite_recall) if _answerable(record) else None


def cite_precision(record: Record) -> Pair | None:
    return _mean(record.cite_precision) if _answerable(record) and record.reply.answered else None


def cite_f1(record: Record) -> Pair | None:
    if not _answerable(record):
        return None
    recall, precision = record.cite_recall, record.cite_precision
    return _mean(2 * recall * precision / (recall + precision) if recall + precision else 0.0)


def facts(record: Record) -> Pair | None:
    return _mean(not record.lacking) if _has_facts(record) else None


def fact_recall(record: Record) -> Pair | None:
    if not _has_facts(record):
        return None
    total = len(record.case.answer_contains)
    return _mean((total - len(record.lacking)) / total)


def _has_facts(record: Record) -> bool:
    return record.case.answerable and bool(record.case.answer_contains)


def quote_exact(record: Record) -> Pair | None:
    """Micro-averaged: every citation weighs the same."""
    quotes = [v.verbatim for v in record.verdicts if v.verbatim is not None]
    return (float(sum(quotes)), float(len(quotes)))


def figures_supported(record: Record) -> Pair | None:
    return _mean(not record.unsupported) if record.reply.answer else None


def wrong_text(record: Record) -> Pair | None:
    return _mean(bool(record.wrong)) if record.reply.answered else _mean(0.0)


def wrong_citation(record: Record) -> Pair | None:
    return _mean(bool(record.misplaced))


def stale(record: Record) -> Pair | None:
    told = [v.stale for v in record.verdicts if v.stale is not None]
    return _mean(any(told)) if told else None


def wrongly_refused(record: Record) -> Pair | None:
    return _mean(not record.reply.answered) if record.case.answerable else None


def abstain_precision(record: Record) -> Pair | None:
    return _mean(not record.case.answerable) if record.reply.refused else None


def abstain_recall(record: Record) -> Pair | None:
    return _mean(record.reply.refused) if not record.case.answerable else None


def abstain_f1(record: Record) -> Pair | None:
    """2TP / (2TP + FP + FN), as a ratio of sums: each case adds to the numerator and to the weight."""
    refused, due = record.reply.refused, not record.case.answerable
    return (2.0 * (refused and due), float(refused) + float(due))


_IR = "as in trec_eval, through ir_measures"
MEASURES: tuple[Measure, ...] = (
    Measure(
        "ok",
        ("ok", "通过"),
        "Answerable: answered, at least half of the required clauses cited, at least half of the citations in gold, "
        "all facts said, nothing that must not be said or cited.  Not answerable: declined.  A failure is neither.",
        ok,
    ),
    Measure(
        "recall@1",
        ("recall@1", "召回@1"),
        f"Share of required clauses ranked first ({_IR}).",
        _ranked("recall@1"),
    ),
    Measure(
        "recall@5",
        ("recall@5", "召回@5"),
        f"Share of required clauses among the first 5 ({_IR}).",
        _ranked("recall@5"),
    ),
    Measure(
        "recall@10",
        ("recall@10", "召回@10"),
        f"Share of required clauses among the first 10 ({_IR}).",
        _ranked("recall@10"),
    ),
    Measure(
        "rr",
        ("MRR", "MRR"),
        f"1 / rank of the first required clause, 0 if none is found; its mean is MRR ({_IR}).",
        _ranked("rr"),
    ),
    Measure(
        "ndcg@10",
        ("nDCG@10", "nDCG@10"),
        "Gain 1 for a required clause, discount log2(rank + 1), over the best order "
        f"(Järvelin & Kekäläinen 2002; {_IR}).",
        _ranked("ndcg@10"),
    ),
    Measure(
        "cite_recall",
        ("citation recall", "引用召回"),
        "Share of required clauses that are cited; 0 where the question was not answered.",
        cite_recall,
    ),
    Measure(
        "cite_prec",
        ("citation precision", "引用准确"),
        "Share of citations that are gold clauses, required or not; 0 for an answer without citations; undefined where "
        "the question was not answered.",
        cite_precision,
    ),
    Measure(
        "cite_f1",
        ("citation F1", "引用 F1"),
        "Harmonic mean of the two, case by case.",
        cite_f1,
    ),
    Measure(
        "facts",
        ("facts", "要点齐全"),
        "Answers that hold every fact of the case (after NFKC, white space aside).",
        facts,
    ),
    Measure(
        "fact_recall",
        ("fact recall", "要点召回"),
        "Share of the facts of a case that the answer holds.",
        fact_recall,
    ),
    Measure(
        "quote_exact",
        ("exact quotes", "引文逐字"),
        "Share of all citations whose quote is a substring of the clause as `index show` prints it; an empty quote "
        "is not exact; undefined where a system gives none.",
        quote_exact,
    ),
    Measure(
        "figures_ok",
        ("figures supported", "数字有据"),
        "Replies in which every number, amount, date and public body stands in a cited clause, in the metadata of its "
        "document, or in the user's words.",
        figures_supported,
    ),
    Measure(
        "wrongly_refused",
        ("wrongly refused", "误拒"),
        "Answerable questions that were not answered.",
        wrongly_refused,
        higher_is_better=False,
    ),
    Measure(
        "abstain_prec",
        ("abstention precision", "拒答准确"),
        "Of the questions declined, those that the documents indeed do not answer.",
        abstain_precision,
    ),
    Measure(
        "refused",
        ("rightly refused", "应拒已拒"),
        "Abstention recall: of the questions that the documents do not answer, those declined.",
        abstain_recall,
    ),
    Measure("abstain_f1", ("abstention F1", "拒答 F1"), "2TP / (2TP + FP + FN) of declining.", abstain_f1),
    Measure(
        "bad_text",
        ("forbidden text", "出现错误说法"),
        "Answers that say something the case lists as wrong.",
        wrong_text,
        higher_is_better=False,
    ),
    Measure(
        "bad_cite",
        ("forbidden citation", "不该引的引用"),
        "Answers that cite a clause the case lists as a clear mistake.",
        wrong_citation,
        higher_is_better=False,
    ),
    Measure(
        "stale",
        ("stale citation", "引用失效文件"),
        "Answers with citations that cite a document past its end without saying so (`validity`); undefined where a "
        "system gives no validity.",
        stale,
        higher_is_better=False,
    ),
)
BY_KEY = {measure.key: measure for measure in MEASURES}


def latencies(records: Sequence[Record]) -> dict[str, float | None]:
    """p50 and p95 in ms of the replies' own `timings_ms.total` (linear interpolation); None where none tells it."""
    times = [record.reply.timings_ms["total"] for record in records if "total" in record.reply.timings_ms]
    if not times:
        return {"p50_ms": None, "p95_ms": None}
    p50, p95 = np.percentile(times, [50, 95])
    return {"p50_ms": float(p50), "p95_ms": float(p95)}


@dataclass(frozen=True, slots=True)
class Coverage:
    """A point of the risk–coverage curve: answering the surest `coverage` of the cases, `risk` of these are wrong."""

    coverage: float
    risk: float


def risk_coverage(records: Sequence[Record]) -> list[Coverage]:
    """The curve over cases that were answered, surest first (El-Yaniv & Wiener, JMLR 2010); risk is 1 − ok.

    Coverage is of all cases, so the curve ends where the system's own abstention stands.  Replies that tell no
    certainty make it empty; cases of one certainty come in together.
    """
    sure = [(record.reply.certainty, ok(record)) for record in records if record.reply.answered]
    if not sure or any(certainty is None for certainty, _ in sure):
        return []
    ordered = sorted(((c or 0.0, pair[0]) for c, pair in sure if pair), key=lambda row: -row[0])
    points, right = [], 0.0
    for at, (certainty, good) in enumerate(ordered, start=1):
        right += good
        if at == len(ordered) or ordered[at][0] < certainty:
            points.append(Coverage(at / len(records), 1 - right / at))
    return points


@dataclass(frozen=True, slots=True)
class Reliability:
    """Replies of about one confidence: its mean, the share whose first three clauses hold a required one, how many."""

    predicted: float
    observed: float
    n: int


def reliability(records: Sequence[Record], bins: int = 5) -> list[Reliability]:
    """How far the confidence of the replies holds, in equal parts of the scale (a reliability diagram; Murphy &
    Winkler, Applied Statistics 1977).  An unanswerable case has no right clause.  Replies that tell none are left out.
    """
    told = [r for r in records if r.reply.confidence is not None and r.reply.retrieved is not None]
    groups: dict[int, list[Record]] = {}
    for record in told:
        sure = min(max(record.reply.confidence or 0.0, 0.0), 1.0)
        groups.setdefault(min(int(sure * bins), bins - 1), []).append(record)
    return [
        Reliability(
            sum(record.reply.confidence or 0.0 for record in group) / len(group),
            sum(_near_the_top(record) for record in group) / len(group),
            len(group),
        )
        for _, group in sorted(groups.items())
    ]


def _near_the_top(record: Record) -> bool:
    first = [hit.place for hit in (record.reply.retrieved or ())[:3]]
    wanted = record.case.required if record.case.answerable else ()
    return any(satisfies(place, gold) for place in first for gold in wanted)
