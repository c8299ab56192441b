"""Command line of the online half: `ask` one question or a file of them, `chat` in the
terminal, `match` a firm with every measure, `expiring` and `changes` of documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from index.command import run
from index.types import PolicyError

if TYPE_CHECKING:
    from assistant.applicability import Match
    from assistant.drafting import Drafted
    from assistant.session import Session
    from assistant.types import Answer, Profile, Question
    from index.types import Document

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


def _session(learned: bool = True) -> Session:
    from assistant.session import Session
    from assistant.settings import get_settings

    return Session.open(get_settings(), learned)


def _question(text: str, profile: str, as_of: str) -> Question:
    from assistant.types import Question

    firm = _profile(profile)
    return Question(text, _day(as_of), profile=firm)


def _profile(text: str) -> Profile:
    from assistant.batch import parse_profile

    try:
        return parse_profile(json.loads(text) if text else None)
    except json.JSONDecodeError as error:
        raise PolicyError(f"--profile 不是合法的 JSON（第 {error.colno} 列），请检查引号。") from error
    except PolicyError:
        raise
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        raise PolicyError("--profile 的 JSON 太大或嵌套太深，请缩短后重试。") from None


def _day(as_of: str) -> date:
    from assistant.batch import parse_date
    from assistant.settings import get_settings

    return parse_date(as_of, "--as-of") if as_of else get_settings().today()


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
    # Without the questions that were added on the page: the same file gives the same answers on every machine.
    session, failed = _session(learned=False), False
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


@app.command()
def match(
    profile: ProfileText = "",
    as_of: AsOf = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，而不是 Markdown")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="写入文件：.json、.md、.csv 或 .xlsx")
    ] = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="只核对这份文件（文号或简称）；可写多次")
    ] = None,
) -> None:
    """逐条核对所有措施：哪些适用、哪些可能适用（还要看什么）、哪些不适用，各附原文。"""
    from assistant import applicability, matchlist
    from index.references import resolve_document

    if output is not None and output.suffix.lower() not in _FORMS:
        raise PolicyError(f"不认识的扩展名“{output.suffix}”，请用 .json、.md、.csv 或 .xlsx。")
    firm, day, documents = _profile(profile), _day(as_of), _documents()
    within = [resolve_document(name, documents).number for name in document or ()]
    found = applicability.match(firm, documents, day, within)
    if output is not None:
        _write_matches(found, documents, firm, day, output)
    elif as_json:
        _say(json.dumps(matchlist.to_json(found, documents, day, firm), ensure_ascii=False, indent=2))
    else:
        _say(matchlist.to_markdown(found, day, firm).rstrip())


_FORMS = (".json", ".md", ".csv", ".xlsx")


def _documents() -> dict[str, Document]:
    """The documents by number, read without an index: matching needs none."""
    from assistant.settings import get_settings
    from index.library import parse_all

    folder = get_settings().documents_dir
    documents = {one.number: one for one in parse_all(folder)[0]}
    if not documents:
        raise PolicyError(f"{folder} 中没有可读的政策文件，请放入 UTF-8 的 .txt 或 .md 文件后重试。")
    return documents


def _write_matches(
    found: Sequence[Match], documents: Mapping[str, Document], firm: Profile, day: date, output: Path
) -> None:
    from assistant import matchlist

    form = output.suffix.lower()
    if form == ".xlsx":
        matchlist.write_xlsx(found, day, output)
    else:
        text = (
            _json_line(matchlist.to_json(found, documents, day, firm))
            if form == ".json"
            else matchlist.to_csv(found, day)
            if form == ".csv"
            else matchlist.to_markdown(found, day, firm)
        )
        try:
            # CSV has line ends of its own, which no system may double.
            output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise PolicyError(f"{output} 写不进去（{error.strerror}），请检查路径和权限。") from error
    _say(f"{matchlist.summary(found, day)}已写入 {output}。")


@app.command()
def expiring(
    within: Annotated[int, typer.Option("--within", min=1, help="多少天之内")] = 365,
    as_of: AsOf = "",
) -> None:
    """哪些现行文件（或规划期）将在给定的天数内到期。"""
    from assistant.reminders import expiring as expiring_documents

    day = _day(as_of)
    rows = expiring_documents(_documents(), day, within)
    for one, end in rows:
        _say(f"{end.isoformat()}  {one.number}《{one.title}》（还有 {(end - day).days} 天）")
    if not rows:
        _say(f"{within} 天之内没有现行文件到期。")


@app.command()
def changes(
    old: Annotated[str, typer.Argument(help="较早的文件，如 5号文")],
    new: Annotated[str, typer.Argument(help="较新的文件，如 2026年1号文")],
) -> None:
    """两份文件的措施并列：同一事项各怎么写，新增了什么，不再写什么。"""
    from assistant.reminders import changes as changed
    from assistant.settings import get_settings
    from index.encoder import load_encoder
    from index.references import resolve_document

    settings, documents = get_settings(), _documents()
    first, second = resolve_document(old, documents), resolve_document(new, documents)
    rows = changed(first, second, load_encoder(settings.encoder or None, lean=True))
    for title, kept in (
        (f"两份都写（{first.number} → {second.number}）", [r for r in rows if r.old and r.new]),
        (f"只有 {second.number} 写", [r for r in rows if r.old is None]),
        (f"只有 {first.number} 写", [r for r in rows if r.new is None]),
    ):
        _say(f"{title}：{len(kept)}")
        for row in kept:
            pair = [f"{c.label} {c.title}" for c in (row.old, row.new) if c]
            _say("  " + " → ".join(pair))
            if all(row.said):
                _say(f"    「{row.said[0]}」\n    「{row.said[1]}」")


@app.command("draft-questions")
def draft_questions(
    document: Annotated[str, typer.Argument(help="文号或简称，如 沪府办发〔2025〕5号、5号文")],
    clause: Annotated[
        list[str] | None, typer.Option("--clause", help="只写这一条（路径、编号或标签）；可写多次")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="写到哪个新文件；省略为 documents/questions/ 下与文件同名的"),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="评测用例（JSON Lines），不重复其中的问题；可写多次"),
    ] = None,
) -> None:
    """用语言模型为一份文件起草已知问法：默认写可能被问到而不足 12 个问法的条款。"""
    # Here because the offline half knows neither langchain nor a key; `index questions draft` runs this.
    from assistant.compose.model_chat import open_chat
    from assistant.drafting import draft_questions as drafts
    from assistant.settings import get_settings
    from index.library import parse_all
    from index.questions import Row, asked_in, count, files, read
    from index.references import resolve_clause, resolve_document

    settings = get_settings()
    folder = settings.documents_dir
    documents = {one.number: one for one in parse_all(folder)[0]}
    found = resolve_document(document, documents)
    target = output or folder / "questions" / f"{Path(found.file).stem}.jsonl"
    if target.exists():
        raise PolicyError(f"{target} 已经存在，不会覆盖；请用 --output 另取一个文件名。")
    few = [row.clause for row in count(folder, [found])[found.number] if row.too_few]
    wanted = [resolve_clause(found, one) for one in clause] if clause else few
    if not wanted:
        raise PolicyError(f"{found.number} 的条款都有足够的问法；要为某一条再写，请用 --clause。")
    existing = [row for path in files(folder) for row in read(path) if isinstance(row, Row)]
    cases = asked_in(against or ())
    made = drafts(found, wanted, open_chat(settings), f"model:{settings.model}", existing, cases)
    _write_drafts(target, made, len(wanted))


def _write_drafts(target: Path, made: Iterable[Drafted], clauses: int) -> None:
    """Write each clause's rows as they come, so that an interruption loses none; a new file or none."""
    rows, left_out = 0, 0
    with ExitStack() as stack:
        out: TextIO | None = None
        try:
            for at, drafted in enumerate(made, start=1):
                for problem in drafted.problems:
                    typer.echo(f"未收：{problem}", err=True)
                left_out += len(drafted.problems)
                if drafted.rows and out is None:  # a model that never answers leaves no empty file behind
                    out = _new(target, stack)
                if out is not None:
                    out.writelines(_json_line(row.to_json()) for row in drafted.rows)
                    out.flush()
                rows += len(drafted.rows)
                typer.echo(f"{at}/{clauses}  {drafted.clause.ref}  {len(drafted.rows)} 个", err=True)
        except (PolicyError, KeyboardInterrupt):
            if rows:
                typer.echo(
                    f"已写成的 {rows} 个问法留在 {target}；接着起草请用 --output 另取文件名。", err=True
                )
            raise
    if not rows:
        raise PolicyError("一个可用的问法也没有写成，没有写入文件；请重试，或换一个模型。")
    _say(
        f"已写入 {target}：{clauses} 个条款，{rows} 个问法，未收 {left_out} 处。"
        "请逐条看过：放在 documents/questions/ 里的，下次提问就会用到。"
    )


def _new(path: Path, stack: ExitStack) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return stack.enter_context(path.open("x", encoding="utf-8"))
    except FileExistsError:
        raise PolicyError(f"{path} 已经存在，不会覆盖；请用 --output 另取一个文件名。") from None
    except OSError as error:
        raise PolicyError(f"{path} 写不进去（{error.strerror}），请检查路径和权限。") from error


@app.command("export-state")
def export_state(
    table: Annotated[
        str,
        typer.Argument(
            help="feedback、notes、added_questions、lookups，或 known_questions（问法文件的格式）"
        ),
    ],
    output: Annotated[Path, typer.Option("--output", help="写入文件：.csv 或 .jsonl")],
) -> None:
    """把网页存下的评价、记录、补充问法或查询次数写成文件。"""
    from assistant.settings import get_settings
    from assistant.store import Store
    from assistant.store.export import columns, to_csv, to_jsonl

    forms = {".csv": to_csv, ".jsonl": to_jsonl}
    if (write := forms.get(output.suffix.lower())) is None:
        raise PolicyError(f"不认识的扩展名“{output.suffix}”，请用 .csv 或 .jsonl。")
    columns(table)
    path = get_settings().state_file
    if not path.exists():
        raise PolicyError(f"{path} 还不存在：网页还没有存过什么。")
    store = Store.open(path)
    try:
        with output.open("w", encoding="utf-8", newline="") as file:  # CSV has line ends of its own
            lines = sum(bool(file.write(line)) for line in write(store, table))
    except OSError as error:
        raise PolicyError(f"{output} 写不进去（{error.strerror}），请检查路径和权限。") from error
    finally:
        store.close()
    _say(f"已写入 {output}：{lines - (write is to_csv)} 行。")


def _say(text: str) -> None:
    typer.echo(text)


def main() -> None:
    """Run the command line; bad input ends with one sentence and status 1."""
    run(app)


if __name__ == "__main__":
    main()
