"""Query + evidence + draft → status: what the documents do not say is said to be missing.

A clause that names a support without its amount does not answer “how much”: the status is `not_in_documents`,
and the clause is shown as related.  Each check names what is missing by a key of prompts/replies [missing].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant import judge, stated
from assistant.asking import asks_for, without_attributes
from assistant.compose.wording import bodies_of, name_of, quoted
from assistant.prompts import reply
from assistant.scope import district_rules, language_of, other_place, years
from assistant.types import Citation, Draft, Evidence, Query, Status
from index import english, lexicon
from index.metadata import FIVE_YEAR_PLANS
from index.references import having_clause, last_numbered
from index.search import GENERIC, Searcher
from index.tokens import cut, words
from index.types import Kind

# People quote their own words too: only what sounds like an instrument can be an invented one.
_INSTRUMENT = re.compile(r"(?:券|贷|包|计划|奖|补贴|补助|名单|红包|金|险|卡)$")
_OF_A_DOCUMENT = re.compile(
    r"20\d\d年?.{0,8}?(?:行动计划|意见|措施|规划|通知|文件|文)"
    r"|20\d\d(?:\s*[-–—]\s*20\d\d)?\s+(?:[\w-]+\s+){0,4}(?:opinions?|plan|measures|document)"
    r"|(?:opinions?|plan|measures|document)\s+(?:(?:of|from|for|dated|issued in)\s+)?20\d\d(?:\s*[-–—]\s*20\d\d)?",
    re.IGNORECASE,
)
_ASKS_FIGURE = re.compile(
    r"目标|占比|比重|多少|几成|百分之几|几[十百千万]?[万亿]|\b(?:targets?|how (?:many|much)|percentage)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“([^”]+)”|「([^」]+)」|\"([^\"]+)\"")


# Answers made from structure or dates need no sentence that answers.
_FROM_STRUCTURE = ("validity", "contents", "duties")
# Below this chance of being known ground a question is refused: 0.5 % of the known questions, asked to an index without
# them, and 80 % of questions from other fields lie below it (index/confidence.toml).
_STRANGE = 0.15
# Below this it is not about policies at all.
_FOREIGN = 0.08
# Kinds of the judge that the replies name otherwise.
_SAID_AS = {"percent": "quantity", "papers": "procedure"}
# Nobody says more than this without saying what about, but with `它` and `那条`.
_A_FEW = 12
_CHOICES = 4
_FEW_HITS = 5
# Asked for the case that the first part is answered.
_HANGS_ON = re.compile(r"(?:如果|要是|假如)?(?:有|没有|能|可以|是)的话|(?:如果|要是)(?:有|没有|能|可以|行)")
_OVER_THERE = re.compile(r"那边|那里|那儿|当地|我们这边")
_ON_LIST = re.compile(
    r"(?:清单|名单|目录|名录|榜单)(?:里头?|中|上)?(?:有没有|有无|包不包括|包括|含不含|列没列|列了|收没收)(?P<what>[^,，?？。]{2,14})"
)
# Kinds of firm; the word before tells the trade (宠物|医院, 殡葬|服务|公司).
_KINDS = frozenset(lexicon.load("kinds")["names"])


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
    if query.intent not in _FROM_STRUCTURE and (
        turned_away := _turned_away(query, evidence, draft, searcher)
    ):
        return turned_away
    if query.missing_refs:  # 第16条 is there, 第99条 is not
        draft = replace(draft, text=f"{draft.text}\n\n{_no_such_clause(query)}", status=Status.PARTIAL)
    missing = list(_missing(query, draft, searcher)) or ([] if draft.corrected else _unstated(query, draft))
    if not missing:
        return draft
    said = "、".join(one.say(query.language) for one in missing)
    if draft.corrected or _rest_answered(query, draft):
        note = reply(query.language, "lead", "unanswered_part", missing=said)
        return replace(draft, text=f"{draft.text}\n\n{note}", status=Status.PARTIAL)
    return refusal(query, draft, said, missing)


def _canned(query: Query, searcher: Searcher) -> Draft | None:
    if query.intent in ("smalltalk", "thanks", "injection"):
        return Draft(reply(query.language, "status", query.intent), (), Status.OUT_OF_SCOPE)
    if query.intent == "outside" and not (query.refs or query.documents):
        return Draft(reply(query.language, "status", "out_of_scope"), (), Status.OUT_OF_SCOPE)
    if query.missing_refs and not query.refs:
        return _no_such_clause_draft(query, searcher)
    if query.ambiguous and not query.refs and not query.documents:
        having = having_clause(query.ambiguous[0], searcher.documents)
        said = reply(
            query.language, "status", "clarify", text=query.ambiguous[0], documents="、".join(having)
        )
        return _asked_back(said, [f"{number} {query.text}" for number in having])
    if query.unknown_documents and not query.documents:
        said = reply(
            query.language,
            "status",
            "no_such_document",
            text=query.unknown_documents[0],
            documents="、".join(searcher.documents),
        )
        return Draft(said, (), Status.NOT_IN_DOCUMENTS)
    return None


def _no_such_clause(query: Query) -> str:
    """What the document has instead of the clause that was named."""
    gone = query.missing_refs[0]
    fields = {"document": gone.document_number, "text": gone.text, "count": gone.count, "unit": gone.unit}
    return reply(query.language, "status", "no_such_clause" if gone.unit else "not_numbered", **fields)


def _no_such_clause_draft(query: Query, searcher: Searcher) -> Draft:
    """The refusal, with the document's last clause as related: it bears the count that is told."""
    gone = query.missing_refs[0]
    document = searcher.documents[gone.document_number]
    last = last_numbered(document, gone.text)
    said = _no_such_clause(query)
    if last is None or not last.text or query.as_of is None:
        return Draft(said, (), Status.NOT_IN_DOCUMENTS)
    related = Citation(1, document, last, last.text, document.validity(query.as_of), related=True)
    named = f"{reply(query.language, 'lead', 'last_measure')}{last.label} {last.title}".strip()
    return Draft(f"{said}\n\n- {named} [1]", (related,), Status.NOT_IN_DOCUMENTS)


def _turned_away(query: Query, evidence: Evidence, draft: Draft, searcher: Searcher) -> Draft | None:
    """A question without a subject is asked back; one that the documents are not about is refused."""
    if query.carried and not (query.refs or query.documents) and _changes_to_foreign(query, searcher):
        return Draft(reply(query.language, "status", "out_of_scope"), (), Status.OUT_OF_SCOPE)
    if (
        query.refs or query.documents or query.carried
    ):  # what it is about was named, here or earlier in the talk
        return None if draft.citations else Draft(_nothing(query), (), Status.NOT_IN_DOCUMENTS)
    if not (query.profile or query.asked_back or _has_subject(query.standalone, searcher)):
        return _asked_back(
            reply(query.language, "status", "no_subject"), _readings(query, evidence, searcher)
        )
    if invented_names(query.text, searcher):
        return None  # said by name that it is not there
    ground = searcher.known_ground(query.standalone, evidence.ranked)
    if ground < _FOREIGN and not query.asks_for:
        return Draft(reply(query.language, "status", "out_of_scope"), (), Status.OUT_OF_SCOPE)
    if ground < _STRANGE or not draft.citations:
        return Draft(_nothing(query), (), Status.NOT_IN_DOCUMENTS)
    return None


def _changes_to_foreign(query: Query, searcher: Searcher) -> bool:
    """Whether a follow-up is about something of its own that no document speaks of (`怎么离婚` after a subsidy)."""
    own = [word for word in words(without_attributes(query.text)) if word not in GENERIC and len(word) > 1]
    if not own or query.asks_for or any(searcher.knows(word) for word in own):
        return False
    return searcher.known_ground(query.text, searcher.search(query.text, _FEW_HITS)) < _FOREIGN


def _asked_back(said: str, choices: Sequence[str]) -> Draft:
    """A question back, with two to four ways to go on where there are so many."""
    if len(choices) < 2:
        return Draft(said, (), Status.CLARIFY)
    shown = tuple(choices[:_CHOICES])
    return Draft("\n".join([said, "", *(f"- {one}" for one in shown)]), (), Status.CLARIFY, choices=shown)


def _readings(query: Query, evidence: Evidence, searcher: Searcher) -> list[str]:
    """What the question may be about: the subjects of the best clauses, one of each part of a document, as questions.

    Titles with figures in them are left out: a question back asserts nothing.
    """
    found: dict[tuple[str, ...], str] = {}
    for hit in evidence.ranked:
        clause = searcher.clauses[hit.ref]
        if clause.kind is Kind.ITEM and clause.title and not re.search(r"\d", clause.title):
            found.setdefault((hit.ref.document_number, *clause.headings[:1]), clause.title)
    joint = "：" if query.language == "zh" else ": "
    return [f"{title}{joint}{query.text}" for title in dict.fromkeys(found.values())][:_CHOICES]


def _has_subject(text: str, searcher: Searcher) -> bool:
    """Whether a question says what it is about; `谁负责` and `目标多少亿` ask for something of nothing."""
    return searcher.has_subject(text) and (
        len(text) > _A_FEW or searcher.has_subject(without_attributes(text))
    )


def _nothing(query: Query) -> str:
    return reply(query.language, "status", "nothing_found")


def _missing(query: Query, draft: Draft, searcher: Searcher) -> Iterator[Missing]:
    for what in stated.missing(query, draft.citations):
        yield Missing(what)
    if benefit := stated.missing_benefit(query, draft.citations):
        yield Missing("benefit", (("benefit", benefit),))
    texts = "\n".join(citation.clause.text for citation in draft.citations)
    if query.intent == "support" and (trade := _unknown_trade(query.text, searcher)):
        yield Missing("trade", (("trade", trade),))
    if place := _place_without_rules(query, texts, searcher) or _place_of_firm(query, texts):
        yield Missing("place", (("place", place),))
    if query.intent not in ("validity", "compare", *_FROM_STRUCTURE) and (
        year := _year_without_text(query, draft)
    ):
        yield Missing("year", (("year", str(year)),))
    if (on_list := _ON_LIST.search(query.text)) and not _any_named(on_list["what"], texts):
        yield Missing("names")
    if district := _district_without_figure(query, draft, searcher):
        yield Missing("place", (("place", district),))
    if invented := invented_names(query.text, searcher):
        yield Missing("name", (("term", invented[0]),))


def _unstated(query: Query, draft: Draft) -> list[Missing]:
    """The kind of thing that no citation states in all likelihood, where no rule has found anything missing.

    The model knows Chinese questions only; answers from structure need no sentence, and a list or a comparison is of
    clauses that each state a part.
    """
    if query.language != "zh" or query.refs or query.intent in (*_FROM_STRUCTURE, "compare"):
        return []
    kind = judge.unstated(query, draft.citations)
    return [Missing(_SAID_AS.get(kind, kind))] if kind else []


def _place_without_rules(query: Query, texts: str, searcher: Searcher) -> str | None:
    """A city the clauses do not speak of, or a district whose own rules are not among the documents."""
    place = other_place(query.text)
    if place and place not in texts:
        return place
    district = None if query.documents else district_rules(query.text, term=query.intent == "validity")
    issuers = [document.issuer for document in searcher.documents.values()]
    return district if district and not any(district in issuer for issuer in issuers) else None


def _any_named(things: str, texts: str) -> bool:
    """Whether a text holds one of the things that a question asks after (`ACCA和PMP`)."""
    named = (thing.strip().rstrip("吗么嘛呢没吧") for thing in re.split(r"和|、|或者?|及", things))
    return any(thing in texts for thing in named if thing)


def _place_of_firm(query: Query, texts: str) -> str | None:
    """The city of a firm that asks what there is for it over there (`我在苏州,那边…`)."""
    city = next(
        (name for name in lexicon.load("elsewhere")["names"] if query.profile.district.startswith(name)), None
    )
    place = city or other_place(query.text.replace("在", "", 1))
    here = re.search(r"上海|本市|来沪|在沪|搬", query.text)
    return place if place and place not in texts and _OVER_THERE.search(query.text) and not here else None


def invented_names(question: str, searcher: Searcher) -> list[str]:
    """Names in quotation marks that no document holds: a measure somebody made up, or misheard."""
    names = [name for pair in _QUOTED.findall(question) for name in pair if 3 <= len(name) <= 16]
    return [name for name in names if _INSTRUMENT.search(name) and not searcher.mentions(name)]


def _unknown_trade(question: str, searcher: Searcher) -> str | None:
    """The trade that a question names before the kind of firm, if no clause, known question or word list has it."""
    said = [piece for word in cut(question) for piece in _kind_apart(word)]
    for at, word in enumerate(said[1:], start=1):
        if word not in _KINDS:
            continue
        begin = at - 2 if said[at - 1] == "服务" and at > 1 else at - 1
        trade = said[begin]
        if (
            len(trade) >= 2
            and not re.search(r"[我你他这那哪\d一两几]|上海|本市", trade)
            and not searcher.knows(trade)
        ):
            return "".join(said[begin : at + 1])
    return None


def _kind_apart(word: str) -> tuple[str, ...]:
    """宠物医院 → 宠物, 医院: segmentation knows some trades as one word."""
    kind = max((kind for kind in _KINDS if word.endswith(kind)), key=len, default="")
    return (word[: -len(kind)], kind) if kind and len(word) >= len(kind) + 2 else (word,)


def _year_without_text(query: Query, draft: Draft) -> int | None:
    """The year asked about, if none of those that the question names stands in the clauses or in their documents' term.

    A year that belongs to a document's name (`2025年的措施`) is no year asked about.
    """
    asked = years(_OF_A_DOCUMENT.sub("", query.text))
    if any({first, first + 4} <= set(asked) for first in FIVE_YEAR_PLANS.values()):
        return None  # 2016—2020年: a plan by its years
    figure = bool(_ASKS_FIGURE.search(query.text))
    return (
        asked[0] if asked and not any(_covers(y, c, figure) for y in asked for c in draft.citations) else None
    )


def _covers(year: int, citation: Citation, figure: bool) -> bool:
    """Whether a clause speaks of a year: by name, or within its document's term.

    A target belongs to the year it names, or to the last one of the plan; other years have no figure.
    """
    document, text = citation.document, citation.clause.text
    if str(year) in text:
        return True
    first, last = document.period or (0, 0)
    if document.effective_from and document.effective_to:
        first, last = document.effective_from.year, document.effective_to.year
    if figure:
        return year == last
    plans = (begin for name, begin in FIVE_YEAR_PLANS.items() if name in text)
    return first <= year <= last or any(begin <= year <= begin + 4 for begin in plans)


def _district_without_figure(query: Query, draft: Draft, searcher: Searcher) -> str | None:
    """The district that is asked about, where the clauses give the city's figure or another district's own plan."""
    asked = f"{query.standalone} {query.text}"  # what a follow-up asks for may have been said before
    whole_city = re.search(r"市里|全市|上海", query.text)
    issuers = {c.document.issuer for c in draft.citations[:1]}
    local = any("区人民政府" in issuer for issuer in issuers)
    if whole_city or query.intent in ("support", "validity", "compare"):
        return None
    if not local and not _ASKS_FIGURE.search(asked):
        return None
    # Of another district's plan the first clause decides; of the city's documents any may speak of the district.
    text = "\n".join(c.clause.text for c in (draft.citations[:1] if local else draft.citations))
    for district, row in lexicon.load("districts").items():
        names: list[str] = row.get("names", [])
        if not any(name.endswith("区") for name in names):
            continue  # rivers and belts have no figures of their own government
        said = next((name for name in names if re.search(rf"(?<![在于住]){name}", query.text)), None)
        if (
            said
            and not any(name in text for name in names)
            and not any(district in issuer for issuer in issuers)
        ):
            return said
    return None


def _rest_answered(query: Query, draft: Draft) -> bool:
    """Whether the question has a part besides the one that is missing, and the quotes speak of it.

    A part speaks of something: of the words of its own that name a subject, the quotes hold at least half.
    """
    clauses = [
        c
        for c in re.split(r"[?？。;；，,]", query.text)
        if re.search(
            r"什么|哪|谁|多少|吗|几|怎么|啥|没有|没$|能不能|可以|\b(?:what|which|who|how|can|is|are|does)\b",
            c,
            re.IGNORECASE,
        )
        and not _HANGS_ON.match(c.strip())
    ]
    if len(clauses) < 2:
        return False
    said = "\n".join(f"{c.quote}{c.clause.title}{''.join(c.clause.departments)}" for c in draft.citations)
    return any(_spoken_of(clause, said) for clause in clauses if not asks_for(clause))


def _spoken_of(part: str, said: str) -> bool:
    """Whether a text holds half of the words of a part that name a subject; whom it concerns is one (`给谁用`)."""
    said_in = words(" ".join(english.read(part).words)) if language_of(part) == "en" else words(part)
    named = [word for word in set(said_in) if word not in GENERIC and len(word) > 1 and not word.isdigit()]
    if not named:
        return bool(re.search(r"谁|哪些?(?:部门|单位|企业|人)|\bwho\b", part, re.IGNORECASE))
    return 2 * sum(word in said for word in named) >= len(named)


def refusal(query: Query, draft: Draft, said: str, missing: Sequence[Missing] = ()) -> Draft:
    """Say what is missing, what the nearest clause does say, and whom to ask; the clauses become related ones."""
    related = tuple(replace(citation, related=True) for citation in draft.citations[:3])
    lines = [
        reply(query.language, "status", "not_in_documents", missing=said),
        _whom_to_ask(query, related, missing),
    ]
    if related:
        lines.append("\n" + reply(query.language, "lead", "related"))
    lines += [_related_line(citation, first=citation is related[0]) for citation in related]
    return Draft("\n".join(lines), related, Status.NOT_IN_DOCUMENTS, draft.composer)


def _whom_to_ask(query: Query, related: Sequence[Citation], missing: Sequence[Missing]) -> str:
    """The bodies responsible for the nearest clause; those of another place are not known here."""
    if any(one.what == "place" for one in missing):
        return reply(query.language, "lead", "ask_there")
    bodies = next((bodies_of(c.clause, 4) for c in related if c.clause.departments), "")
    if not bodies or any(one.what in ("trade", "name") for one in missing):
        return reply(query.language, "lead", "ask_hotline")
    return reply(query.language, "lead", "ask_where", departments=bodies)


def _related_line(citation: Citation, *, first: bool) -> str:
    quote = f"：{quoted(citation.quote)}" if first else ""
    return f"- {name_of(citation.document, citation.clause)}{quote} [{citation.marker}]"
