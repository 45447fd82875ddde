"""A newsroom’s own pages on another site than the board, with embedded threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from browser.conftest import ROOT, Windows
from support.http_server import serving

EXAMPLES = ROOT / "integrations/plain"
BOARD = "https://board.example"  # in the examples


class Newsroom:
    """`pages` by path: the examples, and what a test adds. The address of the board is put in."""

    def __init__(self, port: int, board_url: str) -> None:
        self.url = f"http://localhost:{port}"  # another site than 127.0.0.1
        self.board_url = board_url
        self.pages = {f"/{path.name}": path.read_text() for path in EXAMPLES.glob("*.html")}
        self.pages["/favicon.ico"] = ""

    def open(self, window: Windows, path: str, **options: object) -> Page:
        """A window of a reader, at this page."""
        window.allow(f"third party: {self.url}")
        page = window(**options)
        page.goto(f"{self.url}{path}")
        return page

    def show(self, path: str, body: str) -> str:
        """Have a page with this body, and the script. Returns the path."""
        script = f'<script type="module" src="{BOARD}/embed.js"></script>'
        self.pages[path] = f'<!doctype html><meta charset="utf-8"><title>x</title>{body}{script}'
        return path


@contextmanager
def publishing(board_url: str) -> Iterator[Newsroom]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = newsroom.pages.get(urlsplit(self.path).path)
            self.send_response(404 if text is None else 200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write((text or "").replace(BOARD, board_url).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    newsroom = Newsroom(server.server_port, board_url)
    with serving(server):
        yield newsroom


def thread_in(page: Page, number: int = 0) -> Locator:
    return page.locator("board-comments").nth(number)
