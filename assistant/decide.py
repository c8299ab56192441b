"""Query + evidence + draft → status: what the documents do not say is said to be missing.

A clause that names a support without its amount does not answer “how much”: the status is `not_in_documents`,
and the clause is shown as related.  Each check names what is missing by a key of prompts/replies [missing].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.prompts import reply
from assistant.types import Citation, Draft, Evidence, Query, Status
from assistant.understand import other_place, years
from index.search import Searcher

_MONEY = re.compile(
    r"\d[\d.,]*\s*(?:万|亿)?(?:元|美元|人民币)|\d+(?:\.\d+)?(?:%|折|个百分点|倍)|[一二三四五六七八九十百千两]+(?:万|亿)?元|半(?:价|费)|减半|全额|免费"
)
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千两]+(?:万|亿|成|倍|年|个|家|项|名|批|条|次|天)")
_TIME = re.compile(
    r"\d+\s*(?:个?工作日|日|天|小时|分钟|个月)|\d{1,2}月|[一二三四]季度|每(?:季度|月|周)|即(?:时|申即)|随时|常年"
)
_CONTACT = re.compile(r"\d{3,4}-\d{7,8}|\d{8,}|https?://|www\.|@")
_PAPERS = re.compile(r"材料|申请表|申报表|证明|提交|流程|步骤")
_JOINT = re.compile(r"合计|共同|等\d+个")
# Below this similarity to every clause and known question, nothing here is about the question.
_NEAR = 0.30


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that was asked for and that no clause states."""

    what: str
    fields: tuple[tuple[str, str], ...] = ()

    def say(self, language: str) -> str:
        return reply(language, "missing", self.what, **dict(self.fields))


def decide(query: Query, evidence: Evidence, draft: Draft, searcher: Searcher) -> Draft:
    """The draft with its final status and text."""
    if canned := _canned(query, searcher):
        return canned
    if not draft.citations or _far(evidence):
        return Draft(reply(query.language, "status", "nothing_found"), (), Status.NOT_IN_DOCUMENTS)
    missing = list(_missing(query, draft, searcher))
    if not missing:
        return draft
    said = "、".join(one.say(query.language) for one in missing)
    if _rest_answered(query):
        note = reply(query.language, "lead", "unanswered_part", missing=said)
        return Draft(f"{draft.text}\n\n{note}", draft.citations, Status.PARTIAL, draft.composer)
    return _refusal(query, draft, said)


def _canned(query: Query, searcher: Searcher) -> Draft | None:
    if query.intent in ("smalltalk", "thanks", "injection"):
        return Draft(reply(query.language, "status", query.intent), (), Status.OUT_OF_SCOPE)
    if query.missing_refs and not query.refs:
        number, text, count, unit = query.missing_refs[0].split("|")
        said = reply(
            query.language, "status", "no_such_clause", document=number, text=text, count=count, unit=unit
        )
        return Draft(said, (), Status.NOT_IN_DOCUMENTS)
    return None


def _far(evidence: Evidence) -> bool:
    best = max(
        (max(h.parts.get("dense", 0), h.parts.get("question", 0)) for h in evidence.ranked[:5]), default=0.0
    )
    named = any(not hit.parts for hit in evidence.ranked[:1])
    return best < _NEAR and not named


def _missing(query: Query, draft: Draft, searcher: Searcher) -> Iterator[Missing]:
    texts = "\n".join(citation.clause.text for citation in draft.citations)
    quotes = "\n".join(citation.quote for citation in draft.citations)
    if "contact" in query.asks_for and not _CONTACT.search(texts):
        yield Missing("contact")
    if "amount" in query.asks_for and not _MONEY.search(quotes) and not _counted(query.text, quotes):
        yield Missing("amount")
    elif "quantity" in query.asks_for and not _FIGURE.search(quotes):
        yield Missing("quantity")
    if "deadline" in query.asks_for and query.intent != "validity" and not _TIME.search(quotes):
        yield Missing("deadline")
    if "procedure" in query.asks_for and not _PAPERS.search(texts):
        yield Missing("procedure")
    for name in ("outcome", "personal"):
        if name in query.asks_for:
            yield Missing(name)
    if "share" in query.asks_for and _JOINT.search(quotes):
        yield Missing("share")
    if query.intent == "department" and not any(_names_body(c) for c in draft.citations):
        yield Missing("department")
    yield from _elsewhere(query, texts, searcher)


_BODY_ACTS = re.compile(
    r"(?:局|委|办|厅|部门|机构|协会|中心|银行|政府|公司)(?:牵头|负责|会同|组织|统一|受理|指导|按|共同|解释)|(?:向|到|报|设在|由)[\u4e00-\u9fff]{1,10}(?:局|委|部门|机构)"
)


def _names_body(citation: Citation) -> bool:
    """Whether a clause names who is responsible: in a 责任单位 remark, or in its sentences."""
    return bool(citation.clause.departments or _BODY_ACTS.search(citation.clause.text))


def _elsewhere(query: Query, texts: str, searcher: Searcher) -> Iterator[Missing]:
    """Another year, or another city, than the documents speak of."""
    place = other_place(query.text)
    if place and place not in texts:
        yield Missing("place", (("place", place),))
    asked = years(query.text)
    if (
        asked
        and query.intent not in ("validity", "compare")
        and not any(_covers(year, texts, searcher) for year in asked)
    ):
        yield Missing("year", (("year", str(asked[0])),))


def _counted(question: str, quotes: str) -> bool:
    """Whether a count that the question asks for (`最多几个`) stands in the quotes, with its unit."""
    units = re.findall(r"(?:几|多少)个?([张个家天次年名项件人位处月批])", question)
    return any(re.search(rf"[\d一二三四五六七八九十百两]\s*万?个?{unit}", quotes) for unit in units)


def _covers(year: int, texts: str, searcher: Searcher) -> bool:
    in_title = any(
        str(year) in d.number or (d.issued and d.issued.year == year) for d in searcher.documents.values()
    )
    return str(year) in texts or in_title


def _rest_answered(query: Query) -> bool:
    """Whether the question has a part besides the one that is missing."""
    clauses = [
        c
        for c in re.split(r"[?？。;；，,]", query.text)
        if re.search(r"什么|哪|谁|多少|吗|几|怎么|啥|没有|没$", c)
    ]
    plain = [c for c in clauses if not _is_missing_part(c)]
    return bool(plain) and len(clauses) >= 2


def _is_missing_part(text: str) -> bool:
    from assistant.understand import _ASKS

    return any(pattern.search(text) for _, pattern in _ASKS)


def _refusal(query: Query, draft: Draft, said: str) -> Draft:
    """Say what is missing and whom to ask; the clauses become related ones."""
    from dataclasses import replace

    related = tuple(replace(citation, related=True) for citation in draft.citations[:3])
    bodies = next((c.clause.departments for c in related if c.clause.departments), ())
    lines = [reply(query.language, "status", "not_in_documents", missing=said)]
    lines.append(
        reply(query.language, "lead", "ask_where", departments="、".join(bodies[:3]))
        if bodies
        else reply(query.language, "lead", "ask_hotline")
    )
    lines.append("\n" + reply(query.language, "lead", "related"))
    lines += [_related_line(citation) for citation in related]
    return Draft("\n".join(lines), related, Status.NOT_IN_DOCUMENTS, draft.composer)


def _related_line(citation: Citation) -> str:
    from assistant.compose.extractive import name_of

    return f"- {name_of(citation.document, citation.clause)} [{citation.marker}]"
