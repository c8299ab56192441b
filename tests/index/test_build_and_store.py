"""Documents folder → stored index: only what changed is done again; a write that fails leaves the old one serving."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from index import lexicon, store
from index.build import Report, build, expected_fingerprint
from index.encoder import HashEncoder
from index.lexical import Lexical
from index.search import Searcher
from index.store import Stored, StoreError
from index.types import PolicyError, Vectors

LAW = (
    "某府〔2025〕{0}号\n一、目标\n做强法律服务业第{0}年。\n二、任务\n"
    "（一）广告。支持广告企业，给予奖励。\n（二）会展。支持会展企业。"
)


class Counting(HashEncoder):
    """The test encoder, and how many texts it was given."""

    def __init__(self, dimension: int = 64) -> None:
        super().__init__(dimension)
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return super().encode(texts)

    encode_query = encode


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "questions").mkdir(parents=True)
    for n in (1, 2, 3):
        (folder / f"{n}.txt").write_text(LAW.format(n), encoding="utf-8")
    row = {"clause": "某府〔2025〕1号 二/(一)", "question": "做广告的能拿补贴吗?"}
    (folder / "questions" / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def counts(report: Report) -> tuple[int, int, int, int, bool]:
    return report.added, report.changed, report.unchanged, report.removed, report.written


def hits(stored: Stored, query: str = "广告企业奖励") -> list[object]:
    found = Searcher(stored, HashEncoder(64)).search(query)
    return [(str(hit.ref), hit.score, hit.parts, hit.sentence) for hit in found]


def test_a_loaded_index_gives_the_hits_of_the_one_that_was_saved(documents: Path, index: Path) -> None:
    built, _ = build(documents, index, HashEncoder(64))
    loaded = store.load(index)
    assert loaded.documents == built.documents
    assert loaded.passages == built.passages
    assert hits(loaded) == hits(built)
    assert Searcher(loaded, HashEncoder(64)).search("广告企业奖励")[0].ref.path == "二/(一)"


def test_the_five_documents_come_back_as_they_were(five: object, index: Path) -> None:
    built, report = build(Path(__file__).parents[2] / "documents", index, HashEncoder(64))
    assert report.problems == ()
    loaded = store.load(index)
    assert (loaded.documents, loaded.passages) == (built.documents, built.passages)


def test_a_second_build_does_nothing(documents: Path, index: Path) -> None:
    _, first = build(documents, index, HashEncoder(64))
    encoder = Counting()
    _, second = build(documents, index, encoder)
    assert (counts(first), counts(second)) == ((3, 0, 0, 0, True), (0, 0, 3, 0, False))
    assert encoder.seen == []


def test_only_what_changed_is_encoded_again(documents: Path, index: Path) -> None:
    build(documents, index, HashEncoder(64))
    (documents / "2.txt").write_text(LAW.format(2).replace("会展企业", "展览企业"), encoding="utf-8")
    (documents / "3.txt").unlink()
    (documents / "4.txt").write_text(LAW.format(4), encoding="utf-8")
    encoder = Counting()
    stored, report = build(documents, index, encoder)
    assert counts(report) == (1, 1, 1, 1, True)
    assert [d.number for d in stored.documents] == ["某府〔2025〕1号", "某府〔2025〕2号", "某府〔2025〕4号"]
    assert encoder.seen
    assert all("展览企业" in text or "4" in text for text in encoder.seen)
    fresh, _ = build(documents, index.with_name("fresh"), HashEncoder(64))
    assert hits(stored) == hits(fresh)


def test_a_file_that_cannot_be_read_is_counted_once(documents: Path, index: Path) -> None:
    (documents / "empty.txt").write_bytes(b"")
    _, first = build(documents, index, HashEncoder(64))
    (documents / "1.txt").write_text(LAW.format(1) + "再加一句。", encoding="utf-8")
    _, second = build(documents, index, HashEncoder(64))
    assert (counts(first), counts(second)) == ((4, 0, 0, 0, True), (0, 1, 3, 0, True))
    assert first.problems == second.problems == ("empty.txt：文件是空的，请放入正文后重新构建。",)


def test_what_is_wrong_with_the_folder_is_said_by_a_build_that_changes_nothing_else(
    documents: Path, index: Path
) -> None:
    build(documents, index, HashEncoder(64))
    (documents / "scan.pdf").write_bytes(b"%PDF")
    (said,) = build(documents, index, HashEncoder(64))[1].problems
    assert said.startswith("scan.pdf：不支持的格式")
    assert build(documents, index, HashEncoder(64))[1].problems == (said,)
    (documents / "scan.pdf").unlink()
    assert build(documents, index, HashEncoder(64))[1].problems == ()


def test_a_changed_manifest_row_is_a_changed_file(documents: Path, index: Path) -> None:
    build(documents, index, HashEncoder(64))
    rows = "".join(f'[[document]]\nfile = "{n}.txt"\n' for n in (1, 2, 3))
    (documents / "manifest.toml").write_text(rows + 'title = "新标题"\n', encoding="utf-8")
    stored, report = build(documents, index, HashEncoder(64))
    assert counts(report) == (0, 1, 2, 0, True)
    assert stored.documents[2].title == "新标题"


def test_another_encoder_questions_or_lexicon_make_an_index_stale(
    documents: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(documents, index, HashEncoder(64))
    built = store.read_meta(index)
    assert built is not None
    assert expected_fingerprint(documents, "hash-64") == built.fingerprint
    assert expected_fingerprint(documents, "hash-32") != built.fingerprint
    stored, report = build(documents, index, HashEncoder(32))
    assert report.written
    assert stored.dense["clause"].vectors().shape[1] == 32
    monkeypatch.setattr(lexicon, "fingerprint", lambda: "another")
    assert expected_fingerprint(documents, "hash-64") != built.fingerprint
    monkeypatch.undo()
    (documents / "questions" / "a.jsonl").unlink()
    assert expected_fingerprint(documents, "hash-64") != built.fingerprint


def test_rebuild_takes_nothing_over(documents: Path, index: Path) -> None:
    build(documents, index, HashEncoder(64))
    encoder = Counting()
    stored, report = build(documents, index, encoder, rebuild=True)
    assert counts(report) == (3, 0, 0, 0, True)
    texts = {p.text for rows in stored.passages.values() for p in rows}
    assert set(encoder.seen) == texts


def test_an_empty_folder_is_refused_and_the_old_index_stays(
    documents: Path, index: Path, tmp_path: Path
) -> None:
    build(documents, index, HashEncoder(64))
    before = store.load(index).meta
    (tmp_path / "none").mkdir()
    with pytest.raises(PolicyError, match="没有可读的政策文件"):
        build(tmp_path / "none", index, HashEncoder(64))
    assert store.load(index).meta == before
    assert Searcher(store.load(index), HashEncoder(64)).search("广告")


def files(index: Path) -> list[Path]:
    version = store.current(index)
    assert version is not None
    return sorted(path for path in version.rglob("*") if path.is_file())


def test_every_damaged_file_is_named_and_a_build_mends_it(documents: Path, index: Path) -> None:
    for name in [path.name for path in build_files(documents, index)]:
        for damage in (flip, truncate, Path.unlink):
            build(documents, index, HashEncoder(64), rebuild=True)
            victim = next(path for path in files(index) if path.name == name)
            damage(victim)
            with pytest.raises(StoreError, match=r"请(?:先)?运行 python -m index build") as caught:
                store.load(index)
            assert victim.name in str(caught.value) or victim.name == "meta.json"
        stored, report = build(documents, index, HashEncoder(64))
        assert report.written
        assert hits(store.load(index)) == hits(stored)


def build_files(documents: Path, index: Path) -> list[Path]:
    build(documents, index, HashEncoder(64))
    found = {path.name: path for path in files(index) if "lexical-question" not in path.parts}
    assert {"documents.json", "passages.jsonl", "clause.faiss", "meta.json"} <= found.keys()
    return [path for path in found.values() if path.stat().st_size]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0] ^= 0xFF
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("pointer", [b"", b"nowhere", b"\xff\xfe", b"../documents"])
def test_a_damaged_pointer_is_no_index(documents: Path, index: Path, pointer: bytes) -> None:
    build(documents, index, HashEncoder(64))
    (index / "CURRENT").write_bytes(pointer)
    with pytest.raises(StoreError, match="没有可用的索引，请先运行 python -m index build"):
        store.load(index)
    assert build(documents, index, HashEncoder(64))[1].written


def test_a_folder_without_an_index_says_so(tmp_path: Path) -> None:
    assert store.read_meta(tmp_path) is None
    with pytest.raises(StoreError, match="没有可用的索引"):
        store.load(tmp_path)


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def faiss_full(*_: object, **__: object) -> None:
    raise RuntimeError("Error: 'ret == (size)' failed: write error: No space left on device")


@pytest.mark.parametrize(
    ("owner", "name", "failure"),
    [
        (Path, "mkdir", full_disk),
        (Path, "write_text", full_disk),
        (store, "_checksums", full_disk),
        (faiss, "write_index", faiss_full),
        (Lexical, "save", full_disk),
        (Path, "rename", full_disk),
        (os, "replace", full_disk),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_write_that_fails_leaves_the_old_index_serving(
    documents: Path, index: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, failure: object
) -> None:
    before, _ = build(documents, index, HashEncoder(64))
    listing = sorted(path.name for path in index.iterdir())
    (documents / "4.txt").write_text(LAW.format(4), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failure)
        with pytest.raises(StoreError, match=r"原有索引不受影响；请检查磁盘空间和权限。$"):
            build(documents, index, HashEncoder(64))
    assert sorted(path.name for path in index.iterdir()) == listing
    assert hits(store.load(index)) == hits(before)
    assert build(documents, index, HashEncoder(64))[1].added == 1


@pytest.mark.parametrize("at", range(1, 12))
def test_a_crash_at_any_write_leaves_the_old_index_serving(
    documents: Path, index: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """A crash is no exception that can be caught: here one that `save` does not know."""

    class Crash(BaseException):
        pass

    before, _ = build(documents, index, HashEncoder(64))
    (documents / "4.txt").write_text(LAW.format(4), encoding="utf-8")
    calls = 0

    def crashing(real: object) -> object:
        def run(*args: object, **kwargs: object) -> object:
            nonlocal calls
            calls += 1
            if calls == at:
                raise Crash
            return real(*args, **kwargs)  # type: ignore[operator]

        return run

    with monkeypatch.context() as patch:
        for owner, name in [
            (Path, "write_text"),
            (faiss, "write_index"),
            (Lexical, "save"),
            (Path, "rename"),
            (os, "replace"),
        ]:
            patch.setattr(owner, name, crashing(getattr(owner, name)))
        try:
            after, _ = build(documents, index, HashEncoder(64))
        except Crash:
            after = before
    assert hits(store.load(index)) == hits(after)


def test_old_versions_are_swept(documents: Path, index: Path) -> None:
    for _ in range(3):
        build(documents, index, HashEncoder(64), rebuild=True)
    assert len(list(index.glob("v-*"))) == 1
    assert sorted(path.name[:2] for path in index.iterdir()) == ["CU", "v-"]


def test_nothing_in_an_index_is_a_pickle(documents: Path, index: Path) -> None:
    build(documents, index, HashEncoder(64))
    for path in files(index):
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        assert not path.read_bytes().startswith((b"\x80\x03", b"\x80\x04", b"\x80\x05"))


def test_meta_says_what_the_index_was_built_from(documents: Path, index: Path) -> None:
    stored, _ = build(documents, index, HashEncoder(64))
    meta = store.read_meta(index)
    assert meta is not None
    assert replace(meta, checksums={}) == replace(stored.meta, checksums={})
    assert {"1.txt", "2.txt", "3.txt", "questions/a.jsonl"} <= meta.digests.keys()
