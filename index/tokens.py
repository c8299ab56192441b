"""Text → words for BM25: jieba in search mode, with the lexicon's words kept whole."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache

import jieba

from index import lexicon

# Function words and question words carry no subject; idf alone does not silence them in a small collection.
STOPWORDS = frozenset(
    "的 了 和 与 及 或 在 是 有 我 我们 你 你们 他 它 咱 咱们 这 那 这个 那个 这些 那些 哪 哪个 哪些 什么 啥 怎么 怎么样 如何 "
    "吗 呢 吧 啊 呀 么 没 没有 不 也 都 就 还 又 能 能不能 可以 可 要 想 想要 请问 您好 你好 谢谢 一下 个 们 里 上 下 中 "
    "对 把 被 给 让 从 到 由 等 其 之 于 以 为 而 且 但 并 各 每 该 此 多少 几 几个 谁 为什么 是否 有没有 是不是 请 问 来 去 "
    "a an the of in on for to and or is are do does can we our i my what which how who when where with by at".split()
)


@cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    for word in lexicon.user_words():
        tokenizer.add_word(_fold(word))
    return tokenizer


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """The words of `text` in order, lower case, half-width, without punctuation and stop words."""
    found = (word.strip() for word in _tokenizer().cut_for_search(_fold(text)))
    return [word for word in found if word and word not in STOPWORDS and any(c.isalnum() for c in word)]
