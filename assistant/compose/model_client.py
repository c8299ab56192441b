"""A prompt → what a language model makes of it, read and checked for its form, within an answer's account.

Asked again where that may help: a refused connection, a full queue (after the time that it names), a failing
server, a reply that breaks off, is empty or not of the form asked for.  Not where it cannot: a wrong key, no
time or money left.  Runs on the loop of `assistant/background.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar, cast
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
# Nothing was made of a request that was not let in.
_NOT_BILLED = frozenset({"refused", "busy", "key", "not_found", "bad_request", "server"})
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
        self.place = _place(settings.model_base_url or "", provider)
        self._settings = settings
        self._is_openai = provider == _OPENAI
        options: dict[str, Any] = {"temperature": 0, "max_tokens": settings.model_reply_tokens}
        if self._is_openai:
            options |= {"stream_usage": True, "http_async_client": _http_client(settings)}
        self._model = open_model(settings, retries=0, **options)
        if self._is_openai:  # a variable of the library's own may have led it elsewhere
            used = str(getattr(self._model, "openai_api_base", "") or settings.model_base_url or "")
            self.place = _place(used, provider)
        self._plain = not self._is_openai or settings.model_format == "text"

    async def ask(self, prompt: Prompt, form: type[T], account: Account, on_text: OnText | None = None) -> T:
        """The reply as a value of `form`.  `on_text` hears the reply so far, anew for each attempt.

        Raises `ModelError` when no attempt gave one, at the latest when the account's time is over.
        """
        request = _Request(self._plain)
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.kind in _AGAIN),
            stop=lambda state: stop_after_attempt(_ATTEMPTS)(state) or _too_late(state, account),
            wait=self._pause_s,
            reraise=True,
        )
        return await retrying(self._once, request, prompt, form, account, on_text)

    def _pause_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after_s", None)
        at = min(state.attempt_number, len(self._pauses_s)) - 1
        return float(self._pauses_s[at] if asked is None else asked)

    async def _once(
        self, request: _Request, prompt: Prompt, form: type[T], account: Account, on_text: OnText | None
    ) -> T:
        if account.exhausted:
            raise ModelError("语言模型的用量已到设定的上限，可调大 POLICY_MODEL_ 的用量设置。", "budget")
        try:
            async with asyncio.timeout(account.remaining_s):
                text = await self._reply(request, prompt, form, account, on_text)
        except PolicyError:
            raise
        except TimeoutError:
            raise timed_out(self._settings) from None
        except Exception as error:  # every provider's library has errors of its own
            raise self._understood(request, error_of(error, self._settings)) from None
        self._plain = self._plain or request.plain  # it was served without: the next one need not try
        return _read(text, form, self.name)

    def _understood(self, request: _Request, error: ModelError) -> ModelError:
        """A request that was turned down may have asked for more than the service knows: asked again without."""
        if error.kind != "bad_request" or request.plain or self._settings.model_format != "auto":
            return error
        request.plain = True
        return ModelError(str(error), "form", retry_after_s=0.0)

    async def _reply(
        self,
        request: _Request,
        prompt: Prompt,
        form: type[BaseModel],
        account: Account,
        on_text: OnText | None,
    ) -> str:
        parts: list[str] = []
        counted: tuple[int, int] | None = None
        listener = _Listener(on_text)
        began = time.perf_counter()
        try:
            if self._settings.model_stream:
                options = self._options(request, form, streaming=True)
                counted = await self._streamed(prompt, options, parts, listener)
            else:
                options = self._options(request, form, streaming=False)
                whole = await self._model.ainvoke(_messages(prompt), **options)
                parts.append(str(whole.text))
                counted = _counted(whole)
                self._check_end(whole.response_metadata, parts)
        except Exception as error:  # of whatever kind: it is only looked at, and raised again
            if error_of(error, self._settings).kind in _NOT_BILLED:
                counted = (0, 0)
            raise
        finally:  # what was sent is paid for, also where it was cut off or given up
            waited_ms = (time.perf_counter() - began) * 1000 - listener.taken_ms
            account.charge(prompt.system + prompt.user, "".join(parts), counted, waited_ms)
        return "".join(parts)

    async def _streamed(
        self, prompt: Prompt, options: Mapping[str, Any], parts: list[str], listener: _Listener
    ) -> tuple[int, int] | None:
        counted, ended = None, dict[str, Any]()
        size, most = 0, self._settings.model_reply_tokens * _LONGEST_TOKEN
        stream = self._model.astream(_messages(prompt), **options)
        # langchain declares an iterator and gives a generator, which must be closed when its reader leaves early.
        async with aclosing(cast("AsyncGenerator[Any]", stream)) as chunks:
            async for chunk in chunks:
                piece = str(chunk.text)
                parts.append(piece)
                counted = _counted(chunk) or counted
                ended |= chunk.response_metadata
                if (size := size + len(piece)) > most:
                    raise _endless(self.name)
                if "}" in piece:  # a sentence is over at the earliest where its brace closes
                    await asyncio.to_thread(listener.hear, "".join(parts))
        self._check_end(ended, parts)
        return counted

    def _check_end(self, ended: Mapping[str, Any], parts: list[str]) -> None:
        """Raises `ModelError` where a reply stopped before its end, or stopped for its length."""
        reason = str(ended.get("finish_reason", ended.get("stop_reason", "")) or "")
        if reason in ("length", "max_tokens"):
            raise _endless(self.name)
        if reason == "content_filter" or (self._is_openai and not reason and any(parts)):
            raise ModelError(f"语言模型 {self.name} 的回复中途断了，请重试。", "cut")

    def _options(self, request: _Request, form: type[BaseModel], *, streaming: bool) -> dict[str, Any]:
        if request.plain:
            return {"stream_usage": False} if self._is_openai and streaming else {}
        wanted: dict[str, Any] = {"type": "json_object"}
        if self._settings.model_format != "object":
            schema = {"name": form.__name__, "schema": form.model_json_schema(), "strict": True}
            wanted = {"type": "json_schema", "json_schema": schema}
        # Past the client, which would read the reply by itself and fail in its own words.
        return {"extra_body": {"response_format": wanted}}


@dataclass(slots=True)
class _Request:
    """One question to the model over its attempts; `plain` where no form of reply is asked for."""

    plain: bool


class _Listener:
    """Hears the reply so far, and knows how long that took: it is our time, not the model's."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text, self.taken_ms = on_text, 0.0

    def hear(self, text: str) -> None:
        if self._on_text is not None:
            began = time.perf_counter()
            self._on_text(text)
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


def _http_client(settings: Settings) -> Any:
    """The connections to the service: nowhere else, whatever it answers; past proxies where it is this machine."""
    from openai import DefaultAsyncHttpxClient

    local = _place(settings.model_base_url or "", "") == "localhost"
    return DefaultAsyncHttpxClient(
        follow_redirects=False, trust_env=not local, timeout=settings.model_timeout_s
    )


def _place(address: str, provider: str) -> str:
    """Where the model runs: a host, `localhost` for this machine, or the provider's own service."""
    host = urlsplit(address).hostname or ""
    if not host:
        return provider
    try:
        return "localhost" if ip_address(host).is_loopback else host
    except ValueError:
        return host
