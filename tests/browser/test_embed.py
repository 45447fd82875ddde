"""A thread in a newsroom’s own page, on another site than the board."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Board, fits, say, unique
from browser.newsroom import Newsroom, publishing, thread_in

TEXTS = "ol.comments > .comment > article > .text"
SHIFTS = """() => new Promise((resolve) => {
    const seen = new PerformanceObserver(() => {});
    seen.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(seen.takeRecords().reduce((sum, each) => sum + each.value, 0)), 50);
})"""


@pytest.fixture(scope="module")
def newsroom(board: Board) -> Iterator[Newsroom]:
    with publishing(board.url) as newsroom:
        yield newsroom


def requests_of(page: Page) -> list[str]:
    """The paths of all requests from now on."""
    paths: list[str] = []
    page.on("request", lambda request: paths.append(urlsplit(request.url).path))
    return paths


def test_a_reader_reads_sorts_pages_and_searches_without_leaving_the_page(window, newsroom):
    page = newsroom.open(window, "/index.html", viewport={"width": 320, "height": 800})
    thread = thread_in(page)
    expect(thread.locator("ol.comments > .comment").first).to_be_visible()
    loaded = page.evaluate(
        """(board) => performance.getEntriesByType("resource").map((each) => new URL(each.name))
            .filter((url) => url.origin === board).map((url) => url.pathname)""",
        newsroom.board_url,
    )
    assert sorted(loaded) == ["/embed.css", "/embed.js", "/embed/v1/thread"]
    assert page.evaluate(SHIFTS) == 0
    assert fits(page)

    thread.get_by_role("link", name="과거순").click()
    expect(thread.locator("[data-sort=oldest]")).to_be_visible()
    oldest = thread.locator(TEXTS).first.inner_text()
    thread.locator("a[data-more]").click()
    expect(thread.locator("ol.comments > .comment")).to_have_count(30)
    thread.locator(".collapse-button").first.click()
    expect(thread.locator(".replies").first).to_be_hidden()
    thread.locator("#q").fill(oldest[:5])
    thread.locator("#q").press("Enter")
    expect(thread.locator("#found .comment")).to_have_count(1)
    expect(thread.locator("#found .text")).to_have_text(oldest)
    thread.locator("a.back").click()
    expect(thread.locator("[data-sort=latest]")).to_be_visible()

    assert page.url == f"{newsroom.url}/index.html"
    assert page.evaluate("history.length") == 2


def test_what_a_guest_may_not_do_here_opens_the_board_in_a_new_tab(window, newsroom):
    page = newsroom.open(window, "/index.html")
    comment = thread_in(page).locator("ol.comments > .comment").first
    number = comment.get_attribute("id").removeprefix("comment-")

    with page.expect_popup() as liked:
        comment.locator("[data-react=like] button").first.click()
    comment.locator("[data-menu]").first.click()
    with page.expect_popup() as reported:
        comment.get_by_role("link", name="신고", exact=True).click()

    assert urlsplit(liked.value.url).path == f"/comments/{number}/like"
    assert urlsplit(reported.value.url).path == f"/comments/{number}/report"
    assert liked.value.evaluate("opener") is None


def test_an_address_with_a_comment_leads_to_it(window, newsroom, board):
    answer = window.requests("ada").get("/articles/night-bus/comments?sort=oldest")
    early = answer.text().split('id="comment-')[1].split('"')[0]
    page = newsroom.open(window, f"/index.html#comment-{early}")
    thread = thread_in(page)
    focused = "(element) => element.shadowRoot.activeElement?.parentElement.id"

    expect(thread.locator(f"#comment-{early}.is-linked")).to_be_in_viewport()
    page.wait_for_function(f"({focused})(document.querySelector('board-comments'))")
    assert thread.evaluate(focused) == f"comment-{early}"
    thread.locator("[data-all-comments]").click()
    newest = thread.locator("ol.comments > .comment").nth(3)
    expect(newest).to_be_visible()
    number = newest.get_attribute("id")
    page.evaluate("(id) => { location.hash = id }", number)

    expect(thread.locator(f"#{number}.is-linked")).to_be_in_viewport()


def test_new_comments_are_offered_while_the_page_is_open(window, newsroom):
    page = window()
    window.allow(f"third party: {newsroom.url}")
    page.clock.install(time=datetime.now(UTC))
    page.goto(f"{newsroom.url}/three-threads.html")
    thread = thread_in(page, 1)
    counts = "addEventListener('board:count', (event) => { window.count = event.detail.count })"
    page.evaluate(counts)
    thread.locator(".comment").first.hover()
    expect(thread.locator("[data-menu]").first).to_be_visible()
    thread.locator("[data-menu]").first.click()
    expect(thread.locator(".menu")).to_be_visible()  # the modules are there

    text = unique("방금 쓴 댓글")
    say(window, "/articles/fish-market-rent", text)
    page.clock.run_for(25_000)
    page.clock.run_for(5_000)
    thread.locator(".new-comments a").click()

    expect(thread.locator(TEXTS).first).to_have_text(text)
    page.wait_for_function("window.count")
    shown = int(thread.locator("[data-count]").inner_text())
    assert page.evaluate("window.count") == shown


def test_a_strict_policy_of_the_page_is_enough(window, newsroom):
    page = newsroom.open(window, "/strict-csp.html")
    thread = thread_in(page)

    expect(thread.locator(".comment").first).to_be_visible()
    thread.locator("[data-menu]").first.click()

    expect(thread.locator(".menu")).to_be_visible()
    assert thread.evaluate("(element) => element.shadowRoot.adoptedStyleSheets.length") == 1


def test_without_the_board_there_are_a_sentence_another_try_and_a_link(window, newsroom):
    window.allow("failed:", "Failed to load")
    path = newsroom.show(
        "/down.html",
        '<board-comments site="sample" article="sea-wall" lang="ko">'
        '<a href="https://board.example/at/sample?id=sea-wall">댓글 보기</a></board-comments>',
    )
    page = window()
    window.allow(f"third party: {newsroom.url}")
    page.route("**/embed/v1/thread*", lambda route: route.abort())
    page.goto(f"{newsroom.url}{path}")
    thread = thread_in(page)

    expect(thread.get_by_role("alert")).to_have_text("댓글을 불러오지 못했습니다.")
    expect(thread.get_by_role("link", name="댓글 보기")).to_be_visible()
    page.unroute("**/embed/v1/thread*")
    thread.get_by_role("button", name="다시 시도").click()

    expect(thread.locator(".comment").first).to_be_visible()


def test_a_thread_included_by_the_server_is_taken_over_without_loading_it(window, newsroom):
    included = window.requests("ada").get("/embed/v1/include?site=sample&id=sea-wall").text()
    page = newsroom.open(window, newsroom.show("/included.html", included))
    thread = thread_in(page)
    before = thread.locator(TEXTS).first.inner_text()
    requested = requests_of(page)

    thread.locator("[data-menu]").first.click()
    expect(thread.locator(".menu")).to_be_visible()

    assert thread.locator(TEXTS).first.inner_text() == before
    assert [path for path in requested if path.startswith("/embed")] == []


def test_other_attributes_show_another_thread_and_nothing_is_left_of_it(window, newsroom):
    page = newsroom.open(window, newsroom.show("/empty.html", "<main></main>"))
    page.wait_for_function("Boolean(customElements.get('board-comments'))")
    tool = page.context.new_cdp_session(page)
    tool.send("Performance.enable")

    def listeners() -> int:
        tool.send("HeapProfiler.collectGarbage")
        metrics = tool.send("Performance.getMetrics")["metrics"]
        return next(int(each["value"]) for each in metrics if each["name"] == "JSEventListeners")

    mount = """async ([times, waits]) => {
        const told = (element, name) =>
            new Promise((resolve) => element.addEventListener(name, resolve, { once: true }));
        for (let n = 0; n < times; n++) {
            const element = document.createElement("board-comments");
            const attributes = { site: "sample", article: "sea-wall", loading: "eager" };
            for (const name in attributes) element.setAttribute(name, attributes[name]);
            document.querySelector("main").append(element);
            await (waits ? told(element, "board:ready") : null);
            element.remove();
        }
    }"""
    page.evaluate(mount, [2, True])
    before = listeners()
    page.evaluate(mount, [20, True])
    page.evaluate(mount, [180, False])
    page.wait_for_timeout(50)

    assert listeners() <= before
    page.evaluate("""() => {
        const element = document.createElement("board-comments");
        element.setAttribute("site", "sample");
        element.setAttribute("article", "sea-wall");
        document.querySelector("main").append(element);
    }""")
    thread = thread_in(page)
    expect(thread.locator("[data-article=sea-wall]")).to_be_visible()
    requested = requests_of(page)
    page.evaluate("document.body.append(document.querySelector('board-comments'))")
    thread.evaluate("(element) => element.setAttribute('article', 'night-bus')")
    thread.evaluate("(element) => element.setAttribute('sort', 'oldest')")

    expect(thread.locator("[data-article=night-bus] [data-sort=oldest]")).to_be_visible()
    assert requested[-1:] == ["/embed/v1/thread"]
