"""Command line of the evaluation: run, score, compare, report, validate, export, ablation and the rest."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from eval.dialogues.command import dialogues
from eval.fit.command import fit, fit_judge
from eval.match.command import match
from eval.models.command import models
from eval.retrieval.command import retrieval
from index.command import run as run_command
from index.types import PolicyError

if TYPE_CHECKING:
    from eval.runs import Run

app = typer.Typer(
    help="评测：跑用例、算指标、比较两次结果。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# A file or a pipe has no width of its own; the tables need this much.
_WIDE = 200
# No markup: names, statuses and questions may hold square brackets.
console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE)
notes = Console(highlight=False, markup=False, stderr=True)

Results = Annotated[Path, typer.Argument(help="eval run 打印的结果文件夹")]
Cases = Annotated[Path, typer.Option("--cases", help="用例文件，JSON Lines（可以是 .gz）")]
AsOf = Annotated[str, typer.Option("--as-of", help="没有写日期的用例按哪一天，YYYY-MM-DD；默认今天")]
JsonOut = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Output = Annotated[Path | None, typer.Option("--output", help="写到哪里")]


@app.command()
def run(
    cases: Cases,
    name: Annotated[str, typer.Option(help="这次评测的名字；默认是用例文件的名字")] = "",
    command: Annotated[
        str, typer.Option(help="别的系统的命令；{input} 和 {output} 代表文件，省略则用标准输入输出")
    ] = "",
    as_of: AsOf = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="并行进程数；多于 1 时用时不可比")] = 1,
    restart: Annotated[bool, typer.Option("--restart", help="不接着上次的，从头跑")] = False,
    results: Annotated[
        Path | None, typer.Option(help="结果放在哪里；默认 POLICY_RESULTS_DIR，即 eval/results")
    ] = None,
    as_json: JsonOut = False,
) -> None:
    """逐个回答用例，写入结果文件夹；中断后再运行同一条命令，从断处继续。"""
    from assistant.settings import get_settings
    from eval.runner import Plan, run_cases
    from eval.runs import default_command

    words = _words(command) if command else default_command()
    folder = results or get_settings().results_dir
    on_start = _tell_start if as_json else None
    plan = Plan(cases, words, _day(as_of), datetime.now, name, workers, restart, folder, on_start)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the system under test too
    try:
        folder, problems = run_cases(plan, notes)
    except KeyboardInterrupt:
        notes.print("已中断；已有的回答都保留了，再运行同一条命令会从断处继续。")
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "problems": list(problems)}, ensure_ascii=False))
    else:
        console.print(str(folder), soft_wrap=True)
    _report_problems(problems)


def _tell_start(folder: Path, done: int, total: int) -> None:
    """One line, at once: whoever started the run can follow it by the lines of its answers.jsonl."""
    typer.echo(json.dumps({"folder": str(folder), "done": done, "total": total}, ensure_ascii=False))
    sys.stdout.flush()


@app.command()
def score(results: Results, as_json: JsonOut = False) -> None:
    """逐个用例、再按类型和难度给出指标；不重新提问。结果也写入 scores.json。"""
    from eval import terminal
    from eval.score import ALL, dumps
    from eval.score import score as score_run

    run = _load(results)
    scores = score_run(run)
    _write(run.folder / "scores.json", dumps(scores))
    if as_json:
        typer.echo(dumps(scores), nl=False)
    else:
        console.print(terminal.cases_table(run.records))
        console.print(terminal.groups_table("类型", {ALL: scores.all, **scores.by_type}))
        console.print(terminal.groups_table("难度", scores.by_difficulty))
        console.print(terminal.summary_table(scores))
    _report_problems(scores.problems)


@app.command()
def compare(a: Results, b: Results, as_json: JsonOut = False) -> None:
    """B 比 A 好在哪里、差在哪里：各指标的差、区间和 p，以及变好变差的用例。"""
    from eval import terminal
    from eval.compare import compare as compare_runs

    first, second = _load(a), _load(b)
    found = compare_runs(first, second)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
    else:
        console.print(f"A {found.a}\nB {found.b}", soft_wrap=True)
        console.print(terminal.comparison_table(found))
        console.print(terminal.changes_table("类型", found.by_type))
        console.print(terminal.changes_table("难度", found.by_difficulty))
        for word, moved in (("变好", found.better), ("变差", found.worse)):
            console.print(
                f"{word} {len(moved)} 个用例：", *terminal.moved_lines(moved), sep="\n", soft_wrap=True
            )
        for note in found.notes:
            console.print(note, soft_wrap=True)
    _report_problems([*first.problems, *second.problems])


@app.command()
def report(
    results: Results,
    against: Annotated[Path | None, typer.Option(help="与另一次结果比较")] = None,
    output: Output = None,
) -> None:
    """一个可以直接打开的网页：指标与区间、按类型、拒答曲线、用时、逐个用例。"""
    from eval.compare import compare as compare_runs
    from eval.report import build
    from eval.score import score as score_run

    run = _load(results)
    comparison = compare_runs(_load(against), run) if against else None
    target = output or run.folder / "report.html"
    _write(target, build(run, score_run(run), comparison, _ablation_of(run.folder)))
    console.print(str(target), soft_wrap=True)
    _report_problems(run.problems)


@app.command()
def validate(cases: Annotated[list[Path], typer.Argument(help="用例文件")]) -> None:
    """检查用例：条款存在，evidence 是原文，没有自相矛盾。"""
    from assistant.settings import get_settings
    from eval.cases import load_cases
    from eval.cases.validate import problems
    from eval.records import Library
    from index.library import parse_all

    library = Library(parse_all(get_settings().documents_dir)[0])
    wrong = 0
    for path in cases:
        file = load_cases(path)
        found = problems(file, library)
        wrong += len(found)
        console.print(f"{path}：{len(file.cases)} 个用例，{len(found)} 处问题", soft_wrap=True)
        for sentence in found:
            console.print(f"  {sentence}", soft_wrap=True)
    raise typer.Exit(1 if wrong else 0)


@app.command()
def export(results: Results, output: Output = None) -> None:
    """导出 TREC 的 run 和 qrels，以及 ragas、deepeval 能读的 JSON Lines。"""
    from assistant.settings import get_settings
    from eval.export import export as export_files
    from eval.records import Library
    from index.library import parse_all

    run = _load(results)
    library = Library(parse_all(get_settings().documents_dir)[0])
    folder = output or run.folder / "export"
    try:
        written = export_files(run.records, library, folder, run.config.name)
    except OSError as error:
        raise PolicyError(f"{folder} 写不进去（{error.strerror}），请检查路径和权限。") from None
    for path in written:
        console.print(str(path), soft_wrap=True)
    _report_problems(run.problems)


@app.command()
def sample(
    results: Results,
    size: Annotated[int, typer.Option("--size", min=1, help="抽几个")] = 10,
    seed: Annotated[int, typer.Option("--seed", help="随机种子：相同的用例和种子，抽到的相同")] = 20261120,
    output: Output = None,
) -> None:
    """按固定的种子抽几个回答，连同依据的条款全文写成 Markdown，供人通读。"""
    from assistant.settings import get_settings
    from eval.records import Library
    from eval.sample import drawn, to_markdown
    from index.library import parse_all

    run = _load(results)
    library = Library(parse_all(get_settings().documents_dir)[0])
    text = to_markdown(drawn(run.records, size, seed), library)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text)
    _report_problems(run.problems)


@app.command()
def ablation(
    cases: Cases,
    as_of: AsOf = "",
    results: Annotated[Path | None, typer.Option(help="写入这个结果文件夹，report 会一并显示")] = None,
    markdown: Annotated[Path | None, typer.Option(help="另把表格写成 Markdown")] = None,
    as_json: JsonOut = False,
) -> None:
    """把检索的各部分逐个加上，看每一部分带来多少。"""
    from eval import terminal
    from eval.ablation_report import measured, to_markdown

    table = measured(cases, _day(as_of), notes)
    text = json.dumps(table.to_json(), ensure_ascii=False, indent=1) + "\n"
    if results:
        _write(results / "ablation.json", text)
    if markdown:
        _write(markdown, to_markdown(table))
    if as_json:
        typer.echo(text, nl=False)
    else:
        console.print(terminal.ablation_table(table.rows))
    _report_problems(table.problems)


app.command()(retrieval)
app.command()(fit)
app.command()(fit_judge)
app.command()(dialogues)
app.command()(match)
app.command()(models)


@app.command()
def figures(
    scores: Annotated[
        Path | None, typer.Option(help="先把 eval score 的 scores.json 收进 figures.json")
    ] = None,
    bench: Annotated[Path | None, typer.Option(help="先把 eval.bench 的 JSON 收进 figures.json")] = None,
    check: Annotated[bool, typer.Option("--check", help="什么也不改；README 过时则退出码为 1")] = False,
) -> None:
    """按 eval/results/figures.json 重写两份 README 里的数字表。"""
    from assistant.settings import get_settings
    from eval import figures as tables

    measured = tables.load()
    if not check:
        measured |= {"index": tables.index_counts(get_settings().documents_dir)}
        measured |= {"scores": tables.read_scores(scores)} if scores else {}
        measured |= {"bench": tables.read_report(bench, "machine", "figures")} if bench else {}
        tables.save(measured)
    stale = tables.updated(measured)
    for readme, text in stale.items():
        if not check:
            readme.write_text(text, encoding="utf-8")
        console.print(f"{readme.name}：{'已过时，请运行 make figures' if check else '已更新'}")
    if check and stale:
        raise typer.Exit(1)


def _words(command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        raise PolicyError("--command 的引号不成对，请改正。") from None
    if not words:
        raise PolicyError(
            "--command 是空的；请写要运行的命令，例如 python their_system.py {input} {output}。"
        )
    return words


def _day(text: str) -> date:
    from assistant.batch import parse_date
    from assistant.settings import get_settings

    return parse_date(text, "--as-of") if text else get_settings().today()


def _load(folder: Path) -> Run:
    from eval.runs import load_run

    return load_run(folder)


def _ablation_of(folder: Path) -> dict[str, Any] | None:
    path = folder / "ablation.json"
    if not path.exists():
        return None
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PolicyError(f"{path} 读不了，请重新运行 eval ablation。") from None
    return table


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise PolicyError(f"{path} 写不进去（{error.strerror}），请检查权限和磁盘空间。") from None


def _report_problems(problems: Iterable[str]) -> None:
    """One line each on standard error; status 1 if there is any, after all that can be done is done."""
    found = list(problems)
    for problem in found:
        notes.print(f"注意：{problem}", soft_wrap=True)
    if found:
        raise typer.Exit(1)


if __name__ == "__main__":
    run_command(app)
