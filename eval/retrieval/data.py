"""A folder with corpus.jsonl, queries.jsonl and qrels.tsv (each may be .gz) → a Collection, and what is wrong with it.

    corpus.jsonl   {"id": "r0", "title": "…", "text": "…"}; title may be missing
    queries.jsonl  {"id": "0", "text": "…"}
    qrels.tsv      query-id TAB document-id TAB relevance (0, 1, 2 …), with or without a header line

A row that cannot be used is skipped and named; a file that cannot be read ends the work.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from eval.retrieval.rows import id_of, json_object, lines, text_of
from index.types import PolicyError

Qrels = Mapping[str, Mapping[str, int]]
_Row = TypeVar("_Row")
# One seed for all: two people who take the same sample of the same files compare the same queries.
_SEED = 20261120


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of a collection, as it was published with it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries and which document answers which query, all by id, in the order of the files.

    Every query has a relevant document; `unjudged` queries had none and were left out.  `sampled_from` is the
    number of queries that a sample was drawn from, None for all of them.
    """

    name: str
    corpus: Mapping[str, Entry]
    queries: Mapping[str, str]
    qrels: Qrels
    unjudged: int = 0
    sampled_from: int | None = None

    def sample(self, n: int) -> Collection:
        """The whole corpus with n of the queries, always the same ones; all of them where n is not smaller."""
        if n >= len(self.queries):
            return self
        chosen = set(random.Random(_SEED).sample(list(self.queries), n))
        return replace(
            self,
            queries={id: text for id, text in self.queries.items() if id in chosen},
            qrels={id: judged for id, judged in self.qrels.items() if id in chosen},
            sampled_from=len(self.queries),
        )


def load(folder: Path) -> tuple[Collection, list[str]]:
    """The collection of a folder, and one sentence for each row that was skipped.

    Raises `PolicyError` for a missing or unreadable file, and where nothing is left to measure.
    """
    problems: list[str] = []
    corpus = _unique(folder, "corpus.jsonl", _entry, problems)
    queries = _unique(folder, "queries.jsonl", _query, problems)
    qrels = _qrels(folder, corpus, queries, problems)
    judged = {
        id: qrels[id] for id in queries if any(relevance > 0 for relevance in qrels.get(id, {}).values())
    }
    if not judged:
        raise PolicyError(f"{folder} 中没有可以评测的问题；请检查 corpus、queries、qrels 的编号是否一致。")
    asked = {id: queries[id] for id in judged}
    return Collection(folder.resolve().name, corpus, asked, judged, len(queries) - len(asked)), problems


def _unique(
    folder: Path, name: str, read: Callable[[dict[str, Any]], _Row], problems: list[str]
) -> dict[str, _Row]:
    """The rows of a JSON Lines file by id; of two rows with one id the first counts."""
    found: dict[str, _Row] = {}
    for place, line in lines(folder, name):
        try:
            row = json_object(line)
            id, value = id_of(row), read(row)
            if id in found:
                raise PolicyError(f"编号“{id}”重复")
            found[id] = value
        except PolicyError as error:
            problems.append(f"{place}：{error}，已跳过。")
    return found


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(text_of({"title": "", **row}, "title"), text_of(row, "text"))


def _query(row: dict[str, Any]) -> str:
    text = text_of(row, "text")
    if not text.strip():
        raise PolicyError("问题是空的")
    return text


def _qrels(
    folder: Path, corpus: Mapping[str, Entry], queries: Mapping[str, str], problems: list[str]
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for at, (place, line) in enumerate(lines(folder, "qrels.tsv")):
        if at == 0 and line.startswith("query-id"):
            continue
        try:
            query, document, relevance = _judgement(line)
            if query not in queries:
                raise PolicyError(f"queries 中没有问题“{query}”")
            if document not in corpus:
                raise PolicyError(f"corpus 中没有文档“{document}”")
            # Some files say the same thing twice; only a second opinion is a problem.
            if found.setdefault(query, {}).setdefault(document, relevance) != relevance:
                raise PolicyError(f"问题“{query}”与文档“{document}”已有另一个相关度")
        except PolicyError as error:
            problems.append(f"{place}：{error}，已跳过。")
    return found


def _judgement(line: str) -> tuple[str, str, int]:
    fields = line.split("\t")
    if len(fields) != 3 or not fields[2].strip().isdecimal():
        raise PolicyError("应为“问题编号 TAB 文档编号 TAB 相关度（0 或正整数）”")
    return fields[0], fields[1], int(fields[2])
