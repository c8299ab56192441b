"""The forms of a language model's replies, one a step.  What does not fit one is no reply."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

# A service that enforces a schema wants every object closed; a reply with more than was asked for is no harm.
_CLOSED = ConfigDict(extra="ignore", frozen=True, json_schema_extra={"additionalProperties": False})

# Lengths are judged sentence by sentence: one that is too long must not cost the others.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _half_characters_gone(value: object) -> object:
    """A text that UTF-8 can hold: models write halves of surrogate pairs when they are cut off."""
    return value.encode("utf-8", "ignore").decode("utf-8") if isinstance(value, str) else value


Text = Annotated[Line, BeforeValidator(_half_characters_gone)]


class Sentence(BaseModel):
    """One sentence of an answer and the numbers of the materials that it rests on."""

    model_config = _CLOSED
    text: Text
    evidence: list[int]


class Written(BaseModel):
    """An answer: its sentences, whether it is complete, and what the materials do not say."""

    model_config = _CLOSED
    sentences: list[Sentence]
    complete: Literal["full", "partial", "none"]
    missing: list[str]


class StandAlone(BaseModel):
    """A follow-up as a question that needs no talk before it."""

    model_config = _CLOSED
    question: Text


class Understood(BaseModel):
    """What a question is after, and how policy documents would put it."""

    model_config = _CLOSED
    intent: Literal["support", "whether", "department", "validity", "compare", "general"]
    keywords: list[Text]


class Ranked(BaseModel):
    """The numbers of the materials that answer, best first."""

    model_config = _CLOSED
    order: list[int]


class Checked(BaseModel):
    """The numbers of the sentences that their clauses do not bear out."""

    model_config = _CLOSED
    unsupported: list[int]
