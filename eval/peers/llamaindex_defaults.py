"""A peer as LlamaIndex comes: its sentence splitter, its vector index and its top k, all with their defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.peers.align import Chunk, Found, Source
from eval.peers.answering import Search
from eval.peers.common import command, our_encoder, query_vector
from index.types import Encoder

TOP_K = 2  # LlamaIndex's default similarity_top_k


def _embedding(encoder: Encoder) -> Any:
    """Our encoder as LlamaIndex calls one; the class stands in here because its base comes with the extra."""
    from llama_index.core.embeddings import BaseEmbedding

    class EncoderEmbedding(BaseEmbedding):  # type: ignore[misc]  # mypy does not look into the extra
        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = encoder.encode(texts).tolist()
            return rows

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            row: list[float] = query_vector(encoder, query).tolist()
            return row

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return EncoderEmbedding(model_name=encoder.name)


def build(sources: Sequence[Source]) -> Search:
    """Splits and embeds the files: 1,024 tokens a chunk, 200 shared.

    Tokens are counted with tiktoken's cl100k; its table and the sentence data of nltk come with llama-index-core, and
    nothing is fetched.  No language model is set up: a retriever needs none.
    """
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    documents = [Document(text=source.text, id_=source.file) for source in sources]
    index = VectorStoreIndex.from_documents(
        documents, transformations=[SentenceSplitter()], embed_model=_embedding(our_encoder())
    )

    def search(question: str, k: int) -> list[Found]:
        found = index.as_retriever(similarity_top_k=k).retrieve(question)
        return [Found(_chunk(hit.node), float(hit.score)) for hit in found]

    return search


def _chunk(node: Any) -> Chunk:
    return Chunk(node.ref_doc_id, node.start_char_idx, node.end_char_idx)


if __name__ == "__main__":
    command("llamaindex_defaults", build, TOP_K)
