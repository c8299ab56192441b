"""The extractive answer → one that a language model writes from the same clauses, sentence by sentence checked.

The model sees numbered materials and says which ones each sentence rests on.  A sentence that its materials do not
bear out is sent back once with the reason, and dropped if it comes back no better; where less than half of an
answer stands, the extract stands in.  The clauses below the answer are quoted as in an extract.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic_core import from_json

from assistant.compose.extract import extract
from assistant.compose.extractive import Found, clause_lines
from assistant.compose.guard import Fault, cleaned, fault
from assistant.compose.material import Material, Materials, cut_short, materials_of
from assistant.compose.model_chat import ModelError
from assistant.compose.model_client import ModelClient, Prompt
from assistant.compose.model_forms import Checked, Sentence, Written
from assistant.decide import refusal
from assistant.prompts import instructions, reply
from assistant.spending import Account
from assistant.types import Citation, Draft, Evidence, Query, Status
from index.search import Searcher

OnText = Callable[[str], None]
# Characters quoted of each clause under an answer: the sentence it rests on, not the clause again.
_QUOTED = 100
# So few sentences are one paragraph; more are a list.
_A_PARAGRAPH = 3
_STANDS = 0.5
# An answer has five sentences at most by its instructions; what goes on beyond twice that is no answer.
_MOST_SENTENCES = 12
# More kinds of missing things than these are a list of all that there is.
_A_FEW = 3


@dataclass(frozen=True, slots=True)
class Passed:
    """A sentence that stands, with its tokens as words again, and the materials it rests on."""

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One question, the answer made without a model, and what a model is given for it."""

    query: Query
    extract: Draft
    materials: Materials
    searcher: Searcher
    as_of: date

    @property
    def asked(self) -> str:
        """What the user said, as far as it is known here."""
        return f"{self.query.text}\n{self.query.standalone}"

    @classmethod
    def of(cls, query: Query, draft: Draft, evidence: Evidence, searcher: Searcher, as_of: date) -> Job:
        materials = materials_of(query, draft.citations, evidence, searcher, as_of)
        return cls(query, draft, materials, searcher, as_of)


async def write(
    job: Job, client: ModelClient, account: Account, *, checking: bool, on_text: OnText | None = None
) -> Draft:
    """The answer in a model's words.  `checking`: a second look by the model at each sentence.

    `on_text` hears the sentences that stand, as they pass.  Raises `ModelError` where nothing of use came.
    """
    prompt = Prompt("compose", instructions("model-compose")["system"].strip(), job.materials.data)
    shown = _Shown(job, on_text) if on_text else None
    written = await client.ask(prompt, Written, account, shown)
    if not written.sentences and written.complete != "none":
        raise ModelError("语言模型没有写出内容，请重试，或换一个模型。", "empty")
    passed, rejected = await asyncio.to_thread(judge, job, written.sentences)
    if rejected and not account.exhausted:
        better = await _again(job, client, account, rejected)
        passed, rejected = [*passed, *better], rejected[len(better) :]
    passed = list({one.text: one for one in passed}.values())
    if checking and passed:
        passed = await _doubted_gone(job, client, account, passed)
    if len(passed) < _STANDS * min(len(written.sentences), _MOST_SENTENCES):
        raise ModelError(
            "语言模型的答复大半没有依据，没有采用；请换一个模型，或看摘录的条款。", "unsupported"
        )
    return await asyncio.to_thread(_draft, job, client.name, passed, [one for one, _ in rejected], written)


def judge(job: Job, sentences: Sequence[Sentence]) -> tuple[list[Passed], list[tuple[Sentence, Fault]]]:
    """The sentences that stand, in order, and the others with what is wrong with each; what is too many is not read."""
    passed, rejected = list[Passed](), list[tuple[Sentence, Fault]]()
    for sentence in sentences[:_MOST_SENTENCES]:
        found = _judged(job, sentence)
        if isinstance(found, Passed):
            passed.append(found)
        else:
            rejected.append((sentence, found))
    return passed, rejected


def _judged(job: Job, sentence: Sentence) -> Passed | Fault:
    known = tuple(dict.fromkeys(n for n in sentence.evidence if n in job.materials.by_number))
    if not known:
        return Fault("no_material")
    text = job.materials.shown(sentence.text)
    if text is None:
        return Fault("token", (sentence.text,))
    text = cleaned(text)
    found = fault(text, [job.materials.by_number[n] for n in known], job.asked)
    return found or Passed(text, known)


async def _again(
    job: Job, client: ModelClient, account: Account, rejected: Sequence[tuple[Sentence, Fault]]
) -> list[Passed]:
    """What stands of the rejected sentences after the model has seen why; nothing where it fails at that."""
    told = [{"text": one.text, "evidence": one.evidence, "reason": _reason(fault)} for one, fault in rejected]
    parts = instructions("model-compose")
    system = f"{parts['system'].strip()}\n\n{parts['again'].strip()}"
    data = {**job.materials.data, "rejected": job.materials.tokens.hide_all(told)}
    try:
        better = await client.ask(Prompt("again", system, data), Written, account)
    except ModelError:  # what stands already is an answer
        return []
    return (await asyncio.to_thread(judge, job, better.sentences[: len(rejected)]))[0]


def _reason(fault: Fault) -> str:
    said: str = instructions("model-compose")["reasons"][fault.kind]
    return said.format(words="、".join(fault.words))


async def _doubted_gone(
    job: Job, client: ModelClient, account: Account, passed: Sequence[Passed]
) -> list[Passed]:
    """The sentences without those that the model, asked for nothing else, finds unsupported."""
    rows = [
        {
            "n": at,
            "sentence": one.text,
            "clauses": [cut_short(job.materials.by_number[number].text) for number in one.evidence],
        }
        for at, one in enumerate(passed, start=1)
    ]
    data = job.materials.tokens.hide_all({"sentences": rows})
    prompt = Prompt("check", instructions("model-check")["system"].strip(), data)
    try:
        verdict = await client.ask(prompt, Checked, account)
    except ModelError:  # the guard has passed them; the second look is an extra
        return list(passed)
    return [one for at, one in enumerate(passed, start=1) if at not in verdict.unsupported]


def _draft(
    job: Job, model: str, passed: Sequence[Passed], rejected: Sequence[Sentence], written: Written
) -> Draft:
    """The checked sentences with markers, then each clause with its words, as in an extract.

    A clause that only rejected sentences rest on is quoted too if the extract has it: the model found it of use, and
    its own words are beyond doubt.  Where the model says that the materials do not answer, it is a refusal beside the
    clauses of the extract.
    """
    composer = f"llm:{model}"
    missing = _missing(job, written)
    if not passed:
        return replace(refusal(job.query, job.extract, missing), composer=composer)
    told = [(one.text, one.evidence) for one in passed] + [
        (one.text, tuple(one.evidence)) for one in rejected
    ]
    numbers = dict.fromkeys([n for one in passed for n in one.evidence] + _in_extract(job, rejected))
    markers = {number: at for at, number in enumerate(numbers, start=1)}
    found = [_found(job, job.materials.by_number[n], at, told) for n, at in markers.items()]
    told_in_full = replace(job.query, intent="general")  # with the bodies in charge, whatever is asked
    said = [f"{one.text}{''.join(f' [{markers[n]}]' for n in one.evidence)}" for one in passed]
    text = "\n".join([_laid_out(said), "", *clause_lines(told_in_full, found, job.as_of)])
    draft = Draft(text, tuple(one.citation for one in found), Status.ANSWERED, composer)
    if written.complete == "full":
        return draft
    note = reply(job.query.language, "lead", "unanswered_part", missing=missing)
    return replace(draft, text=f"{text}\n\n{note}", status=Status.PARTIAL)


def _in_extract(job: Job, rejected: Sequence[Sentence]) -> list[int]:
    """The materials of rejected sentences that the extract cites as well."""
    cited = {citation.clause.ref for citation in job.extract.citations}
    numbers = (number for one in rejected for number in one.evidence)
    known = job.materials.by_number
    return [number for number in numbers if number in known and known[number].clause.ref in cited]


def _found(job: Job, material: Material, marker: int, told: Sequence[tuple[str, Sequence[int]]]) -> Found:
    """A clause to cite, with the words nearest to the question and to each sentence about it."""
    about = [text for text, evidence in told if material.number in evidence]
    words = extract(job.query.standalone, material.clause, job.searcher, _QUOTED, about)
    return Found(Citation(marker, material.document, material.clause, words.best, material.validity), words)


def _missing(job: Job, written: Written) -> str:
    """What the model says is not in the materials, in our words: a model's own would be past all checks."""
    language, said = job.query.language, " ".join(written.missing).lower()
    kinds = [row["name"] for row in instructions("model-compose")["missing"] if re.search(row["any"], said)]
    joint = "、" if language == "zh" else ", "
    return joint.join(reply(language, "missing", kind) for kind in kinds[:_A_FEW] or ["asked"])


def _laid_out(sentences: Sequence[str]) -> str:
    if len(sentences) <= _A_PARAGRAPH:
        return "\n".join(sentences)
    return "\n".join(f"- {one}" for one in sentences)


class _Shown:
    """The reply so far → the sentences that stand so far, told whenever there is one more; each is judged once."""

    def __init__(self, job: Job, on_text: OnText) -> None:
        self._job, self._on_text = job, on_text
        self._judged: list[Sentence] = []
        self._standing: list[str] = []

    def __call__(self, text: str) -> None:
        rows = _complete_rows(text)[:_MOST_SENTENCES]
        if rows[: len(self._judged)] != self._judged:  # another attempt
            self._judged, self._standing = [], []
        for row in rows[len(self._judged) :]:
            self._judged.append(row)
            found = _judged(self._job, row)
            if isinstance(found, Passed) and found.text not in self._standing:
                self._standing.append(found.text)
                self._on_text("\n".join(self._standing))


def _complete_rows(text: str) -> list[Sentence]:
    """The sentences of a reply that is still coming, as far as they are complete."""
    begin, end = text.find("{"), text.rfind("}")
    try:
        so_far = from_json(text[begin : end + 1], allow_partial=True)
        rows = so_far.get("sentences", []) if isinstance(so_far, dict) else []
        return [Sentence.model_validate(row) for row in rows]
    except ValueError:  # not complete, or not of the form: it will be seen at the end
        return []
