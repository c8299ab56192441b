"""Words of a sentence → those that its clauses do not have and that no paraphrase may bring in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from assistant.compose.guard.rules import (
    CHINESE,
    OVER,
    QUOTED,
    SEGMENTS,
    Ground,
    fold,
    rules,
    tagged,
    telling,
    without_signs,
)
from assistant.scope import language_of
from index import english, lexicon
from index.search import expansions
from index.tokens import STOPWORDS

# An answer has no speaker who could promise or permit.
_SPEAKER = re.compile(
    r"我(?!国|市|区|省)们?|本人|本助手|作为[^，。]{0,12}(?:主任|局长|管理员|助手|模型)"
    r"|\bI\b|\bmy\b|\bwe\b(?! recommend)"
)
# 不 before what a clause says; 不同 and 不断 deny nothing.
_NOT = re.compile(r"不(?!过|同|仅|止|一样|断|是|少|管|论|妨|对|到|会|要|能|可|得)[\u4e00-\u9fff]{2}")
# Who does what: 由某某负责.
_BY = re.compile(r"由([^，。由]{2,14}?)(?:负责|牵头|承担|支付|办理|受理|出资|组织|实施|给|发放|审批|认定)")
_LATIN = re.compile(r"[a-z][a-z+&.-]*[a-z+]")
# Words of the user after these would be what a firm gets.
_GIVES = re.compile(r"可以|可(?!以)|能|有|给|送|获|享|得到|拿|领|报销|优先|提供|免|补|奖|支持")
# So many single characters in a row that the clauses do not have are a word that the dictionary does not know.
_A_RUN = 3


def speaking(text: str) -> list[str]:
    """Words of somebody who promises or permits."""
    return _SPEAKER.findall(QUOTED.sub("", text))


def stronger(text: str, ground: Ground) -> list[str]:
    """Words that claim more than the clauses and that these do not use; signs between their characters hide none."""
    past = rules()["current"]["past"]
    bare = re.sub(f"已(?:经)?(?:{past})|(?:{past})了", "", fold(text))
    plain = without_signs(bare)
    found = [
        word
        for row in rules()["strict"]
        for word in row["words"]
        if word in plain and word not in ground.support and word not in ground.plain
    ]
    found += [
        one for row in rules()["patterns"]["words"] if (one := _first(row, plain)) and one not in ground.plain
    ]
    found += [body for body in _BY.findall(bare) if fold(body) not in ground.support]
    if language_of(text) == "en":
        spoken = " ".join(english.latin_words(text))
        found += [word for word in rules()["english"]["strict"] if re.search(rf"\b{word}\b", spoken)]
    return found


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[0] if match else ""


def reversed_(text: str, ground: Ground) -> list[str]:
    """Negations that the clauses do not have, and things that they speak of in the negative only."""
    told = rules()["negations"]
    bare = re.sub(told["said_of_texts"], "", fold(text))
    found = [word for word in told["words"] if word in bare and word not in ground.support]
    found += [one for one in re.findall(told["excluding"], bare) if one not in ground.support]
    found += [sign for sign in _NOT.findall(bare) if sign not in ground.support]
    for word, _ in tagged(bare):
        if len(word) < 2 or not CHINESE.search(word):
            continue
        negated = [f"{sign}{word}" for sign in "非不无未"]
        if any(one in ground.support for one in negated) and not any(one in bare for one in negated):
            plain = re.sub("|".join(map(re.escape, negated)), "", ground.support)
            if word not in plain:
                found.append(word)
    return found


def told_as_current(text: str, ground: Ground) -> list[str]:
    """That a document which is over binds: words of the present, or of giving, without a word of the past."""
    if not any(one.validity in OVER for one in ground.cited):
        return []
    current = rules()["current"]
    if re.search("期满|到期|届满|结束|失效|过期|ended|expired", text):
        return []
    bare = re.sub(r"(?:现在|目前|如今|眼下)?(?:已|只能|仅供)|不再|无效|失效|没有?有效", "", text)
    offers = "" if re.search(current["past"], text) else _first(current["offers"], text)
    return [*(word for word in current["words"] if word in bare), *([offers] if offers else [])]


def new(text: str, ground: Ground, asked: str) -> list[str]:
    """The words that tell something and are neither the clauses' nor of those that talk about texts."""
    if language_of(text) == "en":
        return _new_in_english(text, ground.support)
    # What a text is said not to say is no claim of its own.
    told = f"{rules()['negations']['said_of_texts']}[^，。；]*"
    bare = re.sub(told, "", fold(QUOTED.sub("", text)))
    found = [word for word in _LATIN.findall(bare) if word not in ground.support and word not in asked]
    for segment in SEGMENTS.split(bare):
        found += _new_in_segment(segment, ground, asked)
    hidden = {word for word in _offered_words(without_signs(bare)) if word not in ground.plain}
    return list(dict.fromkeys([*found, *sorted(hidden)]))


def _new_in_segment(segment: str, ground: Ground, asked: str) -> Iterator[str]:
    before, run = "", ""
    for word, kind in (*tagged(segment), ("", "")):
        single = len(word) == 1 and CHINESE.match(word) and not _is_known(word, kind, ground)
        run = run + word if single else run
        if not single:
            if len(run) >= _A_RUN and run not in ground.support and run not in asked:
                yield run
            run = ""
        if len(word) > 1 and CHINESE.search(word) and not _is_known(word, kind, ground):
            taken_up = word in asked and not _is_offered(word) and not _GIVES.search(before)
            if not taken_up and not any(fold(same) in ground.support for same in expansions(word)):
                yield word
        before += word


def words_beyond(text: str, known: str) -> list[str]:
    """The words of a text that tell something and do not stand in `known` (folded)."""
    bare = fold(text)
    found = [word for word in _LATIN.findall(bare) if word not in known]
    return found + [
        word
        for word, kind in tagged(bare)
        if len(word) > 1
        and CHINESE.search(word)
        and word not in known
        and word not in STOPWORDS
        and kind not in rules()["harmless_kinds"]
        and not _otherwise_named(word, known)
    ]


def _otherwise_named(word: str, known: str) -> bool:
    """Whether a text names the same trade or district by another name (律所, 律师事务所)."""
    rows = [row for kind in ("industries", "districts") for row in lexicon.load(kind).values()]
    names = ((*row.get("names", ()), *row.get("short", ())) for row in rows if word in row.get("names", ()))
    return any(fold(name) in known for row in names for name in row)


def _is_known(word: str, kind: str, ground: Ground) -> bool:
    """Whether a word is the clauses', talks about texts, only joins others, or has a check of its own."""
    if word in ground.support or word in telling() or word in STOPWORDS or word in _judged_apart():
        return True
    if kind.startswith("m"):  # counts in digits and before a measure are compared as such
        return not re.fullmatch("[二三四五六七八九十百千万亿]{2,}", word)
    return kind in rules()["harmless_kinds"] or (len(word) > 1 and all(char in telling() for char in word))


def _offered_words(text: str) -> Iterator[str]:
    """The names of benefits in a text without signs."""
    for pattern in _benefits():
        yield from (match[0] for match in re.finditer(pattern, text))


@cache
def _benefits() -> tuple[str, ...]:
    return tuple(rules()["benefits"]["words"])


def _new_in_english(text: str, support: str) -> list[str]:
    """The same for an English sentence: terms by the Chinese words that they stand for, other words as they are."""
    covered, found = [], []
    for meant, begin, end in english.terms_at(text):
        covered.append((begin, end))
        if not any(fold(word) in support for word in meant):
            found.append(text[begin:end])
    known = set(rules()["english"]["telling"])
    for word, begin, end in english.words_at(text):
        inside = any(first <= begin and end <= last for first, last in covered)
        if word and not inside and word not in known and not word.isdigit() and word not in support:
            found.append(word)
    return found


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
    strict = (word for row in rules()["strict"] for word in row["words"])
    return frozenset([*strict, *rules()["current"]["words"], *rules()["negations"]["words"]])
