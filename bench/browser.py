"""Page weight, largest contentful paint and layout shift in Chromium.

An empty cache, a screen 360 pixels wide, and the network that Chromium's tools call Fast 4G.
"""

import shutil
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from bench.figures import Page
from bench.servers import Server
from bench.work import ARTICLE

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
TIMES = 5
ADDRESSES = {"front page": "/", "article": "/articles/night-bus", "long thread": ARTICLE}
FAST_4G = {
    "offline": False,
    "latency": 165,  # ms
    "downloadThroughput": 9_000_000 / 8 * 0.9,  # bytes a second
    "uploadThroughput": 1_500_000 / 8 * 0.9,
}
_QUIET = 500  # ms after the load event: a larger element or a shift may still come
_WATCH = """
window.seen = {lcp: 0, cls: 0};
const watch = (type, note) => new PerformanceObserver(
  (list) => list.getEntries().forEach(note)).observe({type, buffered: true});
watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
"""


def pages(server: Server) -> list[Page]:
    """The measured pages; an empty list where there is no Chromium."""
    binary = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if binary is None:
        return []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        measured = [_page(browser, name, server.url(path)) for name, path in ADDRESSES.items()]
        browser.close()
    return measured


def _page(browser: Browser, name: str, url: str) -> Page:
    visits = [_visit(browser, url) for _ in range(TIMES)]
    return Page(
        name,
        bytes=round(median(visit["bytes"] for visit in visits)),
        requests=round(median(visit["requests"] for visit in visits)),
        lcp=round(median(visit["lcp"] for visit in visits)),
        cls=round(median(visit["cls"] for visit in visits), 4),
    )


def _visit(browser: Browser, url: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        sent = _count(context.new_cdp_session(page))
        page.goto(url, wait_until="load")
        page.wait_for_timeout(_QUIET)
        seen: dict[str, float] = page.evaluate("seen")
        return {**seen, "bytes": sum(sent), "requests": len(sent)}
    finally:
        context.close()


def _count(session: CDPSession) -> list[float]:
    """Byte counts of the responses, appended as they arrive."""
    sent: list[float] = []

    def count(event: dict[str, Any]) -> None:
        sent.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", count)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", FAST_4G)
    return sent
