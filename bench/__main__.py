"""Command line of the benchmark; prints tables. See `python -m bench --help`."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench import browser, peers, plot, report, servers, tips, work
from bench.figures import DeskPage, Figure, Results
from bench.load import LoadResult
from bench.servers import ROOT, Server, running
from bench.soak import soak
from bench.storm import run as storm
from bench.work import Board, Cell

USUAL = ("reading", "writing", "workers")
GROUPS = (*USUAL, "long", "peers", "browser", "desk", "tips", "storm")
RESULTS, PLOT = ROOT / "docs/bench.json", ROOT / "docs/bench.svg"
DOCUMENT = ROOT / "docs/performance.md"
BUILD = ROOT / "build"  # on a real disk: in /tmp, which may be memory, a commit costs nothing
STARTS = 5


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server keeps running
    if options.groups == {"storm"}:
        print(_storm(options))
        return
    if options.show:
        results = Results.load(options.show)
    else:
        BUILD.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as name:
            results = _measure(Path(name), options)
    for path in filter(None, (options.save, options.write and RESULTS)):
        results.save(path)
    tables = report.markdown(results)
    if options.write:
        PLOT.write_text(plot.svg(results), "utf-8")
        report.write_into(DOCUMENT, tables)
    print(tables)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)} or all")
    parser.add_argument("--comments", type=int, default=1000, help="in the thread (1000)")
    parser.add_argument("--deep", type=int, default=1_000_000, help="in the long thread (1000000)")
    parser.add_argument(
        "--waiting", type=int, default=100_000, help="comments in each moderation queue (100000)"
    )
    parser.add_argument("--seconds", type=int, default=2, help="of load for each figure (2)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds; figures are their medians (3)"
    )
    parser.add_argument("--attack", default="", help="of a storm, those whose name has this")
    parser.add_argument(
        "--soak", type=int, metavar="MINUTES", help="only measure memory under load"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="save the results as JSON")
    parser.add_argument(
        "--show", type=Path, metavar="FILE", help="print saved results; run nothing"
    )
    parser.add_argument(
        "--write", action="store_true", help="into docs/: performance.md, bench.json and bench.svg"
    )
    options = parser.parse_args()
    options.groups = set(GROUPS if "all" in options.groups else options.groups or USUAL)
    if unknown := options.groups - set(GROUPS):
        parser.error(f"there is no {', '.join(unknown)}")
    return options


def _measure(folder: Path, options: argparse.Namespace) -> Results:
    results = Results(comments=options.comments, rounds=options.rounds)
    if options.groups == {"desk"}:  # needs no server
        results.desk = _desk(folder, options)
        return results
    _show_progress("seeding …")
    board = Board(folder / "board", options.comments)
    with ExitStack() as stack:
        results.facts["start to first response, s (median of 5)"] = _start(board.server)
        stack.enter_context(running(board.server, board.pair))
        results.facts |= _memory(board, "when idle")
        if options.soak:
            results.facts |= soak(board, options.soak)
            return results
        cells = list(_cells(board, folder, options, stack))
        results.figures = _figures(cells, options)
        results.facts |= _memory(board, "after the load")
        if "browser" in options.groups:
            _show_progress("Chromium …")
            results.pages = browser.pages(board.server)
    if "desk" in options.groups:
        results.desk = _desk(folder, options)
    if "tips" in options.groups:
        _show_progress("tips …")
        results.facts |= tips.facts(folder / "tips")
    return results


def _storm(options: argparse.Namespace) -> str:
    """The table of a storm, on a board with two workers behind a proxy that names the clients."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=BUILD) as name:
        folder = Path(name)
        board = Board(folder / "board", options.comments)
        two = servers.board(board.folder, workers=2, cores=work.BOTH, proxies=1)
        with running(two):
            sessions = {"@reader": board.tokens[0], "@moderator": board.moderator}
            return storm.table(storm.run(two, folder, options.seconds, sessions, options.attack))


def _desk(folder: Path, options: argparse.Namespace) -> list[DeskPage]:
    """Desk pages, measured in a separate process on the servers' core."""
    _show_progress(f"seeding {options.waiting:,} waiting comments in each queue …")
    (folder / "desk").mkdir()
    command = [sys.executable, "-m", "bench.desk", str(options.waiting), str(options.rounds)]
    completed = subprocess.run(
        servers.on_cores(servers.SERVERS_CORE, command),
        cwd=ROOT,
        env={**os.environ, "BOARD_INSTANCE": str(folder / "desk")},
        check=True,
        capture_output=True,
        text=True,
    )
    _show_progress("")
    return [DeskPage(**page) for page in json.loads(completed.stdout.splitlines()[-1])]


def _start(server: Server) -> float:
    """Start-up time in seconds, until the front page answers. The seed is on the disk by then."""
    os.sync()
    seconds = []
    for _ in range(STARTS):
        seconds.append(server.start())
        server.stop()
    return round(median(seconds), 2)


def _memory(board: Board, when: str) -> dict[str, float]:
    """Memory of all processes of a server; with two workers, half of it."""
    return {
        f"memory {when}, one worker, MB": board.server.memory(),
        f"memory {when}, each of two workers, MB": round(board.pair.memory() / 2, 1),
    }


def _cells(
    board: Board, folder: Path, options: argparse.Namespace, stack: ExitStack
) -> Iterator[Cell]:
    """Cells of the requested groups, and the cells they are compared with."""
    others = work.ceilings(folder, servers.get(board.server.url(work.JSON)))
    stack.enter_context(running(*others))
    cells = [*work.reading(board, others), *work.writing(board), *work.workers(board)]
    if "long" in options.groups:
        _show_progress(f"seeding {options.deep:,} comments …")
        deep = Board(folder / "deep", options.deep)
        stack.enter_context(running(deep.server))
        cells += work.long(deep)
    if "peers" in options.groups:
        isso = peers.isso(folder / "isso")
        stack.enter_context(running(isso))
        _show_progress("seeding Isso …")
        peers.fill(isso, board)
        cells += peers.cells(isso, folder)
    yield from wanted(cells, options.groups)


def wanted(cells: list[Cell], groups: set[str]) -> Iterator[Cell]:
    compared = {cell.than for cell in cells if cell.group in groups}
    return (cell for cell in cells if cell.group in groups or cell.name in compared)


def _figures(cells: list[Cell], options: argparse.Namespace) -> list[Figure]:
    """Figures of all cells. Every round runs each cell once, so drift affects all alike."""
    rounds: list[list[tuple[LoadResult, float]]] = [[] for _ in cells]
    for round_ in range(options.rounds):
        for number, cell in enumerate(cells):
            _show_progress(
                f"{round_ * len(cells) + number + 1}/{options.rounds * len(cells)} {cell.name}"
            )
            rounds[number].append(cell.run(options.seconds))
    _show_progress("")
    return [
        Figure.from_rounds(cell.group, cell.name, cell.than, measured)
        for cell, measured in zip(cells, rounds, strict=True)
    ]


def _show_progress(message: str) -> None:
    print(f"\r{message:<70}", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
