"""What the page keeps between runs: feedback, notes, added known questions, counts of look-ups."""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.settings import Settings
from assistant.store.store import Store
from assistant.store.tables import TABLES, AddedQuestion, Base, Feedback, Lookup, Note

__all__ = ["TABLES", "AddedQuestion", "Base", "Feedback", "Lookup", "Note", "Store", "open_state"]


def open_state(settings: Settings, now: datetime) -> Store:
    """The store of the settings, without what is older than they allow.  Raises `PolicyError`."""
    store = Store.open(settings.state_file)
    if settings.state_days:
        store.forget(now - timedelta(days=settings.state_days))
    return store
