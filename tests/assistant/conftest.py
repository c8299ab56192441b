"""What the tests of the online half share: the five documents, indexed once with the shipped encoder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.session import Session
from assistant.settings import ROOT
from index.build import build
from index.encoder import load_encoder
from index.search import Searcher
from index.store import Stored
from index.types import Document, Encoder
from tests.assistant.support import Desk


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of these tests lies; `stored` fills it."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(None, lean=True)


@pytest.fixture(scope="session")
def stored(index_dir: Path, encoder: Encoder) -> Stored:
    """The real index over documents/; it must build without a problem."""
    built, report = build(ROOT / "documents", index_dir, encoder)
    assert report.problems == ()
    return built


@pytest.fixture(scope="session")
def five(stored: Stored) -> Mapping[str, Document]:
    """The five documents by number."""
    return {document.number: document for document in stored.documents}


@pytest.fixture(scope="session")
def searcher(stored: Stored, encoder: Encoder) -> Searcher:
    return Searcher(stored, encoder)


@pytest.fixture(scope="session")
def desk(searcher: Searcher) -> Desk:
    """A session over the five documents, asked in one line."""
    return Desk(Session(searcher))


@pytest.fixture(autouse=True)
def no_state_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody kept on a page of this working copy changes no test."""
    monkeypatch.setenv("POLICY_STATE_FILE", str(tmp_path / "no-state.sqlite3"))


@pytest.fixture(autouse=True)
def packages_of_the_model(request: pytest.FixtureRequest) -> None:
    """A test marked `model` is skipped where the client is not installed; under CI that is a failure."""
    if request.node.get_closest_marker("model") and find_spec("langchain_openai") is None:
        if os.environ.get("CI"):
            pytest.fail("langchain_openai missing: install requirements-model.lock")
        pytest.skip("langchain_openai not installed (make model)")


@pytest.fixture
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings leads a client of a model elsewhere."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
