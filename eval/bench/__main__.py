"""python -m eval.bench [--json OUT]; … scale --data ARTICLES; … load [--users 50] [--seconds 60]; … lookup"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .load import LOAD_AIMS, measure_load
from .lookup import LOOKUP_AIMS, measure_lookup
from .measure import AIMS, Aim, ask_in_process, measure
from .processes import BenchError
from .scale import SCALE_AIMS, Compared, measure_scale, search_in_process

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
    inside: Annotated[bool, typer.Option(hidden=True, help="Measure Session.ask in this process.")] = False,
) -> None:
    """Measures index build, first answer, throughput, latency and memory against the aims."""
    if context.invoked_subcommand:
        return
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
    console.print(table(figures, AIMS))
    if json_out:
        _write(json_out, figures={key: round(value, 2) for key, value in figures.items()})


@app.command()
def scale(
    data: Annotated[Path, typer.Option(help="Articles as JSON lines (.gz or not) of title, path and text.")],
    limit: Annotated[int | None, typer.Option(help="Take the first articles only.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
    inside: Annotated[bool, typer.Option(hidden=True, help="Measure the search in this process.")] = False,
) -> None:
    """Measures build and search over many laws, and the kinds of vector index beside each other."""
    if inside:
        print(json.dumps(search_in_process()))
        return
    console = Console()
    try:
        with console.status("…") as status:
            figures, compared = measure_scale(data, limit, status.update)
    except BenchError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from None
    console.print(table(figures, SCALE_AIMS))
    console.print(kinds(compared))
    if json_out:
        _write(json_out, figures=figures, kinds=compared)


@app.command()
def load(
    users: Annotated[int, typer.Option(min=1, help="People who ask at once.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, help="For how long.")] = 60,
    pause: Annotated[float, typer.Option(min=0, help="Seconds that each reads before asking again.")] = 1.0,
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Puts questions to the page's /ask from many people at once: errors, waiting time, memory."""
    console = Console()
    try:
        with console.status("…"):
            figures = measure_load(users, seconds, pause)
    except BenchError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from None
    console.print(table(figures, LOAD_AIMS))
    if json_out:
        _write(json_out, users=users, seconds=seconds, pause=pause, figures=figures)


@app.command()
def lookup(
    browser: Annotated[Path, typer.Option(help="A chromium.")] = Path("/usr/bin/chromium"),
    json_out: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Types into the staff's look-up in a real browser: key to painted results, and what added questions cost."""
    console = Console()
    try:
        with console.status("…"):
            figures = measure_lookup(browser)
    except BenchError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from None
    console.print(table(figures, LOOKUP_AIMS))
    if json_out:
        _write(json_out, figures=figures)


def table(figures: dict[str, float], aims: Sequence[Aim]) -> Table:
    """The figures beside their aims."""
    rows = Table("figure", "measured", "aim", "")
    for aim in aims:
        value = figures[aim.key]
        verdict = "" if aim.limit is None else "met" if aim.met(value) else "[red]missed[/red]"
        rows.add_row(aim.labels[0], f"{value:,.2f} {aim.unit}", aim.wanted, verdict)
    return rows


def kinds(compared: Sequence[Compared]) -> Table:
    """One row a kind of vector index."""
    rows = Table("kind", "build, s", "size, MB", "p50, ms", "recall@10", "recall@100", "recall@1000")
    for row in compared:
        recalls = [f"{row[name]:.3f}" for name in ("recall@10", "recall@100", "recall@1000")]
        rows.add_row(
            row["kind"], f"{row['build_s']:.1f}", f"{row['size_mb']:.0f}", f"{row['p50_ms']:.2f}", *recalls
        )
    return rows


def _write(path: Path, **report: object) -> None:
    """The report as JSON, with the machine it was taken on."""
    text = json.dumps({"machine": machine(), **report}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def machine() -> dict[str, str | int]:
    """What the figures were taken on."""
    return {
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    app()
