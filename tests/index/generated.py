"""Policy documents made up by hypothesis: the general forms of headings, in both layouts that files come in."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

CHINESE = (
    "一二三十 编章节条款项 第附件专栏表序号 政策企业支持发展服务业市区委局办给予奖励不超过万元年月日等和"
)
SIGNS = "、，。；：（）()“”《》 "
LOOKS_LIKE_A_NUMBER = [
    "3.2%左右",
    "２．５％以上",
    "2526.94 亿元",
    "15.1%。专业服务业",
    "1/4 的园区",
    "二、三产业",
    "第三条规定",
    "2025年",
    "10家",
]

words = st.text(CHINESE + SIGNS, min_size=2, max_size=12)
sentence = st.lists(st.one_of(words, st.sampled_from(LOOKS_LIKE_A_NUMBER)), min_size=1, max_size=8).map(
    "，".join
)
remark = st.sampled_from(
    [
        "",
        "(责任单位:市商务委、市科委)",
        "（责任单位：浦东新区政府（上海自贸试验区管委会）、各区政府）",
        "(责任单位:市商",
    ]
)
prose = st.tuples(
    st.lists(sentence, min_size=1, max_size=4).map("。".join), st.sampled_from(["。", ".", "", "；"]), remark
).map("".join)
title = st.text(CHINESE.replace(" ", ""), min_size=1, max_size=12)

CN = [*"一二三四五六七八九十", "十一", "十二"]
FORMS: list[Callable[[int], str]] = [
    lambda n: f"第{CN[n]}编 ",
    lambda n: f"第{CN[n]}章　",
    lambda n: f"第{n + 1}节 ",
    lambda n: f"第{CN[n]}条 ",
    lambda n: f"第{CN[n]}款",
    lambda n: f"第{CN[n]}项",
    lambda n: f"{CN[n]}、",
    lambda n: f"（{CN[n]}）",
    lambda n: f"({CN[n]})",
    lambda n: f"{n + 1}.",
    lambda n: f"{n + 1}．",
    lambda n: f"({n + 1})",
    lambda n: "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"[n],
    lambda n: f"专栏{n + 1}:",
    lambda n: f"附件{n + 1}",
]


@st.composite
def headings(draw: st.DrawFn) -> str:
    """A heading on a line of its own, or with its text behind it."""
    mark = draw(st.sampled_from(FORMS))(draw(st.integers(0, 11)))
    text = draw(st.one_of(st.just(""), prose))
    stop = "。" if text else draw(st.sampled_from(["", "。"]))
    return mark + draw(title) + stop + text


heading = headings()
table = st.integers(1, 4).map(
    lambda rows: "\n".join(
        ["序号 指标 单位 数值", *(f"{n} 指标{n} ％ {n}０左右" for n in range(1, rows + 1))]
    )
)
odd = st.sampled_from(
    [
        "——坚持创新",
        "法律服务.支持律师",
        "—８１—",
        "- 3 -",
        "https://example.com/a-1",
        "---",
        "**加粗**",
        "　　缩进的一段",
        "附件：1.表",
        "抄送:市委",
        "2025年3月1日",
    ]
)
block = st.one_of(heading, heading, heading, prose, prose, table, odd)


def _wrapped(blocks: list[str], width: int = 28) -> str:
    """As a PDF gives it: a line every `width` characters, blank lines between, a page number now and then."""
    lines: list[str] = []
    for text in blocks:
        for part in text.split("\n"):
            lines += [part[at : at + width] for at in range(0, len(part), width)] or [""]
        if len(lines) % 7 == 0:
            lines.append(f"—{len(lines)}—")
    return "\n\n".join(lines)


documents = st.tuples(st.lists(block, max_size=14), st.booleans()).map(
    lambda parts: _wrapped(parts[0]) if parts[1] else "\n\n".join(parts[0])
)


SHAPES = st.lists(
    st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4
)  # chapters, sections, items
BODY = "支持企业发展，给予奖励。"
TITLES = ("支持服务业发展", "培育主体", "做强广告业")


def numbered(shape: list[list[int]], *, articles: bool) -> tuple[str, list[str]]:
    """A document of that many chapters, sections and items, and the paths that it must have."""
    lines, paths = ["某市若干措施", "为支持发展，制定本措施。"], ["题头", "引言"]
    item = 0
    for at, sections in enumerate(shape):
        chapter = f"第{at + 1}章" if articles else CN[at]
        lines.append(f"第{CN[at]}章 {TITLES[0]}" if articles else f"{CN[at]}、{TITLES[0]}")
        paths.append(chapter)
        for to, items in enumerate(sections):
            section = f"第{to + 1}节" if articles else f"({CN[to]})"
            lines.append(f"第{CN[to]}节 {TITLES[1]}" if articles else f"（{CN[to]}）{TITLES[1]}")
            paths.append(f"{chapter}/{section}")
            for _ in range(items):
                item += 1
                lines.append(f"第{item}条 {BODY}" if articles else f"{item}.{TITLES[2]}。{BODY}")
                paths.append(f"{chapter}/{section}/" + (f"第{item}条" if articles else str(item)))
    return "\n".join(lines), paths
