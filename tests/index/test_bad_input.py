"""Files and manifests that are wrong: one clear sentence each, and the other documents are still there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from index.library import parse_all
from index.manifest import Edit, ManifestError, Repair, apply_repairs, load_manifest
from index.passages import known_questions
from index.reader import ReadError, decode, read_text
from index.types import PolicyError

GOOD = "某府〔2025〕1号\n一、目标\n做强服务业。\n二、任务\n做优服务业。"
TRADITIONAL = (
    "為加快建設服務業創新發展的產業體系，推動經濟與社會協調發展，特制定本辦法。請各機關確實執行。" * 8
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    return tmp_path


def problem(folder: Path) -> str:
    """The only problem of a folder whose good document is there all the same."""
    documents, problems = parse_all(folder)
    assert [d.number for d in documents] == ["某府〔2025〕1号"]
    (found,) = problems
    assert re.search(r"。$|；", found)
    assert "\n" not in found
    return found


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b"", "empty.txt：文件是空的，请放入正文后重新构建。"),
        ("blank.txt", " \n\u3000\n".encode(), "blank.txt：文件是空的，请放入正文后重新构建。"),
        ("image.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image.txt：这是二进制文件，不是文本"),
        ("noise.txt", bytes(range(1, 32)) * 40, "noise.txt：这是二进制文件，不是文本"),
        ("big5.txt", TRADITIONAL.encode("big5"), "big5.txt：编码不是 UTF-8 或 GB18030（像是 big5"),
        (
            "half.txt",
            b"\xef\xbb\xbf" + "一、目标".encode("gb18030"),
            "half.txt：开头标明是 utf-8-sig，内容却不是",
        ),
        (
            "odd.txt",
            b"\xff\xfe" + "一".encode("utf-16-le") + b"\x00",
            "odd.txt：开头标明是 utf-16，内容却不是",
        ),
        ("scan.pdf", b"%PDF-1.7", "scan.pdf：不支持的格式，已跳过"),
        ("noending", b"text", "noending：不支持的格式，已跳过"),
    ],
)
def test_a_file_that_is_no_text_is_named(folder: Path, name: str, data: bytes, words: str) -> None:
    (folder / name).write_bytes(data)
    assert problem(folder).startswith(words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    text = "一、总则\n为支持服务业发展，制定本办法。" * 5
    assert decode(text.encode(encoding), "a.txt").lstrip("\ufeff") == text


def test_line_ends_of_every_system_are_read_alike() -> None:
    assert decode("甲\r\n乙\r丙\n".encode(), "a.txt") == "甲\n乙\n丙\n"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ReadError, match=r"^gone\.txt：文件读不出来（No such file or directory），请检查路径和权限。$"
    ):
        read_text(tmp_path / "gone.txt")


def test_a_file_that_may_not_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "secret.txt").write_text(GOOD.replace("1号", "2号"), encoding="utf-8")
    read = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "secret.txt":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problem(folder) == "secret.txt：文件读不出来（Permission denied），请检查路径和权限。"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="不存在，请检查 POLICY_DOCUMENTS_DIR 或 --documents"):
        parse_all(tmp_path / "nowhere")


def test_a_row_without_a_file_is_named(folder: Path) -> None:
    (folder / "manifest.toml").write_text(
        '[[document]]\nfile = "good.txt"\n[[document]]\nfile = "gone.txt"\n'
    )
    assert problem(folder) == "清单列出的 gone.txt 不在目录中，请放入文件或删去该行。"


def test_a_file_without_a_row_is_read_and_named(folder: Path) -> None:
    (folder / "manifest.toml").write_text('[[document]]\nfile = "good.txt"\n')
    (folder / "new.txt").write_text(GOOD.replace("1号", "2号"), encoding="utf-8")
    documents, problems = parse_all(folder)
    assert [d.number for d in documents] == ["某府〔2025〕1号", "某府〔2025〕2号"]
    assert problems == ["new.txt 不在 manifest.toml 中，已按正文读取；请在清单中补一行。"]


def test_a_number_that_is_taken_is_named(folder: Path) -> None:
    (folder / "twin.txt").write_text(GOOD, encoding="utf-8")
    assert problem(folder) == "twin.txt 与 good.txt 的文号同为 某府〔2025〕1号，已跳过；请删去重复的文件。"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('sha256 = "00"', "good.txt：sha256 与清单不符（实为 "),
        ('title = "别的"\n', ""),
        (
            'number = "某府〔2025〕9号"',
            "文号：清单写“某府〔2025〕9号”，正文是“某府〔2025〕1号”；按清单使用，请核对。",
        ),
        (
            '[[document.repair]]\nfind = "没有的字"\nreplace = "字"',
            "good.txt：修订“没有的字”应出现 1 次，实际 0 次，未应用；请核对清单。",
        ),
        (
            '[[document.repair]]\nfind = "服务业"\nreplace = "业"',
            "good.txt：修订“服务业”应出现 1 次，实际 2 次，未应用；请核对清单。",
        ),
    ],
)
def test_a_row_that_does_not_fit_its_file_is_said(folder: Path, row: str, words: str) -> None:
    (folder / "manifest.toml").write_text(f'[[document]]\nfile = "good.txt"\n{row}\n', encoding="utf-8")
    (document,), problems = parse_all(folder)
    assert len(document.clauses) == 3
    assert document.clauses[1].text == "一、目标\n做强服务业。"
    assert words in "".join(problems)
    assert len(problems) == bool(words)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[[document]\n", "不是合法的 TOML"),
        ('[document]\nfile = "good.txt"', r"\[\[document\]\]（双方括号）"),
        ("document = [1]", "第 1 个 .* 没有 file"),
        ('[[document]]\nnumber = "1"', "第 1 个 .* 没有 file"),
        ('[[document]]\nfile = "../good.txt"', "第 1 个 .* 没有 file"),
        ('[[document]]\nfile = "a"\n[[document]]\nfile = "a"', "a 出现了两次"),
        ('[[document]]\nfile = "a"\nissued = "2025-03-20"', "a 的 issued 不是日期，请写成 2025-03-20"),
        ('[[document]]\nfile = "a"\nissued = 2025-03-20T10:00:00', "a 的 issued 不是日期"),
        ('[[document]]\nfile = "a"\naliases = "甲"', "aliases 要写成列表"),
        (
            '[[document]]\nfile = "a"\n[document.repair]\nfind = "b"\nreplace = "c"',
            r"a 的 repair 要写成 \[\[",
        ),
        ('[[document]]\nfile = "a"\n[[document.repair]]\nfind = "b"', "a 有一条 repair 缺 find 或 replace"),
        ('[[document]]\nfile = "a"\n[[document.repair]]\nfind = ""\nreplace = "c"', "缺 find 或 replace"),
        (
            '[[document]]\nfile = "a"\n[[document.repair]]\nfind = "b"\nreplace = "c"\ntimes = "x"',
            "times 不是正整数",
        ),
        (
            '[[document]]\nfile = "a"\n[[document.repair]]\nfind = "b"\nreplace = "c"\ntimes = 0',
            "times 不是正整数",
        ),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused_in_one_sentence(
    folder: Path, toml: str, words: str
) -> None:
    (folder / "manifest.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(ManifestError, match=words) as caught:
        load_manifest(folder)
    assert str(caught.value).endswith("。")


def test_a_manifest_of_another_encoding_is_refused(folder: Path) -> None:
    (folder / "manifest.toml").write_bytes("# 清单".encode("gb18030"))
    with pytest.raises(ManifestError, match="不是合法的 TOML"):
        load_manifest(folder)


def test_repairs_are_applied_as_often_as_they_say_and_reported_where_they_stand() -> None:
    text, edits, problems = apply_repairs("专业 etc 服务\n科技 etc 服务", (Repair(" etc ", "等", "OCR", 2),))
    assert (text, problems) == ("专业等服务\n科技等服务", [])
    assert edits == [Edit("repair: OCR", " etc ", "等", 1), Edit("repair: OCR", " etc ", "等", 2)]


def test_rows_of_known_questions_that_cannot_be_used_are_named_by_file_and_line(folder: Path) -> None:
    (folder / "questions").mkdir()
    rows = [
        '{"clause": "某府〔2025〕1号 二", "question": "怎么\u2028做优?"}',
        "not json",
        '{"clause": "某府〔2025〕1号 九", "question": "有吗?"}',
        '{"question": "哪条?"}',
        "",
        '{"clause": "某府〔2025〕1号 二", "question": null}',
        '{"clause": "某府〔2025〕1号 二", "question": " "}',
        '["某府〔2025〕1号 二", "怎么做?"]',
        '{"clause": "没有空格", "question": "哪条?"}',
    ]
    (folder / "questions" / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (folder / "questions" / "b.jsonl").write_bytes("问题".encode("gb18030"))
    documents, _ = parse_all(folder)
    found, problems = known_questions(folder, documents)
    assert [(p.ref.path, p.text, p.granularity) for p in found] == [("二", "怎么\u2028做优?", "question")]
    assert [text[: text.index("：")] for text in problems] == [
        "a.jsonl 第 2 行", "a.jsonl 第 3 行", "a.jsonl 第 4 行", "a.jsonl 第 6 行", "a.jsonl 第 7 行",
        "a.jsonl 第 8 行", "a.jsonl 第 9 行", "b.jsonl",
    ]  # fmt: skip
    assert problems[1] == "a.jsonl 第 3 行：条款“某府〔2025〕1号 九”不存在，已跳过；请改正编号。"


def test_a_name_with_a_space_still_names_its_clauses(tmp_path: Path) -> None:
    from index.types import ClauseRef

    (tmp_path / "my policy.txt").write_text("一、甲\n乙。", encoding="utf-8")
    (document,), _ = parse_all(tmp_path)
    assert [ClauseRef.parse(str(c.ref)) for c in document.clauses] == [ClauseRef("my policy", "一")]
