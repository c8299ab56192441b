"""How follow-ups are judged: talks made by hand, some of which must fail; bad lines; the fit of the shipped weights."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import leaning
from assistant.types import Turn
from eval import __main__ as command_line
from eval.dialogues.data import ALONE, FIELDS, FILE, Dialogue, Half, load_dialogues
from eval.dialogues.fit import STRENGTHS, THRESHOLDS, fit, to_toml
from eval.dialogues.measure import Judged, Share, by_kind, figures, judge
from index.command import run as run_command
from index.types import PolicyError
from tests.eval.support import lines


def row(kind: str = "amount", question: str = "最高多少", **more: Any) -> dict[str, Any]:
    """A talk about 《冰雪办法》第3条, as its file would hold it; `more` replaces fields, `carries` by name."""
    carries = dict.fromkeys(FIELDS) | more.pop("carries", {})
    return {
        "history": [
            {"role": "user", "content": "静安的滑雪场有补贴吗"},
            {"role": "assistant", "content": "《冰雪办法》第3条，新建滑雪场给予补贴[1]。"},
        ],
        "question": question,
        "standalone": "《冰雪办法》第3条的滑雪场补贴最高多少",
        "kind": kind,
        "carries": carries,
    } | more


def judged(text: str, **more: Any) -> Judged:
    """A talk judged where the question became `text`."""
    return judge(Dialogue.model_validate_json(json.dumps(row(**more))), lambda question, history: text)


@pytest.mark.parametrize("kind", ALONE)
def test_what_stands_alone_must_stay_as_it_is_to_the_letter(kind: str) -> None:
    assert judged("今天天气如何", kind=kind, question="今天天气如何").left_alone is True
    changed = judged("滑雪场 今天天气如何", kind=kind, question="今天天气如何")
    assert changed.left_alone is False and not changed.right
    assert (changed.substance, changed.strict, changed.carried) == (None, None, {})


def test_left_alone_is_judged_after_the_question_is_read() -> None:
    assert judged("会计师怎么办", kind="self_contained", question="會計師怎麼辦").left_alone is True


@pytest.mark.parametrize(
    ("field", "value", "text", "held"),
    [
        ("document", "《冰雪办法》", "《冰雪 办法》第3条最高多少", True),
        ("document", "《上海市冰雪办法》", "上海市的冰雪那个办法最高多少", True),  # every word, in any order
        ("document", "《上海市冰雪办法》", "《冰雪办法》最高多少", False),
        ("document", "冰雪措施、滑雪办法", "冰雪措施最高多少", False),  # both of a list
        ("document", "OPC办法", "opc办法最高多少", True),
        ("clause", "第3条", "第3条最高多少", True),
        ("clause", "第3条", "第4条最高多少", False),
        ("clause", "第3条和第4条", "第3条最高多少", False),
        ("clause", "第3条和第4条", "第4条、第3条哪个多", True),
        ("industry", "滑雪场", "滑雪最高多少", False),
        ("industry", "滑雪场", "滑雪场最高多少", True),
        ("district", "静安、浦东", "浦东和静安最高多少", True),
        ("district", "静安、浦东", "静安最高多少", False),
    ],
)
def test_a_field_is_carried_if_its_words_or_parts_are_in_the_text(
    field: str, value: str, text: str, held: bool
) -> None:
    found = judged(text, carries={field: value})
    assert found.carried == {field: held}
    assert (value in found.missing) is not held


@pytest.mark.parametrize(
    ("text", "held"),
    [("《冰雪办法》第4条", True), ("第3条的下一条", True), ("第5条", False), ("下一条", False)],
)
def test_of_a_neighbour_the_clause_meant_counts_and_so_does_the_one_counted_from(
    text: str, held: bool
) -> None:
    found = judged(
        text, kind="neighbour", standalone="《冰雪办法》第4条说了什么", carries={"clause": "第3条"}
    )
    assert found.carried == {"clause": held}
    assert judged("第4条", standalone="《冰雪办法》第4条", carries={"clause": "第3条"}).carried == {
        "clause": False
    }


def test_substance_is_what_talk_or_question_holds_of_the_content_words() -> None:
    gold = "《冰雪办法》第3条的滑雪场财政补贴最高多少"  # 财政 stands nowhere in the talk
    found = judged("《冰雪办法》第3条滑雪场补贴最高多少", standalone=gold)
    assert (found.substance, found.strict, found.right) == (True, False, True)
    lost = judged("最高多少", standalone=gold)
    assert (lost.substance, lost.strict, lost.right) == (False, False, False)
    assert "滑雪场" in lost.missing and "财政" not in lost.missing and "多少" not in lost.missing
    assert judged("《冰雪办法》第3条滑雪场财政补贴最高", standalone=gold).strict is True


def test_letters_compare_in_any_case_and_width() -> None:
    talk = row(history=[{"role": "user", "content": "ＡＩ芯片有补贴吗"}], standalone="AI芯片的补贴有多少")
    found = judge(Dialogue.model_validate_json(json.dumps(talk)), lambda question, history: "AI芯片补贴多少")
    assert (found.substance, found.strict) == (True, True)


def test_a_rewriting_gets_the_talk_as_a_session_reads_it() -> None:
    seen: list[tuple[str, tuple[Turn, ...]]] = []

    def rewrite(question: str, history: tuple[Turn, ...]) -> str:
        seen.append((question, history))
        return question

    said = [{"role": "user", "content": "滑雪場"}, {"role": "assistant", "content": "滑雪場"}]
    judge(Dialogue.model_validate_json(json.dumps(row(question="多少錢", history=said))), rewrite)
    assert seen == [("多少钱", (Turn("user", "滑雪场"), Turn("assistant", "滑雪場")))]


def test_figures_count_only_what_applies() -> None:
    rows = [
        judged("谢谢", kind="chitchat", question="谢谢"),
        judged("滑雪场谢谢", kind="chitchat", question="谢谢"),
        judged("《冰雪办法》第3条滑雪场补贴最高", carries={"document": "《冰雪办法》", "clause": "第3条"}),
        judged("滑雪场", carries={"document": "《冰雪办法》"}),
    ]
    found = figures(rows)
    assert (found.n, found.left_alone, found.carried_all) == (4, Share(1, 2), Share(2, 3))
    assert found.carried["document"] == Share(1, 2) and found.carried["district"] == Share(0, 0)
    assert found.substance == found.strict == Share(1, 2)
    assert Share(0, 0).value is None and Share(1, 2).value == 0.5
    kinds = by_kind(rows)
    assert list(kinds) == ["amount", "chitchat"]
    assert (kinds["chitchat"].n, kinds["chitchat"].substance) == (2, Share(0, 0))


def test_halves_are_by_line_so_that_a_bad_line_moves_nothing(tmp_path: Path) -> None:
    rows = [json.dumps(row(question=f"第{at}行多少")) for at in range(1, 7)]
    rows[1], rows[4] = "{", "\n" + rows[4]
    file = load_dialogues(lines(tmp_path / "talks.jsonl", rows))
    assert [talk.question[1] for talk in file.half(Half.FITTED)] == ["1", "3", "6"]
    assert [talk.question[1] for talk in file.half(Half.HELD)] == ["4", "5"]
    assert len(file.half(Half.ALL)) == len(file.rows) == 5


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("{", "talks.jsonl 第 2 行不是合法的 JSON（第 2 列），已跳过。"),
        ("[]", "talks.jsonl 第 2 行应是一个 JSON 对象，已跳过。"),
        (row(kind="chit-chat"), "talks.jsonl 第 2 行：kind 不是约定的类型，请改正。"),
        (row(question=" "), "talks.jsonl 第 2 行：question 不能为空，请改正。"),
        (row(history=[]), "talks.jsonl 第 2 行：history 不能为空，请改正。"),
        (row(history="滑雪"), "talks.jsonl 第 2 行：history 应是列表，请改正。"),
        (
            row(history=[{"role": "bot", "content": "好"}]),
            "talks.jsonl 第 2 行：history[0].role 应是 user 或 assistant，请改正。",
        ),
        (row(carries={"clause": 3}), "talks.jsonl 第 2 行：carries.clause 应是文字，请改正。"),
        (
            {key: value for key, value in row().items() if key != "standalone"},
            "talks.jsonl 第 2 行：standalone 缺少这个字段，请改正。",
        ),
    ],
)
def test_a_bad_line_costs_itself_and_one_sentence(tmp_path: Path, bad: Any, sentence: str) -> None:
    file = load_dialogues(lines(tmp_path / "talks.jsonl", [row(), bad, row()]))
    assert file.problems == (sentence,)
    assert [number for number, _ in file.rows] == [1, 3]


def test_a_file_without_a_talk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="没有可用的对话"):
        load_dialogues(lines(tmp_path / "talks.jsonl", ["{"]))
    with pytest.raises(PolicyError, match="打不开"):
        load_dialogues(tmp_path / "absent.jsonl")


def test_the_shipped_talks_are_whole() -> None:
    file = load_dialogues(FILE)
    assert (len(file.rows), file.problems) == (450, ())
    assert len(file.half(Half.FITTED)) == len(file.half(Half.HELD)) == 225
    assert not any(getattr(talk.carries, field) for _, talk in file.rows if talk.alone for field in FIELDS)


def test_the_fit_gives_the_shipped_weights() -> None:
    found = fit(load_dialogues(FILE).half(Half.FITTED))
    assert to_toml(found.weights) == leaning.FILE.read_text(encoding="utf-8")
    assert found.strength == 3.0 and tuple(found.areas) == STRENGTHS
    assert found.areas[3.0] == max(found.areas.values()) == pytest.approx(0.966, abs=0.002)
    assert [rate.threshold for rate in found.rates] == list(THRESHOLDS)
    assert [rate.left_alone for rate in found.rates] == sorted(rate.left_alone for rate in found.rates)
    assert [rate.leans for rate in found.rates] == sorted((r.leans for r in found.rates), reverse=True)


def test_too_few_talks_are_not_fitted() -> None:
    talks = load_dialogues(FILE).half(Half.FITTED)
    with pytest.raises(PolicyError, match="至少要有 10 个"):
        fit([*[talk for talk in talks if talk.alone], *[talk for talk in talks if not talk.alone][:9]])


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`python -m eval dialogues` in this process: (exit status, stdout, stderr)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["eval", "dialogues", *arguments])
        with pytest.raises(SystemExit) as stop:
            run_command(command_line.app)
        shown = capsys.readouterr()
        return int(stop.value.code or 0), shown.out, shown.err

    return call


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """One question left alone, one that cannot be put right, and a bad line, all in the fitted half."""
    thanks = row(kind="chitchat", question="谢谢")
    lost = row(question="为什么", standalone="为什么补贴", carries={"document": "《从未说过的规定》"})
    return lines(tmp_path / "talks.jsonl", [thanks, thanks, lost, lost, "{"])


def test_the_command_prints_measures_and_kinds_and_says_what_is_wrong(run: Run, talks: Path) -> None:
    status, out, err = run("--file", str(talks))
    assert (status, err) == (1, "注意：talks.jsonl 第 5 行不是合法的 JSON（第 2 列），已跳过。\n")
    assert "fitted（2 个对话）" in out and "不该动的没有动" in out and "chitchat" in out
    assert "为什么" not in out
    shown = run("--file", str(talks), "--failures", "--half", "all")[1]
    assert shown.count("缺：《从未说过的规定》") == 2 and "谢谢" not in shown


def test_the_command_gives_the_same_as_json(run: Run, talks: Path) -> None:
    report = json.loads(run("--file", str(talks), "--json", "--failures", "--half", "held")[1])
    assert (report["half"], report["n"]) == ("held", 2)
    assert report["left_alone"] == {"right": 1, "n": 1, "value": 1.0}
    assert report["carried"]["document"] == report["carried_all"] == {"right": 0, "n": 1, "value": 0.0}
    assert set(report["by_kind"]) == {"chitchat", "amount"}
    (failure,) = report["failures"]
    assert failure["question"] == "为什么" and failure["missing"][0] == "《从未说过的规定》"


def test_fit_prints_and_writes_only_when_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, target = leaning.FILE.read_text(encoding="utf-8"), tmp_path / "leaning.toml"
    monkeypatch.setattr(leaning, "FILE", target)
    status, out, _ = run("--fit")
    assert status == 0 and "0.966" in out and "采用" in out and not target.exists()
    report = json.loads(run("--fit", "--json", "--write")[1])
    assert report["strength"] == 3.0 and len(report["rates"]) == len(THRESHOLDS)
    assert target.read_text(encoding="utf-8") == shipped
    monkeypatch.setattr(leaning, "FILE", tmp_path / "absent" / "leaning.toml")
    assert "写不进去" in run("--fit", "--write")[2]
    assert "--write 要与 --fit 同用" in run("--write")[2]


def test_a_half_without_talks_is_said(run: Run, tmp_path: Path) -> None:
    path = lines(tmp_path / "one.jsonl", [row()])
    status, out, err = run("--file", str(path), "--half", "held")
    assert status != 0 and out == "" and "held" in err and "--half all" in err
