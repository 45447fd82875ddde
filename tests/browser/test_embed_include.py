"""A page of another site in whose source the thread stands reads without a script."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from lxml import html
from playwright.sync_api import Page, expect

from browser.conftest import Windows
from support.http_server import serving


@pytest.fixture
def source(window: Windows) -> str:
    """What the server of the other site included."""
    url = f"{window.board.url}/embed/v1/include?site=sample&id=night-bus"
    text: str = urlopen(url, timeout=30).read().decode()
    return text


@pytest.fixture
def other_site(window: Windows, source: str) -> Iterator[Page]:
    """The page, in a browser without scripts."""

    class Article(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            page = f"<!doctype html><link rel=icon href=data:,><h1>밤 버스</h1>{source}"
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Article)) as port:
        window.allow(
            f"third party: http://localhost:{port}", "embed.css", "status of 404", "NotSameOrigin"
        )
        page = window(java_script_enabled=False)
        page.goto(f"http://localhost:{port}/")
        yield page


def test_the_words_are_read_and_links_lead_to_the_board(window: Windows, other_site: Page) -> None:
    comment = other_site.locator(".comment .text").first
    expect(comment).to_be_visible()
    expect(other_site.locator("board-comments > a")).to_be_hidden()  # stands for older browsers

    other_site.get_by_role("link", name="댓글 쓰기").click()

    assert other_site.url == f"{window.board.url}/articles/night-bus#thread"


def test_forms_lead_to_the_board(window: Windows, other_site: Page) -> None:
    other_site.get_by_role("searchbox").fill("버스")
    other_site.get_by_role("button", name="검색").click()
    assert other_site.url.startswith(f"{window.board.url}/articles/night-bus/comments/search?q=")

    other_site.go_back()
    other_site.locator("[data-react=like] button").first.click()
    address = urlsplit(other_site.url)
    assert f"{address.scheme}://{address.netloc}" == window.board.url
    expect(other_site.locator("h1")).to_be_visible()
    assert address.path.endswith("/like")


def test_it_is_one_element_with_a_template_and_json_ld(window: Windows, source: str) -> None:
    element, script = html.fragments_fromstring(source)
    (template,) = element.xpath("./template")
    data = json.loads(script.text)

    assert (element.tag, dict(element.attrib)) == (
        "board-comments", {"site": "sample", "article": "night-bus"},
    )  # fmt: skip
    assert dict(template.attrib) == {"shadowrootmode": "open"}
    assert data["@id"] == "https://harbour.example/articles/night-bus"
    assert (data["@type"], len(data["comment"])) == ("NewsArticle", 10)
    shown = template.xpath("string(.//*[contains(@class, 'text')][1])").replace("\u2060", "")
    assert data["comment"][0]["text"] in shown
    assert data["comment"][0]["url"].startswith(f"{window.board.url}/comments/")
    assert data["commentCount"] == int(template.xpath("string(.//b[@data-count])"))
