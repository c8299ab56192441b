"""axe-core over every area of the page: nothing serious at two widths, in both looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.ui.conftest import Watch, ask, wait_until_opened

pytestmark = pytest.mark.browser

# Each width and each look once; the layouts do not depend on the look, nor the colours on the width.
SCREENS = ((375, "dark"), (1440, "light"))
# Below `serious` axe-core only advises.
GRAVE = ("serious", "critical")


def grave(page: Page) -> list[str]:
    """What axe-core finds, as `rule: first element`."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in GRAVE]


@pytest.fixture(params=SCREENS, ids=lambda p: f"{p[0]}-{p[1]}")
def opened(
    request: pytest.FixtureRequest, browser: Browser, address: str, watch: Watch
) -> Iterator[Callable[[str], Page]]:
    """Opens an address of the page at a width, in a look."""
    width, look = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=look, locale="zh-CN", reduced_motion="reduce"
    )

    def open_at(query: str) -> Page:
        page = context.new_page()
        watch.follow(page)
        page.goto(f"{address}/{query}")
        wait_until_opened(page)
        return page

    yield open_at
    context.close()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?lang=en",
        "?view=match",
        "?view=lookup",
        "?view=documents",
        "?doc=沪府办发〔2025〕5号&clause=二/(六)/16",
        "?view=evaluation",
    ],
)
def test_an_area_has_no_serious_issue(opened: Callable[[str], Page], query: str) -> None:
    assert grave(opened(query)) == []


def test_an_answer_has_no_serious_issue(opened: Callable[[str], Page]) -> None:
    page = opened("")
    ask(page, "专业服务机构海外投资有损失，有什么保障？")
    expect(page.locator("#transcript article .answer")).to_be_visible()
    assert grave(page) == []
