"""python -m eval.peers.side_by_side --cases CASES: our assistant and every peer over the same cases.

Each starts from the files alone, ours with an empty index folder, so that the time of a run holds the indexing of each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from assistant.batch import parse_date
from assistant.settings import get_settings
from eval.bench.__main__ import machine
from eval.bench.processes import BenchError, run
from eval.cases import load_cases
from eval.jsonlines import write_lines
from eval.peers import OFFLINE, PEERS
from index.command import run as run_command
from index.types import PolicyError

OURS = "ours"
# A file or a pipe has no width of its own; the table needs this much.
_WIDE = 200
# The measures shown, by their keys in eval/measures.py.
SHOWN = ("recall@5", "recall@10", "ndcg@10", "cite_recall", "cite_prec", "facts", "refused", "stale")
SYSTEMS = {OURS: ("-m", "assistant", "ask")} | {name: ("-m", peer.module) for name, peer in PEERS.items()}
_WHAT = {OURS: ("本助手", "this assistant")} | {name: (peer.zh, peer.en) for name, peer in PEERS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A system: its measures over the cases (None where undefined), p50 of an answer, time and memory of the run."""

    name: str
    quality: Mapping[str, float | None]
    p50_ms: float | None
    seconds: float
    peak_mb: float

    def costs(self, ours: Row) -> list[str]:
        """p50, time and memory, each with its ratio to ours."""
        pairs = [(self.p50_ms, ours.p50_ms), (self.seconds, ours.seconds), (self.peak_mb, ours.peak_mb)]
        return [_cost(mine, theirs, self is ours) for mine, theirs in pairs]


def _cost(mine: float | None, theirs: float | None, alone: bool) -> str:
    if mine is None or alone or not theirs:
        return "–" if mine is None else f"{mine:,.1f}"
    ratio = mine / theirs
    return f"{mine:,.1f} (×{ratio:.{1 if ratio >= 0.1 else 2}f})"


def measured(cases: Path, as_of: date, progress: Callable[[str], None]) -> list[Row]:
    """Runs every system over the cases, each in a process of its own.  Raises `PolicyError` when one fails."""
    lines = [case.input_line(as_of) for case in load_cases(cases).cases]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_lines(folder / "questions.jsonl", lines)
        runs = {}
        for system, command in SYSTEMS.items():
            progress(system)
            files = ("--input", f"{folder}/questions.jsonl", "--output", f"{folder}/{system}.jsonl")
            try:
                runs[system] = run(*command, *files, **OFFLINE, POLICY_INDEX_DIR=f"{folder}/index")
            except BenchError as error:
                raise PolicyError(f"{system} 没有跑完，请先看它自己的说明：{error}") from None
        # Scored at the end: a child is measured as no smaller than this process, and the scorer's libraries are large.
        return [
            _row(system, quality(cases, folder / f"{system}.jsonl", as_of), done.seconds, done.peak_mb)
            for system, done in runs.items()
        ]


def _row(name: str, found: dict[str, float | None], seconds: float, peak_mb: float) -> Row:
    return Row(
        name, {key: found[key] for key in SHOWN}, found["p50_ms"], round(seconds, 2), round(peak_mb, 1)
    )


def quality(cases: Path, answers: Path, as_of: date) -> dict[str, float | None]:
    """Every measure over the cases, and p50_ms and p95_ms.  Raises `PolicyError` when a case has no answer."""
    from eval.answers import load_answers
    from eval.measures import MEASURES, latencies
    from eval.records import Library, judge
    from eval.statistics import point
    from index.library import parse_all

    file = load_cases(cases)
    replies = load_answers(answers, [case.id for case in file.cases])
    if replies.problems:
        raise PolicyError(replies.problems[0])
    library = Library(parse_all(get_settings().documents_dir)[0])
    records = judge(file.cases, replies.replies, library, as_of)
    return {measure.key: point(measure.terms(records)) for measure in MEASURES} | latencies(records)


def cells(rows: Sequence[Row]) -> list[list[str]]:
    """The table's lines after the system's name: measures, then costs with their ratios."""
    ours = next(row for row in rows if row.name == OURS)
    return [
        [*("–" if value is None else f"{value:.3f}" for value in row.quality.values()), *row.costs(ours)]
        for row in rows
    ]


def heads(language: int) -> list[str]:
    """The columns' names: 0 is English, 1 Chinese."""
    from eval.measures import BY_KEY

    costs = (["p50 ms", "run, s", "peak MB"], ["p50 毫秒", "全程 秒", "峰值 MB"])[language]
    return [*(BY_KEY[key].names[language] for key in SHOWN), *costs]


def to_markdown(rows: Sequence[Row]) -> str:
    """A Markdown table, for docs."""
    lines = [["", *heads(0)], ["---"] * (len(SHOWN) + 4)]
    lines += [[_WHAT[row.name][1], *line] for row, line in zip(rows, cells(rows), strict=True)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def to_table(rows: Sequence[Row]) -> Table:
    """The same for a terminal, in Chinese."""
    table = Table("", *heads(1), show_lines=True)
    for row, line in zip(rows, cells(rows), strict=True):
        table.add_row(_WHAT[row.name][0], *line)
    return table


def to_json(rows: Sequence[Row], cases: Path, as_of: date) -> dict[str, Any]:
    """The rows with what they were measured on."""
    about = {"cases": cases.name, "as_of": as_of.isoformat(), "machine": machine()}
    return {**about, "rows": [asdict(row) for row in rows]}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    cases: Annotated[Path, typer.Option(help="用例文件，JSON Lines")],
    as_of: Annotated[str, typer.Option(help="没有写日期的用例按哪一天，YYYY-MM-DD；默认今天")] = "",
    json_out: Annotated[Path | None, typer.Option("--json", help="另写成 JSON")] = None,
    markdown: Annotated[Path | None, typer.Option(help="另写成 Markdown 表格")] = None,
) -> None:
    """本助手与几种常见做法，用同样的文件、同样的向量模型、同样的用例，逐个测量。"""
    day = parse_date(as_of, "--as-of") if as_of else get_settings().today()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    with console.status("…") as status:
        rows = measured(cases, day, status.update)
    console.print(to_table(rows))
    if json_out:
        json_out.write_text(
            json.dumps(to_json(rows, cases, day), ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
    if markdown:
        markdown.write_text(to_markdown(rows), "utf-8")


if __name__ == "__main__":
    run_command(app)
