"""The built index on disk: written aside, checked by checksums, and swapped in by one rename.

    <index folder>/CURRENT             the name of the version that serves (replaced atomically)
    <index folder>/v-<fingerprint>/    documents.json passages.jsonl clause.faiss sentence.faiss question.faiss
                                       lexical-*/ meta.json (with the checksum of every other file)

A crash or a full disk in mid-build leaves CURRENT, and so the old index, as it was.  Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from index.dense import Dense
from index.lexical import Lexical
from index.serial import document_from_json, document_to_json
from index.types import ClauseRef, Document, Passage, PolicyError

GRANULARITIES = ("clause", "sentence", "question")
LEXICAL = ("clause", "question")


class StoreError(PolicyError):
    """A stored index that is missing or damaged; building it anew mends it."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What an index was built from; `digests` are those of the sources by file name."""

    fingerprint: str
    encoder: str
    encoder_fingerprint: str
    digests: Mapping[str, str]
    problems: tuple[str, ...] = ()
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """A built index in memory."""

    meta: Meta
    documents: tuple[Document, ...]
    passages: Mapping[str, tuple[Passage, ...]]
    dense: Mapping[str, Dense]
    lexical: Mapping[str, Lexical]


def save(stored: Stored, folder: Path) -> Path:
    """Write a version beside the one that serves, then make it the current one.  Returns its folder."""
    aside = folder / f".building-{uuid4().hex[:8]}"
    final = folder / f"v-{stored.meta.fingerprint}-{uuid4().hex[:6]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(stored, aside)
        (aside / "CURRENT").write_text(final.name, encoding="utf-8")
        aside.rename(final)
        os.replace(final / "CURRENT", folder / "CURRENT")
    except (OSError, RuntimeError) as error:  # faiss reports a full disk as a RuntimeError
        shutil.rmtree(final, ignore_errors=True)
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise StoreError(
            f"索引写不进 {folder}（{reason}），原有索引不受影响；请检查磁盘空间和权限。"
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _sweep(folder, final.name)
    return final


def _write(stored: Stored, aside: Path) -> None:
    aside.mkdir()
    documents = (_json(document_to_json(document)) for document in stored.documents)
    _write_parts(aside / "documents.json", "[", documents, ", ", "]")
    rows = (
        _json([name, p.ref.document_number, p.ref.path, p.text])
        for name, passages in stored.passages.items()
        for p in passages
    )
    _write_parts(aside / "passages.jsonl", "", rows, "\n", "")
    for name, dense in stored.dense.items():
        dense.save(aside / f"{name}.faiss")
    for name, lexical in stored.lexical.items():
        (aside / f"lexical-{name}").mkdir()
        lexical.save(aside / f"lexical-{name}")
    meta = {
        "fingerprint": stored.meta.fingerprint,
        "encoder": stored.meta.encoder,
        "encoder_fingerprint": stored.meta.encoder_fingerprint,
        "digests": dict(stored.meta.digests),
        "problems": list(stored.meta.problems),
        "checksums": _checksums(aside),
    }
    (aside / "meta.json").write_text(_json(meta), encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_parts(path: Path, begin: str, parts: Iterable[str], between: str, end: str) -> None:
    """One part after the other: the text of a large index is never in memory as a whole."""
    with path.open("w", encoding="utf-8") as file:
        file.write(begin)
        for at, part in enumerate(parts):
            file.write(between + part if at else part)
        file.write(end)


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "meta.json")
    return {path.relative_to(folder).as_posix(): _checksum(path) for path in files}


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sweep(folder: Path, keep: str) -> None:
    """Remove versions that serve no more, and what a killed build left an hour ago or more."""
    left = [p for p in folder.glob(".building-*") if time.time() - p.stat().st_mtime > 3600]
    for path in [*folder.glob("v-*"), *left]:
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)


def current(folder: Path) -> Path | None:
    """The folder of the version that serves, or None."""
    pointer = folder / "CURRENT"
    if not pointer.is_file():
        return None
    version = folder / pointer.read_text(encoding="utf-8", errors="replace").strip()
    return version if (version / "meta.json").is_file() else None


def read_meta(folder: Path) -> Meta | None:
    """What the serving index was built from, or None when there is none (or it cannot be read)."""
    version = current(folder)
    if version is None:
        return None
    try:
        row = json.loads((version / "meta.json").read_text(encoding="utf-8"))
        return Meta(**{**row, "problems": tuple(row["problems"])})
    except (ValueError, TypeError, KeyError, OSError):
        return None


def load(folder: Path) -> Stored:
    """The serving index, its checksums compared.  Raises `StoreError` when it is missing or damaged."""
    version, meta = current(folder), read_meta(folder)
    if version is None or meta is None:
        raise StoreError(f"{folder} 中没有可用的索引，请先运行 python -m index build。")
    try:
        found = _checksums(version)
    except OSError as error:
        raise StoreError(f"索引 {version.name} 读不出来（{error.strerror}），请重试，或重新构建。") from error
    if found != dict(meta.checksums):
        damaged = sorted(
            name for name in {*found, *meta.checksums} if found.get(name) != meta.checksums.get(name)
        )
        raise StoreError(f"索引文件 {damaged[0]} 已损坏，请运行 python -m index build --rebuild 重建。")
    documents = tuple(
        map(document_from_json, json.loads((version / "documents.json").read_text(encoding="utf-8")))
    )
    passages = _read_passages(version / "passages.jsonl")
    return Stored(
        meta=meta,
        documents=documents,
        passages=passages,
        dense={name: Dense.load(version / f"{name}.faiss") for name in GRANULARITIES},
        lexical={name: Lexical.load(version / f"lexical-{name}", len(passages[name])) for name in LEXICAL},
    )


def _read_passages(path: Path) -> dict[str, tuple[Passage, ...]]:
    found: dict[str, list[Passage]] = {name: [] for name in GRANULARITIES}
    refs: dict[tuple[str, str], ClauseRef] = {}
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            name, number, where, text = json.loads(line)
            ref = refs.setdefault((number, where), ClauseRef(number, where))
            found[name].append(Passage(ref, text, name))
    return {name: tuple(rows) for name, rows in found.items()}


def group(passages: Sequence[Passage]) -> dict[str, tuple[Passage, ...]]:
    """Passages by granularity."""
    return {name: tuple(p for p in passages if p.granularity == name) for name in GRANULARITIES}
