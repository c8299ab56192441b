"""Records → figures: every measure with its interval, over all cases, by type and by difficulty."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.measures import MEASURES, latencies
from eval.records import Record
from eval.runs import Run
from eval.statistics import Estimate, estimate

ALL = "ALL"
Table = dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some of the cases; `latency` is p50 and p95 in ms."""

    n: int
    measures: Table
    latency: Mapping[str, float | None]

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "measures": {key: value.to_json() for key, value in self.measures.items()},
            "latency": dict(self.latency),
        }


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a language model did in a run: answers in its words, answers that fell back to an extract after it was
    asked, calls, tokens in and out, and cost in the currency of the price settings."""

    written: int
    fell_back: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of a run: over all cases, by type and by difficulty, the cases themselves, and what was wrong."""

    label: str
    all: Group
    by_type: Mapping[str, Group]
    by_difficulty: Mapping[str, Group]
    cases: tuple[dict[str, Any], ...]
    problems: tuple[str, ...]
    model: ModelUse | None = None

    def to_json(self) -> dict[str, Any]:
        model = {"model": asdict(self.model)} if self.model else {}
        return {
            "run": self.label,
            "all": self.all.to_json(),
            "by_type": {name: group.to_json() for name, group in self.by_type.items()},
            "by_difficulty": {name: group.to_json() for name, group in self.by_difficulty.items()},
            "cases": list(self.cases),
            "problems": list(self.problems),
            **model,
        }


def score(run: Run) -> Scores:
    """The figures of a run."""
    records = run.records
    return Scores(
        label=run.config.label,
        all=group(records),
        by_type=_groups(records, lambda record: record.case.type),
        by_difficulty=_groups(records, lambda record: record.case.difficulty or "–"),
        cases=tuple(case_row(record) for record in records),
        problems=run.problems,
        model=model_use(records),
    )


def model_use(records: Sequence[Record]) -> ModelUse | None:
    """What a language model did; None where none was asked."""
    asked = [record.reply for record in records if record.reply.usage.get("calls")]
    if not asked:
        return None

    def total(key: str) -> float:
        return sum(reply.usage.get(key, 0.0) for reply in asked)

    written = sum(reply.composer.startswith("llm:") for reply in asked)
    tokens = (int(total("input_tokens")), int(total("output_tokens")))
    return ModelUse(written, len(asked) - written, int(total("calls")), *tokens, round(total("cost"), 6))


def group(records: Sequence[Record]) -> Group:
    """The figures of some records."""
    table = {measure.key: estimate(measure.terms(records)) for measure in MEASURES}
    return Group(len(records), table, latencies(records))


def _groups(records: Iterable[Record], name: Callable[[Record], str]) -> dict[str, Group]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(name(record), []).append(record)
    return {key: group(found[key]) for key in sorted(found)}


def value(record: Record, key: str) -> float | None:
    """A measure of one case alone; None where it is undefined."""
    pair = _BY_KEY[key](record)
    return pair[0] / pair[1] if pair and pair[1] else None


_BY_KEY = {measure.key: measure.of for measure in MEASURES}


def case_row(record: Record) -> dict[str, Any]:
    """One case as scores.json and the exports hold it: its measures, and what was missed or wrong."""
    case, reply = record.case, record.reply
    return {
        "id": case.id,
        "type": case.type,
        "difficulty": case.difficulty,
        "status": reply.status,
        "measures": {measure.key: value(record, measure.key) for measure in MEASURES},
        "ms": reply.timings_ms.get("total"),
        "missed": [f"{gold.doc} {gold.clause}" for gold in record.missed],
        "lacking": [" / ".join(ways) for ways in record.lacking],
        "wrong": list(record.wrong),
        "misplaced": [f"{c.document_number} {c.clause_path}" for c in record.misplaced],
        "unsupported": list(record.unsupported),
        "failures": [asdict(failure) for failure in told_failures(record)],
    }


def failures(record: Record) -> list[str]:
    """What is wrong with an answer, in words, worst first; empty where nothing is."""
    case, reply = record.case, record.reply
    found = []
    if not case.answerable and not reply.refused:
        found.append("不该答而答了" if reply.answered else f"没有回答（{reply.status}）")
    if case.answerable and not reply.answered:
        found.append(f"该答没答（{reply.status}）")
    found += [f"说了不该说的：{words}" for words in record.wrong]
    found += [f"引了不该引的：{c.document_number} {c.clause_path}" for c in record.misplaced]
    found += [f"失效文件当作现行：{v.cited.document_number}" for v in record.verdicts if v.stale]
    found += [f"引文不是原文：{v.cited.clause_path}" for v in record.verdicts if v.verbatim is False]
    found += [f"数字无据：{figure}" for figure in record.unsupported]
    if case.answerable and reply.answered:
        found += [] if record.verdicts else ["没有引用"]
        found += [f"漏引：{gold.doc} {gold.clause}" for gold in record.missed]
        found += [f"缺要点：{'／'.join(ways)}" for ways in record.lacking]
        found += [
            f"多引：{v.cited.document_number} {v.cited.clause_path}" for v in record.verdicts if not v.gold
        ]
    return found


_FAILURE = re.compile(r"([^：（]+)(?:：(.*)|（(.*)）)?", re.DOTALL)
# Failures that sink an answer by themselves; the others are counted against it by their share, or not at all.
SINKING = frozenset(
    ("不该答而答了", "没有回答", "该答没答", "说了不该说的", "引了不该引的", "缺要点", "没有引用")
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something wrong with an answer: its kind, what it concerns, and whether it made the case fail."""

    kind: str
    detail: str
    fatal: bool


def told_failures(record: Record) -> list[Failure]:
    """What `failures` says, taken apart."""
    found = []
    for text in failures(record):
        match = _FAILURE.fullmatch(text)
        kind, detail = (match[1], match[2] or match[3] or "") if match else (text, "")
        found.append(Failure(kind, detail, _fatal(kind, record)))
    return found


def _fatal(kind: str, record: Record) -> bool:
    """Whether a failure of this kind makes `eval.measures.ok` 0 for the record."""
    if not record.case.answerable:
        return kind in ("不该答而答了", "没有回答")
    if kind == "漏引":
        return record.cite_recall < 0.5
    if kind == "多引":
        return record.cite_precision < 0.5
    return kind in SINKING


def dumps(scores: Scores) -> str:
    """scores.json; undefined is null, never NaN."""
    return json.dumps(scores.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
