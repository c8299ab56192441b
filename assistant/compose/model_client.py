"""A prompt → what a language model makes of it, read and checked for its form, within an answer's account.

Asked again where that may help: a refused connection, a full queue (after the time that it names), a failing
server, a reply that breaks off, is empty or not of the form asked for.  Not where it cannot: a wrong key, no
time or money left.  Runs on the loop of `assistant/background.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from assistant.compose.model_chat import ModelError, error_of, open_model, timed_out
from assistant.spending import Account
from index.types import PolicyError

if TYPE_CHECKING:
    from assistant.settings import Settings

T = TypeVar("T", bound=BaseModel)
OnText = Callable[[str], None]

_AGAIN = frozenset({"refused", "busy", "server", "cut", "malformed", "empty", "form"})
_ATTEMPTS = 3
# Seconds before the second and the third attempt where the service names none.
_PAUSES_S = (0.4, 1.2)
# No service needs more characters for a token than this; a reply that goes on is not going to end.
_LONGEST_TOKEN = 6
# Providers whose client takes the form of the reply and the counting of tokens as OpenAI's does.
_OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is told (`system`), and the data that it is told about (`data`, sent as JSON)."""

    name: str
    system: str
    data: Mapping[str, Any]

    @property
    def user(self) -> str:
        # As JSON, no text of a question or a document can end the data and begin instructions.
        return json.dumps(self.data, ensure_ascii=False)


class ModelClient:
    """The configured model.  Holds no state but connections and what the service turned out not to take."""

    def __init__(self, settings: Settings, pauses_s: Sequence[float] = _PAUSES_S) -> None:
        """Opens the model; nothing is sent yet.  Raises `ModelError`."""
        self._pauses_s = pauses_s
        provider, _, self.name = (settings.model or "").partition(":")
        self.place = _place(settings, provider)
        self._settings = settings
        self._is_openai = provider == _OPENAI
        options: dict[str, Any] = {"temperature": 0, "max_tokens": settings.model_reply_tokens}
        if self._is_openai:
            options["stream_usage"] = True
        self._model = open_model(settings, retries=0, **options)
        self._plain = not self._is_openai or settings.model_format == "text"

    async def ask(self, prompt: Prompt, form: type[T], account: Account, on_text: OnText | None = None) -> T:
        """The reply as a value of `form`.  `on_text` hears the reply so far, anew for each attempt.

        Raises `ModelError` when no attempt gave one, at the latest when the account's time is over.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.kind in _AGAIN),
            stop=lambda state: stop_after_attempt(_ATTEMPTS)(state) or _too_late(state, account),
            wait=self._pause_s,
            reraise=True,
        )
        return await retrying(self._once, prompt, form, account, on_text)

    def _pause_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after_s", None)
        at = min(state.attempt_number, len(self._pauses_s)) - 1
        return float(self._pauses_s[at] if asked is None else asked)

    async def _once(self, prompt: Prompt, form: type[T], account: Account, on_text: OnText | None) -> T:
        if account.exhausted:
            raise ModelError("语言模型的用量已到设定的上限，可调大 POLICY_MODEL_ 的用量设置。", "budget")
        try:
            async with asyncio.timeout(account.remaining_s):
                text = await self._reply(prompt, form, account, on_text)
        except PolicyError:
            raise
        except TimeoutError:
            raise timed_out(self._settings) from None
        except Exception as error:  # every provider's library has errors of its own
            raise self._understood(error_of(error, self._settings)) from None
        return _read(text, form, self.name)

    def _understood(self, error: ModelError) -> ModelError:
        """A request that was turned down may have asked for more than the service knows: asked again without."""
        if error.kind != "bad_request" or self._plain or self._settings.model_format != "auto":
            return error
        self._plain = True
        return ModelError(str(error), "form", retry_after_s=0.0)

    async def _reply(
        self, prompt: Prompt, form: type[BaseModel], account: Account, on_text: OnText | None
    ) -> str:
        parts: list[str] = []
        counted: tuple[int, int] | None = (0, 0)  # where nothing comes back, nothing was made
        listener = _Listener(on_text)
        began = time.perf_counter()
        try:
            if self._settings.model_stream:
                counted = await self._streamed(prompt, form, parts, listener)
            else:
                whole = await self._model.ainvoke(_messages(prompt), **self._options(form, streaming=False))
                parts.append(str(whole.text))
                counted = _counted(whole)
                self._check_end(whole.response_metadata, parts)
        finally:  # what was begun is paid for, whatever came of it
            waited_ms = (time.perf_counter() - began) * 1000 - listener.taken_ms
            if any(parts) and counted == (0, 0):
                counted = None
            account.charge(prompt.system + prompt.user, "".join(parts), counted, waited_ms)
        return "".join(parts)

    async def _streamed(
        self, prompt: Prompt, form: type[BaseModel], parts: list[str], listener: _Listener
    ) -> tuple[int, int] | None:
        counted, ended = None, dict[str, Any]()
        size, most = 0, self._settings.model_reply_tokens * _LONGEST_TOKEN
        stream = self._model.astream(_messages(prompt), **self._options(form, streaming=True))
        async with aclosing(stream) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                piece = str(chunk.text)
                parts.append(piece)
                counted = _counted(chunk) or counted
                ended |= chunk.response_metadata
                if (size := size + len(piece)) > most:
                    raise _endless(self.name)
                if "}" in piece:  # a sentence is over at the earliest where its brace closes
                    listener.hear(parts)
        self._check_end(ended, parts)
        return counted

    def _check_end(self, ended: Mapping[str, Any], parts: list[str]) -> None:
        """Raises `ModelError` where a reply stopped before its end, or stopped for its length."""
        reason = str(ended.get("finish_reason", ended.get("stop_reason", "")) or "")
        if reason in ("length", "max_tokens"):
            raise _endless(self.name)
        if self._is_openai and not reason and any(parts):
            raise ModelError(f"语言模型 {self.name} 的回复中途断了，请重试。", "cut")

    def _options(self, form: type[BaseModel], *, streaming: bool) -> dict[str, Any]:
        if self._plain:
            return {"stream_usage": False} if self._is_openai and streaming else {}
        wanted: dict[str, Any] = {"type": "json_object"}
        if self._settings.model_format != "object":
            schema = {"name": form.__name__, "schema": form.model_json_schema(), "strict": True}
            wanted = {"type": "json_schema", "json_schema": schema}
        # Past the client, which would read the reply by itself and fail in its own words.
        return {"extra_body": {"response_format": wanted}}


class _Listener:
    """Hears the reply so far, and knows how long that took: it is our time, not the model's."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text, self.taken_ms = on_text, 0.0

    def hear(self, parts: list[str]) -> None:
        if self._on_text is not None:
            began = time.perf_counter()
            self._on_text("".join(parts))
            self.taken_ms += (time.perf_counter() - began) * 1000


def _messages(prompt: Prompt) -> list[tuple[str, str]]:
    return [("system", prompt.system), ("human", prompt.user)]


def _counted(message: Any) -> tuple[int, int] | None:
    usage = getattr(message, "usage_metadata", None)
    return (usage["input_tokens"], usage["output_tokens"]) if usage else None


def _read(text: str, form: type[T], name: str) -> T:
    """The value in a reply.  Models like to think aloud and to talk around it: the outermost braces count."""
    said = text.rpartition("</think>")[2].strip()
    if not said:
        raise ModelError(f"语言模型 {name} 的回复是空的，请重试，或换一个模型。", "empty")
    begin, end = said.find("{"), said.rfind("}")
    try:
        return form.model_validate_json(said[begin : end + 1])
    except (ValidationError, ValueError):
        raise ModelError(
            f"语言模型 {name} 的回复不是要求的 JSON，请重试，或换一个模型。", "malformed"
        ) from None


def _endless(name: str) -> ModelError:
    return ModelError(f"语言模型 {name} 的回复没有尽头，已停止；请换一个模型。", "endless")


def _too_late(state: RetryCallState, account: Account) -> bool:
    """Whether the time would be over before the next attempt: then there is nothing to wait for."""
    return state.upcoming_sleep >= account.remaining_s


def _place(settings: Settings, provider: str) -> str:
    """Where the model runs: a host, `localhost` for this machine, or the provider's own service."""
    host = urlsplit(settings.model_base_url or "").hostname or ""
    if not host:
        return provider
    try:
        return "localhost" if ip_address(host).is_loopback else host
    except ValueError:
        return host
