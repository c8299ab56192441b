"""A run → files that outside tools read: TREC run and qrels, and JSON Lines for QA evaluation libraries.

run.trec, qrels.trec   any TREC tool; ir_measures over them gives the figures of `score`
qa.jsonl               question, answer, contexts, ground_truth
ragas.jsonl            the same under the field names of ragas' single-turn samples
deepeval.jsonl         the same under the field names of deepeval's LLM test cases
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.jsonlines import write_lines
from eval.ranking import qrels, run
from eval.records import Library, Record

# As many contexts as an answer usually draws on; what is cited is always among them.
CONTEXTS = 10
_NOTHING = "文件没有规定。"


def export(records: Sequence[Record], library: Library, folder: Path, tag: str) -> list[Path]:
    """Writes all files into a folder and returns their paths; `tag` names the run in run.trec."""
    folder.mkdir(parents=True, exist_ok=True)
    trec_run, trec_qrels = folder / "run.trec", folder / "qrels.trec"
    trec_run.write_text("".join(_run_lines(records, tag)), encoding="utf-8")
    lines = (f"{row.query_id} 0 {row.doc_id} {row.relevance}\n" for row in qrels(r.case for r in records))
    trec_qrels.write_text("".join(lines), encoding="utf-8")
    rows = [_row(record, library) for record in records]
    forms = {"qa": _qa, "ragas": _ragas, "deepeval": _deepeval}
    for name, form in forms.items():
        write_lines(folder / f"{name}.jsonl", map(form, rows))
    return [trec_run, trec_qrels, *(folder / f"{name}.jsonl" for name in forms)]


def _run_lines(records: Sequence[Record], tag: str) -> Iterator[str]:
    rank: dict[str, int] = {}
    for row in run((record.case, record.reply) for record in records):
        rank[row.query_id] = rank.get(row.query_id, 0) + 1
        yield f"{row.query_id} Q0 {row.doc_id} {rank[row.query_id]} {row.score:g} {tag}\n"


def _row(record: Record, library: Library) -> dict[str, Any]:
    case, reply = record.case, record.reply
    places = [(hit.document_number, hit.clause_path) for hit in (reply.retrieved or ())[:CONTEXTS]]
    places += [(cited.document_number, cited.clause_path) for cited in reply.evidence]
    known = [library.clause(*place) for place in dict.fromkeys(places)]
    return {
        "id": case.id,
        "question": case.question,
        "answer": reply.answer,
        "contexts": [f"{found[0].number} {found[1].text}" for found in known if found],
        "truth": "\n".join(gold.evidence for gold in case.required) if case.answerable else _NOTHING,
        "evidence": [gold.evidence for gold in case.gold if gold.evidence],
    }


def _qa(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "question": row["question"],
        "answer": row["answer"],
        "contexts": row["contexts"],
        "ground_truth": row["truth"],
    }


def _ragas(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "user_input": row["question"],
        "response": row["answer"],
        "retrieved_contexts": row["contexts"],
        "reference": row["truth"],
        "reference_contexts": row["evidence"],
    }


def _deepeval(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["id"],
        "input": row["question"],
        "actual_output": row["answer"],
        "expected_output": row["truth"],
        "context": row["evidence"],
        "retrieval_context": row["contexts"],
    }
