"""python -m eval retrieval --data DIR"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

# More problems than these say the same thing again; --json has them all.
_SHOWN = 5


def retrieval(
    data: Annotated[
        Path, typer.Option(help="有 corpus.jsonl、queries.jsonl、qrels.tsv 的文件夹（可以是 .gz）")
    ],
    systems: Annotated[str, typer.Option(help="评测哪些检索系统")] = "bm25,bigram,lexical,dense,hybrid",
    baseline: Annotated[str, typer.Option(help="其他系统与哪一个比较")] = "bm25",
    k: Annotated[int, typer.Option(min=1, help="每个问题取多少条结果")] = 100,
    json_out: Annotated[Path | None, typer.Option("--json", help="另把全部数值写成 JSON")] = None,
    markdown_out: Annotated[Path | None, typer.Option("--markdown", help="另把表格写成 Markdown")] = None,
    runs: Annotated[
        Path | None, typer.Option(help="另把 TREC 格式的 <系统>.run 和 qrels.trec 写入此文件夹")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="只抽这么多个问题快速查看，每次相同")] = None,
) -> None:
    """只评测检索：在带标注的问题集上，与普通 BM25 比较。"""
    # Here: these bring faiss, jieba and scipy, which `python -m eval --help` need not wait for.
    from eval.retrieval.compare import Plan, compare
    from eval.retrieval.report import save, table

    with _bar() as bar:
        task = bar.add_task("…", total=None)

        def told(step: str, done: int, of: int | None) -> None:
            bar.update(task, description=step, completed=done, total=of)

        report = compare(Plan(data, systems, baseline, k, sample), told)
    console = Console(highlight=False)
    console.print(report.headline, markup=False)
    for problem in report.problems[:_SHOWN]:
        console.print(problem, markup=False, style="yellow")
    if len(report.problems) > _SHOWN:
        console.print(f"…… 共 {len(report.problems):,} 处问题。", style="yellow")
    console.print(table(report))
    console.print("每格：数值、95% 区间、差、p；time：建索引用时、单个问题的中位用时。")
    save(report, json_out, markdown_out, runs)


def _bar() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)
