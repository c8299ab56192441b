"""The door before the staff's areas.  Without the settings for it there is none.

With them the public page holds a form in the place of these areas, and no event of theirs; the whole page stands
behind the door, under `/staff/`.  Who has signed in carries a cookie for one shift.
"""

from __future__ import annotations

import secrets
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from hmac import compare_digest
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.limits import RateLimit
from assistant.ui.area import Address, Build, Context, Page, Updates, intro_html, own_html
from assistant.ui.texts import Words, words

AREAS = ("lookup", "evaluation")
PATH = "/staff"
COOKIE = "policy_staff"
# A working day; who is at it longer signs in again.
SHIFT_S = 9 * 3600
# Guesses of a client in a minute.
ATTEMPTS = 10
# A name and a password.
LONGEST_FORM = 4_000
# Rather than keep count for ever, the oldest is let go.
MOST_SIGNED_IN = 1_000


@dataclass(slots=True)
class Door:
    """Who may come in: checks name and password, knows the cookies it has given out."""

    user: str
    password: str
    _until: dict[str, float] = field(default_factory=dict)
    _attempts: RateLimit = field(default_factory=lambda: RateLimit(ATTEMPTS))

    def sign_in(self, user: str, password: str, client: str, now: float) -> str:
        """A cookie; `wrong` or `wait` where there is none to be had."""
        if self._attempts.wait_s(client, now):
            return "wait"
        # Both are compared, in the same time whatever is wrong.
        right = compare_digest(user.encode(), self.user.encode())
        if not compare_digest(password.encode(), self.password.encode()) & right:
            return "wrong"
        while len(self._until) >= MOST_SIGNED_IN:
            self._until.pop(next(iter(self._until)))
        cookie = secrets.token_urlsafe(32)
        self._until[cookie] = now + SHIFT_S
        return cookie

    def knows(self, cookie: str, now: float) -> bool:
        return now < self._until.get(cookie, 0)

    def sign_out(self, cookie: str) -> None:
        self._until.pop(cookie, None)


class StaffDoor:
    """Before the public app: what is under `/staff/` goes to the staff's app, for those who have signed in."""

    def __init__(self, app: ASGIApp, staff: FastAPI, door: Door) -> None:
        self.app, self.staff, self.door = app, staff, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            started: AbstractAsyncContextManager[Any] = self.staff.router.lifespan_context(self.staff)
            async with started:
                await self.app(scope, receive, send)
        elif scope["type"] not in ("http", "websocket") or not is_staff(scope["path"]):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and (reply := await self._answer(Request(scope, receive))):
            await reply(scope, receive, send)
        elif scope["type"] == "http":
            await self.staff(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """The door's own reply; None for who may go on."""
        path, now = request.url.path, time.monotonic()
        cookie = request.cookies.get(COOKIE, "")
        if request.method == "POST" and path == f"{PATH}/sign-in":
            return await self._sign_in(request, now)
        if request.method == "POST" and path == f"{PATH}/sign-out":
            self.door.sign_out(cookie)
            reply = _to("../", {})
            reply.delete_cookie(COOKIE, path=PATH)
            return reply
        if self.door.knows(cookie, now):
            return None
        if request.method == "GET" and path in (PATH, f"{PATH}/"):
            return _to("../" if path.endswith("/") else "./", {"view": AREAS[0], **request.query_params})
        return Response(status_code=401)

    async def _sign_in(self, request: Request, now: float) -> Response:
        form = await _form(request)
        view = {"view": form["view"] if form.get("view") in AREAS else AREAS[0]}
        language = {"lang": form["lang"]} if form.get("lang") == "en" else {}
        client = request.client.host if request.client else ""
        given = self.door.sign_in(form.get("user", ""), form.get("password", ""), client, now)
        if given in ("wrong", "wait"):
            return _to("../", {**view, **language, "problem": given})
        reply = _to("./", {**view, **language})
        secure = request.url.scheme == "https"
        reply.set_cookie(
            COOKIE, given, max_age=SHIFT_S, path=PATH, httponly=True, samesite="strict", secure=secure
        )
        return reply


def is_staff(path: str) -> bool:
    return path == PATH or path.startswith(f"{PATH}/")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a posted form, as far as it is no longer than one can be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _to(path: str, query: dict[str, str]) -> RedirectResponse:
    """Elsewhere on the page; relative, so that the page may stand under any path of a larger site."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The form in the place of an area."""

    area: str
    html: gr.HTML

    def update(self, text: Words) -> Updates:
        return {self.html: sign_in_html(self.area, text)}

    def open(self, address: Address, text: Words) -> Updates:
        return {self.html: sign_in_html(self.area, text, address.get("problem", ""))}

    def connect(self, page: Page) -> None:
        """The form goes to the door, not to gradio."""


def behind_the_door(area: str) -> Build:
    """Builds the form in the place of `area`."""

    def build(context: Context, text: Words) -> SignIn:
        return SignIn(area, own_html(sign_in_html(area, text), f"sign-in-{area}"))

    return build


def sign_in_html(area: str, text: Words, problem: str = "") -> str:
    """Name and password; `problem` is `wrong` or `wait`."""
    shared = words(text.language)
    known = problem in ("wrong", "wait")
    said = f'<p class="notice" role="alert">{escape(shared[f"sign_in_{problem}"])}</p>' if known else ""
    return (
        f'{intro_html(text)}<form class="sign-in" method="post" action="{PATH[1:]}/sign-in">'
        f'<p class="note">{escape(shared["sign_in_intro"])}</p>{said}'
        f'<input type="hidden" name="view" value="{area}"><input type="hidden" name="lang" value="{text.language}">'
        f"<label><span>{escape(shared['sign_in_user'])}</span>"
        f'<input name="user" autocomplete="username" required maxlength="200"></label>'
        f"<label><span>{escape(shared['sign_in_password'])}</span>"
        f'<input name="password" type="password" autocomplete="current-password" required maxlength="200"></label>'
        f'<button type="submit" class="talk-tool strong">{escape(shared["sign_in"])}</button></form>'
    )


def sign_out_html(text: Words) -> str:
    return (
        f'<form class="sign-out" method="post" action="sign-out">'
        f'<button type="submit" class="talk-tool">{escape(text["sign_out"])}</button></form>'
    )
