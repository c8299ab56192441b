"""Training pairs: takes a folder of `<source>.jsonl.gz`, gives questions and the passage that each one asks for."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.types import PolicyError

# The two law files hold 80 % of all pairs; uncapped they drown every other register. With 50,000 of each, two epochs,
# held-out recall@5 is .780 in place of .791.
GENERAL_CAPS = {
    "laws": 130_000,
    "laws_questions": 130_000,
    "msdocs_zh": 30_000,
    "lawyer_llama": 30_000,
    "paraphrase_open": 30_000,
    "medical_toyhom": 12_000,
    "drcd_t2s": 7_000,
    "fuyaonews": 2_000,
    "gov_policy_sql": 2_000,
    "kdconv": 2_000,
}
POLICY_SOURCES = ("policy_questions", "clause_answers")
MAX_CHARACTERS = 512  # of a passage; longer ones repeat themselves and only cost time


class TrainingDataError(PolicyError):
    """The data folder holds nothing that can be trained on."""


@dataclass
class Pairs:
    """Questions and the passages they ask for: `questions[i]` is answered by `passages[targets[i]]`."""

    questions: list[str] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)  # one per passage

    def __len__(self) -> int:
        return len(self.questions)

    def extend(self, rows: Iterable[tuple[str, str, str]]) -> Pairs:
        """Adds (question, passage, topic) rows; equal passages become one: none is its own negative."""
        known = {passage: number for number, passage in enumerate(self.passages)}
        for question, passage, topic in rows:
            number = known.setdefault(passage, len(known))
            if number == len(self.passages):
                self.passages.append(passage)
                self.topics.append(topic)
            self.questions.append(question)
            self.targets.append(number)
        return self


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the JSON objects of one gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def pairs_of(row: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yields (question, passage, topic) of a row in any of the three forms: q, qs or answered."""
    questions = row.get("qs") or row.get("answered") or [row["q"]]
    for question in questions:
        yield question, row["p"][:MAX_CHARACTERS], row.get("topic", "")


def general_pairs(folder: Path, seed: int, scale: float = 1.0) -> Pairs:
    """Samples each general file down to its cap times `scale`; the same seed gives the same pairs."""
    pairs = Pairs()
    for source, cap in GENERAL_CAPS.items():
        path = folder / f"{source}.jsonl.gz"
        if path.exists():
            rows = [line for row in read_rows(path) for line in pairs_of(row)]
            random.Random(f"{seed}/{source}").shuffle(rows)
            pairs.extend(rows[: int(cap * scale)])
    return pairs


def policy_pairs(folder: Path) -> Pairs:
    """Reads all in-domain pairs, questions that a clause leaves open excluded."""
    pairs = Pairs()
    for source in POLICY_SOURCES:
        path = folder / f"{source}.jsonl.gz"
        if path.exists():
            pairs.extend(line for row in read_rows(path) for line in pairs_of(row))
    if not pairs:
        raise TrainingDataError(f"{folder} holds neither of {', '.join(POLICY_SOURCES)} as .jsonl.gz files.")
    return pairs


def hold_out(pairs: Pairs, seed: int, topics: int, share: float) -> tuple[Pairs, Pairs]:
    """Splits by passage into (training, held out): whole topics, and a share of the passages of the others."""
    sizes = {topic: pairs.topics.count(topic) for topic in set(pairs.topics)}
    large = sorted(topic for topic, size in sizes.items() if 20 <= size <= 100)
    chooser = random.Random(seed)
    whole = set(chooser.sample(large, min(topics, len(large))))
    held = [topic in whole or chooser.random() < share for topic in pairs.topics]
    return select(pairs, [not away for away in held]), select(pairs, held)


def first_questions(pairs: Pairs) -> Pairs:
    """Keeps one question per passage, its first: in policy_questions the one in spoken words."""
    firsts = {
        target: question
        for question, target in reversed(list(zip(pairs.questions, pairs.targets, strict=True)))
    }
    return Pairs().extend(
        (firsts[number], passage, topic)
        for number, (passage, topic) in enumerate(zip(pairs.passages, pairs.topics, strict=True))
    )


def select(pairs: Pairs, chosen: list[bool]) -> Pairs:
    """Keeps the pairs whose passage is chosen (one flag per passage)."""
    return Pairs().extend(
        (question, pairs.passages[target], pairs.topics[target])
        for question, target in zip(pairs.questions, pairs.targets, strict=True)
        if chosen[target]
    )
