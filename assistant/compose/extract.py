"""Which sentences of a clause to quote: the one that answers best, and as much around it as the reader needs.

Everything returned is a substring of the clause's text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index import lexicon
from index.fuse import Signal
from index.passages import sentences
from index.search import Searcher
from index.types import Clause, Kind

# Not what a clause says: its list of departments, the distribution list, the seal and the printer's line.
_FORMAL = re.compile(
    r"^[（(](?:责任单位|牵头)|^抄送|印发$|^（此件|^\d{4}年\d{1,2}月\d{1,2}日$|(?:办公厅|人民政府)$"
)
_ROW = re.compile(r"\s*\d{1,3}\s")
# A further sentence is quoted if it comes this near to the best one in relevance.
_NEAR = 0.45
# Of sentences on many places the one that names the place asked about is meant.
_PLACE = 0.1
# What a sentence must reach to answer one of several questions; as `Searcher.similarity` counts.
_ANSWERS = 0.5


@dataclass(frozen=True, slots=True)
class Extract:
    """The best stretch of a clause, what else of it is worth showing, and how relevant the best sentence is."""

    best: str
    others: tuple[str, ...]
    relevance: float

    def in_order(self, text: str) -> list[str]:
        """All stretches in the order of the clause."""
        return sorted([self.best, *self.others], key=text.find)


def extract(
    question: str, clause: Clause, searcher: Searcher, budget: int, asks: Sequence[str] = ()
) -> Extract:
    """Quote about `budget` characters of a clause: the best sentence, then those near it in relevance.

    `asks` are the single questions of one that asks several: the best sentence for each is quoted too.
    """
    told = told_sentences(clause)
    relevance = searcher.similarity(question, told) + _named_places(question, told)
    best = int(np.argmax(relevance))
    kept, left = {best}, budget - len(told[best])
    for ask in asks:
        apart = searcher.similarity(ask, told)
        at = int(np.argmax(apart))
        if at not in kept and apart[at] >= _ANSWERS:
            kept.add(at)
            left -= len(told[at])
    for at in map(int, np.argsort(-relevance)):
        if at not in kept and len(told[at]) <= left and relevance[at] >= relevance[best] - _NEAR:
            kept.add(at)
            left -= len(told[at])
    runs = _runs(sorted(kept))
    stretches = {run[0]: _stretch(clause.text, told[run[0]], told[run[-1]]) for run in runs}
    home = next(run[0] for run in runs if best in run)
    others = tuple(text for first, text in stretches.items() if first != home)
    return Extract(stretches[home], others, float(relevance[best]))


def _named_places(question: str, told: Sequence[str]) -> Signal:
    """What each sentence gains by naming the place that the question names; shape (len(told),)."""
    names = [
        n
        for row in lexicon.load("districts").values()
        if any(n in question for n in row["names"])
        for n in row["names"]
    ]
    return np.array([_PLACE * any(name in sentence for name in names) for sentence in told], dtype=np.float32)


def told_sentences(clause: Clause) -> list[str]:
    """The sentences that say something: not the title, which is shown with the clause, nor formal lines."""
    every = sentences(clause.text)
    if clause.kind is Kind.TABLE:  # its rows: the caption and the names of its columns answer nothing
        rows = [row for row in every if _ROW.match(row)]
        return rows or every
    told = [sentence for sentence in every if not _FORMAL.search(sentence)]
    if (
        len(told) > 1
        and told[0].rstrip("。").endswith(clause.title)
        and len(told[0]) <= len(clause.title) + 8
    ):
        told = told[1:]
    return told or every


def _runs(kept: Sequence[int]) -> list[list[int]]:
    """Neighbouring sentences go together."""
    runs: list[list[int]] = []
    for at in kept:
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _stretch(text: str, first: str, last: str) -> str:
    begin = text.find(first)
    return text[begin : text.find(last, begin) + len(last)]


def whole(clause: Clause) -> str:
    """What a clause says from its first sentence to its last, title and formal lines aside."""
    told = told_sentences(clause)
    return _stretch(clause.text, told[0], told[-1])
