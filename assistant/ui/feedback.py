"""What somebody thinks of an answer → a row of the store; the store masks what is personal."""

from __future__ import annotations

from datetime import UTC, date, datetime

from assistant.store import Feedback
from assistant.ui.talk import Exchange, Rating

VERDICTS: tuple[Rating, ...] = ("up", "down")

# A sentence or two; the field on the page says so as well.
REASON_LIMIT = 300


def feedback_of(exchange: Exchange, verdict: str, reason: str, as_of: date, language: str) -> Feedback:
    """The row for one answer, as of now."""
    answer = exchange.answer
    return Feedback(
        at=datetime.now(UTC),
        verdict=verdict,
        reason=reason.strip()[:REASON_LIMIT],
        question=exchange.question,
        answer=answer.text,
        status=answer.status.value,
        citations=tuple(str(citation.clause.ref) for citation in answer.citations),
        composer=answer.composer,
        as_of=as_of,
        language=language,
    )
