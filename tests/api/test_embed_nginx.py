"""A newsroom’s nginx puts the thread into the source of its pages, also while the board is down."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from board.accounts.models import User
from board.articles.models import Article
from conftest import say
from support.http_server import serving
from support.wait import until

CONF = Path(__file__).parents[2] / "integrations/nginx/embed.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("press")]


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Nothing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def board(app: Flask) -> Iterator[tuple[int, Callable[[], None]]]:
    """The port of the board, and what stops it."""
    with ExitStack() as stack:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        yield stack.enter_context(serving(server)), stack.close


@pytest.fixture
def page(board: tuple[int, Callable[[], None]], tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Reads the newsroom’s page through nginx."""
    if NGINX is None:
        if "CI" in os.environ:
            pytest.fail("nginx is missing: apt-get install nginx-light")
        pytest.skip("needs nginx: apt-get install nginx-light")
    port = free_port()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.html").write_text(
        '<h1>The harbour</h1><!--# include virtual="/board-thread?id=7" --><p>The end</p>'
    )
    words = {
        "CACHE": tmp_path / "cache", "BOARD": f"127.0.0.1:{board[0]}", "HOST": "localhost",
        "LISTEN": f"127.0.0.1:{port}", "PAGES": tmp_path / "pages", "SITE": "press",
    }  # fmt: skip
    lines = re.sub(r"^ *#.*$", "", CONF.read_text(), flags=re.M)
    conf = re.sub(rf"\b({'|'.join(words)})\b", lambda match: str(words[match[1]]), lines)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    as_root = "user root;" if os.getuid() == 0 else ""  # otherwise the folder is not readable
    (tmp_path / "nginx.conf").write_text(
        f"{as_root} pid {tmp_path}/pid; error_log {tmp_path}/error.log; daemon off; events {{}}"
        f"http {{ access_log off; {temporary}\n{conf} }}"
    )
    process = subprocess.Popen([NGINX, "-p", tmp_path, "-c", tmp_path / "nginx.conf"])
    try:
        until(lambda: is_open(port), "nginx listens")
        yield lambda: urlopen(f"http://127.0.0.1:{port}/a.html", timeout=20).read().decode()
    finally:
        process.terminate()
        process.wait(20)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_thread_stands_in_the_page_and_stays_while_the_board_is_down(
    board: tuple[int, Callable[[], None]], page: Callable[[], str], ada: User, harbour: Article
) -> None:
    say(harbour, ada, "부두가 다시 열렸다")

    until(lambda: "<board-comments" in page(), "the board answers within nginx’s second")
    with_board = page()
    board[1]()

    assert page() == with_board
    around = re.sub(r"(?s)\s*<board-comments.*</script>\s*", " ", with_board)
    assert around == "<h1>The harbour</h1> <p>The end</p>"
    assert "부두가 다시 열렸다" in with_board and 'shadowrootmode="open"' in with_board


def test_without_board_and_copy_the_page_is_whole(
    board: tuple[int, Callable[[], None]], page: Callable[[], str]
) -> None:
    board[1]()

    assert page() == "<h1>The harbour</h1><p>The end</p>"
