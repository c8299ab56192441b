"""Text → words for BM25: jieba in search mode, with the lexicon's words kept whole."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

import jieba

from index import lexicon

# Function words and question words carry no subject; idf alone does not silence them in a small collection.
STOPWORDS = frozenset(lexicon.load("stopwords")["words"])


# jieba never looks across these, so the pieces between them can be cut one by one, and remembered: half the
# letters of a collection of laws stand in pieces that stood in it before.
_PIECES = re.compile(r"[^，。；：、！？（）《》“”…\s]+")
# About 30 MB when full; a question needs a handful, an index of laws tens of thousands.
_REMEMBERED = 1 << 16


class _LogOf(dict[int, float]):
    """log(frequency / total), computed once for each of the few frequencies that a dictionary has."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self._log_total = math.log(total)

    def __missing__(self, frequency: int) -> float:
        value = self[frequency] = math.log(frequency or 1) - self._log_total
        return value


class _Tokenizer(jieba.Tokenizer):  # type: ignore[misc]  # jieba has no types
    """jieba's words, found in one pass instead of two: twice as fast, and the same to the last bit."""

    def get_DAG(self, sentence: str) -> None:  # jieba's name
        """Nothing: `calc` finds the words while it weighs them."""
        self.check_initialized()

    def calc(self, sentence: str, _: None, route: dict[int, tuple[float, int]]) -> None:
        """Fill `route`: for every place the best log probability from there on, and where its first word ends."""
        frequencies: Mapping[str, int] = self.FREQ
        log_of = _log_of(self.total)
        size = len(sentence)
        route[size] = (0, 0)
        for begin in range(size - 1, -1, -1):
            best, end, at = -math.inf, begin, begin
            frequency = frequencies.get(sentence[begin])
            while frequency is not None:
                if frequency:
                    value = log_of[frequency] + route[at + 1][0]
                    if value >= best:  # of words equally likely the longer one, as in jieba
                        best, end = value, at
                at += 1
                if at == size:
                    break
                frequency = frequencies.get(sentence[begin : at + 1])
            if best == -math.inf:
                best = log_of[0] + route[begin + 1][0]
            route[begin] = (best, end)


@lru_cache(maxsize=4)
def _log_of(total: int) -> _LogOf:
    return _LogOf(total)


@cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = _Tokenizer()
    for word in lexicon.user_words():
        tokenizer.add_word(_fold(word))
    return tokenizer


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def cut(text: str) -> list[str]:
    """A text cut into words, in order and complete: joined they are the text."""
    return [str(word) for word in _tokenizer().cut(text)]


def words(text: str) -> list[str]:
    """The words of `text` in order, lower case, half-width, without punctuation and stop words."""
    return [word for piece in _PIECES.findall(_fold(text)) for word in _words_of(piece)]


@lru_cache(maxsize=_REMEMBERED)
def _words_of(piece: str) -> tuple[str, ...]:
    found = [word.strip() for word in _tokenizer().cut_for_search(piece)]
    # A word of letters alone, as nearly all are, need not be gone through letter by letter.
    return tuple(w for w in found if w not in STOPWORDS and (w.isalnum() or any(c.isalnum() for c in w)))
