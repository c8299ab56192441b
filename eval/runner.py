"""Cases + command → a run's folder.  An interrupted run goes on where it stopped."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval.answers import NO_REPLY
from eval.cases import Case, load_cases
from eval.jsonlines import read_lines, read_text
from eval.runs import RESULTS, Config, describe, differences, load_config, save_config
from eval.system import Line, ask_all
from index.types import PolicyError

# Told the folder, how many cases have an answer, and how many there are.
OnStart = Callable[[Path, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.  `now` tells the time; `restart` throws away what an earlier run of the same name answered.

    `on_start` is told where answers will appear, before the first question.
    """

    cases: Path
    command: Sequence[str]
    as_of: date
    now: Callable[[], datetime]
    name: str = ""
    workers: int = 1
    restart: bool = False
    results: Path = RESULTS
    on_start: OnStart | None = None


def run_cases(plan: Plan, console: Console) -> tuple[Path, tuple[str, ...]]:
    """Asks every case that has no answer yet; gives the folder and a sentence for each problem.

    Raises `PolicyError` when the cases or the folder cannot be used, or the command cannot be started.
    """
    if shutil.which(plan.command[0]) is None:
        raise PolicyError(f"命令 {plan.command[0]} 无法启动（找不到，或不能执行），请检查 --command。")
    file = load_cases(plan.cases)
    config = describe(_name(plan), plan.cases, file.sha256, plan.command, plan.as_of, plan.workers)
    folder = plan.results / config.label
    with _locked(folder):
        _prepare(folder, config, plan)
        answers = folder / "answers.jsonl"
        done = _answered(answers)
        todo = [case for case in file.cases if case.id not in done]
        if plan.on_start:
            plan.on_start(folder, len(done), len(file.cases))
        if not todo:
            console.print("全部用例都已有回答，没有再问；要重新问请加 --restart。")
        started = time.perf_counter()
        failures = _ask(todo, plan, answers, len(file.cases), console)
        taken = load_config(folder).seconds + time.perf_counter() - started
        save_config(replace(load_config(folder), finished=_time(plan), seconds=round(taken, 2)), folder)
    return folder, (*file.problems, *failures)


def _name(plan: Plan) -> str:
    """The run's name: it becomes a folder's, and a column of the TREC files."""
    name = plan.name or re.sub(r"[^\w-]+", "-", plan.cases.name.split(".")[0]).strip("-") or "cases"
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise PolicyError(f"--name 只能用字母、数字、汉字、-、_ 和 .，且不能以符号开头：{name}")
    return name


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keeps a second run out of the folder while this one writes."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout:
        raise PolicyError(
            f"{folder.name} 正在由另一个 eval run 写入；请等它结束，或用 --name 换个名字。"
        ) from None
    except OSError as error:
        raise PolicyError(f"{folder} 写不进去（{error.strerror}），请检查权限和磁盘空间。") from None


def _prepare(folder: Path, config: Config, plan: Plan) -> None:
    """Starts a run in the folder, or takes up the one there is if it is the same; `restart` puts its answers aside."""
    answers = folder / "answers.jsonl"
    if plan.restart and answers.exists():
        answers.replace(folder / "answers.previous.jsonl")
    if (folder / "config.json").exists() and _answered(answers):
        changed = differences(load_config(folder), config)
        if changed:
            raise PolicyError(
                f"{folder.name} 里是另一次评测（{'、'.join(changed)} 不同）；"
                "请加 --restart 重来，或用 --name 换个名字。"
            )
        return
    (folder / "cases.jsonl").write_text(read_text(plan.cases), encoding="utf-8")
    save_config(replace(config, started=_time(plan)), folder)


def _answered(answers: Path) -> set[str]:
    """The ids that have an answer; failures and a line cut off in mid-write are dropped, to be asked again."""
    if not answers.exists():
        return set()
    kept = [line for line in read_lines(answers)[0] if line.row.get("status") != NO_REPLY]
    aside = answers.with_suffix(".tmp")
    aside.write_text("".join(line.text + "\n" for line in kept), encoding="utf-8")
    aside.replace(answers)
    return {str(line.row.get("id")) for line in kept}


def _ask(todo: Sequence[Case], plan: Plan, answers: Path, total: int, console: Console) -> list[str]:
    lines: list[Line] = [case.input_line(plan.as_of) for case in todo]
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    with answers.open("a", encoding="utf-8", errors="backslashreplace") as out, bar:
        task = bar.add_task(_name(plan), total=total, completed=total - len(todo))

        def keep(row: Line) -> None:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()  # an interruption must lose nothing
            bar.advance(task)

        return ask_all(plan.command, lines, plan.workers, keep) if lines else []


def _time(plan: Plan) -> str:
    return plan.now().astimezone(UTC).isoformat(timespec="seconds")
