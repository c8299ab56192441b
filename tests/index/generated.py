"""Policy documents made up by hypothesis: the general forms of headings, in both layouts that files come in."""

from __future__ import annotations

from hypothesis import strategies as st

CHINESE = "一二三十 编章节条款项 第附件专栏表序号 政策企业支持发展服务业市区委局办给予奖励不超过万元年月日等和、，。；：（）()“”《》"
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

words = st.text(CHINESE, min_size=2, max_size=12)
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
title = words.map(lambda text: text.translate(str.maketrans("", "", "，。；：（）()“”《》、 ")) or "标题")

CN = [*"一二三四五六七八九十", "十一", "十二"]
FORMS = [
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
heading = st.tuples(
    st.sampled_from(FORMS), st.integers(0, 11), title, st.sampled_from(["", "。"]), st.booleans()
).flatmap(
    lambda parts: (prose if parts[4] else st.just("")).map(
        lambda text: parts[0](parts[1]) + parts[2] + (parts[3] or "。" if text else "") + text
    )
)
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
