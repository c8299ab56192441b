"""Which sentences of a clause to quote: the one that answers best, and as much around it as the reader needs.

Everything returned is a substring of the clause's text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.passages import sentences
from index.search import Searcher
from index.types import Clause, Kind

_REMARK = ("（责任单位", "(责任单位", "（牵头")
# A sentence shorter than this is a title (`16.降低融资成本。`): it answers nothing by itself.
_TITLE = 14


@dataclass(frozen=True, slots=True)
class Extract:
    """The best sentence, the stretches of the clause to show beside it, and the stretch that holds it."""

    best: str
    others: tuple[str, ...]
    quote: str


def extract(question: str, clause: Clause, searcher: Searcher, budget: int) -> Extract:
    """Quote about `budget` characters of a clause, best sentences first, in the order of the clause."""
    told = _told(clause)
    relevance = searcher.similarity(question, told)
    best = int(np.argmax(relevance + [0.0 if len(s) >= _TITLE else -1.0 for s in told]))
    kept, left = {best}, budget - len(told[best])
    for at in map(int, np.argsort(-relevance)):
        if at not in kept and len(told[at]) <= left and len(told[at]) >= _TITLE:
            kept.add(at)
            left -= len(told[at])
    return Extract(
        told[best], _runs(clause.text, told, sorted(kept - {best})), _around(clause.text, told, kept, best)
    )


def _told(clause: Clause) -> list[str]:
    """The sentences that say something: not the title, which is shown with the clause, nor the list of departments."""
    every = sentences(clause.text)
    if clause.kind is Kind.TABLE:
        return every
    told = [s for s in every if not s.startswith(_REMARK)]
    if (
        len(told) > 1
        and told[0].rstrip("。").endswith(clause.title)
        and len(told[0]) <= len(clause.title) + 8
    ):
        told = told[1:]
    return told or every


def _runs(text: str, told: list[str], kept: list[int]) -> tuple[str, ...]:
    """Neighbouring sentences as one stretch of the text."""
    runs: list[list[int]] = []
    for at in kept:
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return tuple(_stretch(text, told[run[0]], told[run[-1]]) for run in runs)


def _around(text: str, told: list[str], kept: set[int], best: int) -> str:
    """The stretch of kept sentences that holds the best one."""
    first = last = best
    while first - 1 in kept:
        first -= 1
    while last + 1 in kept:
        last += 1
    return _stretch(text, told[first], told[last])


def _stretch(text: str, first: str, last: str) -> str:
    begin = text.find(first)
    end = text.find(last, begin) + len(last)
    return text[begin:end]
