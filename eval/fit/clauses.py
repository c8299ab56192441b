"""Questions beside clauses: general ones that a clause does or does not answer, and the known ones of the documents.

`clause_answers.jsonl.gz`, written for this project: {"p": clause, "answered": [3 questions], "not_answered":
[{"q", "why"} × 4], "topic"}.  One reader's judgement.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.asking import intent_of
from assistant.judge import features, known_by
from assistant.kinds import read
from assistant.scope import language_of
from eval.jsonlines import read_lines
from index.library import parse_all
from index.passages import known_questions
from index.types import PolicyError

PAIRS = Path(__file__).with_name("clause_answers.jsonl.gz")
# The clause often holds what puts a false premise right, and an answer quotes that: neither kind of example.
PREMISE = "false_premise"
_SEED = 13
_HELD = 5  # one part in so many is held out
# Answered from structure and dates, which no sentence of a clause has to state.
_FROM_STRUCTURE = ("validity", "contents", "duties")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question beside a clause: why the clause does not answer it (empty: it does), its features, what it belongs to.

    `group` numbers the clause; `topic` is empty for the documents' own.
    """

    question: str
    text: str
    why: str
    features: Mapping[str, float]
    group: int
    topic: str


def general_pairs(path: Path) -> list[Pair]:
    """The pairs of a file like clause_answers.  Raises `PolicyError` when a line has another form or there is none."""
    lines, problems = read_lines(path)
    if problems or not lines:
        raise PolicyError(problems[0] if problems else f"{path} 是空的。")
    found = []
    for group, line in enumerate(lines):
        try:
            found += _pairs(line.row, group)
        except (KeyError, TypeError, AttributeError):
            raise PolicyError(
                f"{path} 第 {line.number} 行应有 p、answered、not_answered（各有 q 和 why）、topic。"
            ) from None
    return found


def _pairs(row: Mapping[str, Any], group: int) -> list[Pair]:
    asked = [(str(q), "") for q in row["answered"]]
    asked += [(str(one["q"]), str(one["why"])) for one in row["not_answered"]]
    text, topic = str(row["p"]), str(row["topic"])
    return [Pair(q, text, why, features(read(q), text), group, topic) for q, why in asked]


def own_pairs(documents_dir: Path) -> list[Pair]:
    """The known questions beside the clauses that they lead to: all answered, and asked as the documents are asked.

    Questions in English and those answered from structure are left out: the judge is not asked about them.
    """
    documents = parse_all(documents_dir)[0]
    clauses = {clause.ref: (document, clause) for document in documents for clause in document.clauses}
    groups = {ref: group for group, ref in enumerate(clauses)}
    found = []
    for passage in known_questions(documents_dir, documents)[0]:
        if intent_of(passage.text) in _FROM_STRUCTURE or language_of(passage.text) != "zh":
            continue
        document, clause = clauses[passage.ref]
        asked = read(passage.text)
        about = known_by(document, clause)
        values = features(asked, clause.text, departments=bool(clause.departments), about=about)
        found.append(Pair(passage.text, clause.text, "", values, groups[passage.ref], ""))
    return found


def held_out(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """(to fit on, held out): whole topics drawn with a fixed seed until a fifth of the clauses is held out."""
    groups: dict[str, set[int]] = defaultdict(set)
    for pair in pairs:
        groups[pair.topic].add(pair.group)
    most = sum(map(len, groups.values())) / _HELD
    held: set[str] = set()
    taken = 0
    topics = sorted(groups)
    random.Random(_SEED).shuffle(topics)
    for topic in topics:
        if taken + len(groups[topic]) <= most:
            held.add(topic)
            taken += len(groups[topic])
    return [p for p in pairs if p.topic not in held], [p for p in pairs if p.topic in held]
