"""What the peers share: reading the files, the encoder, and the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import numpy as np
import typer

from assistant.batch import answer_lines
from assistant.settings import get_settings
from assistant.types import Status
from eval.peers.align import Source
from eval.peers.answering import Search, answering
from index.command import run
from index.encoder import load_encoder
from index.library import parse_all
from index.reader import read_text
from index.types import Encoder, PolicyError, Vectors

Build = Callable[[Sequence[Source]], Search]


def read_sources(folder: Path) -> list[Source]:
    """Every policy file of the folder.  Raises `PolicyError` when there is none."""
    documents, _ = parse_all(folder)
    if not documents:
        raise PolicyError(f"{folder} 中没有可读的政策文件，请放入 UTF-8 的 .txt 或 .md 文件后重试。")
    return [Source(document, read_text(folder / document.file)) for document in documents]


def our_encoder() -> Encoder:
    """The encoder that the assistant searches with, loaded the same way."""
    return load_encoder(get_settings().encoder or None, lean=True)


def query_vector(encoder: Encoder, question: str) -> Vectors:
    """The vector of a question, shape (dimension,).

    A question without any character that the encoder knows gets one as well: libraries divide by its length.
    """
    # Half of a surrogate pair, which JSON may hold, is no text to a tokenizer.
    row = encoder.encode_query([question.encode("utf-8", "replace").decode()])[0]
    return row if row.any() else np.full_like(row, row.size**-0.5)


def command(name: str, build: Build, top_k: int) -> None:
    """The command line of a peer."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command()
    def main(
        source: Annotated[Path, typer.Option("--input", help="JSON Lines 输入文件，- 为标准输入")],
        target: Annotated[Path, typer.Option("--output", help="输出文件，- 为标准输出")] = Path("-"),
    ) -> None:
        """逐行回答一个文件，格式与 python -m assistant ask 相同。"""
        raise typer.Exit(_batch(name, build, top_k, source, target))

    run(app)


def _batch(name: str, build: Build, top_k: int, source: Path, target: Path) -> int:
    """Answers a file line by line; 1 if any line was invalid."""
    settings = get_settings()
    sources, lines = read_sources(settings.documents_dir), _lines(source)
    try:
        search = build(sources)
    except ModuleNotFoundError as error:
        raise PolicyError(f"缺少 {error.name} 这个包，请先运行 make peers 安装。") from None
    failed = False
    with _opened(target) as out:
        for row in answer_lines(lines, answering(name, search, sources, top_k), settings.today()):
            # All in ASCII: whatever the question held, the line can be written.
            out.write(json.dumps(row) + "\n")
            out.flush()
            failed |= row["status"] == Status.INVALID_INPUT
    return int(failed)


def _lines(source: Path) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        return data.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise PolicyError(f"{source} 打不开（{error.strerror}），请检查路径和权限。") from None
    except UnicodeDecodeError:
        raise PolicyError(f"{source} 不是 UTF-8 编码，请另存为 UTF-8 后重试。") from None


@contextmanager
def _opened(target: Path) -> Iterator[TextIO]:
    if str(target) == "-":
        yield sys.stdout
        return
    try:
        stream = target.open("w", encoding="utf-8")
    except OSError as error:
        raise PolicyError(f"{target} 写不进去（{error.strerror}），请检查路径和权限。") from None
    with stream:
        yield stream
