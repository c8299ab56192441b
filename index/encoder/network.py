"""The network while it learns: words as weighted sums of unit vectors, texts as sums of word vectors."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from index.encoder.vocabulary import Ragged

INITIAL_SPREAD = 0.05  # of unit vectors; small enough that some hundred steps of 2e-3 move them


def sums(vectors: Tensor, places: NDArray[np.int64], offsets: NDArray[np.int64]) -> Tensor:
    """Adds up the vectors at `places`, row by row: shape (rows, dimension)."""
    return functional.embedding_bag(
        torch.from_numpy(places), vectors, torch.from_numpy(offsets), mode="sum", include_last_offset=True
    )


class UnitBag(nn.Module):
    """Texts as normalised sums of words, words as sums of weighted units; linear up to the normalisation."""

    def __init__(self, composition: Ragged, weights: NDArray[np.float64], dimension: int) -> None:
        """`composition` has one row of unit numbers per token id; `weights` holds each unit's start weight."""
        super().__init__()
        self.composition = composition
        self.units = nn.Embedding(len(weights), dimension, sparse=True)
        nn.init.normal_(self.units.weight, std=INITIAL_SPREAD)
        self.weights = nn.Embedding(len(weights), 1, sparse=True)
        with torch.no_grad():
            self.weights.weight.copy_(torch.from_numpy(weights).float().log()[:, None])

    def words(self, ids: NDArray[np.int64]) -> Tensor:
        """Gives the vectors of some tokens, shape (n, dimension); each unit is fetched once."""
        rows = self.composition.take(ids)
        units, places = np.unique(rows.ids, return_inverse=True)
        wanted = torch.from_numpy(units)
        vectors = self.units(wanted) * self.weights(wanted).exp()
        return sums(vectors, places, rows.offsets)

    def forward(self, texts: Ragged) -> Tensor:
        """Embeds texts given as token ids: shape (n, dimension), rows of length one."""
        ids, places = np.unique(texts.ids, return_inverse=True)
        return functional.normalize(sums(self.words(ids), places, texts.offsets), dim=-1)

    @torch.no_grad()
    def fold(self) -> NDArray[np.float32]:
        """Gives one vector per token, shape (tokens, dimension): the units' weights and sums folded in."""
        everything = np.arange(len(self.composition), dtype=np.int64)
        return self.words(everything).numpy()


def contrastive_loss(questions: Tensor, passages: Tensor, targets: Tensor, scale: float) -> Tensor:
    """Gives the mean cross-entropy of each question's own passage among all given ones, cosines times `scale`.

    InfoNCE (van den Oord et al. 2018) with the other passages of the batch as negatives.
    """
    return functional.cross_entropy(questions @ passages.T * scale, targets)
