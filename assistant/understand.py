"""Question → Query: what is asked for, which documents and clauses are named, and for whom.

Rules over words, in the order a reader would check them; no model.  `asks_for` names things that a clause must
state for the question to be answered (see `decide`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.asking import asks_for, intent_of, intents_of, without_asking
from assistant.converse import Standalone
from assistant.prompts import reply
from assistant.scope import district_rules, figures_of, language_of
from assistant.types import MissingRef, Profile, Query, Question
from index import english, lexicon
from index.references import (
    clause_count,
    find_clauses,
    find_documents,
    hinted_documents,
    unknown_numbers,
    without_hints,
    without_names,
)
from index.types import Document

_LOOK_UP = 14
# An answer cites six clauses; each further part would cost a search and change nothing.
_MOST_PARTS = 20
_MOST_ASKS = 4
_A_SUBJECT = 4
_BETWEEN_ASKS = re.compile(
    r"[，,。；;？?！!、\n]|还有(?!效)|另外|顺便|以及|(?<=[\u4e00-\u9fff])和(?=[^，,]{0,8}(?:几|多少|谁|哪))"
    r"|\band (?=(?:what|which|who|how|when|where|is|are|does|do|can)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"几(?!乎)|多少|谁|哪|什么|啥|怎么|如何|有没有|吗|能不能|可不可以|是不是|多久|多大"
    r"|\b(?:what|which|who|how (?:many|much|long)|when|where)\b",
    re.IGNORECASE,
)
# `5号文是市商务委发的吗`: of the document itself, nothing else is said.
_ISSUED = re.compile(
    r"^\W*(?:这份|那份)?(?:文件)?(?=是|由|谁|哪)[^，。？?]{0,12}(?:印发|发|出台|制定|颁布)的[吗吧么呢对不?？]*$"
)
# `算力券是谁发的`: not a document, but what it gives.
_GIVEN = re.compile(r"(?:券|补贴|补助|奖励|奖金|红包|钱)[^，。？?]{0,6}(?:谁|哪[^，。？?]{0,8})发")
_DEFINITE = re.compile(r"(?:今年|去年|前年|20\d\d年?|那份|这份|该).{0,8}(?:意见|措施|计划|规划|办法)")
_BESIDE = re.compile(r"^(?:那|那么)?(?:跟|和|与|同).{1,20}(?:比|相比|对比|一样|区别)")


def understand(question: Question, standalone: Standalone, documents: Mapping[str, Document]) -> Query:
    """Read the question.  Named clauses that do not exist are kept in `missing_refs` with what exists instead."""
    text = question.text
    intent = _intent(text, question.profile)
    named, hinted = _documents(question, standalone, intent, documents)
    if intent == "validity" and _GIVEN.search(text):
        intent = "department"
    if len(named) == 1 and _ISSUED.search(without_names(text, documents)):
        intent = "validity"  # who issued a document stands beside its dates
    if intent == "department" and len({d.number for d in (*named, *hinted)}) > 1 and _asks_more(text):
        intent = "compare"
    mentions = [] if standalone.listed else find_clauses(text, documents, named or standalone.documents)
    refs = tuple(dict.fromkeys(m.clause.ref for m in mentions if m.clause))
    if standalone.pointed:
        refs, mentions = standalone.clauses, []
    missing = [m for m in mentions if m.problem == "missing" and m.document and not standalone.clauses]
    # 第一条 in a long question about a plan without articles is its first point, not an article that is missing.
    missing = [
        m for m in missing if len(text) <= _LOOK_UP or (m.document and clause_count(m.document, m.text)[0])
    ]
    # A document named anew leaves the clauses of the earlier ones behind.
    kept = {document.number for document in named}
    carried = [ref for ref in standalone.clauses if not named or ref.document_number in kept]
    return Query(
        text=text,
        standalone=standalone.search or standalone.text,
        topic=topic_of(standalone.search or standalone.text, intent, documents),
        intent=intent,
        subject=_subject(standalone.search or standalone.text, documents),
        asks_for=asks_for(text),
        documents=tuple(document.number for document in named),
        hinted=tuple(document.number for document in hinted),
        talked_of=() if named else tuple(document.number for document in standalone.documents),
        refs=refs,
        carried=() if refs or standalone.more else tuple(carried),
        shown=tuple(carried) if standalone.more else (),
        unknown_documents=unknown_numbers(text, documents),
        ambiguous=tuple(m.text for m in mentions if m.problem == "ambiguous" and not standalone.clauses),
        missing_refs=tuple(_missing(m.text, m.document) for m in missing if m.document),
        profile=question.profile,
        language=language_of(text),
        as_of=question.as_of,
        parts=parts(text),
        asks=asks(text),
        figures=figures_of(text),
        asked_back=_asked_back(question),
    )


def _documents(
    question: Question, standalone: Standalone, intent: str, documents: Mapping[str, Document]
) -> tuple[list[Document], list[Document]]:
    """The documents that a question names, and those that it hints at."""
    text = question.text
    named = find_documents(text, documents)
    hinted = hinted_documents(text, documents, question.as_of.year)
    if not named and len(hinted) == 1 and _DEFINITE.search(text) and intent != "validity":
        return hinted, []
    if len(named) == 1 and _BESIDE.search(text):  # 跟23号文比: with the one talked of before
        named = list({d.number: d for d in (*standalone.documents, *named)}.values())
    if not (named or hinted) and intent == "validity" and (district := district_rules(text, term=True)):
        hinted = [document for document in documents.values() if district in document.issuer]
    return named, [document for document in hinted if document not in named]


def _intent(text: str, profile: Profile) -> str:
    return intent_of(text) or ("whether" if profile.industry or profile.traits else "general")


def _missing(text: str, document: Document) -> MissingRef:
    unit, count = clause_count(document, text)
    return MissingRef(document.number, text, count, unit)


def parts(text: str) -> tuple[str, ...]:
    """The parts of a question that asks for several things; one part is no part."""
    if not re.search(r"几件|[两三四]件|[两三四]个(?:问题|方面)|;|；|顺便|另外|还有(?!效)|[?？].+[?？]", text):
        return ()
    pieces = [piece.strip() for piece in re.split(r"[，,。；;？?！!：:、]|还有(?!效)|另外|顺便", text)]
    long = tuple(piece for piece in pieces if len(piece) >= 5)
    return tuple(dict.fromkeys(long))[:_MOST_PARTS] if len(long) >= 2 else ()


def _asks_more(text: str) -> bool:
    """Whether a question asks for something besides the departments (`提法有啥不同?责任单位少了哪两家`)."""
    return any("department" not in intents_of(ask) for ask in asks(text))


def _subject(text: str, documents: Mapping[str, Document]) -> str:
    """What a question is about without the documents that it names; empty where little else is said."""
    subject = without_hints(text, documents)
    return subject if len(re.findall(r"\w", subject)) >= _A_SUBJECT else ""


def asks(text: str) -> tuple[str, ...]:
    """The single questions of a text that asks several (`新增几幢亿元楼、几家上市公司`); one question is none."""
    pieces = [piece.strip() for piece in _BETWEEN_ASKS.split(text)]
    found = [piece for piece in pieces if len(piece) >= 4 and _ASKS.search(piece)]
    return tuple(dict.fromkeys(found))[:_MOST_ASKS] if len(found) >= 2 else ()


def _asked_back(question: Question) -> bool:
    """Whether the last message of the talk asked the user to say more."""
    last = next((turn.content for turn in reversed(question.history) if turn.role == "assistant"), "")
    return any(last.startswith(reply(language, "status", "no_subject")) for language in ("zh", "en"))


def topic_of(text: str, intent: str, documents: Mapping[str, Document]) -> str:
    """What a question is about without the words that ask: `哪些部门管` draws the search to organisational clauses.

    A question about a document as a whole (`若干措施由谁牵头`) keeps its words.
    """
    if language_of(text) == "en":  # what a document is called is no part of what is asked of it
        subject = without_names(text, documents)
        return subject if english.read(subject).words else text
    if intent != "department":
        return text
    bare = without_asking(text)
    subject = without_names(bare, documents)
    return bare if len(re.findall(r"\w", subject)) >= 6 else text


def profile_words(profile: Profile) -> str:
    """The profile as words to search with: the trade's policy names and the district."""
    industries = lexicon.load("industries")
    known = [
        row
        for name, row in industries.items()
        if profile.industry and (profile.industry in (name, *row.get("names", ())))
    ]
    trade = " ".join([profile.industry, *(name for row in known for name in row.get("names", ())[:2])])
    return " ".join(filter(None, [trade.strip(), profile.district, *profile.traits, *profile.needs]))
