"""The fixed replies: the same keys and the same {named} fields in both languages."""

from __future__ import annotations

import string
import tomllib

import pytest

from assistant.prompts import FOLDER, replies, reply

KEYS = [(section, name) for section, rows in replies("zh").items() for name in rows]


def fields(text: str) -> list[str]:
    return sorted(field for _, field, _, _ in string.Formatter().parse(text) if field)


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert [(section, name) for section, rows in replies("en").items() for name in rows] == KEYS


@pytest.mark.parametrize(("section", "name"), KEYS)
def test_a_reply_has_the_same_fields_in_both_languages(section: str, name: str) -> None:
    assert fields(replies("zh")[section][name]) == fields(replies("en")[section][name])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_fields_are_filled_in_even_where_a_value_holds_braces(language: str) -> None:
    said = reply(language, "missing", "name", term="{x}{0}")
    assert "{x}{0}" in said


def test_english_replies_hold_no_chinese_but_document_marks() -> None:
    rows = tomllib.loads((FOLDER / "replies.en.toml").read_text(encoding="utf-8"))
    texts = [text for section in rows.values() for text in section.values()]
    assert not [text for text in texts if any("一" <= char <= "鿿" for char in text)]


def test_an_unknown_language_is_answered_in_chinese() -> None:
    assert replies("fr") == replies("zh")
