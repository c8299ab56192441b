"""Gold of readers beside our verdicts: what is missed, and what is promised too much.

recall      of the measures that apply by the readers, the share that we say apply or may apply: what a firm is shown
strict      of the same, the share that we say apply
precision   of the measures that we say apply, the share that apply by the readers
lenient     of the same, the share that apply or may apply by the readers
Measures of ended plans are not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.applicability import match
from assistant.batch import parse_date, parse_profile
from assistant.types import Profile
from eval.jsonlines import read_lines
from index.types import ClauseRef, Document, PolicyError

HALVES = ("fitted", "held", "all")
APPLIES, MAY, NOT = "applies", "may_apply", "does_not_apply"


@dataclass(frozen=True, slots=True)
class Firm:
    """A profile and the measures that apply or may apply to it by the readers."""

    id: str
    profile: Profile
    as_of: date
    gold: Mapping[ClauseRef, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts of (gold, ours) over all measures of documents in force, and every judgement that differs."""

    firms: int
    counts: Mapping[tuple[str, str], int]
    different: tuple[tuple[str, ClauseRef, str, str], ...]
    unquoted: int  # verdicts without a verbatim quote: none

    def share(self, gold: Sequence[str], ours: Sequence[str], of: str) -> float | None:
        """The share of judgements with both labels among those with the label of one side (`gold` or `ours`)."""
        both = sum(n for (g, o), n in self.counts.items() if g in gold and o in ours)
        side = sum(n for (g, o), n in self.counts.items() if (g in gold if of == "gold" else o in ours))
        return both / side if side else None

    def to_json(self) -> dict[str, Any]:
        return {
            "firms": self.firms,
            "recall": self.share((APPLIES,), (APPLIES, MAY), "gold"),
            "recall_strict": self.share((APPLIES,), (APPLIES,), "gold"),
            "precision": self.share((APPLIES,), (APPLIES,), "ours"),
            "precision_lenient": self.share((APPLIES, MAY), (APPLIES,), "ours"),
            "unquoted": self.unquoted,
            "judged": sum(self.counts.values()),
        }


def read_firms(path: Path, half: str = "all") -> list[Firm]:
    """The firms of a gold file; its odd lines are the fitted half.  Raises `PolicyError` with the line."""
    if half not in HALVES:
        raise PolicyError(f"没有“{half}”这一半，可用的有 {'、'.join(HALVES)}。")
    lines, problems = read_lines(path)
    if problems:
        raise PolicyError(problems[0])
    firms = []
    for line in lines:
        if half == "all" or (half == "fitted") == bool(line.number % 2):
            firms.append(_firm(line.row, line.number, path))
    return firms


def _firm(row: Mapping[str, Any], at: int, path: Path) -> Firm:
    try:
        rows = [
            (ClauseRef(one["doc"], one["clause"]), label) for label in (APPLIES, MAY) for one in row[label]
        ]
        gold = dict(rows)
        firm = Firm(str(row["id"]), parse_profile(row["profile"]), parse_date(row["as_of"]), gold)
    except KeyError as error:
        raise PolicyError(f"{path.name} 第 {at} 行缺少字段 {error.args[0]}，请补上。") from None
    except TypeError:
        raise PolicyError(
            f"{path.name} 第 {at} 行的 applies、may_apply 应是列表，每项含 doc 和 clause。"
        ) from None
    except PolicyError as error:
        raise PolicyError(f"{path.name} 第 {at} 行：{error}") from None
    if len(gold) < len(rows):
        twice = next(ref for ref, _ in rows if [other for other, _ in rows].count(ref) > 1)
        raise PolicyError(f"{path.name} 第 {at} 行：{twice} 写了两次，只能在一个列表里。")
    return firm


def measure(firms: Sequence[Firm], documents: Mapping[str, Document]) -> Measured:
    """Holds every firm against every measure.  Raises `PolicyError` for gold on a clause that is no measure here."""
    counts: Counter[tuple[str, str]] = Counter()
    different = []
    unquoted = 0
    for firm in firms:
        found = match(firm.profile, documents, firm.as_of)
        if unknown := sorted(map(str, set(firm.gold) - {one.clause.ref for one in found})):
            raise PolicyError(f"{firm.id}：{unknown[0]} 不是现有文件里的措施，请改正标准答案。")
        for one in found:
            unquoted += not one.reasons or any(r.quote not in one.clause.text for r in one.reasons)
            if one.over:
                continue
            pair = (firm.gold.get(one.clause.ref, NOT), one.verdict.value)
            counts[pair] += 1
            if pair[0] != pair[1]:
                different.append((firm.id, one.clause.ref, *pair))
    return Measured(len(firms), dict(counts), tuple(different), unquoted)
