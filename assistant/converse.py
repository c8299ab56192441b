"""History + question → a question that stands alone, and the clauses that the talk is about.

A question that already stands alone is left as it is.  What is carried over: the topic of the last question, the
document and clauses that the answers named, and the n-th entry of the last list (`第二条展开讲讲`).  `text` is what a
reader would understand by the question; `search` is what to look for, without the names of documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.leaning import COMPARES, is_chitchat, leaning
from assistant.scope import language_of
from assistant.talk import (
    Point,
    bare_clause,
    entries_of,
    named_document,
    neighbour,
    places_named,
    points,
)
from assistant.types import Turn
from index import english, lexicon
from index.references import find_clauses, find_documents
from index.search import GENERIC
from index.tokens import words
from index.types import ClauseRef, Document

_MORE = re.compile(
    r"还有(?:别的|其他|其它|哪些|什么|吗|没有?[?？]?$)|(?:别的|其他|其它)的?(?:呢|吗|还有)"
    r"|anything else|what else|any (?:others?|more)\b|^more\b",
    re.IGNORECASE,
)
_EXCHANGES = re.compile(
    r"^(?:那|那么|换成?|改成|如果是|要是|and |but |or |then |what about|how about|what of|same (?:question )?for)"
    r"|呢[?？。!！]*$|^[一-龥]{2,7}的?[?？]?$|^[一-龥]{2,8}那?[块个]呢",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:不对|不是的?|不不+|错了|(?:刚才|刚刚)?我?(?:弄|说|问|打|搞)错了|说反了吧|no)[,，。\s]+"
    r"|^(?:不是)?(?:我)?(?:没|不是)问[^,，]{0,12}[,，]\s*"
    r"|^(?:我|咱)?(?:其实|想|要)?(?:是)?问的(?:其实)?是|^(?:是|我)问的?是?"
    r"|^(?:no|sorry|wrong)?[,. ]*i (?:meant|mean|was asking about|am asking about)[:, ]+",
    re.IGNORECASE,
)
_NOT_MEANT = re.compile(
    r"(?:^|(?<=[,，]))(?:我们?|咱们?)?(?:不(?:是|做|搞)|没)[^,，]{1,12}[,，]\s*"
    r"|(?:我|咱)?(?:其实|想|要)?(?:是)?问的(?:其实)?是"
)
_GOES_ON = re.compile(r"那(?!里|边|年|时|份|个|么多)")
_OF_DOCUMENT = re.compile(
    r"(?:这|该|那)(?:个|份|部|本)?(?:办法|措施|文件?|规划|方案|计划|意见|政策|通知|细则)"
    r"|时效|失效|有效|作废|废止"
    r"|\b(?:that|this) (?:plan|document|policy|circular)\b|in force|expire|still valid"
)
_FIRST_TOPIC = re.compile(
    r"(?:最开始|一开始|最早|最初|开头|第一个问题)|first question|at the (?:start|beginning)"
)
_SEVERAL = re.compile(r"各|分别|这[两仨三俩几]|两[个条版份者]|一起看|\bboth\b|\bthe two\b|respectively")
_THREE = re.compile("[三仨]")
_ARTICLE = re.compile(r"第[^个项点]{1,3}条")
_THE_ONE = re.compile(r"^(?:那|那么)?([\w]{2,8}?)(?:的)?(?:那|这)[个条项一](?!么)")
# The least probability of leaning that makes a question do so.  Below it too many questions with a subject of their
# own are taken for follow-ups (docs/decisions/0015).
_LEANS = 0.6
# A question of more letters, or of more words in English, says more than the name that it exchanges.
_SHORT, _SHORT_EN = 10, 6
# A topic is carried over this many turns at most.
_MEMORY = 6
# What was said of a clause is told again up to so many characters.
_TOLD = 90
# More clauses or documents than these are a survey, not a focus.
_MANY = 3
# Lists are looked for in so many answers.
_LISTS = 3


@dataclass(frozen=True, slots=True)
class Standalone:
    """The question as it is understood, and the clauses and documents carried over from the talk.

    All but `text` is empty or false where the question stood alone already.
    """

    text: str
    clauses: tuple[ClauseRef, ...] = ()
    documents: tuple[Document, ...] = ()
    listed: bool = False  # the question counts entries of the last answer's list, not clauses of a document
    more: bool = False  # what was shown already is not asked for again
    pointed: bool = False  # the clauses are themselves what is asked about (`下一条`)
    search: str = ""  # what to look for; the text where it is empty


def standalone(question: str, history: tuple[Turn, ...], documents: Mapping[str, Document]) -> Standalone:
    """The question as it would be asked without the talk; the question itself where it leans on nothing.

    `history` is the talk before it, oldest first; `documents` are those of the library by number.  Never raises.
    """
    if not history or is_chitchat(question):
        return Standalone(question)
    if listed := _listed(question, history, documents):
        return listed
    if _MORE.search(question):
        return _more(question, history, documents)
    focus = _focus(history, question)
    if beside := _beside(question, focus, documents):
        return beside
    if not _leans_on_talk(question, history, documents):
        if _GOES_ON.match(question.strip()):  # a subject of its own, but of the document talked of before
            return Standalone(
                question, documents=tuple(find_documents("；".join(p.document for p in focus), documents))
            )
        return Standalone(question)
    asked, answered = _resolved(_until(history, focus), documents), _last(history, "assistant")
    topic = asked.search or asked.text
    cited = _clauses(f"{topic}\n{answered}", documents)
    named = tuple(find_documents(f"{asked.text}\n{answered}", documents))
    if _is_earlier(focus, history):
        cited = _clauses("；".join(f"{p.document}{p.clause}" for p in focus if p.clause), documents)
        named = tuple(find_documents("；".join(point.document for point in focus), documents))
    meant = _corrected(question)
    exchanged = _exchanged(meant, topic)
    search = f"{topic} {meant}"
    if exchanged:  # what the question says beside the new name counts too
        search = f"{exchanged} {meant}" if _says_more(meant) else exchanged
    text = _told(meant, search, focus, history, exchanged, documents)
    if (
        exchanged or meant != question.strip()
    ):  # what was shown is not what is meant, unless it speaks of that too
        names = _names_of_new(meant)
        cited = tuple(ref for ref in cited if any(name in _text_of(ref, documents) for name in names))
    both = bool(_SEVERAL.search(question)) and len(cited) == 2
    return Standalone(text, cited, named, search="" if search == text else search, pointed=both)


def _says_more(question: str) -> bool:
    return len(question.split()) > _SHORT_EN if language_of(question) == "en" else len(question) > _SHORT


def _until(history: tuple[Turn, ...], focus: Sequence[Point]) -> tuple[Turn, ...]:
    """The talk up to the message in focus: a return to an earlier topic leaves out what came after."""
    asked = next((point.asked for point in focus if point.asked), "")
    users = [at for at, turn in enumerate(history) if turn.role == "user" and turn.content == asked]
    return history[: users[-1] + 2] if users and _is_earlier(focus, history) else history


def _is_earlier(focus: Sequence[Point], history: Sequence[Turn]) -> bool:
    """Whether the focus is on an earlier answer than the last one, or on several."""
    last = _last(history, "user")
    return any(point.asked != last for point in focus)


def _corrected(question: str) -> str:
    """The question without `不对，我问的是` and the like, and without what it says is not meant."""
    text = question.strip()
    rest = _CORRECTION.sub("", text, count=1)
    return (_NOT_MEANT.sub("", rest) or text) if rest and rest != text else text


def _told(
    question: str,
    topic: str,
    focus: Sequence[Point],
    history: Sequence[Turn],
    exchanged: str,
    library: Mapping[str, Document],
) -> str:
    """What the question is about, then the question: document and clause talked of, what was said there, the topic.

    `topic` holds the question already.  `exchanged` is the topic if like took the place of like in it, or empty.
    """
    clauses = list(dict.fromkeys(point.clause for point in focus if point.clause))
    names = list(dict.fromkeys(point.document for point in focus if point.document))
    if exchanged and (len(clauses) != 1 or _named(question, "districts")):
        return exchanged  # another place has other documents
    if len(clauses) > _MANY or len(names) > _MANY:
        return topic
    if len(clauses) > 1 and find_documents("、".join(names), library):
        return topic  # our own answers list what they found: the question says what they were about
    said = _said(focus, history)
    if named_document(question):  # another document on the same matter
        return f"（{said}）{topic}" if said else topic
    if _OF_DOCUMENT.search(question):
        clauses = []
    of = [
        name + "、".join(dict.fromkeys(p.clause for p in focus if p.document == name and p.clause in clauses))
        for name in names
    ]
    known = f"（{said}）" if said and not exchanged else ""
    return f"{'、'.join(of)}{known} {topic}" if names else topic


def _said(focus: Sequence[Point], history: Sequence[Turn]) -> str:
    """What was said of the clauses in focus, when they were first named and last."""
    wanted = {(point.document, point.clause) for point in focus}
    first = [p for found in points(history) for p in found if (p.document, p.clause) in wanted][:1]
    return "；".join(dict.fromkeys(point.said for point in (*first, *focus) if point.said))[:_TOLD]


def _focus(history: Sequence[Turn], question: str = "") -> list[Point]:
    """What the talk is about: what the last answer that named a clause or document named there.

    An earlier answer comes before it if only that one, or the question it answers, has words of the question; several
    are in focus if the question compares.
    """
    messages = [found for found in points(history[-2 * _MEMORY :]) if found]
    if not messages:
        return []
    if _FIRST_TOPIC.search(question):
        return messages[0]
    if (COMPARES.search(question) or _SEVERAL.search(question)) and len(messages) > 1:
        several = 3 if _THREE.search(question) else 2
        return [point for found in messages[-several:] for point in found]
    own = {word for word in words(question) if word not in GENERIC and len(word) > 1}

    def speaks(point: Point) -> bool:
        return any(word in point.said or word in point.asked for word in own)

    telling = [found for found in reversed(messages) if any(map(speaks, found))]
    chosen = telling[0] if telling else messages[-1]
    spoken = [point for point in chosen if speaks(point)]
    return spoken or chosen


def _more(question: str, history: tuple[Turn, ...], documents: Mapping[str, Document]) -> Standalone:
    """`还有别的吗`: the topic again, with all clauses that were shown, which are not asked for again."""
    asked, answered = _resolved(history, documents), _last(history, "assistant")
    topic = asked.search or asked.text
    shown = tuple(
        ref for turn in history if turn.role == "assistant" for ref in _clauses(turn.content, documents)
    )
    named = tuple(find_documents(f"{topic}\n{answered}", documents))
    return Standalone(_exchanged(question, topic, everywhere=True) or topic, shown, named, more=True)


def _resolved(history: tuple[Turn, ...], documents: Mapping[str, Document]) -> Standalone:
    """The last question of the talk as it stood alone, so that a topic lasts over several follow-ups."""
    at = max((at for at, turn in enumerate(history) if turn.role == "user"), default=-1)
    if at < 0:
        return Standalone("")
    return standalone(history[at].content, history[:at][-_MEMORY:], documents)


def _last(history: Iterable[Turn], role: str) -> str:
    return next((turn.content for turn in reversed(list(history)) if turn.role == role), "")


def _clauses(text: str, documents: Mapping[str, Document]) -> tuple[ClauseRef, ...]:
    mentions = find_clauses(text, documents)
    return tuple(dict.fromkeys(m.clause.ref for m in mentions if m.clause))


def _listed(question: str, history: Sequence[Turn], documents: Mapping[str, Document]) -> Standalone | None:
    """`第二条`, `最后那个`, `学徒制那个` after an answer in the form of a list: the entries that are meant."""
    # A list may still be gone through after an answer about one of its entries.
    entries = next((found for found in map(entries_of, _answers(history)) if len(found) >= 2), {})
    if not entries or find_documents(question, documents):
        return None
    places = places_named(question, max(entries))
    chosen = [entries[place] for place in places if place in entries] or _by_word(question, entries)
    if not chosen:
        return None
    article = _ARTICLE.search(question)
    if article and any(article.group() in entry for entry in entries.values()):
        return None  # the clause of that number is meant, not the entry
    said = "；".join(entry.strip() for entry in chosen)
    cited, named = _clauses(said, documents), tuple(find_documents(said, documents))
    document = next((p.document for p in _focus(history) if p.document), "")
    cited = cited or _titled(chosen, find_documents(document, documents))
    where = "" if named or not document or named_document(said) else f"{document}："
    search = f"{said} {question}"
    topic = f"（{_resolved(tuple(history), documents).text}）" if where else ""
    return Standalone(
        f"{where}{said}{topic} {question}", cited, named, listed=True, search=search if where else ""
    )


def _titled(entries: Sequence[str], documents: Sequence[Document]) -> tuple[ClauseRef, ...]:
    """The clauses of the documents talked of whose titles the entries are."""
    wanted = {re.sub(r"[“”\s]", "", entry) for entry in entries}
    return tuple(c.ref for d in documents for c in d.clauses if re.sub(r"[“”\s]", "", c.title) in wanted)


def _answers(history: Sequence[Turn]) -> list[str]:
    """The last answers, newest first."""
    return [turn.content for turn in reversed(history) if turn.role == "assistant"][:_LISTS]


def _by_word(question: str, entries: Mapping[int, str]) -> list[str]:
    """`学徒制那个`: the one entry that holds the word before 那个."""
    match = _THE_ONE.match(question)
    if not match:
        return []
    fits = [entry for entry in entries.values() if match[1] in entry]
    return fits if len(fits) == 1 else []


def _beside(question: str, focus: Sequence[Point], documents: Mapping[str, Document]) -> Standalone | None:
    """The clause next to the one talked of (`下一条呢`), or another of the same document (`19条呢`).

    None where the document is here and has no such clause: nothing is made up.
    """
    last = next((point for point in reversed(focus) if point.clause), None)
    if last is None or named_document(question) or find_documents(question, documents):
        return None
    found = neighbour(question, last.clause)
    clause = found.clause if found else bare_clause(question)
    if not clause:
        return None
    name = f"{last.document}{clause}"
    if found:
        name += f"（{found.origin}的{'下' if found.step > 0 else '上'}一条）"
    here = _in_library(last.document, documents)
    if here is None:
        return Standalone(f"{name} {question}")
    ref = _next_to(found.origin, here, found.step) if found else _numbered(clause, here)
    return Standalone(f"{name} {question}", (ref,), (here,), pointed=True) if ref else None


def _in_full(named: tuple[str, str], kind: str) -> str:
    """A name as search understands it: 咨询 is said of everything, 咨询调查业 is a trade."""
    row = lexicon.load(kind)[named[0]]
    return str(row["names"][0]) if named[1] in row.get("short", ()) else named[1]


def _names_of_new(question: str) -> tuple[str, ...]:
    """The names, as said and in full, of the place or trade that a question exchanges for the earlier one."""
    for kind in ("districts", "industries"):
        if new := _named(question, kind):
            return (new[1], _in_full(new, kind))
    return ()


def _text_of(ref: ClauseRef, documents: Mapping[str, Document]) -> str:
    return next((c.text for c in documents[ref.document_number].clauses if c.ref == ref), "")


def _in_library(name: str, documents: Mapping[str, Document]) -> Document | None:
    found = find_documents(name, documents)
    return found[0] if len(found) == 1 else None


def _numbered(name: str, document: Document) -> ClauseRef | None:
    """The clause of a document that a name (`第19条`) stands for."""
    refs = _clauses(f"{document.number} {name}", {document.number: document})
    return refs[0] if refs else None


def _next_to(name: str, document: Document, step: int) -> ClauseRef | None:
    """The clause `step` places behind the one of that name; None at the document's ends."""
    ref = _numbered(name, document)
    if ref is None:
        return None
    kind = next(clause.kind for clause in document.clauses if clause.ref == ref)
    # Beside it stands what is of its kind: an article next to an article, though a chapter's heading comes between.
    alike = [clause.ref for clause in document.clauses if clause.kind is kind]
    at = alike.index(ref) + step
    return alike[at] if 0 <= at < len(alike) else None


def _leans_on_talk(question: str, history: Sequence[Turn], documents: Mapping[str, Document]) -> bool:
    if leaning(question, history) < _LEANS:
        return False
    return not _clauses(question, documents) or not find_documents(question, documents)


def _exchanged(question: str, asked: str, *, everywhere: bool = False) -> str:
    """The earlier question with like for like: 浦东 for 静安 in `那浦东呢`; empty where nothing is exchanged.

    `everywhere`: even if the question has no form of an exchange.
    """
    if not everywhere and not _EXCHANGES.search(question):
        return ""
    if language_of(question) == "en":
        return _exchanged_in_english(question, asked)
    for kind in ("districts", "industries"):
        new, old = _named(question, kind), _named(asked, kind)
        if new and old and new[0] != old[0]:
            row = lexicon.load(kind)[old[0]]
            names = sorted((*row.get("names", ()), *row.get("short", ())), key=len, reverse=True)
            return re.sub("|".join(map(re.escape, names)), _in_full(new, kind), asked)
    return ""


def _exchanged_in_english(question: str, asked: str) -> str:
    """The same for `And law firms?`: terms that stand for a place or a trade are exchanged."""
    for kind in ("districts", "industries"):
        new, old = _terms_of(question, kind), _terms_of(asked, kind)
        if new and old and new[-1][0] != old[-1][0]:
            (_, begin, end), (_, first, last) = new[-1], old[-1]
            return asked[:first] + question[begin:end] + asked[last:]
    return ""


def _terms_of(text: str, kind: str) -> list[tuple[str, int, int]]:
    """The English terms of a text that stand for an entry of a word list, with the entry and where they stand."""
    return [
        (known[0], begin, end)
        for meant, begin, end in english.terms_at(text)
        if (known := next(filter(None, (_named(word, kind) for word in meant)), None))
    ]


def _named(text: str, kind: str) -> tuple[str, str] | None:
    """The last entry of a word list that the text names, and the longest word it uses for it there."""
    found = [
        (text.rfind(name) + len(name), len(name), key, name)
        for key, row in lexicon.load(kind).items()
        for name in (*row.get("names", ()), *row.get("short", ()))
        if name in text
    ]
    return (max(found)[2], max(found)[3]) if found else None
