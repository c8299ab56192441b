"""`python -m eval dialogues`: how follow-ups are made to stand alone; `--fit` fits the model of leaning anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from eval.dialogues.data import FILE, Half, load_dialogues
from index.types import PolicyError

if TYPE_CHECKING:
    from eval.dialogues.data import DialogueFile
    from eval.dialogues.fit import Fitted
    from eval.dialogues.measure import Figures, Judged, Share

_ABSENT = "–"
_WIDE = 200


def dialogues(
    file: Annotated[Path, typer.Option(help="对话文件，JSON Lines（可以是 .gz）")] = FILE,
    half: Annotated[Half, typer.Option(help="哪一半：拟合用的、留出的、全部")] = Half.FITTED,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    failures: Annotated[
        bool, typer.Option("--failures", help="逐条列出没有做对的；留出的一半看过就不再是留出的")
    ] = False,
    fit: Annotated[bool, typer.Option("--fit", help="改为用拟合的一半重新拟合“是否依赖上文”")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="与 --fit 同用：写入 assistant/leaning.toml")
    ] = False,
) -> None:
    """追问补全得怎样：不该动的有没有动，文件、条款、行业、地区带上了没有，实词在不在。"""
    if write and not fit:
        raise PolicyError("--write 要与 --fit 同用。")
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE)
    talks = load_dialogues(file)
    if fit:
        _fit(talks, console, write=write, as_json=as_json)
    else:
        _measure(talks, half, console, failures=failures, as_json=as_json)
    for problem in talks.problems:
        typer.echo(f"注意：{problem}", err=True)
    if talks.problems:
        raise typer.Exit(1)


def _measure(talks: DialogueFile, half: Half, console: Console, *, failures: bool, as_json: bool) -> None:
    from assistant.settings import get_settings
    from eval.dialogues.measure import by_kind, figures, judge, rewriter
    from index.library import parse_all

    parsed = parse_all(get_settings().documents_dir)[0]
    rewrite = rewriter({document.number: document for document in parsed})
    judged = [judge(talk, rewrite) for talk in talks.half(half)]
    if not judged:
        raise PolicyError(f"这一半（{half.value}）里没有可用的对话；可以用 --half all。")
    wrong = [one for one in judged if not one.right] if failures else []
    kinds = by_kind(judged)
    if as_json:
        report: dict[str, Any] = {"half": half.value, **figures(judged).to_json()}
        report["by_kind"] = {kind: found.to_json() for kind, found in kinds.items()}
        report |= {"failures": [_failure(one) for one in wrong]} if failures else {}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    console.print(summary_table(half, figures(judged)))
    console.print(kinds_table(kinds))
    for one in wrong:
        lost = f"  缺：{'、'.join(one.missing)}" if one.missing else ""
        console.print(f"{one.kind}  {one.question}\n  → {one.text}\n{lost}".rstrip(), soft_wrap=True)


def _failure(one: Judged) -> dict[str, Any]:
    return {"kind": one.kind, "question": one.question, "text": one.text, "missing": list(one.missing)}


def summary_table(half: Half, found: Figures) -> Table:
    """One line a measure: its value and counts."""
    names = {"document": "文件", "clause": "条款", "industry": "行业", "district": "地区"}
    table = Table(f"{half.value}（{found.n} 个对话）", "值", "对", "n")
    rows: Sequence[tuple[str, Share]] = (
        ("不该动的没有动", found.left_alone),
        *((f"带上了{names[field]}", share) for field, share in found.carried.items()),
        ("带上了：合计", found.carried_all),
        ("上文或问题里有的实词都在", found.substance),
        ("标准问法的实词都在", found.strict),
    )
    for name, share in rows:
        table.add_row(name, _value(share), str(share.right), str(share.n))
    return table


def kinds_table(kinds: Mapping[str, Figures]) -> Table:
    """One line a kind of question."""
    table = Table("类型", "n", "没有动", "带上了", "实词", "实词（严）")
    for kind, found in kinds.items():
        shares = (found.left_alone, found.carried_all, found.substance, found.strict)
        table.add_row(kind, str(found.n), *map(_value, shares))
    return table


def _value(share: Share) -> str:
    return _ABSENT if share.value is None else f"{share.value:.3f}"


def _fit(talks: DialogueFile, console: Console, *, write: bool, as_json: bool) -> None:
    from assistant import leaning
    from eval.dialogues.fit import fit, to_toml

    found = fit(talks.half(Half.FITTED))
    if as_json:
        rates = [
            {"threshold": r.threshold, "left_alone": r.left_alone, "leans": r.leans} for r in found.rates
        ]
        report = {"weights": dict(found.weights), "strength": found.strength, "rates": rates}
        report["auc"] = {str(strength): area for strength, area in found.areas.items()}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for table in fit_tables(found):
            console.print(table)
    if write:
        try:
            leaning.FILE.write_text(to_toml(found.weights), encoding="utf-8")
        except OSError as error:
            raise PolicyError(f"{leaning.FILE} 写不进去（{error.strerror}），请检查权限。") from None
        typer.echo(f"{leaning.FILE.name} 已更新", err=True)


def fit_tables(found: Fitted) -> tuple[Table, Table]:
    """The strengths tried, and the rates by threshold; all by cross-validation."""
    strengths = Table("C", "AUC（交叉验证）", "")
    for strength, area in found.areas.items():
        strengths.add_row(f"{strength:g}", f"{area:.3f}", "采用" if strength == found.strength else "")
    rates = Table("门槛", "不该动的没有动", "依赖上文的认出")
    for rate in found.rates:
        rates.add_row(f"{rate.threshold:g}", f"{rate.left_alone:.3f}", f"{rate.leans:.3f}")
    return strengths, rates
