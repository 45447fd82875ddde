"""Isso, measured for comparison: run as its documentation says, filled through its API."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from bench.load import RequestTemplate, against, write_script
from bench.seed import FRONT, FRONT_COMMENTS, POSTED, POSTED_COMMENTS, SLUG
from bench.servers import ROOT, Server, free_port
from bench.work import (
    COUNTED,
    EVERY_20TH,
    MIXED,
    NEWEST,
    POST_1,
    POST_8,
    TEXT,
    Board,
    Cell,
)
from board.db.engine import sqlite

BIN = ROOT / "build" / "peers" / "bin"
_AS_MUCH = "&limit=20&nested_limit=10&sort=newest"  # as many comments as our pages have
PAGE, POSTED_PAGE = f"/?uri=/{SLUG}{_AS_MUCH}", f"/?uri=/{POSTED}{_AS_MUCH}"
_TYPE = ("Content-Type", "application/json")


def isso(folder: Path) -> Server:
    """The Isso server: four preloaded workers, rate limiting off."""
    if not (BIN / "gunicorn").exists():
        raise SystemExit("Isso is not installed here: make bench-peers")
    folder.mkdir()
    port = free_port()
    config = folder / "isso.cfg"
    config.write_text(
        f"[general]\ndbpath = {folder}/comments.db\nhost = http://127.0.0.1:{port}/\n"
        "[guard]\nenabled = false\n"
    )
    command = [str(BIN / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "4", "--preload", "isso.run"]
    return Server("Isso", command, "/config", {"ISSO_SETTINGS": str(config)}, port=port)


def fill(server: Server, board: Board) -> None:
    """Post the comments of our threads to Isso."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    known: dict[int, int] = {}
    for slug, id, root, text in _ours(board):
        comment = {"text": text, "title": slug, "author": "독자", "parent": known.get(root)}
        known[id] = _post(connection, slug, comment)


def cells(server: Server, folder: Path) -> list[Cell]:
    cell = partial(Cell, "peers")
    headers = (_TYPE,)
    body = json.dumps({"text": TEXT, "author": "bench", "title": POSTED})
    send = RequestTemplate(f"/new?uri=/{POSTED}", body, headers)
    counts = RequestTemplate("/count", json.dumps([f"/{slug}" for slug in FRONT]), headers)
    post = partial(write_script, folder / "post.lua", send, run="peer")
    mixed = partial(
        write_script, folder / "mix.lua", send, run="mix", every=EVERY_20TH, read=POSTED_PAGE
    )
    count = partial(write_script, folder / "count.lua", counts, run="count")
    return [
        cell("Isso, page of 20", NEWEST, against(server, PAGE)),
        cell("Isso, counts of 20", COUNTED, against(server, "/", script=count)),
        cell("Isso, posts, 1 connection", POST_1, against(server, "/", connections=1, script=post)),
        cell(
            "Isso, posts, 8 connections", POST_8, against(server, "/", connections=8, script=post)
        ),
        cell("Isso, 95 % reads, 5 % posts", MIXED, against(server, "/", script=mixed)),
    ]


def _ours(board: Board) -> Iterator[tuple[str, int, int, str]]:
    """Slug, id, root id and text of our comments, in the order they were written."""
    threads = {
        SLUG: board.comments,
        POSTED: POSTED_COMMENTS,
        **dict.fromkeys(FRONT, FRONT_COMMENTS),
    }
    path = f"file:{board.folder}/board.db?mode=ro"
    with closing(sqlite.connect(path, uri=True)) as connection:
        for slug, most in threads.items():
            yield from connection.execute(
                "SELECT slug, comment.id, root_id, comment.body FROM comment JOIN article"
                " ON article.id = article_id WHERE slug = ? ORDER BY comment.id LIMIT ?",
                (slug, most),
            )


def _post(connection: HTTPConnection, slug: str, comment: Mapping[str, object]) -> int:
    uri = quote(f"/{slug}", safe="")
    connection.request("POST", f"/new?uri={uri}", json.dumps(comment), dict([_TYPE]))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 201:
        raise SystemExit(f"Isso did not take a comment: {answer.status} {body[:200]!r}")
    return int(json.loads(body)["id"])
