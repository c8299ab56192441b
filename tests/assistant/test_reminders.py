"""Documents that expire, and measures of two documents side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reminders import changes, expiring
from index.facets import is_measure
from index.types import Document, Encoder
from tests.assistant.support import ACTIONS, AS_OF, JINGAN, MEASURES, OPINIONS, PLAN, clause, document

END = date(2025, 12, 31)  # of the imagined document
ABOUT = document(clause("支持广告企业创新转型，给予奖励。"))


@given(st.integers(1, 10**12), st.integers(0, 300))
def test_a_document_is_named_when_it_ends_within_so_many_days(within: int, before: int) -> None:
    found = expiring({ABOUT.number: ABOUT}, END - timedelta(days=before), within)
    assert found == ([(ABOUT, END)] if before <= within else [])


@pytest.mark.parametrize("day", [date(2024, 1, 31), END + timedelta(days=1)])
def test_documents_not_yet_in_force_or_over_are_left_out(day: date) -> None:
    assert expiring({ABOUT.number: ABOUT}, day, 10_000) == []


def test_a_plan_ends_with_its_period() -> None:
    plan = replace(ABOUT, effective_from=None, effective_to=None, period=(2024, 2025))
    assert expiring({plan.number: plan}, date(2025, 6, 1), 365) == [(plan, END)]


def test_the_soonest_comes_first_and_what_has_no_end_is_left_out(five: Mapping[str, Document]) -> None:
    found = expiring(five, AS_OF, 10_000)
    ends = [end for _, end in found]
    assert ends == sorted(ends) and {MEASURES, ACTIONS} <= {one.number for one, _ in found}
    assert not {PLAN, JINGAN} & {one.number for one, _ in found}
    endless = replace(ABOUT, effective_to=None)
    assert expiring({endless.number: endless}, date(2024, 6, 1), 10_000) == []


@pytest.mark.parametrize("number", [PLAN, ACTIONS, MEASURES, OPINIONS, JINGAN])
def test_a_document_beside_itself_matches_every_measure(
    number: str, five: Mapping[str, Document], encoder: Encoder
) -> None:
    rows = changes(five[number], five[number], encoder)
    measures = [one for one in five[number].clauses if is_measure(one)]
    assert [row.new for row in rows] == measures
    assert all(row.old == row.new for row in rows)


def test_pairs_additions_and_what_is_left_out_are_told_with_their_sentences(
    five: Mapping[str, Document], encoder: Encoder
) -> None:
    rows = changes(five[MEASURES], five[OPINIONS], encoder)
    both = [row for row in rows if row.old and row.new]
    assert both and any(row.old is None for row in rows)
    for row in both:
        assert row.old and row.new
        assert row.said[0] in row.old.text and row.said[1] in row.new.text and all(row.said)
    news = [row.new.path for row in rows if row.new]
    assert news == [one.path for one in five[OPINIONS].clauses if is_measure(one)]


def test_measures_on_other_matters_stand_alone(encoder: Encoder) -> None:
    old = document(clause("支持邮轮停靠宝山，给予奖励。", "一/1", title="发展邮轮经济"))
    new = document(clause("加强儿童托育机构的培训。", "一/1", title="规范托育服务"))
    assert [(row.old is None, row.new is None, row.said) for row in changes(old, new, encoder)] == [
        (True, False, ("", "")),
        (False, True, ("", "")),
    ]
    assert changes(document(), document(), encoder) == []
