"""The tables: rows as typed values.  Every text goes through masking on its way in, by the type of its column;
`letters` alone is made of text that was masked before.

Times are UTC and know it; one without a time zone is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Index, String, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from assistant.masking import mask

# In letters.  An answer of ten quoted clauses is about 6,000.
_SHORT, _LONG = 2_000, 20_000
# A number that a limit would cut in two is seen whole by the mask.
_BEYOND = 64


class Masked(TypeDecorator[str]):
    """Text without personal numbers, without what SQLite cannot hold, and not longer than `limit`."""

    impl = String
    cache_ok = True

    def __init__(self, limit: int = _SHORT) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else kept(value, self.limit)


def kept(value: str, limit: int = _SHORT) -> str:
    """A text as it is stored."""
    held = value[: limit + _BEYOND].encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    masked = mask(held)
    return masked if len(masked) <= limit else masked[: limit - 1] + "…"


class MaskedJson(TypeDecorator[Any]):
    """A list or object of texts, each masked."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return json.dumps(_masked(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        found = json.loads(value or "null")
        return tuple(found) if isinstance(found, list) else found


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {kept(str(key)): _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else kept(str(value))


class Instant(TypeDecorator[datetime]):
    """A time with its zone, kept in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Base(MappedAsDataclass, DeclarativeBase):
    """A row; `to_json` is its form in an export."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Masked(),
        datetime: Instant(),
        tuple[str, ...]: MaskedJson(),
        dict[str, Any]: MaskedJson(),
    }

    def to_json(self) -> dict[str, Any]:
        """Columns in their order; times and dates in ISO form."""
        values = {column.name: getattr(self, column.key) for column in self.__table__.columns}
        return {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}


def _number() -> Mapped[int]:
    return mapped_column(primary_key=True, init=False)


class Feedback(Base, kw_only=True):
    """What somebody thought of an answer; `verdict` is `up` or `down`, `citations` are clauses as `str(ClauseRef)`."""

    __tablename__ = "feedback"

    id: Mapped[int] = _number()
    at: Mapped[datetime] = mapped_column(index=True)
    verdict: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    question: Mapped[str]
    answer: Mapped[str] = mapped_column(Masked(_LONG))
    status: Mapped[str]
    citations: Mapped[tuple[str, ...]] = mapped_column(default=())
    composer: Mapped[str] = mapped_column(default="")
    as_of: Mapped[date]
    language: Mapped[str] = mapped_column(default="zh")


class Note(Base, kw_only=True):
    """That no answer was found: for which query, under which filters, and what a member of staff wrote to it."""

    __tablename__ = "notes"

    id: Mapped[int] = _number()
    at: Mapped[datetime] = mapped_column(index=True)
    query: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    note: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")


class AddedQuestion(Base, kw_only=True):
    """A known question added on the page; `letters` is what it is told from others by.  A withdrawn row stays."""

    __tablename__ = "added_questions"
    __table_args__ = (Index("one_active", "letters", unique=True, sqlite_where=text("active")),)

    id: Mapped[int] = _number()
    at: Mapped[datetime]
    question: Mapped[str]
    letters: Mapped[str] = mapped_column(String)
    clause: Mapped[str]
    register: Mapped[str] = mapped_column(default="")
    author: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_by: Mapped[str] = mapped_column(default="")


class Lookup(Base, kw_only=True):
    """How often a query was searched; `hits` is what it brought the last time, `noted` how many notes it has."""

    __tablename__ = "lookups"

    letters: Mapped[str] = mapped_column(String, primary_key=True)
    query: Mapped[str]
    times: Mapped[int] = mapped_column(default=0)
    hits: Mapped[int] = mapped_column(default=0)
    missed: Mapped[int] = mapped_column(default=0)
    noted: Mapped[int] = mapped_column(default=0)
    first: Mapped[datetime]
    last: Mapped[datetime] = mapped_column(index=True)


TABLES: Mapping[str, type[Base]] = MappingProxyType(
    {table.__tablename__: table for table in (Feedback, Note, AddedQuestion, Lookup)}
)
