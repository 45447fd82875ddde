"""The API in a page of another site."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from browser.conftest import say
from support.http_server import serving

READ = """async ([url, etag]) => {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(url, { headers, cache: "no-store" });
    const text = await answer.text();
    const read = (name) => answer.headers.get(name);
    return [answer.status, read("ETag"), read("Content-Type"), text.length > 0];
}"""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:,><title>A</title>")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def other_site() -> Iterator[str]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage)) as port:
        yield f"http://localhost:{port}/"


def test_a_page_of_another_site_reads_revalidates_and_learns_of_errors(window, article, other_site):
    window.allow(f"third party: {other_site}", "status of 404")
    say(window, article, "첫 댓글")
    page = window()
    page.goto(other_site)
    url = f"{window.board.url}/api/v1{article}/comments"

    status, etag, kind, has_text = page.evaluate(READ, [url, None])
    assert (status, kind, has_text) == (200, "application/json", True)
    assert etag
    assert page.evaluate(READ, [url, etag])[:2] == [304, etag]
    for missing in ("/api/v1/nowhere", "/api/v1/articles/nowhere/comments"):
        status, _, kind, _ = page.evaluate(READ, [window.board.url + missing, etag])
        assert (status, kind) == (404, "application/problem+json")
