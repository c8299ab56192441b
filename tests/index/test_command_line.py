"""`python -m index`: the forms of the contract, one sentence and status 1 for what is wrong, nothing heavy imported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index import __main__ as command_line
from index import encoder
from index.encoder import HashEncoder

ROOT = Path(__file__).resolve().parents[2]
MEASURES = "沪府办发〔2025〕5号"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command line in this process, with the test encoder and an index of its own."""
    monkeypatch.setattr(encoder, "load_encoder", lambda *_, **__: HashEncoder(64))
    monkeypatch.setattr(encoder, "fingerprint_of", lambda _: "hash-64")

    def call(*arguments: str) -> Ran:
        options = [] if "--documents" in arguments else ["--documents", str(ROOT / "documents")]
        options += [] if arguments[0] == "show" else ["--index", str(tmp_path / "index")]
        monkeypatch.setattr(sys, "argv", ["index", *arguments, *options])
        with pytest.raises(SystemExit) as stop:
            command_line.main()
            raise SystemExit(0)
        shown = capsys.readouterr()
        return Ran(int(stop.value.code or 0), shown.out, shown.err)

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    text = "某府〔2025〕1号\n一、目标\n做强。\n二、任务\n支持广告企业发展。"
    (tmp_path / "documents" / "a.txt").write_text(text, encoding="utf-8")
    return tmp_path / "documents"


def test_a_build_says_what_it_did(run: Run, folder: Path) -> None:
    first = run("build", "--documents", str(folder))
    assert (first.status, first.err) == (0, "")
    assert "新增 1，变化 0，未变 0，移除 0" in first.out
    assert "1 份文件，3 个条款" in first.out
    assert "没有变化：新增 0，变化 0，未变 1，移除 0" in run("build", "--documents", str(folder)).out
    (folder / "a.txt").write_text("某府〔2025〕1号\n一、目标\n做优。", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    third = run("build", "--documents", str(folder))
    assert "新增 1，变化 1，未变 0，移除 0" in third.out
    assert third.err == "注意：empty.txt：文件是空的，请放入正文后重新构建。\n"
    assert "新增 2" in run("build", "--documents", str(folder), "--rebuild").out


def test_status_has_the_keys_that_programs_read(run: Run, folder: Path) -> None:
    before = run("status", "--documents", str(folder), "--json").json
    assert (before["stale"], before["fingerprint"], before["passages"]) == (True, None, 0)
    run("build", "--documents", str(folder))
    found = run("status", "--documents", str(folder), "--json").json
    assert found.keys() >= {"documents", "clauses", "passages", "encoder", "fingerprint", "stale", "problems"}
    assert (found["clauses"], found["encoder"], found["stale"], found["problems"]) == (3, "hash", False, [])
    assert found["passages"] == 3  # its sentences are too short to stand alone
    (row,) = found["documents"]
    assert (row["document_number"], row["file"], row["removals"], row["repairs"]) == (
        "某府〔2025〕1号",
        "a.txt",
        0,
        0,
    )
    (folder / "a.txt").write_text("某府〔2025〕1号\n一、目标\n做优。", encoding="utf-8")
    assert run("status", "--documents", str(folder), "--json").json["stale"] is True


def test_status_counts_removals_and_repairs_of_the_five_documents(run: Run) -> None:
    found = run("status", "--json").json
    counts = {row["document_number"]: (row["removals"], row["repairs"]) for row in found["documents"]}
    assert counts == {
        "沪府办发〔2021〕7号": (4, 0), "沪府办发〔2025〕23号": (0, 1), "沪府办发〔2025〕5号": (1, 0),
        "沪府发〔2026〕1号": (0, 2), "静府办发〔2021〕12号": (1, 0),
    }  # fmt: skip
    said = run("status").out
    assert "第 790 行 stray_link: “https://baike.so.com/doc/1413580-1494367.html” → “”" in said
    assert "“科技服务、专业服务 etc 知识密集” → “科技服务、专业服务等知识密集”" in said


def test_show_prints_a_document_as_the_contract_says(run: Run) -> None:
    found = run("show", "--json", "5号文").json
    assert (
        found.items()
        >= {
            "document_number": MEASURES,
            "title": "上海市促进服务业创新发展若干措施",
            "issuer": "上海市人民政府办公厅",
            "issued": "2025-03-12",
            "effective_from": "2025-03-20",
            "effective_to": "2028-03-19",
        }.items()
    )
    assert len(found["clauses"]) == 51
    clause = next(row for row in found["clauses"] if row["path"] == "一/(二)/5")
    assert (
        clause.items()
        >= {
            "path": "一/(二)/5",
            "label": "第5条",
            "title": "做好头部企业服务",
            "text": "5.做好头部企业服务。对经济增长上拉下拉作用明显的龙头企业，做好一对一服务。"
            "优化服务方式，针对重点项目特点，给予最大力度支持。（责任单位：各行业主管部门、各区政府）",
        }.items()
    )
    assert clause["departments"] == ["各行业主管部门", "各区政府"]
    assert clause["headings"] == ["一、强化服务经济主引擎作用", "(二)巩固存量优势"]


def test_unstated_dates_are_null(run: Run) -> None:
    found = run("show", "--json", "1号文").json
    assert (found["effective_from"], found["effective_to"]) == (None, None)


def test_show_prints_one_clause(run: Run) -> None:
    assert [row["path"] for row in run("show", "--json", MEASURES, "二/(六)/16").json["clauses"]] == [
        "二/(六)/16"
    ]
    said = run("show", "5号文", "第16条").out
    assert said.startswith(
        f"{MEASURES} 第16条（二/(六)/16）\n二、培育服务业发展新动能\n(六)降低企业成本\n16.降低融资成本。"
    )
    assert said.endswith("责任单位：市科委、市委金融办、上海金融监管局、市发展改革委、市商务委\n")


def test_show_prints_the_outline(run: Run) -> None:
    lines = run("show", "静安十四五").out.splitlines()
    assert lines[0] == "静府办发〔2021〕12号《静安区产业发展“十四五”规划》"
    assert lines[1] == "上海市静安区人民政府办公室，成文 2021-10-09，规划期 2021—2025"
    assert len(lines) == 2 + 65


def test_search_gives_clauses_best_first(run: Run, folder: Path) -> None:
    rows = run("search", "支持广告企业", "--documents", str(folder), "--json", "-k", "2").json
    assert (len(rows), rows[0]["document_number"], rows[0]["clause_path"]) == (2, "某府〔2025〕1号", "二")
    assert "某府〔2025〕1号 二" in run("search", "支持广告企业", "--documents", str(folder)).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "99号文"), "错误：没有名为“99号文”的文件；现有："),
        (("show", "5号文", "第40条"), f"错误：{MEASURES} 没有“第40条”，共31条"),
        (("build", "--documents", "/nowhere"), "错误：文件目录 /nowhere 不存在"),
        (("status", "--documents", "/nowhere"), "错误：文件目录 /nowhere 不存在"),
        (("search", "广告", "--documents", "/nowhere"), "错误：文件目录 /nowhere 不存在"),
    ],
)
def test_what_is_wrong_ends_with_one_sentence_and_status_1(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(words)
    assert ran.err.count("\n") == 1


def test_a_folder_without_documents_and_a_bad_manifest_end_so_too(run: Run, tmp_path: Path) -> None:
    empty = run("build", "--documents", str(tmp_path))
    assert empty.status == 1
    assert empty.err.endswith("中没有可读的政策文件，请放入 UTF-8 的 .txt 或 .md 文件后重试。\n")
    (tmp_path / "manifest.toml").write_text("[[document]\n", encoding="utf-8")
    bad = run("build", "--documents", str(tmp_path))
    assert (bad.status, bad.out, bad.err.count("\n")) == (1, "", 1)
    assert bad.err.startswith("错误：manifest.toml 不是合法的 TOML")


def test_an_index_that_cannot_be_written_ends_so_too(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    ran = run("build", "--documents", str(folder))
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert ran.err.endswith("请检查磁盘空间和权限。\n")


HEAVY = ("torch", "faiss", "gradio", "transformers", "sentence_transformers", "jieba", "bm25s")
PROBE = """
import sys
from index.__main__ import main
sys.argv = ["index", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("\\nHEAVY", [name for name in {heavy!r} if name in sys.modules])
"""


@pytest.mark.parametrize(
    "arguments", [("--help",), ("show", "5号文", "二/(六)/16"), ("show", "--json", "5号文")]
)
def test_help_and_show_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", PROBE.format(heavy=HEAVY), *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert ran.stdout.splitlines()[-1] == "HEAVY []"


def test_the_module_is_run_with_python_m() -> None:
    command = [sys.executable, "-m", "index", "show", "5号文", "第40条"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"错误：{MEASURES} 没有“第40条”")
