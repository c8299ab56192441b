"""The configured model through the real client, against a scripted server on loopback."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from assistant.compose.model_chat import ModelError, open_chat
from assistant.settings import Settings
from eval.models.server import Said, scripted_model

pytestmark = pytest.mark.usefixtures("only_loopback")


def settings(
    base_url: str = "http://127.0.0.1:9/v1", timeout: float = 10, key: str | None = "sk-secret"
) -> Settings:
    return Settings(
        model="openai:qwen-plus",
        model_base_url=base_url,
        model_api_key=SecretStr(key) if key else None,
        model_timeout_s=timeout,
    )


def test_instructions_and_text_are_sent_and_the_reply_comes_back() -> None:
    with scripted_model([Said(" 好的。\n")]) as model:
        assert open_chat(settings(model.base_url))("只回答好的", "在吗") == "好的。"
    (asked,) = model.asked
    assert (asked["path"], asked["model"]) == ("/v1/chat/completions", "qwen-plus")
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [
        ("system", "只回答好的"),
        ("user", "在吗"),
    ]
    assert model.keys == ["Bearer sk-secret"]


def test_a_server_of_ones_own_needs_no_key() -> None:
    with scripted_model([Said("好的。")]) as model:
        assert open_chat(settings(model.base_url, key=None))("", "在吗") == "好的。"


def test_nothing_is_sent_before_it_is_asked() -> None:
    with scripted_model([Said("好的。")]) as model:
        open_chat(settings(model.base_url))
    assert model.asked == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(status=401), "不接受密钥（401）"),
        (Said(status=403), "不接受密钥（403）"),
        (Said(status=404), "没有这个模型或这个地址（404）"),
        (Said(status=429), "请求太多或额度用完（429）"),
        (Said(status=500), "没有答成（状态码 500）"),
        (Said(""), "回复是空的"),
        (Said(raw=b"<html>not json"), "没有答成"),
        (Said(raw=b'{"choices": []}'), "没有答成"),
        (Said("晚了", wait=1.5), "在 0.3 秒内没有答复"),
    ],
)
def test_what_goes_wrong_is_one_sentence_without_the_key(said: Said, words: str) -> None:
    with scripted_model([said]) as model, pytest.raises(ModelError) as wrong:
        open_chat(settings(model.base_url, timeout=0.3 if said.wait else 10))("", "在吗")
    assert words in str(wrong.value)
    assert "sk-secret" not in str(wrong.value) and str(wrong.value).count("。") == 1


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on: bound, so that nobody else takes it, and never listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_refused_connection_is_one_sentence(closed_port: int) -> None:
    with pytest.raises(ModelError, match="连不上语言模型"):
        open_chat(settings(f"http://127.0.0.1:{closed_port}/v1"))("", "在吗")


def test_without_a_model_the_setting_is_named() -> None:
    with pytest.raises(ModelError, match="没有设置语言模型，请设置 POLICY_MODEL"):
        open_chat(Settings(model=None))


def test_without_the_packages_the_command_that_installs_them_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(ModelError, match="没有安装"):
        open_chat(settings())


def test_a_provider_that_nobody_knows_is_one_sentence() -> None:
    with pytest.raises(ModelError, match=r"打不开|没有安装") as wrong:
        open_chat(Settings(model="nobody:x", model_api_key=SecretStr("sk-secret")))
    assert "sk-secret" not in str(wrong.value)
