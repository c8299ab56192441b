"""A file of JSON Lines → its lines with their numbers, and one sentence for each that is no JSON object."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.types import PolicyError


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds a JSON object: its number (from 1), its text, and the object."""

    number: int
    text: str
    row: dict[str, Any]


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, unpacked if it ends in .gz.  Raises `PolicyError` with what to do."""
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise PolicyError(
            f"{path} 打不开（{getattr(error, 'strerror', None) or error}），请检查路径。"
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path} 不是 UTF-8 编码，请另存为 UTF-8 后重试。") from None


def read_lines(path: Path) -> tuple[list[Line], list[str]]:
    """The JSON objects of a file, and a sentence for each line that is none; empty lines are skipped."""
    found, problems = [], []
    for number, text in enumerate(read_text(path).replace("\r\n", "\n").split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except json.JSONDecodeError as error:
            problems.append(f"{path.name} 第 {number} 行不是合法的 JSON（第 {error.colno} 列），已跳过。")
            continue
        except (ValueError, RecursionError):
            problems.append(f"{path.name} 第 {number} 行的 JSON 太大或嵌套太深，已跳过。")
            continue
        if isinstance(row, dict):
            found.append(Line(number, text, row))
        else:
            problems.append(f"{path.name} 第 {number} 行应是一个 JSON 对象，已跳过。")
    return found, problems


def write_lines(path: Path, rows: Iterable[Any]) -> None:
    """Writes one JSON object a line, UTF-8."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
