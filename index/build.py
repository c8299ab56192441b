"""Documents folder → stored index, incrementally: what did not change is neither parsed nor encoded again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from index import lexicon, store
from index.dense import Dense
from index.lexical import Lexical
from index.library import Source, keep, parse, sources
from index.passages import known_questions, passages
from index.reader import ReadError
from index.store import GRANULARITIES, LEXICAL, Meta, Stored, StoreError
from index.types import Document, Encoder, Passage, PolicyError, Vectors

Progress = Callable[[str, int, int], None]
_BATCH = 512
# Digests that are not those of a file: no file is named so.
_CODE, _PROBLEMS = _KEYS = ("*code", "*problems")


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did, as counts of files, and every problem it met."""

    added: int
    changed: int
    unchanged: int
    removed: int
    written: bool
    problems: tuple[str, ...]


@cache
def code_fingerprint() -> str:
    """Changes when the code that parses, cuts or stores does."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name != "__main__.py":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def question_digests(folder: Path) -> dict[str, str]:
    """The digests of the known-question files, by their path in the folder."""
    files = sorted((folder / "questions").glob("*.jsonl"))
    return {f"questions/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def fingerprint(digests: dict[str, str], encoder_fingerprint: str) -> str:
    """Names an index by all that it depends on: sources, questions, lexicon, encoder, code."""
    parts = (repr(sorted(digests.items())), encoder_fingerprint, lexicon.fingerprint(), code_fingerprint())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def expected_fingerprint(documents_dir: Path, encoder_fingerprint: str) -> str:
    """The fingerprint that an index of this folder would have now."""
    return fingerprint(_survey(documents_dir)[1], encoder_fingerprint)


def _survey(folder: Path) -> tuple[list[Source], dict[str, str], list[str]]:
    """The files to parse, the digests of all that a build of this folder depends on, and what is wrong with it."""
    found, problems = sources(folder)
    digests = {source.path.name: source.digest for source in found} | question_digests(folder)
    digests[_PROBLEMS] = hashlib.sha256("\n".join(problems).encode()).hexdigest()
    return found, digests, problems


def build(
    documents_dir: Path,
    index_dir: Path,
    encoder: Encoder,
    *,
    rebuild: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> tuple[Stored, Report]:
    """Bring the index up to date and return it with a report; `rebuild` takes nothing over from the old one.

    Raises `PolicyError` when the folder holds no readable file; the old index then stays as it was.
    """
    found, digests, problems = _survey(documents_dir)
    name = fingerprint(digests, encoder.fingerprint)
    old = None if rebuild else _old(index_dir)
    if old and old.meta.fingerprint == name:
        return old, Report(0, 0, len(found), 0, False, old.meta.problems)
    documents = _documents(found, old, problems, progress)
    if not documents:
        raise PolicyError(f"{documents_dir} 中没有可读的政策文件，请放入 UTF-8 的 .txt 或 .md 文件后重试。")
    questions, troubles = known_questions(documents_dir, documents)
    problems += troubles
    meta = Meta(name, encoder.name, encoder.fingerprint, digests, tuple(problems))
    stored = _stored(meta, documents, questions, encoder, old, progress)
    store.save(stored, index_dir)
    return stored, _report(found, old, problems)


def _old(index_dir: Path) -> Stored | None:
    try:
        return store.load(index_dir)
    except StoreError:
        return None


def _documents(
    found: Sequence[Source], old: Stored | None, problems: list[str], progress: Progress
) -> list[Document]:
    """Parse what is new or changed; take the rest from the old index if the code is the same."""
    same_code = old is not None and old.meta.digests.get(_CODE) == code_fingerprint()
    known = {document.file: document for document in old.documents} if old and same_code else {}
    documents: dict[str, Document] = {}
    for at, source in enumerate(found):
        progress("解析", at, len(found))
        name = source.path.name
        try:
            reusable = old and name in known and old.meta.digests.get(name) == source.digest
            keep(known[name] if reusable else parse(source), documents, problems)
        except ReadError as error:
            problems.append(str(error))
    progress("解析", len(found), len(found))
    return list(documents.values())


def _stored(
    meta: Meta,
    documents: Sequence[Document],
    questions: Sequence[Passage],
    encoder: Encoder,
    old: Stored | None,
    progress: Progress,
) -> Stored:
    grouped = store.group([p for document in documents for p in passages(document)] + list(questions))
    # faiss leaves Python alone while it links vectors: one core does that while the other encodes and cuts words.
    # One thread, because more than one set of vectors at a time is what takes the memory.
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = {}
        for name in sorted(GRANULARITIES, key=lambda name: -len(grouped[name])):  # the longest work first
            vectors = _encode(
                [passage.text for passage in grouped[name]],
                encoder,
                _vectors_by_text(old, name, encoder),
                name == "question",
                progress,
            )
            waiting[name] = pool.submit(Dense.build, vectors)
            del vectors
        lexical = {name: Lexical.build([p.text for p in grouped[name]]) for name in LEXICAL}
        dense = {name: waiting[name].result() for name in GRANULARITIES}
    meta = replace(meta, digests={**meta.digests, _CODE: code_fingerprint()})
    return Stored(meta, tuple(documents), grouped, dense, lexical)


def _vectors_by_text(old: Stored | None, name: str, encoder: Encoder) -> dict[str, Vectors]:
    if (
        old is None
        or old.meta.encoder_fingerprint != encoder.fingerprint
        or not old.dense[name].keeps_vectors
    ):
        return {}
    return dict(zip((p.text for p in old.passages[name]), old.dense[name].vectors(), strict=True))


def _encode(
    texts: Sequence[str], encoder: Encoder, known: dict[str, Vectors], is_query: bool, progress: Progress
) -> Vectors:
    """Vectors of all texts, shape (n, dimension); only those not known are computed, in batches."""
    run = encoder.encode_query if is_query else encoder.encode
    found = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    missing = [row for text, row in first.items() if text not in known]
    for begin in range(0, len(missing), _BATCH):
        progress("编码", begin, len(missing))
        rows = missing[begin : begin + _BATCH]
        found[rows] = run([texts[row] for row in rows])
    for row, text in enumerate(texts):
        if text in known:
            found[row] = known[text]
        elif first[text] != row:
            found[row] = found[first[text]]
    return found


def _report(found: Iterable[Source], old: Stored | None, problems: Sequence[str]) -> Report:
    now = {source.path.name: source.digest for source in found}
    before = {n: d for n, d in old.meta.digests.items() if n not in _KEYS and "/" not in n} if old else {}
    added = len(now.keys() - before.keys())
    changed = sum(now[name] != before[name] for name in now.keys() & before.keys())
    removed = len(before.keys() - now.keys())
    return Report(added, changed, len(now) - added - changed, removed, True, tuple(problems))
