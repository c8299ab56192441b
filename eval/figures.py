"""eval/results/figures.json → the figures tables of README.md and README.zh.md.

The JSON holds what was measured (index, development cases, benchmark) and is committed with the change that
made the figures; the READMEs only show it, so they cannot drift.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from eval.bench.measure import AIMS
from index.library import parse_all
from index.passages import known_questions, passages
from index.types import PolicyError

FIGURES = Path(__file__).parent / "results" / "figures.json"
START, END = "<!-- figures:start -->", "<!-- figures:end -->"

# The scorer's columns, in its order; a reader of the README needs words.
COLUMNS = {
    "ok": ("ok", "通过"),
    "recall@1": ("recall@1", "召回@1"),
    "recall@5": ("recall@5", "召回@5"),
    "recall@10": ("recall@10", "召回@10"),
    "cite_recall": ("citation recall", "引用召回"),
    "cite_prec": ("citation precision", "引用准确"),
    "facts": ("facts", "要点齐全"),
    "wrongly_refused": ("wrongly refused", "误拒"),
    "refused": ("rightly refused", "应拒已拒"),
    "bad_text": ("forbidden text", "出现错误说法"),
}
# The types of the development cases in Chinese; a type that is missing here keeps its own name.
KINDS = {
    "ALL": ("all", "全部"),
    "applicability": ("applicability", "适用性"),
    "colloquial": ("colloquial", "口语"),
    "cross_doc": ("across documents", "跨文件"),
    "department": ("department", "责任单位"),
    "english": ("in English", "英文提问"),
    "factoid": ("single fact", "单一事实"),
    "false_premise": ("false premise", "错误前提"),
    "multi_turn": ("follow-up", "追问"),
    "procedure": ("procedure", "办理"),
    "unanswerable": ("not in the documents", "文件未载明"),
    "validity": ("validity", "效力"),
}
ABSENT = "–"
# Stands beside the types of cases in figures.json; no type is named so.
INTERVALS = "intervals"


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one README around the same figures; `place` is theirs in pairs (English, Chinese)."""

    place: int
    readme: str
    documents: str
    clauses: str
    passages: str
    questions: str
    cases: str
    interval: str
    figure: str
    measured: str
    aim: str
    taken_on: str


ENGLISH = Language(
    place=0,
    readme="README.md",
    documents="documents",
    clauses="clauses",
    passages="passages cut from them",
    questions="known questions",
    cases="development cases",
    interval="95 % interval of all",
    figure="speed and size",
    measured="measured",
    aim="aim",
    taken_on="Measured on {system}, {cores} cores, Python {python}, no GPU.",
)
CHINESE = Language(
    place=1,
    readme="README.zh.md",
    documents="文件",
    clauses="条款",
    passages="由条款切出的检索单元",
    questions="已知问法",
    cases="开发用例",
    interval="全部的 95 % 区间",
    figure="速度与内存",
    measured="实测",
    aim="目标",
    taken_on="测试环境：{system}，{cores} 核，Python {python}，无显卡。",
)
LANGUAGES = (ENGLISH, CHINESE)


def index_counts(documents_dir: Path) -> dict[str, int]:
    """How many documents, clauses, passages cut from them, and known questions the files of a folder give."""
    documents, _ = parse_all(documents_dir)
    return {
        "documents": len(documents),
        "clauses": sum(len(document.clauses) for document in documents),
        "passages": sum(1 for document in documents for _ in passages(document)),
        "questions": len(known_questions(documents_dir, documents)[0]),
    }


def load(path: Path = FIGURES) -> dict[str, Any]:
    """The committed figures; empty where nothing has been measured yet."""
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return figures


def save(figures: dict[str, Any], path: Path = FIGURES) -> None:
    """Writes the figures one to a line, so that a change of one figure is a change of one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


def read_report(path: Path, *needed: str) -> dict[str, Any]:
    """A scorer's or a benchmark's JSON with the `needed` keys, NaN read as null.  Raises `PolicyError`."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda _: None)
    except (OSError, ValueError) as error:
        raise PolicyError(f"读不了 {path}：{error}") from None
    if not isinstance(report, dict) or not report.keys() >= set(needed):
        raise PolicyError(f"{path} 应当是一个 JSON 对象，至少有 {'、'.join(needed)}。")
    return report


def read_scores(path: Path) -> dict[str, Any]:
    """`eval score`'s scores.json → figures by type, `ALL` first, and the intervals of all.  Raises `PolicyError`."""
    report = read_report(path, "all", "by_type")
    groups = {"ALL": report["all"], **report["by_type"]}
    scores = {kind: _values(group) for kind, group in groups.items()}
    measures = report["all"]["measures"]
    return {
        **scores,
        INTERVALS: {c: [_rounded(measures[c][end]) for end in ("low", "high")] for c in COLUMNS},
    }


def _values(group: dict[str, Any]) -> dict[str, float | None]:
    return {column: _rounded(group["measures"][column]["value"]) for column in COLUMNS} | {"n": group["n"]}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def render(figures: dict[str, Any], language: Language) -> str:
    """The tables as Markdown; a part that has not been measured is left out."""
    parts = []
    if index := figures.get("index"):
        parts.append(_index_table(index, language))
    if scores := figures.get("scores"):
        parts.append(_scores_table(scores, language))
    if bench := figures.get("bench"):
        parts.append(_bench_table(bench["figures"], language))
        parts.append(language.taken_on.format(**bench["machine"]))
    return "\n\n".join(parts)


def splice(text: str, tables: str) -> str:
    """`text` with what stands between the markers replaced.  Raises `PolicyError` when they are missing."""
    pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise PolicyError(f"README 里应当恰好有一对 {START} 和 {END}。")
    return pattern.sub(lambda _: f"{START}\n\n{tables}\n\n{END}", text)


def updated(figures: dict[str, Any], root: Path = ROOT) -> dict[Path, str]:
    """The READMEs that are out of step, each with the text it should have."""
    stale = {}
    for language in LANGUAGES:
        readme = root / language.readme
        text = readme.read_text(encoding="utf-8")
        if (fresh := splice(text, render(figures, language))) != text:
            stale[readme] = fresh
    return stale


def _index_table(index: dict[str, int], language: Language) -> str:
    head = [language.documents, language.clauses, language.passages, language.questions]
    return _table(head, [[str(index[key]) for key in ("documents", "clauses", "passages", "questions")]])


def _scores_table(scores: dict[str, Any], language: Language) -> str:
    names = [pair[language.place] for pair in COLUMNS.values()]
    kinds = sorted(scores.keys() - {INTERVALS}, key=lambda kind: (kind != "ALL", kind))
    rows = [
        [
            KINDS.get(kind, (kind, kind))[language.place],
            str(scores[kind]["n"]),
            *(_share(scores[kind].get(column)) for column in COLUMNS),
        ]
        for kind in kinds
    ]
    if ends := scores.get(INTERVALS):
        shown = [_range(ends[column]) for column in COLUMNS]
        rows.insert(1, [language.interval, "", *shown])
    return _table([language.cases, "n", *names], rows)


def _bench_table(figures: dict[str, float], language: Language) -> str:
    rows = [
        [
            aim.labels[language.place],
            f"{figures[aim.key]:,.4g} {aim.unit}",
            aim.wanted or ABSENT,
        ]
        for aim in AIMS
        if aim.key in figures  # a report from before the figure was measured
    ]
    return _table([language.figure, language.measured, language.aim], rows)


def _range(ends: Any) -> str:
    low, high = ends
    return ABSENT if low is None else f"{low:.3f}–{high:.3f}"


def _share(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.3f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
