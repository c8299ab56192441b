"""Measures against figures worked out by hand, against the reference scorer, and against other libraries."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from assistant.settings import ROOT
from eval.answers import Reply, load_answers
from eval.cases import load_cases
from eval.export import export
from eval.measures import BY_KEY, MEASURES, Coverage, Reliability, latencies, reliability, risk_coverage
from eval.ranking import MEASURES as RANKING
from eval.ranking import ranked_names
from eval.records import Library, Record, judge
from eval.score import failures, group, value
from eval.statistics import point
from index.library import parse_all
from tests.eval.damage import damaged
from tests.eval.support import AS_OF, LIBRARY, NEW, OLD, case, cite, lines, record, reply

GOLDEN = Path(__file__).parent / "golden"
TWO = [(NEW, "二/1"), (NEW, "二/2")]


def values(found: Record, *keys: str) -> list[float | None]:
    return [None if (v := value(found, key)) is None else round(v, 4) for key in keys]


def test_ranking_measures_of_a_run_worked_out_by_hand() -> None:
    ranked = [(OLD, "三/(一)/1"), (NEW, "二/2"), (NEW, "末段"), (NEW, "二/1")]
    found = record(case(gold=TWO), reply(retrieved=ranked))
    # Two clauses wanted, at ranks 2 and 4: DCG = 1/log2(3) + 1/log2(5); the best order has 1/log2(2) + 1/log2(3).
    dcg, best = 1 / math.log2(3) + 1 / math.log2(5), 1 + 1 / math.log2(3)
    assert values(found, "recall@1", "recall@5", "recall@10", "rr") == [0, 1, 1, 0.5]
    assert values(found, "ndcg@10") == [round(dcg / best, 4)]


def test_nothing_retrieved_is_0_and_nothing_to_find_is_undefined() -> None:
    keys = tuple(RANKING)
    assert values(record(case(), reply()), *keys) == [0] * 5
    unanswerable = case(answerable=False, gold=[(NEW, "二/2", False)])
    assert values(record(unanswerable, reply(retrieved=[(NEW, "二/2")])), *keys) == [None] * 5


def test_a_box_is_found_by_the_clause_that_holds_it_and_a_section_by_what_lies_inside() -> None:
    box = case(gold=[(OLD, "三/(一)/1/专栏1")])
    assert values(record(box, reply(retrieved=[(OLD, "三/(一)/1")])), "recall@1") == [1]
    section = case(gold=[(OLD, "三/(一)")])
    assert values(record(section, reply(retrieved=[(OLD, "三/(一)/1/专栏1")])), "recall@1") == [1]
    inside = case(gold=[(OLD, "三/(一)/1")])
    assert values(record(inside, reply(retrieved=[(OLD, "三/(一)")])), "recall@1") == [0]


def test_header_and_closing_count_for_one_another_and_are_one_need() -> None:
    edges = case(gold=[(NEW, "题头"), (NEW, "末段")])
    found = record(edges, reply(retrieved=[(NEW, "末段")], citations=[cite(NEW, "末段")]))
    assert values(found, "recall@1", "ndcg@10", "cite_recall") == [1, 1, 1]
    assert values(record(edges, reply(retrieved=[(OLD, "题头")])), "recall@1") == [0]


def test_a_clause_whose_number_begins_alike_is_another() -> None:
    found = record(
        case(gold=[(NEW, "二/1")]), reply(retrieved=[(NEW, "二/10")], citations=[cite(NEW, "二/10")])
    )
    assert values(found, "recall@10", "cite_recall", "cite_prec") == [0, 0, 0]


def test_clauses_that_meet_one_need_twice_take_up_ranks() -> None:
    ranked = [(NEW, f"一/(一)/{at}") for at in range(1, 6)] + [(NEW, "二/1")]
    found = record(case(gold=[(NEW, "一/(一)"), (NEW, "二/1")]), reply(retrieved=ranked))
    assert values(found, "recall@5", "recall@10") == [0.5, 1]
    assert ranked_names(found.case, found.reply)[-1] == f"{NEW}|二/1"


def test_what_a_system_does_not_tell_is_undefined() -> None:
    bare = Reply.model_validate(
        {
            "id": "c-1",
            "status": "answered",
            "answer": "好",
            "citations": [{"document_number": OLD, "clause_path": "三/(一)/1"}],
        }
    )
    found = record(case(gold=[(OLD, "三/(一)/1")]), bare)
    assert values(found, "recall@5", "quote_exact", "stale") == [None, None, None]
    assert values(found, "cite_recall", "cite_prec", "ok") == [1, 1, 1]
    assert values(record(case(), reply(status="no_reply")), "recall@5", "cite_recall", "ok") == [0, 0, 0]


def test_an_alternative_counts_instead() -> None:
    gold = [{"doc": NEW, "clause": "二/1", "or": [{"doc": OLD, "clause": "三/(一)/1"}]}]
    found = record(case(gold=gold), reply(citations=[cite(OLD, "三/(一)/1")]))
    assert values(found, "cite_recall", "cite_prec") == [1, 1]


def test_citation_measures_by_hand() -> None:
    cited = [cite(NEW, "二/1"), cite(NEW, "末段"), cite(NEW, "题头")]
    found = record(case(gold=[*TWO, (NEW, "末段", False)]), reply(citations=cited))
    # One of two required cited; 末段 is gold though not required, and 题头 counts for it: three of three.
    assert values(found, "cite_recall", "cite_prec", "cite_f1") == [0.5, 1, round(2 / 3, 4)]
    assert values(record(case(), reply()), "cite_recall", "cite_prec", "cite_f1") == [0, 0, 0]
    refused = record(case(), reply(status="not_in_documents", citations=[cite(NEW, "二/1", related=True)]))
    assert values(refused, "cite_recall", "cite_prec", "cite_f1") == [0, None, 0]


def test_a_related_clause_is_no_evidence() -> None:
    found = record(case(), reply(citations=[cite(NEW, "二/1"), cite(NEW, "二/2", related=True)]))
    assert values(found, "cite_prec", "cite_recall") == [1, 1]


def test_facts_are_all_or_nothing_and_fact_recall_is_the_share() -> None:
    asked = case(answer_contains=[["500万元", "五百万元"], ["市经济信息化委"]])
    found = record(asked, reply(answer="最高 500 万元。"))
    assert values(found, "facts", "fact_recall") == [0, 0.5]
    assert found.lacking == (("市经济信息化委",),)
    assert values(record(case(), reply()), "facts", "fact_recall") == [None, None]


def test_a_quote_is_exact_when_the_clause_holds_it_character_for_character() -> None:
    quotes: list[str] = ["最高500万元", "最高５００万元", "", "最高500万元，另加"]
    found = record(case(), reply(citations=[cite(NEW, "二/1", quote) for quote in quotes]))
    assert [verdict.verbatim for verdict in found.verdicts] == [True, False, False, False]
    assert values(found, "quote_exact") == [0.25]
    made_up = record(case(), reply(citations=[cite(NEW, "二/99", "最高500万元")]))
    assert values(made_up, "quote_exact") == [0]


def test_exact_quotes_weigh_each_citation_the_same() -> None:
    one = record(case("a"), reply("a", citations=[cite(NEW, "二/1", "最高500万元")]))
    two = record(case("b"), reply("b", citations=[cite(NEW, "二/1", "没有")] * 3))
    assert point(BY_KEY["quote_exact"].terms([one, two])) == 0.25


def test_an_ended_plan_is_stale_unless_it_is_named_as_ended() -> None:
    def stale(validity: str) -> list[float | None]:
        return values(record(case(), reply(citations=[cite(OLD, "三/(一)/1", validity=validity)])), "stale")

    assert [stale("in_force"), stale("unstated"), stale(""), stale("period_over")] == [[1], [1], [1], [0]]
    assert values(record(case(), reply(citations=[cite(NEW, "二/1")])), "stale") == [0]
    assert values(record(case(), reply()), "stale") == [None]
    early = case(as_of="2024-01-01")
    assert values(record(early, reply(citations=[cite(OLD, "三/(一)/1")])), "stale") == [0]


def test_ok_needs_everything_at_once() -> None:
    right = {"answer": "最高500万元。[1]", "citations": [cite(NEW, "二/1", "最高500万元")]}
    asked = case(
        answer_contains=[["500万元"]],
        answer_not_contains=["900万元"],
        must_not_cite=[{"doc": NEW, "clause": "二/2"}],
    )
    assert values(record(asked, reply(**right)), "ok") == [1]
    spoilt: list[dict[str, Any]] = [
        {"status": "not_in_documents"},
        {"answer": "有支持。"},
        {"answer": "最高500万元，也有900万元。"},
        {"citations": []},
        {"citations": [*right["citations"], cite(NEW, "二/2")]},
        {"citations": [*right["citations"], cite(NEW, "题头"), cite(OLD, "三/(一)/1")]},
    ]
    assert [values(record(asked, reply(**right | change)), "ok") for change in spoilt] == [[0]] * 6


def test_declining_is_right_where_nothing_answers_and_a_failure_is_not_declining() -> None:
    asked = case(answerable=False, gold=[])
    for status, right in (
        ("not_in_documents", 1),
        ("clarify", 1),
        ("answered", 0),
        ("error", 0),
        ("no_reply", 0),
    ):
        assert values(record(asked, reply(status=status)), "ok", "refused") == [right, right]


def test_abstention_agrees_with_scikit_learn() -> None:
    answers = [
        (True, "answered"),
        (True, "clarify"),
        (False, "clarify"),
        (False, "partial"),
        (False, "out_of_scope"),
    ]
    records = [
        record(case(f"c-{at}", answerable=due), reply(f"c-{at}", status=status))
        for at, (due, status) in enumerate(answers)
    ]
    truth = [not due for due, _ in answers]
    said = [status in ("clarify", "out_of_scope") for _, status in answers]
    precision, recall, f1, _ = precision_recall_fscore_support(truth, said, average="binary")
    assert [
        point(BY_KEY[key].terms(records)) for key in ("abstain_prec", "refused", "abstain_f1")
    ] == pytest.approx([precision, recall, f1])


def test_undefined_is_none_and_never_0() -> None:
    figures = group([record(case(answerable=False, gold=[]), reply(status="clarify"))])
    undefined = {key for key, found in figures.measures.items() if found.value is None}
    assert undefined >= {"recall@5", "rr", "cite_recall", "facts", "quote_exact", "stale", "wrongly_refused"}
    assert figures.measures["ok"].value == 1.0 and figures.latency == {"p50_ms": None, "p95_ms": None}


def test_latency_is_read_from_the_replies() -> None:
    records = [record(case(f"c-{ms}"), reply(f"c-{ms}", timings_ms={"total": ms})) for ms in (10, 20, 30, 40)]
    assert latencies([*records, record(case("x"), reply("x"))]) == {
        "p50_ms": 25.0,
        "p95_ms": pytest.approx(38.5),
    }


def test_the_risk_coverage_curve_by_hand() -> None:
    def answer(at: int, certainty: float, right: bool) -> Record:
        cited = [cite(NEW, "二/1" if right else "二/2")]
        return record(case(f"c-{at}"), reply(f"c-{at}", citations=cited, confidence=certainty))

    surest_first = [answer(1, 0.9, True), answer(2, 0.8, False), answer(3, 0.8, True), answer(4, 0.1, False)]
    declined = record(case("c-5", answerable=False, gold=[]), reply("c-5", status="clarify"))
    # Coverage is of all five; the two of equal certainty come in together.
    assert risk_coverage([*surest_first[::-1], declined]) == [
        Coverage(0.2, 0.0),
        Coverage(0.6, pytest.approx(1 / 3)),
        Coverage(0.8, 0.5),
    ]
    assert risk_coverage([*surest_first, record(case("c-6"), reply("c-6"))]) == []


def test_reliability_by_hand() -> None:
    def told(at: int, confidence: float | None, found: bool, answerable: bool = True) -> Record:
        ranked = [(NEW, "题头"), (NEW, "末段"), (NEW, "二/1" if found else "二/2"), (NEW, "二/1")]
        return record(
            case(f"c-{at}", answerable=answerable), reply(f"c-{at}", confidence=confidence, retrieved=ranked)
        )

    # The fourth clause comes too late, an unanswerable question has no right clause, and silence counts for nothing.
    records = [
        told(1, 0.9, True),
        told(2, 1.0, False),
        told(3, 0.1, True),
        told(4, 0.15, True, False),
        told(5, None, True),
    ]
    assert reliability(records) == [Reliability(0.125, 0.5, 2), Reliability(0.95, 0.5, 2)]
    assert reliability([told(5, None, True)]) == []


def test_failures_say_what_is_wrong_in_words() -> None:
    asked = case(gold=TWO, answer_contains=[["500万元"]])
    spoilt = reply(
        answer="奖励900万元。", citations=[cite(NEW, "二/1", "假的"), cite(OLD, "三/(一)/1", "到2025年")]
    )
    assert failures(record(asked, spoilt)) == [
        f"失效文件当作现行：{OLD}",
        "引文不是原文：二/1",
        "数字无据：900万元",
        f"漏引：{NEW} 二/2",
        "缺要点：500万元",
        f"多引：{OLD} 三/(一)/1",
    ]
    assert failures(record(case(gold=[(NEW, "二/1", False)]), reply())) == ["没有引用"]
    assert failures(record(case(answerable=False, gold=[]), reply())) == ["不该答而答了"]
    assert failures(record(case(), reply(status="clarify"))) == ["该答没答（clarify）"]


PLACES = [(d.number, c.path) for d in LIBRARY.documents.values() for c in d.clauses]


@given(
    gold=st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True),
    ranked=st.lists(st.sampled_from(PLACES), unique=True),
    cited=st.lists(st.sampled_from(PLACES), max_size=4),
    status=st.sampled_from(["answered", "partial", "clarify", "error"]),
    answerable=st.booleans(),
)
def test_every_measure_of_any_case_lies_between_0_and_1(
    gold: list[tuple[str, str]],
    ranked: list[tuple[str, str]],
    cited: list[tuple[str, str]],
    status: str,
    answerable: bool,
) -> None:
    answered = reply(status=status, retrieved=ranked, citations=[cite(*place) for place in cited])
    found = record(case(gold=gold, answerable=answerable), answered)
    shares = [value(found, measure.key) for measure in MEASURES]
    assert all(share is None or 0 <= share <= 1 for share in shares)
    at = [value(found, f"recall@{k}") for k in (1, 5, 10)]
    assert at == sorted(at, key=lambda share: share or 0)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Record]]:
    """The development cases judged over recorded answers: as they came, and spoilt."""
    cases = load_cases(ROOT / "eval" / "cases" / "dev.jsonl").cases
    library = Library(parse_all(ROOT / "documents")[0])
    text = gzip.decompress((GOLDEN / "dev_answers.jsonl.gz").read_bytes()).decode()
    rows = [json.loads(line) for line in text.splitlines()]
    found = {}
    for name, answers in (("plain", rows), ("damaged", damaged(rows))):
        path = lines(tmp_path_factory.mktemp(name) / "answers.jsonl", answers)
        loaded = load_answers(path, [case.id for case in cases])
        assert loaded.problems == ()
        found[name] = judge(cases, loaded.replies, library, AS_OF)
    return found


@pytest.mark.parametrize("name", ["plain", "damaged"])
def test_the_reference_scorer_agrees_case_by_case(golden: dict[str, list[Record]], name: str) -> None:
    """reference_scores.json holds the values of the benchmark's own scorer for the same answers."""
    reference = json.loads((GOLDEN / "reference_scores.json").read_text(encoding="utf-8"))[name]
    assert len(reference) == 75
    for found in golden[name]:
        expected = reference[found.case.id]
        ours = {key: value(found, key) for key in expected}
        assert ours == {key: None if v is None else pytest.approx(v, abs=1e-5) for key, v in expected.items()}


def test_no_recorded_answer_has_a_figure_that_nothing_supports(golden: dict[str, list[Record]]) -> None:
    assert [(r.case.id, r.unsupported) for r in golden["plain"] if r.unsupported] == []


@pytest.mark.parametrize("name", ["plain", "damaged"])
def test_ir_measures_over_the_exported_files_gives_the_same_figures(
    golden: dict[str, list[Record]], name: str, tmp_path: Path
) -> None:
    export(golden[name], LIBRARY, tmp_path, "test")
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    figures = group(golden[name]).measures
    asked = {row.query_id for row in qrels}
    for key, measure in RANKING.items():
        per_case = {row.query_id: row.value for row in ir_measures.iter_calc([measure], qrels, run)}
        # A tool leaves out a case that has no line in the run; here it counts 0.
        mean = sum(per_case.get(id, 0.0) for id in asked) / len(asked)
        assert mean == pytest.approx(figures[key].value), key


def test_the_exports_for_qa_libraries_have_their_fields(tmp_path: Path) -> None:
    said = {"answer": "最高500万元。[1]", "citations": [cite(NEW, "二/1", "最高500万元")]}
    gold = [{"doc": NEW, "clause": "二/1", "evidence": "最高500万元"}]
    found = record(case(gold=gold), reply(retrieved=[(NEW, "二/2"), (NEW, "末段")], **said))
    export([found], LIBRARY, tmp_path, "test")
    rows = {n: json.loads((tmp_path / f"{n}.jsonl").read_text("utf-8")) for n in ("qa", "ragas", "deepeval")}
    contexts = [
        f"{NEW} 2.支持出海，按照规定给予奖励。",
        f"{NEW} 本措施自2025年3月20日起施行。",
        f"{NEW} 1.发放算力券，最高500万元。（责任单位：市经济信息化委）",
    ]
    assert rows["qa"] == {
        "id": "c-1",
        "question": "算力券发多少？",
        "answer": "最高500万元。[1]",
        "contexts": contexts,
        "ground_truth": "最高500万元",
    }
    assert rows["ragas"]["retrieved_contexts"] == rows["deepeval"]["retrieval_context"] == contexts
    assert rows["ragas"]["user_input"] == rows["deepeval"]["input"] == "算力券发多少？"
    assert rows["ragas"]["reference"] == rows["deepeval"]["expected_output"] == "最高500万元"


def test_half_of_a_surrogate_pair_in_a_path_is_one_more_wrong_clause() -> None:
    broken = json.loads('"\\ud800"')
    found = record(case(), reply(retrieved=[(broken, broken), (NEW, "二/1")], citations=[cite(NEW, broken)]))
    assert values(found, "rr", "cite_prec") == [0.5, 0]


def test_an_answer_of_another_form_is_taken_as_far_as_it_goes() -> None:
    bare = Reply.model_validate(
        {"id": "c-1", "status": "answered", "citations": None, "answer": None, "extra": 1}
    )
    assert values(record(case(), bare), "ok", "cite_recall") == [0, 0]
