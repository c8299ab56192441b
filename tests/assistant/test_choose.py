"""Which clauses are cited: the best one always, others only where they may well answer too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.applicability import Verdict, match_question
from assistant.compose.choose import choose
from assistant.converse import Standalone
from assistant.retrieve import retrieve
from assistant.types import Evidence, Query, Question
from assistant.understand import understand
from index.search import Searcher
from index.types import ClauseRef, Hit
from tests.assistant.support import ACTIONS, AS_OF, JINGAN, MEASURES, Desk, known_questions, paths

# The least chance that a clause beside the first must have, by what is asked.
FLOORS = {"support": 0.02, "whether": 0.08, "general": 0.08}
ADVERTISERS = "广告企业有什么支持？"


def found(searcher: Searcher, text: str) -> tuple[Query, Evidence]:
    query = understand(Question(text, AS_OF), Standalone(text), searcher.documents)
    return query, retrieve(query, searcher, AS_OF)


def even(hits: list[Hit]) -> Evidence:
    """Evidence in which no score tells the hits apart; in their order."""
    level = tuple(replace(hit, score=10.0) for hit in hits)
    return Evidence(level, level)


def by_chance(searcher: Searcher, query: Query, evidence: Evidence) -> tuple[list[Hit], list[Hit]]:
    """The hits of documents in force that may well answer, and those that hardly do, best first."""
    standing = [hit for hit in evidence.kept if "2021" not in hit.ref.document_number]
    sure = {hit.ref: searcher.confidence(query.standalone, [hit]) for hit in standing}
    ranked = sorted(standing, key=lambda hit: -sure[hit.ref])
    return [h for h in ranked if sure[h.ref] >= 0.1], [h for h in ranked if sure[h.ref] < 0.01]


def test_beside_the_first_only_what_may_well_answer_is_cited(searcher: Searcher) -> None:
    query, evidence = found(searcher, ADVERTISERS)
    likely, unlikely = by_chance(searcher, query, evidence)
    assert len(likely) >= 3 and len(unlikely) >= 2
    chosen = choose(query, even([*likely[:3], *unlikely[:2]]), searcher, AS_OF)
    assert [hit.ref for hit in chosen] == [hit.ref for hit in likely[:3]]


def test_the_first_is_cited_however_unlikely_and_with_it_what_is_no_worse(searcher: Searcher) -> None:
    query, evidence = found(searcher, ADVERTISERS)
    likely, unlikely = by_chance(searcher, query, evidence)
    chosen = choose(query, even([unlikely[0], likely[0], unlikely[1]]), searcher, AS_OF)
    firm = match_question(query.standalone, query.profile, searcher.documents, AS_OF)
    others = {one.clause.ref for one in firm if one.verdict is Verdict.NOT}
    wanted = [unlikely[0].ref, likely[0].ref, unlikely[1].ref]
    assert [hit.ref for hit in chosen] == [
        ref for at, ref in enumerate(wanted) if at == 0 or ref not in others
    ]


def test_what_the_talk_was_about_is_cited_however_unlikely(searcher: Searcher) -> None:
    query, evidence = found(searcher, ADVERTISERS)
    likely, unlikely = by_chance(searcher, query, evidence)
    carried = replace(query, carried=(unlikely[0].ref,))
    for asked, kept in ((query, 1), (carried, 2)):
        chosen = choose(asked, even([likely[0], *unlikely[:2]]), searcher, AS_OF)
        assert [hit.ref for hit in chosen] == [likely[0].ref, unlikely[0].ref][:kept]


def test_of_known_questions_no_unlikely_clause_is_cited_beside_the_first(searcher: Searcher) -> None:
    beside = 0
    for text, _ in known_questions(every=30):
        query, evidence = found(searcher, text)
        if (
            query.intent not in FLOORS
            or query.refs
            or query.documents
            or query.hinted
            or query.asks
            or query.parts
        ):
            continue
        chosen = choose(query, evidence, searcher, AS_OF)
        over = {hit.ref for hit in chosen if hit.ref.document_number.endswith(("7号", "12号"))}
        if not chosen or over:  # beside an ended plan stands what is in force, likely or not
            continue
        first, *others = (searcher.confidence(text, [hit]) for hit in chosen)
        assert all(p >= min(FLOORS[query.intent], first / 2) for p in others), text
        beside += len(others)
    assert beside > 10


def test_nothing_found_is_nothing_chosen(searcher: Searcher) -> None:
    query, _ = found(searcher, ADVERTISERS)
    assert choose(query, Evidence((), ()), searcher, AS_OF) == []


def test_one_of_several_questions_adds_the_clause_that_says_it(searcher: Searcher, desk: Desk) -> None:
    text = "静安到2025年要新增几幢亿元楼、几家上市公司"
    query, evidence = found(searcher, text)
    assert len(choose(replace(query, asks=()), evidence, searcher, AS_OF)) == 1
    answer = desk.ask(text)
    assert paths(answer) == [f"{JINGAN} 三/(三)#新旧动能加速转换", f"{JINGAN} 三/(三)#发展质量日益提高"]
    assert "6-10家" in answer.text and "5-10幢" in answer.text


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ("市北高新园区一平米能产多少税？亩产在全市开发区排第几", f"{JINGAN} 一/(二)/1"),
        ("静安十三五那五个产业谁交的税最多,五年加起来多少亿?占几成", f"{JINGAN} 三/(三)#产业规模不断壮大"),
    ],
)
def test_it_adds_no_clause_that_says_no_more_than_those_chosen(desk: Desk, text: str, repeats: str) -> None:
    answer = desk.ask(text)
    assert repeats in [str(hit.ref) for hit in answer.retrieved[:6]]
    assert repeats not in paths(answer)


@pytest.mark.parametrize(
    ("text", "unsure"),
    [
        ("服务消费那个IP矩阵是几加N?主推的活动又叫什么", f"{MEASURES} 三/(八)/22"),
        ("我们纳税在区里排前几,能不能派个专人盯着帮忙", f"{ACTIONS} 六/(一)/26"),
    ],
)
def test_it_adds_no_clause_that_hardly_answers_it(searcher: Searcher, text: str, unsure: str) -> None:
    query, evidence = found(searcher, text)
    assert ClauseRef.parse(unsure) not in {hit.ref for hit in choose(query, evidence, searcher, AS_OF)}


def test_where_documents_are_compared_each_gives_its_best_and_questions_add_none(desk: Desk) -> None:
    answer = desk.ask("会展业，三年行动计划的目标是多少亿，静安十四五规划怎么说、谁负责")
    numbers = [c.document.number for c in answer.citations]
    assert sorted(numbers) == sorted([ACTIONS, JINGAN])
