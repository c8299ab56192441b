"""Cases + command → a run's folder.  An interrupted run goes on where it stopped."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval.answers import NO_REPLY
from eval.cases import Case, load_cases
from eval.jsonlines import read_lines, read_text
from eval.runs import RESULTS, Config, describe, differences, load_config, save_config
from eval.system import Line, ask_all
from index.types import PolicyError


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.  `now` tells the time; `restart` throws away what an earlier run of the same name answered."""

    cases: Path
    command: Sequence[str]
    as_of: date
    now: Callable[[], datetime]
    name: str = ""
    workers: int = 1
    restart: bool = False
    results: Path = RESULTS


def run_cases(plan: Plan, console: Console) -> tuple[Path, tuple[str, ...]]:
    """Asks every case that has no answer yet; gives the folder and a sentence for each problem.

    Raises `PolicyError` when the cases or the folder cannot be used, or the command cannot be started.
    """
    file = load_cases(plan.cases)
    config = describe(
        plan.name or plan.cases.name.split(".")[0],
        plan.cases,
        file.sha256,
        plan.command,
        plan.as_of,
        plan.workers,
    )
    folder = plan.results / config.label
    _prepare(folder, config, plan)
    answers = folder / "answers.jsonl"
    done = _answered(answers)
    todo = [case for case in file.cases if case.id not in done]
    started = time.perf_counter()
    failures = _ask(todo, plan, answers, len(file.cases), console)
    taken = load_config(folder).seconds + time.perf_counter() - started
    save_config(replace(load_config(folder), finished=_time(plan), seconds=round(taken, 2)), folder)
    return folder, (*file.problems, *failures)


def _prepare(folder: Path, config: Config, plan: Plan) -> None:
    """Makes the folder, or takes up the one there is if it holds the same run."""
    if plan.restart and (folder / "config.json").exists():
        shutil.rmtree(folder)
    if (folder / "config.json").exists():
        changed = differences(load_config(folder), config)
        if changed:
            raise PolicyError(
                f"{folder.name} 里是另一次评测（{'、'.join(changed)} 不同）；"
                "请加 --restart 重来，或用 --name 换个名字。"
            )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cases.jsonl").write_text(read_text(plan.cases), encoding="utf-8")
        save_config(replace(config, started=_time(plan)), folder)
    except OSError as error:
        raise PolicyError(f"{folder} 写不进去（{error.strerror}），请检查权限和磁盘空间。") from None


def _answered(answers: Path) -> set[str]:
    """The ids that have an answer; failures and a line cut off in mid-write are dropped, to be asked again."""
    if not answers.exists():
        return set()
    kept = [line for line in read_lines(answers)[0] if line.row.get("status") != NO_REPLY]
    answers.write_text("".join(line.text + "\n" for line in kept), encoding="utf-8")
    return {str(line.row.get("id")) for line in kept}


def _ask(todo: Sequence[Case], plan: Plan, answers: Path, total: int, console: Console) -> list[str]:
    lines: list[Line] = [case.input_line(plan.as_of) for case in todo]
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    with answers.open("a", encoding="utf-8", errors="backslashreplace") as out, bar:
        task = bar.add_task(plan.name or plan.cases.stem, total=total, completed=total - len(todo))

        def keep(row: Line) -> None:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()  # an interruption must lose nothing
            bar.advance(task)

        return ask_all(plan.command, lines, plan.workers, keep) if lines else []


def _time(plan: Plan) -> str:
    return plan.now().astimezone(UTC).isoformat(timespec="seconds")
