"""The configured language model: opened from the settings, and as one function from a text to its reply.

Beside the composer, because the layer rules let langchain in here and nowhere near the index.  Known
questions are drafted through `open_chat`; answers go through `assistant/compose/model_client.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.types import PolicyError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.settings import Settings

Chat = Callable[[str, str], str]
# One more try for a connection that was dropped; whoever waits would rather know than wait for a third.
_RETRIES = 1


class ModelError(PolicyError):
    """A language model is not there, does not answer, or says nothing of use; the message says what to do.

    `kind` names what happened: a key of prompts/replies [model].  `retry_after_s` is what the service asked for.
    """

    def __init__(self, message: str, kind: str = "failed", retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.kind, self.retry_after_s = kind, retry_after_s


def open_chat(settings: Settings) -> Chat:
    """The model of the settings, ready to be asked.  Nothing is sent yet.  Raises `ModelError`."""
    model = open_model(settings, retries=_RETRIES)

    def chat(instructions: str, text: str) -> str:
        try:
            reply = model.invoke([("system", instructions), ("human", text)])
        except Exception as error:  # every provider's library has errors of its own
            raise error_of(error, settings) from None
        said = str(reply.text).strip()
        if not said:
            raise ModelError(f"语言模型 {settings.model} 的回复是空的，请重试，或换一个模型。", "empty")
        return said

    return chat


def open_model(settings: Settings, *, retries: int, **options: Any) -> BaseChatModel:
    """langchain's chat model for the settings; `options` go to it as they are.  Raises `ModelError`."""
    name = settings.model
    if name is None:
        raise ModelError("没有设置语言模型，请设置 POLICY_MODEL（如 openai:qwen-plus）和它的地址、密钥。")
    options = {"timeout": settings.model_timeout_s, "max_retries": retries, **options}
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if key := settings.model_key():
        options["api_key"] = key
    elif settings.model_base_url:
        # Servers of one's own ask for none, and the client will not start without.
        options["api_key"] = "none"
    try:
        from langchain.chat_models import init_chat_model

        model: BaseChatModel = init_chat_model(name, **options)
        return model
    except ImportError:
        raise ModelError(
            f"语言模型 {name} 所需的包没有安装，请在 .venv 里安装它的提供方要求的包（如 langchain-ollama）。"
        ) from None
    except Exception:  # a provider that is unknown, a key that is missing: what they say may hold the key
        raise ModelError(
            f"语言模型 {name} 打不开，请检查 POLICY_MODEL、POLICY_MODEL_BASE_URL 和 POLICY_MODEL_API_KEY。"
        ) from None


def error_of(error: Exception, settings: Settings) -> ModelError:
    """What went wrong, by kind, in one sentence; the library's own words may hold the key and stay unsaid."""
    where = _where(settings)
    names = {type(one).__name__ for one in _causes(error)}
    if any("Timeout" in name for name in names):
        return timed_out(settings)
    # A body that ends too soon is told as a protocol error, by some below a connection error of their own.
    if any("Protocol" in name or "ReadError" in name for name in names):
        return ModelError(f"{where} 的回复中途断了，请重试。", "cut")
    if any("Connect" in name for name in names):
        return ModelError(
            f"连不上语言模型 {where}，请检查 POLICY_MODEL_BASE_URL，以及服务是否已启动。", "refused"
        )
    status = getattr(error, "status_code", None)
    if status in (401, 403):
        return ModelError(f"{where} 不接受密钥（{status}），请检查 POLICY_MODEL_API_KEY。", "key")
    if status == 404:
        return ModelError(
            f"{where} 没有这个模型或这个地址（404），请检查 POLICY_MODEL 和 POLICY_MODEL_BASE_URL。",
            "not_found",
        )
    if status == 429:
        return ModelError(f"{where} 说请求太多或额度用完（429），请稍后再试。", "busy", _retry_after_s(error))
    detail = f"状态码 {status}" if status else type(error).__name__
    kind = "server" if status and status >= 500 else "bad_request" if status else "malformed"
    return ModelError(
        f"语言模型 {settings.model} 没有答成（{detail}），请稍后再试，或换一个模型。",
        kind,
        _retry_after_s(error),
    )


def timed_out(settings: Settings) -> ModelError:
    return ModelError(
        f"{_where(settings)} 在 {settings.model_timeout_s:g} 秒内没有答复，"
        "请稍后再试，或调大 POLICY_MODEL_TIMEOUT_S。",
        "timeout",
    )


def _where(settings: Settings) -> str:
    """The service by host and port: an address may hold a password or a key."""
    parts = urlsplit(settings.model_base_url or "")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else str(settings.model)


def _retry_after_s(error: Exception) -> float | None:
    """The seconds of a Retry-After header; its other form, a date, is not used by these services."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
