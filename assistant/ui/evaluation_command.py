"""`python -m eval` as a process of its own: the page may start it and read what it writes, never import it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from assistant.settings import ROOT, child_environment
from assistant.ui.evaluation_results import RunSummary
from index.types import PolicyError

# Scoring some thousands of cases takes a minute; whatever takes longer hangs.
LIMIT_S = 600
# Comparisons kept: choosing between a few runs goes back and forth.
KEPT = 32


def eval_command(*arguments: str) -> list[str]:
    """The words that start `python -m eval` with this very Python."""
    return [sys.executable, "-m", "eval", *arguments]


class Evaluation:
    """The short commands.  One at a time: the page must not fill the machine with comparisons."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._reports = TemporaryDirectory(prefix="reports-")
        self._compared: OrderedDict[Any, dict[str, Any]] = OrderedDict()

    def score(self, run: RunSummary) -> None:
        """Writes the run's scores.json.  Raises `PolicyError` with the command's own sentence."""
        self._call("score", str(run.folder), "--json")

    def report(self, run: RunSummary, against: RunSummary | None = None) -> Path:
        """Makes the run's HTML report and gives its path.  Raises `PolicyError`.

        Not in the run's folder: gradio gives out files of its own folders and the temporary one only.
        """
        path = Path(self._reports.name) / f"{run.label}.html"
        other = ["--against", str(against.folder)] if against else []
        self._call("report", str(run.folder), *other, "--output", str(path))
        return path

    def compare(self, a: RunSummary, b: RunSummary) -> dict[str, Any]:
        """B against A, as `eval compare --json` tells it; two runs are compared once.  Raises `PolicyError`."""
        found = self.compared(a, b)
        if found is None:
            found = json.loads(self._call("compare", str(a.folder), str(b.folder), "--json"))
            self._compared[a.folder, a.stamp, b.folder, b.stamp] = found
            while len(self._compared) > KEPT:
                self._compared.popitem(last=False)
        return found

    def compared(self, a: RunSummary, b: RunSummary) -> dict[str, Any] | None:
        """The comparison, if it has been made since either run changed."""
        return self._compared.get((a.folder, a.stamp, b.folder, b.stamp))

    def _call(self, *arguments: str) -> str:
        """What the command prints.  Status 1 with output is an answer with remarks; without, a refusal."""
        with self._turn:
            try:
                done = subprocess.run(
                    eval_command(*arguments), cwd=ROOT, env=child_environment(), capture_output=True,
                    stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise PolicyError(f"python -m eval {arguments[0]} 超过 {LIMIT_S} 秒，已停止。") from None
        said = done.stdout.decode("utf-8", "replace")
        if not said.strip():
            raise PolicyError(last_sentence(done.stderr.decode("utf-8", "replace")))
        return said


def last_sentence(said: str) -> str:
    """The last thing a command said on standard error, apart from its progress bar."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "━" not in line]
    return lines[-1].removeprefix("错误：") if lines else ""
