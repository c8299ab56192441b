"""Command line of the online half: `ask` one question or a file of them, `chat` in the terminal."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from index.command import run
from index.types import PolicyError

if TYPE_CHECKING:
    from assistant.session import Session
    from assistant.types import Answer, Question

app = typer.Typer(
    help="政策问答：答案逐条注明文号和条款。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ProfileText = Annotated[
    str, typer.Option("--profile", help='企业情况，JSON：{"industry":"广告业","district":"静安区"}')
]
AsOf = Annotated[str, typer.Option("--as-of", help="按哪一天判断有效性，YYYY-MM-DD；默认今天")]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="问题；批量时省略")] = "",
    profile: ProfileText = "",
    as_of: AsOf = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    source: Annotated[
        Path | None, typer.Option("--input", help="批量：JSON Lines 输入文件，- 为标准输入")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--output", help="批量：输出文件，- 或省略为标准输出")
    ] = None,
) -> None:
    """回答一个问题，或逐行回答一个文件。"""
    if bool(question) == (source is not None):
        raise PolicyError("请给出一个问题，或用 --input 给出一个文件（二者选一）。")
    if source is not None:
        if profile:
            raise PolicyError("--profile 只用于单个问题；批量时请写在每行的 profile 里。")
        raise typer.Exit(_batch(source, target, as_of))
    if target is not None:
        raise PolicyError("--output 只用于批量；请同时用 --input 给出一个文件。")
    asked = _question(question, profile, as_of)
    answer = _session().ask(asked)
    _say(
        json.dumps({"id": "1", **answer.to_json()}, ensure_ascii=False, indent=2)
        if as_json
        else _markdown(answer, question)
    )
    if answer.status.value in ("invalid_input", "error"):
        raise typer.Exit(1)


def _session() -> Session:
    from assistant.session import Session
    from assistant.settings import get_settings

    return Session.open(get_settings())


def _question(text: str, profile: str, as_of: str) -> Question:
    from assistant.batch import parse_date, parse_profile
    from assistant.settings import get_settings
    from assistant.types import Question

    try:
        firm = parse_profile(json.loads(profile)) if profile else parse_profile(None)
    except json.JSONDecodeError as error:
        raise PolicyError(f"--profile 不是合法的 JSON（第 {error.colno} 列），请检查引号。") from error
    day = parse_date(as_of, "--as-of") if as_of else get_settings().today()
    return Question(text, day, profile=firm)


def _markdown(answer: Answer, question: str) -> str:
    from assistant.render import to_markdown
    from assistant.scope import language_of

    return to_markdown(answer, language_of(question))


def _batch(source: Path, target: Path | None, as_of: str) -> int:
    """Answer a file line by line; 1 if any line was invalid or failed."""
    from assistant.batch import answer_lines, parse_date
    from assistant.settings import get_settings

    today = parse_date(as_of, "--as-of") if as_of else get_settings().today()
    if target is not None and target.exists() and source.exists() and target.samefile(source):
        raise PolicyError(f"--input 和 --output 是同一个文件 {source}，请换一个输出文件名。")
    lines = _lines(source)
    session, failed = _session(), False
    with ExitStack() as stack:
        out = _opened(target, stack)
        for row in answer_lines(lines, session.ask, today):
            out.write(_json_line(row))
            out.flush()  # who waits for the answers sees each as it is ready, and an interruption loses none
            failed |= row["status"] in ("invalid_input", "error")
    return int(failed)


def _lines(source: Path) -> list[str]:
    """The input's lines; it is read whole before the index is loaded, so that a bad file is told at once."""
    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")  # JSON may hold other line ends
    except OSError as error:
        raise PolicyError(f"{source} 打不开（{error.strerror}），请检查路径和权限。") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{source} 不是 UTF-8 编码，请另存为 UTF-8 后重试。") from error


def _json_line(row: dict[str, Any]) -> str:
    """One output line; letters that UTF-8 cannot hold (half of a surrogate pair) are escaped."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        line = json.dumps(row)
    for code in (0x2028, 0x2029, 0x85):  # line ends to some readers, though not to JSON
        line = line.replace(chr(code), f"\\u{code:04x}")
    return line + "\n"


def _opened(path: Path | None, stack: ExitStack) -> TextIO:
    if path is None or str(path) == "-":
        return sys.stdout
    try:
        return stack.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path} 写不进去（{error.strerror}），请检查路径和权限。") from error


@app.command()
def chat(profile: ProfileText = "", as_of: AsOf = "") -> None:
    """在终端里连续提问；空行或 Ctrl-D 结束。"""
    from dataclasses import replace

    from assistant.types import Turn

    asked, session = _question("…", profile, as_of), _session()
    _say("请提问（空行结束）。")
    history: tuple[Turn, ...] = ()
    for line in iter(_prompt, ""):
        answer = session.ask(replace(asked, text=line, history=history))
        _say(_markdown(answer, line) + "\n")
        history = (*history, Turn("user", line), Turn("assistant", answer.text))


def _prompt() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


def _say(text: str) -> None:
    typer.echo(text)


def main() -> None:
    """Run the command line; bad input ends with one sentence and status 1."""
    run(app)


if __name__ == "__main__":
    main()
