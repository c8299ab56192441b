"""python -m eval.bench [--json OUT]"""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .measure import AIMS, ask_in_process, measure
from .processes import BenchError


def main(
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
    inside: Annotated[bool, typer.Option(hidden=True, help="Measure Session.ask in this process.")] = False,
) -> None:
    """Measures index build, first answer, throughput, latency and memory against the aims."""
    if inside:
        print(json.dumps(ask_in_process()))
        return
    console = Console()
    try:
        with console.status("…") as status:
            figures = measure(status.update)
    except BenchError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from None
    console.print(table(figures))
    if json_out:
        report = {"machine": machine(), "figures": {key: round(value, 2) for key, value in figures.items()}}
        json_out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(figures: dict[str, float]) -> Table:
    """The figures beside their aims."""
    rows = Table("figure", "measured", "aim", "")
    for aim in AIMS:
        value = figures[aim.key]
        limit = "" if aim.limit is None else f"≤ {aim.limit:g} {aim.unit}"
        verdict = "" if aim.limit is None else "met" if aim.met(value) else "[red]missed[/red]"
        rows.add_row(aim.labels[0], f"{value:,.2f} {aim.unit}", limit, verdict)
    return rows


def machine() -> dict[str, str | int]:
    """What the figures were taken on."""
    return {
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    typer.run(main)
