"""The index as a langchain retriever, for programs that are built on langchain."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangchainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.query import normalised
from index.search import Searcher
from index.types import Hit


class PolicyRetriever(BaseRetriever):
    """Clauses for a question, best first.  `page_content` is the clause's text; `metadata` names and dates it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangchainDocument]:
        return [self._document(hit) for hit in self.searcher.search(normalised(query), self.k)]

    def _document(self, hit: Hit) -> LangchainDocument:
        clause = self.searcher.clauses[hit.ref]
        metadata = {
            "document_number": hit.ref.document_number,
            "document_title": self.searcher.documents[hit.ref.document_number].title,
            "clause_path": hit.ref.path,
            "clause_label": clause.label,
            "score": hit.score,
        }
        return LangchainDocument(page_content=clause.text, metadata=metadata)
