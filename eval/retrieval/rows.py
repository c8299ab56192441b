"""The lines of a collection's files, plain or gzipped, and the fields of their rows."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from index.types import PolicyError


def lines(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """(file and line number, text) of every line that is not blank.  Raises `PolicyError` for an unreadable file."""
    path = next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
    if path is None:
        raise PolicyError(f"{folder} 中没有 {name}（或 {name}.gz）；请用 --data 指定放有这些文件的文件夹。")
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path.name} 第 {number} 行", line.rstrip("\r\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        raise PolicyError(f"{path} 读不出来；请检查它是否完整、是否为 UTF-8 编码。") from None


def _opened(path: Path) -> IO[str]:
    # utf-8-sig: a file may begin with the mark that some editors put there.
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="\n")
    return path.open(encoding="utf-8-sig", newline="\n")


def json_object(line: str) -> dict[str, Any]:
    """Raises `PolicyError` for a line that holds none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise PolicyError("不是合法的 JSON") from None
    if not isinstance(row, dict):
        raise PolicyError("不是 JSON 对象")
    return row


def text_of(row: dict[str, Any], field: str) -> str:
    """Raises `PolicyError` where the field is missing or no string."""
    value = row.get(field)
    if not isinstance(value, str):
        raise PolicyError(f"缺少字段 {field}，或者它不是字符串")
    return value


def id_of(row: dict[str, Any]) -> str:
    """A row's id.  Raises `PolicyError` for one with white space, where run files of TREC form would break."""
    id = text_of(row, "id")
    if id.split() != [id]:
        raise PolicyError(f"编号“{id}”不能为空，也不能含空白")
    return id
