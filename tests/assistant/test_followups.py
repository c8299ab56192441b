"""Questions to go on with: made from the evidence, none told already, and each one answered when it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from assistant.followups import MOST, followups, neighbours
from assistant.session import Session
from assistant.types import Answer, Question, Status
from index.types import Document
from tests.assistant.support import AS_OF, MEASURES, Desk, cite, clause, document, known_questions

ASKED = [question for question, _ in known_questions(every=90)]


def test_departments_not_told_and_the_rest_of_the_clause_are_suggested() -> None:
    one = clause(
        "支持企业设立分支机构。补助标准由主管部门另行制定，并向社会公布。", departments=("市商务委",)
    )
    answer = Answer(Status.ANSWERED, "支持设立。[1]", (cite(1, one, "支持企业设立分支机构。"),))
    assert followups(answer, {}) == (
        "沪测发〔2024〕3号第1条的责任单位是谁？",
        "沪测发〔2024〕3号第1条说了什么？",
        "沪测发〔2024〕3号的有效期到什么时候？",
    )


def test_a_document_is_called_as_people_call_it_where_that_names_no_other() -> None:
    one = clause("支持设立。", departments=("市商务委",))
    cited = cite(1, one)
    answer = Answer(Status.ANSWERED, "支持设立。[1]", (cited,))
    held = {cited.document.number: cited.document}
    assert followups(answer, held)[0] == "3号文第1条的责任单位是谁？"
    assert followups(answer, held, "en")[0].count("沪测发〔2024〕3号") == 1
    twin = held | {"沪测发〔2023〕3号": cited.document}
    assert followups(answer, twin)[0] == "沪测发〔2024〕3号第1条的责任单位是谁？"


def test_what_the_answer_tells_is_not_suggested() -> None:
    one = clause("支持设立。", departments=("市商务委",))
    told = Answer(Status.ANSWERED, "支持设立。责任单位：市商务委；至2025年12月31日。[1]", (cite(1, one),))
    assert followups(told, {}) == ()


def test_what_was_asked_before_is_not_suggested() -> None:
    one = clause("支持设立。", departments=("市商务委",))
    answer = Answer(Status.ANSWERED, "支持设立。[1]", (cite(1, one),))
    first, *rest = followups(answer, {})
    assert followups(answer, {}, asked=[first]) == tuple(rest)


def test_a_label_that_names_several_clauses_is_not_used() -> None:
    one, twin = clause("支持设立。", departments=("市商务委",)), clause("另外支持。", "二/1")
    cited = replace(cite(1, one), document=document(one, twin))
    assert followups(Answer(Status.ANSWERED, "支持。[1]", (cited,)), {}) == (
        "沪测发〔2024〕3号的有效期到什么时候？",
    )


def test_an_answer_without_evidence_suggests_nothing() -> None:
    assert followups(Answer(Status.CLARIFY, "哪一份？"), {}) == ()


def test_neighbours_are_the_clauses_with_text_before_and_after(five: Mapping[str, Document]) -> None:
    measures = five[MEASURES]
    sixteen = next(one for one in measures.clauses if one.label == "第16条")
    assert [one and one.label for one in neighbours(measures, sixteen)] == ["第15条", "第17条"]
    first = next(one for one in measures.clauses if one.label == "第1条")
    assert neighbours(measures, first)[0] is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_suggestion_is_answered_alone_and_in_the_talk(
    desk: Desk, searcher_session: Session, language: str
) -> None:
    """Over questions of all documents; the same suggestion is asked once."""
    suggested: dict[str, tuple[str, str]] = {}
    for question in ASKED:
        answer = desk.ask(question)
        for one in followups(answer, searcher_session.documents, language):
            suggested.setdefault(one, (question, answer.text))
    assert len(suggested) > 40
    wrong = [
        one
        for one, history in suggested.items()
        for asked in (desk.ask(one), desk.ask(one, *history))
        if not asked.status.has_evidence
    ]
    assert wrong == []


def test_suggestions_are_few_and_no_more_than_three_are_about_the_text_of_clauses(
    searcher_session: Session,
) -> None:
    for question in ASKED[::3]:
        found = followups(searcher_session.ask(Question(question, AS_OF)), searcher_session.documents)
        assert len(found) <= MOST and sum(one.endswith("说了什么？") for one in found) <= 3


@pytest.fixture
def searcher_session(desk: Desk) -> Session:
    return desk.session
