"""Scheduled commands, each in a process of its own that yields to those that serve readers.

So neither their memory nor a feed that never ends is the worker's, and one that dies takes nothing
with it.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import IO

from flask import current_app

from board.db import db
from board.ops.backup.proof import ROOT, environment
from board.runtime.app import instance_folder
from board.runtime.background import (
    INTERRUPTED,
    RETRY,
    ScheduledCommand,
    TaskRun,
    scheduled_commands,
)

TAIL = 4096  # bytes of what it said that are read for its last line
STOP_SECONDS = 5.0
_EMAIL = re.compile(r"[^\s<{'\"]+@[^\s>}'\"]+")  # a mail server repeats them, logs must not


@dataclass
class RunningCommand:
    """A command that was started."""

    command: ScheduledCommand
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    started: float = field(default_factory=time.monotonic)

    @property
    def is_too_long(self) -> bool:
        return time.monotonic() - self.started > max(RETRY, self.command.every()).total_seconds()

    def problem(self) -> str:
        """Its last words if it failed, after it has ended."""
        if self.process.returncode == 0:
            return ""
        if self.process.returncode < 0:
            return INTERRUPTED
        self.errors.seek(-min(TAIL, self.errors.seek(0, os.SEEK_END)), os.SEEK_END)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return (
            _EMAIL.sub("…@…", lines[-1])
            if lines
            else f"it ended with status {self.process.returncode}"
        )


class Commands:
    """The commands that are running; each at most once at a time."""

    def __init__(self) -> None:
        self._running: list[RunningCommand] = []

    def __len__(self) -> int:
        return len(self._running)

    def start_next(self) -> bool:
        """Start one that is due. False if none is."""
        busy = {running.command.name for running in self._running}
        for command in scheduled_commands:
            if command.name not in busy and _is_due(command) and TaskRun.begin(command):
                self._running.append(_start(command))
                return True
        return False

    def collect(self) -> None:
        """Record those that ended; end those that take too long."""
        for running in [*self._running]:
            if running.process.poll() is not None:
                self._running.remove(running)
                _record(running)
            elif running.is_too_long:
                running.process.kill()

    def stop(self) -> None:
        """End all of them; their record already says that they were interrupted."""
        for running in self._running:
            running.process.send_signal(signal.SIGTERM)
        for running in self._running:
            try:
                running.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()
            running.errors.close()
        self._running.clear()


def _is_due(command: ScheduledCommand) -> bool:
    is_due = command.is_over(TaskRun.of(command.name)) and command.is_due()
    db.session.rollback()
    return is_due


def _start(command: ScheduledCommand) -> RunningCommand:
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "flask", "--app", "wsgi", *command.words],
        cwd=ROOT, env=environment(instance_folder()),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
    )  # fmt: skip
    os.setpriority(os.PRIO_PROCESS, process.pid, 10)
    return RunningCommand(command, process, errors)


def _record(running: RunningCommand) -> None:
    problem = running.problem()
    running.errors.close()
    if problem:
        words = " ".join(running.command.words)
        current_app.logger.warning("`%s` failed: %s", words, problem)
    TaskRun.end(running.command.name, problem=problem)
