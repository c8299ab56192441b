"""An answer and its evidence → questions to go on with, each of which the documents answer.

Made from what the cited clauses hold and the answer has not told yet: departments, the rest of the text, the next
clause, the term of the document, the same kind of support elsewhere.  No model, no search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from assistant.prompts import replies
from assistant.types import Answer, Citation
from assistant.validity import spoken
from index.facets import is_measure, offers_of
from index.types import Clause, Document, Kind

MOST = 4
# An answer that quotes this much of a clause has said what it says.
_MOST_OF_IT = 0.6
# Money is asked for by trade, or the question is asked back.
_TOO_WIDE = "资金奖励"
_EDGES = (Kind.HEADER, Kind.PREAMBLE, Kind.HEADING, Kind.CLOSING)


def followups(
    answer: Answer, documents: Mapping[str, Document], language: str = "zh", asked: Collection[str] = ()
) -> tuple[str, ...]:
    """At most `MOST` questions in `language` (`zh`, `en`); none of `asked`, the questions of the talk."""
    if not answer.citations:
        return ()
    said = replies(language)["followups"]
    wanted = (
        said[kind].format(**(fields if language == "en" else _shortened(fields, documents)))
        for kind, fields in _wanted(answer, documents)
        if said[kind]
    )
    return tuple(one for one in dict.fromkeys(wanted) if one not in asked)[:MOST]


def _shortened(fields: Mapping[str, str], documents: Mapping[str, Document]) -> dict[str, str]:
    """沪府办发〔2025〕5号 as people say it, 5号文, where no other document has that number."""
    number = fields.get("document", "")
    serial = number.rpartition("〕")[2]
    alone = serial and sum(one.rpartition("〕")[2] == serial for one in documents) == 1
    return {**fields, "document": f"{serial}文"} if alone and serial.endswith("号") else dict(fields)


def neighbours(document: Document, clause: Clause) -> tuple[Clause | None, Clause | None]:
    """The clauses with text of their own before and after one, in the order of the document."""
    rows = [one for one in document.clauses if one.kind not in _EDGES or one.ref == clause.ref]
    at = next((at for at, one in enumerate(rows) if one.ref == clause.ref), None)
    if at is None:
        return None, None
    return (rows[at - 1] if at else None), (rows[at + 1] if at + 1 < len(rows) else None)


def _wanted(answer: Answer, documents: Mapping[str, Document]) -> Iterator[tuple[str, dict[str, str]]]:
    """What could be asked, most useful first: the form of the question and what it is about."""
    first, *others = answer.citations
    if not all(body in answer.text for body in first.clause.departments):
        yield from _about("departments", first.document, first.clause)
    yield from _untold(first)
    if instrument := _elsewhere(first.clause, documents):
        yield "instrument", {"instrument": instrument}
    following = neighbours(first.document, first.clause)[1]
    if following is not None and all(citation.clause.ref != following.ref for citation in answer.citations):
        yield from _about("clause", first.document, following)
    end, period = first.document.effective_to, first.document.period
    told = spoken(end, "zh") if end else str(period[1]) if period else ""
    if told and told not in answer.text:
        yield "validity", {"document": first.document.number}
    for other in others[:1]:
        yield from _untold(other)


def _untold(citation: Citation) -> Iterator[tuple[str, dict[str, str]]]:
    if len(citation.quote) < _MOST_OF_IT * len(citation.clause.text):
        yield from _about("clause", citation.document, citation.clause)


def _about(kind: str, document: Document, clause: Clause) -> Iterator[tuple[str, dict[str, str]]]:
    """A question about a clause, if its label names it and no other."""
    if clause.kind not in _EDGES and sum(one.label == clause.label for one in document.clauses) == 1:
        yield kind, {"document": document.number, "label": clause.label}


def _elsewhere(clause: Clause, documents: Mapping[str, Document]) -> str:
    """An instrument of the clause that a measure of another document has too."""
    own = [name for name in _instruments(clause) if name != _TOO_WIDE] if is_measure(clause) else []
    # The first that has it is enough: of thousands of documents only a few are looked at.
    return next(
        (name for name in own if any(name in _instruments(other) for other in _of_others(clause, documents))),
        "",
    )


def _of_others(clause: Clause, documents: Mapping[str, Document]) -> Iterator[Clause]:
    """The measures of the other documents."""
    for document in documents.values():
        if document.number != clause.ref.document_number:
            yield from filter(is_measure, document.clauses)


def _instruments(clause: Clause) -> list[str]:
    return [facet.value for offer in offers_of(clause) for facet in offer.of("instrument")]
