"""A peer without a framework: whole chapters (一、二、… at the start of a line), the nearest by vector."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from eval.peers.align import Chunk, Found, Source
from eval.peers.answering import Search
from eval.peers.common import command, our_encoder, query_vector

TOP_K = 4
# Some of the files carry Markdown: “### **三、…**”.
_HEADING = re.compile(r"^[\s#*]*[一二三四五六七八九十]+、", re.MULTILINE)


def chapters(source: Source) -> list[Chunk]:
    """A file cut in front of each chapter heading; what stands before the first is a chunk too."""
    cuts = [0, *(match.start() for match in _HEADING.finditer(source.text)), len(source.text)]
    return [Chunk(source.file, start, end) for start, end in pairwise(cuts) if source.text[start:end].strip()]


def build(sources: Sequence[Source]) -> Search:
    """Embeds every chapter once; a search compares the question with all of them."""
    encoder = our_encoder()
    pairs = [
        (chunk, source.text[chunk.start : chunk.end]) for source in sources for chunk in chapters(source)
    ]
    vectors = encoder.encode([text for _, text in pairs])

    def search(question: str, k: int) -> list[Found]:
        scores = vectors @ query_vector(encoder, question)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Found(pairs[at][0], float(scores[at])) for at in best]

    return search


if __name__ == "__main__":
    command("chapters", build, TOP_K)
