"""Ranked clauses → ranking measures and TREC files, both through one mapping, so that outside tools agree.

A case's required clauses are its *needs*; two that accept one another (题头 and 引言, say) are one.  A retrieved clause
stands in the run under the need that it satisfies, at its first rank; one that satisfies none, or only needs that are
met already, under its own name.  One that meets several at once stands there under each, one rank after the other.
With that, R@k is the share of needs found, and any TREC tool gives the same figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import ir_measures
from ir_measures import RR, R, nDCG

from eval.answers import Reply
from eval.cases.model import Case, Gold
from eval.matching import place, satisfies

MEASURES = {"recall@1": R @ 1, "recall@5": R @ 5, "recall@10": R @ 10, "rr": RR, "ndcg@10": nDCG @ 10}
# Places of the run are told by score in TREC tools; ours are by rank, which has no ties.
_TOP = 1000


def needs(case: Case) -> list[tuple[str, tuple[Gold, ...]]]:
    """The needs of a case, each with its name (that of its first clause) and the clauses that are it."""
    groups: list[list[Gold]] = []
    for gold in case.required:
        same = next((group for group in groups if _mutual(gold, group[0])), None)
        if same is None:
            groups.append([gold])
        else:
            same.append(gold)
    return [(_name(group[0].doc, group[0].clause), tuple(group)) for group in groups]


def _mutual(a: Gold, b: Gold) -> bool:
    return satisfies(place(a), b) and satisfies(place(b), a)


def _name(document: str, path: str) -> str:
    # Half of a surrogate pair, which JSON may hold, would crash the C code under ir_measures.
    name = f"{document}|{path}".encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"\s+", "", name)


def ranked_names(case: Case, reply: Reply) -> list[str]:
    """The run of one case: names best first, none twice."""
    wanted = needs(case)
    names: dict[str, None] = {}
    for hit in reply.retrieved or ():
        met = [name for name, golds in wanted if any(satisfies(hit.place, gold) for gold in golds)]
        new = [name for name in met if name not in names]
        # The mark keeps a need, met earlier by another clause, apart from the clause that it is named after.
        own = _name(hit.document_number, hit.clause_path) + ("+" if met else "")
        names |= dict.fromkeys(new or [own])
    return list(names)


def qrels(cases: Iterable[Case]) -> Iterator[ir_measures.Qrel]:
    """One line for each need of each answerable case."""
    for case in cases:
        if case.answerable:
            yield from (ir_measures.Qrel(case.id, name, 1) for name, _ in needs(case))


def run(pairs: Iterable[tuple[Case, Reply]]) -> Iterator[ir_measures.ScoredDoc]:
    """One line for each retrieved clause of each answerable case; the score counts down from 1,000."""
    for case, reply in pairs:
        if case.answerable and reply.retrieved is not None:
            for rank, name in enumerate(ranked_names(case, reply)):
                yield ir_measures.ScoredDoc(case.id, name, float(_TOP - rank))


def rank_measures(pairs: Sequence[tuple[Case, Reply]]) -> dict[str, Mapping[str, float]]:
    """The measures by case: 0 for an answerable case with needs where nothing is retrieved or the system failed.

    Cases without needs, and answers of a system that tells no ranking, are left out.
    """
    judged = list(qrels(case for case, reply in pairs if reply.retrieved is not None or reply.failed))
    found: dict[str, dict[str, float]] = {row.query_id: dict.fromkeys(MEASURES, 0.0) for row in judged}
    names = {measure: name for name, measure in MEASURES.items()}
    if judged:
        for value in ir_measures.iter_calc(list(MEASURES.values()), judged, list(run(pairs))):
            found[value.query_id][names[value.measure]] = value.value
    return {case: values for case, values in found.items()}
