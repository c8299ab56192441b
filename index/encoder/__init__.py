"""Encoders: takes the name or folder of a sentence-transformers model, gives what turns texts into unit vectors.

Importing this module loads neither torch nor sentence-transformers; `load_encoder` does, on its first call.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.types import Encoder, PolicyError, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHIPPED = Path(__file__).parent / "model"
MODEL_FILES = ("*.json", "*.safetensors", "*.txt")  # what decides the vectors; the model card does not
STATIC = ("StaticEmbedding", "Normalize")

__all__ = ["SHIPPED", "HashEncoder", "LeanEncoder", "NotAModelError", "TransformerEncoder", "load_encoder"]


class NotAModelError(PolicyError):
    """The name or folder given for the encoder is not a sentence-transformers model."""


def unit_rows(vectors: Vectors) -> Vectors:
    """Scales rows to length one, as float32; a row of zeros (a text without any known character) stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def fingerprint_of(name_or_path: str) -> str:
    """Gives the hash of a folder's model files, or of the name of a model that is no folder: 16 hex digits."""
    digest = hashlib.sha256()
    folder = Path(name_or_path)
    if not folder.is_dir():
        digest.update(name_or_path.encode())
    found = {path for pattern in MODEL_FILES for path in folder.rglob(pattern)} if folder.is_dir() else set()
    for path in sorted(found):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class TransformerEncoder:
    """Any sentence-transformers model behind the Encoder protocol; questions may go through `encode_query`."""

    def __init__(self, model: SentenceTransformer, name: str, fingerprint: str) -> None:
        self._model = model
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = int(model.get_embedding_dimension() or model.encode(["字"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embeds passages, after the model's document prompt: float32, shape (len(texts), dimension), unit rows."""
        return self._run(self._model.encode_document, texts)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Embeds questions, with the model's query prompt; otherwise like `encode`."""
        return self._run(self._model.encode_query, texts)

    def _run(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        found = encode(list(texts), convert_to_numpy=True, show_progress_bar=False, batch_size=256)
        return unit_rows(np.asarray(found, dtype=np.float32))


class LeanEncoder:
    """A static model computed with numpy: the vectors that sentence-transformers gives, without importing torch.

    For command-line calls, where importing torch and transformers takes longer than everything else together.
    """

    def __init__(self, folder: Path, name: str, fingerprint: str) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self.name = name
        self.fingerprint = fingerprint
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tensors = load_file(folder / "model.safetensors")
        self._vectors = tensors["embeddings"]
        self._steps = tensors["weights"].astype(np.float32)
        self.dimension = int(self._vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embeds texts: float32, shape (len(texts), dimension), rows of length one."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        rows = [np.array(encoding.ids, dtype=np.intp) for encoding in encodings]
        sums = [self._steps[row] @ self._vectors[row].astype(np.float32) for row in rows]
        return unit_rows(np.array(sums, dtype=np.float32).reshape(len(rows), self.dimension))

    encode_query = encode


class HashEncoder:
    """A real encoder that learned nothing: character n-grams hashed into buckets; texts alike in letters are alike.

    For tests: no files, no torch; the same text gives the same vector in every process.
    """

    name = "hash"

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.fingerprint = f"hash-{dimension}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embeds texts: float32, shape (len(texts), dimension), unit rows (zeros for a text without letters)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))
            for size in (1, 2, 3):
                for at in range(len(letters) - size + 1):
                    bucket, sign = self._bucket(letters[at : at + size])
                    vectors[row, bucket] += sign * size  # longer n-grams are rarer and say more
        return unit_rows(vectors)

    encode_query = encode

    def _bucket(self, gram: str) -> tuple[int, int]:
        number = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest(), "big")
        return number // 2 % self.dimension, 1 if number % 2 else -1


def load_encoder(name_or_path: str | None = None, *, lean: bool = False) -> Encoder:
    """Loads an encoder: the shipped one, or any sentence-transformers model by folder or hub name.

    `lean` computes a static model of the shipped kind with numpy alone; other models ignore it.
    Raises NotAModelError for a folder that holds no model and for a name that cannot be loaded.
    """
    name = str(SHIPPED) if name_or_path is None else name_or_path
    folder = Path(name)
    if not folder.exists() and (name.startswith((".", "~")) or folder.is_absolute()):
        raise NotAModelError(f"编码模型的文件夹 {name} 不存在，请检查 POLICY_ENCODER。")
    if folder.exists() and not any((folder / file).is_file() for file in ("modules.json", "config.json")):
        raise NotAModelError(f"{name} 不是 sentence-transformers 模型：里面没有 modules.json。")
    shown = "shipped" if folder == SHIPPED else folder.name if folder.exists() else name
    if lean and is_static(folder):
        return LeanEncoder(folder, shown, fingerprint_of(name))
    return TransformerEncoder(open_model(name), shown, fingerprint_of(name))


def is_static(folder: Path) -> bool:
    """Says whether a folder holds a static model like the shipped one: a table of vectors, then unit length."""
    listing = folder / "modules.json"
    if not listing.is_file():
        return False
    modules = json.loads(listing.read_text(encoding="utf-8"))
    kinds = tuple(module["type"].rsplit(".", 1)[-1] for module in modules)
    return kinds == STATIC and (folder / "tokenizer.json").is_file()


def open_model(name: str) -> SentenceTransformer:
    """Opens a model through sentence-transformers; no code that comes with a model is run."""
    from sentence_transformers import SentenceTransformer

    try:
        # A static model is a table look-up: moving its input to an accelerator costs more than it saves.
        device = "cpu" if is_static(Path(name)) else None
        return SentenceTransformer(name, device=device, trust_remote_code=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise NotAModelError(f"无法载入编码模型 {name}：{reason}") from error
