"""A collection → the ways of searching it that are compared: `bm25`, `bigram`, `lexical`, `dense`, `hybrid`.

`bm25` and `bigram` are the usual baselines, over words and over pairs of characters.  The other three are the product's
own parts, not copies of them: a document of the collection becomes a Document of one clause, and
`index.search.Searcher` does the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Protocol

import bm25s
import numpy as np
from numpy.typing import NDArray

from eval.retrieval.data import Collection
from index.dense import Dense
from index.lexical import Lexical
from index.passages import passages
from index.search import WEIGHTS, Searcher, query_words
from index.store import GRANULARITIES, LEXICAL, Meta, Stored, group
from index.tokens import words
from index.types import Clause, ClauseRef, Document, Encoder, Kind, Passage, PolicyError, Vectors

Ranking = Sequence[tuple[str, float]]
# Texts encoded at once: what the tokenizer holds stays small beside the vectors (56,473 articles: 212 MB).
_BATCH = 4096


class System(Protocol):
    """A searchable collection."""

    def rank(self, query: str, k: int) -> Ranking:
        """At most k (document id, score) pairs, best first; of equal scores the first of the file."""
        ...


class Plain:
    """BM25 with the library's own settings over the query's terms as they stand: no synonyms, no weights.

    `cut` makes the terms of documents and queries.
    """

    def __init__(self, collection: Collection, cut: Callable[[str], list[str]]) -> None:
        self._cut = cut
        self._ids = list(collection.corpus)
        # bm25s' own defaults, written out: Lucene's form, k1 = 1.5, b = 0.75.
        self._model = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
        bags = [cut(text) for text in whole_texts(collection)]
        self._vocabulary = set(chain.from_iterable(bags))
        if self._vocabulary:  # bm25s refuses texts without any term
            self._model.index(bags, show_progress=False)

    def rank(self, query: str, k: int) -> Ranking:
        known = [term for term in self._cut(query) if term in self._vocabulary]
        return _best(self._ids, self._model.get_scores(known), k) if known else []


class ByWords:
    """The product's lexical search: its BM25 parameters, and policy words added to everyday ones."""

    def __init__(self, collection: Collection) -> None:
        self._ids = list(collection.corpus)
        self._lexical = Lexical.build(whole_texts(collection))

    def rank(self, query: str, k: int) -> Ranking:
        return _best(self._ids, self._lexical.scores(query_words(query)), k)


class Product:
    """The product's search over clauses and sentences, without known questions: a collection has none."""

    def __init__(self, collection: Collection, encoder: Encoder, weights: Mapping[str, float]) -> None:
        documents = [_document(id, entry.title, entry.text) for id, entry in collection.corpus.items()]
        grouped = group([passage for document in documents for passage in passages(document)])
        dense = {name: Dense.build(_vectors(grouped[name], encoder)) for name in GRANULARITIES}
        # A signal that does not count is left empty, so that it costs no time either.
        texts = whole_texts(collection) if weights.get("lexical") else [""] * len(documents)
        lexical = {name: Lexical.build(texts if name == "clause" else []) for name in LEXICAL}
        meta = Meta("", encoder.name, encoder.fingerprint, {})
        self._searcher = Searcher(Stored(meta, tuple(documents), grouped, dense, lexical), encoder)
        self._weights = weights

    def rank(self, query: str, k: int) -> Ranking:
        hits = self._searcher.search(query, k, self._weights)
        return [(hit.ref.document_number, hit.score) for hit in hits]


SYSTEMS: Mapping[str, Callable[[Collection, Encoder], System]] = MappingProxyType(
    {
        "bm25": lambda collection, encoder: Plain(collection, words),
        "bigram": lambda collection, encoder: Plain(collection, pairs),
        "lexical": lambda collection, encoder: ByWords(collection),
        "dense": lambda collection, encoder: Product(collection, encoder, {"dense": WEIGHTS["dense"]}),
        "hybrid": lambda collection, encoder: Product(collection, encoder, WEIGHTS),
    }
)


def chosen(names: str) -> list[str]:
    """`bm25,dense` → the names in order.  Raises `PolicyError` for one that is not there."""
    found = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    unknown = [name for name in found if name not in SYSTEMS]
    if unknown or not found:
        raise PolicyError(f"没有检索系统“{'、'.join(unknown)}”；可选：{'、'.join(SYSTEMS)}，用逗号隔开。")
    return found


def pairs(text: str) -> list[str]:
    """Neighbouring characters two by two, none across punctuation: nearly the terms of Lucene's CJK analyzer."""
    runs = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())
    return [run[at : at + 2] for run in runs for at in range(len(run) - 1)]


def whole_texts(collection: Collection) -> list[str]:
    """Title and text of every document, as the product puts them together."""
    return [f"{entry.title} {entry.text}" for entry in collection.corpus.values()]


def _document(id: str, title: str, text: str) -> Document:
    clause = Clause(ClauseRef(id, "1"), Kind.PARAGRAPH, label="", title="", text=text)
    return Document(number=id, title=title, issuer="", file="", clauses=(clause,))


def _vectors(rows: Sequence[Passage], encoder: Encoder) -> Vectors:
    """Shape (len(rows), dimension)."""
    found = np.zeros((len(rows), encoder.dimension), dtype=np.float32)
    for begin in range(0, len(rows), _BATCH):
        batch = rows[begin : begin + _BATCH]
        found[begin : begin + len(batch)] = encoder.encode([passage.text for passage in batch])
    return found


def _best(ids: Sequence[str], scores: NDArray[np.float32], k: int) -> Ranking:
    """A document that shares no word with the query is not found at all."""
    order = np.argsort(-scores, kind="stable")[:k]
    return [(ids[row], float(scores[row])) for row in order if scores[row] > 0]
