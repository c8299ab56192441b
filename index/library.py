"""A folder of policy files → `Document` values, with one sentence for each thing that is wrong.

A file that cannot be read never stops the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.manifest import NAME, Entry, apply_repairs, load_manifest
from index.metadata import TERM, Facts, document_number, read_facts
from index.outline import Outline, outline
from index.reader import SUFFIXES, ReadError, read_text
from index.types import Clause, ClauseRef, Document, Kind, PolicyError


@dataclass(frozen=True, slots=True)
class Source:
    """A policy file and what the manifest says of it."""

    path: Path
    entry: Entry

    @property
    def digest(self) -> str:
        """Changes when the file or its manifest row does; a file that cannot be read is named when it is parsed."""
        try:
            data = self.path.read_bytes()
        except OSError:
            data = b""
        return hashlib.sha256(data + repr(self.entry).encode()).hexdigest()


def sources(folder: Path) -> tuple[list[Source], list[str]]:
    """The files to parse, by name, and a sentence for each that manifest and folder disagree on."""
    if not folder.is_dir():
        raise PolicyError(f"文件目录 {folder} 不存在，请检查 POLICY_DOCUMENTS_DIR 或 --documents。")
    entries = load_manifest(folder)
    files = [p for p in folder.iterdir() if p.is_file() and p.name != NAME and not p.name.startswith(".")]
    files.sort(key=lambda p: (p.name not in entries, p.name))  # of two with one number the listed one is kept
    problems = [
        f"清单列出的 {name} 不在目录中，请放入文件或删去该行。"
        for name in entries
        if not (folder / name).exists()
    ]
    found = []
    for path in files:
        if path.name not in entries:
            if path.suffix.lower() not in SUFFIXES:
                problems.append(f"{path.name}：不支持的格式，已跳过；请另存为 UTF-8 的 .txt 或 .md 文件。")
                continue
            if entries:
                problems.append(f"{path.name} 不在 {NAME} 中，已按正文读取；请在清单中补一行。")
        found.append(Source(path, entries.get(path.name, Entry(path.name))))
    return found, problems


def parse(source: Source) -> Document:
    """Parse one file.  Raises `ReadError` when it holds no readable text."""
    raw = read_text(source.path)
    entry = source.entry
    text, repairs, problems = apply_repairs(raw, entry.repairs)
    parts = outline(text)
    facts = _facts(parts)
    number = document_number(entry.number) or entry.number or facts.number or source.path.stem
    document = Document(
        number=number,
        title=entry.title or parts.title or source.path.stem,
        issuer=entry.issuer or facts.issuer or "",
        file=source.path.name,
        clauses=tuple(_numbered(clause, number) for clause in parts.clauses),
        signed=entry.issued or facts.signed,
        printed=facts.printed,
        effective_from=entry.effective_from or facts.effective_from,
        effective_to=entry.effective_to or facts.effective_to,
        period=facts.period,
        aliases=entry.aliases,
        source=entry.source,
        edits=(*repairs, *parts.edits),
        warnings=(*problems, *parts.warnings, *_disagreements(source, entry, facts, parts)),
    )
    return document


def _numbered(clause: Clause, number: str) -> Clause:
    return replace(clause, ref=ClauseRef(number, clause.path))


def _facts(parts: Outline) -> Facts:
    text = {kind: "\n".join(c.text for c in parts.clauses if c.kind is kind) for kind in Kind}
    front = text[Kind.HEADER] or text[Kind.PARAGRAPH]
    # Behind annexes stands the block with the day of printing; what is no day on a line of its own is passed over.
    closing = "\n".join([text[Kind.CLOSING], *_terms(parts), *(c.text for c in parts.clauses[-1:])])
    return read_facts(front, text[Kind.PREAMBLE], closing, parts.title, parts.outer_title)


def _terms(parts: Outline) -> list[str]:
    """Rules in articles (第三十条 本办法自…起施行) say their term in one of the last, annexes aside."""
    return [c.text for c in parts.clauses if c.kind is not Kind.CLOSING and TERM.search(c.text)][-1:]


def _disagreements(source: Source, entry: Entry, facts: Facts, parts: Outline) -> Iterator[str]:
    digest = hashlib.sha256(source.path.read_bytes()).hexdigest()
    if entry.sha256 and entry.sha256 != digest:
        yield f"sha256 与清单不符（实为 {digest[:12]}…）：文件已变，请核对后更新清单。"
    pairs = (
        ("文号", document_number(entry.number) or entry.number, facts.number),
        ("标题", _plain(entry.title), _plain(parts.title)),
        ("发文机关", entry.issuer, facts.issuer),
        ("成文日期", entry.issued, facts.signed),
        ("施行日期", entry.effective_from, facts.effective_from),
        ("有效期至", entry.effective_to, facts.effective_to),
    )
    for name, listed, read in pairs:
        if listed and read and listed != read:
            yield f"{name}：清单写“{listed}”，正文是“{read}”；按清单使用，请核对。"


def _plain(title: str) -> str:
    return "".join(c for c in title if c.isalnum())


def parse_all(folder: Path) -> tuple[list[Document], list[str]]:
    """Every readable file of the folder, and all problems.  Of documents with the same number
    the first is kept, and it is said so."""
    found, problems = sources(folder)
    documents: dict[str, Document] = {}
    for source in found:
        try:
            document = parse(source)
        except ReadError as error:
            problems.append(str(error))
            continue
        keep(document, documents, problems)
    return list(documents.values()), problems


def keep(document: Document, documents: dict[str, Document], problems: list[str]) -> None:
    """Add a document unless its number is taken; its warnings join the problems."""
    if document.number in documents:
        other = documents[document.number].file
        problems.append(
            f"{document.file} 与 {other} 的文号同为 {document.number}，已跳过；请删去重复的文件。"
        )
        return
    documents[document.number] = document
    problems += [f"{document.file}：{warning}" for warning in document.warnings]
