"""`python -m eval fit`: fits the confidence models anew and says how well they hold."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from index.types import PolicyError

if TYPE_CHECKING:
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
