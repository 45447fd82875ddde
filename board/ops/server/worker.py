"""A worker process of Granian that calls our dispatcher.

Granian’s WSGI gives a request its thread before the body is there, and cannot end a read; its RSGI
reads bodies in an event loop, but sends each request through it, which makes a cached page cost
half as much again. So the worker is its RSGI one, with a scheduler that calls the dispatcher in
Granian’s thread. These are not its public names: pyproject.toml allows tested versions only.
"""

import asyncio
from pathlib import Path
from typing import Any

from granian._granian import CallbackScheduler, RSGIWorker
from granian._signals import set_loop_signals
from granian.server.mp import WorkerProcess

from board.ops.server.dispatcher import Dispatcher
from board.ops.server.receiver import Receiver


class Scheduler(CallbackScheduler):  # type: ignore[misc]
    """Calls `dispatch` for each request."""

    def __init__(self, loop: Any, dispatch: Dispatcher, *_: None) -> None:
        super().__init__()
        self._schedule_fn = dispatch


@WorkerProcess.wrap_target
def run_worker(
    worker_id: int, app: Any, socket: Any, ipc: Any, loop: asyncio.AbstractEventLoop,
    _runtime_mode: Any, runtime_threads: int, runtime_blocking_threads: int,
    threads: int, threads_idle_timeout: int, backpressure: int, _task_impl: Any,
    http: Any, http1: Any, http2: Any, websockets: bool, static_path: Any,
    _log_format: Any, tls: tuple[Any, ...], _options: Any, metrics: Any,
) -> None:  # fmt: skip
    """What `Server.serve` starts in each process; its arguments are Granian’s."""
    stop, ended = set_loop_signals(loop), asyncio.Event()
    stop.add_cb(lambda: loop.call_soon_threadsafe(ended.set))
    worker = RSGIWorker(
        worker_id, socket, ipc, runtime_threads, runtime_blocking_threads, threads,
        threads_idle_timeout, backpressure, http, http1, http2, websockets, static_path, *tls,
        metrics,
    )  # fmt: skip
    dispatcher = Dispatcher(app, loop, Receiver(Path(app.instance_path)))
    worker.serve_mtr(Scheduler(loop, dispatcher, None, None, None), loop, stop)
    loop.run_until_complete(ended.wait())
