"""From trained vectors to a sentence-transformers folder: rounds to eight bits, writes safetensors and JSON only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer
from torch import nn

WEIGHTS = "model.safetensors"


def quantise(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rounds each row to int8 with a step of its own: `vectors ≈ numbers * steps[:, None]`."""
    steps = np.maximum(np.abs(vectors).max(axis=1) / 127, np.finfo(np.float32).tiny).astype(np.float32)
    return np.round(vectors / steps[:, None]).astype(np.int8), steps


def export(vectors: NDArray[np.float32], tokenizer: Tokenizer, folder: Path) -> None:
    """Writes a folder that `SentenceTransformer(folder)` loads, from vectors of shape (vocabulary, dimension).

    The tensors have model2vec's names (`embeddings`, `weights`): StaticEmbedding multiplies them into float32 on
    loading. A quarter of the bytes, and no half-precision arithmetic at run time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers, steps = quantise(vectors)
    modules: list[nn.Module] = [StaticEmbedding(tokenizer, embedding_weights=vectors), Normalize()]
    model = SentenceTransformer(modules=modules, device="cpu")
    model.save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
    (weights,) = folder.rglob(WEIGHTS)
    save_file({"embeddings": numbers, "weights": steps}, str(weights))
    weights.chmod(0o644)  # safetensors writes for the owner alone
    tokenizer.save(str(weights.with_name("tokenizer.json")), pretty=False)
