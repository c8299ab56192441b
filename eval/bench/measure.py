"""The benchmark itself: what is measured, and the aims."""

from __future__ import annotations

import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .processes import Run, run, serve

if TYPE_CHECKING:
    from index.types import Encoder

T = TypeVar("T")
QUESTIONS = Path(__file__).with_name("questions.txt")

# Enough for a p95 that ten answers stand behind (40 questions × 5), in a few seconds.
ROUNDS = 5
# Short commands are run this often and the middle one counts: one start on a shared machine says little.
REPEATS = 3
# As `python -m index build` cuts texts; the assistant, whose settings this process has loaded, keeps it to one core.
ALL_CORES = {"TOKENIZERS_PARALLELISM": "true"}


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of the benchmark, named in English and Chinese; `limit` is the most it may be, or the `least`."""

    key: str
    labels: tuple[str, str]
    unit: str
    limit: float | None = None
    least: bool = False

    def met(self, value: float) -> bool:
        return self.limit is None or (value >= self.limit if self.least else value <= self.limit)

    @property
    def wanted(self) -> str:
        """The limit as tables print it, empty where there is none."""
        return "" if self.limit is None else f"{'≥' if self.least else '≤'} {self.limit:,g} {self.unit}"


AIMS = (
    Aim(
        "build_s", ("Index build, cold, with the encoder's load", "建索引（新进程，含加载向量模型）"), "s", 15
    ),
    Aim("first_answer_s", ("First answer of a new process", "新进程的第一个回答"), "s", 10),
    Aim("page_s", ("Start of the web page", "网页启动"), "s"),
    Aim("ask_p50_ms", ("Session.ask, p50", "单个问题，p50"), "ms", 50),
    Aim("ask_p95_ms", ("Session.ask, p95", "单个问题，p95"), "ms"),
    Aim("search_p50_ms", ("Retrieval alone, p50", "单次检索，p50"), "ms", 5),
    Aim(
        "embed_per_s",
        ("Clauses and sentences embedded a second", "每秒编码的条款和句子数"),
        "/s",
        20_000,
        least=True,
    ),
    Aim(
        "match_first_ms", ("A firm held against all measures, first time", "一家企业对照全部措施，首次"), "ms"
    ),
    Aim("match_ms", ("The same, once their facets are read", "同上，措施已读过"), "ms"),
    Aim(
        "match_many_first_s",
        ("A firm held against 10,000 measures, first time", "对照 10,000 条措施，首次"),
        "s",
    ),
    Aim("match_many_s", ("The same, once their facets are read", "同上，措施已读过"), "s", 1),
    Aim("batch_per_s", ("Batch, questions a second, start included", "批量回答，每秒题数（含启动）"), "/s"),
    Aim("show_s", ("python -m index show", "python -m index show"), "s", 1),
    Aim("help_s", ("python -m assistant --help", "python -m assistant --help"), "s", 1),
    Aim("peak_mb", ("Peak memory of any of these", "以上各项的内存峰值"), "MB", 1200),
)


def questions() -> list[str]:
    """The benchmark's own questions."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def measure(progress: Callable[[str], None]) -> dict[str, float]:
    """Every figure of `AIMS`, over a fresh index in a folder of its own.

    `progress` is told what is being measured.  Cold means a new process; the file cache is as it is found.
    """
    with tempfile.TemporaryDirectory() as folder:
        index = {"POLICY_INDEX_DIR": f"{folder}/index"}
        progress("index build")
        build = run("-m", "index", "build", "--rebuild", **index)
        progress("index show, --help")
        number = _first_document(run("-m", "index", "status", "--json", **index))
        show = _middle([run("-m", "index", "show", number, **index) for _ in range(REPEATS)])
        usage = _middle([run("-m", "assistant", "--help", **index) for _ in range(REPEATS)])
        progress("first answer")
        ask = ("-m", "assistant", "ask", questions()[0], "--json")
        first = _middle([run(*ask, **index) for _ in range(REPEATS)])
        progress("web page")
        page = serve("app.py", **index)
        progress("batch")
        asked, batch = _batch(Path(folder), index)
        progress("Session.ask")
        # In a process of its own too: what it holds is then its own peak, and this one stays small.
        inside = run("-m", "eval.bench", "--inside", **index, **ALL_CORES)
    return {
        "build_s": build.seconds,
        "first_answer_s": first.seconds,
        "page_s": page.seconds,
        **json.loads(inside.output.splitlines()[-1]),
        "batch_per_s": asked / batch.seconds,
        "show_s": show.seconds,
        "help_s": usage.seconds,
        "peak_mb": max(run.peak_mb for run in (build, first, page, batch, inside)),
    }


def ask_in_process() -> dict[str, float]:
    """p50 and p95 in ms of `Session.ask` and of the search alone, warmed up, over every question `ROUNDS` times;
    how many of the documents' own passages are embedded in a second; and how fast firms are matched."""
    # Here, because the process that measures from outside must not load them.
    from assistant.session import Session
    from assistant.settings import get_settings
    from assistant.types import Question
    from index.encoder import load_encoder
    from index.passages import passages

    from .matching import matching

    settings = get_settings()
    session = Session.open(settings, learned=False)
    asked = [Question(text=text, as_of=settings.today()) for text in questions()]
    session.ask(asked[0])
    times = latencies(session.ask, asked * ROUNDS)
    found = latencies(session.searcher.search, questions() * ROUNDS)
    texts = [passage.text for document in session.documents.values() for passage in passages(document)]
    return {
        "ask_p50_ms": percentile(times, 50),
        "ask_p95_ms": percentile(times, 95),
        "search_p50_ms": percentile(found, 50),
        "embed_per_s": embedded_per_second(load_encoder(settings.encoder, lean=True), texts),
        **matching(session.documents, settings.today()),
    }


def latencies(ask: Callable[[T], object], asked: Sequence[T]) -> list[float]:
    """How long each question took, in ms."""
    times = []
    for one in asked:
        start = time.perf_counter()
        ask(one)
        times.append(1000 * (time.perf_counter() - start))
    return times


def embedded_per_second(encoder: Encoder, texts: Sequence[str], batch: int = 512) -> float:
    """How many texts a second are embedded, in batches as a build does it: the best of `REPEATS` rounds, because
    whatever else runs on the machine only ever takes time."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for begin in range(0, len(texts), batch):
            encoder.encode(texts[begin : begin + batch])
        seconds.append(time.perf_counter() - start)
    return len(texts) / min(seconds)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _batch(folder: Path, index: dict[str, str]) -> tuple[int, Run]:
    lines = [json.dumps({"question": text}, ensure_ascii=False) for text in questions() * ROUNDS]
    source, target = folder / "questions.jsonl", folder / "answers.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    batch = run("-m", "assistant", "ask", "--input", str(source), "--output", str(target), **index)
    return len(target.read_text(encoding="utf-8").splitlines()), batch


def _middle(runs: Sequence[Run]) -> Run:
    seconds = statistics.median_low([run.seconds for run in runs])
    return next(run for run in runs if run.seconds == seconds)


def _first_document(status: Run) -> str:
    number: str = json.loads(status.output)["documents"][0]["document_number"]
    return number
