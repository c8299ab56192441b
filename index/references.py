"""The names people use for documents and clauses → the documents and clauses themselves.

`5号文第16条`, `沪府办发[2025]5号 二/(六)/16`, `三年行动计划第二十八条`, `2026年1号文第(三)条`, `专栏5`, `Doc No.5`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.numerals import NUMERAL, to_int
from index.types import Clause, Document, Kind, PolicyError

_NUMBERED = re.compile(
    r"(?P<organ>[\u4e00-\u9fff]{0,8}?)[\[(]?(?P<year>20\d{2})(?:[\])]|年)+第?(?P<number>\d{1,4})号(?:文件?)?"
    r"|(?<![\d\]年])(?P<short>\d{1,4})号(?:文件?|令)"
    r"|(?:doc(?:ument)?|circular|notice)?\.?\s*no\.?\s*(?P<english>\d{1,4})",
    re.IGNORECASE,
)
_N = rf"(?:{NUMERAL}|\d{{1,3}})"
_CLAUSE = re.compile(
    rf"专栏(?P<box>{_N})|第(?P<box2>{_N})个?专栏"
    rf"|第\((?P<paren>{_N})\)[条点项款]"
    rf"|第?(?P<article>(?<=第){_N}|\d{{1,3}})条(?!龙)"
    rf"|(?:clause|article|measure|item)\s*\(?(?P<english>\d{{1,3}})\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A clause named in a text: the clause, or (when there is none such) what the document has instead."""

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
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text)


def find_documents(text: str, documents: Mapping[str, Document]) -> list[Document]:
    """The documents a text names, in the order of the text, each once."""
    folded = fold(text)
    found: list[tuple[int, Document]] = []
    for match in _NUMBERED.finditer(folded):
        found += [(match.start(), document) for document in _by_number(match, documents.values())]
    found += _by_alias(folded, documents.values())
    ordered = [document for _, document in sorted(found, key=lambda pair: pair[0])]
    return list({document.number: document for document in ordered}.values())


def unknown_numbers(text: str, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """Full document numbers (`沪府办发〔2025〕88号`, `88号文`) in a text that no document has."""
    found = [match for match in _NUMBERED.finditer(fold(text)) if not _by_number(match, documents.values())]
    return tuple(match.group().strip() for match in found)


def _by_number(match: re.Match[str], documents: Iterable[Document]) -> list[Document]:
    number = match["number"] or match["short"] or match["english"]
    found = []
    for document in documents:
        parts = re.match(r"(.+)〔(\d{4})〕(\d+)号", document.number)
        if not parts or parts[3] != str(int(number)):
            continue
        if match["year"] and match["year"] != parts[2]:
            continue
        if match["organ"] and len(match["organ"]) >= 3 and not match["organ"].endswith(parts[1]):
            continue
        found.append(document)
    newest = max((document.number[document.number.find("〔") :] for document in found), default="")
    # A short name that fits several documents means the newest one.
    return [d for d in found if match["year"] or d.number.endswith(newest)]


def _by_alias(folded: str, documents: Iterable[Document]) -> list[tuple[int, Document]]:
    """Longest names first, so that 静安十四五 is not taken for 十四五规划."""
    names = [(fold(alias), document) for document in documents for alias in names_of(document)]
    found: list[tuple[int, Document]] = []
    for name, document in sorted(names, key=lambda pair: -len(pair[0])):
        at = folded.find(name)
        if at >= 0:
            found.append((at, document))
            folded = folded[:at] + "\0" * len(name) + folded[at + len(name) :]
    return found


def without_names(text: str, documents: Mapping[str, Document]) -> str:
    """A text without the numbers and names of documents in it."""
    folded = _NUMBERED.sub(" ", fold(text))
    for name in sorted((fold(n) for d in documents.values() for n in names_of(d)), key=len, reverse=True):
        folded = folded.replace(name, " ")
    return folded


def names_of(document: Document) -> tuple[str, ...]:
    """The title without place and term, and the listed short names."""
    title = fold(document.title)
    short = re.sub(r"\((?:20\d{2}).*\)$", "", re.sub(r"^上海市(?!人民政府)", "", title))
    return tuple(dict.fromkeys(name for name in (title, short, *document.aliases) if len(name) >= 4))


def find_clauses(
    text: str, documents: Mapping[str, Document], default: Sequence[Document] = ()
) -> list[Mention]:
    """The clauses a text names.  A clause without a document is looked up in the one named before it, else in
    `default`, else wherever it exists once."""
    folded = fold(text)
    named = _documents_at(folded, documents)
    mentions = []
    for match in _CLAUSE.finditer(folded):
        before = [document for at, document in named if at <= match.start()]
        scope = before[-1:] or [document for _, document in named][:1] or list(default)
        mentions.append(_mention(match, scope, documents))
    return mentions


def _documents_at(folded: str, documents: Mapping[str, Document]) -> list[tuple[int, Document]]:
    found = [(m.start(), d) for m in _NUMBERED.finditer(folded) for d in _by_number(m, documents.values())]
    return sorted(found + _by_alias(folded, documents.values()), key=lambda pair: pair[0])


def _mention(match: re.Match[str], scope: Sequence[Document], documents: Mapping[str, Document]) -> Mention:
    label = _label(match)
    where = list(scope) or list(documents.values())
    hits = [(document, clause) for document in where for clause in document.clauses if _fits(clause, label)]
    if len(hits) == 1 or (hits and scope):
        return Mention(match.group(), hits[0][1], hits[0][0])
    if hits:  # several documents have such a clause and none was named
        return Mention(match.group(), None, None, "ambiguous")
    document = scope[0] if scope else None
    return Mention(match.group(), None, document, "missing")


def _label(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    number = to_int(match[kind]) or 0
    if kind.startswith("box"):
        return f"专栏{number}"
    return f"({number})" if kind == "paren" else str(number)


def _fits(clause: Clause, label: str) -> bool:
    """Whether a clause is the one numbered `label`; 第3条 also fits 第(三)条 where there is no plain 3."""
    if label.startswith("专栏"):
        return clause.kind is Kind.BOX and clause.label == label
    inner = re.fullmatch(r"第\(?(.+?)\)?条", clause.label)
    return bool(inner) and to_int(inner[1]) == int(label.strip("()")) if inner else False


_GENRE = re.compile(
    r"(?:(?P<year>20\d{2})年?|(?P<relative>今年|去年|前年))?(?P<between>[^，。？！,?!;；]{0,10}?)"
    r"(?P<genre>行动计划|实施意见|若干措施|意见|措施|规划|十[一二三四五六]五|办法|细则)"
)
_YEARS_BACK = {"今年": 0, "去年": 1, "前年": 2}


def hinted_documents(text: str, documents: Mapping[str, Document], this_year: int) -> list[Document]:
    """Documents that a text points at without naming them: `今年的意见`, `规划里`, `静安的规划`.

    A hint narrows by kind of document, year and place; where several fit, all are hinted.
    """
    folded, found = fold(text), list[Document]()
    for match in _GENRE.finditer(folded):
        year = int(match["year"]) if match["year"] else None
        if match["relative"]:
            year = this_year - _YEARS_BACK[match["relative"]]
        fits = [d for d in documents.values() if match["genre"] in fold(d.title)]
        dated = [d for d in fits if year is None or _year_of(d) == year]
        local = [d for d in dated if issued_by_district(folded, d)]
        whole = [d for d in dated if not _places(d)]
        # A plan of a district is meant where the district is named; beside it the city's where 全市 is.
        found += [*local, *(whole if re.search(r"全市|市里|上海", folded) else [])] or whole or dated
    return list({document.number: document for document in found}.values())


def _year_of(document: Document) -> int | None:
    return document.issued.year if document.issued else None


def _places(document: Document) -> tuple[str, ...]:
    """The district that issued a document, as people call it; none for the city's own."""
    match = re.search(r"市([\u4e00-\u9fff]{2,4}?)(?:新)?区人民政府", document.issuer)
    return (match[1],) if match else ()


def issued_by_district(text: str, document: Document) -> bool:
    """Whether the text names the district whose government issued the document."""
    return any(place in text for place in _places(document))


def clause_count(document: Document) -> tuple[str, int]:
    """What a document's own clauses are called and how many it has: (`条`, 31), or boxes and sections."""
    labelled = [clause for clause in document.clauses if re.fullmatch(r"第\(?.+?\)?条", clause.label)]
    return ("条", len(labelled)) if labelled else ("个条目", len(document.clauses))


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
        if path in (clause.path, clause.label):
            return clause
    wanted = text if re.search(r"[条栏]", text) else f"第{text}条"
    mentions = find_clauses(wanted, {document.number: document}, [document])
    if mentions and mentions[0].clause:
        return mentions[0].clause
    unit, count = clause_count(document)
    raise PolicyError(
        f"{document.number} 没有“{text}”，共 {count} {unit}；用 python -m index show {document.number} 看目录。"
    )


def normal_path(text: str) -> str:
    """A path as printed: half-width brackets and digits, no spaces."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").strip("/")
