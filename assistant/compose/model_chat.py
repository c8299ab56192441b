"""The configured language model as one function: instructions and a text in, its reply out.

Beside the composer, because the layer rules let langchain in here and nowhere near the index.  Known
questions are drafted through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from index.types import PolicyError

if TYPE_CHECKING:
    from assistant.settings import Settings

Chat = Callable[[str, str], str]
# One more try for a connection that was dropped; whoever waits would rather know than wait for a third.
_RETRIES = 1


class ModelError(PolicyError):
    """A language model is not there, does not answer, or says nothing; the message says what to do."""


def open_chat(settings: Settings) -> Chat:
    """The model of the settings, ready to be asked.  Nothing is sent yet.  Raises `ModelError`."""
    if settings.model is None:
        raise ModelError("没有设置语言模型，请设置 POLICY_MODEL（如 openai:qwen-plus）和它的地址、密钥。")
    model = _open(settings.model, settings)

    def chat(instructions: str, text: str) -> str:
        try:
            reply = model.invoke([("system", instructions), ("human", text)])
        except Exception as error:  # every provider's library has errors of its own
            raise ModelError(_sentence(error, settings)) from None
        said = str(reply.text).strip()
        if not said:
            raise ModelError(f"语言模型 {settings.model} 的回复是空的，请重试，或换一个模型。")
        return said

    return chat


def _open(name: str, settings: Settings) -> Any:
    key = settings.model_api_key
    options: dict[str, Any] = {"timeout": settings.model_timeout_s, "max_retries": _RETRIES}
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if key is not None:
        options["api_key"] = key.get_secret_value()
    elif settings.model_base_url:
        options["api_key"] = (
            "none"  # servers of one's own ask for none, and the client will not start without
        )
    try:
        from langchain.chat_models import init_chat_model

        return init_chat_model(name, **options)
    except ImportError:
        raise ModelError(
            f"语言模型 {name} 所需的包没有安装，请运行 make model，或安装它的提供方要求的包。"
        ) from None
    except Exception:  # a provider that is unknown, a key that is missing: what they say may hold the key
        raise ModelError(
            f"语言模型 {name} 打不开，请检查 POLICY_MODEL、POLICY_MODEL_BASE_URL 和 POLICY_MODEL_API_KEY。"
        ) from None


def _sentence(error: Exception, settings: Settings) -> str:
    """What went wrong in one sentence, by kind; the library's own words may hold the key and stay unsaid."""
    where = settings.model_base_url or settings.model
    names = {type(one).__name__ for one in _causes(error)}
    if any("Timeout" in name for name in names):
        return f"{where} 在 {settings.model_timeout_s:g} 秒内没有答复，请稍后再试，或调大 POLICY_MODEL_TIMEOUT_S。"
    if any("Connect" in name for name in names):
        return f"连不上语言模型 {where}，请检查 POLICY_MODEL_BASE_URL，以及服务是否已启动。"
    status = getattr(error, "status_code", None)
    if status in (401, 403):
        return f"{where} 不接受密钥（{status}），请检查 POLICY_MODEL_API_KEY。"
    if status == 404:
        return f"{where} 没有这个模型或这个地址（404），请检查 POLICY_MODEL 和 POLICY_MODEL_BASE_URL。"
    if status == 429:
        return f"{where} 说请求太多或额度用完（429），请稍后再试。"
    detail = f"状态码 {status}" if status else type(error).__name__
    return f"语言模型 {settings.model} 没有答成（{detail}），请稍后再试，或换一个模型。"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
