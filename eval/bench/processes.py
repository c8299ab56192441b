"""A command → how long it took and how much memory it held, measured from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from assistant.settings import ROOT, child_environment

# Linux counts ru_maxrss in KiB, macOS in bytes.
_MAXRSS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024


class BenchError(RuntimeError):
    """A measured command failed; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    seconds: float
    peak_mb: float
    output: str


def run(*arguments: str, **environment: str) -> Run:
    """Runs `python arguments` in a fresh process, with `environment` added.  Raises `BenchError`."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=child_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # wait4 gives this child's own peak; getrusage(RUSAGE_CHILDREN) would give the largest child so far.
        # A fork starts out as large as this process, so that is the least it can be: keep this process small.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise BenchError(f"python {' '.join(arguments)}: exit {process.returncode}\n{text[-2000:]}")
    return Run(seconds, usage.ru_maxrss / _MAXRSS_PER_MB, text)
