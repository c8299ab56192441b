"""A peer without vectors: Haystack's BM25 in memory over jieba words."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import jieba

from eval.peers.align import Chunk, Found, Source
from eval.peers.answering import Search
from eval.peers.common import command

TOP_K = 10  # the default of InMemoryBM25Retriever
# Haystack's own pattern takes Chinese characters one by one, which would undo the words.
WORD = r"\w+"

Span = tuple[str, int, int]


def cut(text: str) -> list[Span]:
    """The words of a text with their places, as plain jieba cuts it; white space is none."""
    jieba.setLogLevel(logging.WARNING)
    return [span for span in jieba.tokenize(text) if span[0].strip()]


def build(sources: Sequence[Source]) -> Search:
    """Cuts the files into words and indexes 200 of them a chunk, nothing shared: DocumentSplitter's defaults.

    Telemetry: Haystack reports pipelines only, and none is run here; `assistant.settings` and `OFFLINE` switch it off.
    """
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    words = {source.file: cut(source.text) for source in sources}
    documents = [
        Document(content=" ".join(word for word, _, _ in spans), meta={"file": file})
        for file, spans in words.items()
    ]
    store = InMemoryDocumentStore(bm25_tokenization_regex=WORD)
    store.write_documents(DocumentSplitter().run(documents=documents)["documents"])
    retriever = InMemoryBM25Retriever(document_store=store)
    starts = {file: word_starts(spans) for file, spans in words.items()}

    def search(question: str, k: int) -> list[Found]:
        query = " ".join(word for word, _, _ in cut(question))
        found = retriever.run(query=query, top_k=k)["documents"] if query else []
        return [Found(_chunk(hit, words, starts), float(hit.score)) for hit in found]

    return search


def word_starts(spans: Sequence[Span]) -> list[int]:
    """Where each word begins in the words joined by spaces."""
    return [0, *accumulate(len(word) + 1 for word, _, _ in spans)][:-1]


def _chunk(hit: Any, words: dict[str, list[Span]], starts: dict[str, list[int]]) -> Chunk:
    """A piece of the joined words → the stretch of the file that its words were cut from."""
    file, begin = hit.meta["file"], hit.meta["split_idx_start"]
    first, last = (bisect_left(starts[file], at) for at in (begin, begin + len(hit.content)))
    return Chunk(file, words[file][first][1], words[file][last - 1][2])


if __name__ == "__main__":
    command("haystack_bm25", build, TOP_K)
