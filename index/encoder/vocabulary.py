"""Words and their parts: takes jieba's dictionary and texts, gives the words, their tokenizer and each word's units.

jieba without its hidden Markov model takes the path of highest unigram probability through its dictionary, which is
what a Unigram tokenizer does: the shipped tokenizer cuts as jieba does over the chosen words, in Rust, without jieba.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import jieba
import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "[UNK]"
MAX_TOKENS = 320  # of a passage
MAX_JOINED = 5  # characters; longer joints are phrases (向社会公开…), not words
ASCII_WORD = re.compile(r"[a-z0-9]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Ragged:
    """Rows of token ids laid end to end: row i is `ids[offsets[i]:offsets[i + 1]]`."""

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, rows: NDArray[np.int64]) -> Ragged:
        """Gathers some rows, in the order asked for."""
        starts, lengths = self.offsets[rows], np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
        return Ragged(self.ids[places], offsets)

    def thin(self, share: float, chooser: np.random.Generator) -> Ragged:
        """Drops a random share of the tokens of each row; a row may become empty."""
        kept = chooser.random(len(self.ids)) >= share
        return Ragged(self.ids[kept], np.append(0, np.cumsum(kept))[self.offsets])


def ragged(rows: Iterable[Sequence[int]]) -> Ragged:
    """Lays rows of numbers end to end."""
    listed = list(rows)
    offsets = np.cumsum([0] + [len(row) for row in listed], dtype=np.int64)
    flat = np.fromiter((number for row in listed for number in row), dtype=np.int64, count=int(offsets[-1]))
    return Ragged(flat, offsets)


def jieba_frequencies() -> dict[str, int]:
    """Reads word → count from jieba's own dictionary file, lower-cased."""
    frequencies: dict[str, int] = {}
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, count, *_ = line.decode("utf-8").split(" ")
            frequencies[word.lower()] = max(int(count), 1)
    return frequencies


def build_tokenizer(frequencies: dict[str, int]) -> Tokenizer:
    """Makes a Unigram tokenizer whose ids follow the order of `frequencies`, after an unknown token (id 0)."""
    total = sum(frequencies.values())
    entries = [(UNKNOWN, 0.0)] + [(word, math.log(count / total)) for word, count in frequencies.items()]
    tokenizer = Tokenizer(models.Unigram(entries, unk_id=0, byte_fallback=False))
    # Half and full width, capitals and punctuation must not matter: policy files mix them freely.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"[^\p{L}\p{N}]+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex("[a-z0-9]+"), "isolated")]
    )
    return tokenizer


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
    """Turns texts into rows of token ids, cut at MAX_TOKENS."""
    rows: list[list[int]] = []
    for start in range(0, len(texts), 20_000):  # bounds the memory that Encoding objects take
        batch = tokenizer.encode_batch_fast(list(texts[start : start + 20_000]), add_special_tokens=False)
        rows.extend(encoding.ids[:MAX_TOKENS] for encoding in batch)
    return ragged(rows)


def count_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float64]:
    """Counts each token of the vocabulary in the texts: an array of shape (vocabulary,)."""
    ids = tokenize(tokenizer, texts).ids
    return np.bincount(ids, minlength=tokenizer.get_vocab_size()).astype(np.float64)


def ascii_words(texts: Iterable[str], at_least: int) -> dict[str, int]:
    """Counts Latin words and numbers that jieba's dictionary lacks: {"gpu": 12, "500": 80}."""
    counts = Counter(word for text in texts for word in ASCII_WORD.findall(text.lower()))
    return {word: count for word, count in counts.items() if count >= at_least and len(word) <= 12}


def characters_of(texts: Iterable[str]) -> list[str]:
    """Lists the letters and digits of the texts in code point order, as the tokenizer's normaliser leaves them."""
    seen: set[str] = set()
    for text in texts:
        seen.update(text)
    return sorted(filter(str.isalnum, set(unicodedata.normalize("NFKC", "".join(sorted(seen))).lower())))


def collocations(
    frequencies: dict[str, int], texts: Sequence[str], at_least: int = 6, bits: float = 6.0
) -> dict[str, int]:
    """Finds neighbours that stand together more than chance says (小+微, 免申+即享): joined word → count.

    Pointwise mutual information (Church & Hanks 1990), in bits. Counts are in the dictionary's scale and at
    least what lets the joined word win over its parts, as in jieba's `suggest_freq`.
    """
    words = [UNKNOWN, *frequencies]
    runs = [run for text in texts for run in CHINESE.findall(text)]  # no word spans a punctuation mark
    rows = tokenize(build_tokenizer(frequencies), runs)
    follows = np.ones(len(rows.ids), dtype=bool)
    follows[rows.offsets[:-1]] = False
    inner = np.flatnonzero(follows)
    single = Counter(rows.ids.tolist())
    double = Counter(zip(rows.ids[inner - 1].tolist(), rows.ids[inner].tolist(), strict=True))
    seen, total = len(rows.ids), sum(frequencies.values())
    found: dict[str, int] = {}
    for (left, right), count in double.items():
        joined = words[left] + words[right]
        if count < at_least or 0 in (left, right) or len(joined) > MAX_JOINED:
            continue
        if math.log2(count * seen / (single[left] * single[right])) >= bits:
            parts = frequencies[words[left]] * frequencies[words[right]] // total
            found[joined] = max(parts + 1, count * total // seen)
    return found


def choose_words(
    frequencies: dict[str, int], groups: Sequence[tuple[float, Sequence[str]]], size: int
) -> tuple[dict[str, int], NDArray[np.float64]]:
    """Keeps every seen character and the words of greatest weighted relative frequency over groups of texts.

    `groups` are (weight, texts): policy texts weigh more, so that their words survive against the law corpus.
    Gives the chosen word → count (at most `size`) and each one's rank score.
    """
    tokenizer = build_tokenizer(frequencies)
    score = np.zeros(tokenizer.get_vocab_size())
    for weight, texts in groups:
        counts = count_tokens(tokenizer, texts)
        score += weight * counts / max(counts.sum(), 1)
    words = list(frequencies)
    characters = set(characters_of(text for _, texts in groups for text in texts))
    kept = {word for word in words if word in characters}
    for number in np.argsort(-score[1:], kind="stable"):
        if len(kept) >= size or score[number + 1] == 0:
            break
        kept.add(words[number])
    chosen = {word: frequencies[word] for word in words if word in kept}
    return chosen, np.array([score[number + 1] for number, word in enumerate(words) if word in kept])


def parts_of(word: str) -> list[str]:
    """Lists the units of a word: itself, its inner bigrams, its characters; of a Latin word or number only itself."""
    if len(word) == 1 or not CHINESE.fullmatch(word):
        return [word]
    bigrams = [word[at : at + 2] for at in range(len(word) - 1)] if len(word) > 2 else []
    return [word, *bigrams, *word]


def compose(words: Sequence[str]) -> tuple[list[str], Ragged]:
    """Numbers the units of all words: (units, one row of unit numbers per token id; the unknown one has none).

    A bigram that no two words share is left out: it could learn nothing that the word itself does not.
    """
    uses = Counter(part for word in words for part in set(parts_of(word)))
    known = set(words)
    numbers: dict[str, int] = {}
    rows: list[list[int]] = [[]]
    for word in words:
        parts = [part for part in parts_of(word) if part in known or uses[part] > 1]
        rows.append([numbers.setdefault(part, len(numbers)) for part in parts])
    return list(numbers), ragged(rows)
