"""What the background worker does, again and again, while it holds the lease."""

import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from board.db import db
from board.db.write_lock import LockTimeout
from board.ops.background.commands import Commands
from board.runtime.background import WORKER, QueueConsumer, TaskFailed, TaskRun, queue_consumers
from board.runtime.lease import LeaseHolder

INTERVAL = 0.5  # seconds between two looks at the queues
COMMANDS_INTERVAL = 10.0  # seconds between two starts of commands
COMMANDS_DELAY = 60.0  # seconds after the start of a server, which has enough to do
PAUSE_MAX = 60.0  # seconds; after a queue could not be worked off
FAILURE_PAUSE = 10.0  # seconds; after the database could not be used


class Worker:
    """Works while `goes_on` says so. Each step is committed, so it may be killed at any time."""

    def __init__(self, app: Flask, *, holder: str, goes_on: Callable[[], bool]) -> None:
        self._app, self._goes_on = app, goes_on
        self._lease = LeaseHolder(WORKER, holder)
        self._commands = Commands()
        self._pauses: defaultdict[str, float] = defaultdict(float)  # seconds, by consumer
        self._rests_until: defaultdict[str, float] = defaultdict(float)
        self._next_command = time.monotonic() + COMMANDS_DELAY
        self._commands_interval = COMMANDS_INTERVAL
        self._pause_until = 0.0

    def run(self) -> None:
        """Work until told to stop."""
        while self._goes_on():
            self.step()
            time.sleep(INTERVAL)
        self.stop()

    def run_once(self) -> None:
        """Do everything that is due, unless another process has the lease."""
        self._next_command = self._commands_interval = 0.0
        while self.step() or len(self._commands):
            time.sleep(INTERVAL / 10)
        self.stop()

    def step(self) -> bool:
        """One look at everything; whether something was due."""
        if time.monotonic() < self._pause_until:
            return False
        with self._app.app_context():
            try:
                return self._step()
            except (LockTimeout, OperationalError) as error:
                self._app.logger.warning("background worker postponed: %s", error)
            except Exception:  # it must go on: other tasks still have to run
                self._app.logger.exception("background worker")
        self._pause_until = time.monotonic() + FAILURE_PAUSE
        return False

    def stop(self) -> None:
        with self._app.app_context(), suppress(LockTimeout, OperationalError):
            self._commands.stop()
            self._lease.release()

    def _step(self) -> bool:
        self._commands.collect()
        if not self._lease.refresh():
            return False
        worked = [self._work_off(consumer) for consumer in queue_consumers]
        return self._start_command() or any(worked)

    def _work_off(self, consumer: QueueConsumer) -> bool:
        if time.monotonic() < self._rests_until[consumer.name] or not _has_work(consumer):
            return False
        problem = ""
        try:
            consumer.work(self._may_go_on)
        except (LockTimeout, OperationalError):
            raise
        except TaskFailed as error:
            problem = str(error)
            current_app.logger.warning("%s: %s", consumer.name, problem)
        except Exception as error:
            problem = f"an error of ours ({type(error).__name__})"
            current_app.logger.exception("%s failed", consumer.name)
        self._rest(consumer, bool(problem))
        TaskRun.end(consumer.name, problem=problem)
        return not problem

    def _may_go_on(self) -> bool:
        """Between two items of a queue."""
        return self._goes_on() and self._lease.refresh()

    def _rest(self, consumer: QueueConsumer, failed: bool) -> None:
        pause = min(PAUSE_MAX, max(1.0, 2 * self._pauses[consumer.name])) if failed else 0.0
        self._pauses[consumer.name] = pause
        self._rests_until[consumer.name] = time.monotonic() + pause

    def _start_command(self) -> bool:
        if time.monotonic() < self._next_command:
            return False
        self._next_command = time.monotonic() + self._commands_interval
        return self._commands.start_next()


def _has_work(consumer: QueueConsumer) -> bool:
    has_work = consumer.has_work()
    db.session.rollback()
    return has_work
