"""Known questions: what the check finds, with file and line, and how many each clause has."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import __main__ as command_line
from index.library import parse_all
from index.questions import REGISTERS, Row, _alike, alike, asked_in, check, count, files, letters, read
from index.types import PolicyError

ROOT = Path(__file__).resolve().parents[2]
RULES = "某府〔2025〕1号\n一、租房\n对新设企业给予租房补贴。\n二、办展\n对办展企业给予奖励。"
RENT, SHOW = "某府〔2025〕1号 一", "某府〔2025〕1号 二"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "questions").mkdir()
    (tmp_path / "rules.txt").write_text(RULES, encoding="utf-8")
    return tmp_path


def row(question: str, clause: str = RENT, **more: object) -> dict[str, object]:
    return {"clause": clause, "question": question, "register": "plain", "author": "甲", **more}


def checked(folder: Path, *rows: dict[str, object] | str, against: tuple[Path, ...] = ()) -> list[str]:
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows]
    (folder / "questions" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return check(folder, parse_all(folder)[0], against)


def test_good_rows_raise_nothing(folder: Path) -> None:
    assert (
        checked(
            folder, row("公司租房有补贴吗"), row("办展有奖励吗", SHOW), "", row("房租补", register="spoken")
        )
        == []
    )


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("not json", "a.jsonl 第 2 行：不是合法的 JSON 对象"),
        ("[" * 100_000, "a.jsonl 第 2 行：不是合法的 JSON 对象"),
        ('{"clause": "某府〔2025〕1号 一"}', "a.jsonl 第 2 行：缺少 clause 或 question"),
        (
            '{"clause": "某府〔2025〕1号 一", "question": "半\\ud800个字", "author": "甲"}',
            "第 2 行：问题里有半个字符",
        ),
        (row("有吗有吗", "某府〔2025〕1号 九"), "a.jsonl 第 2 行：条款“某府〔2025〕1号 九”不存在"),
        (row("有吗有吗", "没有空格"), "a.jsonl 第 2 行：“没有空格”不是条款编号"),
        (row("补贴怎么领", author=""), "a.jsonl 第 2 行：没有写 author"),
        (row("补贴怎么领", author=None), "a.jsonl 第 2 行：没有写 author"),
        (row("补贴怎么领", register="诗"), "a.jsonl 第 2 行：不认识的 register“诗”"),
        (row("嗯？"), "a.jsonl 第 2 行：“嗯？”太短"),
        (row("补" * 201), "a.jsonl 第 2 行：问题太长（201 个字"),
        (
            row("公司租房有補貼嗎?"),
            "a.jsonl 第 2 行：“公司租房有補貼嗎?”在 a.jsonl 第 1 行 已经有了，不必再写一遍。",
        ),
        (row("公司租房,有补贴吗", SHOW), "在 a.jsonl 第 1 行 已经有了，却指向另一条款（某府〔2025〕1号 一）"),
        (row("那公司租房有补贴吗", SHOW), "与 a.jsonl 第 1 行“公司租房有补贴吗”几乎相同，却指向另一条款"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_file_and_line(
    folder: Path, bad: dict[str, object] | str, words: str
) -> None:
    (problem,) = checked(folder, row("公司租房有补贴吗"), bad)
    assert words in problem and problem.endswith("。") and "\n" not in problem


def test_nearly_the_same_question_of_one_clause_is_another_way_of_asking(folder: Path) -> None:
    assert checked(folder, row("公司租房有补贴吗"), row("那公司租房有补贴吗")) == []


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "questions" / "b.jsonl").write_bytes("问题".encode("gb18030"))
    assert checked(folder) == ["b.jsonl：读不出来，已跳过；请检查权限，并另存为 UTF-8。"]


def test_a_question_of_an_evaluation_is_named_with_its_case(folder: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "a", "question": "公司租房，有补贴吗？"}\n', encoding="utf-8")
    (problem,) = checked(folder, row("公司租房有补贴吗"), against=(cases,))
    assert problem.startswith("a.jsonl 第 1 行：与评测用例 cases.jsonl 第 1 行 的问题相同，请删去")


@pytest.mark.parametrize("text", ["[1]\n", "{}\n", "x\n", '{"question": 3}\n'])
def test_cases_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "cases.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"cases\.jsonl 第 1 行"):
        asked_in([tmp_path / "cases.jsonl"])


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "clause": st.sampled_from([RENT, SHOW, "某府〔2025〕1号 九"]) | ANY_JSON,
        "question": st.text("公司租房补贴吗？ a", max_size=9) | ANY_JSON,
        "register": st.sampled_from(REGISTERS) | ANY_JSON,
        "author": ANY_JSON,
    },
)
LINES = st.text() | (ANY_JSON | ROWS).map(json.dumps)


@given(st.lists(LINES, max_size=6), st.binary(max_size=20))
def test_any_lines_are_checked_counted_and_named_by_their_file(lines: list[str], tail: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "questions").mkdir()
        (folder / "rules.txt").write_text(RULES, encoding="utf-8")
        text = "\n".join(lines).encode("utf-8", "surrogatepass")
        (folder / "questions" / "a.jsonl").write_bytes(text)
        (folder / "questions" / "b.jsonl").write_bytes(text + tail)
        documents = parse_all(folder)[0]
        for problem in check(folder, documents):
            assert problem.startswith(("a.jsonl", "b.jsonl")) and problem.endswith("。")
        rows = [row for path in files(folder) for row in read(path) if isinstance(row, Row)]
        assert sum(one.total for one in count(folder, documents)["某府〔2025〕1号"]) <= len(rows)


@given(st.lists(st.text("甲乙丙丁戊", max_size=9), max_size=12))
def test_alike_is_what_comparing_all_with_all_finds(texts: list[str]) -> None:
    def grams(text: str) -> set[str]:
        return {text[at : at + 2] for at in range(len(text) - 1)}

    expected = {
        (early, late)
        for late in range(len(texts))
        for early in range(late)
        if (both := grams(texts[early]) | grams(texts[late]))
        and len(grams(texts[early]) & grams(texts[late])) >= 0.8 * len(both)
    }
    assert set(_alike(texts)) == expected


@given(st.text("甲乙丙", max_size=9), st.text("甲乙丙", max_size=9))
def test_two_texts_are_alike_if_the_check_of_many_says_so(one: str, other: str) -> None:
    assert alike(one, other) == (one == other or bool(list(_alike([one, other]))))


def test_counts_are_by_clause_author_and_register(folder: Path) -> None:
    checked(folder, *(row(f"租房补贴问法{at}", author=random.Random(at).choice("甲乙")) for at in range(12)))
    found = {str(one.clause.ref): one for one in count(folder, parse_all(folder)[0])["某府〔2025〕1号"]}
    assert (found[RENT].total, found[RENT].askable, found[RENT].too_few) == (12, True, False)
    assert (found[SHOW].total, found[SHOW].too_few) == (0, True)
    assert set(found[RENT].authors) == {"甲", "乙"} and found[RENT].registers == {"plain": 12}
    assert [one.too_few for name, one in found.items() if name.endswith("题头")] == [False]


def test_letters_are_compared_in_one_writing() -> None:
    assert letters("公司租房，有補貼嗎？ＡＩ！") == letters("公司租房有补贴吗AI")
    assert Row("x", parse_all(ROOT / "documents")[0][0].clauses[0].ref, "x").author == ""


def test_the_shipped_questions_hold_and_none_is_a_case() -> None:
    # Of match.jsonl the lines are firms and no questions.
    cases = sorted(set((ROOT / "eval" / "cases").glob("*.jsonl")) - {ROOT / "eval" / "cases" / "match.jsonl"})
    assert cases and check(ROOT / "documents", parse_all(ROOT / "documents")[0], cases) == []


def test_every_shipped_clause_that_can_be_asked_about_has_twelve() -> None:
    counts = count(ROOT / "documents", parse_all(ROOT / "documents")[0])
    assert [str(one.clause.ref) for rows in counts.values() for one in rows if one.too_few] == []


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """`questions` with what a process that it starts says: (exit status, stdout, stderr)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["index", "questions", *arguments])
        with pytest.raises(SystemExit) as stop:
            command_line.main()
        shown = capfd.readouterr()
        return int(stop.value.code or 0), shown.out, shown.err

    return call


def test_check_ends_with_status_1_where_something_is_wrong(run: Run, folder: Path) -> None:
    checked(folder, row("公司租房有补贴吗"))
    assert run("check", "--documents", str(folder)) == (0, "1 个文件，没有问题。\n", "")
    checked(folder, row("公司租房有补贴吗"), "x")
    status, out, _ = run("check", "--documents", str(folder))
    assert (status, out.splitlines()[-1]) == (1, "1 个文件，1 处要改。")


def test_stats_name_the_clauses_with_too_few(run: Run, folder: Path) -> None:
    checked(folder, row("公司租房有补贴吗"))
    status, out, _ = run("stats", "--documents", str(folder))
    assert status == 0
    assert "不足 12 个问法的 2 个\n  作者：甲 1\n  语体：plain 1\n" in out
    assert out.splitlines()[-3:] == [
        "1 份文件：1 个问法，3 个条款，其中可能被问到的 2 个，不足 12 个问法的 2 个",
        f"     1  {RENT}",
        f"     0  {SHOW}",
    ]
    rows = json.loads(run("stats", "--documents", str(folder), "--json")[1])["某府〔2025〕1号"]
    assert [(one["clause_path"], one["questions"], one["too_few"]) for one in rows][1:] == [
        ("一", 1, True),
        ("二", 0, True),
    ]


def test_draft_hands_everything_on_and_ends_with_the_same_status(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)  # as the command is run
    status, out, _ = run("draft", "--help")
    assert status == 0 and "--against" in out
    status, out, err = run("draft", "99号文")
    assert (status, out) == (1, "") and err.startswith("错误：没有名为“99号文”的文件")
    assert run("draft", "--nonsense")[0] == 2


def test_cases_that_are_not_there_are_one_sentence(run: Run, folder: Path) -> None:
    status, out, err = run("check", "--documents", str(folder), "--against", "/nowhere.jsonl")
    assert (status, out, err.count("\n")) == (1, "", 1) and err.startswith("错误：/nowhere.jsonl 打不开")
