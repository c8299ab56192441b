"""Which clauses to cite and which of their sentences to quote.

The number of clauses follows the scores: an answer to “how much” is one clause, to “what is there for us” several.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from assistant.types import Evidence, Query
from index.passages import sentences
from index.search import Searcher
from index.types import Clause, Hit, Kind, Validity

# (most clauses, furthest below the best score) per intent.
_LIMITS = {"support": (5, 1.6), "compare": (4, 1.4), "general": (2, 0.7), "department": (1, 0.0), "validity": (2, 0.7)}
_WHOLE = 150  # a clause this short is quoted whole
_LONG, _SHORT = 220, 110  # characters quoted of the best clause, of the others
_REMARK = ("（责任单位", "(责任单位", "（牵头")


def choose(query: Query, evidence: Evidence, searcher: Searcher, as_of: date) -> list[Hit]:
    """The hits to cite, best first."""
    hits = [hit for hit in evidence.kept if searcher.clauses[hit.ref].kind is not Kind.HEADER or query.intent == "validity"]
    if query.intent == "support":  # what there is for us now: not what an ended plan once aimed at
        hits = _in_force(query, hits, searcher, as_of) or hits
    if not hits:
        return []
    most, margin = _LIMITS.get(query.intent, _LIMITS["general"])
    chosen = [hit for hit in hits[:most] if hit.score >= hits[0].score - margin]
    if query.intent == "department":
        chosen = _with_departments(hits, searcher) or chosen
    if len(query.documents) >= 2:
        chosen = _one_per_document(query, hits) or chosen
    for part in query.parts if query.intent in ("compare", "support", "general") else ():
        chosen += _best_of_part(part, hits, chosen, searcher)
    return chosen[:6]


def _in_force(query: Query, hits: Sequence[Hit], searcher: Searcher, as_of: date) -> list[Hit]:
    asked = {*query.documents, *query.hinted}
    over = (Validity.PERIOD_OVER, Validity.EXPIRED)
    documents = searcher.documents
    return [h for h in hits if (n := h.ref.document_number) in asked or documents[n].validity(as_of) not in over]


def _with_departments(hits: Sequence[Hit], searcher: Searcher) -> list[Hit]:
    """The best clause, or one close behind it that names its departments."""
    near = [hit for hit in hits[:4] if hit.score >= hits[0].score - 0.6]
    return next(([hit] for hit in near if searcher.clauses[hit.ref].departments), [])


def _one_per_document(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    found = (next((h for h in hits if h.ref.document_number == number), None) for number in query.documents)
    return [hit for hit in found if hit]


def _best_of_part(part: str, hits: Sequence[Hit], chosen: Sequence[Hit], searcher: Searcher) -> list[Hit]:
    """The clause that answers one part of the question, if it is among the evidence and not yet chosen."""
    among = {hit.ref: hit for hit in hits}
    best = next((hit for hit in searcher.search(part, 3) if hit.ref in among), None)
    return [among[best.ref]] if best and best.ref not in {hit.ref for hit in chosen} and best.score > 4.0 else []


def pick_sentences(question: str, clause: Clause, searcher: Searcher, *, first: bool) -> list[str]:
    """The sentences of a clause to quote, in the order of the clause; the best one is marked by `best_sentence`."""
    all_of = [s for s in sentences(clause.text) if not s.startswith(_REMARK)]
    if clause.kind is Kind.TABLE:
        all_of = sentences(clause.text)
    if sum(map(len, all_of)) <= (_WHOLE if first else _SHORT) or len(all_of) == 1:
        return all_of
    budget, kept = (_LONG if first else _SHORT), set[int]()
    for at in np.argsort(-_relevance(question, all_of, searcher)):
        if kept and budget - len(all_of[at]) < 0:
            break
        kept.add(int(at))
        budget -= len(all_of[at])
    return [all_of[at] for at in sorted(kept)]


def best_sentence(question: str, candidates: Sequence[str], searcher: Searcher) -> str:
    """The one sentence that answers best; a bare title (`16.降低融资成本。`) only if nothing else is there."""
    long = [s for s in candidates if len(s) >= 14] or list(candidates)
    return long[int(np.argmax(_relevance(question, long, searcher)))] if long else ""


def _relevance(question: str, texts: Sequence[str], searcher: Searcher) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Similarity of meaning plus shared words, one value a sentence."""
    return searcher.similarity(question, texts)
