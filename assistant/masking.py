"""Text → the same text without what names a person or a firm's papers, before anything is stored.

ID-card numbers, mobile and landline numbers, e-mail addresses, bank-card-like numbers and unified social credit codes
become placeholders, in whatever width they are typed and with spaces or hyphens inside.  Everything else stays to the
letter: amounts, years, ranges of them, document numbers, short public numbers such as 12345.

Every place where one may stand is looked at by itself, so nothing around a number hides it.  In doubt it is masked:
a bare `13800138000` before 元 too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

ID_CARD, CREDIT_CODE, MOBILE, PHONE, EMAIL, CARD, NUMBER = (
    "［身份证号］",
    "［统一社会信用代码］",
    "［手机号］",
    "［电话号码］",
    "［邮箱］",
    "［银行卡号］",
    "［号码］",
)
PLACEHOLDERS = (ID_CARD, CREDIT_CODE, MOBILE, PHONE, EMAIL, CARD, NUMBER)

# First two digits of a region: what an ID card (GB 11643) begins with.
_PROVINCES = frozenset(
    map(
        str,
        [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71],
    )
) | {"81", "82", "83"}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
_SPACE, _DASH, _UNSEEN = " ", "-", "\u200b"
_GAP = f"[{_SPACE}{_UNSEEN}{_DASH}]"  # the dash last: it is none of a range
_GROUP = re.compile(r"\d+")
_CHAIN = re.compile(rf"\d+(?:{_GAP}{{1,3}}\d+)*")
_LAST_X = re.compile(rf"{_GAP}{{0,3}}[Xx]")
# A mobile number, and a bank card; longer ones are whole runs.
_SHORTEST, _LONGEST = 11, 19
# How people write a mobile number: together, or in these groups.  Other groups may be a range (15000-200000元).
_MOBILE_GROUPS = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (1,) * 11})
_UNIT = re.compile(
    rf"{_GAP}{{0,2}}(?:余|多)?(?:[万亿千百]|元|美元|%|‰|平方|公顷|亩|人次|人|家|户|个|项|吨|年)"
)
# So long a run of digits is no amount, whatever comes after.
_NO_AMOUNT = 16
_SPOKEN = str.maketrans("零〇○一二三四五六七八九幺", "000123456789" + "1")
_SPOKEN_RUN = re.compile("[零〇○一二三四五六七八九幺]{11,18}")

_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64} {0,2}(?:@|\(at\)|\[at\]) {0,2}(?:[A-Za-z0-9-]{1,63}[.。]){1,8}[A-Za-z]{2,24}",
    re.IGNORECASE,
)
_S = f"{_GAP}{{0,3}}"
_PLUS = re.compile(rf"\+{_S}$")
_EXTENSION = rf"(?:{_S}(?:转|分机|ext\.?|#|-){_S}\d{{1,6}}(?!\d))?"
_DOTTED = re.compile(r"(?<!\d)(?=(1[3-9]\d([._·/])\d{4}\2\d{4}(?!\d)))")
_PHONES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 021-63212810, (021) 6321 2810, 0512-8765432-801, +86 21 6321 2810
        rf"(?<!\d)(?=((?:(?:\+|00){_S}86{_S}\(?{_S}0?|\(?{_S}0)(?:10|2\d|[3-9]\d{{2}}){_S}\)?{_S}"
        rf"\d(?:{_S}\d){{6,7}}(?!\d){_EXTENSION}))",
        # 400-820-8888; 4008208888元 is an amount
        rf"(?<!\d)(?=([48]00(?:{_S}\d){{7}}(?!\d)(?!{_UNIT.pattern})))",
        # +852 9123 4567 and the like
        rf"(?=((?:\+|(?<!\d)00){_S}(?:852|853|886){_S}\d(?:{_S}\d){{7,8}}(?!\d)))",
    )
)
# Seven or eight digits alone may be anything; after these words they are a telephone.
_AFTER_A_WORD = re.compile(
    r"(?:电话|座机|热线|传真|致电|拨打|打给|来电|去电|回电|联系方式|\btel\b|\bphone\b|\bcall\b)"
    rf"[^\d［]{{0,6}}(?=([2-9]\d{{2,3}}{_S}\d{{4}}(?!\d){_EXTENSION}))",
    re.IGNORECASE,
)
_YEARS = re.compile(rf"(?:19|20)\d\d{_S}(?:19|20)\d\d$")
_CODE = re.compile(
    rf"(?=([0-9A-HJ-NPQRTUWXY]{_S}[0-9A-HJ-NPQRTUWXY](?:{_S}\d){{6}}(?:{_S}[0-9A-HJ-NPQRTUWXY]){{10}}))"
)


class _Plain(dict[int, str]):
    """Each character as one that the rules know: digits and letters half-width, one space, one dash."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain(chr(code))
        return found


def _plain(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return _SPACE
    if category == "Pd" or char == "−":
        return _DASH
    if category == "Cf":
        return _UNSEEN
    folded = unicodedata.normalize("NFKC", char)
    # ² and ① are notes and bullets beside a number, no part of it.
    return folded if len(folded) == 1 and not folded.isdecimal() else char


_PLAIN = _Plain()


@dataclass(frozen=True, slots=True)
class _Found:
    begin: int
    end: int
    what: str


def mask(text: str) -> str:
    """The text with placeholders; `mask(mask(text)) == mask(text)`."""
    masked = _once(text)
    while masked != text:  # what is left may have new neighbours
        text, masked = masked, _once(masked)
    return masked


def _once(text: str) -> str:
    plain = text.translate(_PLAIN)
    parts, at = [], 0
    for found in _joined([*_numbers(plain), *_written(plain), *_codes(plain), *_spoken(text)]):
        parts += [text[at : found.begin], found.what]
        at = found.end
    return "".join([*parts, text[at:]])


def _joined(found: Iterable[_Found]) -> Iterator[_Found]:
    """Spans that overlap made one, named after the longest of them."""
    open_: list[_Found] = []
    for one in sorted(found, key=lambda one: (one.begin, -one.end)):
        if open_ and one.begin >= max(before.end for before in open_):
            yield _one_of(open_)
            open_ = []
        open_.append(one)
    if open_:
        yield _one_of(open_)


def _one_of(spans: list[_Found]) -> _Found:
    longest = max(spans, key=lambda one: (one.end - one.begin, -PLACEHOLDERS.index(one.what)))
    return _Found(spans[0].begin, max(one.end for one in spans), longest.what)


def _numbers(plain: str) -> Iterator[_Found]:
    """Numbers that digits alone tell: every window of whole groups of every chain of groups."""
    for chain in _CHAIN.finditer(plain):
        groups = [match.span() for match in _GROUP.finditer(plain, *chain.span())]
        for first, (begin, _) in enumerate(groups):
            size = 0
            for last in range(first, len(groups)):
                start, end = groups[last]
                size += end - start
                if last > first and size > _LONGEST:
                    break
                if size >= _SHORTEST:
                    yield from _window(plain, begin, end, groups[first : last + 1])


def _window(plain: str, begin: int, end: int, groups: list[tuple[int, int]]) -> Iterator[_Found]:
    digits = "".join(plain[a:b] for a, b in groups)
    sizes = _sizes(plain, groups)
    x = _LAST_X.match(plain, end) if len(digits) == 17 else None
    if x and _is_id(digits + "X", sizes):
        yield _Found(begin, x.end(), ID_CARD)
    elif what := _named(digits, sizes, bool(_UNIT.match(plain, end))):
        country = _PLUS.search(plain, max(0, begin - 4), begin) if what == MOBILE else None
        yield _Found(country.start() if country else begin, end, what)


def _sizes(plain: str, groups: list[tuple[int, int]]) -> tuple[int, ...]:
    """How many digits each group has, as the eye sees them: signs without width part nothing."""
    sizes = [groups[0][1] - groups[0][0]]
    for before, now in pairwise(groups):
        if plain[before[1] : now[0]].strip(_UNSEEN):
            sizes.append(0)
        sizes[-1] += now[1] - now[0]
    return tuple(sizes)


def _named(digits: str, sizes: tuple[int, ...], with_unit: bool) -> str | None:
    """What a number is, by its digits, its groups, and whether a unit of measure follows."""
    size, together = len(digits), len(sizes) == 1
    if _is_mobile(digits, sizes, with_unit):
        return MOBILE
    if (size == 18 and _is_id(digits, sizes)) or (size == 15 and _is_old_id(digits, sizes)):
        return ID_CARD
    if together and size > _LONGEST:
        return NUMBER
    if together and (size >= _NO_AMOUNT or (size >= 13 and not with_unit)):
        return CARD
    return CARD if _is_card(digits, sizes) else None


def _is_mobile(digits: str, sizes: tuple[int, ...], with_unit: bool) -> bool:
    for prefix in ("0086", "86", ""):
        rest = digits.removeprefix(prefix)
        if digits.startswith(prefix) and re.fullmatch(r"1[3-9]\d{9}", rest):
            own = _without(sizes, len(prefix))
            return own in _MOBILE_GROUPS or (not with_unit and min(own) >= 3)
    return False


def _without(sizes: tuple[int, ...], prefix: int) -> tuple[int, ...]:
    """The groups without the first `prefix` digits."""
    left = list(sizes)
    while prefix and left:
        taken = min(prefix, left[0])
        prefix, left[0] = prefix - taken, left[0] - taken
        left = left if left[0] else left[1:]
    return tuple(left)


def _is_id(number: str, sizes: tuple[int, ...]) -> bool:
    """An ID card of 18: right by its check digit, by region and birthday, or both where it is written in pieces."""
    checked = (
        "10X98765432"[sum(int(d) * w for d, w in zip(number, _ID_WEIGHTS, strict=False)) % 11] == number[-1]
    )
    likely = number[:2] in _PROVINCES and _is_day(number[6:10], number[10:12], number[12:14])
    usual = len(sizes) == 1 or sizes[:2] in ((6, 8), (6, 4))
    return (checked or likely) if usual else (checked and likely)


def _is_old_id(number: str, sizes: tuple[int, ...]) -> bool:
    likely = number[:2] in _PROVINCES and _is_day(f"19{number[6:8]}", number[8:10], number[10:12])
    return likely and (min(sizes) >= 3 or max(sizes) == 1)


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return 1880 <= date(int(year), int(month), int(day)).year <= 2099
    except ValueError:
        return False


def _is_card(digits: str, sizes: tuple[int, ...]) -> bool:
    """A card number in pieces; four amounts or years side by side are none, unless the check digit says so."""
    if len(sizes) == 1 or not 13 <= len(digits) <= 19 or digits[0] not in "34569":
        return False
    if min(sizes[:-1]) < 3 and max(sizes) > 1:
        return False
    fours = set(sizes[:-1]) == {4} and sizes[-1] <= 4 and len(digits) >= 16
    return _luhn(digits) or (fours and digits.startswith("62"))


def _luhn(digits: str) -> bool:
    doubled = [sum(divmod(2 * int(d), 10)) for d in digits[-2::-2]]
    return (sum(doubled) + sum(int(d) for d in digits[::-2])) % 10 == 0


def _written(plain: str) -> Iterator[_Found]:
    """E-mail addresses and telephones, which signs and words around the digits tell."""
    yield from (_Found(*match.span(), EMAIL) for match in _EMAIL.finditer(plain))
    yield from (_Found(*match.span(1), MOBILE) for match in _DOTTED.finditer(plain))
    for pattern in _PHONES:
        yield from (_Found(*match.span(1), PHONE) for match in pattern.finditer(plain))
    for match in _AFTER_A_WORD.finditer(plain):
        if not _YEARS.match(match[1]) and not _UNIT.match(plain, match.end(1)):
            yield _Found(*match.span(1), PHONE)


def _codes(plain: str) -> Iterator[_Found]:
    """Unified social credit codes, by their check character, or by their form where one stands alone."""
    upper = "".join(char.upper() if char.isascii() else char for char in plain)
    for match in _CODE.finditer(upper):
        code = "".join(char for char in match[1] if char in _CODE_LETTERS)
        around = upper[match.start(1) - 1 : match.start(1)] + upper[match.end(1) : match.end(1) + 1]
        alone = not any(char.isascii() and char.isalnum() for char in around)
        formed = alone and match[1] == code and code[0] in "159Y" and code[2:4] in _PROVINCES
        if _code_checks(code) or formed:
            yield _Found(*match.span(1), CREDIT_CODE)


def _code_checks(code: str) -> bool:
    total = sum(_CODE_LETTERS.index(char) * pow(3, at, 31) for at, char in enumerate(code[:17]))
    return _CODE_LETTERS[(31 - total % 31) % 31] == code[17]


def _spoken(text: str) -> Iterator[_Found]:
    """Mobile and ID-card numbers in Chinese digits, as people dictate them."""
    for match in _SPOKEN_RUN.finditer(text):
        digits = match[0].translate(_SPOKEN)
        if what := _named(digits, (len(digits),), with_unit=False):
            yield _Found(*match.span(), what)
