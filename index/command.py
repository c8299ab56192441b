"""Running a command line: bad input ends with one sentence on standard error and status 1."""

from __future__ import annotations

import typer

from index.types import PolicyError


def run(app: typer.Typer) -> None:
    """Run the command line of `app`."""
    try:
        app()
    except PolicyError as error:
        typer.echo(f"错误：{error}", err=True)
        raise SystemExit(1) from None
