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
# So many failing starts in a row without one reply, and a system is not started again.
_PATIENCE = 3


class _Worker:
    """One process of the system with its share of the questions; `barren` before it brought not one reply."""

    def __init__(
        self, command: Sequence[str], lines: Sequence[Line], folder: Path, stack: ExitStack, barren: int = 0
    ) -> None:
        self.barren = barren
        self.left = {str(line["id"]): line for line in lines}
        self.replied = 0
        self.ignored: dict[str, int] = {}
        source, self._target, self._said = folder / "in.jsonl", folder / "out.jsonl", folder / "err.txt"
        source.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
        )
        self._target.touch()
        self._read = 0
        self._known: set[str] = set()
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
            if row is not None and self.left.pop(id := str(row.get("id")), None) is not None:
                self.replied += 1
                self._known.add(id)
                yield row
            elif line.strip():
                self._ignore("noise" if row is None else "repeated" if id in self._known else "unasked")

    def _ignore(self, what: str) -> None:
        self.ignored[what] = self.ignored.get(what, 0) + 1

    def why(self) -> str:
        """Why questions were left, after the end: exit status, and the last that the system said."""
        said = self._said.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()
        return f"没有给出回答，退出码 {self.process.returncode}" + (f"：{said}" if said else "")


def _parsed(line: bytes) -> Line | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def ask_all(command: Sequence[str], lines: Sequence[Line], workers: int, on_reply: OnReply) -> list[str]:
    """Asks every question, each of `workers` processes a share of them, and hands over each reply as it comes.

    A process that fails is started again after the question it failed at, as long as that may help.  What is
    then left is handed over as `no_reply`.  Returns a sentence for each thing that went wrong.  Raises `PolicyError`
    when the command cannot be started.
    """
    team = _Team(command, on_reply)
    with ExitStack() as stack:
        team.stack, team.folder = stack, Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for share in (lines[at::workers] for at in range(workers)):
            team.start(share)
        while team.running:
            for worker in list(team.running):
                over = worker.process.poll() is not None
                for row in worker.replies():
                    on_reply(row)
                if over:
                    team.end(worker)
            time.sleep(_PAUSE_S if team.running else 0)
    return team.problems()


class _Team:
    """The processes of one run: who runs, and what went wrong with those that are over."""

    stack: ExitStack
    folder: Path

    def __init__(self, command: Sequence[str], on_reply: OnReply) -> None:
        self.running: list[_Worker] = []
        self._command, self._on_reply = command, on_reply
        self._count = 0
        self._failed: dict[str, int] = {}
        self._ignored: dict[str, int] = {}

    def start(self, lines: Sequence[Line], barren: int = 0) -> None:
        """Starts a process on some questions, if there are any."""
        if lines:
            self._count += 1
            (own := self.folder / str(self._count)).mkdir()
            self.running.append(_Worker(self._command, lines, own, self.stack, barren))

    def end(self, worker: _Worker) -> None:
        """Takes leave of a process that is over; what it left is asked again where that may help."""
        self.running.remove(worker)
        for what, n in worker.ignored.items():
            self._ignored[what] = self._ignored.get(what, 0) + n
        left = list(worker.left.values())
        barren = 0 if worker.replied else worker.barren + 1
        go_on = worker.process.returncode != 0 and barren < _PATIENCE
        for line in left[:1] if go_on else left:
            why = worker.why()
            self._failed[why] = self._failed.get(why, 0) + 1
            self._on_reply({"id": line["id"], "status": NO_REPLY, "answer": "", "error": why})
        self.start(left[1:] if go_on else [], barren)

    def problems(self) -> list[str]:
        """One sentence for each kind of trouble."""
        lost = [f"{n} 个问题{why}" for why, n in self._failed.items()]
        return lost + [_IGNORED[what].format(n=n) for what, n in self._ignored.items()]


_IGNORED = {
    "noise": "系统的输出里有 {n} 行不是 JSON，已跳过；日志请写到标准错误。",
    "unasked": "系统回答了 {n} 个没有问的编号，已跳过；请检查编号。",
    "repeated": "系统对同一个编号答了不止一次，多出的 {n} 行已跳过，以第一次为准。",
}
