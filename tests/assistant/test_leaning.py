"""Whether a message leans on the talk: what the model looks at, the rules before it, and chitchat."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given

from assistant.leaning import FILE, NAMES, features, is_chitchat, leaning
from assistant.types import Turn
from tests.assistant.support import talk
from tests.assistant.test_talk import messages, talks

SKIING = talk("静安的滑雪场有补贴吗", "《冰雪办法》第3条，新建滑雪场补贴20万元[1]。")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("谁管", "fragment"),
        ("这个谁负责", "points_back"),
        ("它还有效吗", "points_back"),
        ("what about that", "points_back"),
        ("那浦东可以吗", "links"),
        ("浦东新区呢？", "ends_ne"),
        ("不对，我问的是浦东", "corrects"),
        ("换个话题，算力券怎么领", "switches"),
        ("谢谢您", "chitchat"),
        ("《甲办法》说了什么", "names_document"),
        ("最高多少", "starts_open"),
        ("那最高多少", "starts_open"),
        ("我们在浦东注册", "states"),
        ("多少", "no_subject"),
        ("滑雪场新建", "nothing_new"),
        ("跟浦东的有区别吗", "compares"),
        ("为什么", "why"),
        ("20万元怎么算", "same_figure"),
        ("会计师事务所去中东设点有什么支持", "long"),
    ],
)
def test_what_the_model_looks_at(question: str, name: str) -> None:
    assert features(question, SKIING)[name] == 1.0


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("养老机构去中东设点有什么支持", {"points_back", "links", "corrects", "starts_open", "fragment"}),
        ("其它行业有什么政策", {"points_back"}),
        ("那些怎么办的", {"fragment"}),
        ("我们在浦东能申请吗", {"states"}),
        ("《甲办法》说了什么", {"same_figure", "why", "compares"}),
    ],
)
def test_what_it_does_not_see(question: str, names: set[str]) -> None:
    found = features(question, SKIING)
    assert {name for name in names if found[name]} == set()


def test_new_and_shared_words_are_counted_against_the_talk() -> None:
    shared = features("滑雪场", SKIING)
    assert (shared["new_words"], shared["new_share"]) == (0.0, 0.0) and shared["shared_words"] > 0
    new = features("算力", SKIING)
    assert (new["new_words"], new["new_share"], new["shared_words"]) == (0.2, 1.0, 0.0)


@pytest.mark.parametrize("question", ["这条什么时候到期", "那一款呢", "上述补贴", "后者呢", "最开始问的那个"])
def test_what_says_itself_that_it_points_back_surely_leans(question: str) -> None:
    assert leaning(question, SKIING) == 1.0


def test_a_whole_question_about_a_subject_of_the_word_lists_does_not() -> None:
    assert leaning("算力券怎么申请", SKIING) == 0.0
    assert leaning("那算力券怎么申请", SKIING) > 0.0


@pytest.mark.parametrize("question", ["最高多少", "谁负责", "那浦东呢", "为什么", "它有效吗", "要什么材料"])
def test_follow_ups_lean(question: str) -> None:
    assert leaning(question, SKIING) > 0.6


@pytest.mark.parametrize(
    "question",
    ["谢谢", "换个话题，会展业今年有什么目标", "养老机构照护床位的运营补贴按什么标准发放"],
)
def test_other_messages_do_not_lean(question: str) -> None:
    assert leaning(question, SKIING) < 0.6


@pytest.mark.parametrize(
    "text",
    [
        "谢谢", "好的，谢谢！", "好", "好吧", "行了", "可以", "嗯嗯", "是的", "对对", "ok", "Thanks!",
        "hi", "got it", "再见", "拜拜", "辛苦了", "明白了", "知道了，我再看看", "厉害", "那就这样", "不用了",
        "周末愉快", "👍", "666", "收到",
    ],
)  # fmt: skip
def test_chitchat(text: str) -> None:
    assert is_chitchat(text) and is_chitchat(f" {text} ")


@pytest.mark.parametrize(
    "text",
    [
        "好的，多少钱",
        "谢谢，那谁负责？",
        "补贴不错吗",
        "好雨知时节",
        "what is this",
        "静安区广告企业的支持",
        "谢谢。" + "另外我想了解静安区广告企业的支持政策和申请材料的要求" * 2,
        "",
    ],
)
def test_what_asks_or_says_more_is_no_chitchat(text: str) -> None:
    assert not is_chitchat(text)


def test_the_shipped_weights_are_those_of_the_features() -> None:
    assert list(tomllib.loads(FILE.read_text(encoding="utf-8"))["leaning"]) == ["intercept", *NAMES]


@given(messages, talks)
def test_any_text_has_features_and_a_probability(question: str, history: tuple[Turn, ...]) -> None:
    found = features(question, history)
    assert tuple(found) == NAMES and all(0.0 <= value <= 1.0 for value in found.values())
    assert 0.0 <= leaning(question, history) <= 1.0
    assert is_chitchat(question) in (True, False)
