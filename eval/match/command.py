"""`python -m eval match`: how well firms are held against all measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_FILE = Path("eval/cases/match.jsonl")
_NAMES = (
    ("recall", "适用的措施列出来了（适用或可能适用）"),
    ("recall_strict", "适用的措施判为适用"),
    ("precision", "判为适用的确实适用"),
    ("precision_lenient", "判为适用的适用或可能适用"),
)


def match(
    file: Annotated[Path, typer.Option("--file", help="标准答案，JSON Lines")] = _FILE,
    half: Annotated[str, typer.Option("--half", help="fitted、held 或 all")] = "all",
    failures: Annotated[bool, typer.Option("--failures", help="列出判得不同的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """把每家企业与全部现行措施逐条核对，与两位读者的判断比较。"""
    from assistant.settings import get_settings
    from eval.match.measure import measure, read_firms
    from index.library import parse_all

    documents = {one.number: one for one in parse_all(get_settings().documents_dir)[0]}
    found = measure(read_firms(file, half), documents)
    row = found.to_json()
    if as_json:
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    console = Console(highlight=False)
    table = Table(f"{half}（{found.firms} 家企业，{row['judged']} 个判断）", "值")
    for key, name in _NAMES:
        table.add_row(name, "–" if row[key] is None else f"{row[key]:.3f}")
    table.add_row("没有原文依据的判断", str(found.unquoted))
    console.print(table)
    if failures:
        for firm, ref, gold, ours in found.different:
            console.print(f"{firm}  {ref}  读者 {gold}  我们 {ours}", soft_wrap=True)
