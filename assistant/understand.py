"""Question → Query: what is asked for, which documents and clauses are named, and for whom.

Rules over words, in the order a reader would check them; no model.  `asks_for` names things that a clause must
state for the question to be answered (see `decide`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.asking import asks_for, intent_of, without_asking
from assistant.converse import Standalone
from assistant.types import Profile, Query, Question
from index import lexicon
from index.references import (
    clause_count,
    find_clauses,
    find_documents,
    hinted_documents,
    unknown_numbers,
    without_names,
)
from index.search import expansions
from index.types import Document

_DEFINITE = re.compile(r"(?:今年|去年|前年|20\d\d年?|那份|这份|该).{0,8}(?:意见|措施|计划|规划|办法)")
_BESIDE = re.compile(r"^(?:那|那么)?(?:跟|和|与|同).{1,20}(?:比|相比|对比|一样|区别)")
_OTHER_PLACES = re.compile(
    r"北京|深圳|广州|杭州|苏州(?!河)|南京(?![东西]?路)|成都|重庆|武汉|天津|宁波|无锡|青岛|厦门|西安|长沙|合肥|郑州|济南|福州|东莞|佛山|昆山|嘉兴|南通|常州|绍兴|温州"
    r"|浙江|江苏|广东|安徽|山东|四川|湖北|湖南|福建|河南|河北|海南|云南|贵州"
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=年|\D|$)(?!\s*[\]〕号])")
_PLAN_WORDS = re.compile(r"十四五|规划|20(?:2[0-5])年|当年|当初|那时|以前|专栏")


def understand(question: Question, standalone: Standalone, documents: Mapping[str, Document]) -> Query:
    """Read the question.  Named clauses that do not exist are kept in `missing_refs` with what exists instead."""
    text = question.text
    intent = _intent(text, question.profile)
    named, hinted = _documents(question, standalone, intent, documents)
    mentions = [] if standalone.listed else find_clauses(text, documents, named)
    refs = tuple(dict.fromkeys(m.clause.ref for m in mentions if m.clause))
    missing = [m for m in mentions if m.problem == "missing" and m.document and not standalone.clauses]
    # A document named anew leaves the clauses of the earlier ones behind.
    kept = {document.number for document in named}
    carried = [ref for ref in standalone.clauses if not named or ref.document_number in kept]
    return Query(
        text=text,
        standalone=standalone.text,
        topic=topic_of(standalone.text, intent, documents),
        intent=intent,
        asks_for=asks_for(text),
        documents=tuple(document.number for document in named),
        hinted=tuple(document.number for document in hinted),
        refs=refs,
        carried=() if refs else tuple(carried),
        unknown_documents=unknown_numbers(text, documents),
        missing_refs=tuple(_missing(m.text, m.document) for m in missing if m.document),
        profile=question.profile,
        language=language_of(text),
        parts=parts(standalone.text),
    )


def _documents(
    question: Question, standalone: Standalone, intent: str, documents: Mapping[str, Document]
) -> tuple[list[Document], list[Document]]:
    """The documents that a question names (else that the talk was about), and those that it hints at."""
    text = question.text
    named = find_documents(text, documents)
    said = text if language_of(text) == "zh" else " ".join([text, *expansions(text)])
    hinted = hinted_documents(said, documents, question.as_of.year)
    if not named and len(hinted) == 1 and _DEFINITE.search(text) and intent != "validity":
        return hinted, []
    if not named or (len(named) == 1 and _BESIDE.search(text)):  # 跟23号文比: with the one talked of before
        named = list({d.number: d for d in (*standalone.documents, *named)}.values())
    return named, [document for document in hinted if document not in named]


def _intent(text: str, profile: Profile) -> str:
    return intent_of(text) or ("whether" if profile.industry or profile.traits else "general")


def _missing(text: str, document: Document) -> str:
    unit, count = clause_count(document)
    return f"{document.number}|{text}|{count}|{unit}"


def language_of(text: str) -> str:
    """`en` where Latin letters clearly outnumber Chinese characters."""
    latin = len(re.findall(r"[A-Za-z]", text))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "en" if latin > 2 * chinese and latin >= 8 else "zh"


def parts(text: str) -> tuple[str, ...]:
    """The parts of a question that asks for several things; one part is no part."""
    if not re.search(r"几件|[两三四]件|[两三四]个(?:问题|方面)|;|；|顺便|另外|还有|[?？].+[?？]", text):
        return ()
    pieces = [piece.strip() for piece in re.split(r"[，,。；;？?！!：:、]|还有|另外|顺便", text)]
    long = tuple(piece for piece in pieces if len(piece) >= 5)
    return long if len(long) >= 2 else ()


def topic_of(text: str, intent: str, documents: Mapping[str, Document]) -> str:
    """What a question is about without the words that ask: `哪些部门管` draws the search to organisational clauses.

    A question about a document as a whole (`若干措施由谁牵头`) keeps its words.
    """
    if intent != "department":
        return text
    bare = without_asking(text)
    subject = without_names(bare, documents)
    return bare if len(re.findall(r"\w", subject)) >= 6 else text


def years(text: str) -> tuple[int, ...]:
    """The years a question names (document numbers aside)."""
    return tuple(
        int(year) for year in _YEAR.findall(re.sub(r"[〔\[]\d{4}[〕\]]|20\d{2}年?\d{1,3}号", "", text))
    )


def other_place(text: str) -> str | None:
    """A place outside the city that the question asks about."""
    match = _OTHER_PLACES.search(text)
    if (
        match is None
        or re.search(r"[到去往从回跟和]$", text[: match.start()])
        or _FIRM.match(text[match.end() :])
    ):
        return None  # 搬到嘉兴去: where the firm goes, not whose rules it asks about
    return match.group()


_FIRM = re.compile(r"[省市]?.{0,2}(?:一家|的?(?:公司|企业|民企|客户|机构|集团|工厂))")
_DISTRICT_RULES = re.compile(
    r"([\u4e00-\u9fff]{2})区(?:里|自己|单独|本级)?(?:自己)?(?:出|发|定|制定|印发|出台)(?:台)?的"
)


def district_rules(text: str) -> str | None:
    """The district whose own rules the question asks for (`崇明区自己出的办法`)."""
    match = _DISTRICT_RULES.search(text)
    return match[1] + "区" if match else None


def asks_of_plan(text: str) -> bool:
    """Whether the question itself looks back to a plan, so that ended plans may answer it."""
    return bool(_PLAN_WORDS.search(text))


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
