"""axe-core over every area of the page: nothing serious at two widths, in both looks."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.conftest import DESK, PHONE, Opener, Scheme, ask

pytestmark = pytest.mark.browser

# Each width and each look once; the layouts do not depend on the look, nor the colours on the width.
screens = pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
# Below `serious` axe-core only advises.
GRAVE = ("serious", "critical")


def grave(page: Page) -> list[str]:
    """What axe-core finds, as `rule: first element`."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in GRAVE]


@screens
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?lang=en",
        "/?view=match",
        "/?view=lookup",
        "/?view=documents",
        "/?doc=沪府办发〔2025〕5号&clause=二/(六)/16",
        "/?view=evaluation",
    ],
)
def test_an_area_has_no_serious_issue(open_at: Opener, path: str, width: int, scheme: Scheme) -> None:
    assert grave(open_at(path, width, scheme)) == []


@screens
def test_an_answer_has_no_serious_issue(open_at: Opener, width: int, scheme: Scheme) -> None:
    page = open_at("/", width, scheme)
    ask(page, "专业服务机构海外投资有损失，有什么保障？")
    expect(page.locator("#transcript article .answer")).to_be_visible()
    assert grave(page) == []
