"""History + question → a question that stands alone, and the clauses that the talk is about.

A question that already stands alone is left as it is.  What is carried over: the topic of the last question,
the clauses that the last answer cited, and the n-th entry of its list (`第二条展开讲讲`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.types import Turn
from index import lexicon
from index.numerals import NUMERAL, to_int
from index.references import find_clauses, find_documents
from index.types import ClauseRef, Document

_POINTS_BACK = re.compile(
    r"这一?[条个项款份类些点]|那一?[条个项份些点]|该[条项文政措]|此[条项]|刚[才说讲]|上[面述]|前[面述者]|后者|上一条|下一条"
    r"|(?<!其)它(?!们行)|其中|同样的?|一样的|类似的|还有(?:别|其)",
)
# These lean on the talk only in a short question: a long one has a subject of its own.
_MAY_POINT_BACK = re.compile(
    r"^(?:那|那么|换成|改成|如果是|要是|跟|和|与|and |what about|how about)|呢[?？。!！]*$"
    r"|\b(?:it|that|this|those|these|the same)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"第({NUMERAL}|\d{{1,2}})[条个项点款]")
_LISTED = re.compile(r"^\s*(?:[-*•]\s*)?(\d{1,2})[.、．)]\s*(.+)$", re.MULTILINE)
# An entry of our own lists: `- **name**（…）`, or `- name：「…」 [1]` under a refusal.
_BULLETS = re.compile(r"^- (?:\*\*)?(.+?)(?:\*\*|：| \[\d)", re.MULTILINE)
_CHITCHAT = re.compile(
    r"^(?:谢+|多谢|好的?|嗯+|哦+|知道了|明白了?|收到|再见|拜拜|你好|您好|ok|okay|thanks?|thank you|hi|hello)"
    r"[\s\w,，。.!！~]{0,6}$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"还有(?:别的|其他|其它|哪些|什么|吗|没有?[?？]?$)|(?:别的|其他|其它)的?(?:呢|吗|还有)|anything else",
    re.IGNORECASE,
)
# A topic is carried over this many turns at most.
_MEMORY = 6
# What a question on its own is likely to be long enough for; shorter ones lean on the talk.
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Standalone:
    """The question as it is understood, and the clauses and documents carried over from the talk."""

    text: str
    clauses: tuple[ClauseRef, ...] = ()
    documents: tuple[Document, ...] = ()
    listed: bool = False  # the question counts entries of the last answer's list, not clauses of a document
    more: bool = False  # what was shown already is not asked for again


def standalone(question: str, history: tuple[Turn, ...], documents: Mapping[str, Document]) -> Standalone:
    """Make the question stand alone."""
    asked, answered = _last(history, "user"), _last(history, "assistant")
    if not history or _CHITCHAT.match(question.strip()):
        return Standalone(question)
    if listed := _listed(question, answered, documents):
        return listed
    if not _leans_on_talk(question, documents):
        return Standalone(question)
    asked = _resolved(history, documents)
    cited = _clauses(f"{asked}\n{answered}", documents)
    named = tuple(find_documents(f"{asked}\n{answered}", documents))
    if _MORE.search(question):
        shown = tuple(
            ref for turn in history if turn.role == "assistant" for ref in _clauses(turn.content, documents)
        )
        return Standalone(_rewrite(question, asked, keep=False), shown, named, more=True)
    return Standalone(_rewrite(question, asked), cited, named)


def _resolved(history: tuple[Turn, ...], documents: Mapping[str, Document]) -> str:
    """The last question of the talk as it stood alone, so that a topic lasts over several follow-ups."""
    at = max((at for at, turn in enumerate(history) if turn.role == "user"), default=-1)
    if at < 0:
        return ""
    return standalone(history[at].content, history[:at][-_MEMORY:], documents).text


def _last(history: Iterable[Turn], role: str) -> str:
    return next((turn.content for turn in reversed(list(history)) if turn.role == role), "")


def _clauses(text: str, documents: Mapping[str, Document]) -> tuple[ClauseRef, ...]:
    mentions = find_clauses(text, documents)
    return tuple(dict.fromkeys(m.clause.ref for m in mentions if m.clause))


def _listed(question: str, answered: str, documents: Mapping[str, Document]) -> Standalone | None:
    """`第二条` after an answer in the form of a list is the list's second entry."""
    ordinal = _ORDINAL.search(question)
    entries = _entries(answered)
    if not ordinal or len(entries) < 2 or find_documents(question, documents):
        return None
    entry = entries.get(to_int(ordinal[1]) or 0)
    if entry is None:
        return None
    cited, named = _clauses(entry, documents), tuple(find_documents(entry, documents))
    return Standalone(f"{entry.strip()} {question}", cited, named, listed=True)


def _entries(answered: str) -> dict[int, str]:
    """The entries of the last answer's list by their numbers, or by their order where they have none."""
    numbered = {int(number): text for number, text in _LISTED.findall(answered)}
    return numbered or dict(enumerate(_BULLETS.findall(answered), start=1))


def _leans_on_talk(question: str, documents: Mapping[str, Document]) -> bool:
    bare = re.sub(r"[\s，。？！,?!]", "", question)
    if _POINTS_BACK.search(question) or _MORE.search(question):
        return True
    if _MAY_POINT_BACK.search(question.strip()) and _is_short(question, bare):
        return True
    if any(mention.clause for mention in find_clauses(question, documents)):
        return False
    return len(bare) <= _SHORT and not _has_subject(bare)


def _is_short(question: str, bare: str) -> bool:
    """At most a dozen characters, or eight words of English."""
    return len(question.split()) <= 8 if bare.isascii() else len(bare) <= _SHORT


def _has_subject(question: str) -> bool:
    """Whether a short question names a thing of its own: a trade, a place with a thing, a policy word."""
    words = [word for word in lexicon.user_words() if len(word) >= 3 and word in question]
    return bool(words)


def _rewrite(question: str, asked: str, *, keep: bool = True) -> str:
    """Exchange the like for the like (那浦东呢 after 静安的…), else put the earlier question in front (`keep`)."""
    for kind in ("districts", "industries"):
        new, old = _named(question, kind), _named(asked, kind)
        if new and old and new[0] != old[0] and (not keep or _MAY_POINT_BACK.search(question.strip())):
            return asked.replace(old[1], new[1])
    return f"{asked} {question}" if asked and keep else asked or question


def _named(text: str, kind: str) -> tuple[str, str] | None:
    """The first entry of a word list that the text names, and the word it uses."""
    found = [
        (text.find(name), -len(name), key, name)
        for key, row in lexicon.load(kind).items()
        for name in row.get("names", ())
        if name in text
    ]
    return (min(found)[2], min(found)[3]) if found else None
