"""What a text says of itself: number, issuer, days, term, plan period, responsible bodies; what follows on a day."""

from __future__ import annotations

from datetime import date

import pytest

from index.metadata import Facts, departments, document_number, read_facts
from index.numerals import to_int
from index.types import Document, Validity


def facts(header: str = "", preamble: str = "", closing: str = "", title: str = "", outer: str = "") -> Facts:
    return read_facts(header, preamble, closing, title, outer)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("沪府办发 〔２０２５〕５号", "沪府办发〔2025〕5号"),
        ("静府办发〔2021〕12 号", "静府办发〔2021〕12号"),
        ("沪府规[2024]03号", "沪府规〔2024〕3号"),
        ("沪府办发（2025）第5号", "沪府办发〔2025〕5号"),
        ("根据沪府办发〔2025〕5号的要求，制定本办法", None),
        ("上海市人民政府令第12号", None),
    ],
)
def test_a_document_number_stands_on_a_line_of_its_own(line: str, number: str | None) -> None:
    assert document_number(f"上海市人民政府文件\n{line}\n标题") == number


@pytest.mark.parametrize(
    ("closing", "term"),
    [
        ("本措施自2025年3月20日起实施，有效期至2028年3月19日。", (date(2025, 3, 20), date(2028, 3, 19))),
        ("第三十条本办法自2025年1月1日起施行，有效期五年。", (date(2025, 1, 1), date(2029, 12, 31))),
        ("本办法自2025年3月1日起施行，有效期为2年。", (date(2025, 3, 1), date(2027, 2, 28))),
        ("本办法自2024年2月29日起施行，有效期1年。", (date(2024, 2, 29), date(2025, 2, 28))),
        ("本办法自2025年5月31日起施行，有效期三年。", (date(2025, 5, 31), date(2028, 5, 30))),
        ("有效期自2025年10月10日起至2027年12月31日止。", (None, date(2027, 12, 31))),
        ("本办法自2025年7月1日起正式施行。", (date(2025, 7, 1), None)),
        ("本办法自2025年13月1日起施行。", (None, None)),
        ("本办法自9999年1月1日起施行，有效期五年。", (date(9999, 1, 1), None)),
        ("做好落实工作。", (None, None)),
    ],
)
def test_the_term_is_read_from_the_closing_words(closing: str, term: tuple[date | None, date | None]) -> None:
    found = facts(closing=closing)
    assert (found.effective_from, found.effective_to) == term


def test_days_of_signing_and_printing_stand_on_lines_of_their_own() -> None:
    found = facts(header="2025年3月12日\n（此件公开发布）", closing="上海市人民政府办公厅2025年3月13日印发")
    assert (found.signed, found.printed) == (date(2025, 3, 12), date(2025, 3, 13))
    assert facts(closing="到2025年3月12日，完成任务。").signed is None


@pytest.mark.parametrize(
    ("outer", "header", "issuer"),
    [
        ("上海市人民政府办公厅关于印发《办法》的通知", "", "上海市人民政府办公厅"),
        ("上海市人民政府办公厅印发《措施》的通知", "", "上海市人民政府办公厅"),
        ("上海市静安区人民政府办公室关于转发《规划》的通知", "", "上海市静安区人民政府办公室"),
        ("", "上海市人民政府文件\n沪府发〔2026〕1号", "上海市人民政府"),
        ("", "标题", None),
    ],
)
def test_the_issuer_is_named_by_the_notice_or_the_masthead(
    outer: str, header: str, issuer: str | None
) -> None:
    assert facts(header=header, outer=outer).issuer == issuer


@pytest.mark.parametrize(
    ("title", "preamble", "period"),
    [
        ("三年行动计划（2026—2028年）", "", (2026, 2028)),
        ("上海市服务业发展“十四五”规划", "", (2021, 2025)),
        ("静安区产业发展“十四五”规划", "“十四五”时期（2021年-2025年）是", (2021, 2025)),
        ("某市“十五五”规划", "", (2026, 2030)),
        ("某市若干措施", "“十四五”时期", None),
    ],
)
def test_the_period_of_a_plan_is_in_its_title(
    title: str, preamble: str, period: tuple[int, int] | None
) -> None:
    assert facts(title=title, preamble=preamble).period == period


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("做强。（责任单位：市科委、市商务委、市科委）", ["市科委", "市商务委"]),
        (
            "做强。(责任单位：浦东新区政府(上海自贸试验区管委会)、临港新片区管委会)再做。",
            ["浦东新区政府(上海自贸试验区管委会)", "临港新片区管委会"],
        ),
        ("做强。（牵头单位：市商务委，配合单位：市财政局、各区政府）", ["市商务委", "市财政局", "各区政府"]),
        ("做强。（牵头单位：市商务委；配合单位：市财政局）", ["市商务委", "市财政局"]),
        ("责任单位：市商务委\n第二段", ["市商务委"]),
        ("做强。（责任部门：市商务委", ["市商务委"]),
        ("由市发展改革委牵头，各部门落实。", ["市发展改革委"]),
        ("支持企业牵头建设平台。", []),
        ("责任单位：", []),
        ("", []),
    ],
)
def test_departments_are_named_once_and_in_order(text: str, names: list[str]) -> None:
    assert departments(text) == tuple(names)


@pytest.mark.parametrize(
    ("start", "end", "period", "day", "validity"),
    [
        (date(2025, 3, 20), date(2028, 3, 19), None, date(2025, 3, 19), Validity.NOT_YET_IN_FORCE),
        (date(2025, 3, 20), date(2028, 3, 19), None, date(2025, 3, 20), Validity.IN_FORCE),
        (date(2025, 3, 20), date(2028, 3, 19), None, date(2027, 12, 1), Validity.EXPIRING),
        (date(2025, 3, 20), date(2028, 3, 19), None, date(2028, 3, 19), Validity.EXPIRING),
        (date(2025, 3, 20), date(2028, 3, 19), None, date(2028, 3, 20), Validity.EXPIRED),
        (None, None, (2021, 2025), date(2025, 12, 31), Validity.IN_FORCE),
        (None, None, (2021, 2025), date(2026, 1, 1), Validity.PERIOD_OVER),
        (None, None, (2026, 2028), date(2025, 12, 31), Validity.NOT_YET_IN_FORCE),
        (date(2025, 3, 20), None, None, date(2030, 1, 1), Validity.IN_FORCE),
        (None, None, None, date(2026, 1, 1), Validity.UNSTATED),
    ],
)
def test_validity_follows_from_the_stated_days(
    start: date | None, end: date | None, period: tuple[int, int] | None, day: date, validity: Validity
) -> None:
    document = Document(
        "甲〔2025〕1号", "题", "府", "a.txt", (), effective_from=start, effective_to=end, period=period
    )
    assert document.validity(day) is validity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("二十一", 21),
        ("一百零三", 103),
        ("③", 3),
        ("⑳", 20),
        ("16", 16),
    ],
)
def test_numerals_of_headings_are_read(text: str, number: int) -> None:
    assert to_int(text) == number


@pytest.mark.parametrize("text", ["", "字", "十百千", "１６", "一、"])
def test_what_is_no_numeral_is_none(text: str) -> None:
    assert to_int(text) is None
