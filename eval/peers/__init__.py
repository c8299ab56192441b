"""What people would build instead, on the same documents and the same encoder: one program a file.

Each speaks the contract's JSON lines (`python -m eval.peers.chapters --input questions.jsonl --output answers.jsonl`),
so that one harness measures them and the assistant alike; `python -m eval.peers.side_by_side` makes the table.
A peer keeps its library's defaults.  What it knows of clauses is only how its answers are scored (`align.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to measure beside ours: its module, and one line on it in Chinese and in English."""

    module: str
    zh: str
    en: str


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "langchain_splitter": Peer(
            "eval.peers.langchain_splitter",
            "LangChain：按 500 字切块、重叠 50 字，向量检索前 4 块",
            "LangChain: chunks of 500 characters, 50 shared, the 4 nearest by vector",
        ),
        "llamaindex_defaults": Peer(
            "eval.peers.llamaindex_defaults",
            "LlamaIndex 默认设置：按句切成 1024 token 的块，向量检索前 2 块",
            "LlamaIndex as it comes: sentences packed to 1,024 tokens, the 2 nearest by vector",
        ),
        "haystack_bm25": Peer(
            "eval.peers.haystack_bm25",
            "Haystack：jieba 分词后每 200 词一块，BM25 检索前 10 块",
            "Haystack: jieba words, 200 to a chunk, the 10 best by BM25",
        ),
        "chapters": Peer(
            "eval.peers.chapters",
            "按“一、二、”整章切分，向量检索前 4 章",
            "whole chapters (一、二、…), the 4 nearest by vector",
        ),
    }
)

# Peers answer offline: Haystack reports usage and makes itself a file unless told so before it is imported.
OFFLINE: Mapping[str, str] = MappingProxyType({"HAYSTACK_TELEMETRY_ENABLED": "False", "HF_HUB_OFFLINE": "1"})
