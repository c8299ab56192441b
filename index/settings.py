"""The three settings that both halves need: where the files and the index are, and which encoder.

`assistant.settings.Settings` adds the rest.  Values come from POLICY_ variables or `.env`; an empty one is not set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "POLICY_"


def _from_root(path: Path) -> Path:
    # So that a command gives the same answer from whatever folder it is called.
    return ROOT / path.expanduser()


RootedPath = Annotated[Path, AfterValidator(_from_root)]


class IndexSettings(BaseSettings):
    """Folders (relative ones start at the project root) and the encoder; None is the shipped one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_default=True,
    )

    documents_dir: RootedPath = Path("documents")
    index_dir: RootedPath = Path("var/index")
    encoder: str | None = None
