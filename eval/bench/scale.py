"""The benchmark at scale: articles of laws → policy files → index → searches.

In: JSON lines of `title`, `path` (第一章 总则/第一条) and `text`.  Out: times, memory, and how near the approximate
vector indexes come to the exact one, all of one run on one machine.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from .measure import ALL_CORES, Aim, embedded_per_second, latencies, percentile, questions
from .processes import BenchError, run

if TYPE_CHECKING:
    from index.dense import Dense
    from index.types import Vectors

# The questions are put this often, and the fastest round counts: the machine is rarely ours alone.
ROUNDS = 5
DEPTHS = (10, 100, 1000)

SCALE_AIMS = (
    Aim("articles", ("Articles", "条文数"), ""),
    Aim("clauses", ("Clauses", "条款数"), ""),
    Aim("sentences", ("Sentences", "句子数"), ""),
    Aim("build_s", ("Index build, cold", "建索引（新进程）"), "s", 180),
    Aim("build_cpu_s", ("Processor time of the build", "建索引的处理器时间"), "s"),
    Aim("build_peak_mb", ("Peak memory of the build", "建索引的内存峰值"), "MB", 2500),
    Aim("index_mb", ("Index on disk", "索引大小"), "MB"),
    Aim("load_s", ("Index load", "载入索引"), "s"),
    Aim("search_p50_ms", ("Retrieval alone, p50, best round", "单次检索，p50，最快一轮"), "ms", 30),
    Aim("search_p95_ms", ("Retrieval alone, p95, best round", "单次检索，p95，最快一轮"), "ms"),
    Aim("embed_per_s", ("Clauses embedded a second", "每秒编码的条款数"), "/s", 20_000, least=True),
)


# `kind`, `build_s`, `size_mb`, `p50_ms` and the recall of the exact index's first rows.
Compared = TypedDict(
    "Compared",
    {
        "kind": str,
        "build_s": float,
        "size_mb": float,
        "p50_ms": float,
        "recall@10": float,
        "recall@100": float,
        "recall@1000": float,
    },
)


def measure_scale(
    data: Path, limit: int | None, progress: Callable[[str], None]
) -> tuple[dict[str, float], list[Compared]]:
    """The figures of `SCALE_AIMS`, and one row for each kind of vector index over the sentences.

    Build and search run in fresh processes, over files that the real reader parses.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        progress("writing files")
        count = write_laws(islice(articles(data), limit), folder / "documents")
        places = {
            "POLICY_DOCUMENTS_DIR": str(folder / "documents"),
            "POLICY_INDEX_DIR": str(folder / "index"),
            **ALL_CORES,
        }
        progress("index build")
        build = run("-m", "index", "build", "--rebuild", **places)
        size = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
        progress("search")
        # `scale` needs a --data; the process inside reads the index instead.
        inside = run("-m", "eval.bench", "scale", "--data", str(data), "--inside", **places)
    found: dict[str, Any] = json.loads(inside.output.splitlines()[-1])
    return {
        "articles": count,
        "build_s": round(build.seconds, 1),
        "build_cpu_s": round(build.cpu_seconds, 1),
        "build_peak_mb": round(build.peak_mb),
        "index_mb": round(size / 1e6),
        **found["figures"],
    }, found["kinds"]


def articles(data: Path) -> Iterator[dict[str, str]]:
    """The rows of a file of articles.  Raises `BenchError` when it cannot be read as such."""
    try:
        with (
            gzip.open(data, "rt", encoding="utf-8")
            if data.suffix == ".gz"
            else data.open(encoding="utf-8") as lines
        ):
            for line in lines:
                row = json.loads(line)
                yield {name: row[name] for name in ("title", "path", "text")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchError(f"读不了 {data}：应当每行一个 JSON 对象，有 title、path 和 text。") from error


def write_laws(rows: Iterable[dict[str, str]], folder: Path) -> int:
    """One text file a law, as such files are published: title, headings, 第几条.  Gives the number of articles."""
    laws: dict[str, list[str]] = {}
    above: dict[str, list[str]] = {}
    count = 0
    for row in rows:
        count += 1
        lines = laws.setdefault(row["title"], [row["title"], ""])
        *heads, label = row["path"].split("/")
        before = above.get(row["title"], [])
        lines += [head for at, head in enumerate(heads) if heads[: at + 1] != before[: at + 1]]
        lines.append(f"{label}\u3000{row['text']}")
        above[row["title"]] = heads
    folder.mkdir(parents=True)
    for at, lines in enumerate(laws.values()):
        (folder / f"law-{at:05d}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return count


def search_in_process() -> dict[str, Any]:
    """`figures` of the search over the index that the settings name, and `kinds`: the vector indexes compared."""
    from index import store
    from index.encoder import load_encoder
    from index.search import Searcher
    from index.settings import IndexSettings

    settings = IndexSettings()
    encoder = load_encoder(settings.encoder, lean=True)
    start = time.perf_counter()
    stored = store.load(settings.index_dir)
    searcher = Searcher(stored, encoder)
    load_s = time.perf_counter() - start
    searcher.search(questions()[0])
    rounds = [latencies(searcher.search, questions()) for _ in range(ROUNDS)]
    best = min(rounds, key=lambda times: percentile(times, 50))
    clauses = [passage.text for passage in stored.passages["clause"]]
    figures = {
        "clauses": len(clauses),
        "sentences": len(stored.passages["sentence"]),
        "load_s": round(load_s, 2),
        "search_p50_ms": round(percentile(best, 50), 2),
        "search_p95_ms": round(percentile(best, 95), 2),
        "embed_per_s": round(embedded_per_second(encoder, clauses)),
    }
    vectors = stored.dense["sentence"].vectors()
    return {"figures": figures, "kinds": compare_kinds(vectors, encoder.encode_query(questions()))}


def compare_kinds(vectors: Vectors, queries: Vectors) -> list[Compared]:
    """Every kind of index over the same vectors: what it costs, and which of the exact rows it finds."""
    from index.dense import Dense, Kind

    exact: list[list[int]] = []
    rows: list[Compared] = []
    for kind in Kind:
        start = time.perf_counter()
        index = Dense.build(vectors, kind)
        build_s = time.perf_counter() - start
        found = [index.search(query, max(DEPTHS))[0].tolist() for query in queries]
        exact = exact or found  # flat comes first
        search = partial(index.search, k=max(DEPTHS))
        times = min((latencies(search, list(queries)) for _ in range(ROUNDS)), key=sum)
        at_10, at_100, at_1000 = (recall(found, exact, depth) for depth in DEPTHS)
        rows.append(
            {
                "kind": kind.value,
                "build_s": round(build_s, 2),
                "size_mb": round(_stored_bytes(index) / 1e6, 1),
                "p50_ms": round(percentile(times, 50), 2),
                "recall@10": at_10,
                "recall@100": at_100,
                "recall@1000": at_1000,
            }
        )
    return rows


def recall(found: Sequence[Sequence[int]], exact: Sequence[Sequence[int]], depth: int) -> float:
    """The share of the first `depth` exact rows that are among the first `depth` found, mean over the queries."""
    shares = [
        len(set(ours[:depth]) & set(theirs[:depth])) / len(theirs[:depth])
        for ours, theirs in zip(found, exact, strict=True)
    ]
    return round(sum(shares) / len(shares), 4)


def _stored_bytes(index: Dense) -> int:
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder) / "index.faiss")
        return (Path(folder) / "index.faiss").stat().st_size
