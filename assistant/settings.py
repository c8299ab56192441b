"""Environment and `.env` → settings, checked at the door.

The only module that reads (or, for libraries that can be told in no other way, writes) the environment.
docs/settings.md is the table for people; tests/assistant/test_settings.py keeps the two in step.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import NoDecode, SettingsConfigDict

from index.settings import PREFIX, ROOT, IndexSettings, RootedPath
from index.types import PolicyError

__all__ = ["PREFIX", "ROOT", "Settings", "child_environment", "get_settings"]


def _iso_date(value: Any) -> Any:
    # Left to pydantic, "20261120" would be seconds since 1970.
    return date.fromisoformat(value) if isinstance(value, str) else value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
ModelName = Annotated[str, StringConstraints(pattern=r"^[\w-]+:\S+$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]

ModelStep = Literal["standalone", "understand", "rerank", "compose", "check"]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


def _listed(value: Any) -> Any:
    # `standalone,compose`, as people write lists in an environment; pydantic-settings would expect JSON.
    if not isinstance(value, str):
        return value
    names = value.replace("，", ",").replace(" ", "").split(",")
    return tuple(name for name in names if name and name != "none")


ModelSteps = Annotated[tuple[ModelStep, ...], NoDecode, BeforeValidator(_listed)]

# What to write instead, for every setting that can be wrong.
_HINTS = {
    "documents_dir": "一个文件夹",
    "index_dir": "一个文件夹",
    "encoder": "sentence-transformers 模型的文件夹或名称",
    "model": "“提供方:模型名”，例如 openai:qwen-plus",
    "model_base_url": "以 http:// 或 https:// 开头的地址",
    "model_api_key": "模型服务的密钥",
    "model_api_key_file": "存放密钥的文件的路径",
    "model_timeout_s": "大于 0 的秒数",
    "model_steps": "standalone、understand、rerank、compose、check 里的几个，用逗号隔开，或 none",
    "model_format": "auto、schema、object 或 text",
    "model_stream": "true 或 false",
    "model_reply_tokens": "大于 0 的整数",
    "model_answer_tokens": "0（不限）或正整数",
    "model_price_in": "每百万 token 的价格，0 或正数",
    "model_price_out": "每百万 token 的价格，0 或正数",
    "model_daily_cost": "0（不限）或正数",
    "results_dir": "一个文件夹",
    "cases_dir": "一个文件夹",
    "as_of": "YYYY-MM-DD 形式的日期，例如 2026-11-20",
    "host": "要监听的地址，例如 127.0.0.1",
    "port": "1 到 65535 之间的整数",
    "state_file": "一个文件",
    "state_days": "0 或更大的整数（天）",
    "questions_per_minute": "0 或更大的整数",
    "keep_talk": "true 或 false",
    "staff_user": "工作人员登录用的名称",
    "staff_password": "工作人员登录用的密码",
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
    model_api_key_file: RootedPath | None = None
    model_timeout_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 30.0
    # Every further step is one more call to wait and pay for; docs/models.md says how to judge whether it earns that.
    model_steps: ModelSteps = ("standalone", "compose")
    model_format: Literal["auto", "schema", "object", "text"] = "auto"
    model_stream: bool = True
    model_reply_tokens: Annotated[int, Field(gt=0)] = 2000
    model_answer_tokens: Count = 0
    model_price_in: Amount = 0.0
    model_price_out: Amount = 0.0
    model_daily_cost: Amount = 0.0
    as_of: IsoDate | None = None
    results_dir: RootedPath = Path("eval/results")
    cases_dir: RootedPath = Path("eval/cases")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    state_file: RootedPath = Path("var/state.sqlite3")
    state_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    questions_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 30
    keep_talk: bool = True
    staff_user: str | None = None
    staff_password: SecretStr | None = None

    def model_key(self) -> str | None:
        """The key itself, from the setting or its file; None where neither is set.

        Raises `PolicyError` when the file cannot be read or is empty.
        """
        if self.model_api_key is not None or self.model_api_key_file is None:
            return self.model_api_key.get_secret_value() if self.model_api_key else None
        try:
            key = self.model_api_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            key = ""
        if not key:
            raise PolicyError(
                f"{PREFIX}MODEL_API_KEY_FILE 指的文件 {self.model_api_key_file} 读不出密钥，请检查路径、权限和内容。"
            )
        return key

    def staff(self) -> tuple[str, str] | None:
        """Name and password that open the staff's areas; None where they stand open.

        Raises `PolicyError` when one is set without the other.
        """
        if bool(self.staff_user) != bool(self.staff_password):
            raise PolicyError(f"{PREFIX}STAFF_USER 和 {PREFIX}STAFF_PASSWORD 要么都设置，要么都不设置。")
        if not (self.staff_user and self.staff_password):
            return None
        return self.staff_user, self.staff_password.get_secret_value()

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
    # A key or password must not reach a terminal or a log, not even a wrong one.
    value = "" if name in ("model_api_key", "staff_password") else f"“{problem['input']}”"
    return f"{PREFIX}{name.upper()} 的值{value}不对，应当是：{_HINTS[name]}。"


def _quiet_libraries() -> None:
    """No usage reports: nothing leaves the host unless a setting asks for it."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")  # of eval/peers
    # langchain would post every prompt to a tracing service if the environment of another program says so.
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"
    # Forking after the tokenizer has run would otherwise print a warning on every command.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
