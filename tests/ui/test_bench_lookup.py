"""The benchmark of the look-up, which has a page and a browser of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bench.lookup import LOOKUP_AIMS, measure_lookup


@pytest.mark.browser
def test_keys_are_measured_to_their_results(chromium: str) -> None:
    figures = measure_lookup(Path(chromium), rounds=1)
    assert set(figures) == {aim.key for aim in LOOKUP_AIMS} and min(figures.values()) > 0
