"""Prints the table. `python -m bench --help` tells the choices."""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench import load, servers
from bench.load import Answer, wrk
from bench.servers import NO_LIMITS, ROOT, Server

SLUG = "bench"
JSON = f"/api/v1/articles/{SLUG}/comments"
TOKENS = 64
SLUGS = (
    SLUG, "night-bus", "fish-market-rent", "sea-wall", "school-library", "harbour-ferry-english",
    "tidal-flat-count", "library-hours", "half-lit-night", "harbour-festival",
)  # fmt: skip

Cell = Callable[..., Answer]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="board-bench-") as name:
        folder = Path(name)
        tokens = _seed(folder, options.comments)
        board = servers.board(folder)
        board.start()
        started, idle = board.started_in, board.memory()
        others = [
            Server("bare WSGI", servers.wsgi("bench.hello:bare")),
            Server("Flask hello", servers.wsgi("bench.hello:flask")),
        ]
        if static := servers.nginx(folder, {"page.json": _get(board.url(JSON))}):
            others.append(static)
        for other in others:
            other.start()
        try:
            results = _measure(_cells(board, others, folder, tokens), options)
            _print(results, options)
            print(
                f"\nstart to first answer {started:.2f} s, memory of a worker {idle:.0f} MB idle,",
                end=" ",
            )
            print(f"{board.memory():.0f} MB after the load")
        finally:
            for server in (board, *others):
                server.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--comments", type=int, default=1000, help="in the thread (1000)")
    parser.add_argument("--seconds", type=int, default=2, help="for each figure (2)")
    parser.add_argument("--rounds", type=int, default=3, help="medians are of so many (3)")
    return parser.parse_args()


def _seed(folder: Path, comments: int) -> list[str]:
    """A thread of so many comments, and the sessions of some readers who will post."""
    environment = {**os.environ, **NO_LIMITS, "BOARD_INSTANCE": str(folder)}
    for command in (["sample", "load"], ["sample", "thread", SLUG, "--comments", str(comments)]):
        flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
        subprocess.run(flask, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    readers = [sys.executable, "-m", "bench.readers", str(TOKENS)]
    told = subprocess.run(
        readers, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return told.stdout.split()


def _cells(board: Server, others: list[Server], folder: Path, tokens: list[str]) -> dict[str, Cell]:
    """What is measured, by the name it has in the table."""

    def ask(path: str, **how: Any) -> Cell:
        return partial(wrk, board.url(path), **how)

    gzip, unchanged = {"Accept-Encoding": "gzip"}, {"If-None-Match": _etag(board.url(JSON))}
    counts = "/api/v1/counts?" + "&".join(f"article={slug}" for slug in SLUGS)
    scripts = Scripts(folder, board, tokens)
    return {
        **{other.name: partial(wrk, other.url(other.ready)) for other in others},
        "newest page, JSON": ask(JSON),
        "newest page, HTML": ask(f"/articles/{SLUG}/comments", headers=gzip),
        "article page": ask(f"/articles/{SLUG}", headers=gzip),
        "not modified": ask(JSON, headers=unchanged),
        "counts of 10 articles": ask(counts),
        "cold page, JSON": ask(JSON, script=scripts.cold()),
        "95 % reads, 5 % posts": lambda **how: wrk(board.url("/"), script=scripts.post(20), **how),
        "posts, 8 connections": lambda **how: wrk(
            board.url("/"), connections=8, script=scripts.post(1), **how
        ),
    }


def _measure(cells: dict[str, Cell], options: argparse.Namespace) -> dict[str, list[Answer]]:
    """Round after round through all cells, so that drift falls on each alike."""
    results: dict[str, list[Answer]] = {name: [] for name in cells}
    for round_ in range(options.rounds):
        for number, (name, cell) in enumerate(cells.items(), 1):
            done = round_ * len(cells) + number
            print(f"\r{done}/{options.rounds * len(cells)} {name:<30}", end="", file=sys.stderr)
            results[name].append(cell(seconds=options.seconds))
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    return results


def _print(results: dict[str, list[Answer]], options: argparse.Namespace) -> None:
    def rate(name: str) -> float:
        return statistics.median(answer.rate for answer in results[name])

    hello = rate("Flask hello")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};",
        end=" ",
    )
    print(f"a thread of {options.comments:,} comments; medians of {options.rounds}")
    print(f"\n| {'work':<24} | requests/s | × Flask hello | p99 ms | errors |")
    print("|---|--:|--:|--:|--:|")
    for name, answers in results.items():
        p99 = statistics.median(answer.p99 for answer in answers)
        errors = sum(answer.errors for answer in answers)
        ratio = rate(name) / hello
        print(f"| {name:<24} | {rate(name):>10,.0f} | {ratio:>13.2f} | {p99:>6.1f} | {errors:>6} |")


class Scripts:
    """What wrk is told to send where one address is not enough."""

    def __init__(self, folder: Path, board: Server, tokens: list[str]) -> None:
        self._folder, self._board, self._tokens, self._run = folder, board, tokens, 0

    def post(self, every: int) -> Path:
        """Every so manieth request of a connection is a post of a text and key of its own."""
        self._run += 1
        path = self._folder / f"post-{every}.lua"
        path.write_text(
            load.SCRIPT
            % {
                "tokens": ", ".join(f'"{token}"' for token in self._tokens),
                "every": every,
                "path": JSON,
                "post": f"/articles/{SLUG}/comments",
                "run": f"bench-{self._run}",
                "origin": self._board.url(""),
            }
        )
        return path

    def cold(self) -> Path:
        """Each request has an address of its own, so none is answered from memory."""
        path = self._folder / "cold.lua"
        path.write_text(
            "math.randomseed(os.time()); local n = math.random(1e9)\n"
            'function request() n = n + 1 return wrk.format("GET", "'
            f'{JSON}?cold=" .. n) end\n'
        )
        return path


def _get(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


def _etag(url: str) -> str:
    with urlopen(Request(url, method="GET"), timeout=10) as answer:
        return str(answer.headers["ETag"])


if __name__ == "__main__":
    main()
