"""Servers under test: each on a port of its own, on one core, stopped by its own process id."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
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


def on_core(core: int, command: list[str]) -> list[str]:
    """The command held to one core, where the system can do that."""
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") else command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`command` gets its port where it says {port}. Times are in seconds, memory in megabytes."""

    name: str
    command: list[str]
    ready: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    port: int = field(default_factory=free_port)
    started_in: float = 0.0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        command = [part.replace("{port}", str(self.port)) for part in self.command]
        begin = time.monotonic()
        self.process = subprocess.Popen(
            on_core(0, command),
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while time.monotonic() - begin < 60:
            with suppress(OSError), urlopen(self.url(self.ready), timeout=2) as answer:
                answer.read()
                self.started_in = time.monotonic() - begin
                return
            time.sleep(0.005)
        raise SystemExit(f"{self.name} did not start")

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)

    def memory(self) -> float:
        """The largest process of the group: proportional set size."""
        sizes = [0.0]
        for status in Path("/proc").glob("[0-9]*/smaps_rollup"):
            with suppress(OSError, IndexError):
                if os.getpgid(int(status.parent.name)) == self.process.pid:
                    line = next(row for row in status.read_text().splitlines() if "Pss:" in row)
                    sizes.append(int(line.split()[1]) / 1024)
        return max(sizes)


def wsgi(target: str) -> list[str]:
    """An application under the server the board uses, with one worker and one thread."""
    options = ["--workers", "1", "--blocking-threads", "1", "--log-level", "error"]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    return [*granian, "--port", "{port}", *options, target]


def board(folder: Path, *, workers: int = 1) -> Server:
    serve = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", "{port}"]
    environment = {**NO_LIMITS, "BOARD_INSTANCE": str(folder)}
    return Server("board", [*serve, "--workers", str(workers)], "/healthz", environment)


def nginx(folder: Path, files: dict[str, bytes]) -> Server | None:
    """The same bytes from disk, as fast as files go. None where there is no nginx."""
    if not (binary := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        return None
    port = free_port()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;"
        " events {} http { access_log off; etag on; default_type application/json;"
        f" client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};"
        f" uwsgi_temp_path {folder}; scgi_temp_path {folder};"
        f" server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    return Server("nginx", [binary, "-c", str(config)], f"/{next(iter(files))}", port=port)
