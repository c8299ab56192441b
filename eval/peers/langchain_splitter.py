"""A peer as LangChain's tutorials have it: a recursive character splitter, FAISS, the nearest chunks."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
from langchain_core.documents import Document

from eval.peers.align import Chunk, Found, Source
from eval.peers.answering import Search
from eval.peers.common import command, our_encoder, query_vector

TOP_K = 4  # the default k of LangChain's vector stores
# What LangChain's documentation lists for writing without spaces between words.
SEPARATORS = ["\n\n", "\n", " ", ".", ",", "\u200b", "\uff0c", "\u3001", "\uff0e", "\u3002", ""]


def build(sources: Sequence[Source]) -> Search:
    """Splits and embeds the files.

    FAISS is called as LangChain's wrapper does by default (a flat index, Euclidean distance), without the wrapper: it
    is in langchain-community, which is no longer maintained.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=500, chunk_overlap=50, separators=SEPARATORS, add_start_index=True
    )
    files = [{"file": source.file} for source in sources]
    pieces = splitter.create_documents([source.text for source in sources], files)
    encoder = our_encoder()
    index = faiss.IndexFlatL2(encoder.dimension)
    index.add(encoder.encode([piece.page_content for piece in pieces]))

    def search(question: str, k: int) -> list[Found]:
        distances, rows = index.search(query_vector(encoder, question).reshape(1, -1), min(k, len(pieces)))
        return [_found(pieces[row], -float(far)) for row, far in zip(rows[0], distances[0], strict=True)]

    return search


def _found(piece: Document, score: float) -> Found:
    start = piece.metadata["start_index"]
    return Found(Chunk(piece.metadata["file"], start, start + len(piece.page_content)), score)


if __name__ == "__main__":
    command("langchain_splitter", build, TOP_K)
