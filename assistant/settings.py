"""Environment and `.env` → settings, checked at the door.

The only module that reads (or, for libraries that can be told in no other way, writes) the environment.
docs/settings.md is the table for people; tests/assistant/test_settings.py keeps the two in step.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import SettingsConfigDict

from index.settings import PREFIX, ROOT, IndexSettings, RootedPath
from index.types import PolicyError

__all__ = ["PREFIX", "ROOT", "Settings", "child_environment", "get_settings"]


def _iso_date(value: Any) -> Any:
    # Left to pydantic, "20261120" would be seconds since 1970.
    return date.fromisoformat(value) if isinstance(value, str) else value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[\w-]+:\S+$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]

# What to write instead, for every setting that can be wrong.
_HINTS = {
    "documents_dir": "一个文件夹",
    "index_dir": "一个文件夹",
    "encoder": "sentence-transformers 模型的文件夹或名称",
    "model": "“提供方:模型名”，例如 openai:qwen-plus",
    "model_base_url": "以 http:// 或 https:// 开头的地址",
    "model_api_key": "模型服务的密钥",
    "model_timeout_s": "大于 0 的秒数",
    "as_of": "YYYY-MM-DD 形式的日期，例如 2026-11-20",
    "host": "要监听的地址，例如 127.0.0.1",
    "port": "1 到 65535 之间的整数",
    "state_file": "一个文件",
    "state_days": "0 或更大的整数（天）",
    "questions_per_minute": "0 或更大的整数",
}


class Settings(IndexSettings):
    """What can be set; an empty value counts as not set.  Relative folders start at the project root."""

    model_config = SettingsConfigDict(
        # `model` and its companions are ours; pydantic would keep the prefix `model_` for itself.
        protected_namespaces=(),
        validate_default=True,
    )

    model: ModelName | None = None
    model_base_url: WebAddress | None = None
    model_api_key: SecretStr | None = None
    model_timeout_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 30.0
    as_of: IsoDate | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    state_file: RootedPath = Path("var/state.sqlite3")
    state_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    questions_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 30

    def today(self) -> date:
        """The date that counts as today."""
        return self.as_of or date.today()


def get_settings() -> Settings:
    """The settings as the environment stands now.

    Raises `PolicyError` with one sentence for each bad value.  Also tells the libraries to stay quiet.
    """
    _quiet_libraries()
    try:
        return Settings()
    except ValidationError as error:
        raise PolicyError("".join(_sentence(dict(problem)) for problem in error.errors())) from None


def child_environment(**changes: str) -> dict[str, str]:
    """This process's environment with `changes`, for a child process."""
    return dict(os.environ) | changes


def _sentence(problem: dict[str, Any]) -> str:
    name = str(problem["loc"][0])
    # A key must not reach a terminal or a log, not even a wrong one.
    value = "" if name == "model_api_key" else f"“{problem['input']}”"
    return f"{PREFIX}{name.upper()} 的值{value}不对，应当是：{_HINTS[name]}。"


def _quiet_libraries() -> None:
    """No usage reports: nothing leaves the host unless a setting asks for it."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")  # of eval/peers
    # Forking after the tokenizer has run would otherwise print a warning on every command.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
