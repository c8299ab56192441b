"""The ablation as one table: measured over a case file, and written as JSON or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from assistant.session import Session
from assistant.settings import get_settings
from eval.ablation import STEPS, Row, ablate
from eval.cases import load_cases
from eval.ranking import MEASURES
from eval.statistics import Estimate
from eval.terminal import chance


@dataclass(frozen=True, slots=True)
class Table:
    """The rows over the answerable cases of one file."""

    cases: str
    n: int
    rows: Sequence[Row]
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"cases": self.cases, "n": self.n, "rows": [row.to_json() for row in self.rows]}


def measured(path: Path, as_of: date, console: Console) -> Table:
    """Ranks every answerable case with every step."""
    file = load_cases(path)
    asked = sum(case.answerable and bool(case.required) for case in file.cases)
    session = Session.open(get_settings(), learned=False)
    with Progress(console=console) as bar:
        task = bar.add_task(path.stem, total=asked * len(STEPS))
        rows = ablate(file.cases, session, as_of, lambda: bar.advance(task))
    return Table(path.name, asked, rows, file.problems)


def to_markdown(table: Table) -> str:
    """A Markdown table with intervals, for docs."""
    heads = ["", *MEASURES, "recall@5 vs. the row above"]
    lines = [heads, ["---"] * len(heads)]
    for row in table.rows:
        gain = row.gains["recall@5"] if row.gains else None
        shown = "" if gain is None or gain.value is None else f"{gain.value:+.3f} (p {chance(gain.p)})"
        lines.append([row.step.names[0], *(_cell(row.measures[key]) for key in MEASURES), shown])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(found: Estimate) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "–"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
