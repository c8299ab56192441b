"""The steps before an answer that a language model may help with: the stand-alone question, understanding, ranking.

Each takes what the rules made and gives it back bettered.  What a model writes here is searched with, and a
stand-alone question is shown as how the question was read: it may use the words of the talk alone.  Raises
`ModelError` where the model is of no use; the rules' value then stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assistant.compose.guard import says_nothing_new
from assistant.compose.material import Tokens, firm_of, speaking_to_people
from assistant.compose.model_client import ModelClient, Prompt
from assistant.compose.model_forms import Ranked, StandAlone, Understood
from assistant.converse import Standalone
from assistant.prompts import instructions
from assistant.spending import Account
from assistant.types import Evidence, Query, Question
from assistant.understand import topic_of
from index.references import find_clauses, find_documents
from index.search import Searcher
from index.types import Document

# Turns of the talk that a model is told; a topic lasts no longer (assistant/converse.py).
_MEMORY = 6
# Characters of a turn, and of a clause to be ranked: enough to see what it is about.
_A_TURN, _A_CLAUSE = 600, 240
# A question longer than that is none; so many search words, so long, and the search would go astray.
_A_QUESTION, _WORDS, _A_WORD = 120, 12, 20
# A named clause stands this far above all others (assistant/retrieve.py); its place is not for a model to change.
_NAMED = 50.0


async def stand_alone(
    question: Question,
    alone: Standalone,
    documents: Mapping[str, Document],
    client: ModelClient,
    account: Account,
) -> Standalone:
    """The question as a model makes it stand alone, with the clauses and documents that it then names.

    What was counted off a list or pointed at (`第二条`, `下一条`) is known exactly and stays; so does the rules'
    reading where the model brings in figures of its own.
    """
    if not question.history or alone.listed or alone.pointed or alone.more:
        return alone
    tokens = Tokens()
    talk = [{"role": turn.role, "content": turn.content[:_A_TURN]} for turn in question.history[-_MEMORY:]]
    data = {"history": talk, "question": question.text}
    said = await client.ask(_prompt("standalone", tokens.hide_all(data)), StandAlone, account)
    text = tokens.shown(said.question)
    known = "\n".join([question.text, *(turn.content for turn in question.history)])
    if text is None or len(text) > _A_QUESTION or not says_nothing_new(text, known):
        return alone
    if text == question.text:
        return Standalone(text)
    named = tuple(m.clause.ref for m in find_clauses(text, documents) if m.clause)
    return replace(
        alone,
        text=text,
        search=text,
        clauses=named or alone.clauses,
        documents=tuple(find_documents(text, documents)) or alone.documents,
    )


async def understood(query: Query, searcher: Searcher, client: ModelClient, account: Account) -> Query:
    """The query with words that documents would use, and with what it is after where the rules saw nothing special."""
    tokens = Tokens()
    data = tokens.hide_all({"question": query.standalone, "firm": firm_of(query)})
    said = await client.ask(_prompt("understand", data), Understood, account)
    words = " ".join(word[:_A_WORD] for word in said.keywords[:_WORDS] if tokens.hide(word) == word)
    intent = said.intent if query.intent == "general" else query.intent
    topic = topic_of(query.standalone, intent, searcher.documents)
    return replace(query, keywords=words, intent=intent, topic=topic)


async def ranked(
    query: Query, evidence: Evidence, searcher: Searcher, client: ModelClient, account: Account
) -> Evidence:
    """The evidence in a model's order.  The scores keep their places: what follows looks at the gaps between them."""
    free = [hit for hit in evidence.ranked if hit.score < _NAMED]
    tokens = Tokens()
    rows = [
        {
            "n": at,
            "document": searcher.documents[hit.ref.document_number].title,
            "title": f"{searcher.clauses[hit.ref].label} {searcher.clauses[hit.ref].title}".strip(),
            "text": speaking_to_people(searcher.clauses[hit.ref].text)[:_A_CLAUSE],
        }
        for at, hit in enumerate(free, start=1)
    ]
    data = {"question": query.standalone, "firm": firm_of(query), "materials": rows}
    said = await client.ask(_prompt("rerank", tokens.hide_all(data)), Ranked, account)
    first = [free[at - 1] for at in dict.fromkeys(said.order) if 1 <= at <= len(free)]
    order = [*first, *(hit for hit in free if hit not in first)]
    moved = [replace(hit, score=place.score) for hit, place in zip(order, free, strict=True)]
    named = [hit for hit in evidence.ranked if hit.score >= _NAMED]
    return replace(evidence, ranked=(*named, *moved), kept=(*named, *moved))


def _prompt(name: str, data: Mapping[str, object]) -> Prompt:
    return Prompt(name, instructions(f"model-{name}")["system"].strip(), data)
