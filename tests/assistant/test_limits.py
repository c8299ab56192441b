"""How often a client may ask: exact at the edges of a sliding minute, bounded in memory, right with threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from assistant.limits import RateLimit


def test_so_many_in_a_minute_and_then_the_seconds_until_the_next() -> None:
    limit = RateLimit(2)
    assert [limit.wait_s("a", now) for now in (0.0, 10.0, 20.0, 59.5, 60.0, 60.5)] == [0, 0, 40, 0.5, 0, 9.5]


def test_clients_do_not_count_for_each_other() -> None:
    limit = RateLimit(1)
    assert [limit.wait_s(client, 0.0) for client in "aba"] == [0, 0, 60]


def test_what_is_turned_away_is_not_counted() -> None:
    limit = RateLimit(1)
    assert limit.wait_s("a", 0.0) == 0
    assert all(limit.wait_s("a", now) > 0 for now in range(1, 60))
    assert limit.wait_s("a", 60.0) == 0


def test_zero_is_no_limit() -> None:
    limit = RateLimit(0)
    assert not any(limit.wait_s("a", 0.0) for _ in range(1000))


def test_the_client_that_was_away_longest_is_forgotten_first() -> None:
    limit = RateLimit(1, clients=2)
    assert [limit.wait_s(client, 0.0) for client in "abab"] == [0, 0, 60, 60]
    assert limit.wait_s("c", 1.0) == 0
    assert (limit.wait_s("b", 2.0), limit.wait_s("a", 2.0)) == (58, 0)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=60), st.integers(1, 4))
def test_no_minute_has_more_than_the_limit(steps: list[tuple[str, int]], most: int) -> None:
    limit, now = RateLimit(most), 0.0
    passed: dict[str, list[float]] = {"a": [], "b": []}
    for client, later in steps:
        now += later
        wait = limit.wait_s(client, now)
        recent = [at for at in passed[client] if at > now - 60]
        assert (wait == 0) == (len(recent) < most) and wait <= 60
        if not wait:
            passed[client].append(now)


def test_threads_that_ask_at_once_get_no_more_than_one_that_asks_often() -> None:
    limit = RateLimit(30)
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: limit.wait_s("a", 1.0), range(400)))
    assert waits.count(0.0) == 30
