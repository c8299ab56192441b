"""What tests of every part share."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    # A shell that starts the suite in the background has it ignore Ctrl+C, and so would the programs it tests.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The long files first, each in one piece: at the end the workers then wait for short ones.
    long = {item.path for item in items if "browser" in item.keywords}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings leads a client of a model elsewhere."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
