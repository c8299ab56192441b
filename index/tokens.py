"""Text → words for BM25: jieba in search mode, with the lexicon's words kept whole."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache

import jieba

from index import lexicon

# Function words and question words carry no subject; idf alone does not silence them in a small collection.
STOPWORDS = frozenset(lexicon.load("stopwords")["words"])


@cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
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
    found = (word.strip() for word in _tokenizer().cut_for_search(_fold(text)))
    return [word for word in found if word and word not in STOPWORDS and any(c.isalnum() for c in word)]
