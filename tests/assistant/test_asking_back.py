"""A question without a subject is asked back, once, with whole questions to go on with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.prompts import reply
from assistant.session import Session
from assistant.types import Answer, Profile, Question, Status
from index.build import build
from index.search import Searcher
from index.types import Encoder
from tests.assistant.support import AS_OF, MEASURES, Desk

BARE = [
    "谁负责？",
    "目标多少亿？",
    "它在哪个区？",
    "排第几？",
    "占几成？",
    "一共几家？",
    "那条还算数不？",
    "要交什么材料？",
]
ASKED_BACK = reply("zh", "status", "no_subject")


@pytest.fixture(scope="module")
def asked(desk: Desk) -> dict[str, Answer]:
    return {text: desk.ask(text) for text in BARE}


@pytest.mark.parametrize("text", BARE)
def test_a_question_of_nothing_is_asked_back_with_questions_to_go_on_with(
    asked: dict[str, Answer], text: str
) -> None:
    answer = asked[text]
    assert (answer.status, answer.citations) == (Status.CLARIFY, ())
    assert answer.text.startswith(ASKED_BACK)
    assert 2 <= len(answer.choices) <= 4 == len(set(answer.choices))
    for choice in answer.choices:
        title, joint, question = choice.partition("：")
        assert joint and question == text and len(title) >= 4
        assert not re.search(r"\d", title)  # a question back asserts nothing
        assert f"- {choice}" in answer.text.split("\n")
    assert answer.to_json()["choices"] == list(answer.choices)


@pytest.mark.parametrize("text", BARE[:3])
def test_a_choice_is_a_question_that_is_not_asked_back(
    desk: Desk, asked: dict[str, Answer], text: str
) -> None:
    for choice in asked[text].choices:
        assert desk.ask(choice).status is not Status.CLARIFY
        assert desk.ask(choice, text, asked[text].text).status is not Status.CLARIFY


def test_the_choices_are_of_different_parts_of_the_documents(desk: Desk) -> None:
    clauses = {
        c.title: (c.ref.document_number, *c.headings[:1]) for c in desk.session.searcher.clauses.values()
    }
    titles = [choice.partition("：")[0] for choice in desk.ask("谁负责？").choices]
    assert len({clauses[title] for title in titles}) == len(titles)


@pytest.mark.parametrize("text", BARE)
def test_nobody_is_asked_back_twice_in_a_row(desk: Desk, asked: dict[str, Answer], text: str) -> None:
    assert desk.ask(text, "谁负责？", asked["谁负责？"].text).status is not Status.CLARIFY


def test_after_an_answer_in_between_a_question_may_be_asked_back_again(desk: Desk) -> None:
    turns = ("谁负责？", ASKED_BACK, "谢谢", reply("zh", "status", "thanks"))
    assert desk.ask("目标多少亿？", *turns).choices


def test_what_the_talk_is_about_is_not_asked_again(desk: Desk) -> None:
    first = desk.ask("广告业怎么发展？")
    assert desk.ask("目标多少亿？").status is Status.CLARIFY
    answer = desk.ask("目标多少亿？", "广告业怎么发展？", first.text)
    assert answer.status is Status.ANSWERED and "4500亿" in answer.text


@pytest.mark.parametrize(
    ("text", "answered", "said"),
    [
        ("谁负责？", "沪府办发〔2025〕5号 第16条 [1]", "市科委"),
        ("目标多少亿？", "见沪府办发〔2025〕23号 第1条 [1]", "4500亿"),
    ],
)
def test_a_clause_talked_of_is_a_subject_though_nobody_said_what_it_is_about(
    desk: Desk, text: str, answered: str, said: str
) -> None:
    answer = desk.ask(text, "这个呢", answered)
    assert answer.status is Status.ANSWERED and said in answer.text


def test_a_title_with_a_figure_in_it_is_no_choice(encoder: Encoder, tmp_path: Path) -> None:
    titles = ["建设100幢楼宇", "打造特色园区", "引进高端人才", "扩大制度开放"]
    parts = zip("一二三四", ["楼宇", "园区", "人才", "开放"], titles, strict=True)
    lines = [f"{n}、{part}\n{at}.{t}。由有关部门负责实施。" for at, (n, part, t) in enumerate(parts, 1)]
    (tmp_path / "documents").mkdir()
    text = "\n".join(["测府〔2024〕3号", "关于楼宇的若干办法", *lines])
    (tmp_path / "documents" / "a.txt").write_text(text, encoding="utf-8")
    stored, _ = build(tmp_path / "documents", tmp_path / "index", encoder)
    answer = Session(Searcher(stored, encoder)).ask(Question("谁负责？", AS_OF))
    assert sorted(answer.choices) == sorted(f"{title}：谁负责？" for title in titles[1:])


def test_a_profile_gives_the_subject(desk: Desk) -> None:
    answer = desk.ask("目标多少亿？", profile=Profile(industry="广告业"))
    assert answer.status is Status.ANSWERED and "4500亿" in answer.text


@pytest.mark.parametrize("text", ["5号文谁负责？", "5号文第16条谁负责？"])
def test_a_document_gives_the_subject(desk: Desk, text: str) -> None:
    answer = desk.ask(text)
    assert answer.status is Status.ANSWERED
    assert {c.document.number for c in answer.citations} == {MEASURES}


@pytest.mark.parametrize(
    "text", ["会展业谁负责？", "广告业目标多少亿？", "算力券谁管？", "市北高新在哪个区？"]
)
def test_a_short_question_with_a_subject_is_not_asked_back(desk: Desk, text: str) -> None:
    assert desk.ask(text).status is not Status.CLARIFY


@pytest.mark.parametrize("text", ["广告业有什么支持？", "谢谢", "明天天气怎么样？", "88号文说了什么？", ""])
def test_every_other_answer_has_no_choices(desk: Desk, text: str) -> None:
    answer = desk.ask(text)
    assert (answer.choices, answer.to_json()["choices"]) == ((), [])


def test_a_clause_of_several_documents_is_asked_back_by_their_numbers(desk: Desk) -> None:
    answer = desk.ask("第16条说了什么？")
    assert len(answer.choices) == 3
    for choice in answer.choices:
        number, _, question = choice.partition(" ")
        assert question == "第16条说了什么？"
        assert {c.document.number for c in desk.ask(choice).citations} == {number}
