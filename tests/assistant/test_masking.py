"""Masking: nothing that names a person or a firm's papers gets past it, whatever stands around; figures stay."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.masking import (
    _CODE_LETTERS,
    _ID_WEIGHTS,
    CARD,
    CREDIT_CODE,
    EMAIL,
    ID_CARD,
    MOBILE,
    NUMBER,
    PHONE,
    PLACEHOLDERS,
    mask,
)
from assistant.settings import ROOT
from index.types import Document

WIDE = str.maketrans("0123456789+-@.() ", "０１２３４５６７８９＋－＠．（）　")
# Signs and letters that could hide a number or be taken for a part of one, and anything else.
TRICKY = "Xx+-()（）－—.,，。:：/@#_ 　\u200b\t\n元万亿年转第号电话热线号码abcZ［］〔〕①²"
DIGITS, WIDE_DIGITS = "0123456789", "０１２３４５６７８９"


def around(digits: str) -> st.SearchStrategy[str]:
    """Text without digits of its own, tricky or any, with these digits mixed in."""
    anything = st.characters(exclude_categories=["Nd", "Cs"])
    return st.text(st.sampled_from(TRICKY + digits) | anything, max_size=24)


def free_at(text: str, at: int) -> bool:
    return not text or unicodedata.decimal(text[at], None) is None


@st.composite
def in_text(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> tuple[str, str]:
    """A number in other text, and the digits (ASCII or wide) that only the number has."""
    wide = draw(st.booleans())
    surroundings = around(DIGITS if wide else WIDE_DIGITS)
    before = draw(surroundings.filter(lambda text: free_at(text, -1)))
    after = draw(surroundings.filter(lambda text: free_at(text, 0)))
    number = draw(numbers)
    return before + (number.translate(WIDE) if wide else number) + after, WIDE_DIGITS if wide else DIGITS


def digits(size: int, first: str = DIGITS) -> st.SearchStrategy[str]:
    rest = st.text(DIGITS, min_size=size - 1, max_size=size - 1)
    return st.tuples(st.sampled_from(first), rest).map("".join)


GAPS = st.sampled_from(["", " ", "-", "  ", " - ", "—", "\u3000", "\u200b"])


def pieces(number: st.SearchStrategy[str], *sizes: int) -> st.SearchStrategy[str]:
    """A number cut into groups of these sizes, with one kind of gap between them."""

    def cut(parts: tuple[str, str]) -> str:
        text, gap = parts
        ends = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
        return gap.join(text[a:b] for a, b in pairwise(ends))

    return st.tuples(number, GAPS).map(cut)


@st.composite
def id_cards(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1920, 1, 1), date(2026, 1, 1)))
    region = draw(st.sampled_from(["310101", "110105", "320582", "440305", "650102"]))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    total = sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


@st.composite
def old_id_cards(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1920, 1, 1), date(1999, 12, 31)))
    return f"310106{born:%y%m%d}{draw(st.integers(0, 999)):03d}"


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    organisation = draw(st.text(_CODE_LETTERS, min_size=9, max_size=9))
    kind = draw(st.sampled_from(["91", "52", "12", "Y1"]))
    body = f"{kind}310115{organisation}"
    total = sum(_CODE_LETTERS.index(char) * pow(3, at, 31) for at, char in enumerate(body))
    return body + _CODE_LETTERS[(31 - total % 31) % 31]


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from(["6222", "6217", "4563", "5187"])) + draw(digits(draw(st.integers(11, 14))))
    return next(
        body + last
        for last in DIGITS
        if sum(int(d) if at % 2 else sum(divmod(2 * int(d), 10)) for at, d in enumerate(reversed(body))) % 10
        == -int(last) % 10
    )


MOBILES = st.tuples(st.sampled_from("3456789"), digits(9)).map(lambda parts: "1" + "".join(parts))
AREAS = st.sampled_from(["010", "021", "025", "0512", "0755"])
LANDLINES = st.one_of(
    st.builds("{}{}{}".format, AREAS, GAPS, digits(8, "23456789")),
    st.builds("({}){}{}".format, AREAS, GAPS, pieces(digits(8, "23456789"), 4, 4)),
    st.builds("{}-{}-{}".format, AREAS, digits(7, "23456789"), digits(3)),
    st.builds("+86 {} {}".format, AREAS.map(lambda area: area[1:]), digits(8, "23456789")),
)
KINDS: Mapping[str, st.SearchStrategy[str]] = {
    "mobile": MOBILES,
    "mobile 3-4-4": pieces(MOBILES, 3, 4, 4),
    "mobile 3-8": pieces(MOBILES, 3, 8),
    "mobile one by one": pieces(MOBILES, *[1] * 11),
    "mobile with 86": st.builds("{}{}{}".format, st.sampled_from(["+86", "86", "0086"]), GAPS, MOBILES),
    "mobile with dots": MOBILES.map(lambda number: f"{number[:3]}.{number[3:7]}.{number[7:]}"),
    "landline": LANDLINES,
    "id card": id_cards(),
    "id card 6-8-4": pieces(id_cards(), 6, 8, 4),
    "id card 6-4-4-4": pieces(id_cards(), 6, 4, 4, 4),
    "id card in twos": pieces(id_cards(), *[2] * 9),
    "id card of 15": old_id_cards(),
    "id card of 15, 6-6-3": pieces(old_id_cards(), 6, 6, 3),
    "bank card": bank_cards(),
    "bank card in fours": pieces(bank_cards(), 4, 4, 4, 4, 3),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_not_one_digit_of_a_number_is_left_whatever_stands_around_it(kind: str, data: st.DataObject) -> None:
    text, own = data.draw(in_text(KINDS[kind]))
    assert not set(mask(text)) & set(own), mask(text)


@given(around(""), credit_codes(), st.booleans(), GAPS, around(""))
def test_not_one_letter_of_a_credit_code_is_left_whatever_stands_around_it(
    before: str, code: str, small: bool, gap: str, after: str
) -> None:
    written = gap.join((code[:8], code[8:17], code[17:]))
    text = (
        before.upper() + written.lower() + after.upper()
        if small
        else before.lower() + written + after.lower()
    )
    assert not re.search("[0-9a-z]" if small else "[0-9A-Z]", mask(text)), mask(text)


NAMES = st.text("abcz0189._-", min_size=1, max_size=12)
HOSTS = st.sampled_from(["163.com", "qq.com", "mail.sh.gov.cn", "a-b.org"])


@given(around(WIDE_DIGITS + DIGITS), NAMES, HOSTS, st.sampled_from(["@", "＠", " @ "]), around(""))
def test_no_address_is_left_whatever_stands_around_it(
    before: str, name: str, host: str, at: str, after: str
) -> None:
    masked = mask(f"{before}{name}{at}{host}{after}")
    assert host not in masked or name not in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我姓张，手机13800138000。", f"我姓张，手机{MOBILE}。"),
        ("１３８－００１３－８０００打给我", f"{MOBILE}打给我"),
        ("打+86 138 0013 8000", f"打{MOBILE}"),
        ("幺三八零零幺三八零零零", MOBILE),
        ("13800138000元旦前打", f"{MOBILE}元旦前打"),
        ("021-63212810转801，(021)6321 2810", f"{PHONE}，{PHONE}"),
        ("座机是63212810", f"座机是{PHONE}"),
        ("400-820-8888", PHONE),
        ("+852 9123 4567", PHONE),
        ("身份证11010519491231002X", f"身份证{ID_CARD}"),
        ("130503 670401 001", ID_CARD),
        ("1 1010519491231002X", f"{ID_CARD}"),
        ("写错一位的310101199003071234", f"写错一位的{ID_CARD}"),
        ("发到zhang.san＠163．com好吗", f"发到{EMAIL}好吗"),
        ("zhang(at)sh.gov.cn", EMAIL),
        ("13800138000@163.com", EMAIL),
        ("卡号6222 0202 0011 2233 445", f"卡号{CARD}"),
        ("4111-1111-1111-1111", CARD),
        ("91310000MA1FL0BR4X", CREDIT_CODE),
        ("办件编号3101012025000123456789", f"办件编号{NUMBER}"),
    ],
)
def test_each_kind_has_its_placeholder(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "最高500万元，500 万元，1,000.50元，２５２６．９４亿元",
        "投资12345678元，13500000000000元人民币",
        "每平方米1500-2000元，15000-200000元",
        "2021-2025年，2025年3月20日至2028-03-19，20250320",
        "2025-03-20 2028-03-19",
        "2021 2022 2023 2024",
        "3500 4200 5100 6300",
        "沪府办发〔2025〕5号第16条，沪府办发〔2025〕 23号 二/(三)/8",
        "拨打12345、95588或110，邮编200040",
        "热线在2021-2025年办理了10000000件",
        "增长32%左右，1-9月",
        "@张三，a@b，网址 www.shanghai.gov.cn",
    ],
)
def test_figures_years_and_document_numbers_stay(text: str) -> None:
    assert mask(text) == text


@given(
    st.integers(1, 99_999_999), st.sampled_from(["万元", "亿元", "元", "年", "%", "平方米", "家"]), around("")
)
def test_an_amount_with_its_unit_stays(amount: int, unit: str, after: str) -> None:
    text = f"给予不超过{amount}{unit}的支持"
    assert mask(text) == text and str(amount) + unit in mask(f"{text}。{after}")


@given(st.text(st.sampled_from(TRICKY + DIGITS + WIDE_DIGITS) | st.characters()))
def test_masking_twice_is_masking_once_and_leaves_the_rest_to_the_letter(text: str) -> None:
    masked = mask(text)
    assert mask(masked) == masked
    left = re.split("|".join(map(re.escape, PLACEHOLDERS)), masked)
    assert re.fullmatch("(?s:.*)".join(map(re.escape, left)), text, re.DOTALL)


def test_no_word_of_the_documents_and_their_known_questions_is_masked(five: Mapping[str, Document]) -> None:
    texts = [clause.text for document in five.values() for clause in document.clauses]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "documents").glob("*.txt")]
    for path in (ROOT / "documents" / "questions").glob("*.jsonl"):
        texts += [json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(texts) > 7500
    assert [text for text in texts if mask(text) != text] == []


@pytest.mark.parametrize("piece", ["1", "1 ", "13-", "a", "A1", "a@", "(0", "+86", "电话"])
def test_no_text_holds_it_up(piece: str) -> None:
    started = process_time()
    mask(piece * (6000 // len(piece)))
    assert process_time() - started < 2.0
