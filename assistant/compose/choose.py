"""Which clauses to cite.

The number of clauses follows the scores: an answer to “how much” is one clause, to “what is there for us” several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.applicability import Verdict, match_question
from assistant.compose.extract import told_sentences
from assistant.scope import looks_back
from assistant.types import Evidence, Query
from index.numerals import to_int
from index.references import issued_by_district
from index.search import Searcher
from index.types import Hit, Kind, Validity

# (most clauses, furthest below the best score) per intent.  Chosen on the development and the further cases of
# CHANGELOG.md, where the cited clauses change by a point or two within half a unit of margin.
_LIMITS = {
    "support": (6, 6.0),
    "whether": (3, 2.5),
    "compare": (4, 4.5),
    "general": (2, 2.0),
    "department": (1, 0.0),
    "validity": (2, 1.5),
}
_DEPARTMENT_MARGIN = 3.0
# The least chance of answering that a clause beside the first must have (index/confidence.toml).  Of such clauses below
# it one in four was right, above it two in three; for lists of support two in five below, three in four above.
_SURE = {"support": 0.02, "whether": 0.08, "general": 0.08, "compare": 0.05}
# A document in force is shown beside an ended plan when it scores at least this share of the plan's clause.
_BESIDE_PLAN = 0.55
_MOST = 6
# For a firm that asks what there is: measures that apply are added from so many of the first, up to so many in all.  Of
# those not near the best in words that the rules say apply, 7 of 10 were right, and 1 of 10 that they say do not.
_AMONG, _ENOUGH = 10, 5
# One of several questions adds a clause if that is among the first and as likely as not to answer it.
_NEAR_TOP, _SURE_OF_ASK = 6, 0.5
# A part of a question must point to a clause this clearly to add it.
_CLEAR = 6.0


def choose(query: Query, evidence: Evidence, searcher: Searcher, as_of: date) -> list[Hit]:
    """The hits to cite, best first."""
    hits = [hit for hit in evidence.kept if _citable(query, hit, searcher)]
    talked_of = sorted(
        (hit for hit in hits if hit.ref in query.carried), key=lambda hit: query.carried.index(hit.ref)
    )
    if query.intent in ("support", "whether", "department") and not looks_back(query.text, as_of):
        # What there is for us now: not what an ended plan once aimed at.
        hits = _in_force(query, hits, searcher, as_of) or hits
    if not hits:
        return []
    if query.refs:  # a question about named clauses is answered from them
        return [hit for hit in hits if hit.ref in query.refs][:_MOST]
    most, margin = _LIMITS.get(query.intent, _LIMITS["general"])
    chosen = [hit for hit in hits[:most] if hit.score >= hits[0].score - margin]
    if query.intent == "department" and talked_of:  # who is in charge of what was just said, clause by clause
        chosen = talked_of[:_MOST]
    elif query.intent == "department":
        chosen = _with_departments(hits, searcher, as_of) or chosen
    named = (*query.documents, *query.hinted)
    if len(named) >= 2 and query.intent != "validity":
        chosen = _best_of_documents(named, hits) or chosen
    elif query.intent == "compare" and not query.documents:
        chosen = _likely(query, _side_by_side(query, hits, searcher, as_of), searcher)
    else:
        chosen = _likely(query, chosen, searcher)
    if query.intent == "support" and not query.documents:
        chosen = _for_the_firm(query, hits, chosen, searcher, as_of)
    chosen += _still_in_force(query, hits, chosen, searcher, as_of)
    added: list[Hit] = []
    for part in query.parts:
        added += _best_of_part(part, hits, [*chosen, *added], searcher)
    if len(named) < 2:
        for ask in query.asks:
            more = _best_of_part(ask, hits[:_NEAR_TOP], [*chosen, *added], searcher)
            added += [
                hit
                for hit in more
                if searcher.confidence(ask, [hit]) >= _SURE_OF_ASK
                and _nearest(ask, [hit], searcher) > _nearest(ask, [*chosen, *added], searcher)
            ]
    return [*chosen[: _MOST - len(added)], *added][:_MOST]


def _likely(query: Query, chosen: Sequence[Hit], searcher: Searcher) -> list[Hit]:
    """The first clause, and of the others those that may well answer too, or not much worse than the first."""
    if not chosen:
        return []
    sure = [searcher.confidence(query.standalone, [hit]) for hit in chosen]
    floor = min(_SURE.get(query.intent, 0.0), sure[0] / 2)
    return [hit for hit, p in zip(chosen, sure, strict=True) if p >= floor or hit.ref in query.carried]


def _for_the_firm(
    query: Query, hits: Sequence[Hit], chosen: Sequence[Hit], searcher: Searcher, as_of: date
) -> list[Hit]:
    """What is there for us: without measures that are for others, and with those near the best that apply."""
    verdicts = {
        one.clause.ref: one.verdict
        for one in match_question(query.standalone, query.profile, searcher.documents, as_of)
    }
    if not verdicts or not chosen:
        return list(chosen)
    kept = [hit for hit in chosen if hit is chosen[0] or verdicts.get(hit.ref) is not Verdict.NOT]
    more = [hit for hit in hits[:_AMONG] if verdicts.get(hit.ref) is Verdict.APPLIES and hit not in kept]
    return [*kept, *more[: max(0, _ENOUGH - len(kept))]]


def _citable(query: Query, hit: Hit, searcher: Searcher) -> bool:
    """Whether a hit may be cited: of a named document if one is named, not shown before, not a header."""
    if query.documents and hit.ref.document_number not in (*query.documents, *query.hinted):
        return False
    return hit.ref not in query.shown and searcher.clauses[hit.ref].kind is not Kind.HEADER


def _side_by_side(query: Query, hits: Sequence[Hit], searcher: Searcher, as_of: date) -> list[Hit]:
    """The best clause of each document: of as many as the question counts (`三份文件`), else of those near the best."""
    most, margin = _LIMITS["compare"]
    if re.search(r"现行|有效|in force|current", query.text):
        hits = _in_force(query, hits, searcher, as_of) or hits
    first = list({hit.ref.document_number: hit for hit in reversed(hits)}.values())
    first.sort(key=lambda hit: -hit.score)
    if counted := re.search(r"([两二三四五2-5])份", query.text):
        return first[: to_int(counted[1].replace("两", "二"))]
    beside = [hit for hit in hits[:3] if hit.score >= hits[0].score - 1.5]
    near = [hit for hit in first[:most] if hit.score >= hits[0].score - margin]
    return list({hit.ref: hit for hit in (*beside, *near)}.values())[:most]


def _still_in_force(
    query: Query, hits: Sequence[Hit], chosen: Sequence[Hit], searcher: Searcher, as_of: date
) -> list[Hit]:
    """Beside an ended plan that the question did not name, the best clause of a document in force."""
    of_the_past = looks_back(query.text, as_of) and not re.search(
        r"现在|现行|目前|如今|还|\b(?:now|still|currently|current|today)\b", query.text
    )
    standing = [hit for hit in hits if not _is_over(hit, searcher, as_of)]
    if not chosen or of_the_past or any(hit in standing for hit in chosen):
        return []
    return [hit for hit in standing[:1] if hit.score >= _BESIDE_PLAN * chosen[0].score]


def _in_force(query: Query, hits: Sequence[Hit], searcher: Searcher, as_of: date) -> list[Hit]:
    """The hits without ended plans, unless the question points at the plan or at the district that made it."""

    def asked(hit: Hit) -> bool:
        document = searcher.documents[hit.ref.document_number]
        named = document.number in (*query.documents, *query.hinted)
        return named or issued_by_district(query.standalone, document)

    return [hit for hit in hits if asked(hit) or not _is_over(hit, searcher, as_of)]


def _is_over(hit: Hit, searcher: Searcher, as_of: date) -> bool:
    validity = searcher.documents[hit.ref.document_number].validity(as_of)
    return validity in (Validity.PERIOD_OVER, Validity.EXPIRED)


def _with_departments(hits: Sequence[Hit], searcher: Searcher, as_of: date) -> list[Hit]:
    """The best clause that names its departments, not far behind the best of all; one in force if there is one."""
    near = [hit for hit in hits[:6] if hit.score >= hits[0].score - _DEPARTMENT_MARGIN]
    named = [hit for hit in near if searcher.clauses[hit.ref].departments]
    standing = [hit for hit in named if not _is_over(hit, searcher, as_of)]
    return (standing or named)[:1]


def _nearest(ask: str, hits: Sequence[Hit], searcher: Searcher) -> float:
    """How near the sentence nearest to a question is, of all that the clauses say."""
    said = [sentence for hit in hits for sentence in told_sentences(searcher.clauses[hit.ref])]
    return float(max(searcher.similarity(ask, said), default=0.0))


def _best_of_documents(numbers: Sequence[str], hits: Sequence[Hit]) -> list[Hit]:
    found = (next((h for h in hits if h.ref.document_number == number), None) for number in numbers)
    return [hit for hit in found if hit]


def _best_of_part(part: str, hits: Sequence[Hit], chosen: Sequence[Hit], searcher: Searcher) -> list[Hit]:
    """The clause that answers one part of the question, if it is among the evidence and not yet chosen."""
    edges = (Kind.HEADER, Kind.PREAMBLE, Kind.CLOSING)
    among = {hit.ref: hit for hit in hits if searcher.clauses[hit.ref].kind not in edges}
    best = next((hit for hit in searcher.search(part, 3) if hit.ref in among), None)
    return (
        [among[best.ref]]
        if best and best.ref not in {hit.ref for hit in chosen} and best.score > _CLEAR
        else []
    )
