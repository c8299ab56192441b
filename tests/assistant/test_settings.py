"""Settings: defaults, precedence, one clear sentence for a bad value, and the table in docs/settings.md."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.settings import PREFIX, ROOT, Settings, get_settings
from index.types import PolicyError

TABLE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = {row[1]: row[2].split("|") for row in re.finditer(r"^\| `(\w+)` \|(.*)\|$", TABLE, re.MULTILINE)}


@pytest.fixture(autouse=True)
def bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No POLICY_ variable and an `.env` of the test's own."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    yield tmp_path / ".env"


def test_defaults_need_nothing() -> None:
    settings = get_settings()
    assert settings.documents_dir == ROOT / "documents"
    assert settings.index_dir == ROOT / "var" / "index"
    assert (settings.host, settings.port, settings.model_timeout_s) == ("127.0.0.1", 7860, 30.0)
    assert (settings.encoder, settings.model, settings.as_of) == (None, None, None)
    assert settings.today() == date.today()


def test_the_environment_wins_over_the_file(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare_environment.write_text("POLICY_PORT=8000\nPOLICY_HOST=0.0.0.0\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("POLICY_PORT", "9000")
    settings = get_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)


def test_relative_folders_start_at_the_project_root_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLICY_INDEX_DIR", "elsewhere/index")
    monkeypatch.setenv("POLICY_DOCUMENTS_DIR", str(tmp_path))
    settings = get_settings()
    assert (settings.index_dir, settings.documents_dir) == (ROOT / "elsewhere" / "index", tmp_path)


@pytest.mark.parametrize("text", ["2026-11-20", "20261120"])
def test_the_as_of_date_is_today(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_AS_OF", text)
    assert get_settings().today() == date(2026, 11, 20)


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_AS_OF", "")
    monkeypatch.setenv("POLICY_PORT", "")
    assert (get_settings().as_of, get_settings().port) == (None, 7860)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "POLICY_AS_OF",
            "2026-13-01",
            "POLICY_AS_OF 的值“2026-13-01”不对，应当是：YYYY-MM-DD 形式的日期，例如 2026-11-20。",
        ),
        ("POLICY_PORT", "八千", "POLICY_PORT 的值“八千”不对，应当是：1 到 65535 之间的整数。"),
        ("POLICY_PORT", "0", "POLICY_PORT 的值“0”不对，应当是：1 到 65535 之间的整数。"),
        (
            "POLICY_MODEL",
            "qwen",
            "POLICY_MODEL 的值“qwen”不对，应当是：“提供方:模型名”，例如 openai:qwen-plus。",
        ),
        (
            "POLICY_MODEL_BASE_URL",
            "localhost",
            "POLICY_MODEL_BASE_URL 的值“localhost”不对，应当是：以 http:// 或 https:// 开头的地址。",
        ),
        ("POLICY_MODEL_TIMEOUT_S", "0", "POLICY_MODEL_TIMEOUT_S 的值“0”不对，应当是：大于 0 的秒数。"),
    ],
)
def test_a_bad_value_is_named_in_one_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(PolicyError) as caught:
        get_settings()
    assert str(caught.value) == sentence


def test_the_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_MODEL_API_KEY", "sk-secret")
    settings = get_settings()
    assert "sk-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.model_api_key and settings.model_api_key.get_secret_value() == "sk-secret"


def test_the_table_lists_every_setting_and_no_other() -> None:
    assert list(ROWS) == [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def test_the_table_explains_each_setting_in_both_languages() -> None:
    for name, (chinese, english, default) in ROWS.items():
        assert re.search(r"[一-鿿]", chinese), name
        assert re.fullmatch(r"[ -~–]+", english), name
        assert default.strip(), name


def test_the_table_gives_the_real_defaults() -> None:
    for name, field in Settings.model_fields.items():
        cell = ROWS[f"{PREFIX}{name.upper()}"][2].strip()
        if isinstance(field.default, tuple):
            assert cell == f"`{','.join(field.default)}`"
        elif field.default is None:
            assert "`" not in cell, name
        else:
            assert (
                cell == f"`{field.default:g}`" if isinstance(field.default, float) else f"`{field.default}`"
            )


def test_the_key_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("sk-file\n", encoding="utf-8")
    monkeypatch.setenv("POLICY_MODEL_API_KEY_FILE", str(tmp_path / "key"))
    assert get_settings().model_key() == "sk-file"
    monkeypatch.setenv("POLICY_MODEL_API_KEY", "sk-own")
    assert get_settings().model_key() == "sk-own"
    monkeypatch.delenv("POLICY_MODEL_API_KEY")
    monkeypatch.setenv("POLICY_MODEL_API_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(PolicyError, match=r"MODEL_API_KEY_FILE 指的文件 .*none 读不出密钥"):
        get_settings().model_key()


@pytest.mark.parametrize(
    ("text", "steps"),
    [("compose", ("compose",)), ("standalone， check", ("standalone", "check")), ("none", ())],
)
def test_the_steps_of_the_model_are_a_list(
    text: str, steps: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_MODEL_STEPS", text)
    assert get_settings().model_steps == steps


def test_a_step_that_there_is_not_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_MODEL_STEPS", "compose,dream")
    with pytest.raises(PolicyError, match=r"^POLICY_MODEL_STEPS 的值“.*”不对，应当是：standalone、"):
        get_settings()
