"""Intervals and tests: known answers, the same every time, undefined where nothing is known."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.statistics import Difference, Estimate, Terms, difference, estimate, point


def means(*values: float | None) -> Terms:
    return Terms.of([None if value is None else (value, 1.0) for value in values])


def test_a_measure_is_the_ratio_of_sums() -> None:
    assert point(Terms.of([(1, 2), (2, 6), None])) == 3 / 8
    assert point(means(1, 0, None, 1)) == pytest.approx(2 / 3)


def test_undefined_stays_undefined() -> None:
    assert estimate(means()) == estimate(means(None, None)) == Estimate(None, None, None, 0)
    assert estimate(means(1.0, None)) == Estimate(1.0, None, None, 1)
    assert difference(means(None), means(None)) == Difference(None, None, None, None, 0)
    assert difference(means(None, None), means(1, 0)) == Difference(None, None, None, None, 2)


def test_the_interval_of_a_share_is_near_its_normal_approximation() -> None:
    found = estimate(means(*[1.0] * 60, *[0.0] * 40))
    half = 1.96 * (0.6 * 0.4 / 100) ** 0.5
    assert found.value == 0.6 and found.n == 100
    assert (found.low, found.high) == (
        pytest.approx(0.6 - half, abs=0.015),
        pytest.approx(0.6 + half, abs=0.015),
    )


def test_a_resample_without_any_defined_case_counts_for_nothing() -> None:
    # Among 12 cases, a ratio that two define: about a tenth of the resamples hold neither.
    found = difference(
        Terms.of([(1.0, 1.0), (1.0, 1.0), *[None] * 10]),
        Terms.of([(1.0, 1.0), (0.0, 1.0), *[(0.0, 1.0)] * 10]),
    )
    assert found.high is not None and found.high < 0


def test_the_same_values_give_the_same_interval_twice() -> None:
    values = means(*np.random.default_rng(1).random(50))
    assert estimate(values) == estimate(values)


def test_where_all_cases_agree_the_interval_is_a_point() -> None:
    assert estimate(means(1, 1, 1)) == Estimate(1.0, 1.0, 1.0, 3)


def test_the_paired_test_of_six_better_and_none_worse_is_the_sign_test() -> None:
    before, after = means(*[0.0] * 6, *[1.0] * 4), means(*[1.0] * 10)
    found = difference(before, after)
    assert found.value == pytest.approx(0.6)
    assert found.p == pytest.approx(2 / 2**6, abs=0.01)


def test_three_better_and_one_worse_is_no_evidence() -> None:
    found = difference(means(0, 0, 0, 1), means(1, 1, 1, 0))
    # Of 2^4 swaps those with a difference at least as large: 0 or 1 swapped, on either side.
    assert found.p == pytest.approx(2 * (comb(4, 0) + comb(4, 1)) / 2**4)


def test_no_difference_is_certain() -> None:
    same = means(1, 0, 0.5)
    assert difference(same, same) == Difference(0.0, 0.0, 0.0, 1.0, 3)


def test_a_case_undefined_for_one_side_only_still_counts_for_the_other() -> None:
    found = difference(means(1, 0, None), means(1, None, 1))
    assert found.value == pytest.approx(1.0 - 0.5) and found.n == 3


@settings(max_examples=20, deadline=None)
@given(values=st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_the_value_lies_in_its_interval(values: list[float]) -> None:
    found = estimate(means(*values))
    assert found.low is not None and found.high is not None and found.value is not None
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
