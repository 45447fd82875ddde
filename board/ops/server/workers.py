"""Worker processes of Granian that call our dispatcher.

Granian’s WSGI gives a request its thread before the body is there, and cannot end a read; its RSGI
reads bodies in an event loop, but sends each request through it, which makes a cached page cost
half as much again. So a worker is its RSGI one, with a scheduler that calls the dispatcher in
Granian’s thread. These are not its public names: pyproject.toml allows only versions we tested.
"""

import asyncio
import resource
import sys
from pathlib import Path
from typing import Any

from granian import _granian
from granian._signals import set_loop_signals
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import WorkerProcess

from board.ops.server.dispatcher import Dispatcher
from board.ops.server.receiver import Receiver
from board.ops.server.supervisor import Supervisor
from board.runtime.metrics.cells import cells

# Granian’s own threads, of each worker: they answer cached pages and hand on the rest.
THREADS = 2
# Connections of each worker. An open one costs some kilobytes, until its time is over.
CONNECTIONS = 4096
HEADER_MILLISECONDS = 10_000  # for the headers of a request, and between two requests
HEADER_BYTES = 64 * 1024
# Switch interval: how long a busy thread keeps the interpreter while others wait for it. A page
# waits several times: with Python’s 5 ms it takes 50 ms beside one thread that computes.
SWITCH_SECONDS = 0.001
ROOT = Path(__file__).parents[3]

_core: Any = _granian
_loop_signals: Any = set_loop_signals


def serve_workers(host: str, port: int, workers: int) -> None:
    """Serve until a signal ends it."""
    _allow_connections()
    Supervisor(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,  # how the app is loaded; `run_worker` speaks RSGI
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES
        ),
        websockets=False,
        backpressure=CONNECTIONS,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,  # seconds
        working_dir=ROOT,
        log_enabled=True,
        log_level=LogLevels.warning,
    ).serve(run_worker)


class Scheduler(_core.CallbackScheduler):
    """Calls `dispatch` for each request."""

    def __init__(self, _loop: Any, dispatch: Dispatcher, *_: None) -> None:
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
    cells.take(worker_id)
    sys.setswitchinterval(SWITCH_SECONDS)
    stop, ended = _loop_signals(loop), asyncio.Event()
    stop.add_cb(lambda: loop.call_soon_threadsafe(ended.set))
    worker = _core.RSGIWorker(
        worker_id, socket, ipc, runtime_threads, runtime_blocking_threads, threads,
        threads_idle_timeout, backpressure, http, http1, http2, websockets, static_path, *tls,
        metrics,
    )  # fmt: skip
    dispatcher = Dispatcher(app, loop, Receiver(Path(app.instance_path)))
    worker.serve_mtr(Scheduler(loop, dispatcher, None, None, None), loop, stop)
    loop.run_until_complete(ended.wait())


def _allow_connections() -> None:
    """Let a worker open as many files as it may have connections, and what it needs besides."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = CONNECTIONS + 1024
    if soft < enough:
        most = enough if hard == resource.RLIM_INFINITY else min(enough, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
