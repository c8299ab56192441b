"""The names people use for documents and clauses → the documents and clauses themselves.

`5号文第16条`, `沪府办发[2025]5号 二/(六)/16`, `三年行动计划第二十八条`, `2026年1号文第(三)条`, `专栏5`, `Doc No.5`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from index import english, lexicon
from index.numerals import NUMERAL, to_int
from index.types import Clause, Document, Kind, PolicyError

_N = rf"(?:{NUMERAL}|\d{{1,3}})"
_NUMBERED = re.compile(
    r"(?P<organ>[\u4e00-\u9fff]{0,8}?)[\[(]?(?P<year>20\d{2})(?:[\])]|年)+第?(?P<number>\d{1,4})号(?:文件?)?"
    rf"|(?:(?<![\d\]年])|(?<=[今去前]年))(?P<short>\d{{1,4}}|{NUMERAL})号(?:文件?|令)"
    r"|\b(?:(?:doc(?:ument)?|circular|notice)\.?\s*(?:no\.?|number)?"
    r"|(?<!clause )(?<!article )(?<!item )no\.)\s*(?P<english>\d{1,4})\b(?!\s*%)",
    re.IGNORECASE,
)
# A bare `16条` is a clause only right behind a document's name: 扩大开放100条 is a title, 有31条措施 a count.
_CLAUSE = re.compile(
    rf"(?P<path>{NUMERAL}(?:/[^\s/，。；？！、]+)+)"
    rf"|专栏(?P<box>{_N})|第(?P<box2>{_N})个?专栏"
    rf"|第(?P<part>{_N})部分(?:第?\((?P<section>{NUMERAL})\)(?:第?(?P<point>\d{{1,2}})[条点]?)?)?"
    rf"|第\((?P<paren>{_N})\)[条点项款]"
    rf"|(?:(?<=号文)|(?<=号文件)|(?<=意见))\((?P<bracket>{_N})\)"
    rf"|第(?P<article>{_N}(?:条?[、和与及,，到至~—-]+第?{_N})*)条(?!龙)"
    r"|(?:(?<=号文)|(?<=号文件)|(?<=措施)|(?<=计划)|(?<=意见)|(?<=规划))(?P<bare>\d{1,3})条(?!措施|内容|规定)"
    r"|\b(?:clause|article|measure|item|point|paragraph|provision)\s*(?:no\.?|number)?\s*\(?(?P<english>\d{1,3})\b\)?|\bbox\s*(?P<box3>\d{1,2})\b",
    re.IGNORECASE,
)
_HINTS = (
    r"(?:20\d\d年?|今年|去年|前年|那年)?(?:的|那份|这份|两份|三份)?(?:全市|市里|区里|上海市?|{district}|市|区|老)?(?:的|那份|这份)?(?:全市|服务业|产业)?(?:“?十[一二三四五六]五”?)?(?:发展)?"
    r"(?:三年行动计划|三年计划|行动计划|实施意见|若干措施|意见|措施|规划|文件)(?:里头?|中|上)?"
    r"|20\d\d年|“?十[一二三四五六]五”?|分别|各自|各是|各个?|两份|口径|一样吗|是一回事吗|一回事|有(?:什么|啥)不同|有(?:什么|啥)区别|对比|相比|比较|怎么写|原话|提法|说法"
)
_TITLE = re.compile(r"《([^》\n]{2,60})》")
_GENRES = ("行动计划", "措施", "意见", "规划")
_ORGAN = re.compile(r"[发办函字规令告]$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A clause named in a text: the clause, or why there is none.

    `missing`: the document has no such clause; `ambiguous`: several documents have one and none was named.
    """

    text: str
    clause: Clause | None
    document: Document | None
    problem: str = ""


def fold(text: str) -> str:
    """Width, brackets and quotes of a text made one form, so that names compare."""
    text = unicodedata.normalize(
        "NFKC", text.replace("〔", "[").replace("〕", "]").replace("【", "[").replace("】", "]")
    )
    text = re.sub(r"[“”\"'《》「」‘’]", "", text)
    text = re.sub(r"\s*([\[\]()])\s*", r"\1", text)
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text)


def find_documents(text: str, documents: Mapping[str, Document]) -> list[Document]:
    """The documents a text names, in the order of the text, each once."""
    folded = fold(text)
    found: list[tuple[int, Document]] = []
    for match in _NUMBERED.finditer(folded):
        found += [(match.start(), document) for document in _by_number(match, documents.values())]
    found += _by_alias(_without_other_titles(text, documents.values()), documents.values())
    ordered = [document for _, document in sorted(found, key=lambda pair: pair[0])]
    return list({document.number: document for document in ordered}.values())


def unknown_numbers(text: str, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """Full document numbers (`沪府办发〔2025〕88号`, `88号文`) in a text that no document has."""
    found = [match for match in _NUMBERED.finditer(fold(text)) if not _by_number(match, documents.values())]
    return tuple(match.group().strip() for match in found)


def _by_number(match: re.Match[str], documents: Iterable[Document]) -> list[Document]:
    number = to_int(match["number"] or match["short"] or match["english"] or "")
    parts = [(re.match(r"(.+)〔(\d{4})〕(\d+)号", document.number), document) for document in documents]
    fits = [(p, d) for p, d in parts if p and int(p[3]) == number and match["year"] in (None, p[2])]
    organ = match["organ"] or ""
    if _ORGAN.search(
        organ
    ):  # 国办发〔2025〕5号 is another's: the letters before the year must be the document's own
        fits = [(p, d) for p, d in fits if organ.endswith(p[1])]
    newest = max((p[2] for p, _ in fits), default="")
    # A short name that fits several documents means the newest one.
    return [document for p, document in fits if match["year"] or p[2] == newest]


def _without_other_titles(text: str, documents: Iterable[Document]) -> str:
    """The folded text without the titles in 《》 that no document here has: 《养老服务若干措施》 is not 若干措施."""
    ours = [
        (fold(name), fold(document.title + document.issuer))
        for document in documents
        for name in (document.title, *document.aliases)
    ]

    def kept(match: re.Match[str]) -> str:
        title = fold(match[1])
        fits = any(title in name or (name in title and _belongs(title, name, full)) for name, full in ours)
        return match[0] if fits else "\0" * len(title)

    return fold(_TITLE.sub(kept, text))


def _belongs(title: str, name: str, full: str) -> bool:
    """Whether what a title holds beside a short name is the document's too: 上海市, its subject, its years."""
    rest = (piece for part in title.split(name) for piece in re.findall(r"[\u4e00-\u9fff]{2,}", part))
    return all(piece in full or piece in ("关于", "关于印发", "印发") for piece in rest)


def _another_title(before: str, document: Document) -> bool:
    """Whether a short name is the end of a longer one that is not the document's: 人才安居|若干措施."""
    from index.tokens import cut  # the dictionary of words: only where a short name is met

    full = fold(document.title + document.issuer)
    if any(before.endswith(word) and word not in full for word in _subjects()):
        return True
    last = cut(before[-8:])[-2:]
    return (
        len(last) == 2
        and last[1] in full
        and len(last[1]) > 1
        and "".join(last) not in full
        and _noun(last[0])
    )


def _noun(word: str) -> bool:
    return (
        len(word) > 1
        and word not in lexicon.load("stopwords")["words"]
        and bool(re.fullmatch(r"[\u4e00-\u9fff]+", word))
    )


@cache
def _subjects() -> tuple[str, ...]:
    """What policies are about, longest first: words that stand before a genre in the titles of other documents."""
    words = {fold(w) for w in lexicon.user_words() if len(w) >= 2 and not w.endswith(_GENRES)}
    return tuple(sorted(words, key=len, reverse=True))


def _by_alias(folded: str, documents: Iterable[Document]) -> list[tuple[int, Document]]:
    """Longest names first, so that 静安十四五 is not taken for 十四五规划."""
    names = [
        (fold(alias).replace("的", ""), document) for document in documents for alias in names_of(document)
    ]
    found: list[tuple[int, Document]] = []
    folded = folded.replace("的", "")  # 静安的十四五规划
    for name, document in sorted(names, key=lambda pair: -len(pair[0])):
        at = folded.find(name)
        if at >= 0 and name.endswith(_GENRES) and _another_title(folded[:at], document):
            at = -1
        if at >= 0:
            found.append((at, document))
            folded = folded[:at] + "\0" * len(name) + folded[at + len(name) :]
    spans = [*_english_names(folded, documents), *_of_a_year(folded, documents)]
    return found + [(begin, document) for begin, _, document in spans]


# A name may be said with these or without them: `the 14th five-year plan for services of Shanghai`.
_UNSAID = frozenset({"the", "of", "for", "a", "on", "shanghai", "city"})


def _english_names(text: str, documents: Iterable[Document]) -> list[tuple[int, int, Document]]:
    """Where a text names documents in English, longest names first."""
    if not re.search("[A-Za-z]{3}", text):
        return []
    said = [row for row in english.words_at(text) if row[0] not in _UNSAID]
    names = [
        (_said(alias), document) for document in documents for alias in document.aliases if alias.isascii()
    ]
    found: list[tuple[int, int, Document]] = []
    taken: set[int] = set()
    for name, document in sorted(names, key=lambda pair: -len(pair[0])):
        for at in range(len(said) - len(name) + 1) if name else ():
            places = range(at, at + len(name))
            if tuple(said[place][0] for place in places) == name and taken.isdisjoint(places):
                taken.update(places)
                found.append((said[at][1], said[at + len(name) - 1][2], document))
    return found


@lru_cache(maxsize=4096)
def _said(alias: str) -> tuple[str, ...]:
    return tuple(word for word in english.latin_words(alias) if word not in _UNSAID)


@cache
def _year_names() -> re.Pattern[str]:
    genres = sorted(lexicon.load("english").get("genres", {}), key=len, reverse=True)
    kinds = "|".join(map(re.escape, genres)) or "(?!)"
    return re.compile(
        rf"\b(?P<year>20\d{{2}})\s+(?:(?!(?:{kinds})\b)[a-z'’-]+\s+){{0,4}}?(?P<genre>{kinds})\b"
        rf"|\b(?P<kind>{kinds})\s+(?:of|from|issued in|dated|published in)\s+(?P<of>20\d{{2}})\b",
        re.IGNORECASE,
    )


def _of_a_year(text: str, documents: Iterable[Document]) -> list[tuple[int, int, Document]]:
    """Documents named by year and kind (`the 2025 services measures`), where one alone fits."""
    found: list[tuple[int, int, Document]] = []
    every = list(documents)
    for match in _year_names().finditer(text):
        kind = lexicon.load("english")["genres"][(match["genre"] or match["kind"]).lower()]
        year = int(match["year"] or match["of"])
        fits = [d for d in every if kind in fold(d.title) and year in (_year_of(d), *(d.period or ())[:1])]
        local = [d for d in fits if issued_by_district(text, d)]
        whole = [d for d in fits if not _places(d)]
        if len(one := local or whole or fits) == 1:
            found.append((match.start(), match.end(), one[0]))
    return found


def without_names(text: str, documents: Mapping[str, Document]) -> str:
    """A text without the numbers and names of documents in it."""
    folded = _NUMBERED.sub(" ", fold(text))
    for name in sorted((fold(n) for d in documents.values() for n in names_of(d)), key=len, reverse=True):
        folded = folded.replace(name, " ")
    every = list(documents.values())
    spans = [*_english_names(folded, every), *_of_a_year(folded, every)]
    gone = {at for begin, end, _ in spans for at in range(begin, end)}
    return "".join(" " if at in gone else char for at, char in enumerate(folded))


def without_hints(text: str, documents: Mapping[str, Document]) -> str:
    """A text without the names of documents, what points at them (`2021年的规划`) and words that compare."""
    return _hints().sub(" ", without_names(text, documents)).strip()


@cache
def _hints() -> re.Pattern[str]:
    names = {name for row in lexicon.load("districts").values() for name in row.get("names", ())}
    district = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(_HINTS.replace("{district}", district))


def names_of(document: Document) -> tuple[str, ...]:
    """The title without place and term, and the listed short names."""
    title = fold(document.title)
    short = re.sub(r"\((?:20\d{2}).*\)$", "", re.sub(r"^上海市(?!人民政府)", "", title))
    return tuple(
        dict.fromkeys(
            name for name in (title, short, *document.aliases) if len(name) >= 4 and not name.isascii()
        )
    )


def find_clauses(
    text: str, documents: Mapping[str, Document], default: Sequence[Document] = ()
) -> list[Mention]:
    """The clauses a text names.  A clause without a document is looked up in the one named before it, else in
    `default`, else wherever it exists once."""
    folded = fold(text)
    named = _documents_at(folded, _without_other_titles(text, documents.values()), documents)
    mentions: list[Mention] = []
    known: dict[tuple[str, ...], Mention] = {}  # a pasted text names the same clause a hundred times
    for match in _CLAUSE.finditer(folded):
        before = [document for at, document in named if at <= match.start()]
        scope = before[-1:] or [document for _, document in named][:1] or list(default)
        for label in _labels(match):
            key = (match.group(), label, *(document.number for document in scope))
            if key not in known:
                known[key] = _mention(match.group(), label, scope, documents)
            mentions.append(known[key])
    return mentions or _printed_labels(folded, [document for _, document in named])


def _printed_labels(folded: str, named: Sequence[Document]) -> list[Mention]:
    """Clauses named as answers print them, by document number and label: `沪府办发〔2021〕7号 三(三)4`, `… 末段`."""
    found = []
    for document in named:
        number = fold(document.number)
        fits = [clause for clause in document.clauses if f"{number}{fold(clause.label)}" in folded]
        if fits:  # the longest label is meant: 三(三)4“家政服务” begins like 三(三)4
            clause = max(fits, key=lambda one: len(one.label))
            found.append(Mention(clause.label, clause, document))
    return found


def _documents_at(folded: str, ours: str, documents: Mapping[str, Document]) -> list[tuple[int, Document]]:
    """The documents named and where; `ours` is the folded text without the titles of others."""
    found = [(m.start(), d) for m in _NUMBERED.finditer(folded) for d in _by_number(m, documents.values())]
    return sorted(found + _by_alias(ours, documents.values()), key=lambda pair: pair[0])


def _mention(text: str, label: str, scope: Sequence[Document], documents: Mapping[str, Document]) -> Mention:
    where = list(scope) or list(documents.values())
    hits = [(document, clause) for document in where if (clause := _labelled(document, label))]
    if len(hits) == 1 or (hits and scope):
        return Mention(text, hits[0][1], hits[0][0])
    if hits:  # several documents have such a clause and none was named
        return Mention(text, None, None, "ambiguous")
    boxed = (
        [d for d in where if any(c.kind is Kind.BOX for c in d.clauses)] if label.startswith("专栏") else []
    )
    return Mention(text, None, next(iter([*scope, *boxed]), None), "missing")


def _labels(match: re.Match[str]) -> list[str]:
    """The labels a mention stands for: a path, 专栏5, (3), or plain numbers (`第16、17条` names two)."""
    if match["section"]:  # 第四部分(三)1
        steps = [match["part"], f"({match['section']})", *filter(None, [match["point"]])]
        return ["/".join(steps)]
    kind = match.lastgroup or ""
    found = match[kind]
    if kind == "path":
        return [found]
    if kind == "part":
        return [f"第{found}部分"]
    forms = {"box": "专栏{}", "box2": "专栏{}", "box3": "专栏{}", "paren": "({})", "bracket": "({})"}
    return [forms.get(kind, "{}").format(number) for number in _numbers(found)]


def _numbers(text: str) -> Iterator[int]:
    """The numbers of `16、17` and of `1条到第3`, a range of at most twenty spelt out."""
    last: int | None = None
    for joint, part in re.findall(r"([到至~—-]?)条?第?([^、和与及,，到至~—条第-]+)", text):
        number = to_int(part)
        if number is None:
            continue
        if joint and last is not None and last < number <= last + 20:
            yield from range(last + 1, number)
        yield number
        last = number


def _labelled(document: Document, label: str) -> Clause | None:
    """The clause of a document that a label names; 第3条 means 第(三)条 where nothing is numbered plainly."""
    if "/" in label:
        return next((c for c in document.clauses if normal_path(c.path) == normal_path(label)), None)
    if label.startswith("第"):
        part = to_int(label[1:-2])
        return next((c for c in document.clauses if "/" not in c.path and to_int(c.path) == part), None)
    if label.startswith("专栏"):
        return next((c for c in document.clauses if c.kind is Kind.BOX and c.label == label), None)
    plain, sections = _numbered(document)
    number = int(label.strip("()"))
    if label.startswith("("):
        return sections.get(number)
    return plain.get(number) if plain else sections.get(number)


def _numbered(document: Document) -> tuple[dict[int, Clause], dict[int, Clause]]:
    """The clauses numbered through a document: plainly (第16条), and in brackets (第(三)条 or a section (六))."""
    plain: dict[int, Clause] = {}
    sections: dict[int, Clause] = {}
    for clause in document.clauses:
        if match := re.fullmatch(r"第(\d+)条", clause.label):
            plain[int(match[1])] = clause
        elif match := re.fullmatch(r"第?\((.+?)\)条?", clause.label):
            sections[to_int(match[1]) or 0] = clause
    return plain, sections


_GENRE = re.compile(
    r"(?:(?P<year>20\d{2})年?|(?<!\d)(?P<short>2\d)年|(?P<relative>今年|去年|前年))?(?P<between>[^，。？！,?!;；]{0,10}?)"
    r"(?P<genre>行动计划|(?:三|五)年计划|实施意见|若干措施|意见|措施|规划|十[一二三四五六]五|办法|细则)"
)
# What people leave out of a title.
_IN_TITLES = {"三年计划": "三年行动计划", "五年计划": "规划"}
_OF_THE_CITY = re.compile(r"全市|市里|上海|市级|市(?=十[一二三四五六]五|服务业|规划|的)")
_YEARS_BACK = {"今年": 0, "去年": 1, "前年": 2}


def hinted_documents(text: str, documents: Mapping[str, Document], this_year: int) -> list[Document]:
    """Documents that a text points at without naming them: `今年的意见`, `规划里`, `静安的规划`.

    A hint narrows by kind of document, year and place; where several fit, all are hinted.
    """
    folded, found = fold(text), list[Document]()
    for genre in _english_genres(folded):
        fits = [d for d in documents.values() if genre in fold(d.title)]
        found += (
            [d for d in fits if issued_by_district(folded, d)] or [d for d in fits if not _places(d)] or fits
        )
    for match in _GENRE.finditer(folded):
        year = int(match["year"]) if match["year"] else 2000 + int(match["short"]) if match["short"] else None
        if match["relative"]:
            year = this_year - _YEARS_BACK[match["relative"]]
        genre = _IN_TITLES.get(match["genre"], match["genre"])
        fits = [d for d in documents.values() if genre in fold(d.title)]
        dated = [d for d in fits if year is None or _year_of(d) == year]
        local = [d for d in dated if issued_by_district(folded, d)]
        whole = [d for d in dated if not _places(d)]
        # A plan of a district is meant where the district is named; beside it the city's where 全市 is.
        found += [*local, *(whole if _OF_THE_CITY.search(folded) else [])] or whole or dated
    return list({document.number: document for document in found}.values())


def _english_genres(text: str) -> list[str]:
    """The kinds of document that a text speaks of in English as of one that is known (`that plan`, `the opinions`)."""
    genres: Mapping[str, str] = lexicon.load("english").get("genres", {})
    kinds = "|".join(map(re.escape, genres)) or "(?!)"
    known = re.compile(
        rf"\b(?:the|this|that|these|those|citys|districts)\s+(?:[a-z]+\s+){{0,2}}?({kinds})\b",
        re.IGNORECASE,
    )
    return list(dict.fromkeys(genres[match[1].lower()] for match in known.finditer(text)))


def _year_of(document: Document) -> int | None:
    return document.issued.year if document.issued else None


def _places(document: Document) -> tuple[str, ...]:
    """The district that issued a document, as people call it; none for the city's own."""
    match = re.search(r"市([\u4e00-\u9fff]{2,4}?)(?:新)?区人民政府", document.issuer)
    return (match[1],) if match else ()


def issued_by_district(text: str, document: Document) -> bool:
    """Whether the text names the district whose government issued the document."""
    said = english.read(text).words
    return any(place in text or place in said for place in _places(document))


def clause_count(document: Document, label: str = "") -> tuple[str, int]:
    """What a document's own clauses are called and how many it has: (`条`, 31), or boxes and sections."""
    if "专栏" in label:
        return "个专栏", sum(clause.kind is Kind.BOX for clause in document.clauses)
    labelled = [clause for clause in document.clauses if re.fullmatch(r"第\(?.+?\)?条", clause.label)]
    return ("条", len(labelled)) if labelled else ("", 0)


def last_numbered(document: Document, label: str = "") -> Clause | None:
    """The last of the clauses that `clause_count` counts."""
    if "专栏" in label:
        return next((c for c in reversed(document.clauses) if c.kind is Kind.BOX), None)
    return next((c for c in reversed(document.clauses) if re.fullmatch(r"第\(?.+?\)?条", c.label)), None)


def having_clause(text: str, documents: Mapping[str, Document]) -> list[str]:
    """The numbers of the documents that have the clause a text names."""
    return [
        number for number, d in documents.items() if any(m.clause for m in find_clauses(text, documents, [d]))
    ]


def resolve_document(text: str, documents: Mapping[str, Document]) -> Document:
    """The one document that `text` names.  Raises `PolicyError` that lists what there is."""
    if text in documents:
        return documents[text]
    found = find_documents(text, documents)
    if len(found) == 1:
        return found[0]
    listing = "、".join(documents) or "（目录为空）"
    raise PolicyError(
        f"没有名为“{text}”的文件；现有：{listing}。" if not found else f"“{text}”指多份文件，请写全文号。"
    )


def resolve_clause(document: Document, text: str) -> Clause:
    """The clause of a document by path, label or number.  Raises `PolicyError` that says what exists."""
    path = normal_path(text)
    for clause in document.clauses:
        if path in (normal_path(clause.path), normal_path(clause.label)):
            return clause
    wanted = text if re.search(r"[条栏分/]", text) else f"第{text}条"
    mentions = find_clauses(wanted, {document.number: document}, [document])
    if mentions and mentions[0].clause and "/" not in text:
        return mentions[0].clause
    unit, count = clause_count(document)
    raise PolicyError(
        f"{document.number} 没有“{text}”{f'，共{count}{unit}' if unit else ''}；"
        f"用 python -m index show {document.number} 看目录。"
    )


def normal_path(text: str) -> str:
    """A path as printed: half-width brackets and digits, no spaces."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").strip("/")
