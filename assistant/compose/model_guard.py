"""A model's sentence and the materials it cites → what is wrong with it, or nothing.

Strict where an invention does harm: quotes, names, figures, dates, bodies must stand in the very clauses that the
sentence cites, not in others and not in the question; a figure must stand there beside what it is said of; a word
that claims more than the clause (一律, 无需, 已经) must be the clause's own.  Every other word that tells something
must be the clause's, or one of those that talk about texts (guard.toml).  So a paraphrase in free words is turned
away too; it is sent back with the words, and the extract is never far (docs/decisions/0017).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jieba.posseg

from assistant.cite import metadata
from assistant.compose.material import Material
from assistant.figures import numbers, unsupported
from assistant.scope import language_of
from index import english, lexicon
from index.numerals import to_int
from index.search import expansions
from index.tokens import STOPWORDS
from index.types import Document, Validity

_FILE = Path(__file__).with_name("guard.toml")
_OVER = (Validity.PERIOD_OVER, Validity.EXPIRED)
_QUOTED = re.compile(r"「([^」]*)」|『([^』]*)』|“([^”]*)”|\"([^\"]*)\"")
_NAMED = re.compile(r"《([^》]*)》")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SEGMENTS = re.compile(r"[，,。；;：:！!？?、（）()\n]")
_CLAUSES = re.compile(r"[，,。；;：:！!？?\n]")
_SENTENCES = re.compile(r"[。；;\n]")
_DAY = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|(?<=\d{4}年)\d{1,2}月")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
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
    r"([一二两三四五六七八九十百千]+)(个月|年内|日内|家|项|户|成|倍|折|个|批|座|所|处|支|类|场|轮|次|份|大)"
)
# What is counted in these is counted from one on; others are also said of things that nobody has counted.
_STRICTLY = frozenset({"个月", "年内", "日内", "家", "项", "户", "成", "倍", "折"})
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
# An answer has no speaker who could promise or permit.
_SPEAKER = re.compile(
    r"我(?!国|市|区|省)们?|本人|本助手|作为[^，。]{0,12}(?:主任|局长|管理员|助手|模型)"
    r"|\bI\b|\bmy\b|\bwe\b(?! recommend)"
)
# 不 before what a clause says; 不同 and 不断 deny nothing.
_NOT = re.compile(r"不(?!过|同|仅|止|一样|断|是|少|管|论|妨|宜|在|对|到|会|要|能|可|得)[\u4e00-\u9fff]{2}")
_FIRMS = ("公司", "机构", "企业")
# Fewer are said of things that nobody has counted: 两件事, 两处.
_A_FEW = 2
# Markers and signs that a model adds of its own accord; who reads the answer gets ours.
_MARKS = re.compile(r"\s*(?:\[\d+\]|【\d+】|（材料\s*\d+）|\(材料\s*\d+\))")
_LEADING = re.compile(r"^(?:[-*•·]\s+|\d+[.、)]\s*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence does not stand: a key of prompts/model-compose [reasons], and its words without support."""

    kind: str
    words: tuple[str, ...] = ()


def cleaned(text: str) -> str:
    """A sentence as one line without markers, list signs and Markdown of the model's own, with an end mark."""
    line = " ".join(_MARKS.sub("", text).split())
    line = _LEADING.sub("", line).replace("**", "").replace("`", "").strip("# ")
    return line if not line or line[-1] in "。！？.!?」”" else f"{line}。"


def fault(text: str, cited: Sequence[Material], asked: str = "") -> Fault | None:
    """What is wrong with a sentence that rests on `cited`; None where it stands.

    `asked` is what the user said: its words may be taken up, but no figure, name or benefit of it.
    """
    if not text or not cited:
        return Fault("no_material")
    support = "\n".join(map(_support, cited))
    for kind, words in _checks(text, support, cited, _fold(asked)):
        if words:
            return Fault(kind, tuple(words))
    return None


def _checks(
    text: str, support: str, cited: Sequence[Material], asked: str
) -> Iterator[tuple[str, Sequence[str]]]:
    folded = _fold(support)
    yield "quote", [said for said in _quotes(text) if _fold(said) not in folded]
    yield "term", _SPEAKER.findall(_QUOTED.sub("", text))
    yield "name", [said for said in _NAMED.findall(text) if _fold(said) not in folded]
    yield "figure", sorted(unsupported(text, support) | (_figures(text) - _figures(support)))
    yield "figure", [said for said in _PART.findall(_fold(text)) if said not in folded]
    yield "figure", _miscounted(text, folded)
    yield "figure", _misdated(text, cited)
    yield "figure", _exchanged(text, cited)
    yield "place", _bound_elsewhere(text, cited)
    yield "place", _misplaced(text, cited)
    yield "stronger", _claims(text, folded, cited)
    yield "reversed", _reversed(text, folded)
    yield "over", _told_as_current(text, cited)
    new = _new_in_english(text, folded) if language_of(text) == "en" else _new(text, folded, asked)
    yield "term", new


def _support(one: Material) -> str:
    """All that a clause allows a sentence to say: its words, its place, its bodies, and its document's metadata."""
    return "\n".join([one.text, one.clause.title, *one.clause.departments, _place_of(one)])


def _place_of_all(cited: Sequence[Material]) -> str:
    return "\n".join(map(_place_of, cited))


def _place_of(one: Material) -> str:
    """Where a clause stands, and its document's number, title and dates."""
    return "\n".join([one.clause.label, one.clause.path, *one.clause.headings, metadata(one.document)])


def _fold(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def _quotes(text: str) -> list[str]:
    return [said for groups in _QUOTED.findall(text) for said in groups if said]


def _misplaced(text: str, cited: Sequence[Material]) -> list[str]:
    """Stretches whose figure, trade or place stands in the clauses beside something else than what is said of it."""
    known = _place_of_all(cited)
    parts = [_fold(part) for one in cited for part in _SEGMENTS.split(one.text) if part.strip()]
    whole = [_fold(part) for one in cited for part in _SENTENCES.split(one.text) if part.strip()]
    found = []
    for segment in filter(str.strip, _SEGMENTS.split(text)):
        own = [word for word in _content(segment) if not re.search(r"\d", word)]
        figures = _figures(segment) - _figures(known)
        if figures and _far(own, [(part, bool(figures & _figures(part))) for part in parts]):
            found.append(segment.strip())
    for segment in filter(str.strip, _CLAUSES.split(text)):
        own = [word for word in _content(segment) if not re.search(r"\d", word)]
        for name in _entities(segment):
            name = next((short for kind in _FIRMS if (short := name.removesuffix(kind)) != name), name)
            rest = [word for word in own if word not in name and name not in word]
            if name not in _fold(known) and _far(rest, [(part, name in part) for part in whole]):
                found.append(segment.strip())
    return list(dict.fromkeys(found))


def _exchanged(text: str, cited: Sequence[Material]) -> list[str]:
    """Counts of one sentence that stand in the clauses, each before what another one counts."""
    folded, clauses = _fold(text), [_fold(one.text) for one in cited]
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
    clauses = [_fold(part) for one in cited for part in _SENTENCES.split(one.text)]
    found = []
    for names in (_trades(), _places()):
        theirs = [pair for clause in clauses for pair in _bindings(clause, names)]
        for owner, figure in _bindings(_fold(text), names):
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
    known = {_fold(name) for name in names if len(name) > 1 and name not in ("上海", "服务业")}
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
    foreign = {f"{number}{unit}" for number, unit in _CURRENCY.findall(_fold(text))}
    return numbers(_DAY.sub("", text)) | frozenset(_YEAR.findall(_fold(text))) | foreign


def _entities(text: str) -> list[str]:
    """Trades and districts that a text names."""
    folded = _fold(text)
    return [name for name in _entity_names() if name in folded]


@cache
def _entity_names() -> tuple[str, ...]:
    rows = [row for kind in ("industries", "districts") for row in lexicon.load(kind).values()]
    names = {_fold(name) for row in rows for name in row.get("names", ())}
    trades = {_fold(name) + kind for row in rows for name in row.get("short", ()) for kind in _FIRMS}
    known = {name for name in names | trades if len(name) > 1} | set(_rules()["places"]["words"])
    return tuple(known - {"上海", "服务业", "企业"})


def _miscounted(text: str, support: str) -> list[str]:
    """`十个园区`: counts in Chinese characters that the clauses do not have, in characters or in digits."""
    found = []
    for match in _COUNT.finditer(_fold(text)):
        number = to_int(match[1].replace("两", "二"))
        counted = number and (number > _A_FEW or match[2] in _STRICTLY)
        if counted and match[0] not in support and f"{number}{match[2]}" not in support:
            found.append(match[0])
    return found


def _misdated(text: str, cited: Sequence[Material]) -> list[str]:
    """Days said to be those of taking effect, of ending or of issue, and that are another day of the document."""
    found = []
    for pattern, of in _DAYS:
        for match in pattern.finditer(_fold(text)):
            said = tuple(map(int, match.groups()))
            days = [day for one in cited for day in of(one.document) if day]
            if days and said not in [(day.year, day.month, day.day) for day in days]:
                found.append(match[0])
    return found


def _claims(text: str, support: str, cited: Sequence[Material]) -> list[str]:
    folded = _fold(text)
    past = re.compile(f"已(?:经)?(?:{_rules()['current']['past']})|(?:{_rules()['current']['past']})了")
    bare = past.sub("", folded)
    found = [
        word for row in _rules()["strict"] for word in row["words"] if word in bare and word not in support
    ]
    if language_of(text) == "en":
        spoken = " ".join(english.latin_words(text))
        found += [word for word in _rules()["english"]["strict"] if re.search(rf"\b{word}\b", spoken)]
    return found


def _reversed(text: str, support: str) -> list[str]:
    """Negations that the clauses do not have, and things that they speak of in the negative only."""
    rules = _rules()["negations"]
    bare = re.sub(rules["said_of_texts"], "", _fold(text))
    found = [word for word in rules["words"] if word in bare and word not in support]
    found += [sign for sign in _NOT.findall(bare) if sign not in support]
    for word in _content(text):
        negated = {f"{sign}{word}" for sign in "非不无未"}
        if any(one in support for one in negated) and not any(one in bare for one in negated):
            plain = re.sub("|".join(map(re.escape, negated)), "", support)
            if word not in plain:
                found.append(word)
    return found


def _told_as_current(text: str, cited: Sequence[Material]) -> list[str]:
    """That a document which is over binds: words of the present, or no word of the past."""
    over = [one for one in cited if one.validity in _OVER]
    if not over:
        return []
    current = _rules()["current"]
    past = re.search(current["past"], text)
    offers = re.search(current["offers"], text)
    if len(over) == len(cited) and offers and not past:
        return [offers.group()]
    bare = re.sub(r"(?:现在|目前|如今|眼下)?(?:已|只能|仅供)|不再|无效|失效|没有?有效", "", text)
    if (
        len(over) == len(cited)
        and any(word in bare for word in current["words"])
        and not re.search("期满|到期|届满|结束|失效|过期|ended|expired", text)
    ):
        return [word for word in current["words"] if word in bare]
    return []


def _new(text: str, support: str, asked: str) -> list[str]:
    """The words that tell something and are neither the clauses' nor of those that talk about texts."""
    telling, kinds = _telling(), _rules()["harmless_kinds"]
    # What a text is said not to say is no claim of its own.
    bare = re.sub(f"{_rules()['negations']['said_of_texts']}[^，。；]*", "", _fold(_QUOTED.sub("", text)))
    found = []
    for word, kind in _tagged(bare):
        if (
            len(word) < 2
            or not _CHINESE.search(word)
            or word in support
            or word in telling
            or word in STOPWORDS
        ):
            continue
        if kind in kinds or all(char in telling for char in word) or word in _judged_apart():
            continue
        if kind.startswith("m"):  # counts are compared as such
            continue
        if word in asked and not _is_offered(word):
            continue
        if any(_fold(same) in support for same in expansions(word)):
            continue
        found.append(word)
    return found


def _new_in_english(text: str, support: str) -> list[str]:
    """The same for an English sentence: terms by the Chinese words that they stand for, other words as they are."""
    covered, found = [], []
    for meant, begin, end in english.terms_at(text):
        covered.append((begin, end))
        if not any(_fold(word) in support for word in meant):
            found.append(text[begin:end])
    known = set(_rules()["english"]["telling"])
    for word, begin, end in english.words_at(text):
        inside = any(first <= begin and end <= last for first, last in covered)
        if word and not inside and word not in known and not word.isdigit() and word not in support:
            found.append(word)
    return found


def _content(text: str) -> list[str]:
    """The words of a text that tell something, two characters or more."""
    kinds = _rules()["harmless_kinds"]
    return [
        word
        for word, kind in _tagged(_fold(text))
        if len(word) > 1 and _CHINESE.search(word) and kind not in kinds and not kind.startswith(("m", "t"))
    ]


@lru_cache(maxsize=512)
def _tagged(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((pair.word, pair.flag) for pair in jieba.posseg.cut(text, HMM=False))


@cache
def _is_offered(word: str) -> bool:
    """Whether a word names a benefit, a trade, a place or a body: what a firm hopes for is not what a clause gives."""
    lists = [lexicon.load(kind) for kind in ("industries", "districts", "departments")]
    if any(
        name in word or word in name
        for rows in lists
        for row in rows.values()
        for name in row.get("names", ())
    ):
        return True
    patterns = lexicon.load("facets")["instruments"].values()
    return any(re.search(pattern, word) for row in patterns for pattern in row)


@cache
def _judged_apart() -> frozenset[str]:
    """Words with a check of their own."""
    strict = (word for row in _rules()["strict"] for word in row["words"])
    return frozenset([*strict, *_rules()["current"]["words"], *_rules()["negations"]["words"]])


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _telling() -> frozenset[str]:
    rows = _rules()["telling"]
    return frozenset(word for kind in ("verbs", "nouns", "adverbs") for word in rows[kind])
