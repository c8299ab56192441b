"""Retrieval benchmarks: figures worked out by hand, files with mistakes in them, the command from end to end."""

from __future__ import annotations

import gzip
import json
import math
import shutil
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
import typer
from ir_measures import RR, R, Success, nDCG
from typer.testing import CliRunner

from eval.retrieval.command import retrieval
from eval.retrieval.compare import Plan, compare
from eval.retrieval.data import Collection, Entry, load
from eval.retrieval.measure import Measured, falling, figures, values
from eval.retrieval.systems import SYSTEMS, Plain, chosen, pairs
from index.encoder import HashEncoder
from index.fuse import fuse
from index.lexical import Lexical
from index.passages import sentences
from index.search import WEIGHTS, query_words
from index.types import PolicyError

SAMPLE = Path(__file__).parent / "retrieval_sample"
NAMES = ["R@5", "R@10", "R@100", "nDCG@10", "RR@10", "Success@1"]


def collection(**texts: str) -> Collection:
    return Collection("tiny", {id: Entry("", text) for id, text in texts.items()}, {}, {})


def write(folder: Path, **files: str) -> Path:
    """The sample in `folder`, with some of its files (`corpus`, `queries`, `qrels`) written anew."""
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    for path in list(folder.iterdir()):
        if path.name.split(".")[0] in files:
            path.write_text(files[path.name.split(".")[0]], encoding="utf-8")
    return folder


# Measures


def test_a_measure_is_what_it_is_by_hand() -> None:
    qrels = {"both": {"a": 1, "b": 1}, "second": {"c": 1}, "sixth": {"e": 1}, "nothing": {"d": 1}}
    run = {
        "both": [("a", 3.0), ("x", 2.0), ("b", 1.0)],
        "second": [("x", 2.0), ("c", 1.0)],
        "sixth": [(f"x{at}", 9.0 - at) for at in range(5)] + [("e", 1.0)],
        "nothing": [],
    }
    found = values(qrels, run, 100)
    assert list(found) == NAMES
    assert found["R@5"] == [1, 1, 0, 0]
    assert found["R@10"] == found["R@100"] == [1, 1, 1, 0]
    assert found["RR@10"] == pytest.approx([1, 1 / 2, 1 / 6, 0])
    assert found["Success@1"] == [1, 0, 0, 0]
    # Gains 1 at ranks 1 and 3 of an ideal 1 and 2; then rank 2 and rank 6 of an ideal 1.
    both = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert found["nDCG@10"] == pytest.approx([both, 1 / math.log2(3), 1 / math.log2(7), 0])


def test_relevance_counts_by_grade() -> None:
    found = values({"q": {"a": 2, "b": 1}}, {"q": [("b", 2.0), ("a", 1.0)]}, 10)
    assert found["nDCG@10"] == pytest.approx([(1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))])


def test_a_document_judged_irrelevant_is_no_hit() -> None:
    found = values({"q": {"a": 0, "b": 1}}, {"q": [("a", 2.0), ("b", 1.0)]}, 10)
    assert (found["R@5"], found["RR@10"]) == ([1], [0.5])


def test_few_results_show_only_the_measures_that_need_no_more() -> None:
    assert list(values({"q": {"a": 1}}, {"q": [("a", 1.0)]}, 5)) == ["R@5", "Success@1"]


def test_equal_scores_keep_their_order_in_every_tool() -> None:
    ranking = falling([("b", 0.5), ("c", 0.5), ("a", 0.5), ("d", 0.1)])
    assert [document for document, _ in ranking] == ["b", "c", "a", "d"]
    assert [score for _, score in ranking] == sorted(
        {np.float32(score) for _, score in ranking}, reverse=True
    )
    assert values({"q": {"b": 1}}, {"q": ranking}, 1)["Success@1"] == [1]


def test_the_gap_is_to_the_baseline_query_by_query() -> None:
    systems = [
        Measured("bm25", {}, 0.0, 0.0, {"R@5": [0.0, 0.5, 1.0, 0.0]}),
        Measured("dense", {}, 0.0, 0.0, {"R@5": [1.0, 0.5, 1.0, 0.5]}),
    ]
    found = figures(systems, "bm25")
    assert found["bm25"]["R@5"].gap is None and found["bm25"]["R@5"].estimate.value == 0.375
    assert found["dense"]["R@5"].estimate.value == 0.75
    gap = found["dense"]["R@5"].gap
    # Two of the four queries differ, both for the better: of the four ways to swap them one is as good, one as bad.
    assert gap is not None and (gap.value, gap.n, gap.p) == (0.375, 4, 0.5)
    assert all(figure.gap is None for of in figures(systems[1:], "bm25").values() for figure in of.values())


# Systems


def test_plain_bm25_is_the_formula_of_lucene() -> None:
    system = Plain(collection(short="a b", long="b c c"), str.split)
    # One of two texts holds c: idf = ln(1 + 1.5 / 1.5).  It holds it twice and is 3 words long, 2.5 being the mean.
    expected = math.log(2) * 2 / (2 + 1.5 * (0.25 + 0.75 * 3 / 2.5))
    assert system.rank("c", 10) == [("long", pytest.approx(expected, rel=1e-5))]
    assert system.rank("c d", 10) == system.rank("c", 10) and list(system.rank("d", 10)) == []
    assert [id for id, _ in system.rank("a b", 10)] == ["short", "long"]
    assert [id for id, _ in system.rank("a b", 1)] == ["short"]


def test_pairs_of_characters_stop_at_punctuation() -> None:
    assert pairs("租房，Ａ补贴。") == ["租房", "a补", "补贴"]


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_searches_texts_without_any_word(name: str) -> None:
    tiny = collection(dots="……", none="")
    assert {id for id, _ in SYSTEMS[name](tiny, HashEncoder()).rank("租房补贴", 5)} <= set(tiny.corpus)


def test_dense_and_hybrid_rank_by_whole_text_and_best_sentence() -> None:
    sample, _ = load(SAMPLE)
    encoder = HashEncoder()
    entries = list(sample.corpus.values())
    whole = encoder.encode([f"{entry.title} {entry.text}" for entry in entries])
    parts = [encoder.encode([s for s in sentences(entry.text) if len(s) >= 12]) for entry in entries]
    lexical = Lexical.build([f"{entry.title} {entry.text}" for entry in entries])
    systems = {name: SYSTEMS[name](sample, encoder) for name in ("dense", "hybrid")}
    for query in sample.queries.values():
        vector = encoder.encode_query([query])[0]
        best = np.array([(rows @ vector).max() if len(rows) else np.nan for rows in parts])
        dense = np.where(np.isnan(best), whole @ vector, (whole @ vector + best) / 2).astype(np.float32)
        signals = {"dense": dense, "lexical": lexical.scores(query_words(query))}
        for name, weights in (("dense", {"dense": 1.0}), ("hybrid", WEIGHTS)):
            scores = fuse(signals, weights)
            found = systems[name].rank(query, len(entries))
            assert {id for id, _ in found} == set(sample.corpus)
            expected = dict(zip(sample.corpus, scores, strict=True))
            assert [score for _, score in found] == pytest.approx([expected[id] for id, _ in found], abs=1e-4)


def test_systems_are_named_with_commas_and_an_unknown_one_is_said() -> None:
    assert chosen(" dense, bm25,dense") == ["dense", "bm25"]
    with pytest.raises(PolicyError, match=r"没有检索系统“colbert”；可选：bm25、"):
        chosen("bm25,colbert")
    with pytest.raises(PolicyError):
        chosen(",")


# Files


def test_the_sample_is_read_whole() -> None:
    sample, problems = load(SAMPLE)
    assert problems == []
    assert (len(sample.corpus), len(sample.queries), sample.unjudged) == (10, 6, 0)
    assert sample.qrels["q3"] == {"p3": 2, "p7": 1}
    assert sample.name == "retrieval_sample" and sample.corpus["p9"].title == "青岚市文化消费措施"


def test_gzipped_files_are_read_alike(tmp_path: Path) -> None:
    for path in SAMPLE.iterdir():
        (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    plain, zipped = load(SAMPLE)[0], load(tmp_path)[0]
    assert (plain.corpus, plain.queries, plain.qrels) == (zipped.corpus, zipped.queries, zipped.qrels)


def test_bad_rows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    corpus = [
        '{"id": "a", "text": "没有题目也可以"}',
        '{"id": "b", "title": "没写完',
        '{"id": "c", "title": "缺正文"}',
        '["d"]',
        '{"id": "a", "title": "", "text": "又一个"}',
        '{"id": "e f", "title": "", "text": "编号里有空格"}',
        '{"id": 7, "title": "", "text": "编号是数"}',
    ]
    queries = ['{"id": "1", "text": "问"}', '{"id": "2", "text": " "}', "", '{"id": "3", "text": "没有标注"}']
    qrels = [
        "query-id\tcorpus-id\tscore",
        "1\ta\t1",
        "1\ta\t1",
        "1\ta\t0",
        "1\tb\t1",
        "9\ta\t1",
        "1 a 1",
        "1\ta\tx",
    ]
    folder = write(
        tmp_path, corpus="\n".join(corpus), queries="\n".join(queries) + "\n", qrels="\r\n".join(qrels)
    )
    found, problems = load(folder)
    assert (found.corpus, found.queries, found.qrels) == (
        {"a": Entry("", "没有题目也可以")},
        {"1": "问"},
        {"1": {"a": 1}},
    )
    assert found.unjudged == 1
    form = "应为“问题编号 TAB 文档编号 TAB 相关度（0 或正整数）”，已跳过。"
    assert problems == [
        "corpus.jsonl 第 2 行：不是合法的 JSON，已跳过。",
        "corpus.jsonl 第 3 行：缺少字段 text，或者它不是字符串，已跳过。",
        "corpus.jsonl 第 4 行：不是 JSON 对象，已跳过。",
        "corpus.jsonl 第 5 行：编号“a”重复，已跳过。",
        "corpus.jsonl 第 6 行：编号“e f”不能为空，也不能含空白，已跳过。",
        "corpus.jsonl 第 7 行：缺少字段 id，或者它不是字符串，已跳过。",
        "queries.jsonl 第 2 行：问题是空的，已跳过。",
        "qrels.tsv 第 4 行：问题“1”与文档“a”已有另一个相关度，已跳过。",
        "qrels.tsv 第 5 行：corpus 中没有文档“b”，已跳过。",
        "qrels.tsv 第 6 行：queries 中没有问题“9”，已跳过。",
        f"qrels.tsv 第 7 行：{form}",
        f"qrels.tsv 第 8 行：{form}",
    ]


def test_a_query_whose_documents_are_all_irrelevant_is_left_out(tmp_path: Path) -> None:
    found, problems = load(write(tmp_path, qrels="q1\tp1\t0\nq2\tp2\t1\n"))
    assert (list(found.queries), found.unjudged, problems) == (["q2"], 5, [])


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_stops_with_one_sentence(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / name).unlink()
    with pytest.raises(PolicyError, match=rf"中没有 {name}（或 {name}\.gz）；请用 --data .*。$"):
        load(tmp_path)


@pytest.mark.parametrize(
    "content", [gzip.compress(b"{}" * 999)[:-9], b"not zipped", gzip.compress(b"\xff\xfe")]
)
def test_a_damaged_file_stops_with_one_sentence(tmp_path: Path, content: bytes) -> None:
    (write(tmp_path) / "corpus.jsonl").unlink()
    (tmp_path / "corpus.jsonl.gz").write_bytes(content)
    with pytest.raises(
        PolicyError, match=r"corpus\.jsonl\.gz 读不出来；请检查它是否完整、是否为 UTF-8 编码。$"
    ):
        load(tmp_path)


def test_nothing_left_to_measure_stops_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="中没有可以评测的问题"):
        load(write(tmp_path, qrels="q1\tp99\t1\n"))


def test_a_sample_is_the_same_every_time_and_keeps_the_corpus() -> None:
    whole, _ = load(SAMPLE)
    first, second = whole.sample(3), load(SAMPLE)[0].sample(3)
    assert first == second
    assert list(first.queries) == list(first.qrels) and len(first.queries) == 3 and first.sampled_from == 6
    assert first.corpus == whole.corpus
    assert whole.sample(6) is whole


# The command


def invoke(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(retrieval)
    return CliRunner().invoke(app, ["--data", str(SAMPLE), *arguments])


def test_the_command_measures_the_sample_and_other_tools_get_the_same_figures(tmp_path: Path) -> None:
    outputs = tmp_path / "figures.json", tmp_path / "table.md", tmp_path / "runs"
    result = invoke("--json", str(outputs[0]), "--markdown", str(outputs[1]), "--runs", str(outputs[2]))
    assert result.exit_code == 0, result.output
    assert "10 篇文档，6 个问题；" in result.stdout and "与 bm25 比较" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    report = json.loads(outputs[0].read_text(encoding="utf-8"))
    assert list(report["systems"]) == list(SYSTEMS) and report["queries"] == 6
    assert {path.name for path in outputs[2].iterdir()} == {*(f"{n}.run" for n in SYSTEMS), "qrels.trec"}
    for name, system in report["systems"].items():
        again = ir_measures.calc_aggregate(
            [R @ 5, R @ 10, R @ 100, nDCG @ 10, RR @ 10, Success @ 1],
            list(ir_measures.read_trec_qrels(str(outputs[2] / "qrels.trec"))),
            list(ir_measures.read_trec_run(str(outputs[2] / f"{name}.run"))),
        )
        assert {str(measure): pytest.approx(value) for measure, value in again.items()} == {
            measure: figure["value"] for measure, figure in system["measures"].items()
        }
        assert ("gap" in system["measures"]["R@5"]) == (name != "bm25")
    rows = outputs[1].read_text(encoding="utf-8").splitlines()
    assert rows[2] == "|  | R@5 | R@10 | R@100 | nDCG@10 | RR@10 | Success@1 | time |"
    assert [row.split(" | ")[0] for row in rows[4:]] == [f"| {name}" for name in SYSTEMS]


def test_the_shipped_encoder_and_the_word_lists_help_on_the_sample() -> None:
    report = compare(Plan(SAMPLE, "bm25,hybrid"))
    found = {name: of["Success@1"].estimate.value for name, of in report.figures.items()}
    # 厨房改造 of a restaurant owner is 节能改造 of a building to who counts words.
    assert found == {"bm25": pytest.approx(5 / 6), "hybrid": 1.0}


def test_a_sample_is_said_to_be_one() -> None:
    result = invoke("--systems", "lexical", "--sample", "2", "--k", "5")
    assert result.exit_code == 0, result.output
    assert "2 个问题（从 6 个中抽样，只供快速查看）" in result.stdout
    assert "bm25" not in result.stdout and "R@10" not in result.stdout


def test_the_same_call_gives_the_same_run_and_figures() -> None:
    first, second = (compare(Plan(SAMPLE, "bm25,hybrid", sample=4)) for _ in range(2))
    assert first.figures == second.figures
    assert [system.run for system in first.systems] == [system.run for system in second.systems]


def test_problems_are_shown_and_counted(tmp_path: Path) -> None:
    folder = write(tmp_path, qrels="q1\tp1\t1\n" + "".join(f"q1\tx{at}\t1\n" for at in range(7)))
    result = invoke("--data", str(folder), "--systems", "bm25")
    assert "跳过 7 行" in result.stdout and "另有 5 个问题没有相关文档，未计入" in result.stdout.replace(
        "\n", ""
    )
    assert "qrels.tsv 第 6 行" in result.stdout and "qrels.tsv 第 7 行" not in result.stdout
    assert "共 7 处问题" in result.stdout


def test_bad_input_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    for arguments in (["--data", str(tmp_path)], ["--systems", "bm26"], ["--baseline", "bm26"]):
        error = invoke(*arguments).exception
        assert isinstance(error, PolicyError) and str(error).endswith("。") and str(error).count("。") == 1
    (tmp_path / "file").touch()
    error = invoke("--systems", "bm25", "--json", str(tmp_path / "file" / "out.json")).exception
    assert isinstance(error, PolicyError) and "写不进去" in str(error)
