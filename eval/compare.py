"""Two runs over the same cases → what differs: each measure with interval and p, the cases that got better or worse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.measures import MEASURES, latencies
from eval.records import Record
from eval.runs import Run
from eval.score import value
from eval.statistics import Difference, difference, point
from index.types import PolicyError


@dataclass(frozen=True, slots=True)
class Change:
    """A measure in both runs, over the cases that both answered."""

    key: str
    a: float | None
    b: float | None
    difference: Difference


@dataclass(frozen=True, slots=True)
class Moved:
    """A case whose measures differ: what changed as (measure, before, after), better or worse as a whole."""

    id: str
    type: str
    question: str
    better: bool
    changes: tuple[tuple[str, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A; `latency` is p50 and p95 in ms of each.  `notes` say what was left out and why."""

    a: str
    b: str
    n: int
    changes: tuple[Change, ...]
    by_type: Mapping[str, tuple[Change, ...]]
    by_difficulty: Mapping[str, tuple[Change, ...]]
    latency: Mapping[str, Mapping[str, float | None]]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "a": self.a,
            "b": self.b,
            "n": self.n,
            "measures": _changes_json(self.changes),
            "by_type": {name: _changes_json(changes) for name, changes in self.by_type.items()},
            "by_difficulty": {name: _changes_json(changes) for name, changes in self.by_difficulty.items()},
            "latency": {run: dict(times) for run, times in self.latency.items()},
            "better": [_moved_json(moved) for moved in self.better],
            "worse": [_moved_json(moved) for moved in self.worse],
            "notes": list(self.notes),
        }


def _changes_json(changes: Sequence[Change]) -> dict[str, Any]:
    return {change.key: {"a": change.a, "b": change.b, **change.difference.to_json()} for change in changes}


def _moved_json(moved: Moved) -> dict[str, Any]:
    return {
        "id": moved.id,
        "type": moved.type,
        "question": moved.question,
        "changes": {key: [before, after] for key, before, after in moved.changes},
    }


def compare(a: Run, b: Run) -> Comparison:
    """Compares two runs case by case.  Raises `PolicyError` when they share no case."""
    first = {record.case.id: record for record in a.records}
    second = {record.case.id: record for record in b.records}
    shared = [id for id in first if id in second]
    same = [id for id in shared if first[id].case == second[id].case]
    if not same:
        raise PolicyError("两次评测没有相同的用例，无法比较。")
    left, right = [first[id] for id in same], [second[id] for id in same]
    moved = [m for one, two in zip(left, right, strict=True) if (m := _moved(one, two)) is not None]
    return Comparison(
        a=a.config.label,
        b=b.config.label,
        n=len(same),
        changes=_changes(left, right),
        by_type=_by(left, right, lambda record: record.case.type),
        by_difficulty=_by(left, right, lambda record: record.case.difficulty or "–"),
        latency={"a": latencies(left), "b": latencies(right)},
        better=tuple(m for m in moved if m.better),
        worse=tuple(m for m in moved if not m.better),
        notes=tuple(_notes(a, b, len(first), len(second), len(shared), len(same))),
    )


def _changes(left: Sequence[Record], right: Sequence[Record]) -> tuple[Change, ...]:
    found = []
    for measure in MEASURES:
        a, b = measure.terms(left), measure.terms(right)
        found.append(Change(measure.key, point(a), point(b), difference(a, b)))
    return tuple(found)


def _by(
    left: Sequence[Record], right: Sequence[Record], name: Callable[[Record], str]
) -> dict[str, tuple[Change, ...]]:
    """The changes of each group of cases; both sides hold the same cases in the same order."""
    groups: dict[str, list[tuple[Record, Record]]] = {}
    for one, two in zip(left, right, strict=True):
        groups.setdefault(name(one), []).append((one, two))
    return {
        key: _changes([one for one, _ in groups[key]], [two for _, two in groups[key]])
        for key in sorted(groups)
    }


def _moved(before: Record, after: Record) -> Moved | None:
    """A case is better or worse by `ok` first, then by the balance of its other measures."""
    changes = []
    balance = 0.0
    for measure in MEASURES:
        a, b = value(before, measure.key), value(after, measure.key)
        if a == b:
            continue
        changes.append((measure.key, a, b))
        step = (b or 0.0) - (a or 0.0) if a is not None and b is not None else 0.0
        balance += (step if measure.higher_is_better else -step) * (100 if measure.key == "ok" else 1)
    if not balance:  # the same, or only measures that one side leaves undefined
        return None
    return Moved(before.case.id, before.case.type, before.case.question, balance > 0, tuple(changes))


def _notes(a: Run, b: Run, first: int, second: int, shared: int, same: int) -> list[str]:
    notes = []
    if shared < first or shared < second:
        notes.append(f"只比较两边都有回答的 {shared} 个用例（A 有 {first} 个，B 有 {second} 个）。")
    if same < shared:
        notes.append(f"{shared - same} 个用例在两次评测里内容不同，没有比较。")
    if a.config.as_of != b.config.as_of:
        notes.append(f"评测日期不同：A 是 {a.config.as_of}，B 是 {b.config.as_of}。")
    if a.config.documents != b.config.documents:
        notes.append("两次评测的政策文件不同。")
    if a.config.machine != b.config.machine:
        notes.append("两次评测的机器不同，用时不可比。")
    return notes
