"""What tests of every part share."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    # A shell that starts the suite in the background has it ignore Ctrl+C, and so would the programs it tests.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The long files first: at the end the workers then wait for short ones.
    items.sort(key=lambda item: "browser" not in item.keywords)


@pytest.fixture
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings leads a client of a model elsewhere."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
