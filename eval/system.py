"""Questions → replies of any system that speaks the contract's JSON lines, run as a command.

`{input}` and `{output}` in the command stand for files; without them the questions go to standard input and the
answers are read from standard output.  Answers are passed on as they appear, so that an interruption loses none.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from eval.answers import NO_REPLY
from index.types import PolicyError

Line = dict[str, Any]
OnReply = Callable[[Line], None]
_PAUSE_S = 0.05
# How much of what a failing system said is shown.
_TAIL = 300


class _Worker:
    """One process of the system with its share of the questions."""

    def __init__(self, command: Sequence[str], lines: Sequence[Line], folder: Path, stack: ExitStack) -> None:
        self._left = {str(line["id"]): line for line in lines}
        source, self._target, self._said = folder / "in.jsonl", folder / "out.jsonl", folder / "err.txt"
        source.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
        self._target.touch()
        self._read = 0
        files = {"input": str(source), "output": str(self._target)}
        filled = [
            part.replace("{input}", files["input"]).replace("{output}", files["output"]) for part in command
        ]
        piped = not any("{output}" in part for part in command)
        try:
            self.process = subprocess.Popen(
                filled,
                stdin=stack.enter_context(source.open("rb")),
                stdout=stack.enter_context(self._target.open("wb")) if piped else subprocess.DEVNULL,
                stderr=stack.enter_context(self._said.open("wb")),
            )
        except OSError as error:
            raise PolicyError(f"命令 {filled[0]} 无法启动（{error.strerror}），请检查 --command。") from None
        stack.callback(self._stop)

    def _stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def replies(self) -> Iterator[Line]:
        """The complete lines that have appeared since the last call, of questions that were asked."""
        with self._target.open("rb") as stream:
            stream.seek(self._read)
            data = stream.read()
        whole, newline, rest = data.rpartition(b"\n")
        if self.process.poll() is not None and rest.strip() and _parsed(rest) is not None:
            whole, newline, rest = data, b"", b""  # the last line of a finished process may lack its end
        self._read += len(whole) + len(newline)
        for line in whole.split(b"\n"):
            row = _parsed(line)
            if row is not None and self._left.pop(str(row.get("id")), None) is not None:
                yield row

    def unanswered(self) -> list[Line]:
        """After the end: a failure line for every question that got none."""
        said = self._said.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()
        why = f"没有给出回答，退出码 {self.process.returncode}" + (f"：{said}" if said else "")
        return [{"id": id, "status": NO_REPLY, "answer": "", "error": why} for id in self._left]


def _parsed(line: bytes) -> Line | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def ask_all(command: Sequence[str], lines: Sequence[Line], workers: int, on_reply: OnReply) -> list[str]:
    """Asks every question, each of `workers` processes a share of them, and hands over each reply as it comes.

    A question that a system leaves without a reply is handed over as `no_reply`.  Returns a sentence for each
    process that failed.  Raises `PolicyError` when the command cannot be started.
    """
    shares = [share for share in (lines[at::workers] for at in range(workers)) if share]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        started = []
        for at, share in enumerate(shares):
            (own := folder / str(at)).mkdir()
            started.append(_Worker(command, share, own, stack))
        running = list(started)
        while running:
            for worker in list(running):
                over = worker.process.poll() is not None
                for row in worker.replies():
                    on_reply(row)
                if over:
                    running.remove(worker)
            time.sleep(_PAUSE_S if running else 0)
        return _ended(started, on_reply)


def _ended(workers: Sequence[_Worker], on_reply: OnReply) -> list[str]:
    problems = []
    for worker in workers:
        failures = worker.unanswered()
        for row in failures:
            on_reply(row)
        if failures:
            problems.append(f"{len(failures)} 个问题{failures[0]['error']}")
    return problems
