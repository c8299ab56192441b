"""A question → clauses, best first: by meaning (clause and best sentence), known questions, words.

`Searcher.search` is exact on a small index.  Weights and the runs behind them: docs/decisions/0004.
"""

from __future__ import annotations

import copy
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from index import english, lexicon
from index.confidence import probability
from index.fuse import Signal, fuse, standardise
from index.learned import NONE, NOTHING, Learned
from index.questions import Row, letters
from index.store import GRANULARITIES, Stored
from index.tokens import words
from index.types import Clause, ClauseRef, Document, Encoder, Hit, Passage

# How many passages of each kind are scored; beyond it a passage counts as the worst of those scored.
_DEPTH = 4096
_WEIGHTS = tomllib.loads(Path(__file__).with_name("weights.toml").read_text(encoding="utf-8"))
WEIGHTS: Mapping[str, float] = MappingProxyType(_WEIGHTS["signals"])
_TERMS: Mapping[str, float] = MappingProxyType(_WEIGHTS["terms"])
# So many clauses with known questions tell how much nearer to a query questions bring a clause.
_TYPICAL = 10
# By how much the clause of an added question leads where that very question is asked, in standard deviations.
_SAID = np.float32(0.5)
# An answer rests on few clauses; if none of the first three fits, the documents hardly speak of it.
_TOP = 3

_CHINESE = re.compile(r"[\u3400-\u9fff]+")

# Words that are in every policy question and name no subject.
GENERIC = frozenset(lexicon.load("stopwords")["generic"])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hit stands where it does: what each signal adds to its score, its nearest known question, its chance."""

    hit: Hit
    added: dict[str, float]
    known_question: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A search laid open: the words looked up with their weights, the hits, how likely it is known ground at all."""

    words: dict[str, float]
    hits: tuple[Reason, ...]
    known_ground: float


class Searcher:
    """Searches a stored index with the encoder it was built with."""

    def __init__(self, stored: Stored, encoder: Encoder) -> None:
        self._stored = stored
        self._encoder = encoder
        self.documents: dict[str, Document] = {document.number: document for document in stored.documents}
        self.clauses: dict[ClauseRef, Clause] = {c.ref: c for d in stored.documents for c in d.clauses}
        self._row = {ref: at for at, ref in enumerate(self.clauses)}
        self._refs = tuple(self.clauses)
        self._owner = {name: self._owners(name) for name in GRANULARITIES}
        self._learned = NOTHING

    @property
    def stored(self) -> Stored:
        """The index that is searched."""
        return self._stored

    @property
    def encoder(self) -> Encoder:
        """The encoder that it was built with."""
        return self._encoder

    @property
    def learned(self) -> tuple[Passage, ...]:
        """The known questions that were added to the index."""
        return self._learned.passages

    def with_questions(self, rows: Sequence[Row]) -> Searcher:
        """The same index with these added known questions and no others; without any rebuild, `self` stays as it is.

        Raises `KeyError` for a clause that the index does not have.
        """
        changed = copy.copy(self)
        changed._learned = Learned.build(
            [Passage(row.ref, row.question, "question") for row in rows],
            [self._row[row.ref] for row in rows],
            self._stored.lexical["question"],
            self._encoder,
            self._learned,
        )
        return changed

    def _owners(self, name: str) -> NDArray[np.int64]:
        return np.array([self._row[p.ref] for p in self._stored.passages[name]], dtype=np.int64)

    def search(
        self,
        query: str,
        k: int = 20,
        weights: Mapping[str, float] = WEIGHTS,
        context: str = "",
        within: str | None = None,
        expand: bool = True,
    ) -> list[Hit]:
        """The k best clauses, of the document `within` if given.

        `context` (a firm's trade and place) counts less than the query; `expand` adds policy words for everyday
        ones.  Scores compare within one query; `parts` holds the raw signals of a hit.
        """
        if not self.clauses or not query.strip():
            return []
        signals, best = self._signals(query, expand)
        scores = fuse(signals, weights)
        if context:
            scores = scores + np.float32(_TERMS["context"]) * fuse(self._signals(context)[0], weights)
        if self._learned and (row := self._learned.exact.get(letters(query))) is not None:
            scores[row] = scores.max() + _SAID  # somebody has said what this very question leads to
        refs = self._refs
        order = _best_rows(scores, k, None if within is None else self._rows_of(within))
        return [
            Hit(
                refs[row],
                float(scores[row]),
                {n: float(v[row]) for n, v in signals.items()},
                best.get(int(row), ""),
            )
            for row in order
        ]

    def explain(self, query: str, k: int) -> Explanation:
        """The k best clauses with all that went into their scores."""
        signals, _ = self._signals(query)
        added = {name: WEIGHTS.get(name, 0.0) * standardise(values) for name, values in signals.items()}
        asked = self._nearest_questions(query)
        hits = self.search(query, k)
        return Explanation(
            words=query_words(query),
            hits=tuple(
                Reason(
                    hit,
                    {
                        name: float(values[self._row[hit.ref]])
                        for name, values in added.items()
                        if name in WEIGHTS
                    },
                    asked.get(self._row[hit.ref], ""),
                    self._chance("answers", query, hit),
                )
                for hit in hits
            ),
            known_ground=self.known_ground(query, hits),
        )

    def _nearest_questions(self, query: str) -> dict[int, str]:
        """The nearest known question of each clause that has one, built or added, by row."""
        vector = self._encoder.encode_query([_encodable(query)])[0]
        similarity, asked = self._nearest("question", vector)
        if self._learned:
            # Of a clause without built ones the similarity is NaN, which is no reason to leave the added one out.
            nearer = ~(self._learned.nearest(vector, len(self.clauses)) <= similarity)
            asked |= {row: text for row, text in self._learned.texts(vector).items() if nearer[row]}
        return asked

    def _rows_of(self, number: str) -> NDArray[np.int64]:
        """The rows of a document's clauses."""
        document = self.documents.get(number)
        return np.array([self._row[c.ref] for c in document.clauses] if document else [], dtype=np.int64)

    def mentions(self, name: str) -> bool:
        """Whether any clause holds a name, punctuation and white space aside."""
        wanted = _letters(name)
        return any(wanted in text for text in self._letters_of_clauses)

    @cached_property
    def _letters_of_clauses(self) -> tuple[str, ...]:
        return tuple(_letters(clause.text) for clause in self.clauses.values())

    def has_subject(self, query: str) -> bool:
        """Whether a query holds a word that names a subject (`补贴` alone does not, nor does `support`)."""
        if _is_english(query):
            said = english.read(query)
            return bool(said.words or said.rest or self.has_subject("".join(_CHINESE.findall(query))))
        named = (word for word in words(query) if word not in GENERIC and not word.isdigit())
        return any(len(word) > 1 or not word.isascii() for word in named) or bool(expansions(query))

    def knows(self, phrase: str) -> bool:
        """Whether a trade or thing stands in some clause or known question, or has policy words of its own."""
        if self.mentions(phrase) or expansions(phrase):
            return True
        said, asked = self._stored.lexical["clause"], self._stored.lexical["question"]
        parts = [word for word in words(phrase) if word not in GENERIC]
        # One question that happens to use a word does not make it a trade of these documents.
        added = self._learned.lexical
        return bool(parts) and all(
            len(said.rows_with(w)) or len(asked.rows_with(w)) + len(added.rows_with(w)) >= 3 for w in parts
        )

    def known_ground(self, query: str, hits: Sequence[Hit]) -> float:
        """How likely the documents are about the query at all, by the likeliest of the first three hits."""
        return self._likeliest("ground", query, hits)

    def confidence(self, query: str, hits: Sequence[Hit]) -> float:
        """The probability that the likeliest of the first three hits answers the query."""
        return self._likeliest("answers", query, hits)

    def _likeliest(self, what: str, query: str, hits: Sequence[Hit]) -> float:
        # A clause that was named and not searched for has no signals.
        near = [hit for hit in hits[:_TOP] if hit.parts]
        return max((self._chance(what, query, hit) for hit in near), default=1.0)

    def _chance(self, what: str, query: str, hit: Hit) -> float:
        parts = hit.parts
        added = parts.get("learned", NONE) >= parts.get("question", parts["dense"])  # an added one brought it
        return probability(what, self.features(query, hit), asked=added or self.has_questions(hit.ref))

    def has_questions(self, ref: ClauseRef) -> bool:
        """Whether a clause has known questions that were built into the index."""
        return self._row[ref] in self._asked

    @cached_property
    def _asked(self) -> frozenset[int]:
        return frozenset(self._owner["question"].tolist())

    def features(self, query: str, hit: Hit) -> dict[str, float]:
        """What a hit's confidence is judged by: similarities, and the shares of the query's words that it covers.

        The shares are by idf: in the clause, in the clause or its known questions, and in no text of the index.
        """
        parts = hit.parts
        dense = parts["dense"]
        inside, covered, strange = self._coverage(query, self._row[hit.ref])
        return {
            "dense": dense,
            "sentence": parts["sentence"],
            "asked": parts.get("question", dense) - dense,
            "lexical": float(np.log1p(parts["lexical"])),
            "inside": inside,
            "covered": covered,
            "strange": strange,
        }

    def _coverage(self, query: str, row: int) -> tuple[float, float, float]:
        asked, said = self._stored.lexical["question"], self._stored.lexical["clause"]
        size = max(asked.size, said.size)
        total = inside = covered = strange = 0.0
        for word in _naming(query) - GENERIC:
            questions, clauses = asked.rows_with(word), said.rows_with(word)
            weight = float(np.log(1 + size / (1 + len(questions))))
            total += weight
            if not len(questions) and not len(clauses) and not self._learned.holds(word):
                strange += weight
            if (self._owner["clause"][clauses] == row).any():
                inside += weight
                covered += weight
            elif (self._owner["question"][questions] == row).any() or self._learned.holds(word, row):
                covered += weight
        total = total or 1.0
        return inside / total, covered / total, strange / total

    def similarity(self, query: str, texts: Sequence[str]) -> Signal:
        """How near each text is to the query, in meaning and in shared words; shape (len(texts),)."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        meaning = self._encoder.encode(texts) @ self._encoder.encode_query([_encodable(query)])[0]
        bag = query_words(query)
        shared = [sum(bag.get(word, 0.0) for word in set(words(text))) for text in texts]
        return np.asarray(meaning + _TERMS["shared"] * np.array(shared, dtype=np.float32), dtype=np.float32)

    def _signals(self, query: str, expand: bool = True) -> tuple[dict[str, Signal], dict[int, str]]:
        vector = self._encoder.encode_query([_encodable(query) if expand else query])[0]
        whole, _ = self._nearest("clause", vector)
        sentence, best = self._nearest("sentence", vector)
        question, _ = self._nearest("question", vector)
        dense = np.where(np.isnan(sentence), whole, (whole + np.nan_to_num(sentence)) / 2)
        bag = query_words(query, expand)
        bag |= {
            word: max(bag[word], _TERMS["expansion"])
            for word in bag
            if word.isascii() and len(self._stored.lexical["clause"].rows_with(word))
        }
        lexical = self._stored.lexical["clause"].scores(bag)
        signals = {
            "dense": dense.astype(np.float32),
            "sentence": np.where(np.isnan(sentence), whole, sentence).astype(
                np.float32
            ),  # for confidence only
            "lexical": _by_clause(lexical, self._owner["clause"], len(whole)),
        }
        if self._stored.passages["question"]:
            # Known questions that do not match must not count against a clause: its own words stand in.
            signals["question"] = np.fmax(question, np.nan_to_num(dense)).astype(np.float32)
            asked = self._stored.lexical["question"].scores(bag)
            signals["asked"] = _by_clause(asked, self._owner["question"], len(whole))
            self._even_out(signals)
        if self._learned:
            self._add_learned(signals, vector, bag)
        return signals, best

    def _add_learned(
        self, signals: dict[str, Signal], vector: NDArray[np.float32], bag: Mapping[str, float]
    ) -> None:
        """Lifts the clauses whose added questions are nearer to the query than what was built.

        Where no known question was built there are no signals of their own; the others carry them then, so that
        the first question added leaves every other search as it was.
        """
        size = len(self.clauses)
        near, said = self._learned.nearest(vector, size), self._learned.asked(bag, size)
        own = "question" in signals
        for name, added in (("question" if own else "dense", near), ("asked" if own else "lexical", said)):
            signals[name] = np.maximum(signals[name], added)
        signals["learned"] = near  # for confidence only

    def _even_out(self, signals: dict[str, Signal]) -> None:
        """Puts documents that have no known question at all on a par with those that have.

        Their clauses are taken to come as much nearer to the query, had they questions, as the likeliest others do.
        """
        bare = self._bare
        if not len(bare) or len(bare) == len(self.clauses):
            return
        rest = np.setdiff1d(np.arange(len(self.clauses)), bare)
        best = rest[np.argsort(-signals["question"][rest], kind="stable")[:_TYPICAL]]
        signals["question"][bare] += np.float32((signals["question"] - signals["dense"])[best].mean())
        said = signals["lexical"][best].mean()
        if said > 0:
            signals["asked"][bare] = signals["lexical"][bare] * np.float32(
                signals["asked"][best].mean() / said
            )

    @cached_property
    def _bare(self) -> NDArray[np.int64]:
        """The rows of the clauses of documents without any known question."""
        having = {passage.ref.document_number for passage in self._stored.passages["question"]}
        rows = [row for row, ref in enumerate(self.clauses) if ref.document_number not in having]
        return np.array(rows, dtype=np.int64)

    def _nearest(self, name: str, vector: NDArray[np.float32]) -> tuple[Signal, dict[int, str]]:
        """For every clause the similarity of its best passage of this kind (NaN: none), and that passage's text."""
        rows, similarity = self._stored.dense[name].search(vector, _DEPTH)
        owners = self._owner[name][rows]
        first = np.full(len(self.clauses), -1, dtype=np.int64)
        first[owners[::-1]] = np.arange(len(owners))[::-1]  # best first, so from the end: the best one stays
        known = np.flatnonzero(first >= 0)
        found = np.full(len(self.clauses), np.nan, dtype=np.float32)
        found[known] = similarity[first[known]]
        passages = self._stored.passages[name]
        best = zip(known.tolist(), rows[first[known]].tolist(), strict=True)
        return found, {owner: passages[row].text for owner, row in best}


def _best_rows(scores: Signal, k: int, among: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """The k best rows, of equal ones the first; `among` are the rows that may come, in ascending order."""
    rows = np.arange(len(scores)) if among is None else among
    values = -scores[rows]
    if k < len(rows):  # most of a large index need not be sorted
        near = np.flatnonzero(values <= np.partition(values, k)[k])
        rows, values = rows[near], values[near]
    return rows[np.argsort(values, kind="stable")][:k]


def _by_clause(scores: Signal, owner: NDArray[np.int64], size: int) -> Signal:
    if len(owner) == size and np.array_equal(owner, np.arange(size)):
        return scores  # one passage a clause
    found = np.zeros(size, dtype=np.float32)
    np.maximum.at(found, owner, scores)
    return found


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def query_words(query: str, expand: bool = True) -> dict[str, float]:
    """The words of a query and their weights: its own count 1, policy words for everyday or English ones less."""
    own = words(query)
    bag = dict.fromkeys(own, 1.0)
    if _is_english(
        query
    ):  # what is English in the documents, in their known questions above all, tells little
        bag |= dict.fromkeys((word for word in own if word.isascii() and not word.isdigit()), _TERMS["latin"])
    for phrase in expansions(query) if expand else ():
        for word in words(phrase):
            bag[word] = max(bag.get(word, 0.0), _TERMS["expansion"])
    return bag


def _naming(query: str) -> set[str]:
    """The words of a query that may name its subject; of an English one those of its terms, and what no term covers."""
    if not _is_english(query):
        return set(words(query))
    said = english.read(query)
    return {word for phrase in (*_CHINESE.findall(query), *said.words) for word in words(phrase)} | set(
        said.rest
    )


def _encodable(query: str) -> str:
    """What the encoder gets: of an English question its Chinese words and the policy words that it stands for."""
    if not _is_english(query):
        return query
    said = english.read(query)
    return " ".join([*_CHINESE.findall(query), *_everyday(query), *said.words, *said.generic]) or query


def _is_english(query: str) -> bool:
    return len(re.findall("[A-Za-z]", query)) > len(query) / 2


def _everyday(query: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for said, ws in lexicon.synonyms().items() if said in query for w in ws))


@lru_cache(maxsize=256)  # one question asks this for each clause that it quotes
def expansions(query: str) -> tuple[str, ...]:
    """The policy words that stand for the everyday and English words of a query."""
    said = english.read(query)
    return tuple(dict.fromkeys((*_everyday(query), *said.words, *said.generic)))
