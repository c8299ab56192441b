"""`python -m tests.ui.screenshots`: takes the pictures in docs/screenshots/ from the running app."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.ui.conftest import CHROMIUM, FLAGS, ROOT, ask, running_app

PICTURES = ROOT / "docs" / "screenshots"
QUESTION = "专业服务机构海外投资有损失，有什么保障？"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder) / "log.txt") as address:
        take_pictures(address)


def take_pictures(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.goto(address)
        expect(page.locator("#examples .example").first).to_be_visible()
        keep(page, "chat-zh")
        ask(page, QUESTION)
        page.locator("#transcript .answer button.cite").first.click()
        expect(page.locator("#side .card.current mark")).to_be_in_viewport()
        keep(page, "clause-zh")
        browser.close()


def keep(page: Page, name: str) -> None:
    page.wait_for_timeout(300)  # fonts and scrolling settle
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
