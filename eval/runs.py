"""A run's folder: answers and all that it takes to repeat them.

<results>/<name>-<commit>/config.json     what ran: command, cases, dates, versions, index, machine
<results>/<name>-<commit>/cases.jsonl     the cases as they were
<results>/<name>-<commit>/answers.jsonl   one line a case, in the order they came in
<results>/<name>-<commit>/scores.json     written by `score`
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from assistant.settings import ROOT, get_settings
from eval.answers import AnswerFile, load_answers
from eval.cases import CaseFile, load_cases
from eval.records import Library, Record, judge
from index.build import expected_fingerprint
from index.encoder import SHIPPED, fingerprint_of
from index.library import parse_all, sources
from index.types import PolicyError

RESULTS = ROOT / "eval" / "results"
# Whose version may change an answer or a figure.
_PACKAGES = ("sentence-transformers", "torch", "faiss-cpu", "bm25s", "jieba", "numpy", "scipy", "ir-measures")
# What may differ between the two halves of a run that was interrupted.
_FREE = ("started", "finished", "seconds", "workers", "machine")


@dataclass(frozen=True, slots=True)
class Config:
    """All that it takes to repeat a run.

    `commit` and `changes` (a hash of what is not committed) name our code, `program` is a hash of the files that the
    command names, `documents` one of the policy files.
    """

    name: str
    cases: str
    cases_sha256: str
    command: str
    program: str
    as_of: str
    workers: int
    commit: str
    changes: str
    index_fingerprint: str
    documents: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    machine: Mapping[str, Any]
    started: str = ""
    finished: str = ""
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """The run's name, also of its folder; what follows a plus sign tells uncommitted changes apart."""
        return f"{self.name}-{self.commit}" + (f"+{self.changes[:4]}" if self.changes else "")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Run:
    """A run read back: its configuration, cases, replies, and a sentence for each thing wrong with its files."""

    folder: Path
    config: Config
    cases: CaseFile
    answers: AnswerFile
    notes: tuple[str, ...] = ()
    records: tuple[Record, ...] = field(repr=False, default=())

    @property
    def problems(self) -> tuple[str, ...]:
        return (*self.notes, *self.cases.problems, *self.answers.problems)


def describe(
    name: str, cases: Path, digest: str, command: Sequence[str], as_of: date, workers: int
) -> Config:
    """The configuration of a run that is about to start."""
    settings = get_settings()
    encoder = fingerprint_of(settings.encoder or str(SHIPPED))
    commit, changes = _code()
    return Config(
        name=name,
        cases=_within(cases),
        cases_sha256=digest,
        command=" ".join("python" if part == sys.executable else part for part in command),
        program=_program(command),
        as_of=as_of.isoformat(),
        workers=workers,
        commit=commit,
        changes=changes,
        index_fingerprint=expected_fingerprint(settings.documents_dir, encoder),
        documents=documents_digest(settings.documents_dir),
        settings={
            "encoder": settings.encoder or "shipped",
            "model": settings.model,
            "model_base_url": settings.model_base_url,
            **({"model_steps": list(settings.model_steps)} if settings.model else {}),
        },
        versions={"python": platform.python_version(), **_versions()},
        machine={"system": f"{platform.system()} {platform.machine()}", "cores": os.cpu_count()},
    )


def _program(command: Sequence[str]) -> str:
    """A hash of the files among the words of a command: a script that was edited is another system."""
    files = [Path(word) for word in command[1:] if Path(word).is_file()]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    return digest.hexdigest()[:12] if files else ""


def documents_digest(folder: Path) -> str:
    """A hash of the policy files of a folder and what its manifest says of them."""
    found, _ = sources(folder)
    return hashlib.sha256("".join(source.digest for source in found).encode()).hexdigest()[:16]


def _within(path: Path) -> str:
    """A path as others can follow it: relative to the project where it lies inside."""
    full = path.resolve()
    return full.relative_to(ROOT).as_posix() if full.is_relative_to(ROOT) else full.name


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _code() -> tuple[str, str]:
    """The commit, short, and a hash of what differs from it; `nogit` outside a checkout."""
    commit = _git("rev-parse", "--short", "HEAD").strip()
    if not commit:
        return "nogit", ""
    # Results and documentation change no answer; new files that are not yet added do.
    ours = ("--", "assistant", "index", "prompts", "documents", "eval/peers")
    new = _git("ls-files", "--others", "--exclude-standard", *ours).splitlines()
    changes = _git("diff", "HEAD", *ours) + "".join(f"{name}\n{_content(ROOT / name)}" for name in new)
    return commit, hashlib.sha256(changes.encode()).hexdigest()[:12] if changes else ""


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, *arguments], cwd=ROOT, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def default_command() -> tuple[str, ...]:
    """Our own assistant, as the contract has it."""
    return (sys.executable, "-m", "assistant", "ask", "--input", "{input}", "--output", "{output}")


def save_config(config: Config, folder: Path) -> None:
    """Writes config.json."""
    text = json.dumps(config.to_json(), indent=1, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def load_config(folder: Path) -> Config:
    """Reads config.json.  Raises `PolicyError` when the folder is no run's."""
    try:
        row = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return Config(**row)
    except (OSError, ValueError, TypeError):
        raise PolicyError(f"{folder} 不是评测结果的文件夹；请给出 eval run 打印的那个文件夹。") from None


def differences(config: Config, other: Config) -> list[str]:
    """The names of what two configurations do not share, apart from times and machine."""
    mine, theirs = config.to_json(), other.to_json()
    return [key for key in mine if key not in _FREE and mine[key] != theirs[key]]


def load_run(folder: Path, documents: Path | None = None) -> Run:
    """A run with its records, judged anew: scoring never asks the system again.  Raises `PolicyError`."""
    config = load_config(folder)
    cases = load_cases(folder / "cases.jsonl")
    answers = load_answers(folder / "answers.jsonl", [case.id for case in cases.cases])
    folder_now = documents or get_settings().documents_dir
    notes = () if documents_digest(folder_now) == config.documents else (_OTHER_DOCUMENTS,)
    parsed, _ = parse_all(folder_now)
    as_of = date.fromisoformat(config.as_of)
    run = Run(folder, config, cases, answers, notes)
    return replace(run, records=tuple(judge(cases.cases, answers.replies, Library(parsed), as_of)))


_OTHER_DOCUMENTS = (
    "政策文件与当时评测的不是同一份，引文、数字和效力的指标不可信；请用当时的文件，或重新评测。"
)
