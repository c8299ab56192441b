"""The real app in a process of its own, and a real browser that watches every request it makes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("POLICY_TEST_CHROMIUM", "/usr/bin/chromium")

# The browser's own errands (updates, field trials) would count as requests that leave the host.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Includes the first build of the index on a fresh checkout.
START_SECONDS = 100

# A desk's screen and a phone's, by their widths.
DESK, PHONE = 1440, 375
HEIGHTS = {DESK: 900, PHONE: 720}
Scheme = Literal["light", "dark"]

# How far a page can be scrolled sideways, in px.
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

expect.set_options(timeout=15_000)


@dataclass
class Watch:
    """What one page asked for and complained about."""

    origin: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", self._note)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)

    def _complain(self, text: str) -> None:
        # A page that is left or reloaded breaks off the stream it was reading, and gradio's client says so.
        if "AbortError" not in text and "Connection errored out" not in text:
            self.errors.append(text)

    def _note(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and f"{address.scheme}://{address.netloc}" != self.origin:
            self.elsewhere.append(request.url)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path.  Missing it is a failure where everything must be tested, else a reason to skip."""
    if not Path(CHROMIUM).exists():
        reason = f"no browser at {CHROMIUM}; install chromium or set POLICY_TEST_CHROMIUM"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for a module: while Playwright is open, other tests could start no event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app answers, started as a user starts it."""
    with running_app(tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture
def watch(address: str) -> Iterator[Watch]:
    """After each test: nothing was asked of another host, and the page had no errors."""
    watch = Watch(address)
    yield watch
    assert watch.elsewhere == []
    assert watch.errors == []


@dataclass
class Screens:
    """One browser session for each screen: what it has loaded of the page need not come anew for every test."""

    browser: Browser
    opened: dict[tuple[int, Scheme], BrowserContext] = field(default_factory=dict)

    def context(self, width: int, scheme: Scheme) -> BrowserContext:
        if (width, scheme) not in self.opened:
            self.opened[width, scheme] = self.browser.new_context(
                viewport={"width": width, "height": HEIGHTS[width]},
                color_scheme=scheme,
                locale="zh-CN",
                reduced_motion="reduce",
                permissions=["clipboard-read", "clipboard-write"],
            )
        return self.opened[width, scheme]

    def clear(self) -> None:
        """Closes the tabs, forgets the cookies and what pages have stored."""
        for context in self.opened.values():
            for page in context.pages:
                with suppress(PlaywrightError):  # a page that hangs must not keep the others open
                    if page.url.startswith("http"):
                        page.evaluate("localStorage.clear()")
                page.close()
            context.clear_cookies()


@dataclass(frozen=True)
class Opener:
    """`open_at("/?view=lookup", PHONE, "dark")` → the page there, once it takes what people do.

    Pages on the same screen are tabs of one browser session.
    """

    screens: Screens
    address: str
    watch: Watch

    def __call__(self, path: str = "/", width: int = DESK, scheme: Scheme = "light") -> Page:
        page = self.screens.context(width, scheme).new_page()
        self.watch.follow(page)
        page.goto(f"{self.address}{path}")
        expect(page.locator("#banner h1")).to_be_visible()
        wait_until_opened(page)
        return page


@pytest.fixture(scope="module")
def screens(browser: Browser) -> Screens:
    return Screens(browser)


@pytest.fixture
def open_at(screens: Screens, address: str, watch: Watch) -> Iterator[Opener]:
    yield Opener(screens, address, watch)
    screens.clear()


@pytest.fixture
def page(open_at: Opener) -> Page:
    """The first page of a visitor, on a desk."""
    page = open_at()
    expect(page.locator("#question textarea")).to_be_visible()
    return page


class running_app:
    """`with running_app(log) as address`: `python app.py` on a free port until the block ends.

    `settings` are further ones, as the environment has them (`POLICY_DOCUMENTS_DIR="…"`).
    """

    def __init__(self, log: Path, **settings: str) -> None:
        self.log, self.settings = log, settings
        self.state = log.with_name("state.sqlite3")

    def __enter__(self) -> str:
        port = free_port()
        settings = {
            "POLICY_PORT": str(port),
            "POLICY_HOST": "127.0.0.1",
            "POLICY_AS_OF": "2026-11-20",
            "POLICY_STATE_FILE": str(self.state),
            "POLICY_QUESTIONS_PER_MINUTE": "0",  # tests ask faster than people
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env={**os.environ, **settings, **self.settings},
                stdout=log,
                stderr=log,
            )
        address = f"http://127.0.0.1:{port}"
        try:
            self._wait_for(address)
        except BaseException:
            self.process.kill()
            raise
        return address

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def _wait_for(self, address: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urlopen(address, timeout=5).close()
                return
            except (URLError, OSError):
                time.sleep(0.2)
        pytest.fail(f"the app did not start:\n{self.log.read_text()[-3000:]}")


def wait_until_opened(page: Page) -> None:
    """The server has filled the page and put back a kept talk; leaving sooner would break off what it is sending."""
    expect(page.locator("html[data-opened][data-restored]")).to_be_attached()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter and waits for the answer."""
    answered = page.locator("#transcript article").count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#transcript article")).to_have_count(answered + 1)
