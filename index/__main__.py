"""Command line of the offline half: build the index, look at it, search it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.command import run
from index.settings import IndexSettings
from index.types import Clause, Document

if TYPE_CHECKING:
    from index.build import Progress, Report
    from index.questions import Count
    from index.search import Explanation

app = typer.Typer(
    help="政策文件 → 可检索的条款。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
questions = typer.Typer(help="已知问法：检查、统计、起草。", no_args_is_help=True)
app.add_typer(questions, name="questions")
_SETTINGS = IndexSettings()
DOCUMENTS, INDEX, ENCODER = _SETTINGS.documents_dir, _SETTINGS.index_dir, _SETTINGS.encoder or ""
Documents = Annotated[Path, typer.Option("--documents", help="政策文件所在目录")]
IndexDir = Annotated[Path, typer.Option("--index", help="索引所在目录")]
EncoderName = Annotated[str, typer.Option("--encoder", help="编码模型：目录或名称；空为自带模型")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command()
def build(
    documents: Documents = DOCUMENTS,
    index: IndexDir = INDEX,
    encoder: EncoderName = ENCODER,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="不沿用旧索引，全部重建")] = False,
) -> None:
    """构建索引；默认只处理新增和变化的文件。"""
    from index.build import build as build_index
    from index.encoder import load_encoder

    with _progress() as progress:
        stored, report = build_index(
            documents, index, load_encoder(encoder or None, lean=True), rebuild=rebuild, progress=progress
        )
    _print_report(report)
    counts = {name: len(rows) for name, rows in stored.passages.items()}
    clauses = sum(len(document.clauses) for document in stored.documents)
    _say(
        f"{len(stored.documents)} 份文件，{clauses} 个条款，检索单元 {sum(counts.values())} 个（{counts}）。"
    )


def _print_report(report: Report) -> None:
    for problem in report.problems:
        typer.echo(f"注意：{problem}", err=True)
    word = "已写入" if report.written else "没有变化"
    _say(
        f"{word}：新增 {report.added}，变化 {report.changed}，未变 {report.unchanged}，移除 {report.removed}。"
    )


@contextmanager
def _progress() -> Iterator[Progress]:
    """A progress bar that shows itself only where the work takes longer than a second."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    started, bar = monotonic(), Bar(transient=True, console=Console(stderr=True))
    tasks: dict[str, TaskID] = {}

    def advance(step: str, done: int, total: int) -> None:
        if monotonic() - started < 1 or not sys.stderr.isatty():
            return
        bar.start()
        if step not in tasks:
            tasks[step] = bar.add_task(step, total=total)
        bar.update(tasks[step], completed=done)

    try:
        yield advance
    finally:
        if tasks:  # one that was never shown would still print an empty line
            bar.stop()


@app.command()
def status(
    documents: Documents = DOCUMENTS,
    index: IndexDir = INDEX,
    encoder: EncoderName = ENCODER,
    as_json: AsJson = False,
) -> None:
    """文件、条款、检索单元、编码模型、指纹、是否过期，以及读入时的删改。"""
    report = _status(documents, index, encoder)
    if as_json:
        _say(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for key, value in report.items():
        if not isinstance(value, list):
            _say(f"{key}: {value}")
    for row in report["documents"]:
        _say(
            f"  {row['document_number']}  {row['clauses']} 条款  "
            f"删除 {row['removals']}  修订 {row['repairs']}  {row['file']}"
        )
        for edit in row["edits"]:
            _say(f"    第 {edit['line']} 行 {edit['rule']}: “{edit['before']}” → “{edit['after']}”")
    for problem in report["problems"]:
        _say(f"注意：{problem}")


def _status(documents: Path, index: Path, encoder: str) -> dict[str, Any]:
    from index.build import expected_fingerprint
    from index.encoder import SHIPPED, fingerprint_of
    from index.library import parse_all
    from index.store import current, read_meta

    parsed, problems = parse_all(documents)
    meta, version = read_meta(index), current(index)
    wanted = expected_fingerprint(documents, fingerprint_of(encoder or str(SHIPPED)))
    return {
        "index": str(version) if version else None,
        "encoder": meta.encoder if meta else None,
        "fingerprint": meta.fingerprint if meta else None,
        "stale": meta is None or meta.fingerprint != wanted,
        "clauses": sum(len(d.clauses) for d in parsed),
        "passages": _count_lines(version / "passages.jsonl") if version else 0,
        "documents": [_document_status(document) for document in parsed],
        "problems": [*problems, *(p for p in (meta.problems if meta else ()) if p not in problems)],
    }


def _count_lines(path: Path) -> int:
    return sum(1 for line in path.read_text(encoding="utf-8").split("\n") if line)


def _document_status(document: Document) -> dict[str, Any]:
    repairs = [edit for edit in document.edits if edit.rule.startswith("repair")]
    return {
        "document_number": document.number,
        "title": document.title,
        "file": document.file,
        "clauses": len(document.clauses),
        "removals": len(document.edits) - len(repairs),
        "repairs": len(repairs),
        "edits": [
            {"rule": edit.rule, "before": edit.before, "after": edit.after, "line": edit.line}
            for edit in document.edits
        ],
    }


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="文号或简称，如 沪府办发〔2025〕5号、5号文")],
    clause: Annotated[str, typer.Argument(help="路径、编号或标签，如 二/(六)/16、第16条、专栏5")] = "",
    documents: Documents = DOCUMENTS,
    as_json: AsJson = False,
) -> None:
    """一份文件的目录，或一个条款的全文和元数据。"""
    from index.library import parse_all
    from index.references import resolve_clause, resolve_document
    from index.serial import clause_view, document_view

    parsed, _ = parse_all(documents)
    found = resolve_document(document, {d.number: d for d in parsed})
    if not clause:
        _say(json.dumps(document_view(found), ensure_ascii=False, indent=2)) if as_json else _print_document(
            found
        )
        return
    one = resolve_clause(found, clause)
    if as_json:
        _say(
            json.dumps({**document_view(found), "clauses": [clause_view(one)]}, ensure_ascii=False, indent=2)
        )
    else:
        _print_clause(found, one)


def _print_document(document: Document) -> None:
    _say(f"{document.number}《{document.title}》")
    dates = {
        "成文": document.issued,
        "印发": document.printed,
        "施行": document.effective_from,
        "有效期至": document.effective_to,
    }
    stated = [f"{name} {day}" for name, day in dates.items() if day]
    period = [f"规划期 {document.period[0]}—{document.period[1]}"] if document.period else []
    _say("，".join([document.issuer, *stated, *period]))
    for clause in document.clauses:
        _say(
            f"{'  ' * (clause.path.count('/') + ('#' in clause.path))}{clause.path}  {clause.label}  {clause.title}"
        )


def _print_clause(document: Document, clause: Clause) -> None:
    _say(f"{document.number} {clause.label}（{clause.path}）")
    for heading in clause.headings:
        _say(heading)
    _say(clause.text)
    if clause.departments:
        _say("责任单位：" + "、".join(clause.departments))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="要找的内容")],
    k: Annotated[int, typer.Option("-k", min=1, help="最多几条")] = 10,
    documents: Documents = DOCUMENTS,
    index: IndexDir = INDEX,
    encoder: EncoderName = ENCODER,
    as_json: AsJson = False,
    explain: Annotated[bool, typer.Option("--explain", help="说明每条的得分从哪里来")] = False,
) -> None:
    """检索条款，按得分排列。"""
    from index.build import build as build_index
    from index.encoder import load_encoder
    from index.query import normalised
    from index.search import Searcher
    from index.serial import hit_view

    model = load_encoder(encoder or None, lean=True)
    stored, _ = build_index(documents, index, model)
    searcher = Searcher(stored, model)
    query = normalised(query)
    if explain:
        _explain(searcher.explain(query, k), as_json)
        return
    rows = [hit_view(hit, searcher.clauses[hit.ref]) for hit in searcher.search(query, k)]
    if as_json:
        _say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        _say(
            f"{row['score']:7.3f}  {row['document_number']} {row['clause_path']}  "
            f"{row['title']}\n         {row['sentence']}"
        )


def _explain(found: Explanation, as_json: bool) -> None:
    """Where the scores come from: words and their weights, then clause by clause what each signal adds."""
    if as_json:
        _say(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    said = "  ".join(word if weight == 1 else f"{word}×{weight:g}" for word, weight in found.words.items())
    _say(f"查的词（×是由日常说法换来的）：{said or '无'}")
    _say(f"文件谈到这个问题的可能：{found.known_ground:.2f}")
    for reason in found.hits:
        hit = reason.hit
        added = "  ".join(f"{name} {value:+.2f}" for name, value in reason.added.items())
        _say(f"{hit.score:7.3f}  {hit.ref}  答得上的可能 {reason.confidence:.2f}\n         {added}")
        if reason.known_question:
            _say(f"         最近的已知问法：{reason.known_question}")
        if hit.sentence:
            _say(f"         最近的句子：{hit.sentence}")


@questions.command()
def check(
    documents: Documents = DOCUMENTS,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="评测用例（JSON Lines）：其中的问题不应出现；可写多次"),
    ] = None,
) -> None:
    """逐行检查格式、条款、作者、重复、长短；有问题时退出码为 1。"""
    from index.library import parse_all
    from index.questions import check as problems_of
    from index.questions import files

    problems = problems_of(documents, parse_all(documents)[0], against or ())
    for problem in problems:
        _say(problem)
    _say(f"{len(files(documents))} 个文件，{f'{len(problems)} 处要改。' if problems else '没有问题。'}")
    if problems:
        raise typer.Exit(1)


@questions.command()
def stats(documents: Documents = DOCUMENTS, as_json: AsJson = False) -> None:
    """每份文件、每个条款有多少问法，按作者和语体；可能被问到而不足 12 个的条款。"""
    from index.library import parse_all
    from index.questions import WANTED, count

    counts = count(documents, parse_all(documents)[0])
    if as_json:
        _say(json.dumps({n: [_count_row(c) for c in rows] for n, rows in counts.items()}, ensure_ascii=False))
        return
    for number, rows in counts.items():
        _say(f"{number}：{_summary(rows)}")
        _say(f"  作者：{_tally(row.authors for row in rows)}")
        _say(f"  语体：{_tally(row.registers for row in rows)}")
        for row in rows:
            few = f"  不足 {WANTED}" if row.too_few else ""
            _say(f"  {row.total:4}  {row.clause.path}  {row.clause.title}{few}")
    together = [row for rows in counts.values() for row in rows]
    _say(f"{len(counts)} 份文件：{_summary(together)}")
    for row in together:  # once more, where they are seen: the list above is long
        if row.too_few:
            _say(f"  {row.total:4}  {row.clause.ref}")


def _summary(rows: Sequence[Count]) -> str:
    from index.questions import WANTED

    few = sum(row.too_few for row in rows)
    return (
        f"{sum(row.total for row in rows)} 个问法，{len(rows)} 个条款，其中可能被问到的 "
        f"{sum(row.askable for row in rows)} 个，不足 {WANTED} 个问法的 {few} 个"
    )


# Options are not declared twice: everything, --help too, is for the other program to read.
@questions.command(
    add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def draft(context: typer.Context) -> None:
    """用语言模型起草问法；选项见 draft --help。"""
    # A process of its own, not a call: this half imports nothing of the other (docs/architecture.md), so that
    # whoever builds an index needs neither langchain nor a key.
    import subprocess

    child = subprocess.Popen([sys.executable, "-m", "assistant", "draft-questions", *context.args])
    try:
        status = child.wait()
    except KeyboardInterrupt:  # it was interrupted as well, and still says what it has written
        status = child.wait()
    raise typer.Exit(status if status >= 0 else 128 - status)


def _tally(counters: Iterable[Counter[str]]) -> str:
    total = sum(counters, Counter[str]())
    return "，".join(f"{name} {times}" for name, times in total.most_common()) or "无"


def _count_row(count: Count) -> dict[str, Any]:
    return {
        "clause_path": count.clause.path,
        "title": count.clause.title,
        "askable": count.askable,
        "questions": count.total,
        "too_few": count.too_few,
        "authors": dict(count.authors),
        "registers": dict(count.registers),
    }


def _say(text: str) -> None:
    typer.echo(text)


def main() -> None:
    """Run the command line; bad input ends with one sentence and status 1."""
    run(app)


if __name__ == "__main__":
    main()
