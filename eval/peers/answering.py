"""Chunks that a peer found → the answer of the contract: the chunks' text, their clauses cited, the clauses ranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from assistant.batch import Ask
from assistant.types import NO_TIME, Answer, Citation, Question, Status
from eval.peers.align import Found, Source, by_file
from index.types import Clause, ClauseRef, Document, Hit, Validity

Search = Callable[[str, int], list[Found]]  # a question and how many chunks → the best ones, best first

# How many clauses `retrieved` holds, by the contract.
_RANKING = 20


def answering(name: str, search: Search, sources: Sequence[Source], top_k: int) -> Ask:
    """A chain without its model: the question as it stands → the `top_k` chunks, with their clauses cited.

    The clock covers the peer's own search; finding out which clauses it hit is the measuring, and costs it nothing.
    """
    known = by_file(sources)

    def ask(question: Question) -> Answer:
        started = perf_counter()
        found = search(question.text, top_k)
        taken = (perf_counter() - started) * 1000
        text, citations = _cited(found, known)
        return Answer(
            status=Status.ANSWERED if found else Status.NOT_IN_DOCUMENTS,
            text=text,
            citations=citations,
            retrieved=_ranking(search, question.text, known),
            standalone=question.text,
            composer=f"peer:{name}",
            timings_ms=NO_TIME | {"retrieve": taken, "total": taken},
        )

    return ask


def _cited(found: Sequence[Found], known: dict[str, Source]) -> tuple[str, tuple[Citation, ...]]:
    """The chunks one after the other, each with the markers of its clauses, and the citations, each clause once."""
    citations: dict[ClauseRef, Citation] = {}
    pieces = []
    for hit in found:
        source = known[hit.chunk.file]
        text = source.text[hit.chunk.start : hit.chunk.end]
        clauses = source.clauses(hit.chunk)
        for clause in clauses:
            marker = len(citations) + 1
            citations.setdefault(
                clause.ref, _citation(marker, source.document, clause, source.quote(hit.chunk, clause))
            )
        pieces.append(text.strip() + " " + "".join(f"[{citations[c.ref].marker}]" for c in clauses))
    return "\n\n".join(pieces), tuple(citations.values())


def _citation(marker: int, document: Document, clause: Clause, quote: str) -> Citation:
    # A chunk says nothing of validity, so neither does who only has chunks.
    undated = replace(document, effective_from=None, effective_to=None)
    return Citation(marker, undated, clause, quote, Validity.UNSTATED)


def _ranking(search: Search, question: str, known: dict[str, Source]) -> tuple[Hit, ...]:
    """The first clauses of the peer's own order, as many chunks deep as that takes."""
    depth = _RANKING
    while True:
        found = search(question, depth)
        hits: dict[ClauseRef, Hit] = {}
        for hit in found:
            for clause in known[hit.chunk.file].clauses(hit.chunk):
                hits.setdefault(clause.ref, Hit(clause.ref, hit.score))
        if len(hits) >= _RANKING or len(found) < depth:
            return tuple(hits.values())[:_RANKING]
        depth *= 2
