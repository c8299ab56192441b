"""`python -m tests.ui.screenshots`: takes the pictures in docs/screenshots/ anew from the running app.

`python -m tests.ui.screenshots match lookup-375` takes only those whose names begin so.  Pictures are named after
area, width and language; the evaluation's show a real run, made for them in a folder that is deleted afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.ui.conftest import CHROMIUM, FLAGS, ROOT, ask, running_app, wait_until_opened

PICTURES = ROOT / "docs" / "screenshots"
QUESTION = "专业服务机构海外投资有损失，有什么保障？"
IN_ENGLISH = "Is there support for accounting firms in the Middle East?"
CALL = "海外投资有损失怎么办"
FIVE = "沪府办发〔2025〕5号"
FIRM = "会计审计税务服务业&district=虹口区&size=中小微企业"

# What a palette holds.
COLOURS = 256
HEIGHTS = {1440: 900, 375: 812}


@dataclass(frozen=True)
class Picture:
    """What one picture shows: an address, what is done there, at which width and in which look."""

    name: str
    address: str
    act: Callable[[Page], None]
    width: int = 1440
    look: Literal["light", "dark"] = "light"


def main(wanted: Sequence[str]) -> None:
    chosen = [one for one in PAGES if not wanted or one.name.startswith(tuple(wanted))]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        results = Path(folder) / "results"
        run = (
            evaluated(results)
            if any("{run}" in one.address or "{folder}" in one.address for one in chosen)
            else ""
        )
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running_app(Path(folder) / "log.txt", POLICY_RESULTS_DIR=str(results)) as address:
            for picture in chosen:
                take(browser, picture, picture.address.format(app=address, run=quote(run), folder=folder))
        browser.close()


def evaluated(results: Path) -> str:
    """A run over the development cases with its scores and report; gives its name."""
    made = Path(evaluate("run", "--cases", "eval/cases/dev.jsonl", "--results", str(results)).strip())
    evaluate("score", str(made), "--json")
    evaluate("report", str(made), "--output", str(results.parent / "report.html"))
    return made.name


def evaluate(*arguments: str) -> str:
    command = [sys.executable, "-m", "eval", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout


def take(browser: Browser, picture: Picture, address: str) -> None:
    """Opens the page, does what belongs to the picture, and keeps it."""
    with opened(browser, picture) as page:
        page.goto(address)
        if address.startswith("http"):
            wait_until_opened(page)
        picture.act(page)
        page.mouse.move(0, 0)
        page.wait_for_timeout(400)  # fonts and scrolling settle
        keep(page.screenshot(), PICTURES / f"{picture.name}.png")


@contextmanager
def opened(browser: Browser, picture: Picture) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": picture.width, "height": HEIGHTS[picture.width]},
        # A phone's picture is looked at closely.
        device_scale_factor=2 if picture.width == 375 else 1,
        color_scheme=picture.look, locale="zh-CN", reduced_motion="reduce",
    )  # fmt: skip
    yield context.new_page()
    context.close()


def keep(taken: bytes, path: Path) -> None:
    """Writes a picture with its most frequent colours: paper, ink and seal stay exact, edges of letters give way."""
    pixels = np.asarray(Image.open(BytesIO(taken)).convert("RGB"), dtype=np.int32)
    packed = pixels @ [1 << 16, 1 << 8, 1]
    colours, at, counts = np.unique(packed, return_inverse=True, return_counts=True)
    parts = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    kept = parts[np.argsort(counts)[-COLOURS:]]
    nearest = ((parts[:, None] - kept[None]) ** 2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    image = Image.fromarray(nearest[at].reshape(packed.shape), mode="P")
    image.putpalette(kept.astype(np.uint8).tobytes())
    image.save(path, optimize=True)


# ---- what is done for a picture ----


def look_at_examples(page: Page) -> None:
    expect(page.locator("#examples .example").first).to_be_visible()


def ask_and_open(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#transcript .answer button.cite").first.click()
    expect(page.locator("#side .card.current mark")).to_be_in_viewport()


def ask_in_english(page: Page) -> None:
    ask(page, IN_ENGLISH)
    page.evaluate("scrollTo(0, 0)")


def ask_what_is_not_stated(page: Page) -> None:
    ask(page, "“小升规”能奖励多少万元？")
    page.evaluate("scrollTo(0, 0)")


def only_ask(page: Page) -> None:
    ask(page, QUESTION)
    page.evaluate("scrollTo(0, 0)")


def match(page: Page) -> None:
    expect(page.locator("#match-status .summary")).to_be_visible()


def match_on_a_phone(page: Page) -> None:
    match(page)
    page.locator("#match-list").evaluate("(list) => list.scrollIntoView()")


def look_up(page: Page) -> None:
    expect(page.locator("#lookup-text")).to_be_visible()
    page.wait_for_function("history.state?.lookup")
    page.locator("#lookup-text").press_sequentially(CALL)
    expect(page.locator(".option mark").first).to_be_visible()


def look_up_and_open(page: Page) -> None:
    look_up(page)
    page.keyboard.press("Enter")
    expect(page.locator("#lookup-pane h3")).to_be_focused()


def read(page: Page) -> None:
    expect(page.locator("#documents-reader .clause.target")).to_be_in_viewport()


def evaluation(page: Page) -> None:
    expect(page.locator("#evaluation-run .ev-measures").first).to_be_visible()


def report(page: Page) -> None:
    expect(page.locator("table").first).to_be_visible()


CLAUSE = f"{{app}}/?doc={FIVE}&clause=二/(六)/16"
PAGES = (
    Picture("chat-empty-zh", "{app}/", look_at_examples),
    Picture("chat-zh", "{app}/", ask_and_open),
    Picture("chat-unstated-zh", "{app}/", ask_what_is_not_stated),
    Picture("chat-dark-zh", "{app}/", ask_and_open, look="dark"),
    Picture("chat-en", "{app}/?lang=en", ask_in_english),
    Picture("chat-375-zh", "{app}/", only_ask, width=375),
    Picture("match-zh", f"{{app}}/?view=match&industry={FIRM}", match),
    Picture("match-375-zh", f"{{app}}/?view=match&industry={FIRM}", match_on_a_phone, width=375),
    Picture("lookup-zh", "{app}/?view=lookup", look_up_and_open),
    Picture("lookup-375-zh", "{app}/?view=lookup", look_up, width=375),
    Picture("documents-zh", CLAUSE, read),
    Picture("evaluation-zh", "{app}/?view=evaluation&run={run}", evaluation),
    Picture("report-zh", "file://{folder}/report.html", report),
)


if __name__ == "__main__":
    main(sys.argv[1:])
