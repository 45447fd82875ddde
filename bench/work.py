"""Measurements of the board: one cell for each row of the tables, in their order."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from bench import load, servers
from bench.load import LoadResult, RequestTemplate, Run, against
from bench.seed import DEEP, FRONT, POSTED, SLUG
from bench.servers import LOAD_CORE, NO_LIMITS, ROOT, SERVERS_CORE, Server, on_cores

JSON = f"/api/v1/articles/{SLUG}/comments"
HTML = f"/articles/{SLUG}/comments"
POSTS, POSTED_JSON = f"/articles/{POSTED}/comments", f"/api/v1/articles/{POSTED}/comments"
ARTICLE = f"/articles/{SLUG}"
COUNTS = "/api/v1/counts?" + "&".join(f"article={slug}" for slug in FRONT)
FORM = ("Content-Type", "application/x-www-form-urlencoded")
AS_GZIP = (("Accept-Encoding", "gzip"),)
GZIP = dict(AS_GZIP)
EVERY_20TH = 20  # 95 % reads, 5 % posts
TEXT = "@text " + "버스가 끊긴 밤길을 걸어 보셨습니까? " * 4  # as long as the seeded comments
BOTH = ",".join(sorted({SERVERS_CORE, LOAD_CORE}))

HELLO, BARE, FILE = "Flask hello", "bare WSGI hello", "the same JSON as a file, nginx"
NEWEST, COLD = "newest page, JSON", "uncached page, JSON"
ARTICLE_PAGE, SHARED = "article page, gzip", "article page, link with a tracking parameter"
OWN_ARTICLE = "article page, signed-in reader"
COUNTED, POST_1, POST_8 = "counts of 20 articles", "posts, 1 connection", "posts, 8 connections"
COMMITS, MIXED = "bare commits, sqlite3", "95 % reads, 5 % posts"


class Cell(NamedTuple):
    """A measurement. `than` is the name of the cell it is compared with."""

    group: str
    name: str
    than: str
    run: Run


@dataclass
class Board:
    """Seeded instance folder, its servers, and the scripts of the load."""

    folder: Path
    comments: int
    server: Server = field(init=False)
    pair: Server = field(init=False)  # two workers on the same core
    tokens: list[str] = field(init=False)
    near: list[int] = field(init=False)
    deep: list[int] = field(init=False)
    moderator: str = field(init=False)  # a session token
    runs: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.server = servers.board(self.folder)
        self.pair = servers.board(self.folder, workers=2)
        seed = [sys.executable, "-m", "bench.seed", str(self.comments)]
        environment = {**os.environ, **NO_LIMITS, "BOARD_INSTANCE": str(self.folder)}
        completed = subprocess.run(
            seed, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
        seeded = json.loads(completed.stdout.splitlines()[-1])
        self.tokens, self.near, self.deep = seeded["tokens"], seeded["near"], seeded["deep"]
        self.moderator = seeded["moderator"]

    def shared(self, path: str) -> Callable[[], Path]:
        """Links with a tracking parameter, another value each time."""
        return partial(
            self._script, "shared", RequestTemplate(f"{path}?fbclid=@text", headers=AS_GZIP)
        )

    def signed_in(self, path: str) -> Callable[[], Path]:
        """Requests of signed-in readers, one after the other; fragments may be cached."""
        return partial(
            self._script, "signed-in", RequestTemplate(path, headers=AS_GZIP), tokens=self.tokens
        )

    def cold(self, places: list[int]) -> Callable[[], Path]:
        """Cache misses: each request has another cursor, and an unknown language makes its address
        unique."""
        send = RequestTemplate(f"{JSON}?before=@place&lang=@text")
        return partial(self._script, "cold", send, places=places)

    def posts(self, server: Server, *, every: int = 1) -> Callable[[], Path]:
        """Posts with unique texts; the reads between them are of the page they change."""
        headers = (FORM, ("Origin", server.url("")))
        send = RequestTemplate(POSTS, f"key=@text&body={quote_plus(TEXT, safe='@')}", headers)
        options = {"every": every, "read": POSTED_JSON, "tokens": self.tokens}
        return partial(self._script, "post", send, **options)

    def _script(self, name: str, send: RequestTemplate, **options: Any) -> Path:
        self.runs += 1
        path = self.folder / f"{name}-{self.runs}.lua"
        return load.write_script(path, send, run=f"b{os.getpid()}-{self.runs}", **options)


def ceilings(folder: Path, page: bytes) -> list[Server]:
    """Reference servers: bare WSGI, Flask, and nginx where it is installed."""
    bare = Server(BARE, servers.wsgi("bench.hello:bare"))
    hello = Server(HELLO, servers.wsgi("bench.hello:flask"))
    static = servers.nginx(FILE, folder, page)
    return [bare, hello, *([static] if static else [])]


def reading(board: Board, others: list[Server]) -> list[Cell]:
    server, cell = board.server, partial(Cell, "reading")
    unchanged = {"If-None-Match": servers.etag(server.url(JSON))}
    return [
        *(cell(each.name, HELLO, against(each, each.ready)) for each in others),
        cell(NEWEST, HELLO, against(server, JSON)),
        cell("newest page, HTML, gzip", HELLO, against(server, HTML, headers=GZIP)),
        cell(ARTICLE_PAGE, HELLO, against(server, ARTICLE, headers=GZIP)),
        cell("not modified", HELLO, against(server, JSON, headers=unchanged)),
        cell(COUNTED, HELLO, against(server, COUNTS)),
        cell(SHARED, HELLO, against(server, ARTICLE, script=board.shared(ARTICLE))),
        cell(COLD, HELLO, against(server, JSON, script=board.cold(board.near))),
        cell(OWN_ARTICLE, HELLO, against(server, ARTICLE, script=board.signed_in(ARTICLE))),
    ]


def writing(board: Board) -> list[Cell]:
    server, cell = board.server, partial(Cell, "writing")
    mixed = board.posts(server, every=EVERY_20TH)
    post = board.posts(server)
    return [
        cell(COMMITS, "", partial(_commits, board.folder)),
        cell(POST_1, COMMITS, against(server, "/", connections=1, script=post)),
        cell(POST_8, COMMITS, against(server, "/", connections=8, script=post)),
        cell(MIXED, NEWEST, against(server, "/", script=mixed)),
    ]


def long(board: Board) -> list[Cell]:
    """The same in a thread of a million comments, and posts to another thread of that board."""
    server, cell = board.server, partial(Cell, "long")
    many, deep = f"{board.comments:,} comments", f"{JSON}?before={board.deep[0]}"
    far = f"{DEEP:,}th page" if board.comments > DEEP * 40 else "last page"
    post = board.posts(server)
    return [
        cell(f"newest page of {many}", NEWEST, against(server, JSON)),
        cell(f"{far} of {many}", NEWEST, against(server, deep)),
        cell(
            f"uncached page near the start of {many}",
            COLD,
            against(server, JSON, script=board.cold(board.near)),
        ),
        cell(
            f"uncached page from the {far.removesuffix(' page')} of {many} on",
            COLD,
            against(server, deep, script=board.cold(board.deep)),
        ),
        cell(
            f"posts on a board of {many}, 1 connection",
            POST_1,
            against(server, "/", connections=1, script=post),
        ),
    ]


def workers(board: Board) -> list[Cell]:
    """Two workers on one core: what the second worker costs."""
    cell, mixed = partial(Cell, "workers"), board.posts(board.pair, every=EVERY_20TH)
    return [
        cell("newest page, 2 workers", NEWEST, against(board.pair, JSON)),
        cell("95 % reads, 5 % posts, 2 workers", MIXED, against(board.pair, "/", script=mixed)),
    ]


def _commits(folder: Path, seconds: int) -> tuple[LoadResult, float]:
    """Bare commits, on the same core and disk as the board."""
    command = [sys.executable, "-m", "bench.commits", str(folder / "bare.db"), str(seconds)]
    completed = subprocess.run(
        on_cores(SERVERS_CORE, command), cwd=ROOT, check=True, capture_output=True, text=True
    )
    figures = json.loads(completed.stdout)
    cpu_seconds = figures.pop("worked")
    return LoadResult(bytes=0, errors=0, **figures), cpu_seconds
