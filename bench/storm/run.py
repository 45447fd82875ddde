"""Runs storms: the board with two workers on both cores, nginx with the lines that we document."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.seed import SLUG
from bench.servers import ROOT, Server, free_port
from bench.storm import reader
from bench.storm.attacks import ATTACKS, Attack
from bench.storm.reader import Timing

PAGE = f"/articles/{SLUG}"
GOAL = 50.0  # milliseconds: the slowest of a hundred
LEAD = 2.0  # seconds of an attack before the page is timed


def run(
    board: Server, folder: Path, seconds: float, sessions: dict[str, str], wanted: str = ""
) -> list[tuple[str, Timing]]:
    """The reader's times without an attack and with each whose name contains `wanted`. `sessions`:
    the tokens of @reader and @moderator."""
    rows = [("no attack", reader.read(board.port, PAGE, seconds))]
    for attack in ATTACKS:
        if wanted in attack.name and (not attack.is_proxied or _nginx()):
            rows.append((attack.name, _timed(board, attack, folder, seconds, sessions)))
            board.wait_until_idle()
    return rows


def table(rows: list[tuple[str, Timing]]) -> str:
    """A Markdown table; times in milliseconds."""
    lines = ["| attack | p50 ms | p99 ms | worst ms | errors |", "| --- | --: | --: | --: | --: |"]
    for name, timing in rows:
        times = f"{timing.p50:.1f} | {timing.p99:.1f} | {timing.worst:.0f}"
        lines.append(f"| {name} | {times} | {timing.errors} of {len(timing.times)} |")
    return "\n".join(lines)


def _timed(
    board: Server, attack: Attack, folder: Path, seconds: float, sessions: dict[str, str]
) -> Timing:
    with _proxy(attack, board.port, folder) as port, playing(attack, port, sessions):
        time.sleep(LEAD)
        return reader.read(board.port, PAGE, seconds)


@contextmanager
def playing(attack: Attack, port: int, sessions: dict[str, str]) -> Iterator[None]:
    """The attack goes on, in a process of its own."""
    arguments = [attack.name, str(port), json.dumps(sessions)]
    command = [sys.executable, "-m", "bench.storm.play", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _proxy(attack: Attack, port: int, folder: Path) -> Iterator[int]:
    """The port to attack: the board's, or that of an nginx in front of it."""
    if not attack.is_proxied:
        yield port
        return
    server = documented_nginx(folder, port)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def documented_nginx(folder: Path, board_port: int) -> Server:
    """nginx with the lines of docs/tips.md, in front of the board at this port."""
    lines = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/tips.md").read_text(), re.S)[0]
    port = free_port()
    site = lines.replace("server_name jebo.news.example;", f"listen 127.0.0.1:{port};")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{board_port}")
    temporary = " ".join(
        f"{kind}_temp_path {folder};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "storm-nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/storm-nginx.pid; error_log /dev/null;"
        f" events {{ worker_connections 4096; }} http {{ {temporary}\n{site} }}"
    )
    return Server("nginx", [_nginx() or "nginx", "-c", str(config)], "/tips", port=port)


def _nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
