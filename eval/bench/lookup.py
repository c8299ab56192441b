"""What an agent waits for in 坐席查询: from a key in a real browser to its painted results, and the search behind it.

The search is measured in this process, beside the same search with questions that agents have added.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import Aim, latencies, percentile, questions
from .processes import BenchError, serving

if TYPE_CHECKING:
    from index.search import Searcher

LOOKUP_AIMS = (
    Aim("key_p50_ms", ("Key to painted results, p50", "按键到结果显示，p50"), "ms", 150),
    Aim("key_p95_ms", ("Key to painted results, p95", "按键到结果显示，p95"), "ms"),
    Aim("search_p50_ms", ("The search alone, p50", "单次检索，p50"), "ms"),
    Aim("learned_p50_ms", ("The same with 500 added questions", "同上，另有 500 个补充问法"), "ms"),
    Aim("learned_ratio", ("What the added questions cost", "补充问法使检索变为"), "×", 1.5),
)
# As agents type: what a caller asks, a short reference, a few words.
TYPED = ("海外投资有损失怎么办", "5号文16", "算力券 虹口")
ADDED = 500
ROUNDS = 5

# A text → for each of its keys the ms until the list of results has been painted.
_TYPING = """async (text) => {
  const box = document.querySelector("#lookup-text");
  const found = document.querySelector("#lookup-found");
  const taken = [];
  for (let end = 1; end <= text.length; end++) {
    const painted = new Promise((done) => {
      const watching = new MutationObserver(() => {
        watching.disconnect();
        requestAnimationFrame(() => setTimeout(done));
      });
      watching.observe(found, { childList: true });
    });
    const begun = performance.now();
    box.value = text.slice(0, end);
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await painted;
    taken.push(performance.now() - begun);
  }
  return taken;
}"""


def measure_lookup(browser: Path, rounds: int = ROUNDS) -> dict[str, float]:
    """The figures of `LOOKUP_AIMS`, with the chromium at `browser`, every text so often.  Raises `BenchError`."""
    if not browser.exists():
        raise BenchError(f"no browser at {browser}; install chromium, or say where it is with --browser")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("app.py", POLICY_STATE_FILE=str(Path(folder) / "state.sqlite3")) as page,
    ):
        keys = _typed(browser, page.address, rounds)
    plain, learned = _searches(rounds)
    return {
        "key_p50_ms": percentile(keys, 50),
        "key_p95_ms": percentile(keys, 95),
        "search_p50_ms": plain,
        "learned_p50_ms": learned,
        "learned_ratio": learned / plain,
    }


def _typed(browser: Path, address: str, rounds: int) -> list[float]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise BenchError("playwright is missing; run make setup") from None
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/?view=lookup")
        page.wait_for_function("history.state?.lookup")
        page.evaluate(_TYPING, TYPED[0])  # the first search of a page loads what all use
        keys = [ms for _ in range(rounds) for text in TYPED for ms in page.evaluate(_TYPING, text)]
        chromium.close()
    return keys


def _searches(rounds: int) -> tuple[float, float]:
    """p50 in ms of the search over the benchmark's questions, and of the same with `ADDED` questions."""
    from assistant.session import Session
    from assistant.settings import get_settings

    searcher = Session.open(get_settings(), learned=False).searcher
    learned = with_added(searcher, ADDED)
    searcher.search(questions()[0])
    plain, slower = (latencies(one.search, questions() * rounds) for one in (searcher, learned))
    return percentile(plain, 50), percentile(slower, 50)


def with_added(searcher: Searcher, count: int) -> Searcher:
    """The search with so many of its known questions added once more, each in words of its own."""
    from index.questions import Row

    passages = searcher.stored.passages["question"]
    chosen = [passages[at % len(passages)] for at in range(count)]
    rows = [
        Row(f"补充问法 {at}", one.ref, f"{one.text}啊{at}", author="测速") for at, one in enumerate(chosen)
    ]
    return searcher.with_questions(rows)
