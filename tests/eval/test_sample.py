"""A few answers with their evidence, drawn by a fixed seed, for people to read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.records import Record
from eval.sample import SIZE, drawn, to_markdown
from tests.eval.support import LIBRARY, NEW, OLD, case, cite, record, reply


def numbered(count: int) -> list[Record]:
    return [record(case(f"c-{at}"), reply(f"c-{at}")) for at in range(count)]


MANY = numbered(40)


@given(size=st.integers(1, 60), seed=st.integers())
def test_the_same_seed_draws_the_same_answers_in_their_order_each_once(size: int, seed: int) -> None:
    chosen = drawn(MANY, size, seed)
    assert chosen == drawn(MANY, size, seed)
    assert len(chosen) == min(size, len(MANY))
    places = [MANY.index(one) for one in chosen]
    assert places == sorted(set(places))


def test_another_seed_draws_others_and_the_cases_alone_decide() -> None:
    assert len(drawn(MANY)) == SIZE
    assert {tuple(r.case.id for r in drawn(MANY, 5, seed)) for seed in range(9)} != {
        tuple(r.case.id for r in drawn(MANY, 5, 0))
    }
    other = [record(case(f"c-{at}"), reply(f"c-{at}", answer="另一种回答")) for at in range(40)]
    assert [r.case.id for r in drawn(MANY)] == [r.case.id for r in drawn(other)]
    assert drawn([], 5) == []


def test_every_cited_clause_stands_below_the_answer_in_full_and_once() -> None:
    citations = [cite(NEW, "二/1", "发放算力券"), cite(OLD, "三/(一)/1/专栏1"), cite(NEW, "二/1", "500万元")]
    text = to_markdown([record(case(), reply(answer="发放算力券 [1]。", citations=citations))], LIBRARY)
    assert text.startswith("## c-1　算力券发多少？\n\n发放算力券 [1]。\n\n<details>")
    assert text.count("1.发放算力券，最高500万元。（责任单位：市经济信息化委）") == 1
    assert f"**{OLD} 第专栏1条**（三/(一)/1/专栏1）\n\n25条街区。" in text
    assert text.endswith("</details>\n")


def test_what_is_no_evidence_is_not_shown_as_such() -> None:
    related = [cite(NEW, "二/1", related=True), cite(NEW, "二/9")]
    assert "算力券，最高" not in to_markdown([record(case(), reply(citations=related))], LIBRARY)
    refused = reply(status="not_in_documents", answer="没有写明。", citations=[cite(NEW, "二/1")])
    assert to_markdown([record(case(), refused)], LIBRARY) == "## c-1　算力券发多少？\n\n没有写明。\n"


def test_the_talk_before_a_question_is_quoted_with_how_it_was_understood() -> None:
    history = [
        {"role": "user", "content": "有什么券？"},
        {"role": "assistant", "content": "算力券。\n\n- 一\n- 二"},
    ]
    asked = case(question="发多少？", history=history)
    text = to_markdown([record(asked, reply(standalone_question="算力券 发多少？"))], LIBRARY)
    lines = ["> 问：有什么券？", ">", "> 答：算力券。 - 一 - 二", ">", "> 理解为：算力券 发多少？"]
    assert "\n".join(lines) in text
    assert "理解为" not in to_markdown([record(case(), reply(standalone_question="x"))], LIBRARY)
