"""Answers of a session → the measures of `eval score`, without a run's folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.types import Answer
from eval.answers import Reply
from eval.cases.model import Case
from eval.measures import ok
from eval.records import Library, Record, judge
from index.search import Searcher


def records_of(
    cases: Sequence[Case], answers: Mapping[str, Answer], searcher: Searcher, as_of: date
) -> list[Record]:
    """The answers as the measures take them."""
    replies = {id: Reply.model_validate({"id": id, **answer.to_json()}) for id, answer in answers.items()}
    return judge(cases, replies, Library(searcher.documents.values()), as_of)


def ok_of(cases: Sequence[Case], answers: Mapping[str, Answer], searcher: Searcher, as_of: date) -> float:
    """The share of cases that are right as a whole."""
    told = [pair for one in records_of(cases, answers, searcher, as_of) if (pair := ok(one))]
    return sum(value for value, _ in told) / len(told) if told else 0.0
