"""Known questions that a model drafts: read from its reply, checked, written to a new file or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.drafting import Drafted, draft_questions, read_reply
from assistant.settings import ROOT
from eval.models.server import Said, scripted_model
from index.questions import Row, letters
from index.types import ClauseRef
from tests.assistant.support import clause, document

FIRST = clause("1.支持租房。对新设企业给予租房补贴。", "一/1", title="支持租房")
SECOND = clause("2.支持办展。对办展给予奖励。", "一/2", title="支持办展")
RULES = document(FIRST, SECOND)


def reply(*questions: str, register: str = "spoken") -> str:
    return json.dumps(
        {"questions": [{"register": register, "question": q} for q in questions]}, ensure_ascii=False
    )


def drafted(
    *replies: str, existing: tuple[Row, ...] = (), cases: dict[str, str] | None = None
) -> list[Drafted]:
    said = iter(replies)

    def chat(instructions: str, text: str) -> str:
        return next(said)

    clauses = [FIRST, SECOND][: len(replies)]
    return list(draft_questions(RULES, clauses, chat, "model:test", existing, cases or {}))


def test_each_question_becomes_a_row_of_its_clause_and_author() -> None:
    first, second = drafted(reply("租房能补点钱吗"), reply("办展 奖励", register="fragment"))
    assert [row.to_json() for row in (*first.rows, *second.rows)] == [
        {
            "clause": "沪测发〔2024〕3号 一/1",
            "question": "租房能补点钱吗",
            "register": "spoken",
            "author": "model:test",
        },
        {
            "clause": "沪测发〔2024〕3号 一/2",
            "question": "办展 奖励",
            "register": "fragment",
            "author": "model:test",
        },
    ]
    assert first.problems == second.problems == ()


def test_the_model_sees_the_clause_and_its_place_and_may_meet_braces() -> None:
    odd = clause("1.填写{表格}。", title="{x}")
    seen: list[str] = []

    def chat(instructions: str, text: str) -> str:
        seen.extend([instructions, text])
        return reply("表格怎么填呀")

    list(draft_questions(document(odd), [odd], chat, "model:test", (), {}))
    assert '{"questions": [{"register": "spoken", "question": "……"}]}' in seen[0] and "大约 16 个" in seen[0]
    assert "一、总则 › 第1条 {x}" in seen[1] and "1.填写{表格}。" in seen[1]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (reply("租房能补吗"), [("spoken", "租房能补吗")]),
        ("好的：\n```json\n" + reply("租房能补吗") + "\n```\n还要吗？", [("spoken", "租房能补吗")]),
        (reply("租房\n能补\ud800吗"), [("spoken", "租房 能补吗")]),
        (reply("租房能补吗", register="诗"), [("", "租房能补吗")]),
        ('{"questions": [{"question": 3}, "x", {"question": " "}, {"question": "行吗"}]}', [("", "行吗")]),
        ("抱歉，我不能。", []),
        ("{}", []),
        ('{"questions": "无"}', []),
        ('{"questions": [', []),
        ("{" * 100_000 + "}", []),
        ("[1]", []),
    ],
)
def test_a_reply_is_read_whatever_stands_around_it(said: str, expected: list[tuple[str, str]]) -> None:
    assert read_reply(said) == expected


def test_what_the_check_turns_away_is_left_out_and_said() -> None:
    existing = (Row("a.jsonl 第 1 行", ClauseRef("沪测发〔2024〕3号", "一/1"), "租房能补点钱吗", "", "x"),)
    cases = {letters("补贴多少"): "dev.jsonl 第 3 行"}
    said = reply("租房能补点钱吗？", "嗯", "补贴多少", "房租有人管不", "房租有人管不！")
    (found,) = drafted(said, existing=existing, cases=cases)
    assert [row.question for row in found.rows] == ["房租有人管不"]
    assert [problem.partition("：")[0] for problem in found.problems] == [
        "沪测发〔2024〕3号 一/1 第 2 问",
        "沪测发〔2024〕3号 一/1 第 3 问",
        "沪测发〔2024〕3号 一/1 第 1 问",
        "沪测发〔2024〕3号 一/1 第 5 问",
    ]


def test_a_question_of_an_earlier_clause_is_not_written_again() -> None:
    _, second = drafted(reply("开公司有啥补贴"), reply("开公司有啥补贴", "办展有啥奖励"))
    assert [row.question for row in second.rows] == ["办展有啥奖励"]


def test_a_reply_that_cannot_be_read_costs_its_clause_only() -> None:
    first, second = drafted("抱歉。", reply("办展有啥奖励"))
    assert (first.rows, len(second.rows)) == ((), 1)
    assert first.problems == ("沪测发〔2024〕3号 一/1：模型的回复不是要求的 JSON，这一条没有写成；请重试。",)


# From here on the command line, the real client and a server on loopback.

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only_loopback: None) -> Path:
    """A small folder of documents and the settings of a model, as both command lines find them."""
    folder = tmp_path / "documents"
    folder.mkdir()
    text = "某府〔2025〕1号\n一、租房\n对新设企业给予租房补贴。\n二、办展\n对办展企业给予奖励。"
    (folder / "rules.txt").write_text(text, encoding="utf-8")
    monkeypatch.setenv("POLICY_DOCUMENTS_DIR", str(folder))
    monkeypatch.setenv("POLICY_MODEL", "openai:qwen-plus")
    monkeypatch.setenv("POLICY_MODEL_API_KEY", "sk-secret")
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`draft-questions` over the small folder: (exit status, stdout, stderr)."""

    def command(base_url: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("POLICY_MODEL_BASE_URL", base_url)
        monkeypatch.setattr("sys.argv", ["assistant", "draft-questions", *arguments])
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def answers(request: dict[str, object]) -> Said:
    text = str(request["messages"])
    return (
        Said(reply("租房补点钱不", "公司租房有补贴吗")) if "租房补贴" in text else Said(reply("办展有奖励吗"))
    )


def test_a_new_file_of_rows_is_written_and_holds(run: Run, tmp_path: Path) -> None:
    with scripted_model(answers) as model:
        status, out, err = run(model.base_url, "1号文")
    written = tmp_path / "documents" / "questions" / "rules.jsonl"
    rows = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    assert (status, len(model.asked)) == (0, 2)
    assert [(row["clause"], row["question"], row["author"]) for row in rows] == [
        ("某府〔2025〕1号 一", "租房补点钱不", "model:openai:qwen-plus"),
        ("某府〔2025〕1号 一", "公司租房有补贴吗", "model:openai:qwen-plus"),
        ("某府〔2025〕1号 二", "办展有奖励吗", "model:openai:qwen-plus"),
    ]
    assert "2 个条款，3 个问法，未收 0 处" in out and "请逐条看过" in out
    assert "2/2" in err


def test_no_file_is_ever_overwritten_and_the_model_is_not_asked(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "mine.jsonl"
    target.write_text("mine", encoding="utf-8")
    with scripted_model(answers) as model:
        status, out, err = run(model.base_url, "1号文", "--output", str(target))
    assert (status, out, model.asked, target.read_text(encoding="utf-8")) == (1, "", [], "mine")
    assert err == f"错误：{target} 已经存在，不会覆盖；请用 --output 另取一个文件名。\n"


def test_what_was_written_before_the_model_failed_is_kept(run: Run, tmp_path: Path) -> None:
    with scripted_model([Said(reply("租房补点钱不")), Said(status=401)]) as model:
        status, _, err = run(model.base_url, "1号文")
    assert status == 1 and "不接受密钥（401）" in err and "Traceback" not in err and "sk-secret" not in err
    written = tmp_path / "documents" / "questions" / "rules.jsonl"
    assert f"已写成的 1 个问法留在 {written}；接着起草请用 --output 另取文件名。\n" in err
    assert len(written.read_text(encoding="utf-8").splitlines()) == 1


def test_talk_without_a_question_leaves_no_file(run: Run, tmp_path: Path) -> None:
    with scripted_model([Said("抱歉，我不能。")]) as model:
        status, out, err = run(model.base_url, "1号文")
    assert (status, out) == (1, "")
    assert err.splitlines()[-1] == "错误：一个可用的问法也没有写成，没有写入文件；请重试，或换一个模型。"
    assert not (tmp_path / "documents" / "questions" / "rules.jsonl").exists()


@pytest.fixture
def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`python -m index questions draft`, which runs `draft-questions` in a process of its own."""
    running: list[subprocess.Popen[str]] = []

    def start(base_url: str, *arguments: str) -> subprocess.Popen[str]:
        monkeypatch.setenv("POLICY_MODEL_BASE_URL", base_url)
        command = [sys.executable, "-m", "index", "questions", "draft", *arguments]
        pipe = subprocess.PIPE
        # A session of its own, as a terminal gives: what is sent to its group reaches both processes.
        process = subprocess.Popen(
            command, stdout=pipe, stderr=pipe, encoding="utf-8", cwd=ROOT, start_new_session=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_the_index_command_drafts_too(
    started: Callable[..., subprocess.Popen[str]], folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "more.jsonl"
    with scripted_model(answers) as model:
        process = started(model.base_url, "1号文", "--clause", "第二部分", "--output", str(target))
        out, err = process.communicate(timeout=60)
    assert (process.returncode, "1 个条款，1 个问法" in out) == (0, True), err
    assert json.loads(target.read_text(encoding="utf-8"))["clause"] == "某府〔2025〕1号 二"
    assert not (folder / "questions").exists()


def test_an_interruption_loses_nothing_that_was_drafted(
    started: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    written = folder / "questions" / "rules.jsonl"
    with scripted_model([Said(reply("租房补点钱不")), Said(wait=3)]) as model:
        process = started(model.base_url, "1号文")
        deadline = time.monotonic() + 60
        while len(model.asked) < 2 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert f"已写成的 1 个问法留在 {written}" in err
    assert json.loads(written.read_text(encoding="utf-8"))["question"] == "租房补点钱不"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("9号文",), "没有名为“9号文”的文件"),
        (("1号文", "--clause", "第9条"), "没有“第9条”"),
        (("1号文", "--against", "/nowhere.jsonl"), "/nowhere.jsonl 打不开"),
    ],
)
def test_bad_input_is_one_sentence(run: Run, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = run("http://127.0.0.1:9/v1", *arguments)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("错误：") and words in err


def test_without_a_model_one_sentence_says_what_to_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_MODEL", "")
    status, out, err = run("", "1号文")
    assert (status, out) == (1, "")
    assert err.startswith("错误：没有设置语言模型") and err.count("\n") == 1
