"""A run started from the page: `python -m eval run`, then `score`, in the background; one at a time.

`Runner.start` begins it, `Runner.progress` tells how far its answers.jsonl has grown, `Runner.cancel` stops it.
Answers that came in stay, and the same run started again goes on from there.
"""

from __future__ import annotations

import atexit
import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import IO, Any

from assistant.settings import ROOT, child_environment
from assistant.ui.evaluation_command import eval_command, last_sentence
from assistant.ui.evaluation_results import count_lines

# What eval itself takes for a name: it becomes a folder's.
NAME = re.compile(r"\w[\w.-]*")
# A run that was told to stop ends within a second; one that does not is ended.
PATIENCE_S = 15


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What to run; an empty name is that of the case file."""

    cases: Path
    name: str
    as_of: date
    restart: bool
    results: Path

    @property
    def command(self) -> list[str]:
        """Values go with an equals sign: none can be taken for an option."""
        options = [f"--cases={self.cases}", f"--as-of={self.as_of.isoformat()}", f"--results={self.results}"]
        named = [f"--name={self.name}"] if self.name else []
        return eval_command("run", *options, *named, *(["--restart"] if self.restart else []), "--json")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.  `stage`: idle, starting, running, scoring, done, cancelled or failed."""

    stage: str = "idle"
    name: str = ""
    label: str = ""
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def busy(self) -> bool:
        return self.stage in ("starting", "running", "scoring")


class Runner:
    """At most one run, whoever started it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = Progress()
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        atexit.register(self.cancel)

    def start(self, plan: RunPlan) -> bool:
        """Begins a run; False where one is under way."""
        with self._lock:
            if self._state.busy:
                return False
            self._state = Progress("starting", plan.name or plan.cases.stem)
            self._folder, self._process, self._cancelled = None, None, False
        Thread(target=self._work, args=(plan,), name="evaluation", daemon=True).start()
        return True

    def cancel(self) -> None:
        """Tells the run to stop; `progress` says when it has."""
        with self._lock:
            self._cancelled = self._state.busy
            if self._state.busy and self._process and self._process.poll() is None:
                self._process.terminate()
                _end_later(self._process)

    def progress(self) -> Progress:
        """As things stand."""
        with self._lock:
            state, folder = self._state, self._folder
        if state.stage != "running" or folder is None:
            return state
        return replace(state, done=min(count_lines(folder / "answers.jsonl"), state.total))

    def _work(self, plan: RunPlan) -> None:
        try:
            with tempfile.TemporaryFile() as said:
                folder = self._run(plan, said)
                if folder:
                    self._set(stage="scoring", done=self._state.total)
                    self._spawn(eval_command("score", str(folder), "--json"), said).communicate()
                self._end("done" if folder else "failed", said)
        except OSError as error:
            self._set(stage="failed", message=str(error.strerror))

    def _run(self, plan: RunPlan, said: IO[bytes]) -> Path | None:
        """Follows `eval run`; gives the folder once every case has been asked."""
        finished = None
        with self._spawn(plan.command, said) as process:
            for line in process.stdout or ():
                row = json.loads(line)
                if "total" in row:
                    self._folder = Path(row["folder"])
                    self._set(stage="running", label=self._folder.name, total=row["total"])
                else:
                    finished = Path(row["folder"])
        return None if self._cancelled else finished

    def _spawn(self, command: Sequence[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
        with self._lock:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=child_environment(), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=said,
            )  # fmt: skip
            if self._cancelled:  # between two commands, or before the first
                self._process.terminate()
        return self._process

    def _end(self, stage: str, said: IO[bytes]) -> None:
        said.seek(0)
        message = last_sentence(said.read().decode("utf-8", "replace")) if stage == "failed" else ""
        done = count_lines(self._folder / "answers.jsonl") if self._folder else 0
        self._set(stage="cancelled" if self._cancelled else stage, done=done, message=message)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **changes)


def _end_later(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that takes no notice of being told to stop."""
    timer = Timer(PATIENCE_S, process.kill)
    timer.daemon = True
    timer.start()
