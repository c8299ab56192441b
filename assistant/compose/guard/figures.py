"""Figures, dates, counts, bodies, trades and places of a sentence → those that its clauses do not bear out.

A figure must stand in the very clauses cited, and there be said of the same trade, place and thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache, lru_cache

from assistant.compose.guard.rules import (
    CLAUSES,
    SEGMENTS,
    SENTENCES,
    Ground,
    content,
    fold,
    place_of,
    rules,
)
from assistant.compose.material import Material
from assistant.figures import departments, numbers, unsupported
from index import lexicon
from index.numerals import to_int
from index.types import Document

_DAY = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|(?<=\d{4}年)\d{1,2}月")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年|[-—–]|$)")
# What names a clause or a document and counts nothing: 第28条, 三年行动计划, 2026—2028年, a clause's own number.
_NAMES = re.compile(
    r"第\(?[\d一二三四五六七八九十]+\)?条|专栏\d+|[一二三四五]年行动(?:计划|方案)|十[一二三四五]五|(?:19|20)\d\d(?:年|(?=[-—–]))"
    r"|^\d+[.、]|[〔\[(]\d{4}[〕\])]\d+号|\d{4}年\d{1,3}号文?|(?<!\d)\d{1,3}号文"
)
_SHORT_NUMBER = re.compile(r"(?<!\d)(\d{1,3})号文")
# A count and what it counts, as far as the next sign.
_COUNTED = re.compile(
    r"(?<![\d.])(\d[\d.]*)(?:多|余)?(?:名|家|个|项|幢|条|座|所|处|件|人|场|批|类)([\u4e00-\u9fff]{2,8})"
)
_MEASURED = r"\d[\d.]*(?:%|万亿|亿|万|家|项|个|幢|名|条|座|所)"
_HEAD, _FRONT = 3, 4
_PART = re.compile(r"第[(（]?[\d一二三四五六七八九十]+[)）]?(?:部分|章|节|项|款|编|点)")
# A sum in another currency is another sum; `亿元` is the plain form.
_CURRENCY = re.compile(r"(\d[\d.,]*(?:万亿|亿|万)?)(元|美元|欧元|港元|日元)")
_COUNT = re.compile(
    r"([一二两三四五六七八九十百千]{1,8})(个月|年内|日内|家|项|户|成|倍|折|个|批|座|所|处|支|类|场|轮|次|份|大)"
)
# What is counted in these is counted from one on; others are also said of things that nobody has counted.
_STRICTLY = frozenset({"个月", "年内", "日内", "家", "项", "户", "成", "倍", "折"})
# Numbers as words: financial characters, fractions, shares, numerals parted by signs, days of the calendar.
_IN_WORDS = re.compile(
    r"[零一二两三四五六七八九十百千万亿]*[壹贰叁肆伍陆柒捌玖拾佰仟][零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元圆]+"
    r"|[一二三四五六七八九十百]+分之[一二三四五六七八九十百]+|百分百|半数|过半|[一大多]半(?!数是)|[几数上][十百千]?[万亿]"
    r"|(?<![\d一二两三四五六七八九十百千几数.])[万亿]+元|千万(?!不|要)|[一二三四五六七八九十百千万亿]{9,}|[一二三四五六七八九]{2,}(?![十百千万亿])"
    r"|[一二两三四五六七八九十百千万亿](?:[、，·/.][一二两三四五六七八九十百千万亿])+"
    r"|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年|[一二三四五六七八九十]+月[一二三四五六七八九十]*日?|[明后下]年|下[周月]"
)
_ENGLISH_NUMBERS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred|thousand|million|billion"
    r"|trillion|half|third|quarter|dozen|per ?cent)\b"
)
_ONE_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_DAYS: tuple[tuple[re.Pattern[str], Callable[[Document], Sequence[date | None]]], ...] = (
    (re.compile(_ONE_DAY + "起?(?:正式)?(?:施行|实施|生效|执行)"), lambda one: [one.effective_from]),
    (re.compile(f"(?:有效期|有效|执行|实施)(?:到|至|截至){_ONE_DAY}"), lambda one: [one.effective_to]),
    (
        re.compile(_ONE_DAY + "(?:正式)?(?:印发|发布|公布|公开发布|转发)"),
        lambda one: [one.signed, one.printed, one.issued],
    ),
)
# Words that two stretches must share to be about the same, and the share of the best that counts as near.
_ENOUGH_WORDS, _NEAR = 2, 0.6
_FIRMS = ("公司", "机构", "企业")
# Fewer are said of things that nobody has counted: 两件事, 两处.
_A_FEW = 2


def without_support(text: str, ground: Ground) -> list[str]:
    """Figures, dates, references, addresses and bodies that the cited clauses and their documents do not hold.

    Labels, titles and dates of a document support what names it (第28条, 2026年), and no count or sum.
    """
    folded = fold(text)
    found = sorted(unsupported(text, ground.support))
    found += sorted(_figures(_NAMES.sub("", folded)) - _figures(_own(ground)))
    found += [
        f"{number}号文" for number in _SHORT_NUMBER.findall(folded) if f"〕{number}号" not in ground.support
    ]
    found += [year for year in _YEAR.findall(folded) if year not in ground.support]
    found += [said for said in _PART.findall(folded) if said not in ground.support]
    found += [
        said for match in _IN_WORDS.finditer(_NAMES.sub("", folded)) if (said := match[0]) not in ground.words
    ]
    found += _ENGLISH_NUMBERS.findall(text.lower())
    return list(dict.fromkeys(found))


def _own(ground: Ground) -> str:
    """The clauses' own words, without their number."""
    return "\n".join(_NAMES.sub("", line) for one in ground.cited for line in fold_lines(one.text))


@lru_cache(maxsize=1024)
def fold_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, folded."""
    return tuple(fold(line) for line in text.splitlines())


def elsewhere(text: str, ground: Ground) -> list[str]:
    """Figures, trades and places that stand in the clauses, said there of something else."""
    cited = ground.cited
    return [
        *_misdated(text, cited),
        *_exchanged(text, cited),
        *_bound_elsewhere(text, cited),
        *_misplaced(text, cited),
    ]


def of_another_clause(text: str, ground: Ground) -> list[str]:
    """Bodies that only a clause has which does not speak of what the sentence is about."""
    if len(ground.cited) < 2:
        return []
    named = departments(text)
    words = [word for word in content(text) if not any(word in name for name in named)]
    shares = [sum(word in fold(one.text) for word in words) for one in ground.cited]
    near = [one for one, share in zip(ground.cited, shares, strict=True) if share >= _NEAR * max(shares)]
    bodies = fold(
        "\n".join(body for one in near for body in (*one.clause.departments, one.text, one.document.issuer))
    )
    return [name for name in named if fold(name) not in bodies]


def _misplaced(text: str, cited: Sequence[Material]) -> list[str]:
    """Stretches whose figure, trade or place stands in the clauses beside something else than what is said of it."""
    known = "\n".join(map(place_of, cited))
    parts = [fold(part) for one in cited for part in SEGMENTS.split(one.text) if part.strip()]
    whole = [fold(part) for one in cited for part in SENTENCES.split(one.text) if part.strip()]
    found = []
    for segment in filter(str.strip, SEGMENTS.split(text)):
        own = [word for word in content(segment) if not re.search(r"\d", word)]
        figures = _figures(segment) - _figures(known)
        if figures and _far(own, [(part, bool(figures & _figures(part))) for part in parts]):
            found.append(segment.strip())
    for segment in filter(str.strip, CLAUSES.split(text)):
        own = [word for word in content(segment) if not re.search(r"\d", word)]
        for name in _entities(segment):
            name = next((short for kind in _FIRMS if (short := name.removesuffix(kind)) != name), name)
            rest = [word for word in own if word not in name and name not in word]
            if name not in fold(known) and _far(rest, [(part, name in part) for part in whole]):
                found.append(segment.strip())
    return list(dict.fromkeys(found))


def _exchanged(text: str, cited: Sequence[Material]) -> list[str]:
    """Counts of one sentence that stand in the clauses, each before what another one counts."""
    folded, clauses = fold(text), [fold(one.text) for one in cited]
    counted = _COUNTED.findall(folded)
    if len(counted) < 2:
        return []
    found = []
    for figure, of in counted:
        there = [what for clause in clauses for number, what in _COUNTED.findall(clause) if number == figure]
        elsewhere = any(of[:_HEAD] in clause for clause in clauses)
        if there and elsewhere and not any(_share(of[:_FRONT], what[:_FRONT]) for what in there):
            found.append(figure + of)
    return found


def _bound_elsewhere(text: str, cited: Sequence[Material]) -> list[str]:
    """Figures told of one trade or place that the clauses tell of another: what stands last before a figure owns it."""
    clauses = [fold(part) for one in cited for part in SENTENCES.split(one.text)]
    found = []
    for names in (_trades(), _places()):
        theirs = [pair for clause in clauses for pair in _bindings(clause, names)]
        for owner, figure in _bindings(fold(text), names):
            owners = [other for other, number in theirs if number == figure]
            named = any(owner in clause for clause in clauses)
            if owners and named and not any(owner in other or other in owner for other in owners):
                found.append(f"{owner}…{figure}")
    return found


def _bindings(text: str, names: re.Pattern[str]) -> list[tuple[str, str]]:
    """Each figure with a unit and the last of `names` before it; figures with none before them are left out."""
    found, owner = [], ""
    for match in re.finditer(f"({names.pattern})|{_MEASURED}", text):
        if match[1]:
            owner = match[1]
        elif owner:
            found.append((owner, match[0]))
    return found


@cache
def _trades() -> re.Pattern[str]:
    return _any_of(name for row in lexicon.load("industries").values() for name in row.get("names", ()))


@cache
def _places() -> re.Pattern[str]:
    rows = lexicon.load("districts").values()
    return _any_of(name for row in rows for key in ("names", "places") for name in row.get(key, ()))


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    known = {fold(name) for name in names if len(name) > 1 and name not in ("上海", "服务业")}
    return re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))


def _share(one: str, other: str) -> bool:
    """Whether two short texts have two characters in a row in common."""
    return any(one[at : at + 2] in other for at in range(len(one) - 1))


def _far(words: Sequence[str], parts: Sequence[tuple[str, bool]]) -> bool:
    """Whether the parts that hold a thing (true) hold far fewer of the words around it than the best part does."""
    if len(words) < _ENOUGH_WORDS:
        return False
    scored = [(sum(word in part for word in words), holds) for part, holds in parts]
    best = max((score for score, _ in scored), default=0)
    beside = max((score for score, holds in scored if holds), default=0)
    return best >= _ENOUGH_WORDS and beside < best * _NEAR


def _figures(text: str) -> frozenset[str]:
    """Numbers and years of a text; a day is no number (`12月` is not 12个)."""
    foreign = {f"{number}{unit}" for number, unit in _CURRENCY.findall(fold(text))}
    return numbers(_DAY.sub("", text)) | foreign


def _entities(text: str) -> list[str]:
    """Trades and districts that a text names."""
    folded = fold(text)
    return [name for name in _entity_names() if name in folded]


@cache
def _entity_names() -> tuple[str, ...]:
    rows = [row for kind in ("industries", "districts") for row in lexicon.load(kind).values()]
    names = {fold(name) for row in rows for name in row.get("names", ())}
    trades = {fold(name) + kind for row in rows for name in row.get("short", ()) for kind in _FIRMS}
    known = {name for name in names | trades if len(name) > 1} | set(rules()["places"]["words"])
    return tuple(known - {"上海", "服务业", "企业"})


def _misdated(text: str, cited: Sequence[Material]) -> list[str]:
    """Days said to be those of taking effect, of ending or of issue, and that are another day of the document."""
    found = []
    for pattern, of in _DAYS:
        for match in pattern.finditer(fold(text)):
            said = tuple(map(int, match.groups()))
            days = [day for one in cited for day in of(one.document) if day]
            if days and said not in [(day.year, day.month, day.day) for day in days]:
                found.append(match[0])
    return found


def miscounted(text: str, ground: Ground) -> list[str]:
    """`十个园区`: counts in Chinese characters that the clauses do not have, in characters or in digits."""
    found = []
    for match in _COUNT.finditer(fold(text)):
        number = to_int(match[1].replace("两", "二"))
        counted = number and (number > _A_FEW or match[2] in _STRICTLY)
        if counted and match[0] not in ground.words and f"{number}{match[2]}" not in ground.words:
            found.append(match[0])
    return found
