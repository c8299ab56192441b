"""python -m assistant ask | chat: what it prints, where it writes, and one sentence for bad input."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.__main__ import main
from assistant.settings import ROOT
from assistant.store import Store
from index.store import Stored
from index.types import ClauseRef

Run = Callable[..., tuple[int, str, str]]
LINES = """{"id": "a", "question": "5号文第16条说了什么？"}
{"id": "b", "question": "谢谢"}
"""


@pytest.fixture
def run(
    stored: Stored,
    index_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """The command line in this process, over the tests' own index: (exit status, stdout, stderr)."""
    for name in [name for name in os.environ if name.startswith("POLICY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("POLICY_INDEX_DIR", str(index_dir))
    monkeypatch.setenv("POLICY_STATE_FILE", str(tmp_path / "state.sqlite3"))
    monkeypatch.setenv("POLICY_AS_OF", "2026-11-20")

    def command(*arguments: str | Path, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def one_sentence(err: str) -> bool:
    return err.startswith("错误：") and err.count("\n") == 1 and "Traceback" not in err


def test_one_question_is_answered_as_markdown_with_its_clauses(run: Run) -> None:
    status, out, err = run("ask", "5号文第16条的责任单位是谁？")
    assert (status, err) == (0, "")
    assert "市委金融办" in out.splitlines()[0]
    assert "**依据**" in out and "- [1] 沪府办发〔2025〕5号《上海市促进服务业创新发展若干措施》" in out


def test_with_json_one_object_is_printed(run: Run) -> None:
    status, out, _ = run("ask", "5号文还有效吗？", "--json", "--as-of", "2028-04-01")
    row = json.loads(out)
    assert (status, row["status"], row["citations"][0]["validity"]) == (0, "answered", "expired")


def test_the_day_is_that_of_the_setting_unless_given(run: Run) -> None:
    assert json.loads(run("ask", "5号文还有效吗？", "--json")[1])["citations"][0]["validity"] == "in_force"


def test_a_profile_is_taken_into_account(run: Run) -> None:
    status, out, _ = run(
        "ask", "有什么支持？", "--json", "--profile", '{"industry":"广告业","district":"静安区"}'
    )
    row = json.loads(out)
    assert (status, row["status"]) == (0, "answered")
    assert any("广告" in citation["quote"] for citation in row["citations"])


def test_a_file_is_answered_line_by_line_into_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(LINES, encoding="utf-8")
    status, out, _ = run("ask", "--input", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
    assert (status, out) == (0, "")
    answered = rows((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert [(row["id"], row["status"]) for row in answered] == [("a", "answered"), ("b", "out_of_scope")]


@pytest.mark.parametrize("target", [(), ("--output", "-")])
def test_a_dash_is_standard_input_and_output(run: Run, target: tuple[str, ...]) -> None:
    status, out, _ = run("ask", "--input", "-", *target, stdin=LINES)
    assert (status, [row["id"] for row in rows(out)]) == (0, ["a", "b"])


def test_a_byte_order_mark_is_no_part_of_the_first_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(LINES, encoding="utf-8-sig")
    assert run("ask", "--input", tmp_path / "in.jsonl")[0] == 0


def test_a_bad_line_ends_with_status_one_and_the_others_are_answered(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(f"{{bad\n{LINES}", encoding="utf-8")
    status, out, _ = run("ask", "--input", tmp_path / "in.jsonl")
    assert status == 1
    assert [row["status"] for row in rows(out)] == ["invalid_input", "answered", "out_of_scope"]


def test_as_of_of_the_command_counts_for_every_line(run: Run) -> None:
    line = '{"question": "5号文还有效吗？"}\n'
    _, out, _ = run("ask", "--input", "-", "--as-of", "2025-03-01", stdin=line)
    assert rows(out)[0]["citations"][0]["validity"] == "not_yet_in_force"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("ask",), "二者选一"),
        (("ask", "问题", "--input", "in.jsonl"), "二者选一"),
        (("ask", "--input", "/nowhere/in.jsonl"), "/nowhere/in.jsonl"),
        (("ask", "--input", str(ROOT)), str(ROOT)),
        (("ask", "--input", "-", "--output", "/nowhere/out.jsonl"), "/nowhere/out.jsonl"),
        (("ask", "问题", "--as-of", "明天"), "--as-of"),
        (("ask", "问题", "--as-of", "2026-02-30"), "--as-of"),
        (("ask", "问题", "--profile", "{"), "--profile"),
        (("ask", "问题", "--profile", "[]"), "profile"),
        (("ask", "问题", "--profile", '{"traits": "AI"}'), "profile.traits"),
    ],
)
def test_bad_input_ends_with_one_sentence_and_status_one(
    run: Run, arguments: tuple[str, ...], named: str
) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert one_sentence(err) and named in err


def test_a_blank_question_ends_with_status_one(run: Run) -> None:
    status, out, _ = run("ask", " ")
    assert status == 1 and "空" in out


def test_a_bad_setting_is_one_sentence_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_AS_OF", "soon")
    status, _, err = run("ask", "问题")
    assert status == 1 and one_sentence(err) and "POLICY_AS_OF" in err


def test_a_file_in_another_encoding_is_named_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(LINES, encoding="gb18030")
    status, _, err = run("ask", "--input", tmp_path / "in.jsonl")
    assert status == 1 and one_sentence(err)


def test_a_file_is_never_overwritten_by_its_own_answers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(LINES, encoding="utf-8")
    status, _, err = run("ask", "--input", tmp_path / "in.jsonl", "--output", tmp_path / "in.jsonl")
    assert status == 1 and one_sentence(err)
    assert (tmp_path / "in.jsonl").read_text(encoding="utf-8") == LINES


def test_an_id_that_utf8_cannot_hold_costs_no_other_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "\\ud800", "question": "谢谢"}\n' + LINES, encoding="utf-8")
    run("ask", "--input", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
    assert len(rows((tmp_path / "out.jsonl").read_text(encoding="utf-8"))) == 3


def test_a_line_separator_inside_a_question_is_no_end_of_its_line(run: Run) -> None:
    _, out, _ = run("ask", "--input", "-", stdin='{"question": "5号文\u2028还有效吗？"}\n')
    assert [row["status"] for row in rows(out)] == ["answered"]


@pytest.mark.parametrize(
    "arguments", [("--input", "-", "--profile", '{"industry":"广告业"}'), ("谢谢", "--output", "out.jsonl")]
)
def test_an_option_that_has_no_effect_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    status, _, err = run("ask", *arguments, stdin=LINES)
    assert status == 1 and one_sentence(err)


def test_chat_answers_until_an_empty_line_and_remembers_the_talk(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter(["5号文第16条说了什么？", "这条什么时候到期？", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(asked))
    status, out, _ = run("chat")
    assert status == 0
    assert "微短剧" in out and "有效期至2028年3月19日" in out.split("微短剧")[-1]


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["chat", "--help"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys; sys.argv[1:] = " + repr(arguments) + "\n"
        "from assistant.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = 'torch faiss gradio langchain langchain_core jieba bm25s sentence_transformers transformers'\n"
        "print('LOADED', sorted(set(heavy.split()) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"
    assert "ask" in done.stdout or "--help" in done.stdout


def test_the_module_runs_as_a_program_and_answers_with_status_one_for_bad_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "ask"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert one_sentence(done.stderr)


def test_a_question_loads_neither_the_page_nor_langchain(index_dir: Path, stored: Stored) -> None:
    code = (
        "import sys; sys.argv[1:] = ['ask', '谢谢']\n"
        "from assistant.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('LOADED', sorted({'torch', 'gradio', 'langchain', 'langchain_core'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "POLICY_INDEX_DIR": str(index_dir)},
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"


FIRM = '{"industry":"广告业","district":"静安区"}'


def test_match_prints_the_list_as_markdown_or_as_one_object(run: Run) -> None:
    status, out, err = run("match", "--profile", FIRM)
    assert (status, err) == (0, "") and out.startswith("共核对 ") and "## 适用（" in out
    row = json.loads(run("match", "--profile", FIRM, "--json", "--as-of", "2025-01-02")[1])
    assert row["as_of"] == "2025-01-02" and row["checked"] == len(row["matches"])
    assert "not_yet_in_force" in {one["validity"] for one in row["matches"]}


def test_match_of_one_document_leaves_the_others_out(run: Run) -> None:
    row = json.loads(run("match", "--profile", FIRM, "--json", "--document", "5号文")[1])
    assert {one["document_number"] for one in row["matches"]} == {"沪府办发〔2025〕5号"}


@pytest.mark.parametrize("suffix", [".json", ".md", ".csv", ".xlsx", ".CSV"])
def test_match_writes_the_form_of_the_extension(run: Run, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"list{suffix}"
    status, out, _ = run("match", "--profile", FIRM, "--output", target)
    assert status == 0 and out.startswith("共核对 ") and str(target) in out
    begin = {".json": b"{", ".md": "共".encode(), ".csv": b"\xef\xbb\xbf", ".xlsx": b"PK"}[suffix.lower()]
    data = target.read_bytes()
    assert data.startswith(begin) and b"\r\r\n" not in data


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("match", "--profile", "{"), "--profile"),
        (("match", "--profile", "[]"), "profile"),
        (("match", "--profile", "1" * 5000), "--profile"),
        (("match", "--profile", "[" * 100_000), "--profile"),
        (("match", "--profile", '{"industry":"炼金术"}'), "炼金术"),
        (("match", "--profile", '{"size":"中小微企业","traits":["总部"]}'), "自相矛盾"),
        (("match", "--as-of", "明天"), "--as-of"),
        (("match", "--output", "list.docx"), ".docx"),
        (("match", "--output", "list"), "扩展名"),
        (("match", "--output", "/nowhere/list.csv"), "/nowhere/list.csv"),
        (("match", "--output", "/nowhere/list.xlsx"), "/nowhere/list.xlsx"),
        (("match", "--document", "99号文"), "99号文"),
        (("expiring", "--as-of", "2026-02-30"), "--as-of"),
        (("changes", "99号文", "5号文"), "99号文"),
    ],
)
def test_bad_input_of_the_lists_is_one_sentence(run: Run, arguments: tuple[str, ...], named: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert one_sentence(err) and named in err


def test_expiring_names_documents_with_their_last_day_or_says_that_there_are_none(run: Run) -> None:
    status, out, _ = run("expiring", "--within", "500")
    assert status == 0 and "2028-03-19  沪府办发〔2025〕5号" in out and "（还有 485 天）" in out
    assert run("expiring", "--within", "30")[1] == "30 天之内没有现行文件到期。\n"
    assert run("expiring", "--within", "99999999999")[0] == 0


def test_changes_puts_two_documents_side_by_side(run: Run) -> None:
    status, out, _ = run("changes", "5号文", "2026年1号文")
    assert status == 0
    assert [line.split("：")[0][:2] for line in out.splitlines() if not line.startswith(" ")] == [
        "两份",
        "只有",
        "只有",
    ]
    assert "    「" in out


def test_one_question_uses_what_was_added_on_the_page_and_a_batch_does_not(run: Run, tmp_path: Path) -> None:
    question, clause = (
        "咱那机房跑大模型的电费贵得要命，有人管吗",
        ClauseRef("沪府办发〔2025〕5号", "二/(三)/8"),
    )
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "a", "question": question}, ensure_ascii=False), encoding="utf-8")
    answers = []
    for known in (False, True):
        if known:
            store = Store.open(tmp_path / "state.sqlite3")
            store.add_question(clause, question, "热线", datetime(2026, 11, 20, tzinfo=UTC))
            store.close()
        one = json.loads(run("ask", "--json", question)[1])
        assert run("ask", "--input", source, "--output", target)[0] == 0
        answers.append((one["retrieved"][0]["clause_path"], rows(target.read_text("utf-8"))[0]["retrieved"]))
    assert answers[0][0] != clause.path and answers[1][0] == clause.path
    assert answers[0][1] == answers[1][1]
