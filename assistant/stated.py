"""What clauses state: whether an amount, a share, a date, a contact that a question asks for stands in the quotes.

Each kind pairs the words that ask for it with the form it takes in a text.  The rules were made on questions that
general policy clauses do and do not answer (precision first: a wrong refusal is worse than a clause too many).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence, Set
from functools import cache
from itertools import accumulate
from pathlib import Path

from assistant.asking import asks_for
from assistant.scope import years
from assistant.types import Citation, Query
from index.tokens import cut

_N = "一二三四五六七八九十百千两"
_MARK = re.compile(rf"^\s*(?:\d{{1,3}}\.|（[{_N}]+）|[{_N}]+、|专栏\d+[：:])", re.MULTILINE)
_MONEY = re.compile(
    rf"\d[\d.,]*\s*(?:万亿|万|亿)?(?:元|美元|人民币)|\d+(?:\.\d+)?(?:%|折|个百分点|倍)|[{_N}]+(?:万|亿)?元|半(?:价|费)|减半|全额|全免|免费"
)
_FIGURE = re.compile(rf"\d|[{_N}]+(?:万|亿|成|倍|年|个|家|项|名|条|次|天)|减半|全免|免费")
_TIME = re.compile(
    rf"\d+\s*(?:个?工作日|日|天|小时|分钟|个月)|\d{{1,2}}月|[{_N}]季度|每(?:季度|月|周)|\d+点|即(?:时|申即)|随时|常年"
)
_CONTACT = re.compile(r"\d{3,4}-\d{7,8}|\d{8,}|(?<!\d)12\d{3}(?!\d)|[路街]\d+号|https?://|www\.|@|\d点")
_PAPERS = re.compile(
    r"(?<![新进原能体])材料(?!等)|申请表|申报表|证明材料|提交|(?:办理|申报|申请|审批)(?:流程|步骤)"
)
# A threshold or a status that a firm can hold itself against; 符合条件的 alone tells none.
_CRITERION = re.compile(
    rf"不低于|不少于|不超过|以上|以内|超过|达到|满\d|[\d{_N}]年(?:以上|内)|首次|首家|首店|新(?:设|办|引进|建|注册)|(?:条件|标准)(?:为|是|包括|[:：])|须|应当?(?:具备|满足)"
)
# A list of names, as far as a form can tell: signs of a name, or many things of one kind in a row.
_NAMES = re.compile(r"[“《][^”》]{2,}[”》]、[“《]|(?:[\u4e00-\u9fffA-Za-z0-9“”·]{3,}、){2,}")
_BY_NOW = re.compile(
    r"(?:已(?!经?认定)|累计|共有|拥有|入驻|集聚了?|聚集了?)[^。；，]{0,12}?\d+\s*(?:余|多)?[家个幢项人户名]"
)
_PLATFORM = re.compile(r"一网通办|随申办|平台|窗口|专区|系统|网站?|APP|小程序")
_JOINT = re.compile(r"合计|共同|等\d+个")
_BODY_ACTS = re.compile(
    r"(?:局|委|办|厅|部门|机构|协会|中心|银行|政府|公司)(?:牵头|负责|会同|组织|统一|受理|指导|按|共同|解释)"
    r"|(?:向|到|报|设在|由)[\u4e00-\u9fff]{1,10}(?:局|委|部门|机构)"
)
_CHOICE = re.compile(
    rf"[\d{_N}半全]+(?:年|个?月|元|块|万|成|免|%)?呢?还是[\d{_N}半全]+(?:年|个?月|元|块|万|成|免|%|[，。？?]|$)"
)
_WHETHER = re.compile(
    r"吗|(?<![什怎那这])么$|(?<!步)伐|能不能|可不可以|有没有|行不行|是不是|会不会|要不要|(.)不\1|没$"
    r"|^(?:can|could|may|has|have|is|are|does|do|will|would|should)\b|\bwhether\b",
    re.IGNORECASE,
)
# An amount that the question says is given (`首店奖励100万`), not what the firm spends or owes.
_SUM = rf"(?:[\d{_N}]+(?:万|亿)?(?:元|块钱)|[\d{_N}]+万(?![\u4e00-\u9fff]?[家人户名亿]))"
_CLAIMED_MONEY = re.compile(
    rf"[奖补贴给发领拿送][^，。,]{{0,8}}{_SUM}|{_SUM}[^，。,]{{0,6}}(?:奖|补|贴|券|红包)"
    r"|(?:rewards?|grants?|subsid\w+|bonus|award|allowance|voucher|pays?)\b[^.?!]{0,30}?"
    r"\b(?:[\d,.]+|one|two|three|five|ten|half a)"
    r"(?: (?:hundred|thousand|million|billion))* ?(?:yuan|rmb|cny)",
    re.IGNORECASE,
)
# A sum to be confirmed (`租金标准是每月2000元对吧`), not the asker's own.
_CONFIRMED_SUM = re.compile(
    rf"(?:^|[，。,])(?![^，。,]{{0,12}}(?:我|咱|公司|注册|投))[^，。,]*{_SUM}[^，。,]{{0,6}}(?:对吧|是吧|对不对|没错吧|对吗)"
)
# A sum of tax or turnover is no grant, and the term of a document is no closing date for applications.
_GRANT = re.compile(r"[奖补贴]|资助|扶持|给予|支持|优惠|减免|让利|消费券|服务券")
_ASKS_GRANT = re.compile(
    r"[奖补贴]|资助|扶持|拿多少|给多少|领多少|subsid|\bgrant|\breward|bonus|incentive|\baward|voucher|allowance",
    re.IGNORECASE,
)
_APPLICATION = re.compile(
    r"申请|申报|报名|受理|提交|\bappl[iy]|\bsubmi|\bfile\b|\bfiling|\bregist|\bclaim", re.IGNORECASE
)
# (words that ask, form that states) for figures of one kind
_TYPED = (
    (
        re.compile(
            r"几个(?:百分)?点|百分之几|几成|几折|(?:比例|比重|占比|利率|费率|增速)(?:是|要|得|达到|定)?(?:多少|几)"
            r"|what (?:percentage|share|proportion|slice|fraction)|what .{0,30}\brate (?:applies|is|of)\b",
            re.IGNORECASE,
        ),
        re.compile(r"\d%|%.{0,8}\d|[\d一二三四五六七八九十]成(?![立果本员为长熟功])|折|百分|分之|倍"),
    ),
    (
        re.compile(
            r"多久|多长时间|(?<![这那近前过好再十])几(?:个月|年(?![前来])|天|小时|个?工作日|周)|多少(?:天|个月|年)"
            r"|for how long|how many (?:years|months|days|weeks)",
            re.IGNORECASE,
        ),
        re.compile(rf"(?<!\d)\d{{1,3}}\s*(?:个月|年|天|日|小时|个?工作日|周)|[{_N}]+(?:年|个月|天)"),
    ),
    (
        re.compile(r"几月份?|几号(?!文|线|楼)|哪个?月|几点"),
        re.compile(rf"\d{{1,2}}月|\d{{1,2}}日|[{_N}]季度|\d点"),
    ),
)


def missing(query: Query, citations: Sequence[Citation]) -> list[str]:
    """The kinds of thing that the question asks for and the citations do not state, as keys of [missing]."""
    texts = "\n".join(citation.clause.text for citation in citations)
    # A list answers with all of its clauses; else the figure asked for is that of the first.
    several = query.intent in ("support", "compare") or len(query.documents) > 1 or bool(query.parts)
    quotes = _MARK.sub(
        "", "\n".join(citation.quote for citation in (citations if several else citations[:1]))
    )
    figures = quotes if several else _MARK.sub("", "\n".join(c.clause.text for c in citations[:1]))
    asks = query.asks_for
    counts = query.intent not in ("validity", "contents", "duties")
    checks = (
        ("contact", "contact" in asks and not _CONTACT.search(texts)),
        ("amount", _amount_missing(query, quotes)),
        ("quantity", counts and _figure_missing(query, figures)),
        ("deadline", "deadline" in asks and query.intent != "validity" and _deadline_missing(query, quotes)),
        ("procedure", "procedure" in asks and not _PAPERS.search(texts)),
        ("conditions", "conditions" in asks and not _CRITERION.search(quotes)),
        ("names", "names" in asks and not _NAMES.search(quotes)),
        ("where", "where" in asks and not _PLATFORM.search(quotes)),
        ("outcome", "outcome" in asks and not _outcome_stated(query, quotes)),
        ("personal", "personal" in asks),
        ("share", "share" in asks and bool(_JOINT.search(quotes))),
        ("department", query.intent == "department" and not any(map(_names_body, citations))),
    )
    found = [name for name, is_missing in checks if is_missing]
    return [name for name in found if name != "quantity" or len(found) == 1]


@cache
def _benefits() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """The rows of benefits.toml: what a benefit is called, what asks for it, the forms that speak of it."""
    with Path(__file__).with_name("benefits.toml").open("rb") as stream:
        rows = tomllib.load(stream)["benefit"]
    return tuple((row["zh"], re.compile(row["asks"]), re.compile(row["states"])) for row in rows)


def missing_benefit(query: Query, citations: Sequence[Citation]) -> str:
    """The benefit that a yes-or-no question asks for and of which no cited clause speaks; else empty.

    Only the piece that asks counts: `电费太高，做节能改造有支持吗` tells of a bill and asks for something else.
    Chinese questions only; answers from a list of contents or from dates need no sentence that states it.
    """
    if query.intent in ("validity", "contents", "duties", "department", "compare"):
        return ""
    asking = "\n".join(piece for piece in re.split(r"[，,。；;？?！!]", query.text) if _WHETHER.search(piece))
    texts = "\n".join(citation.clause.text for citation in citations)
    edges = set(accumulate(map(len, cut(asking)), initial=0))
    for name, asks, states in _benefits():
        asked = any(_is_word(found.span(), edges) for found in asks.finditer(asking))
        if asked and not states.search(texts):
            return name
    return ""


def _is_word(span: tuple[int, int], edges: Set[int]) -> bool:
    """Whether a place in a text is made of words, or is the end of one (退税 in 出口退税), by where words begin."""
    start, end = span
    return end in edges and (start in edges or edges.isdisjoint(range(start + 1, end)))


def _outcome_stated(query: Query, quotes: str) -> bool:
    """Whether the quotes look back: on the plan that the question names, or with a number of what there is by now."""
    plan = re.search(r"十[一二三四]五", query.text)
    if any(str(year) in quotes for year in years(query.text) if query.as_of and year < query.as_of.year - 4):
        return True  # what there was in a year that the documents look back on
    return bool(plan and plan.group() in quotes and _FIGURE.search(quotes)) or bool(_BY_NOW.search(quotes))


def _deadline_missing(query: Query, quotes: str) -> bool:
    said = _sentences(quotes, _APPLICATION) if _APPLICATION.search(query.text) else quotes
    return not _TIME.search(said)


def _sentences(quotes: str, about: re.Pattern[str]) -> str:
    """The sentences of the quotes that speak of what `about` finds."""
    return "\n".join(one for one in re.split(r"[。；\n]", quotes) if about.search(one))


def _amount_missing(query: Query, quotes: str) -> bool:
    if _MONEY.search(_sentences(quotes, _GRANT) if _ASKS_GRANT.search(query.text) else quotes):
        return False
    if "amount" in query.asks_for and not _counted(query.text, quotes):
        return True
    return bool(_CLAIMED_MONEY.search(query.text) or _CONFIRMED_SUM.search(query.text))


def _figure_missing(query: Query, quotes: str) -> bool:
    for asks, states in _TYPED:
        if asks.search(query.text) and not states.search(quotes):
            return True
    if choice := _CHOICE.search(query.text):
        return not any(_numeral(side) in quotes for side in choice.group().split("还是"))
    return _asks_how_many(query) and not _FIGURE.search(quotes)


def _asks_how_many(query: Query) -> bool:
    """Whether 几 or 多少 is what is asked: `能不能多开几家` asks whether, not how many."""
    pieces = re.split(r"[，,。；;？?！!]|\.\s", query.text)
    return any("quantity" in asks_for(piece) and not _WHETHER.search(piece.strip()) for piece in pieces)


def _numeral(side: str) -> str:
    """The number of one side of a choice (`五年`, `八百呢`)."""
    found = re.search(rf"[\d{_N}半全]+", side)
    return found.group() if found else side


def _counted(question: str, quotes: str) -> bool:
    """Whether a count that the question asks for (`最多几个`) stands in the quotes, with its unit."""
    units = re.findall(r"(?:几|多少)个?([张个家天次年名项件人位处月批])", question)
    return any(re.search(rf"[\d{_N}]\s*万?个?{unit}", quotes) for unit in units)


def _names_body(citation: Citation) -> bool:
    """Whether a clause names who is responsible: in a 责任单位 remark, or in its sentences."""
    return bool(citation.clause.departments or _BODY_ACTS.search(citation.clause.text))
