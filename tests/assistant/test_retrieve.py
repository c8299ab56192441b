"""Ranking with what is known of documents and validity, and the retriever for langchain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from langchain_core.retrievers import BaseRetriever

from assistant.converse import standalone
from assistant.retrieve import DEPTH, retrieve
from assistant.retriever import PolicyRetriever
from assistant.scope import figures_of
from assistant.types import Evidence, Profile, Query, Question
from assistant.understand import understand
from index.search import Searcher
from index.types import ClauseRef, Kind
from tests.assistant.support import ACTIONS, AS_OF, JINGAN, MEASURES, OPINIONS, PLAN, talk


def evidence(
    searcher: Searcher, text: str, *history: str, as_of: date = AS_OF, profile: Profile | None = None
) -> Evidence:
    question = Question(text, as_of, talk(*history), profile or Profile())
    alone = standalone(text, question.history, searcher.documents)
    return retrieve(understand(question, alone, searcher.documents), searcher, as_of)


def numbers(found: Evidence) -> list[str]:
    return [hit.ref.document_number for hit in found.ranked]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("5号文第16条说了什么？", f"{MEASURES} 二/(六)/16"),
        ("23号文第28条里的境外设点", f"{ACTIONS} 六/(二)/28"),
        ("算力券和5号文第31条有关系吗", f"{MEASURES} 四/(十三)/31"),
        ("十四五规划专栏5讲法律服务吗", f"{PLAN} 三/(二)/2/专栏5"),
    ],
)
def test_a_named_clause_comes_first_whatever_its_words(searcher: Searcher, text: str, first: str) -> None:
    assert str(evidence(searcher, text).ranked[0].ref) == first


def test_the_ranking_is_best_first_each_clause_once_and_twenty_at_most(searcher: Searcher) -> None:
    ranked = evidence(searcher, "会计师事务所去中东设点有什么支持？").ranked
    assert len(ranked) == len({hit.ref for hit in ranked}) == DEPTH == 20
    assert [hit.score for hit in ranked] == sorted((hit.score for hit in ranked), reverse=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三年行动计划里广告业怎么发展", ACTIONS),
        ("5号文对会计师事务所有什么支持", MEASURES),
        ("实施意见怎么支持律所走出去", OPINIONS),
        ("静安十四五规划里广告业怎么发展", JINGAN),
    ],
)
def test_a_named_document_comes_before_the_others(searcher: Searcher, text: str, number: str) -> None:
    ranked = numbers(evidence(searcher, text))
    assert ranked[0] == number
    assert max(set(ranked), key=ranked.count) == number


@pytest.mark.parametrize(
    "text", ["广告企业有什么支持？", "检验检测机构有什么支持政策？", "人力资源服务企业有哪些扶持？"]
)
def test_an_ended_plan_gives_way_to_documents_in_force(searcher: Searcher, text: str) -> None:
    over, running = evidence(searcher, text), evidence(searcher, text, as_of=date(2024, 6, 1))
    before = {hit.ref: hit.score for hit in running.ranked}
    lost = {h.ref.document_number: before[h.ref] - h.score for h in over.ranked if h.ref in before}
    assert all((loss > 0) == (number in (PLAN, JINGAN)) for number, loss in lost.items())
    assert any(hit.ref.document_number in (PLAN, JINGAN) for hit in running.ranked)


def test_a_question_that_looks_back_finds_the_ended_plan(searcher: Searcher) -> None:
    assert numbers(evidence(searcher, "十四五规划里法律服务的目标是什么？"))[0] == PLAN
    assert PLAN in numbers(evidence(searcher, "当年规划里法律服务怎么写的？"))[:3]


def test_a_question_about_the_district_finds_the_plan_of_the_district(searcher: Searcher) -> None:
    assert JINGAN in numbers(evidence(searcher, "静安的十四五期间人力资源产业怎么布局？"))[:2]


def test_a_clause_the_talk_was_about_has_a_head_start(searcher: Searcher) -> None:
    history = ("5号文第16条说了什么？", "- **沪府办发〔2025〕5号 第16条 降低融资成本**：“…” [1]（现行有效）")
    assert str(evidence(searcher, "这条对微短剧怎么说？", *history).ranked[0].ref) == f"{MEASURES} 二/(六)/16"


def test_the_trade_of_a_profile_turns_the_ranking(searcher: Searcher) -> None:
    plain = evidence(searcher, "我们想发展，有什么支持？")
    with_trade = evidence(searcher, "我们想发展，有什么支持？", profile=Profile(industry="广告业"))
    about = {ref for ref, clause in searcher.clauses.items() if "广告" in clause.text}
    assert sum(h.ref in about for h in with_trade.ranked[:10]) > sum(
        h.ref in about for h in plain.ranked[:10]
    )


def test_what_was_turned_down_says_why(searcher: Searcher) -> None:
    found = evidence(searcher, "广告企业有什么支持？")
    assert all(rejected.reason for rejected in found.rejected)
    assert not {rejected.hit.ref for rejected in found.rejected} & {hit.ref for hit in found.ranked}


def test_the_langchain_retriever_gives_clauses_with_their_names(searcher: Searcher) -> None:
    retriever = PolicyRetriever(searcher=searcher, k=4)
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke("会计师事务所去中东设点有什么支持？")
    assert len(found) == 4
    for one in found:
        clause = searcher.clauses[ClauseRef(one.metadata["document_number"], one.metadata["clause_path"])]
        assert one.page_content == clause.text
        assert one.metadata["clause_label"] == clause.label
        assert one.metadata["document_title"] == searcher.documents[clause.ref.document_number].title
    scores = [one.metadata["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert retriever.invoke(" ") == []


def read(searcher: Searcher, text: str) -> Query:
    return understand(Question(text, AS_OF), standalone(text, (), searcher.documents), searcher.documents)


def scores(found: Evidence) -> dict[ClauseRef, float]:
    return {hit.ref: hit.score for hit in found.ranked}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("静安规划里的75%说的是什么", f"{JINGAN} 三/(三)#产业规模不断壮大"),
        ("市服务业规划里的７５％说的是什么", f"{PLAN} 二/(三)/1"),
    ],
)
def test_a_figure_leads_to_the_clause_that_holds_it(searcher: Searcher, text: str, path: str) -> None:
    query = read(searcher, text)
    with_figure = retrieve(query, searcher, AS_OF)
    assert str(with_figure.ranked[0].ref) == path
    without = scores(retrieve(replace(query, figures=()), searcher, AS_OF))
    for hit in with_figure.ranked:
        if hit.ref in without:
            held = "75%" in figures_of(searcher.clauses[hit.ref].text)
            assert hit.score - without[hit.ref] == pytest.approx(1.5 if held else 0)


def test_asked_for_a_box_the_boxes_come_first(searcher: Searcher) -> None:
    boxed = evidence(searcher, "2021年规划的养老专栏").ranked
    assert {searcher.clauses[hit.ref].kind for hit in boxed[:3]} == {Kind.BOX}
    plain = evidence(searcher, "2021年规划的养老服务").ranked
    assert searcher.clauses[plain[0].ref].kind is not Kind.BOX


@pytest.mark.parametrize(
    "text",
    [
        "2021年的规划和5号文里，云量贷怎么写，有什么不同？",
        "5号文和23号文对比，会展业怎么扶持？",
    ],
)
def test_documents_that_are_compared_are_searched_by_what_is_compared(searcher: Searcher, text: str) -> None:
    query = read(searcher, text)
    by_subject = retrieve(query, searcher, AS_OF)
    by_names = scores(retrieve(replace(query, subject=""), searcher, AS_OF))
    compared = {*query.documents, *query.hinted}
    assert len(compared) == 2
    word = "云量贷" if "云量贷" in text else "会展"
    for number in compared:
        best = next(hit for hit in by_subject.ranked if hit.ref.document_number == number)
        assert word in searcher.clauses[best.ref].text
        assert best.score > by_names.get(best.ref, -99)


def test_a_question_of_one_document_is_not_searched_by_its_subject_alone(searcher: Searcher) -> None:
    query = read(searcher, "5号文里会展业怎么扶持？")
    assert query.subject
    assert retrieve(query, searcher, AS_OF) == retrieve(replace(query, subject=""), searcher, AS_OF)
