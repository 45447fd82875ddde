"""Server processes under test: each has its own port and one core, and is stopped by its pid."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
NO_LIMITS = {
    "BOARD_COMMENT_INTERVAL_SECONDS": "0",
    "BOARD_COMMENTS_PER_DAY": "0",
    "BOARD_ROOT_COMMENTS_PER_ARTICLE": "0",
    "BOARD_SAME_TEXT_HOURS": "0",
}
SERVERS_CORE, LOAD_CORE = "0", str(min(1, (os.cpu_count() or 1) - 1))
# Keep compiled bytecode even where the shell's environment forbids it: production does.
_AS_USUAL = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = 0.01  # seconds of processor time in 0.5 s that count as idle


def on_cores(cores: str, command: list[str]) -> list[str]:
    """The command pinned to these cores, where `taskset` exists."""
    return ["taskset", "-c", cores, *command] if shutil.which("taskset") else command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server process. `{port}` in `command` is its port; it has started when `ready` answers."""

    name: str
    command: list[str]
    ready: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    cores: str = SERVERS_CORE
    port: int = field(default_factory=free_port)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self) -> float:
        """Start the process. Returns the seconds until its first answer."""
        command = [part.replace("{port}", str(self.port)) for part in self.command]
        begin = time.monotonic()
        self.process = subprocess.Popen(
            on_cores(self.cores, command),
            cwd=ROOT,
            env={**_AS_USUAL, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while time.monotonic() - begin < 60 and self.process.poll() is None:
            with suppress(OSError), urlopen(self.url(self.ready), timeout=10) as answer:
                answer.read()
                return time.monotonic() - begin
            time.sleep(0.005)
        self.stop()
        raise SystemExit(f"{self.name} did not start")

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)

    def processor_time(self) -> float:
        """Processor time of its processes in seconds, user and kernel."""
        return sum(seconds_of((process / "stat").read_text()) for process in self._processes())

    def wait_until_idle(self) -> None:
        """Wait until the server is idle: an earlier load may have left requests behind."""
        before, end = -1.0, time.monotonic() + 30
        while (seconds := self.processor_time()) - before > _IDLE and time.monotonic() < end:
            before = seconds
            time.sleep(0.5)

    def memory(self) -> float:
        """Proportional set size of all its processes in megabytes; shared pages count once."""
        sizes = (process / "smaps_rollup" for process in self._processes())
        return round(sum(proportional_size(size.read_text()) for size in sizes), 1)

    def _processes(self) -> Iterator[Path]:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended
                if os.getpgid(int(process.name)) == self.process.pid:
                    yield process


def seconds_of(stat: str) -> float:
    """Processor time in a /proc/<pid>/stat. The process name may contain spaces and brackets."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def proportional_size(smaps: str) -> float:
    """Proportional set size in a /proc/<pid>/smaps_rollup, in megabytes."""
    line = next(row for row in smaps.splitlines() if row.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def wsgi(target: str) -> list[str]:
    """Command for a WSGI application under Granian, as the board runs: one worker, one thread."""
    options = ["--workers", "1", "--blocking-threads", "1", "--log-level", "error"]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    return [*granian, "--port", "{port}", *options, target]


def board(folder: Path, *, workers: int = 1, cores: str = SERVERS_CORE, proxies: int = 0) -> Server:
    serve = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", "{port}"]
    environment = {**NO_LIMITS, "BOARD_INSTANCE": str(folder), "BOARD_PROXIES": str(proxies)}
    command = [*serve, "--workers", str(workers)]
    return Server(f"board × {workers}", command, "/", environment, cores)


def nginx(name: str, folder: Path, page: bytes) -> Server | None:
    """nginx serving the same bytes as a static file. None where there is no nginx."""
    if not (binary := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        return None
    port = free_port()
    (folder / "page.json").write_bytes(page)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;"
        " events {} http { access_log off; etag on; default_type application/json;"
        f" client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};"
        f" uwsgi_temp_path {folder}; scgi_temp_path {folder};"
        f" server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    return Server(name, [binary, "-c", str(config)], "/page.json", port=port)


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    """Start the servers, and stop them at the end."""
    with ExitStack() as stack:
        for server in servers:
            server.start()
            stack.callback(server.stop)
        yield


def get(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


def etag(url: str) -> str:
    with urlopen(url, timeout=10) as answer:
        return str(answer.headers["ETag"])
