"""Live updates: an open thread offers new comments without moving, and costs almost nothing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import publish, say, unique, without_reload

MINUTE = 60
NO_JITTER = "Math.random = () => 0.5"
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
BUTTON = ".new-comments a"
TEXTS = "ol.comments > .comment > article > .text"

# Each poll: the status of its answer, 0 if it failed, null while it is under way. Recorded in the
# page itself, because network events arrive some steps of our clock later.
RECORD_POLLS = """const originalFetch = fetch;
window.polls = [];
window.fetch = async (...args) => {
    if (!String(args[0]).endsWith("/comments/newest")) return originalFetch(...args);
    const number = polls.push(null) - 1;
    try {
        const answer = await originalFetch(...args);
        polls[number] = answer.status;
        return answer;
    } catch (error) {
        polls[number] = 0;
        throw error;
    }
};"""


class PollingPage:
    """A reader's page with a clock that only moves when the test says so."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        page.add_init_script(NO_JITTER)
        page.add_init_script(RECORD_POLLS)
        page.clock.install(time=datetime.now(UTC))
        page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
        page.goto(path)
        self.until_polled()

    @property
    def polls(self) -> list[int]:
        """The status of each poll so far; 0 is a failure."""
        return list(self.page.evaluate("polls"))

    def pass_seconds(self, seconds: int, step: int = 5) -> None:
        """Move the clock in steps shorter than the timeout of a poll, each of which ends first."""
        for _ in range(0, seconds, step):
            self.page.clock.run_for(step * 1000)
            self.page.wait_for_function("() => !polls.includes(null)")

    def until_polled(self) -> None:
        before = len(self.polls)
        for _ in range(600):
            self.pass_seconds(1, step=1)
            if len(self.polls) > before:
                return
        raise AssertionError("no poll in ten minutes")

    def polls_in(self, seconds: int) -> int:
        before = len(self.polls)
        self.pass_seconds(seconds)
        return len(self.polls) - before


@pytest.fixture
def thread(window, article) -> str:
    say(window, article, "먼저 있던 댓글")
    return article


def test_new_comments_are_offered_without_moving_and_shown_in_place(window, thread):
    reader = PollingPage(window("mo"), thread)
    page = reader.page
    expect(page.locator(BUTTON)).to_be_hidden()
    first = page.locator(".comment").first.bounding_box()

    say(window, thread, "새 댓글 하나")
    answer = say(window, thread, "새 댓글 둘")
    reader.until_polled()

    expect(page.locator(BUTTON)).to_have_text("새 댓글 2개 보기")
    assert page.locator(".comment").first.bounding_box() == first
    with without_reload(page):
        page.click(BUTTON)
        expect(page.locator(TEXTS)).to_have_text(["새 댓글 둘", "새 댓글 하나", "먼저 있던 댓글"])
    expect(page.locator(BUTTON)).to_be_hidden()
    expect(page.locator("[data-count]")).to_have_text("3")
    expect(page.locator(f"#{answer.split('#')[1]} > article")).to_be_focused()
    assert reader.polls_in(2 * MINUTE) > 0
    expect(page.locator(BUTTON)).to_be_hidden()


def test_replies_are_counted_and_deleted_comments_are_not(window, thread):
    reader = PollingPage(window("mo"), thread)
    page = reader.page
    root = page.locator(".comment").first.get_attribute("id").removeprefix("comment-")
    reply = say(window, thread, "새 답글", parent=root).split("#comment-")[1]
    gone = say(window, thread, "곧 지울 댓글").split("#comment-")[1]
    window.requests("ada").post(f"/comments/{gone}/delete", headers={"Origin": window.board.url})

    reader.until_polled()
    expect(page.locator(BUTTON)).to_have_text("새 댓글 1개 보기")
    page.click(BUTTON)

    expect(page.locator(f"#comment-{reply} > article")).to_be_focused()
    expect(page.locator(".comment")).to_have_count(2)


def test_new_comments_are_announced_once_and_the_button_goes_on_counting(window, thread):
    reader = PollingPage(window(), thread)
    page = reader.page
    line = page.locator(".new-comments [role=status]")

    for number in (1, 2):
        say(window, thread, f"새 댓글 {number}")
        reader.until_polled()
        expect(page.locator(BUTTON)).to_have_text(f"새 댓글 {number}개 보기")
        expect(line).to_have_text("새 댓글 1개 보기")
    page.click(BUTTON)
    expect(line).to_have_text("")

    say(window, thread, "새 댓글 3")
    reader.until_polled()
    expect(line).to_have_text("새 댓글 1개 보기")


def test_ones_own_new_comment_is_not_offered(window, thread):
    reader = PollingPage(window("mo"), thread)
    page = reader.page
    page.locator("form[data-write] textarea").fill("내가 쓴 댓글")
    page.click("form[data-write] button.primary")
    expect(page.locator(TEXTS).first).to_have_text("내가 쓴 댓글")

    reader.until_polled()

    assert reader.polls[-1] == 200
    expect(page.locator(BUTTON)).to_be_hidden()


def restrict(window: Any, thread: str, *measures: str, **more: str) -> None:
    slug = thread.removeprefix("/articles/")
    form = {"scope": "article", "article": slug, "reason": "밤에는 쉽니다", **more}
    fields = [*form.items(), *(("measures", measure) for measure in measures)]
    answer = window.requests("mo").post(
        "/desk/threads/steer",
        data=urlencode(fields),
        headers={
            "Origin": window.board.url,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert answer.ok, answer.text()


def top_of(item: Any) -> float:
    """Its position on the screen, which scrolls by whole pixels."""
    return float(item.bounding_box()["y"])


def end_restriction(window: Any) -> None:
    """mo ends the latest restriction."""
    mo = window.requests("mo")
    id = re.findall(r"/desk/threads/steerings/(\d+)/release", mo.get("/desk/threads").text())[0]
    headers = {"Origin": window.board.url}
    assert mo.post(f"/desk/threads/steerings/{id}/release", headers=headers).ok


def test_a_thread_closed_meanwhile_says_so_and_keeps_the_text_in_the_box(window, thread):
    reader = PollingPage(window("ada"), thread)
    page = reader.page
    box, button = (
        page.locator(f".thread > form[data-write] {what}")
        for what in ("textarea", "button.primary")
    )
    box.fill("쓰다 만 댓글")
    before = top_of(box)

    restrict(window, thread, "close")
    reader.until_polled()

    expect(page.locator("#status")).to_contain_text("지금은 새 댓글을 받지 않습니다")
    expect(page.locator(".thread > .thread-notice")).to_contain_text("밤에는 쉽니다")
    expect(box).to_have_value("쓰다 만 댓글")
    expect(button).to_be_disabled()
    assert top_of(box) == pytest.approx(before, abs=1)
    expect(page.locator(BUTTON)).to_be_hidden()


def test_slow_mode_on_and_off_is_announced_without_moving(window, thread):
    reader = PollingPage(window(), thread)
    page = reader.page
    first = page.locator(".comment").first
    before = top_of(first)

    restrict(window, thread, "slow", seconds="180")
    reader.until_polled()

    expect(page.locator("#status")).to_contain_text("3분")
    expect(page.locator(".thread > .thread-notice")).to_have_count(1)
    assert top_of(first) == pytest.approx(before, abs=1)

    end_restriction(window)
    reader.until_polled()

    expect(page.locator("#status")).to_have_text("다시 평소처럼 댓글을 쓸 수 있습니다.")
    expect(page.locator(".thread > .thread-notice")).to_have_count(0)
    assert top_of(first) == pytest.approx(before, abs=1)


def test_a_thread_opened_meanwhile_takes_comments(window, thread):
    restrict(window, thread, "close")
    reader = PollingPage(window("ada"), thread)
    page = reader.page
    expect(page.locator("form[data-write]")).to_have_count(0)

    end_restriction(window)
    reader.until_polled()
    page.locator("form[data-write] textarea").fill("다시 쓸 수 있다")
    page.click("form[data-write] button.primary")

    expect(page.locator(TEXTS).first).to_have_text("다시 쓸 수 있다")


def test_a_new_comment_does_not_load_the_thread_state_module(window, thread):
    reader = PollingPage(window(), thread)
    urls: list[str] = []
    reader.page.on("request", lambda request: urls.append(request.url))

    say(window, thread, "새 댓글")
    reader.until_polled()

    assert not [url for url in urls if "thread-state" in url]


@pytest.mark.parametrize("place", ["?sort=oldest", "?sort=liked", "/comments?sort=replied"])
def test_in_another_order_the_button_leads_to_the_newest(window, thread, place):
    reader = PollingPage(window(), f"{thread}{place}")
    say(window, thread, "새 댓글")
    reader.until_polled()

    reader.page.click(BUTTON)

    expect(reader.page).to_have_url(f"{window.board.url}{thread}?sort=latest#thread")
    expect(reader.page.locator(TEXTS).first).to_have_text("새 댓글")


def test_more_new_comments_than_a_page_holds_leave_no_gap(window, thread):
    reader = PollingPage(window("mo"), thread)
    page = reader.page
    page.locator("[data-reply]").first.click()
    page.locator("[data-opened] textarea").fill("쓰다 만 답글")
    for number in range(21):
        say(window, thread, f"새 댓글 {number}")
    reader.until_polled()

    page.click(BUTTON)

    expect(page.locator(TEXTS).first).to_have_text("새 댓글 20")
    expect(page.locator("a[data-more]")).to_be_visible()
    expect(page.locator(TEXTS)).to_have_count(21)  # a page, and the one being answered
    expect(page.locator("[data-opened] textarea")).to_have_value("쓰다 만 답글")


def test_a_tab_left_open_all_day_polls_ten_times(window, thread):
    """At 21 s, then 30 s later, 45 s, … 5 minutes; after half an hour the reader counts as away."""
    reader = PollingPage(window(), thread)

    reader.pass_seconds(40 * MINUTE)
    reader.page.clock.fast_forward("12:00:00")
    reader.pass_seconds(20 * MINUTE)

    assert reader.polls == [200] + [304] * 9


def test_polling_starts_again_when_the_reader_comes_back(window, thread):
    reader = PollingPage(window(), thread)
    reader.pass_seconds(31 * MINUTE)
    reader.page.clock.fast_forward("03:00:00")
    say(window, thread, "새 댓글")
    assert reader.polls_in(5 * MINUTE) == 0

    reader.page.mouse.wheel(0, 100)
    reader.page.wait_for_function("() => scrollY > 0")
    reader.until_polled()

    expect(reader.page.locator(BUTTON)).to_have_text("새 댓글 1개 보기")


def test_activity_of_the_reader_makes_polling_as_frequent_as_at_first(window, thread):
    reader = PollingPage(window(), thread)
    reader.pass_seconds(11 * MINUTE)
    assert reader.polls_in(MINUTE) == 0

    reader.page.keyboard.press("Shift")

    assert reader.polls_in(MINUTE) == 2


def test_a_hidden_or_offline_tab_does_not_poll(window, thread):
    reader = PollingPage(window(), thread)
    page = reader.page

    page.evaluate(HIDE, True)
    assert reader.polls_in(20 * MINUTE) == 0
    page.evaluate(HIDE, False)
    assert reader.polls_in(10) == 1

    page.context.set_offline(True)
    assert reader.polls_in(20 * MINUTE) == 0
    page.context.set_offline(False)
    assert reader.polls_in(10) == 1


@pytest.mark.parametrize("status", [503, 429])
def test_a_busy_server_is_not_polled_before_its_retry_after(window, thread, status):
    window.allow(f"status of {status}")
    reader = PollingPage(window(), thread)
    busy = {"status": status, "headers": {"Retry-After": "600"}, "body": "{}"}
    reader.page.route("**/comments/newest", lambda route: route.fulfill(**busy))
    reader.until_polled()

    reader.page.keyboard.press("Shift")
    assert reader.polls_in(9 * MINUTE) == 0
    assert reader.polls_in(2 * MINUTE) > 0
    expect(reader.page.locator("#status")).to_be_empty()


def test_a_failed_poll_is_silent_and_tried_again(window, thread):
    window.allow("failed:", "Failed to load resource")
    reader = PollingPage(window(), thread)
    page = reader.page
    page.route("**/comments/newest", lambda route: route.abort())
    reader.until_polled()
    assert reader.polls[-1] == 0
    page.unroute("**/comments/newest")
    say(window, thread, "새 댓글")

    reader.until_polled()

    expect(page.locator("#status")).to_be_empty()
    expect(page.locator(BUTTON)).to_have_text("새 댓글 1개 보기")


def test_only_thread_pages_poll(window, thread):
    page = window()
    page.goto(thread)
    conversation = page.locator("a.menu-link").get_attribute("href")
    page.clock.install()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))

    for path in (conversation, f"{thread}/comments/search?q=댓글", "/"):
        page.goto(path)
        page.clock.run_for(5 * MINUTE * 1000)

    assert [url for url in urls if "newest" in url or "live-updates" in url] == []


def test_the_button_leads_to_a_reply_that_is_further_down(window):
    path = publish(window, title=unique("긴 이야기"))
    first = say(window, path, "아주 오래된 댓글").split("#comment-")[1]
    for number in range(20):
        say(window, path, f"댓글 {number}")
    reader = PollingPage(window(), path)
    reply = say(window, path, "뒤늦은 답글", parent=first).split("#comment-")[1]
    reader.until_polled()

    reader.page.click(BUTTON)

    reader.page.wait_for_url(f"**/comments/{reply}")
    expect(reader.page.locator(".is-linked")).to_contain_text("뒤늦은 답글")
