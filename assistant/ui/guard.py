"""No request may leave the host: the page's headers forbid the browser to make one.

gradio's page also names other hosts in its link-preview tags, and says that it is in English; both are
mended here.  Pure ASGI, so that streamed events pass through untouched.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# gradio runs inline scripts and compiles its templates, hence the two `unsafe`s; every fetch, font, image,
# frame and form stays on this host.
POLICY = "; ".join(
    (
        "default-src 'self' data: blob:",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


PREVIEW_TAG = re.compile(rb"""\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>""")


class StayOnHost:
    """Adds `HEADERS` to every response, and sends the page itself through `own_page`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def send_own(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                MutableHeaders(scope=message).update(HEADERS)
                if is_page(message):
                    return  # its length is known once the body is
            elif is_page(start):
                body.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                page = own_page(bytes(body))
                MutableHeaders(scope=start)["content-length"] = str(len(page))
                await send(start)
                message = {**message, "body": page}
            await send(message)

        await self.app(scope, receive, send_own)


def is_page(start: Message) -> bool:
    """Whether a response is the page: HTML of a known length, which is not a stream."""
    headers = MutableHeaders(scope=start) if start else {}
    return headers.get("content-type", "").startswith("text/html") and "content-length" in headers


def own_page(html: bytes) -> bytes:
    """gradio's page without the tags that name other hosts, in the language it opens in."""
    return PREVIEW_TAG.sub(b"", html).replace(b'lang="en"', b'lang="zh-CN"', 1)
