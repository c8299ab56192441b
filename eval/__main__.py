"""python -m eval figures"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assistant.settings import get_settings
from eval import figures as tables
from index.types import PolicyError

app = typer.Typer(help="How good and how fast the assistant is.", no_args_is_help=True, add_completion=False)
console = Console(highlight=False)


@app.callback()
def main() -> None:
    # Keeps `figures` a command of its own: typer would make an only command the whole program.
    pass


@app.command()
def figures(
    scores: Annotated[
        Path | None, typer.Option(help="Take the scorer's JSON into figures.json first.")
    ] = None,
    bench: Annotated[
        Path | None, typer.Option(help="Take the benchmark's JSON into figures.json first.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if a README is stale.")
    ] = False,
) -> None:
    """Writes the figures tables of the READMEs anew, from eval/results/figures.json."""
    try:
        measured = tables.load()
        if not check:
            measured |= {"index": tables.index_counts(get_settings().documents_dir)}
            measured |= {"scores": tables.read_report(scores, "ALL")} if scores else {}
            measured |= {"bench": tables.read_report(bench, "machine", "figures")} if bench else {}
            tables.save(measured)
        stale = tables.updated(measured)
    except PolicyError as error:
        console.print(str(error))
        raise typer.Exit(1) from None
    for readme, text in stale.items():
        if not check:
            readme.write_text(text, encoding="utf-8")
        console.print(f"{readme.name}: {'stale; run make figures' if check else 'written'}")
    if check and stale:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
