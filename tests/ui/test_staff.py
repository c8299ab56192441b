"""The door before the staff's areas: closed to who has not signed in, for the page and for every event."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from assistant.settings import Settings
from assistant.ui.staff import ATTEMPTS, SHIFT_S, Door
from index.types import PolicyError
from tests.ui.conftest import DESK, PHONE, SIDEWAYS, Opener, ask, running_app, wait_until_opened

USER, PASSWORD = "坐席", "很长的密码-1"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = {"POLICY_STAFF_USER": USER, "POLICY_STAFF_PASSWORD": PASSWORD}
    with running_app(tmp_path_factory.mktemp("staff") / "log.txt", **settings) as address:
        yield address


def request(address: str, method: str, path: str, body: str = "", **headers: str) -> HTTPResponse:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request(method, path, body.encode(), headers)
    return connection.getresponse()


def sign_in(page: Page, password: str = PASSWORD) -> None:
    form = page.locator(".sign-in:visible")
    form.get_by_label("用户名").fill(USER)
    form.get_by_label("密码").fill(password)
    form.get_by_role("button").click()


# ---- the door itself ----


def test_the_right_name_and_password_give_a_cookie_for_a_shift() -> None:
    door = Door(USER, PASSWORD)
    cookie = door.sign_in(USER, PASSWORD, "a", 0.0)
    assert len(cookie) > 30 and door.knows(cookie, SHIFT_S - 1) and not door.knows(cookie, SHIFT_S + 1)
    door.sign_out(cookie)
    assert not door.knows(cookie, 1.0)


@pytest.mark.parametrize(("user", "password"), [(USER, ""), ("", PASSWORD), (USER, PASSWORD + "x"), ("", "")])
def test_anything_else_gives_none(user: str, password: str) -> None:
    assert Door(USER, PASSWORD).sign_in(user, password, "a", 0.0) == "wrong"


def test_who_guesses_has_to_wait_and_nobody_else() -> None:
    door = Door(USER, PASSWORD)
    for _ in range(ATTEMPTS):
        assert door.sign_in(USER, "x", "a", 0.0) == "wrong"
    assert door.sign_in(USER, PASSWORD, "a", 1.0) == "wait"
    assert len(door.sign_in(USER, PASSWORD, "b", 1.0)) > 30
    assert len(door.sign_in(USER, PASSWORD, "a", 61.0)) > 30


@pytest.mark.parametrize("cookie", ["", "wrong", "wait", "x"])
def test_a_made_up_cookie_is_not_known(cookie: str) -> None:
    assert not Door(USER, PASSWORD).knows(cookie, 0.0)


def test_name_and_password_are_set_together_or_not_at_all() -> None:
    assert Settings(staff_user=None, staff_password=None).staff() is None
    with pytest.raises(PolicyError):
        Settings(staff_user=USER, staff_password=None).staff()


# ---- over HTTP ----


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/staff/config"),
        ("GET", "/staff/gradio_api/info"),
        ("POST", "/staff/gradio_api/queue/join"),
        ("POST", "/staff/gradio_api/call/ask"),
        ("GET", "/staff/gradio_api/queue/data?session_hash=x"),
        ("POST", "/staff/gradio_api/component_server"),
        ("GET", "/staff//gradio_api/info"),
    ],
)
def test_nothing_behind_the_door_answers_who_has_not_signed_in(address: str, method: str, path: str) -> None:
    for cookie in ("", "policy_staff=", "policy_staff=wrong"):
        assert request(address, method, path, "{}", Cookie=cookie).status == 401


def test_the_public_page_has_neither_contents_nor_events_of_the_staffs_areas(address: str) -> None:
    public = json.load(request(address, "GET", "/config"))
    cookie = _cookie(address)
    staff = json.load(request(address, "GET", "/staff/config", Cookie=cookie))
    names = [{str(it["props"].get("elem_id")) for it in config["components"]} for config in (public, staff)]
    inside = {name for name in names[1] - names[0] if name != "None"}
    assert inside and all(re.match("lookup|evaluation", name) for name in inside)
    assert not any(re.match("lookup|evaluation", name) for name in names[0])
    assert len(public["dependencies"]) < len(staff["dependencies"])


def test_the_cookie_is_for_the_door_alone(address: str) -> None:
    reply = request(address, "POST", "/staff/sign-in", urlencode({"user": USER, "password": PASSWORD}))
    given = reply.headers["Set-Cookie"].lower()
    assert all(word in given for word in ("httponly", "samesite=strict", "path=/staff"))
    assert PASSWORD not in str(reply.headers)


def test_a_form_that_leads_elsewhere_leads_to_the_page(address: str) -> None:
    said = {"user": USER, "password": PASSWORD, "view": "https://example.com/", "lang": "//example.com"}
    reply = request(address, "POST", "/staff/sign-in", urlencode(said))
    assert (reply.status, reply.headers["Location"]) == (303, "./?view=lookup")


def test_a_form_without_end_is_not_read_to_its_end(address: str) -> None:
    reply = request(address, "POST", "/staff/sign-in", "user=" + "x" * 200_000)
    assert reply.status == 303 and "problem=wrong" in reply.headers["Location"]


def _cookie(address: str) -> str:
    reply = request(address, "POST", "/staff/sign-in", urlencode({"user": USER, "password": PASSWORD}))
    return str(reply.headers["Set-Cookie"]).split(";")[0]


# ---- in a browser ----


@pytest.mark.browser
@pytest.mark.parametrize("view", ["lookup", "evaluation"])
def test_staff_sign_in_to_the_area_they_came_for_and_out_again(
    open_at: Opener, address: str, view: str
) -> None:
    page = open_at(f"/?view={view}")
    sign_in(page)
    wait_until_opened(page)
    expect(page).to_have_url(f"{address}/staff/?view={view}")
    expect(page.locator(f"#area-{view} .sign-in")).to_have_count(0)
    expect(page.locator(f"#area-{view} h2").first).to_be_visible()
    page.locator("#areas").get_by_text("问政策").click()
    ask(page, "5号文第16条说了什么？")
    expect(page.locator("#transcript .status")).to_have_text("文件有载明")
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{address}/")
    wait_until_opened(page)
    expect(page.locator("#transcript article")).to_have_count(1)  # the talk is the tab's, signed in or not
    page.goto(f"{address}/staff/?view={view}")
    expect(page.locator(f"#area-{view} .sign-in")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_wrong_password_is_told_in_one_sentence(open_at: Opener, width: int) -> None:
    page = open_at("/?view=lookup", width)
    sign_in(page, "x")
    wait_until_opened(page)
    expect(page.get_by_role("alert").locator("visible=true")).to_have_text("用户名或密码不对，请再试一次。")
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.browser
def test_everybody_else_asks_as_before(open_at: Opener) -> None:
    page = open_at("/")
    ask(page, "5号文第16条说了什么？")
    expect(page.locator("#transcript .status")).to_have_text("文件有载明")
