"""Search in a thread: one search at a time, and never an older answer over a newer one."""

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import say, until_in_page, without_reload

FEEDBACK = "#found [data-feedback]"


@pytest.fixture
def results(window, article) -> Page:
    for text in ("사과가 익었습니다", "바나나도 익었습니다", "포도는 아직입니다"):
        say(window, article, text)
    page = window("ada")
    page.goto(f"{article}/comments/search?q=익었습니다")
    expect(page.locator(".comment")).to_have_count(2)
    return page


def search(page: Page, query: str) -> None:
    page.locator("#q").fill(query)
    page.locator("#q").press("Enter")


def hold_searches(page: Page, query: str) -> list[Any]:
    """Routes of searches for `query`, which are answered only when the test does it."""
    routes: list[Any] = []
    page.route(lambda url: f"q={query}" in url, lambda route: routes.append(route))
    return routes


def encoded(query: str) -> str:
    return "".join(f"%{byte:02X}" for byte in query.encode())


def test_results_come_into_the_page_and_back_restores_the_earlier_ones(results):
    page = results
    with without_reload(page):
        search(page, "포도")
        expect(page.locator(".comment .text")).to_have_text(["포도는 아직입니다"])
        expect(page.locator("#found")).to_be_focused()
        assert page.url.endswith(f"q={encoded('포도')}")
        assert page.title().startswith("포도")
        assert page.evaluate("CSS.highlights.get('found').size") == 1

        page.go_back()
        expect(page.locator(".comment")).to_have_count(2)
        expect(page.locator("#q")).to_have_value("익었습니다")
    search(page, "코끼리")
    expect(page.locator("#found .empty")).to_be_visible()


HIGHLIGHTED = [
    ("ㅄ", "어제 버스를 탔다", ["버스"]),
    ("ㄳ", "😀 ㄳ, ㄱㅅ", ["ㄳ", "ㄱㅅ"]),
    ("버ㅅ", "버스와 버섯", ["버스", "버섯"]),
    ("cctv", "İＣＣＴＶ 와 CCTV", ["ＣＣＴＶ", "CCTV"]),
    ("ＫＴＸ", "100㎞ ktx", ["ktx"]),
    ("km", "100㎞ 앞", ["㎞"]),
    ("c++", "C++ (c)", ["C++"]),
    ("strasse", "그 Straße", ["Straße"]),
]


@pytest.mark.parametrize(("query", "text", "parts"), HIGHLIGHTED)
def test_what_is_found_is_highlighted_and_nothing_else(window, article, query, text, parts):
    say(window, article, text)
    page = window()

    page.goto(f"{article}/comments/search?q={quote(query)}")

    page.wait_for_function("() => CSS.highlights.get('found')?.size")
    ranges = page.evaluate("""() => [...CSS.highlights.get('found')].map((range) =>
        range.startContainer.data.slice(range.startOffset, range.endOffset))""")
    assert ranges == parts


def test_a_newer_search_cancels_the_one_before(window, results):
    page = results
    held = hold_searches(page, encoded("사과"))
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.failure))
    search(page, "사과")
    page.wait_for_function("() => document.querySelector('#q').value === '사과'")
    until_in_page(page, lambda: held, "the search is requested")

    search(page, "포도")

    expect(page.locator(".comment .text")).to_have_text(["포도는 아직입니다"])
    assert ended == ["net::ERR_ABORTED"]
    expect(page.locator(FEEDBACK)).to_be_empty()
    assert page.url.endswith(f"q={encoded('포도')}")


def test_a_search_that_takes_two_seconds_is_given_up_with_a_message(window, results):
    page = results
    window.allow("failed:", "Failed to load resource")
    held = hold_searches(page, encoded("사과"))

    search(page, "사과")
    expect(page.locator(FEEDBACK)).to_contain_text("검색이 오래 걸리거나", timeout=4000)

    expect(page.locator(".comment")).to_have_count(2)
    expect(page.locator("#q")).to_have_value("사과")
    assert len(held) == 1
    search(page, "포도")
    expect(page.locator(".comment")).to_have_count(1)
    expect(page.locator(FEEDBACK)).to_be_empty()


def test_a_refused_search_keeps_the_earlier_results(window, results):
    page = results
    window.allow("status of 503")
    page.route(
        f"**/search?q={encoded('사과')}",
        lambda route: route.fulfill(status=503, content_type="text/html", body="<p>-"),
    )

    search(page, "사과")

    expect(page.locator(FEEDBACK)).not_to_be_empty()
    expect(page.locator(".comment")).to_have_count(2)


def test_focus_stays_in_the_box_while_the_reader_types_on(results):
    page = results
    held = hold_searches(page, encoded("사과"))
    search(page, "사과")
    until_in_page(page, lambda: held, "the search is requested")
    page.locator("#q").press_sequentially("와 배")

    held[0].continue_()

    expect(page.locator(".comment .text")).to_have_text(["사과가 익었습니다"])
    expect(page.locator("#q")).to_have_value("사과와 배")
    expect(page.locator("#q")).to_be_focused()


def test_comments_found_in_place_can_be_liked(window, article, results):
    page = window("mo")
    page.goto(f"{article}/comments/search?q=익었습니다")
    search(page, "포도")
    expect(page.locator(".comment")).to_have_count(1)

    page.locator("[data-react=like] button").click()

    expect(page.locator("#status")).to_have_text("이 댓글에 공감하셨습니다.")


def test_without_javascript_a_search_is_a_page(window, article, results):
    page = window(java_script_enabled=False)
    page.goto(f"{article}/comments/search?q=익었습니다")

    search(page, "포도")

    expect(page.locator(".comment .text")).to_have_text(["포도는 아직입니다"])


def test_a_search_from_the_article_may_be_sent_again_while_one_hangs(window, article, results):
    """All other forms wait for their answer; here the browser drops the older request."""
    page = window()
    page.goto(article)

    went = page.evaluate(
        """() => {
            const went = [];
            document.addEventListener("submit", (event) => {
                went.push(!event.defaultPrevented);
                event.preventDefault(); // and stay here
            });
            const form = document.querySelector(".search-form");
            for (let time = 0; time < 2; time += 1) form.requestSubmit();
            return went;
        }"""
    )

    assert went == [True, True]
