"""`python -m eval fit` and `fit-judge`: fit the confidence models and the judge anew and say how well they hold."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from index.types import PolicyError

if TYPE_CHECKING:
    from eval.fit import judge
    from eval.fit.confidence import Fitted

# At most so many questions of a file: no field should outweigh the others.
_SHARE = 1_000
_SEED = 13


def fit(
    foreign: Annotated[
        list[Path], typer.Option(help="别的领域的问题，JSON Lines（可以是 .gz），每行有 q 或 question")
    ],
    write: Annotated[bool, typer.Option("--write", help="写入 index/confidence.toml")] = False,
) -> None:
    """用已知问法和别的领域的问题，重新拟合“是否答得上”的概率模型。"""
    from assistant.settings import get_settings
    from eval.fit.confidence import examples, fitted
    from index.build import build
    from index.confidence import FILE
    from index.encoder import load_encoder

    console = Console(highlight=False)
    questions = foreign_questions(foreign)
    settings = get_settings()
    encoder = load_encoder(settings.encoder or None, lean=True)
    stored, _ = build(settings.documents_dir, settings.index_dir, encoder)
    with console.status("…") as status:
        rows = examples(stored, encoder, questions, status.update)
    models = fitted(rows)
    for name, model in models.items():
        console.print(reliability_table(name, model))
    if write:
        text = to_toml({name: model.coefficients for name, model in models.items()}, foreign, len(questions))
        FILE.write_text(text, encoding="utf-8")
        console.print(f"{FILE.name} 已更新")


def foreign_questions(paths: Sequence[Path]) -> list[str]:
    """At most 1,000 questions of each file, drawn with a fixed seed.  Raises `PolicyError` when a file has none."""
    from eval.jsonlines import read_lines

    found = []
    for path in paths:
        texts = [line.row.get("q") or line.row.get("question") for line in read_lines(path)[0]]
        usable = [text for text in texts if isinstance(text, str) and text.strip()]
        if not usable:
            raise PolicyError(f"{path} 里没有问题；每行应有 q 或 question。")
        found += random.Random(_SEED).sample(usable, min(_SHARE, len(usable)))
    return found


def reliability_table(name: str, model: Fitted) -> Table:
    """Predicted against observed, tenth by tenth."""
    from eval.fit.confidence import reliability

    table = Table(name, "预测", "实际", "n")
    for predicted, observed, n in reliability(model):
        table.add_row("", f"{predicted:.3f}", f"{observed:.3f}", str(n))
    return table


def to_toml(models: Mapping[str, Mapping[str, float]], foreign: Sequence[Path], n: int) -> str:
    """confidence.toml: what the models were fitted on, and their coefficients."""
    names = "、".join(path.name.split(".")[0] for path in foreign)
    lines = [
        "# The models of confidence.py, written by `python -m eval fit --write`: do not edit by hand.",
        f"# Fitted on the known questions and {n:,} questions of other fields ({names}).",
    ]
    for name, coefficients in models.items():
        lines += ["", f"[{name}]", *(f"{key} = {value:.4f}" for key, value in coefficients.items())]
    return "\n".join(lines) + "\n"


def fit_judge(
    pairs: Annotated[
        Path | None,
        typer.Option(help="问题和条款，JSON Lines（可以是 .gz）；默认 eval/fit/clause_answers.jsonl.gz"),
    ] = None,
    risk: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="至多误拒多大比例的、条款答得上的问题")
    ] = 0.005,
    held: Annotated[bool, typer.Option("--held-out", help="另在留出的主题上测一次")] = False,
    curve: Annotated[Path | None, typer.Option(help="把风险—覆盖曲线写成 JSON")] = None,
    write: Annotated[bool, typer.Option("--write", help="写入 assistant/judge.toml")] = False,
) -> None:
    """重新拟合“条款里有没有写明所问的内容”的模型：五分之四的主题，交叉验证，按误拒风险定界限。"""
    from assistant.judge import FILE
    from assistant.settings import get_settings
    from eval.fit import clauses, judge

    console = Console(highlight=False)
    used, rest = clauses.held_out(clauses.general_pairs(pairs or clauses.PAIRS))
    model = judge.fitted(used, clauses.own_pairs(get_settings().documents_dir))
    below = judge.threshold(model, risk)
    shown = {"交叉验证": model.general} | ({"留出的主题": judge.judged(rest, model.weights)} if held else {})
    for name, part in shown.items():
        console.print(judge_table(name, part, below))
    own = float(model.own.refused(below).mean())
    console.print(f"界限 {below:.3f}；已知问法 {len(model.own.pairs)} 条，误拒 {own:.4f}")
    if curve:
        rows = {name: judge.risk_coverage(part) for name, part in shown.items()}
        curve.write_text(json.dumps(rows, ensure_ascii=False) + "\n", encoding="utf-8")
    if write:
        FILE.write_text(judge_toml(model.weights, below, risk), encoding="utf-8")
        console.print(f"{FILE.name} 已更新")


def judge_table(name: str, part: judge.Judged, below: float) -> Table:
    """Shares refused, reason by reason: by the rules, by the chance at three risks, as shipped, by both."""
    from eval.fit import judge

    rules, shipped = judge.refused_by_rules(part.pairs), part.refused(below)
    columns = {"规则": rules, **{f"{risk:.0%}": judge.at_risk(part, risk) for risk in (0.02, 0.05, 0.10)}}
    columns |= {"模型": shipped, "规则或模型": rules | shipped}
    shares = {column: judge.by_reason(part, refused) for column, refused in columns.items()}
    table = Table(f"{name}，AUC {judge.auc(part):.4f}", "n", *columns)
    for why, (_, n) in shares["规则"].items():
        table.add_row(why, str(n), *(f"{share[why][0]:.3f}" for share in shares.values()))
    return table


def judge_toml(weights: Mapping[str, float], below: float, risk: float) -> str:
    """judge.toml: the threshold with the risk that it was chosen for, and the weights."""
    lines = [
        "# The model of judge.py, written by `python -m eval fit-judge --write`: do not edit by hand.",
        "# A chance below this, with a kind asked for that is absent, is refused: in cross-validation at most the",
        "# share `risk` of the answered questions, of those about general clauses and of the known ones alike.",
        "",
        "[refuse]",
        f"below = {below:.4f}",
        f"risk = {risk:.4f}",
        "",
        "[weights]",
        *(f"{name} = {weight:.4f}" for name, weight in weights.items()),
    ]
    return "\n".join(lines) + "\n"
