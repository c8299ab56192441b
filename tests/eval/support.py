"""A document of four clauses, and short ways to write cases and replies over it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from eval.answers import Reply
from eval.cases import Case
from eval.records import Library, Record, judge
from index.types import Clause, ClauseRef, Document, Kind

AS_OF = date(2026, 11, 20)
NEW, OLD = "沪府办发〔2025〕5号", "沪府办发〔2021〕7号"


def clause(number: str, path: str, text: str, **more: Any) -> Clause:
    """A clause labelled by its last step."""
    return Clause(ClauseRef(number, path), Kind.ITEM, f"第{path.rpartition('/')[2]}条", "", text, **more)


MEASURES = Document(
    number=NEW,
    title="若干措施",
    issuer="市政府办公厅",
    file="new.txt",
    clauses=(
        clause(NEW, "题头", "关于印发若干措施的通知"),
        clause(
            NEW,
            "二/1",
            "1.发放算力券，最高500万元。（责任单位：市经济信息化委）",
            departments=("市经济信息化委",),
        ),
        clause(NEW, "二/2", "2.支持出海，按照规定给予奖励。"),
        clause(NEW, "末段", "本措施自2025年3月20日起施行。"),
    ),
    effective_from=date(2025, 3, 20),
    effective_to=date(2028, 3, 19),
)
PLAN = Document(
    number=OLD,
    title="十四五规划",
    issuer="市政府办公厅",
    file="old.txt",
    clauses=(
        clause(OLD, "三/(一)/1", "到2025年，营业收入达到3000亿元。"),
        clause(OLD, "三/(一)/1/专栏1", "25条街区。"),
    ),
    period=(2021, 2025),
)
LIBRARY = Library([MEASURES, PLAN])


def case(id: str = "c-1", **more: Any) -> Case:
    """A case as its file would hold it; gold is given as (document, path) or (document, path, required)."""
    gold = [
        {"doc": g[0], "clause": g[1], "evidence": "", "required": g[2] if len(g) > 2 else True}
        if isinstance(g, tuple)
        else g
        for g in more.pop("gold", [(NEW, "二/1")])
    ]
    row = {"id": id, "type": "factoid", "question": "算力券发多少？", "answerable": True, "gold": gold}
    return Case.model_validate_json(json.dumps(row | more))


def cite(number: str, path: str, quote: str = "", validity: str = "in_force", **more: Any) -> dict[str, Any]:
    """A citation as an output line holds it."""
    return {"document_number": number, "clause_path": path, "quote": quote, "validity": validity, **more}


def reply(id: str = "c-1", **more: Any) -> Reply:
    """An output line; `retrieved` is given as (document, path)."""
    ranked = [
        {"document_number": n, "clause_path": p, "score": s} for n, p, s in _scored(more.pop("retrieved", ()))
    ]
    return Reply.model_validate({"id": id, "status": "answered", "answer": "", "retrieved": ranked} | more)


def _scored(places: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, float]]:
    return ((number, path, 1.0 - at / 100) for at, (number, path) in enumerate(places))


def record(case: Case, reply: Reply) -> Record:
    """The one record of a case and its reply."""
    (only,) = judge([case], {case.id: reply}, LIBRARY, AS_OF)
    return only


def lines(path: Path, rows: Iterable[Any]) -> Path:
    """Writes rows, each a JSON value or a raw line, and returns the path."""
    texts = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path
