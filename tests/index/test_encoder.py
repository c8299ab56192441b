"""The encoders: what the shipped model promises, what the test encoder promises, and that training runs end to end."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.encoder import SHIPPED, HashEncoder, LeanEncoder, NotAModelError, load_encoder
from index.types import Encoder, PolicyError

TEXTS = [
    "对小微企业给予租金减免，最高50万元。",
    "我开了家小店，房租能不能少点",
    "Ｇ６０科创走廊",
    "电竞赛事奖励",
]

PAIRS = [
    ("对租用标准厂房的小微企业，按租金的30%给予补贴。", ["我租的厂房有没有补助", "厂房租金 补贴"], "载体"),
    ("鼓励电竞企业举办国际赛事，给予一次性奖励。", ["办游戏比赛政府给钱吗", "电竞比赛奖励"], "电竞"),
    ("新引进博士可申请人才公寓，租期不超过三年。", ["博士毕业过来有房子住吗", "人才公寓申请"], "人才"),
    ("企业开展岗前培训的，按每人800元给予培训补贴。", ["新员工培训能领钱吗", "岗前培训补贴"], "培训"),
    ("对首次通过高新技术企业认定的，奖励20万元。", ["刚评上高企有奖吗", "高企认定奖励"], "科技"),
    ("养老机构用水用电执行居民价格。", ["敬老院电费怎么算", "养老院水电价格"], "养老"),
    ("对出口信用保险保费给予50%的支持。", ["出口买保险能报一半吗", "出口信用保险补贴"], "外贸"),
    ("餐饮门店改造明厨亮灶的，给予设备补助。", ["饭店厨房改造有补助吗", "明厨亮灶补助"], "餐饮"),
    ("符合条件的个体工商户免征增值税。", ["摆摊小本生意要交税吗", "个体户增值税减免"], "税收"),
    ("建设公共充电桩的，按功率给予建设补贴。", ["小区装充电桩给补吗", "充电桩建设补贴"], "交通"),
]


def fit(data: Path, out: Path) -> None:
    """Trains a model of 400 words and 32 dimensions, over the words of jieba's dictionary that occur."""
    from index.encoder import train, vocabulary

    text = "".join(passage + "".join(questions) for passage, questions, _ in PAIRS)
    frequencies = {word: count for word, count in vocabulary.jieba_frequencies().items() if word in text}
    sizes = {"words": 400, "dimension": 32, "batch": 20, "policy-batch": 20, "policy-epochs": 60}
    options = [part for name, size in sizes.items() for part in (f"--{name}", str(size))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "jieba_frequencies", lambda: frequencies)
        train.main(["--data", str(data), "--out", str(out), "--final-only", *options])


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on twenty questions of our own, for a few steps."""
    folder = tmp_path_factory.mktemp("encoder")
    with gzip.open(folder / "policy_questions.jsonl.gz", "wt", encoding="utf-8") as file:
        for passage, questions, topic in PAIRS:
            file.write(json.dumps({"p": passage, "qs": questions, "topic": topic}, ensure_ascii=False) + "\n")
    fit(folder, folder / "model")
    return folder / "model"


def unit(vectors: np.ndarray) -> bool:
    return bool(np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5))


# The shipped model


def test_the_shipped_folder_is_small_and_holds_no_pickle() -> None:
    files = [path for path in SHIPPED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 20 * 1024 * 1024
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".md"}


def test_the_shipped_model_opens_like_any_sentence_transformers_model(shipped: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    vectors = SentenceTransformer(str(SHIPPED), device="cpu").encode(TEXTS)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, shipped.encode(TEXTS), atol=1e-5)


def test_vectors_have_the_stated_dimension_type_and_length_one(shipped: Encoder) -> None:
    vectors = shipped.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), shipped.dimension)
    assert vectors.dtype == np.float32
    assert unit(vectors)


def test_no_text_gives_no_row_and_an_empty_text_gives_zeros(shipped: Encoder) -> None:
    assert shipped.encode([]).shape == (0, shipped.dimension)
    assert not shipped.encode(["", "——"]).any()


def test_a_text_has_one_vector_alone_or_among_others(shipped: Encoder) -> None:
    together = shipped.encode(TEXTS)
    alone = np.concatenate([shipped.encode([text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-6)


def test_width_case_and_punctuation_do_not_matter(shipped: Encoder) -> None:
    first, second = shipped.encode(["ＡＩ算力券，最高５００万元", "ai 算力券 最高500万元"])
    assert first @ second > 0.999


@pytest.mark.parametrize(
    ("spoken", "clause", "other"),
    [
        ("我开饭店的，厨房改造有补助吗", "对餐饮企业实施明厨亮灶改造给予资金支持", "支持企业申请专利"),
        ("孩子上学怎么解决", "为高层次人才子女入学提供便利", "降低企业用电成本"),
        ("刚毕业想创业，能贷到款吗", "对高校毕业生给予创业担保贷款贴息", "支持举办国际会展"),
        ("公司招不到人怎么办", "搭建用工供需对接平台，举办专场招聘活动", "推进老旧小区改造"),
        ("老人没人照顾", "扩大居家和社区养老服务供给", "对首店给予一次性奖励"),
        ("租不起办公室", "对租用商务楼宇的初创企业给予租金补贴", "开展知识产权质押融资"),
    ],
)
def test_spoken_words_are_nearer_to_the_clause_than_to_another(
    shipped: Encoder, spoken: str, clause: str, other: str
) -> None:
    question, right, wrong = shipped.encode([spoken, clause, other])
    assert question @ right > question @ wrong + 0.1


def test_the_lean_encoder_gives_the_same_vectors_and_fingerprint(shipped: Encoder) -> None:
    lean = load_encoder(lean=True)
    assert isinstance(lean, LeanEncoder)
    assert np.allclose(lean.encode([*TEXTS, ""]), shipped.encode([*TEXTS, ""]), atol=1e-5)
    assert (lean.fingerprint, lean.dimension, lean.name) == (
        shipped.fingerprint,
        shipped.dimension,
        shipped.name,
    )


def test_the_lean_encoder_needs_no_torch() -> None:
    code = (
        "import sys; from index.encoder import *; load_encoder(lean=True); sys.exit('torch' in sys.modules)"
    )
    root = SHIPPED.parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_the_model_card_states_the_figures_of_the_training_record() -> None:
    card = (SHIPPED / "README.md").read_text(encoding="utf-8")
    record = json.loads((SHIPPED / "training.json").read_text(encoding="utf-8"))
    assert f"--seed {record['recipe']['seed']}" in card
    for figures in (record["held_out"]["network"], record["held_out"]["exported"]):
        assert all(f"{value:.3f}" in card for value in figures.values())


# Loading


def test_a_folder_without_a_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotAModelError, match="modules") as caught:
        load_encoder(str(tmp_path))
    assert isinstance(caught.value, PolicyError)
    assert "\n" not in str(caught.value)


def test_a_broken_model_is_refused(tmp_path: Path) -> None:
    listing = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]
    (tmp_path / "modules.json").write_text(json.dumps(listing))
    with pytest.raises(NotAModelError):
        load_encoder(str(tmp_path))


def test_prompts_of_another_model_are_put_before_documents_and_queries(trained: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(trained), device="cpu", prompts={"query": "电竞 ", "document": "养老 "})
    model.save_pretrained(str(tmp_path), create_model_card=False)
    prompted, plain = load_encoder(str(tmp_path)), load_encoder(str(trained))
    assert np.allclose(prompted.encode(["奖励"]), plain.encode(["养老 奖励"]), atol=1e-5)
    assert np.allclose(prompted.encode_query(["奖励"]), plain.encode(["电竞 奖励"]), atol=1e-5)
    assert prompted.fingerprint != plain.fingerprint


# Training


def test_training_on_twenty_questions_gives_a_model_that_answers_them(trained: Path) -> None:
    from index.encoder.measure import recall
    from index.encoder.pairs import policy_pairs

    encoder = load_encoder(str(trained))
    assert encoder.dimension == 32
    assert recall(encoder.encode, policy_pairs(trained.parent), depths=(1,)) == {"recall@1": 1.0}


def test_the_same_seed_gives_the_same_model(trained: Path, tmp_path: Path) -> None:
    fit(trained.parent, tmp_path)
    first, second = (load_encoder(str(folder)).encode(TEXTS) for folder in (trained, tmp_path))
    assert (tmp_path / "tokenizer.json").read_bytes() == (trained / "tokenizer.json").read_bytes()
    # Not to the byte: parallel sums may differ in the last digits.
    assert (first * second).sum(axis=1).min() > 0.99


def test_a_folded_text_vector_is_the_sum_of_its_units() -> None:
    import torch

    from index.encoder.network import UnitBag
    from index.encoder.vocabulary import compose, ragged

    words = ["租金", "补贴", "租金补贴", "租", "金", "补", "贴"]
    units, composition = compose(words)
    network = UnitBag(composition, np.linspace(0.5, 2, len(units)), 8)
    folded = network.fold()
    by_hand = sum(
        network.units.weight[units.index(unit)] * network.weights.weight[units.index(unit)].exp()
        for unit in ["租金补贴", "租金", "补贴", "租", "金", "补", "贴"]
    )
    assert isinstance(by_hand, torch.Tensor)
    assert np.allclose(folded[3], by_hand.detach().numpy(), atol=1e-6)
    assert not folded[0].any()
    text = network(ragged([[1, 3]])).detach().numpy()[0]
    both = folded[1] + folded[3]
    assert np.allclose(text, both / np.linalg.norm(both), atol=1e-6)


def test_eight_bits_keep_the_direction_of_a_vector() -> None:
    from index.encoder.export import quantise

    vectors = np.random.default_rng(1).normal(size=(50, 64)).astype(np.float32)
    numbers, steps = quantise(vectors)
    back = numbers * steps[:, None]
    cosines = (back * vectors).sum(1) / np.linalg.norm(back, axis=1) / np.linalg.norm(vectors, axis=1)
    assert cosines.min() > 0.9999


def test_the_tokenizer_cuts_as_jieba_does_without_its_hidden_markov_model() -> None:
    import jieba

    from index.encoder.vocabulary import build_tokenizer, jieba_frequencies

    text = "对首次认定的高新技术企业给予一次性奖励"
    assert build_tokenizer(jieba_frequencies()).encode(text).tokens == jieba.lcut(text, HMM=False)


def test_words_that_stand_together_in_policy_texts_are_joined() -> None:
    from index.encoder.vocabulary import collocations

    frequencies = {"免": 50, "申": 50, "即": 50, "享": 50, "政策": 500, "推行": 500, "其他": 90_000}
    texts = ["推行免申", "免申政策", "政策推行", "政策、推行"] * 8
    assert list(collocations(frequencies, texts, bits=1.5)) == ["免申"]


# The test encoder


def test_the_hash_encoder_is_deterministic_and_likes_what_shares_letters() -> None:
    encoder: Encoder = HashEncoder(128)
    first, again, other = encoder.encode(["租金补贴政策", "租金补贴", "电竞赛事"])
    assert unit(encoder.encode(TEXTS))
    assert np.array_equal(encoder.encode(TEXTS), HashEncoder(128).encode(TEXTS))
    assert first @ again > first @ other
    assert encoder.encode([]).shape == (0, 128)
