"""An open thread notices new comments, offers them without moving, and costs almost nothing."""

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


# Each question and how it ended: the status of its answer, 0 when it failed, null while it is under
# way. Told by the page itself, because what the network tells comes some steps of our clock later.
LISTEN = """const ask = fetch;
window.questions = [];
window.fetch = async (...what) => {
    if (!String(what[0]).endsWith("/comments/newest")) return ask(...what);
    const number = questions.push(null) - 1;
    try {
        const answer = await ask(...what);
        questions[number] = answer.status;
        return answer;
    } catch (error) {
        questions[number] = 0;
        throw error;
    }
};"""


class Desk:
    """A reader's page whose clock stands still but when it is told to go."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        page.add_init_script(NO_JITTER)
        page.add_init_script(LISTEN)
        page.clock.install(time=datetime.now(UTC))
        page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
        page.goto(path)
        self.until_asked()

    @property
    def answered(self) -> list[int]:
        """How each question so far has ended; 0 is a failure."""
        return list(self.page.evaluate("questions"))

    def pass_seconds(self, seconds: int, step: int = 5) -> None:
        """Time passes, less than a question may take at a time; each ends before it goes on."""
        for _ in range(0, seconds, step):
            self.page.clock.run_for(step * 1000)
            self.page.wait_for_function("() => !questions.includes(null)")

    def until_asked(self) -> None:
        before = len(self.answered)
        for _ in range(600):
            self.pass_seconds(1, step=1)
            if len(self.answered) > before:
                return
        raise AssertionError("nothing was asked in ten minutes")

    def questions_in(self, seconds: int) -> int:
        before = len(self.answered)
        self.pass_seconds(seconds)
        return len(self.answered) - before


@pytest.fixture
def thread(window, article) -> str:
    say(window, article, "먼저 있던 댓글")
    return article


def test_new_comments_are_offered_without_moving_and_shown_in_place(window, thread):
    desk = Desk(window("mo"), thread)
    page = desk.page
    expect(page.locator(BUTTON)).to_be_hidden()
    first = page.locator(".comment").first.bounding_box()

    say(window, thread, "새 댓글 하나")
    answer = say(window, thread, "새 댓글 둘")
    desk.until_asked()

    expect(page.locator(BUTTON)).to_have_text("새 댓글 2개 보기")
    assert page.locator(".comment").first.bounding_box() == first
    with without_reload(page):
        page.click(BUTTON)
        expect(page.locator(TEXTS)).to_have_text(["새 댓글 둘", "새 댓글 하나", "먼저 있던 댓글"])
    expect(page.locator(BUTTON)).to_be_hidden()
    expect(page.locator("[data-count]")).to_have_text("3")
    expect(page.locator(f"#{answer.split('#')[1]} > article")).to_be_focused()
    assert desk.questions_in(2 * MINUTE) > 0
    expect(page.locator(BUTTON)).to_be_hidden()


def test_replies_count_and_what_is_gone_again_does_not(window, thread):
    desk = Desk(window("mo"), thread)
    page = desk.page
    root = page.locator(".comment").first.get_attribute("id").removeprefix("comment-")
    reply = say(window, thread, "새 답글", parent=root).split("#comment-")[1]
    gone = say(window, thread, "곧 지울 댓글").split("#comment-")[1]
    window.requests("ada").post(f"/comments/{gone}/delete", headers={"Origin": window.board.url})

    desk.until_asked()
    expect(page.locator(BUTTON)).to_have_text("새 댓글 1개 보기")
    page.click(BUTTON)

    expect(page.locator(f"#comment-{reply} > article")).to_be_focused()
    expect(page.locator(".comment")).to_have_count(2)


def test_it_is_said_once_and_the_button_goes_on_counting(window, thread):
    desk = Desk(window(), thread)
    page = desk.page
    line = page.locator(".new-comments [role=status]")

    for number in (1, 2):
        say(window, thread, f"새 댓글 {number}")
        desk.until_asked()
        expect(page.locator(BUTTON)).to_have_text(f"새 댓글 {number}개 보기")
        expect(line).to_have_text("새 댓글 1개 보기")
    page.click(BUTTON)
    expect(line).to_have_text("")

    say(window, thread, "새 댓글 3")
    desk.until_asked()
    expect(line).to_have_text("새 댓글 1개 보기")


def test_what_one_has_just_posted_is_no_news(window, thread):
    desk = Desk(window("mo"), thread)
    page = desk.page
    page.locator("form[data-write] textarea").fill("내가 쓴 댓글")
    page.click("form[data-write] button.primary")
    expect(page.locator(TEXTS).first).to_have_text("내가 쓴 댓글")

    desk.until_asked()

    assert desk.answered[-1] == 200
    expect(page.locator(BUTTON)).to_be_hidden()


def steer(window: Any, thread: str, *measures: str, **more: str) -> None:
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
    """Where it is on the screen, which scrolls by whole pixels."""
    return float(item.bounding_box()["y"])


def release(window: Any) -> None:
    """What was begun last ends."""
    mo = window.requests("mo")
    id = re.findall(r"/desk/threads/steerings/(\d+)/release", mo.get("/desk/threads").text())[0]
    headers = {"Origin": window.board.url}
    assert mo.post(f"/desk/threads/steerings/{id}/release", headers=headers).ok


def test_a_thread_that_is_closed_meanwhile_says_so_and_keeps_what_is_being_written(window, thread):
    desk = Desk(window("ada"), thread)
    page = desk.page
    box, button = (
        page.locator(f".thread > form[data-write] {what}")
        for what in ("textarea", "button.primary")
    )
    box.fill("쓰다 만 댓글")
    before = top_of(box)

    steer(window, thread, "close")
    desk.until_asked()

    expect(page.locator("#status")).to_contain_text("지금은 새 댓글을 받지 않습니다")
    expect(page.locator(".thread > .thread-notice")).to_contain_text("밤에는 쉽니다")
    expect(box).to_have_value("쓰다 만 댓글")
    expect(button).to_be_disabled()
    assert top_of(box) == pytest.approx(before, abs=1)
    expect(page.locator(BUTTON)).to_be_hidden()


def test_a_thread_that_is_slowed_and_then_is_not_says_both_without_moving(window, thread):
    desk = Desk(window(), thread)
    page = desk.page
    first = page.locator(".comment").first
    before = top_of(first)

    steer(window, thread, "slow", seconds="180")
    desk.until_asked()

    expect(page.locator("#status")).to_contain_text("3분")
    expect(page.locator(".thread > .thread-notice")).to_have_count(1)
    assert top_of(first) == pytest.approx(before, abs=1)

    release(window)
    desk.until_asked()

    expect(page.locator("#status")).to_have_text("다시 평소처럼 댓글을 쓸 수 있습니다.")
    expect(page.locator(".thread > .thread-notice")).to_have_count(0)
    assert top_of(first) == pytest.approx(before, abs=1)


def test_a_thread_that_opens_meanwhile_can_be_written_in(window, thread):
    steer(window, thread, "close")
    desk = Desk(window("ada"), thread)
    page = desk.page
    expect(page.locator("form[data-write]")).to_have_count(0)

    release(window)
    desk.until_asked()
    page.locator("form[data-write] textarea").fill("다시 쓸 수 있다")
    page.click("form[data-write] button.primary")

    expect(page.locator(TEXTS).first).to_have_text("다시 쓸 수 있다")


def test_it_is_asked_for_only_when_something_changed(window, thread):
    desk = Desk(window(), thread)
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))

    say(window, thread, "새 댓글")
    desk.until_asked()

    assert not [url for url in asked if "thread-state" in url]


@pytest.mark.parametrize("place", ["?sort=oldest", "?sort=liked", "/comments?sort=replied"])
def test_in_another_order_the_button_leads_to_the_newest(window, thread, place):
    desk = Desk(window(), f"{thread}{place}")
    say(window, thread, "새 댓글")
    desk.until_asked()

    desk.page.click(BUTTON)

    desk.page.wait_for_url(f"**{thread}#thread")
    expect(desk.page.locator(TEXTS).first).to_have_text("새 댓글")


def test_more_news_than_a_page_holds_leave_no_gap(window, thread):
    desk = Desk(window("mo"), thread)
    page = desk.page
    page.locator("[data-reply]").first.click()
    page.locator("[data-opened] textarea").fill("쓰다 만 답글")
    for number in range(21):
        say(window, thread, f"새 댓글 {number}")
    desk.until_asked()

    page.click(BUTTON)

    expect(page.locator(TEXTS).first).to_have_text("새 댓글 20")
    expect(page.locator("a[data-more]")).to_be_visible()
    expect(page.locator(TEXTS)).to_have_count(21)  # a page, and the one being answered
    expect(page.locator("[data-opened] textarea")).to_have_value("쓰다 만 답글")


def test_a_tab_that_is_left_open_all_day_asks_ten_times(window, thread):
    """At 21 s, then 30 s later, 45 s, … 5 minutes; after half an hour nobody is there."""
    desk = Desk(window(), thread)

    desk.pass_seconds(40 * MINUTE)
    desk.page.clock.fast_forward("12:00:00")
    desk.pass_seconds(20 * MINUTE)

    assert desk.answered == [200] + [304] * 9


def test_the_reader_who_comes_back_is_asked_for_again(window, thread):
    desk = Desk(window(), thread)
    desk.pass_seconds(31 * MINUTE)
    desk.page.clock.fast_forward("03:00:00")
    say(window, thread, "새 댓글")
    assert desk.questions_in(5 * MINUTE) == 0

    desk.page.mouse.wheel(0, 100)
    desk.page.wait_for_function("() => scrollY > 0")
    desk.until_asked()

    expect(desk.page.locator(BUTTON)).to_have_text("새 댓글 1개 보기")


def test_an_act_of_the_reader_makes_it_ask_as_often_as_at_first(window, thread):
    desk = Desk(window(), thread)
    desk.pass_seconds(11 * MINUTE)
    assert desk.questions_in(MINUTE) == 0

    desk.page.keyboard.press("Shift")

    assert desk.questions_in(MINUTE) == 2


def test_a_tab_that_is_not_seen_or_not_connected_asks_nothing(window, thread):
    desk = Desk(window(), thread)
    page = desk.page

    page.evaluate(HIDE, True)
    assert desk.questions_in(20 * MINUTE) == 0
    page.evaluate(HIDE, False)
    assert desk.questions_in(10) == 1

    page.context.set_offline(True)
    assert desk.questions_in(20 * MINUTE) == 0
    page.context.set_offline(False)
    assert desk.questions_in(10) == 1


@pytest.mark.parametrize("status", [503, 429])
def test_a_busy_server_is_given_the_rest_it_asks_for(window, thread, status):
    window.forgive(f"status of {status}")
    desk = Desk(window(), thread)
    busy = {"status": status, "headers": {"Retry-After": "600"}, "body": "{}"}
    desk.page.route("**/comments/newest", lambda route: route.fulfill(**busy))
    desk.until_asked()

    desk.page.keyboard.press("Shift")
    assert desk.questions_in(9 * MINUTE) == 0
    assert desk.questions_in(2 * MINUTE) > 0
    expect(desk.page.locator("#status")).to_be_empty()


def test_a_failure_is_nobodys_concern(window, thread):
    window.forgive("failed:", "Failed to load resource")
    desk = Desk(window(), thread)
    page = desk.page
    page.route("**/comments/newest", lambda route: route.abort())
    desk.until_asked()
    assert desk.answered[-1] == 0
    page.unroute("**/comments/newest")
    say(window, thread, "새 댓글")

    desk.until_asked()

    expect(page.locator("#status")).to_be_empty()
    expect(page.locator(BUTTON)).to_have_text("새 댓글 1개 보기")


def test_only_threads_ask(window, thread):
    page = window()
    page.goto(thread)
    conversation = page.locator("a.menu-link").get_attribute("href")
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    for path in (conversation, f"{thread}/comments/search?q=댓글", "/"):
        page.goto(path)
        page.clock.run_for(5 * MINUTE * 1000)

    assert [url for url in asked if "newest" in url or "live-updates" in url] == []


def test_a_reply_to_a_comment_further_down_is_led_to(window):
    path = publish(window, title=unique("긴 이야기"))
    first = say(window, path, "아주 오래된 댓글").split("#comment-")[1]
    for number in range(20):
        say(window, path, f"댓글 {number}")
    desk = Desk(window(), path)
    reply = say(window, path, "뒤늦은 답글", parent=first).split("#comment-")[1]
    desk.until_asked()

    desk.page.click(BUTTON)

    desk.page.wait_for_url(f"**/comments/{reply}")
    expect(desk.page.locator(".is-linked")).to_contain_text("뒤늦은 답글")
