"""What a talk has been about: names of documents and clauses by their form, entries of lists, neighbours and places."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.talk import (
    Neighbour,
    bare_clause,
    entries_of,
    named_document,
    neighbour,
    places_named,
    points,
    subject_of,
)
from assistant.types import Turn
from index.numerals import to_int
from tests.assistant.support import talk

# Pieces that the rules look for, among which any text may stand.
PIECES = (
    "《人才办法》", "沪府办发〔2025〕5号", "12号文", "三年行动方案", "第16条", "第(三)条", "第3、5条", "附件2",
    "二/(六)/16", "第一百条", "第〇条", "下一条", "上一条", "第6条前面一条", "再往下一款", "第二个", "倒数第三条",
    "前两条", "最后那个", "后者", "1.", "2、", "- **", "**", "：", " [1]", "；", "。", "\n", "还有别的吗",
    "不对，我问的是", "那浦东呢", "这两个", "最开始问的", "谢谢",
)  # fmt: skip
messages = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8).map("".join)
talks = st.lists(messages, max_size=5).map(lambda contents: talk(*contents))


def named(*contents: str) -> list[list[tuple[str, str]]]:
    return [[(point.document, point.clause) for point in found] for found in points(talk(*contents))]


@pytest.mark.parametrize(
    ("text", "document", "clause"),
    [
        ("《人才办法》（2024年版）第9条规定", "《人才办法》（2024年版）", "第9条"),
        ("《人才办法》第9条规定", "《人才办法》", "第9条"),
        ("沪府办发〔2025〕5号第16条", "沪府办发〔2025〕5号", "第16条"),
        ("2026年1号文第(三)条", "2026年1号文", "第(三)条"),
        ("8号文件第二十一条", "8号文件", "第二十一条"),
        ("根据三年行动方案第11条", "三年行动方案", "第11条"),
        ("扩大开放措施里第3、5条", "扩大开放措施", "第3、5条"),
        ("《甲办法》附件3", "《甲办法》", "附件3"),
        ("《甲规划》专栏五", "《甲规划》", "专栏五"),
        ("《甲规划》第三部分", "《甲规划》", "第三部分"),
        ("《甲规划》第二章", "《甲规划》", "第二章"),
        ("《甲办法》，共九章", "《甲办法》", ""),
    ],
)
def test_names_are_taken_by_their_form(text: str, document: str, clause: str) -> None:
    assert named("有吗", text) == [[(document, clause)]]
    assert named_document(text) == document


@pytest.mark.parametrize("text", ["这个办法好", "5号线", "《》", "谁负责", "16条", "办法", ""])
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert named("有吗", text) == [[]]
    assert named_document(text) == ""


def test_a_document_lasts_until_another_is_named_by_whomever() -> None:
    assert named("有吗", "《甲办法》第3条。第4条也是", "第5条呢", "第5条是", "《乙办法》呢", "第1条是") == [
        [("《甲办法》", "第3条"), ("《甲办法》", "第4条")],
        [("《甲办法》", "第5条")],
        [("《乙办法》", "第1条")],
    ]


def test_a_point_keeps_what_was_said_and_asked() -> None:
    ((point,),) = points(talk("租房有补贴吗", "根据《甲办法》第3条，每月补贴三成 [1]。"))
    assert (point.said, point.asked) == ("每月补贴三成", "租房有补贴吗")


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("- **沪府办发〔2025〕5号 第16条 降低融资成本**：“支持” [2]", "降低融资成本：支持"),
        ("按照《甲办法》第3条规定，奖励10万元[1]", "奖励10万元"),
        ("三年行动方案第11条提出，引进人才", "引进人才"),
        ("给予补助，最高20万元", "给予补助，最高20万元"),
        ("《甲办法》（第3条）", ""),
    ],
)
def test_the_subject_of_a_sentence_is_without_names_and_what_leads_to_them(
    sentence: str, subject: str
) -> None:
    assert subject_of(sentence) == subject


@pytest.mark.parametrize(
    ("answer", "entries"),
    [
        ("可以看：\n1. 甲\n2、乙\n- 3) 丙", {1: "甲", 2: "乙", 3: "丙"}),
        ("- **甲**（现行有效）\n- **乙**：“……”", {1: "甲", 2: "乙"}),
        ("- 甲：「……」 [1]\n- 乙：「……」 [2]", {1: "甲", 2: "乙"}),
        ("三项：1.租房(第4条);2.公寓(第5条);3.购房。", {1: "租房(第4条)", 2: "公寓(第5条)", 3: "购房"}),
        ("补贴1.5万元;2.5万元", {}),
        ("只有2.乙;3.丙", {}),
        ("没有写明。", {}),
    ],
)
def test_the_entries_of_a_list_by_number(answer: str, entries: dict[int, str]) -> None:
    assert entries_of(answer) == entries


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("第二条展开讲讲", [2]),
        ("第3点呢", [3]),
        ("倒数第一个", [5]),
        ("倒数第二条", [4]),
        ("最后那个", [5]),
        ("后者呢", [5]),
        ("前者呢", [1]),
        ("头一个", [1]),
        ("中间那个", [3]),
        ("前两条", [1, 2]),
        ("前9条", [1, 2, 3, 4, 5]),
        ("What about the first?", [1]),
        ("the second one", [2]),
        ("the third", [3]),
        ("the last", [5]),
        ("第九个", []),
        ("第0个", []),
        ("谁负责", []),
    ],
)
def test_places_in_a_list_of_five(question: str, places: list[int]) -> None:
    assert places_named(question, 5) == places


@pytest.mark.parametrize(
    ("question", "clause", "found"),
    [
        ("下一条呢", "第16条", Neighbour("第17条", "第16条", 1)),
        ("上一条之后的事呢", "第16条", Neighbour("第15条", "第16条", -1)),
        ("再往下一条", "第20条", Neighbour("第21条", "第20条", 1)),
        ("前面那条", "第二条", Neighbour("第一条", "第二条", -1)),
        ("第6条前面一条是啥", "第16条", Neighbour("第5条", "第6条", -1)),
        ("下一条", "第九条", Neighbour("第十条", "第九条", 1)),
        ("下一条", "第十九条", Neighbour("第二十条", "第十九条", 1)),
        ("下一条", "第九十九条", Neighbour("第一百条", "第九十九条", 1)),
        ("下一款", "第3款", Neighbour("第4款", "第3款", 1)),
        ("下一条", "第3、5条", Neighbour("第6条", "第5条", 1)),
        ("上一条", "第3、5条", Neighbour("第2条", "第3条", -1)),
        ("下一条", "二/(六)/16", Neighbour("第17条", "第16条", 1)),
        ("上一条", "第1条", None),
        ("下一条", "附件三", None),
        ("下一条", "专栏5", None),
        ("下一条", "", None),
        ("谁负责", "第3条", None),
    ],
)
def test_neighbours(question: str, clause: str, found: Neighbour | None) -> None:
    assert neighbour(question, clause) == found


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("19条呢", "第19条"),
        ("第35条也看下", "第35条"),
        ("那二十条", "第二十条"),
        ("有31条措施", ""),
        ("条", ""),
    ],
)
def test_a_bare_number_is_a_clause_at_the_beginning_only(question: str, clause: str) -> None:
    assert bare_clause(question) == clause


@given(talks)
def test_points_are_made_of_what_was_said(history: tuple[Turn, ...]) -> None:
    found = points(history)
    assert len(found) == sum(turn.role == "assistant" for turn in history)
    contents = [turn.content for turn in history]
    for point in chain.from_iterable(found):
        assert any(point.document in content for content in contents)
        assert any(point.clause in content for content in contents)
        assert point.asked in ("", *contents)
        # What was said may have lost names in its middle, and nothing else.
        assert any(_within(point.said, content) for content in contents)


def _within(part: str, whole: str) -> bool:
    """Whether the letters of `part` stand in `whole` in their order."""
    rest = iter(whole)
    return all(letter in rest for letter in part)


@given(messages)
def test_entries_are_texts_of_the_answer(answer: str) -> None:
    assert all(entry in answer for entry in entries_of(answer).values())


@given(messages, st.integers(min_value=1, max_value=30))
def test_places_are_places_of_the_list(question: str, size: int) -> None:
    assert all(1 <= place <= size for place in places_named(question, size))


@given(messages, st.sampled_from(PIECES) | messages)
def test_a_neighbour_is_a_clause_from_one_on(question: str, clause: str) -> None:
    found = neighbour(question, clause)
    if found:
        assert (to_int(found.clause[1:-1]) or 0) >= 1
        assert found.clause != found.origin and found.step in (1, -1)


@given(messages)
def test_any_text_has_a_subject_a_document_and_a_bare_clause(text: str) -> None:
    assert _within(subject_of(text), text)
    assert named_document(text) in text
    assert bare_clause(text).strip("第条") in text


PASTED = ("《甲办法》第3条。" * 5000, "三年行动计划" * 3000, "（" * 20_000, "第1条、" * 9000, "1" * 30_000)


@pytest.mark.parametrize("pasted", PASTED, ids=lambda text: text[:4])
def test_of_a_message_that_no_answer_is_long_as_the_beginning_is_read(pasted: str) -> None:
    (read,) = points(talk("有吗", pasted))
    (beginning,) = points(talk("有吗", pasted[:4000]))
    assert read == beginning
    assert points(talk("有吗", "x" * 4000 + "。《乙办法》第9条")) == [[]]
    assert named("有吗", "好。" * 1000 + "《乙办法》第9条") == [[("《乙办法》", "第9条")]]


@given(messages, st.sampled_from(PASTED))
@settings(max_examples=20)
def test_what_is_pasted_behind_a_full_answer_changes_nothing(answer: str, pasted: str) -> None:
    full = answer[:3999].ljust(3999) + "\n"
    assert points(talk("有吗", full + pasted)) == points(talk("有吗", full))
