"""The talk of one browser tab, as an immutable value that gradio keeps between events."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.types import Answer, Turn


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the checked answer to it."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Talk:
    """What has been asked and answered; `pending` is the question being worked on."""

    exchanges: tuple[Exchange, ...] = ()
    pending: str = ""

    def asking(self, question: str) -> Talk:
        return replace(self, pending=question)

    def answered(self, answer: Answer) -> Talk:
        return Talk((*self.exchanges, Exchange(self.pending, answer)))

    def dropped(self) -> Talk:
        """The talk without the question that was being worked on."""
        return replace(self, pending="")

    @property
    def history(self) -> tuple[Turn, ...]:
        """The turns so far, as `Question.history` takes them."""
        return tuple(
            turn
            for exchange in self.exchanges
            for turn in (Turn("user", exchange.question), Turn("assistant", exchange.answer.text))
        )
