"""A question and its clause → a known question that searches find at once, and after every start.

The page holds one `Learning`: it checks as `index.questions` checks the files, writes to the store, and hands the
session what is active.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from assistant.store import AddedQuestion, Store
from assistant.store.tables import kept
from index.questions import Row, alike, letters, wrong_rows
from index.types import ClauseRef, PolicyError

if TYPE_CHECKING:
    from assistant.session import Session


def stored_questions(path: Path) -> list[Row]:
    """The active added questions of a state file; none where there is no such file."""
    if not path.exists():
        return []
    store = Store.open(path)
    rows = store.known_questions()
    store.close()
    return rows


class Learning:
    """Adds and withdraws known questions, one after the other, whoever asks for it at the same time."""

    def __init__(self, session: Session, store: Store) -> None:
        self._session = session
        self._store = store
        self._changing = Lock()

    def problems(self, clause: ClauseRef, question: str, author: str, register: str = "") -> list[str]:
        """What is wrong with a question, one sentence each; none where it may be added."""
        row = Row("", clause, kept(question), register, author.strip())
        said = letters(row.question)
        others = [*self._built, *((letters(one.question), one) for one in self._store.known_questions())]
        near = [other for written, other in others if alike(said, written)]
        wrong = wrong_rows([*near, row], self._session.documents.values())
        return [sentence.removeprefix("：") for one, sentence in wrong if one is row]

    @cached_property
    def _built(self) -> list[tuple[str, Row]]:
        """The known questions of the index, with their letters."""
        passages = self._session.searcher.stored.passages["question"]
        rows = (Row("已有的问法", one.ref, one.text, author="-") for one in passages)
        return [(letters(row.question), row) for row in rows]

    def add(
        self, clause: ClauseRef, question: str, author: str, now: datetime, register: str = ""
    ) -> AddedQuestion:
        """Add a question.  Raises `PolicyError` with all that is wrong with it."""
        with self._changing:
            if problems := self.problems(clause, question, author, register):
                raise PolicyError("".join(problems))
            added = self._store.add_question(clause, question, author.strip(), now, register)
            self._session.learn(self._store.known_questions())
        return added

    def withdraw(self, number: int, author: str, now: datetime) -> bool:
        """Take an added question out of use; False where none of that number is active."""
        with self._changing:
            done = self._store.withdraw(number, author, now)
            self._session.learn(self._store.known_questions())
        return done
