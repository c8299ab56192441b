"""Cases against the documents: what a case names must exist, and its evidence must stand there word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from eval.cases.model import Case, CaseFile, ClauseName, Gold
from eval.ranking import needs
from eval.records import Library, folded

_KNOWN_TYPES = frozenset(
    {
        "factoid",
        "applicability",
        "department",
        "procedure",
        "colloquial",
        "validity",
        "cross_doc",
        "multi_turn",
    }
    | {"unanswerable", "false_premise", "english"}
)


def problems(file: CaseFile, library: Library) -> list[str]:
    """One sentence for everything wrong with the cases of a file, in order, each with its line."""
    return [
        *file.problems,
        *(
            f"第 {file.lines[case.id]} 行（{case.id}）：{what}"
            for case in file.cases
            for what in _case(case, library)
        ),
    ]


def _case(case: Case, library: Library) -> Iterator[str]:
    if extra := [*(case.model_extra or {}), *(name for gold in case.gold for name in gold.model_extra or {})]:
        yield f"不认识的字段 {'、'.join(extra)}，请检查拼写。"
    if case.type not in _KNOWN_TYPES:
        yield f"不认识的类型 {case.type}；可用的有 {'、'.join(sorted(_KNOWN_TYPES))}。"
    if case.answerable and not case.required:
        yield "可以回答的用例至少要有一条 required 的依据条款。"
    for gold in case.gold:
        yield from _gold(gold, library)
    for name in case.must_not_cite:
        yield from _exists(name, library)
    yield from _contradictions(case)


def _gold(gold: Gold, library: Library) -> Iterator[str]:
    for name in gold.accepted:
        yield from _exists(name, library)
    found = library.clause(gold.doc, gold.clause)
    if found and gold.required and not gold.evidence:
        yield f"{gold.doc} {gold.clause} 没有写 evidence。"
    if found and gold.evidence and _squeezed(gold.evidence) not in _squeezed(_within(gold, library)):
        yield f"evidence“{gold.evidence[:20]}…”不是 {gold.doc} {gold.clause} 的原文。"


def _exists(name: ClauseName, library: Library) -> Iterator[str]:
    if library.document(name.doc) is None:
        yield f"没有文件 {name.doc}。"
    elif library.clause(name.doc, name.clause) is None:
        yield f"{name.doc} 没有条款 {name.clause}。"


def _within(gold: Gold, library: Library) -> str:
    """The text of a clause with all that stands inside it, and of the other edges where it is one."""
    return "".join(clause.text for clause in library.counting_for(gold))


def _squeezed(text: str) -> str:
    """Letters and digits alone: a source's line breaks and width of signs say nothing."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


def _contradictions(case: Case) -> Iterator[str]:
    wanted = [folded(way) for ways in case.answer_contains for way in ways]
    for words in case.answer_not_contains:
        if any(folded(words) in way for way in wanted):
            yield f"“{words}”既要求出现又不许出现。"
    names = [name for name, _ in needs(case)]
    if len(names) != len(set(names)):
        yield "同一条款列了两次。"
