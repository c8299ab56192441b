"""JSON lines in, JSON lines out: one object a line, in order, and a bad line named by line and field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from assistant.batch import InputError, answer_lines, parse_date, parse_history, parse_profile, parse_question
from assistant.types import Answer, Profile, Question, Status, Turn
from tests.assistant.support import AS_OF, MEASURES, Desk

# Those of the contract, `choices`, `matched` and `confidence`.
KEYS = {
    "id",
    "status",
    "answer",
    "citations",
    "retrieved",
    "standalone_question",
    "composer",
    "choices",
    "matched",
    "usage",
    "confidence",
    "timings_ms",
}
CITATION = {
    "marker",
    "document_number",
    "document_title",
    "clause_path",
    "clause_label",
    "headings",
    "quote",
    "validity",
    "effective_from",
    "effective_to",
    "departments",
}


def echo(question: Question) -> Answer:
    """A stand-in that answers with what it was asked."""
    return Answer(Status.ANSWERED, f"{question.text} {question.as_of}")


def run(lines: Iterable[str]) -> list[dict[str, Any]]:
    return list(answer_lines(lines, echo, AS_OF))


@pytest.fixture(scope="module")
def real(desk: Desk) -> dict[str, Any]:
    """The output line of a real question, as it is read back from JSON."""
    line = json.dumps({"id": "a", "question": "5号文第16条说了什么？", "as_of": "2026-11-20", "extra": 1})
    (row,) = answer_lines([line], desk.session.ask, AS_OF)
    read: dict[str, Any] = json.loads(json.dumps(row, ensure_ascii=False))
    return read


def test_an_output_line_has_the_keys_of_the_contract_and_confidence(real: dict[str, Any]) -> None:
    assert set(real) == KEYS
    assert set(real["citations"][0]) == CITATION
    assert {key for row in real["retrieved"] for key in row} == {"document_number", "clause_path", "score"}
    assert set(real["timings_ms"]) == {"understand", "retrieve", "compose", "verify", "total"}


def test_an_output_line_holds_what_was_found(real: dict[str, Any]) -> None:
    (citation,) = real["citations"]
    assert (real["id"], real["status"], real["composer"]) == ("a", "answered", "extractive")
    assert real["standalone_question"] == "5号文第16条说了什么？"
    assert citation | {"quote": ""} == {
        "marker": 1,
        "document_number": MEASURES,
        "document_title": "上海市促进服务业创新发展若干措施",
        "clause_path": "二/(六)/16",
        "clause_label": "第16条",
        "headings": ["二、培育服务业发展新动能", "(六)降低企业成本"],
        "quote": "",
        "validity": "in_force",
        "effective_from": "2025-03-20",
        "effective_to": "2028-03-19",
        "departments": ["市科委", "市委金融办", "上海金融监管局", "市发展改革委", "市商务委"],
    }


def test_retrieved_is_best_first_each_once_twenty_at_most(real: dict[str, Any]) -> None:
    rows = real["retrieved"]
    assert len(rows) == len({(row["document_number"], row["clause_path"]) for row in rows}) <= 20
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert rows[0]["clause_path"] == "二/(六)/16"


def test_dates_that_a_document_does_not_state_are_null(desk: Desk) -> None:
    row = desk.ask("2026年1号文第三条说了什么？").to_json()["citations"][0]
    assert (row["validity"], row["effective_from"], row["effective_to"]) == ("unstated", None, None)


def test_related_stands_only_with_citations_that_are_no_evidence(desk: Desk) -> None:
    refused = desk.ask("会计师事务所出海补贴多少钱？").to_json()
    assert refused["status"] == "not_in_documents"
    assert [row["related"] for row in refused["citations"]] == [True] * len(refused["citations"])


BAD = [
    ("{not json", "第 2 行不是合法的 JSON"),
    ("", None),
    ('["list"]', "JSON 对象"),
    ('"text"', "JSON 对象"),
    ("null", "JSON 对象"),
    ('{"id": "b"}', "question"),
    ('{"question": ""}', "question"),
    ('{"question": " "}', "question"),
    ('{"question": 5}', "question"),
    ('{"question": null}', "question"),
    ('{"question": "x", "as_of": "2026-13-01"}', "as_of"),
    ('{"question": "x", "as_of": "20261120"}', "as_of"),
    ('{"question": "x", "as_of": "明天"}', "as_of"),
    ('{"question": "x", "as_of": ""}', "as_of"),
    ('{"question": "x", "as_of": 20261120}', "as_of"),
    ('{"question": "x", "profile": []}', "profile"),
    ('{"question": "x", "profile": "广告业"}', "profile"),
    ('{"question": "x", "profile": {"industry": 1}}', "profile.industry"),
    ('{"question": "x", "profile": {"traits": "AI"}}', "profile.traits"),
    ('{"question": "x", "profile": {"needs": [1]}}', "profile.needs"),
    ('{"question": "x", "history": {}}', "history"),
    ('{"question": "x", "history": ["x"]}', "history[0]"),
    (
        '{"question": "x", "history": [{"role": "user", "content": "a"}, {"role": "bot", "content": "a"}]}',
        "history[1]",
    ),
    ('{"question": "x", "history": [{"role": "user"}]}', "history[0]"),
]


@pytest.mark.parametrize(("line", "named"), [(line, named) for line, named in BAD if named])
def test_a_bad_line_names_line_and_field_and_the_others_are_answered(line: str, named: str) -> None:
    first, bad, last = run(['{"question": "甲"}', line, '{"question": "乙"}'])
    assert (first["answer"], last["answer"]) == ("甲 2026-11-20", "乙 2026-11-20")
    assert bad["status"] == "invalid_input"
    assert "第 2 行" in bad["answer"] and named in bad["answer"]
    assert set(bad) == KEYS


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"question": "甲", "n": ' + "1" * 5000 + "}", id="a number of 5000 digits"),
        pytest.param("[" * 100_000, id="100,000 brackets"),
    ],
)
def test_a_line_that_json_gives_up_on_costs_only_itself(line: str) -> None:
    bad, good = run([line, '{"question": "乙"}'])
    assert (bad["status"], good["status"]) == ("invalid_input", "answered")


def test_a_week_date_is_no_date_of_the_form_asked_for() -> None:
    with pytest.raises(InputError):
        parse_date("2026-W47-5")


def test_unknown_extra_fields_are_ignored() -> None:
    (row,) = run(['{"question": "甲", "mood": "good", "expected": [1, 2], "profile": {"colour": 1}}'])
    assert row["answer"] == "甲 2026-11-20"


def test_the_order_is_kept_and_blank_lines_give_nothing() -> None:
    rows = run([f'{{"id": {n}, "question": "{n}"}}\n' if n % 3 else "\n" for n in range(10)])
    assert [row["id"] for row in rows] == [1, 2, 4, 5, 7, 8]


@pytest.mark.parametrize("identity", ["a", 0, "", 7, ["x"], {"n": 1}, False])
def test_an_id_comes_back_as_it_was_given(identity: Any) -> None:
    (row,) = run([json.dumps({"id": identity, "question": "甲"})])
    assert row["id"] == identity


def test_a_bad_line_keeps_its_id_too() -> None:
    (row,) = run(['{"id": "a", "question": 5}'])
    assert (row["id"], row["status"]) == ("a", "invalid_input")


def test_a_line_without_an_id_gets_its_number() -> None:
    rows = run(["", '{"question": "甲"}', "{bad", '{"id": null, "question": "乙"}'])
    assert [row["id"] for row in rows] == ["2", "3", "4"]


def test_as_of_of_the_line_counts_before_that_of_the_run() -> None:
    rows = run(['{"question": "甲", "as_of": "2024-06-01"}', '{"question": "甲", "as_of": null}'])
    assert [row["answer"] for row in rows] == ["甲 2024-06-01", "甲 2026-11-20"]


def test_everything_of_a_question_is_read() -> None:
    row = {
        "question": "甲",
        "as_of": "2024-06-01",
        "history": [{"role": "user", "content": "前"}, {"role": "assistant", "content": "答", "time": 1}],
        "profile": {
            "industry": "广告业",
            "district": "静安区",
            "size": "小型",
            "traits": ["AI"],
            "needs": ["融资"],
        },
    }
    assert parse_question(row, AS_OF) == Question(
        "甲",
        date(2024, 6, 1),
        (Turn("user", "前"), Turn("assistant", "答")),
        Profile("广告业", "静安区", "小型", ("AI",), ("融资",)),
    )


def test_what_is_left_out_or_null_is_empty() -> None:
    assert (
        parse_profile(None)
        == parse_profile({})
        == parse_profile({"industry": None, "traits": None})
        == Profile()
    )
    assert parse_history(None) == parse_history([]) == ()


def test_an_answer_in_the_batch_is_that_of_the_session(desk: Desk) -> None:
    line = json.dumps(
        {
            "question": "这条什么时候到期？",
            "as_of": "2027-12-01",
            "history": [
                {"role": "user", "content": "5号文第16条说了什么？"},
                {"role": "assistant", "content": "**沪府办发〔2025〕5号 第16条 降低融资成本**：…… [1]"},
            ],
        }
    )
    (row,) = answer_lines([line], desk.session.ask, AS_OF)
    assert "即将到期" in row["answer"]
    assert row["citations"][0]["validity"] == "expiring"
