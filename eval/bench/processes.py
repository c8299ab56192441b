"""A command → how long it took and how much memory it held, measured from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assistant.settings import ROOT, child_environment

# Linux counts ru_maxrss in KiB, macOS in bytes.
_MAXRSS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024
# Far beyond any aim; a page that has not come up by then will not.
_PATIENCE_S = 120


class BenchError(RuntimeError):
    """A measured command failed; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    seconds: float
    peak_mb: float
    output: str = ""
    cpu_seconds: float = 0.0


def run(*arguments: str, **environment: str) -> Run:
    """Runs `python arguments` in a fresh process, with `environment` added.  Raises `BenchError`."""
    with _started(arguments, environment) as child:
        code, peak = child.wait()
        seconds = child.age
        if code != 0:
            raise child.failure(f"exit {code}")
        return Run(seconds, peak, child.said(child.stdout), child.cpu_seconds)


def serve(*arguments: str, **environment: str) -> Run:
    """Runs `python arguments` until its page on POLICY_PORT answers; the seconds are those until then."""
    with serving(*arguments, **environment) as page:
        seconds = page.ready_s
    return Run(seconds, page.peak_mb)


@dataclass(slots=True)
class Served:
    """A page that answers: where, since when, and which process serves it.  `peak_mb` is known at its end."""

    address: str
    pid: int
    ready_s: float
    peak_mb: float = 0.0

    def resident_mb(self) -> float:
        """What the process holds in memory now (Linux only; 0 elsewhere)."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[Served]:
    """`python arguments` with a page on POLICY_PORT, from its first answer until the block ends."""
    port = _free_port()
    with _started(arguments, {**environment, "POLICY_HOST": "127.0.0.1", "POLICY_PORT": str(port)}) as child:
        page = Served(f"http://127.0.0.1:{port}", child.process.pid, 0.0)
        try:
            while not _answers(f"{page.address}/"):
                if child.age > _PATIENCE_S or child.ended():
                    raise child.failure("no page")
                time.sleep(0.02)
            page.ready_s = child.age
            yield page
        finally:
            child.process.terminate()
            _, page.peak_mb = child.wait()


class _Child:
    def __init__(
        self, arguments: tuple[str, ...], process: subprocess.Popen[bytes], *said: IO[bytes]
    ) -> None:
        self.arguments, self.process = arguments, process
        self.stdout, self.stderr = said
        self._started = time.perf_counter()
        self._end: tuple[int, float] | None = None
        self.cpu_seconds = 0.0

    @property
    def age(self) -> float:
        return time.perf_counter() - self._started

    def ended(self) -> bool:
        """Whether it is over, without waiting."""
        return self._reap(os.WNOHANG) is not None

    def wait(self) -> tuple[int, float]:
        """Waits for the end; gives exit code and peak memory in MB."""
        while (end := self._reap(0)) is None:
            pass
        return end

    def _reap(self, options: int) -> tuple[int, float] | None:
        if self._end is None:
            # wait4 gives this child's own peak; getrusage(RUSAGE_CHILDREN) would give the largest child so far.
            # A fork starts out as large as this process, so that is the least it can be: keep this one small.
            pid, status, usage = os.wait4(self.process.pid, options)
            if pid:
                # Popen has not seen the end, and would signal a number that may be another's by now.
                self.process.returncode = os.waitstatus_to_exitcode(status)
                self.cpu_seconds = usage.ru_utime + usage.ru_stime
                self._end = self.process.returncode, usage.ru_maxrss / _MAXRSS_PER_MB
        return self._end

    def said(self, stream: IO[bytes]) -> str:
        stream.seek(0)
        return stream.read().decode("utf-8", "replace")

    def failure(self, why: str) -> BenchError:
        words = (self.said(self.stdout) + self.said(self.stderr))[-2000:]
        return BenchError(f"python {' '.join(self.arguments)}: {why}\n{words}")


@contextmanager
def _started(arguments: tuple[str, ...], environment: dict[str, str]) -> Iterator[_Child]:
    # Files and not pipes: nothing has to be read while the clock runs.
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=child_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
        yield _Child(arguments, process, stdout, stderr)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=_PATIENCE_S) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False
