"""The talk of one browser tab, as an immutable value that gradio keeps between events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.types import Answer, Profile, Turn

# What was thought of an answer; empty while nobody has said.
Rating = Literal["", "up", "down"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the checked answer to it; `rated` is what was thought of it, `up` or `down`."""

    question: str
    answer: Answer
    rated: Rating = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """What has been asked and answered; `pending` is the question being worked on.

    `revised` is the number of the question that is being written anew, counted from 1; 0 for none.  `firm` is what is
    known of those who ask.
    """

    exchanges: tuple[Exchange, ...] = ()
    pending: str = ""
    revised: int = 0
    firm: Profile = field(default_factory=Profile)

    def asking(self, question: str, firm: Profile | None = None) -> Talk:
        """A question is being worked on; one that is asked anew takes the place of the old one and of what followed."""
        kept = self.exchanges[: self.revised - 1] if self.revised else self.exchanges
        return Talk(kept, question, firm=firm or self.firm)

    def answered(self, answer: Answer) -> Talk:
        return Talk((*self.exchanges, Exchange(self.pending, answer)), firm=self.firm)

    def dropped(self) -> Talk:
        """The talk without the question that was being worked on."""
        return replace(self, pending="")

    def revising(self, turn: int) -> Talk:
        """Question `turn` is written anew, once it is sent; 0 or a number that is none lets go of it."""
        return replace(self, revised=turn if 0 < turn <= len(self.exchanges) else 0)

    def rated(self, turn: int, verdict: Rating) -> Talk:
        """The talk with what was thought of answer `turn`."""
        one = replace(self.exchanges[turn - 1], rated=verdict)
        return replace(self, exchanges=(*self.exchanges[: turn - 1], one, *self.exchanges[turn:]))

    def at(self, turn: int) -> Exchange | None:
        """Exchange number `turn`, counted from 1."""
        return self.exchanges[turn - 1] if 0 < turn <= len(self.exchanges) else None

    @property
    def asked(self) -> tuple[tuple[str, Answer], ...]:
        """Questions and answers, as an export takes them."""
        return tuple((exchange.question, exchange.answer) for exchange in self.exchanges)

    @property
    def history(self) -> tuple[Turn, ...]:
        """The turns so far, as `Question.history` takes them."""
        return tuple(
            turn
            for exchange in self.exchanges
            for turn in (Turn("user", exchange.question), Turn("assistant", exchange.answer.text))
        )
