"""Printed lines → paragraphs with Chinese punctuation."""

from __future__ import annotations

import pytest

from index.normalise import restore, split_lines
from index.paragraphs import paragraphs


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("各区人民政府,市政府各委、办、局:", "各区人民政府，市政府各委、办、局："),
        ("«上海市若干措施»的通知", "《上海市若干措施》的通知"),
        ("８．支持 AI融合赋能", "8.支持AI融合赋能"),
        ("到 2028 年,营收超过 550 亿元", "到2028年，营收超过550亿元"),
        ("达到７５％左右", "达到75%左右"),
        ("上 海 市 文 件", "上海市文件"),
        ("协会(UFI)等", "协会（UFI）等"),
        ("打造 Web３．０创新试验场", "打造Web3.0创新试验场"),
        ("“旅游＋”“体育＋”", "“旅游+”“体育+”"),
        ("延安路－世纪大道", "延安路-世纪大道"),
        ("详见 https://zwdt.sh.gov.cn/a?b=1 办理", "详见https://zwdt.sh.gov.cn/a?b=1办理"),
        ("注册资本10,000万元", "注册资本10,000万元"),
        ("时间为9:30", "时间为9:30"),
        ("Doing Business 2020", "Doing Business 2020"),
        ("第\u200b一\ufeff条", "第一条"),
    ],
)
def test_signs_are_restored(printed: str, read: str) -> None:
    assert restore(printed) == read


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("引进优质企业.围绕产业地图.", "引进优质企业。围绕产业地图。"),
        ("１．服务业增长7.1%.其中", "1.服务业增长7.1%。其中"),
        ("加强合作(REITs).试点", "加强合作（REITs）。试点"),
    ],
)
def test_points_are_stops_where_the_font_lost_them(printed: str, read: str) -> None:
    assert restore(printed, ascii_stops=True) == read


def test_page_furniture_is_removed_and_reported() -> None:
    lines, edits = split_lines("甲甲\n—７—\n乙乙\n- 12 -\n第 3 页 共 9 页\nhttps://example.com/1.html\n丙丙")
    assert [line.text for line in lines] == ["甲甲", "乙乙", "丙丙"]
    assert [(e.rule, e.before, e.line) for e in edits] == [
        ("page_number", "—７—", 2),
        ("page_number", "- 12 -", 4),
        ("page_number", "第 3 页 共 9 页", 5),
        ("stray_link", "https://example.com/1.html", 6),
    ]


def test_a_running_head_is_what_stands_by_three_page_numbers() -> None:
    lines, edits = split_lines("上海市规划\n—1—\n正文甲\n上海市规划\n—2—\n正文乙\n上海市规划\n—3—\n正文丙")
    assert [line.text for line in lines] == ["正文甲", "正文乙", "正文丙"]
    assert sum(edit.rule == "running_head" for edit in edits) == 3


def test_a_link_inside_a_sentence_stays() -> None:
    (line,), edits = split_lines("登录“一网通办”（https://zwdt.sh.gov.cn）申报。")
    assert (line.text, edits) == ("登录“一网通办”（https://zwdt.sh.gov.cn）申报。", [])


def test_paragraphs_cut_by_a_page_are_joined_in_ocr() -> None:
    found, _ = paragraphs(
        "1.做强广告业。对企业给予支持,设立新的工种和岗位,包括\n\n“广告设计师”。\n\n2.做强会展业。"
    )
    assert [p.text for p in found] == [
        "1.做强广告业。对企业给予支持,设立新的工种和岗位,包括“广告设计师”。",
        "2.做强会展业。",
    ]


def wrapped(*paragraphs_: str, width: int = 28) -> str:
    """As a PDF is printed: an indent of two characters, which the text lost, then full lines."""
    lines = []
    for text in paragraphs_:
        lines.append(text[: width - 2])
        lines += [text[at : at + width] for at in range(width - 2, len(text), width)]
    return "\n".join(lines)


def test_printed_lines_become_paragraphs_again() -> None:
    heading, title = "一、总体要求", "某市促进服务业发展若干措施"
    body = ["围绕服务业高质量发展的各项要求，" * n + "做好工作。" for n in (4, 6, 5, 7, 3)]
    found, _ = paragraphs(wrapped(title, heading, *body))
    assert [p.text for p in found] == [title, heading, *body]


def test_a_first_line_without_a_stop_is_no_title() -> None:
    """Signs squeeze a first line to 24 of 28 characters; it still goes on."""
    full = "推动服务业高质量发展和产业转型升级以及区域协调发展的各项" + "工作"
    short_first = "东西向打造以延安路为轴线的服务业创新发展示范引领"
    text = "\n".join([full[:28]] * 12 + ["结束。", short_first, "带。" + full[:26], "完。"])
    assert paragraphs(text)[0][-1].text == short_first + "带。" + full[:26] + "完。"
