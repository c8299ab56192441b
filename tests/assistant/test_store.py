"""The store: what is written is masked, comes back as it was, survives reopening, threads and a kill; its exports."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Boolean, Date, Integer

from assistant.__main__ import main
from assistant.cells import cell_text
from assistant.settings import ROOT, Settings
from assistant.store import TABLES, AddedQuestion, Feedback, Lookup, Note, Store, open_state
from assistant.store.export import columns, to_csv, to_jsonl
from assistant.store.tables import Instant, Masked, MaskedJson
from index.questions import Row, read
from index.types import ClauseRef, PolicyError

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
REF = ClauseRef("沪府办发〔2025〕5号", "二/(六)/16")
PHONE = "13800138000"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "state.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store.open(path)
    yield opened
    opened.close()


def opinion(question: str = "广告业有什么支持？", at: datetime = NOW, **more: Any) -> Feedback:
    fields = {"verdict": "down", "reason": "没有答到", "answer": "有。[1]", "status": "answered"}
    return Feedback(at=at, question=question, as_of=date(2026, 11, 20), **(fields | more))


def note(query: str, at: datetime = NOW, **more: Any) -> Note:
    return Note(at=at, query=query, **more)


def test_a_row_comes_back_as_it_was_after_reopening(path: Path, store: Store) -> None:
    store.add_feedback(opinion(citations=(str(REF),), composer="extractive"))
    store.add_note(
        note("剧本杀店", filters={"district": "静安区", "in_force": True}, note="问了两次", author="甲")
    )
    store.close()
    again = Store.open(path)
    (kept,) = again.rows(Feedback)
    assert kept.to_json() == {
        "id": 1,
        "at": "2026-11-20T09:30:00+00:00",
        "verdict": "down",
        "reason": "没有答到",
        "question": "广告业有什么支持？",
        "answer": "有。[1]",
        "status": "answered",
        "citations": ("沪府办发〔2025〕5号 二/(六)/16",),
        "composer": "extractive",
        "as_of": "2026-11-20",
        "language": "zh",
    }
    (noted,) = again.recent(Note)
    assert (noted.query, noted.filters, noted.author) == (
        "剧本杀店",
        {"district": "静安区", "in_force": True},
        "甲",
    )


def test_every_text_column_masks_what_it_is_given() -> None:
    for table in TABLES.values():
        for column in table.__table__.columns:
            others = (Masked, MaskedJson, Instant, Integer, Boolean, Date)
            assert isinstance(column.type, others) or column.name == "letters", (
                f"{table.__tablename__}.{column.name}"
            )


def test_a_number_given_anywhere_is_nowhere_in_the_file(path: Path, store: Store) -> None:
    said = f"我是{PHONE}"
    store.add_feedback(
        opinion(said, verdict=said, reason=said, answer=said, citations=(said,), composer=said)
    )
    store.add_note(note(said, filters={said: [said, {"a": said}]}, note=said, author=said))
    store.record_lookup(said, 3, NOW)
    added = store.add_question(REF, f"{said}怎么办", said, NOW, said)
    store.withdraw(added.id, said, NOW)
    assert added.question == "我是［手机号］怎么办"
    assert [row.query for row in store.frequent()] == ["我是［手机号］"]
    store.close()
    for file in path.parent.iterdir():
        assert PHONE.encode() not in file.read_bytes(), file.name


@pytest.mark.parametrize("text", ["", "\0", "\ud800半个字", "a\0b", "😀" * 3000, "'; DROP TABLE notes; --"])
def test_any_text_is_taken(store: Store, text: str) -> None:
    store.add_note(note(text, note=text))
    store.record_lookup(text, 0, NOW)
    (kept,) = store.rows(Note)
    assert len(kept.note) <= 2000 and not set(kept.note) & {"\0", "\ud800"}


@given(st.text())
def test_no_text_begins_like_a_formula_in_a_cell(text: str) -> None:
    cell = cell_text(text)
    assert cell_text(cell) == cell and cell.strip()[:1] not in [*"=+-@＝＋－＠"]
    assert text.endswith(cell.lstrip("'")) or not text.isprintable()


def test_times_are_utc_and_know_it(store: Store) -> None:
    shanghai = timezone(timedelta(hours=8))
    store.add_note(note("a", NOW.astimezone(shanghai)))
    (kept,) = store.rows(Note)
    assert kept.at == NOW and kept.at.tzinfo is UTC
    with pytest.raises(Exception, match="no time zone"):
        store.add_note(note("b", NOW.replace(tzinfo=None)))
    assert store.size(Note) == 1


def test_lookups_are_counted_by_their_letters(store: Store) -> None:
    for query, hits in (("广告业补贴？", 3), ("廣告業 補貼", 5), ("剧本杀", 0), ("？！", 0), ("剧本杀", 0)):
        store.record_lookup(query, hits, NOW)
    found = [(row.query, row.times, row.hits, row.missed) for row in store.frequent()]
    assert sorted(found) == [("剧本杀", 2, 0, 2), ("广告业 补贴", 2, 5, 0)]
    assert [row.query for row in store.unanswered()] == ["剧本杀"]


def test_a_query_is_unanswered_until_it_finds_something_or_a_question_is_added(store: Store) -> None:
    store.record_lookup("剧本杀", 0, NOW)
    store.add_note(note("电竞馆补贴", NOW + timedelta(hours=1)))
    assert {row.query for row in store.unanswered()} == {"剧本杀", "电竞馆补贴"}
    assert [row.query for row in store.unanswered(since=NOW + timedelta(minutes=1))] == ["电竞馆补贴"]
    assert [row.query for row in store.frequent()] == ["剧本杀"]
    store.record_lookup("剧本杀", 2, NOW)
    added = store.add_question(REF, "电竞馆，补贴？", "甲", NOW)
    assert store.unanswered() == []
    store.withdraw(added.id, "乙", NOW)
    assert [row.query for row in store.unanswered()] == ["电竞馆补贴"]


def test_a_question_is_added_once_and_withdrawn_once(store: Store) -> None:
    added = store.add_question(REF, " 电竞馆  能补贴吗 ", "甲", NOW, "spoken")
    with pytest.raises(PolicyError, match="“电竞馆能补贴吗？”已经加过了"):
        store.add_question(REF, "电竞馆能补贴吗？", "乙", NOW)
    assert store.known_questions() == [Row("补充问法 1", REF, "电竞馆 能补贴吗", "spoken", "甲")]
    assert store.withdraw(added.id, "乙", NOW) and not store.withdraw(added.id, "乙", NOW)
    (gone,) = store.added_questions(active=False)
    assert (gone.withdrawn_by, gone.withdrawn_at, store.known_questions()) == ("乙", NOW, [])
    assert store.add_question(REF, "电竞馆能补贴吗？", "乙", NOW).id == 2


def test_threads_that_write_at_once_lose_nothing(store: Store) -> None:
    def work(thread: int) -> None:
        for at in range(25):
            store.add_feedback(opinion(f"{thread} {at}"))
            store.record_lookup("大家都问的", at, NOW)
            store.add_note(note("大家都问的"))
            store.frequent()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))
    assert {row.question for row in store.rows(Feedback)} == {
        f"{t} {at}" for t in range(12) for at in range(25)
    }
    (counted,) = store.rows(Lookup)
    assert (counted.times, counted.noted, store.size(Note)) == (300, 300, 300)


def test_of_threads_that_add_the_same_question_one_succeeds(store: Store) -> None:
    def add(at: int) -> bool:
        try:
            return bool(store.add_question(REF, "电竞馆能补贴吗", f"第{at}位", NOW))
        except PolicyError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(16))) == 1


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assistant.store import Note, Store
store = Store.open(Path(sys.argv[1]))
for at in range(100_000):
    store.add_note(Note(at=datetime(2026, 11, 20, tzinfo=UTC), query=f"{sys.argv[2]} {at}"))
    if sys.argv[3] == str(at):
        break
    print(at, flush=True)
"""


def writer(path: Path, name: str, last: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, last], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_two_programs_write_to_one_file_that_neither_had(path: Path) -> None:
    running = [writer(path, name, "40") for name in "ab"]
    assert [one.communicate(timeout=60) and one.returncode for one in running] == [0, 0]
    assert Store.open(path).size(Note) == 82


def test_what_was_written_before_a_kill_is_there_and_the_file_is_whole(path: Path) -> None:
    running = writer(path, "a", "never")
    assert running.stdout is not None
    said = [running.stdout.readline() for _ in range(30)]
    running.kill()
    running.wait()
    again = Store.open(path)
    assert again.size(Note) >= len(said)
    again.add_note(note("nach"))
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_older_rows_go_at_opening_and_questions_in_use_stay(path: Path, store: Store) -> None:
    old = NOW - timedelta(days=31)
    store.add_feedback(opinion("old", old))
    store.add_feedback(opinion("new"))
    store.add_note(note("old", old))
    store.record_lookup("新近的", 1, NOW)
    store.add_question(REF, "还在用的老问法", "甲", old)
    gone = store.add_question(REF, "早就撤下的老问法", "甲", old)
    store.withdraw(gone.id, "甲", old)
    open_state(Settings(state_file=path), NOW)
    assert (store.size(Feedback), store.size(AddedQuestion)) == (2, 2)
    kept = open_state(Settings(state_file=path, state_days=30), NOW)
    assert [row.question for row in kept.rows(Feedback)] == ["new"]
    assert [row.query for row in kept.rows(Lookup)] == ["新近的"] and kept.size(Note) == 0
    assert [row.question for row in kept.rows(AddedQuestion)] == ["还在用的老问法"]


def test_a_file_that_is_no_database_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("这不是数据库，" * 100, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"state\.sqlite3 打不开"):
        Store.open(path)
    assert path.read_text(encoding="utf-8").startswith("这不是数据库")


def test_a_file_of_a_later_version_is_left_alone(path: Path, store: Store) -> None:
    store.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(PolicyError, match="更新版本"):
        Store.open(path)


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="打不开"):
        Store.open(tmp_path)


def test_nobody_else_on_the_machine_can_read_the_file(path: Path, store: Store) -> None:
    store.add_note(note("a"))
    assert {oct(file.stat().st_mode & 0o077) for file in path.parent.iterdir()} == {"0o0"}


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r", " =", "＝", "　＠"])
def test_no_cell_of_an_export_is_a_formula(store: Store, begin: str) -> None:
    store.add_note(note(f"{begin}HYPERLINK(1)", filters={}, author=f"{begin}1+1"))
    (row,) = csv.DictReader(io.StringIO("".join(to_csv(store, "notes")).removeprefix("\ufeff")))
    assert row["query"] == f"'{begin}HYPERLINK(1)" and row["author"] == f"'{begin}1+1"


def test_exports_hold_every_row_and_column(store: Store) -> None:
    for at in range(1200):  # more than are read at a time
        store.record_lookup(f"第{at}个，“问题”\u2028换行", at % 2, NOW)
    lines = list(to_jsonl(store, "lookups"))
    assert len("".join(lines).splitlines()) == 1200
    assert all(list(json.loads(line)) == columns("lookups") for line in lines)
    table = list(csv.reader(io.StringIO("".join(to_csv(store, "lookups")))))
    assert len(table) == 1201 and {len(row) for row in table} == {len(columns("lookups"))}


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("POLICY_STATE_FILE", str(path))

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["assistant", "export-state", *map(str, arguments)])
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_the_command_writes_each_table_in_both_forms(run: Run, store: Store, tmp_path: Path) -> None:
    store.add_feedback(opinion(citations=(str(REF), "b")))
    target = tmp_path / "f.csv"
    assert run("feedback", "--output", target) == (0, f"已写入 {target}：1 行。\n", "")
    assert target.read_bytes().startswith(b"\xef\xbb\xbf") and f"{REF}；b" in target.read_text(
        encoding="utf-8"
    )
    for name in TABLES:
        assert run(name, "--output", tmp_path / f"{name}.jsonl")[0] == 0
    assert json.loads((tmp_path / "feedback.jsonl").read_text(encoding="utf-8"))["citations"] == [
        str(REF),
        "b",
    ]


def test_known_questions_are_written_as_their_files_are(run: Run, store: Store, tmp_path: Path) -> None:
    store.add_question(REF, "电竞馆能补贴吗", "甲", NOW, "spoken")
    target = tmp_path / "added.jsonl"
    assert run("known_questions", "--output", target)[0] == 0
    assert list(read(target)) == [Row("added.jsonl 第 1 行", REF, "电竞馆能补贴吗", "spoken", "甲")]


def test_what_cannot_be_exported_is_one_sentence(run: Run, path: Path, tmp_path: Path) -> None:
    assert run("notes", "--output", tmp_path / "a.csv")[2] == f"错误：{path} 还不存在：网页还没有存过什么。\n"
    Store.open(path).close()
    for arguments in (
        ("users", "--output", tmp_path / "a.csv"),
        ("notes", "--output", tmp_path / "a.pdf"),
        ("notes", "--output", tmp_path / "none" / "a.csv"),
    ):
        status, out, err = run(*arguments)
        assert (status, out, err.count("\n")) == (1, "", 1) and err.startswith("错误：")
