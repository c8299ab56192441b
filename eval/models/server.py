"""A server on loopback that speaks the OpenAI chat-completions form and says what a test has written down.

Streams where it is asked to, as the services do: one event a piece, the counts of tokens last, then `[DONE]`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PIECE = 24


@dataclass(frozen=True)
class Said:
    """One answer of the server: its words, or a status.

    `wait` seconds pass before it comes, `pause` between the pieces of a stream.  `cut`: the connection breaks after
    so many characters.  `endless`: the words are repeated until the client leaves.  `finish` is the reason told at
    the end.  `takes_form`: whether a request for a form of reply is served, or turned down as by older servers.
    """

    text: str = ""
    status: int = 200
    wait: float = 0.0
    raw: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    pause: float = 0.0
    cut: int | None = None
    endless: bool = False
    finish: str = "stop"
    takes_form: bool = True


@dataclass
class ScriptedModel:
    """What the server will say, in turn (the last one again and again), and what it was asked."""

    script: list[Said] | Callable[[dict[str, Any]], Said]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: list[float] = field(default_factory=list)  # when a client went away in the middle of a reply
    base_url: str = ""

    def next(self, request: dict[str, Any]) -> Said:
        if callable(self.script):
            return self.script(request)
        return self.script[min(len(self.asked), len(self.script)) - 1]


@contextmanager
def scripted_model(script: list[Said] | Callable[[dict[str, Any]], Said]) -> Iterator[ScriptedModel]:
    """The server while the block runs; `base_url` is what POLICY_MODEL_BASE_URL would be."""
    model = ScriptedModel(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append({"path": self.path, **request})
            model.keys.append(self.headers.get("Authorization", ""))
            said = model.next(request)
            try:
                _sleep(said.wait, self)
                if said.status == 200 and not said.takes_form and "response_format" in request:
                    self._send(400, _refusal(400), ())
                elif said.status != 200 or said.raw is not None:
                    self._send(
                        said.status, said.raw if said.raw is not None else _refusal(said.status), said.headers
                    )
                elif request.get("stream"):
                    self._stream(said, request)
                else:
                    self._whole(said, request)
            except OSError:  # who asked has stopped waiting
                model.left.append(time.monotonic())
                self.close_connection = True

        def _send(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
            self.send_response(status)
            for name, value in (("Content-Type", "application/json"), *headers):
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _whole(self, said: Said, request: dict[str, Any]) -> None:
            body = _completion(said, request)
            if said.cut is None:
                self._send(200, body, said.headers)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: said.cut])
            self.close_connection = True

        def _stream(self, said: Said, request: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for event in _events(said, request):
                data = f"data: {event}\n\n".encode()
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                self.wfile.flush()
                time.sleep(said.pause)
            if said.cut is None:
                self.wfile.write(b"0\r\n\r\n")
            else:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    model.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _sleep(seconds: float, handler: BaseHTTPRequestHandler) -> None:
    """Waits, and leaves off when the client has gone."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        handler.connection.settimeout(min(left, 0.05))
        try:
            if handler.connection.recv(1) == b"":
                raise ConnectionAbortedError
        except TimeoutError:
            pass
        finally:
            handler.connection.settimeout(None)


def _events(said: Said, request: dict[str, Any]) -> Iterator[str]:
    text = said.text if said.cut is None else said.text[: said.cut]
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    yield _chunk(request, {"role": "assistant", "content": ""})
    for piece in pieces:
        yield _chunk(request, {"content": piece})
    while said.endless:
        yield from (_chunk(request, {"content": piece}) for piece in pieces)
    if said.cut is not None:
        return
    yield _chunk(request, {}, finish=said.finish)
    if request.get("stream_options", {}).get("include_usage"):
        yield json.dumps({**_head(request, "chat.completion.chunk"), "choices": [], "usage": _USAGE})
    yield "[DONE]"


_USAGE = {"prompt_tokens": 1200, "completion_tokens": 80, "total_tokens": 1280}


def _head(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": request.get("model", "scripted")}


def _chunk(request: dict[str, Any], delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({**_head(request, "chat.completion.chunk"), "choices": [choice]}, ensure_ascii=False)


def _refusal(status: int) -> bytes:
    key = "sk-secret"  # servers repeat the key they were given
    return json.dumps({"error": {"message": f"bad: {key}", "type": "x", "code": str(status)}}).encode()


def _completion(said: Said, request: dict[str, Any]) -> bytes:
    message = {"role": "assistant", "content": said.text}
    choice = {"index": 0, "message": message, "finish_reason": said.finish}
    body = {**_head(request, "chat.completion"), "choices": [choice], "usage": _USAGE}
    return json.dumps(body, ensure_ascii=False).encode()
