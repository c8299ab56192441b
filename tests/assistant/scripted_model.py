"""A server on loopback that speaks the OpenAI chat-completions form and says what a test has written down."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Said:
    """One answer of the server: its words, or a status; `wait` seconds pass before it comes."""

    text: str = ""
    status: int = 200
    wait: float = 0.0
    raw: bytes | None = None


@dataclass
class ScriptedModel:
    """What the server will say, in turn (the last one again and again), and what it was asked."""

    script: list[Said] | Callable[[dict[str, Any]], Said]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
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
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append({"path": self.path, **request})
            model.keys.append(self.headers.get("Authorization", ""))
            said = model.next(request)
            time.sleep(said.wait)
            self._send(said.status, said.raw if said.raw is not None else _completion(said, request))

        def _send(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # who asked has stopped waiting
                return

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


def _completion(said: Said, request: dict[str, Any]) -> bytes:
    if said.status != 200:
        key = "sk-secret"  # servers repeat the key they were given
        return json.dumps({"error": {"message": f"bad: {key}", "type": "x", "code": "x"}}).encode()
    message = {"role": "assistant", "content": said.text}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": request.get("model", "scripted"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
    return json.dumps(body, ensure_ascii=False).encode()
