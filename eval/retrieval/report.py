"""What was measured → a table for the terminal, Markdown, JSON, and run files that other tools read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from eval.retrieval.data import Collection, Qrels
from eval.retrieval.measure import Figure, Measured, Run
from index.types import PolicyError


@dataclass(frozen=True, slots=True)
class Report:
    """All there is to tell about one call of the command; `peak_mb` is the memory of the whole process.

    `baseline` is None where it was not among the systems; then no figure has a gap.
    """

    collection: Collection
    k: int
    baseline: str | None
    encoder: str
    peak_mb: float
    problems: Sequence[str]
    systems: Sequence[Measured]
    figures: Mapping[str, Mapping[str, Figure]]

    @property
    def headline(self) -> str:
        """What was searched with what, and whether it was all of it."""
        collection, of = self.collection, self.collection.sampled_from
        sample = f"（从 {of:,} 个中抽样，只供快速查看）" if of else ""
        left_out = f"另有 {collection.unjudged:,} 个问题没有相关文档，未计入；" if collection.unjudged else ""
        gaps = f"与 {self.baseline} 比较；" if self.baseline else ""
        return (
            f"{collection.name}：{len(collection.corpus):,} 篇文档，{len(collection.queries):,} 个问题{sample}；"
            f"{left_out}跳过 {len(self.problems):,} 行；{gaps}向量模型 {self.encoder}；"
            f"内存峰值 {self.peak_mb:,.0f} MB"
        )


def table(report: Report) -> Table:
    """A row a system; a cell holds value, interval, the gap to the baseline and its p.  It fits 80 columns."""
    rows = Table(box=None, padding=(0, 1, 1, 0), pad_edge=False)
    for column in _columns(report):
        rows.add_column(column, no_wrap=True)
    for system in report.systems:
        cells = ["\n".join(_parts(figure)) for figure in report.figures[system.system].values()]
        rows.add_row(system.system, *cells, f"{system.index_s:,.1f} s\n{system.p50_ms:,.1f} ms")
    return rows


def markdown(report: Report) -> str:
    """The same table, below the headline; time is seconds to index, and the median of a query."""
    columns = _columns(report)
    lines = [_line(columns), _line(["---"] * len(columns))]
    for system in report.systems:
        cells = ["<br>".join(_parts(figure)) for figure in report.figures[system.system].values()]
        lines.append(_line([system.system, *cells, f"{system.index_s:,.1f} s<br>{system.p50_ms:,.1f} ms"]))
    return "\n".join([report.headline, "", *lines])


def as_json(report: Report) -> dict[str, Any]:
    """Every figure unrounded, intervals and tests included."""
    collection = report.collection
    return {
        "data": collection.name,
        "documents": len(collection.corpus),
        "queries": len(collection.queries),
        "unjudged": collection.unjudged,
        "sampled_from": collection.sampled_from,
        "k": report.k,
        "baseline": report.baseline,
        "encoder": report.encoder,
        "peak_mb": report.peak_mb,
        "problems": list(report.problems),
        "systems": {
            system.system: {
                "index_s": system.index_s,
                "p50_ms": system.p50_ms,
                "measures": {
                    name: figure.estimate.to_json() | ({"gap": figure.gap.to_json()} if figure.gap else {})
                    for name, figure in report.figures[system.system].items()
                },
            }
            for system in report.systems
        },
    }


def save(report: Report, json_out: Path | None, markdown_out: Path | None, runs: Path | None) -> None:
    """Writes what is wanted; folders are made.  Raises `PolicyError` where a file cannot be written."""
    if json_out:
        _write(json_out, [json.dumps(as_json(report), indent=1, ensure_ascii=False)])
    if markdown_out:
        _write(markdown_out, [markdown(report)])
    if runs:
        _write(runs / "qrels.trec", _qrels_lines(report.collection.qrels))
        for system in report.systems:
            _write(runs / f"{system.system}.run", _run_lines(system.system, system.run))


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise PolicyError(f"{path} 写不进去（{error.strerror}）；请检查文件夹和权限。") from error


def _qrels_lines(qrels: Qrels) -> Iterator[str]:
    """The form of trec_eval: query, 0, document, relevance."""
    for id, judged in qrels.items():
        for document, relevance in judged.items():
            yield f"{id} 0 {document} {relevance}"


def _run_lines(name: str, run: Run) -> Iterator[str]:
    """The form of trec_eval: query, Q0, document, rank, score, name of the run."""
    for id, ranking in run.items():
        for rank, (document, score) in enumerate(ranking, start=1):
            # Nine digits give back a 32-bit float to the bit.
            yield f"{id} Q0 {document} {rank} {score:.9g} {name}"


def _columns(report: Report) -> list[str]:
    return ["", *report.systems[0].values, "time"]


def _parts(figure: Figure) -> list[str]:
    """`0.367`, `.343–.391`, `+.012`, `p = .030`; what is not there is left out."""
    of, gap = figure.estimate, figure.gap
    parts = ["–" if of.value is None else f"{of.value:.3f}"]
    if of.low is not None and of.high is not None:
        parts.append(f"{_short(of.low)}–{_short(of.high)}")
    if gap and gap.value is not None:
        parts.append(f"{'-' if gap.value < 0 else '+'}{_short(abs(gap.value))}")
    if gap and gap.p is not None:
        parts.append("p < .001" if gap.p < 0.001 else f"p = {_short(gap.p)}")
    return parts


def _short(value: float) -> str:
    """At most four characters, so that a terminal has room for all measures."""
    return "1.00" if value >= 0.9995 else f"{value:.3f}".removeprefix("0")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
