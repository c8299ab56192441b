"""A run → a few of its answers with their evidence, drawn by a fixed seed, as Markdown for people to read.

What figures do not show: whether an answer can be read out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from eval.records import Library, Record

SIZE, SEED = 10, 20261120


def drawn(records: Sequence[Record], size: int = SIZE, seed: int = SEED) -> list[Record]:
    """At most `size` of the records, in their order; the same ones for the same cases and seed."""
    chosen = random.Random(seed).sample(range(len(records)), min(size, len(records)))
    return [records[at] for at in sorted(chosen)]


def to_markdown(records: Sequence[Record], library: Library) -> str:
    """Question, answer and the text of every clause behind it, case by case."""
    return "\n".join(line for record in records for line in _section(record, library)).rstrip() + "\n"


def _section(record: Record, library: Library) -> Iterator[str]:
    case, reply = record.case, record.reply
    yield f"## {case.id}　{case.question}"
    yield ""
    for turn in case.history:
        yield f"> {'问' if turn.role == 'user' else '答'}：{' '.join(turn.content.split())}"
        yield ">"
    if case.history:
        yield f"> 理解为：{reply.standalone_question}"
        yield ""
    yield reply.answer
    yield ""
    cited = dict.fromkeys((one.document_number, one.clause_path) for one in reply.evidence)
    if not cited:
        return
    yield "<details><summary>依据的条款全文</summary>"
    yield ""
    for place in cited:
        if found := library.clause(*place):
            document, clause = found
            yield f"**{document.number} {clause.label}**（{clause.path}）"
            yield ""
            yield " ".join(clause.text.split())
            yield ""
    yield "</details>"
    yield ""
