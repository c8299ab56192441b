"""The file of what the page keeps: written to by any thread, read by any other meanwhile.

SQLite through SQLAlchemy.  Each call that writes is one transaction, so that a crash leaves a row whole or not
there; who writes at the same time waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from filelock import FileLock
from sqlalchemy import URL, Engine, Executable, create_engine, delete, event, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from assistant.store.tables import AddedQuestion, Base, Feedback, Lookup, Note, kept
from index.query import normalised
from index.questions import Row, letters
from index.types import ClauseRef, PolicyError

# Raised when the tables change; a file of a later version is refused rather than misread.
VERSION = 1
# Another process may hold the file for as long as it writes; more than this is a fault.
_BUSY_MS = 10_000
# Rows at a time in an export: it is never in memory as a whole.
_BATCH = 500

Table = TypeVar("Table", bound=Base)


class Store:
    """Feedback, notes, added known questions and counts of look-ups, in one SQLite file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._writing = Lock()

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open or make the file.  Raises `PolicyError` where it cannot be used."""
        # What was given is not yet masked: it stays out of messages and logs.
        engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # what people asked is for nobody else on the machine
            # A file turns to write-ahead logging once, and SQLite has nobody wait while it does.
            with FileLock(f"{path}.lock", timeout=_BUSY_MS / 1000, mode=0o600):
                _make(engine, path)
        except (DatabaseError, OSError) as error:
            engine.dispose()
            raise PolicyError(
                f"{path} 打不开（{_why(error)}）；请检查权限和磁盘，或把它移到别处后重新启动。"
            ) from error
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Session]:
        """One transaction; raises `PolicyError` where the disk is full or the file is held by another for long."""
        with self._writing:  # SQLite would have threads poll for their turn
            try:
                with self._sessions.begin() as session:
                    yield session
            except IntegrityError:
                raise
            except DatabaseError as error:
                raise PolicyError(f"没有存上（{_why(error)}），请检查磁盘空间和权限后重试。") from error

    def add_feedback(self, row: Feedback) -> int:
        """Keep an opinion of an answer; returns its number."""
        return self._add(row).id

    def add_note(self, row: Note) -> int:
        """Keep a note that no answer was found; its query counts as unanswered until a question is added for it."""
        return self._add(row, _counted(row.query, row.at, noted=1)).id

    def _add(self, row: Table, also: Executable | None = None) -> Table:
        with self._write() as session:
            session.add(row)
            if also is not None:
                session.execute(also)
        with self._sessions() as session:  # as it was stored, not as it was given
            session.add(row)
            session.refresh(row)
        return row

    def record_lookup(self, query: str, hits: int, now: datetime) -> None:
        """Count a query that somebody meant (not each letter while it is typed); `hits` 0 counts as unanswered."""
        counted = _counted(query, now, times=1, missed=int(hits == 0), hits=hits)
        if counted is not None:
            with self._write() as session:
                session.execute(counted)

    def frequent(self, limit: int = 20, since: datetime | None = None) -> list[Lookup]:
        """The queries searched most often, of those searched since."""
        wanted = select(Lookup).where(Lookup.times > 0)
        return self._lookups(wanted.order_by(Lookup.times.desc(), Lookup.last.desc()), limit, since)

    def unanswered(self, limit: int = 20, since: datetime | None = None) -> list[Lookup]:
        """The queries that brought nothing the last time or were noted, and that no added question answers."""
        answered = select(AddedQuestion.letters).where(AddedQuestion.active)
        wanted = select(Lookup).where(
            or_(Lookup.noted > 0, (Lookup.hits == 0) & (Lookup.times > 0)), Lookup.letters.not_in(answered)
        )
        often = (Lookup.noted + Lookup.missed).desc()
        return self._lookups(wanted.order_by(often, Lookup.last.desc()), limit, since)

    def _lookups(self, wanted: Any, limit: int, since: datetime | None) -> list[Lookup]:
        if since is not None:
            wanted = wanted.where(Lookup.last >= since)
        with self._sessions() as session:
            return list(session.scalars(wanted.limit(limit)))

    def add_question(
        self, clause: ClauseRef, question: str, author: str, now: datetime, register: str = ""
    ) -> AddedQuestion:
        """Keep a known question.  Raises `PolicyError` where the same one is active."""
        said = kept(" ".join(question.split()))
        row = AddedQuestion(
            at=now, question=said, letters=letters(said), clause=str(clause), register=register, author=author
        )
        try:
            return self._add(row)
        except IntegrityError:
            raise PolicyError(f"“{said}”已经加过了，不必再加。") from None

    def withdraw(self, number: int, author: str, now: datetime) -> bool:
        """Take an added question out of use; False where none of that number is active."""
        change = update(AddedQuestion).where(AddedQuestion.id == number, AddedQuestion.active)
        with self._write() as session:
            done = session.execute(
                change.values(active=False, withdrawn_at=now, withdrawn_by=author).returning(AddedQuestion.id)
            )
            return done.first() is not None

    def added_questions(self, *, active: bool = True) -> list[AddedQuestion]:
        """Added questions in the order of adding; with `active` off the withdrawn ones."""
        wanted = select(AddedQuestion).where(AddedQuestion.active.is_(active)).order_by(AddedQuestion.id)
        with self._sessions() as session:
            return list(session.scalars(wanted))

    def known_questions(self) -> list[Row]:
        """The active ones as rows of known questions, which `Session.learn` takes."""
        return [
            Row(f"补充问法 {one.id}", ClauseRef.parse(one.clause), one.question, one.register, one.author)
            for one in self.added_questions()
        ]

    def recent(self, table: type[Table], limit: int = 50) -> list[Table]:
        """The last rows of feedback, notes or added questions, newest first."""
        with self._sessions() as session:
            return list(session.scalars(select(table).order_by(_key(table).desc()).limit(limit)))

    def rows(self, table: type[Table]) -> Iterator[Table]:
        """All rows of a table, in the order of their keys."""
        with self._sessions() as session:
            yield from session.scalars(
                select(table).order_by(_key(table)).execution_options(yield_per=_BATCH)
            )

    def size(self, table: type[Base]) -> int:
        """How many rows a table has."""
        with self._sessions() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def forget(self, before: datetime) -> None:
        """Remove what is older; added questions only when they were withdrawn before."""
        old = (
            delete(Feedback).where(Feedback.at < before),
            delete(Note).where(Note.at < before),
            delete(Lookup).where(Lookup.last < before),
            delete(AddedQuestion).where(~AddedQuestion.active, AddedQuestion.withdrawn_at < before),
        )
        with self._write() as session:
            for statement in old:
                session.execute(statement)


def _counted(query: str, now: datetime, **more: int) -> Executable | None:
    """Adds to the row of a query, or makes it; `hits` is no sum but the last.  None for a query without a letter."""
    said = kept(normalised(query))
    if not (key := letters(said)):
        return None
    begin = {"times": 0, "hits": 0, "missed": 0, "noted": 0, **more}
    new = insert(Lookup).values(letters=key, query=said, first=now, last=now, **begin)
    change = {name: by if name == "hits" else getattr(Lookup, name) + by for name, by in more.items()}
    return new.on_conflict_do_update(index_elements=["letters"], set_={"query": said, "last": now, **change})


def _key(table: type[Base]) -> Any:
    return next(iter(table.__table__.primary_key))


def _prepare(connection: Any, _: Any) -> None:
    """Settings that SQLite keeps for each connection.  What is deleted is overwritten, not only let go of."""
    for pragma in (
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _make(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE"
        )  # of two programs that start at once one makes the tables
        found = connection.exec_driver_sql("PRAGMA user_version").scalar() or 0
        if found > VERSION:
            raise PolicyError(f"{path} 是更新版本的程序写的，请升级程序，或另设 POLICY_STATE_FILE。")
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
        connection.commit()


def _why(error: Exception) -> str:
    return str(getattr(error, "orig", None) or getattr(error, "strerror", None) or type(error).__name__)
