"""`python -m eval models`: what the checks keep of good sentences, let through of bad ones, and cost in time."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

_CASES = Path("eval/cases/dev.jsonl")
# Whose sentences nobody had read when the guard was made, beside those that it was made on.
_BAD = ("fabrications", "fabrications-fresh")
_GOOD = ("faithful-fresh",)


def models(
    cases: Annotated[Path, typer.Option("--cases", help="评测用例，JSON Lines")] = _CASES,
    answers: Annotated[str, typer.Option("--answers", help="eval/models/ 里的标准答复")] = "perfect-dev",
    as_of: Annotated[str, typer.Option("--as-of", help="把哪一天当作今天")] = "2026-11-20",
    through: Annotated[bool, typer.Option("--through", help="列出放过的杜撰和误伤的句子")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """用脚本化的语言模型检查核对环节：放过多少杜撰，误伤多少好答复，自己用时多少。"""
    from assistant.batch import parse_date
    from assistant.session import Session
    from assistant.settings import get_settings

    searcher = Session.open(get_settings()).searcher
    day = parse_date(as_of, "--as-of")
    rows = _figures(searcher, cases, answers, day)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        _print(rows)
    if through:
        _tell(searcher, day)


def _figures(searcher: Any, cases: Path, answers: str, day: date) -> dict[str, Any]:
    import numpy as np

    from eval.cases import load_cases
    from eval.models.data import read_answers, read_lines
    from eval.models.measure import ask_perfect, judge_lines
    from eval.models.scoring import ok_of

    rows: dict[str, Any] = {}
    for name in _BAD:
        judged = judge_lines(read_lines(name), searcher, day)
        rows[name] = {
            "sentences": len(judged.standing) + len(judged.turned_away),
            "through": len(judged.standing),
        }
    for name in _GOOD:
        judged = judge_lines(read_lines(name), searcher, day)
        rows[name] = {
            "sentences": len(judged.standing) + len(judged.turned_away),
            "kept": len(judged.standing),
        }
    written, asked = read_answers(answers), load_cases(cases).cases
    lines = [line for answer in written for line in answer.sentences]
    judged = judge_lines(lines, searcher, day)
    rows[answers] = {"sentences": len(lines), "kept": len(judged.standing)}
    wanted = [case for case in asked if case.id in {one.id for one in written}]
    for name, rewrites in (("first reply only", False), ("sent back once", True)):
        found = ask_perfect(searcher, wanted, written, day, rewrites=rewrites)
        p50, p95 = np.percentile(found.own_ms, [50, 95]) if found.own_ms else (None, None)
        rows[name] = {
            "cases": len(wanted),
            "ok": ok_of(wanted, found.answers, searcher, day),
            "by_model": len(found.own_ms),
            "sent_back": found.sent_back,
            "own_ms_p50": p50 and round(float(p50), 1),
            "own_ms_p95": p95 and round(float(p95), 1),
        }
    return rows


def _print(rows: dict[str, Any]) -> None:
    table = Table("", "值")
    for name, row in rows.items():
        said = "  ".join(
            f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}"
            for key, value in row.items()
        )
        table.add_row(name, said)
    Console(highlight=False).print(table)


def _tell(searcher: Any, day: date) -> None:
    from eval.models.data import read_lines
    from eval.models.measure import judge_lines

    for name in _BAD:
        for line in judge_lines(read_lines(name), searcher, day).standing:
            typer.echo(f"{name}  {line.id}  {line.kind}  {line.text}  （{line.wrong}）")
    for name in _GOOD:
        for line, found in judge_lines(read_lines(name), searcher, day).turned_away:
            typer.echo(f"{name}  {line.id}  {found.kind} {'、'.join(found.words)}  {line.text}")
