"""What the tests of the offline half share: the five documents, parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from index.library import parse_all
from index.types import Document

DOCUMENTS = Path(__file__).resolve().parents[2] / "documents"


@pytest.fixture(scope="session")
def five() -> Mapping[str, Document]:
    """The five documents by number; they must parse without a single problem."""
    documents, problems = parse_all(DOCUMENTS)
    assert problems == []
    return {document.number: document for document in documents}
