"""A model's sentence and the materials it cites → what is wrong with it, or nothing.

Strict where an invention does harm: quotes, names, figures, dates, bodies must stand in the very clauses that the
sentence cites, not in others and not in the question; a figure must stand there beside what it is said of; a word
that claims more than the clause (一律, 无需, 已经) must be the clause's own.  Every other word that tells something
must be the clause's, or one of those that talk about texts (rules.toml).  So a paraphrase in free words is turned
away too; it is sent back with the words, and the extract is never far (docs/decisions/0017).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.compose.guard.figures import elsewhere, miscounted, of_another_clause, without_support
from assistant.compose.guard.rules import QUOTED, Ground, fold
from assistant.compose.guard.words import new, reversed_, speaking, stronger, told_as_current, words_beyond
from assistant.compose.material import Material
from assistant.figures import unsupported

# A sentence says one thing; what is longer, or rests on more clauses, is an answer of its own.
LONGEST, MOST_EVIDENCE = 200, 3
_NAMED = re.compile(r"《([^》]*)》")
# Markers and signs that a model adds of its own accord; who reads the answer gets ours.
_MARKS = re.compile(r"\s*(?:\[\d+\]|【\d+】|（材料\s*\d+）|\(材料\s*\d+\))")
_LEADING = re.compile(r"^(?:[-*•·]\s+|\d+[.、)]\s*)")
# What is left of marks within marks, of links, tables, pictures, tags and symbols is no part of a sentence.
_MARKUP = re.compile(r"[\[\]<>|~`\\#^{}]|[\u2190-\u2bff\U0001f000-\U0001faff]|&\w+;")
_PAIRS = ("「」", "『』", "“”", "‘’", "《》", "（）", "()", "〈〉", "‹›", "〝〞")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence does not stand: a key of prompts/model-compose [reasons], and its words without support."""

    kind: str
    words: tuple[str, ...] = ()


def cleaned(text: str) -> str:
    """A sentence as one line with an end mark, without the model's own markers and what cannot be seen."""
    line = "".join(char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    line = " ".join(line.split())
    while (bare := _MARKS.sub("", line)) != line:
        line = bare
    line = _LEADING.sub("", line).replace("**", "").strip("`# ")
    return line if not line or line[-1] in "。！？.!?」”" else f"{line}。"


def fault(text: str, cited: Sequence[Material], asked: str = "") -> Fault | None:
    """What is wrong with a sentence that rests on `cited`; None where it stands.

    `asked` is what the user said: its words may be taken up as who or what is meant, but no figure, name or benefit.
    """
    if not cited or len(cited) > MOST_EVIDENCE or not any(char.isalnum() for char in text):
        return Fault("no_material")
    if len(text) > LONGEST:
        return Fault("long")
    ground = Ground.of(cited)
    for kind, words in _checks(text, ground, fold(asked)):
        if words:
            return Fault(kind, tuple(words))
    return None


def says_nothing_new(text: str, known: str) -> bool:
    """Whether a text is one plain line that uses the words, figures and names of another text alone."""
    folded = fold(known)
    plain = "\n" not in text and not _MARKUP.search(text)
    return plain and not unsupported(text, known) and not words_beyond(text, folded)


def _checks(text: str, ground: Ground, asked: str) -> Iterator[tuple[str, Sequence[str]]]:
    yield "markup", _MARKUP.findall(text)
    yield "quote", [pair for pair in _PAIRS if text.count(pair[0]) != text.count(pair[1])]
    yield "quote", [said for said in _quotes(text) if not _is_quoted(said, ground)]
    yield "name", [said for said in _NAMED.findall(text) if not _is_named(said, ground)]
    yield "term", speaking(text)
    yield "figure", without_support(text, ground)
    yield "figure", miscounted(text, ground)
    yield "place", elsewhere(text, ground)
    yield "place", of_another_clause(text, ground)
    yield "stronger", stronger(text, ground)
    yield "reversed", reversed_(text, ground)
    yield "over", told_as_current(text, ground)
    yield "term", new(text, ground, asked)


def _quotes(text: str) -> list[str]:
    return [said for groups in QUOTED.findall(text) for said in groups if said]


def _is_quoted(said: str, ground: Ground) -> bool:
    """Whether one clause holds the words as they are, white space and widths aside; a title may be put in quotes."""
    return any(
        fold(said) in fold(text)
        for one in ground.cited
        for text in (one.text, one.document.title, *one.clause.headings)
    )


def _is_named(said: str, ground: Ground) -> bool:
    """Whether 《…》 names a cited document, or something that a clause names in the same way."""
    title = fold(said)
    return f"《{title}》" in ground.support or any(title in fold(one.document.title) for one in ground.cited)
