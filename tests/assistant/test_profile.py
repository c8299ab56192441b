"""What a message tells of the asker's firm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.profile import described
from assistant.types import Profile


@pytest.mark.parametrize(
    ("text", "industry", "district", "size"),
    [
        ("二十个人的会计所，在北外滩，想招几个懂国际税的", "会计审计税务服务业", "虹口区", "中小微企业"),
        ("我们是虹口的会计所,想去中东设点,有什么支持?", "会计审计税务服务业", "虹口区", ""),
        ("我是徐汇一家初创AI公司", "人工智能", "徐汇区", "初创企业"),
        ("我们公司有500人，做检测的机构", "", "", "规上企业"),
        ("我们是跨国公司的亚太总部，在陆家嘴", "组织管理服务业", "浦东新区", "总部企业"),
    ],
)
def test_what_is_said_of_the_firm_is_read(text: str, industry: str, district: str, size: str) -> None:
    found = described(text)
    assert (found.district, found.size) == (district, size)
    assert not industry or found.industry == industry


@pytest.mark.parametrize(
    "text",
    ["静安区的规划里广告业怎么说", "5号文第16条说了什么？", "徐汇、黄浦、普陀的占比是多少", "谢谢", ""],
)
def test_what_a_question_merely_speaks_of_is_not_the_firms(text: str) -> None:
    assert described(text) == Profile()


def test_what_is_known_stays() -> None:
    known = Profile("广告业", "静安区", "规上企业")
    assert described("我们是虹口的小会计所", known) == known


@given(st.text(max_size=60))
def test_any_text_gives_some_profile(text: str) -> None:
    found = described(text)
    assert found.traits == () and found.needs == ()
