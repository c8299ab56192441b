"""Case + reply → `Record`: everything about one answer that a measure looks at, worked out once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from eval.answers import Cited, Reply
from eval.cases.model import Case, Gold
from eval.matching import Place, place, satisfies
from eval.ranking import rank_measures
from eval.support import ground_of, unsupported
from index.types import Clause, Document, Validity

_OVER = (Validity.EXPIRED, Validity.PERIOD_OVER)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one citation is worth: whether it is gold, its quote verbatim, an ended document shown as current.

    The last two are None where the system gives no quote, or no validity.
    """

    cited: Cited
    gold: bool
    verbatim: bool | None
    stale: bool | None


@dataclass(frozen=True, slots=True)
class Record:
    """One case, the reply to it, and what the reply came to.

    `ranking` holds the measures of the ranked clauses (empty where there is nothing to find); `found` and `missed`
    are the required clauses that are cited and not; `lacking` are the facts the answer does not hold, each as its
    accepted wordings; `wrong` what it says and must not; `misplaced` the citations that are a clear mistake;
    `unsupported` its figures that nothing supports.
    """

    case: Case
    reply: Reply
    ranking: Mapping[str, float]
    verdicts: tuple[Verdict, ...]
    found: tuple[Gold, ...]
    missed: tuple[Gold, ...]
    lacking: tuple[tuple[str, ...], ...]
    wrong: tuple[str, ...]
    misplaced: tuple[Cited, ...]
    unsupported: tuple[str, ...]

    @property
    def cite_recall(self) -> float:
        """The share of required clauses cited; call it only where some are required."""
        return len(self.found) / (len(self.found) + len(self.missed))

    @property
    def cite_precision(self) -> float:
        """The share of citations in gold; 0 for an answer that cites nothing."""
        return sum(v.gold for v in self.verdicts) / len(self.verdicts) if self.verdicts else 0.0


class Library:
    """The documents that a judgement needs, looked up by place."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents: dict[str, Document] = {}
        self._clauses: dict[tuple[str, str], Clause] = {}
        for document in documents:
            number = Place.of(document.number, "").document
            self.documents[number] = document
            for clause in document.clauses:
                self._clauses[number, _full(clause.path)] = clause

    def document(self, number: str) -> Document | None:
        """The document of a number, whatever its width and spacing."""
        return self.documents.get(Place.of(number, "").document)

    def counting_for(self, gold: Gold) -> list[Clause]:
        """Every clause that counts as a gold clause (eval/matching.py), in document order."""
        document = self.document(gold.doc)
        clauses = document.clauses if document else ()
        return [c for c in clauses if Place.of(gold.doc, c.path).counts_for(place(gold))]

    def clause(self, number: str, path: str) -> tuple[Document, Clause] | None:
        """The document and clause of a name, whatever its width and spacing; None where there is none."""
        document = self.document(number)
        clause = self._clauses.get((Place.of(number, "").document, _full(path)))
        return (document, clause) if document and clause else None


def _full(path: str) -> str:
    """A path with its run-in heading, in one form."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", path)).strip("/")


def judge(cases: Sequence[Case], replies: Mapping[str, Reply], library: Library, as_of: date) -> list[Record]:
    """The records of all cases that have a reply, in case order.  `as_of` counts for cases without a date."""
    pairs = [(case, replies[case.id]) for case in cases if case.id in replies]
    rankings = rank_measures(pairs)
    return [_record(case, reply, rankings.get(case.id, {}), library, as_of) for case, reply in pairs]


def _record(case: Case, reply: Reply, ranking: Mapping[str, float], library: Library, as_of: date) -> Record:
    cited = [item.place for item in reply.evidence]
    found = tuple(gold for gold in case.required if any(satisfies(item, gold) for item in cited))
    said = folded(reply.answer) if reply.answered else ""
    banned = [place(name) for name in case.must_not_cite]
    return Record(
        case=case,
        reply=reply,
        ranking=ranking,
        verdicts=tuple(_verdict(item, case, library, case.as_of or as_of) for item in reply.evidence),
        found=found,
        missed=tuple(gold for gold in case.required if gold not in found),
        lacking=tuple(ways for ways in case.answer_contains if not any(folded(way) in said for way in ways)),
        wrong=tuple(words for words in case.answer_not_contains if said and folded(words) in said),
        misplaced=tuple(c for c in reply.evidence if any(c.place.counts_for(bad) for bad in banned)),
        unsupported=_unsupported(case, reply, library, case.as_of or as_of),
    )


def folded(text: str) -> str:
    """NFKC, lower case, no white space, one sort of comma: the form in which facts are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace(",", "，").lower()


def _verdict(cited: Cited, case: Case, library: Library, as_of: date) -> Verdict:
    known = library.clause(cited.document_number, cited.clause_path)
    return Verdict(
        cited=cited,
        gold=any(satisfies(cited.place, gold) for gold in case.gold),
        verbatim=None if cited.quote is None else known is not None and _holds(known[1].text, cited.quote),
        stale=None
        if cited.validity is None
        else known is not None and known[0].validity(as_of) in _OVER and cited.validity not in _OVER,
    )


def _holds(text: str, quote: str) -> bool:
    """Whether a quote is in a text, character for character; an empty one quotes nothing."""
    return bool(quote) and quote in text


def _unsupported(case: Case, reply: Reply, library: Library, as_of: date) -> tuple[str, ...]:
    cited = [library.clause(item.document_number, item.clause_path) for item in reply.cited]
    asked = [case.question, *(turn.content for turn in case.history if turn.role == "user")]
    # A refusal cites nothing and may still name documents: which there are is metadata too.
    named = () if reply.answered or reply.cited else library.documents.values()
    return unsupported(reply.answer, ground_of(filter(None, cited), named, asked, as_of))
