"""Notifications: told in the header of an open page, opened, read; one tab asks for all."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import fits, say, sign_up, unique, until_in_page

NUMBER = ".site-header a.unread"
# Each question for the number: the status of its answer, null while it is under way.
RECORD_QUESTIONS = """const originalFetch = fetch;
window.questions = [];
window.fetch = async (...args) => {
    if (!String(args[0]).endsWith("/account/notices/unseen")) return originalFetch(...args);
    const number = questions.push(null) - 1;
    const answer = await originalFetch(...args);
    questions[number] = answer.status;
    return answer;
};"""
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def reader(window, article) -> Page:
    """A new reader, whose comment is under the article; their clock moves when a test says so."""
    page = window()
    sign_up(page, unique("독자"), article)
    page.fill("form[data-write] textarea", "아침 배는 없나요?")
    page.click("form[data-write] button.primary")
    page.locator(".own-comment").wait_for()
    return page


class Tabs:
    """The tabs of a reader, under a clock that only moves when the test says so."""

    def __init__(self, page: Page, path: str) -> None:
        self.pages = [page]
        page.context.add_init_script(RECORD_QUESTIONS)
        page.clock.install(time=datetime.now(UTC))
        page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
        page.goto(path)

    def open(self, path: str) -> Page:
        page = self.pages[0].context.new_page()
        page.goto(path)
        self.pages.append(page)
        return page

    @property
    def questions(self) -> list[int]:
        """The statuses of all answers, by tab."""
        return [status for page in self.pages for status in page.evaluate("questions")]

    def pass_minutes(self, minutes: float) -> None:
        """In steps shorter than the timeout of a question, each of which ends first."""
        for _ in range(round(minutes * 12)):
            self.pages[0].clock.run_for(5_000)
            for page in self.pages:
                page.wait_for_function("() => !questions.includes(null)")

    def pass_until_asked(self) -> None:
        before = len(self.questions)
        for _ in range(60):
            self.pass_minutes(1 / 6)
            if len(self.questions) > before:
                return
        raise AssertionError("no question in ten minutes")


def answer_to(window, page: Page, article: str) -> str:
    root = page.locator(".own-comment").first.get_attribute("id").removeprefix("comment-")
    return say(window, article, unique("첫 배는 여섯 시입니다"), who="mo", parent=root)


def test_a_reply_is_told_in_an_open_page_and_read(window, reader, article):
    answer = answer_to(window, reader, article)
    reader.goto("/account/comments")
    expect(reader.locator(NUMBER)).to_have_text("알림 1")

    reader.click(NUMBER)
    expect(reader.locator("li.is-unread")).to_have_count(1)
    reader.click("li.is-unread a")

    expect(reader).to_have_url(f"{window.board.url}{answer}")
    expect(reader.locator(f"#{answer.split('#')[1]}")).to_be_visible()
    expect(reader.locator(NUMBER)).to_be_hidden()
    reader.goto("/account/notices")
    expect(reader.locator("li.is-unread")).to_have_count(0)


def test_the_number_comes_to_an_open_page(window, reader, article):
    tabs = Tabs(reader, article)
    expect(reader.locator(NUMBER)).to_be_hidden()
    answer_to(window, reader, article)

    tabs.pass_until_asked()

    expect(reader.locator(NUMBER)).to_have_text("알림 1")
    expect(reader.locator("#status")).to_have_text("알림 1")


def test_two_tabs_ask_once_and_both_know(window, reader, article):
    tabs = Tabs(reader, article)
    other = tabs.open("/account/comments")
    answer_to(window, reader, article)

    tabs.pass_until_asked()

    for page in tabs.pages:
        expect(page.locator(NUMBER)).to_have_text("알림 1")
    assert tabs.questions == [200]
    tabs.pages.remove(reader)
    reader.close()
    other.evaluate("questions.length = 0")
    tabs.pass_until_asked()
    assert tabs.questions == [304]


def test_a_hidden_tab_does_not_ask_and_the_other_goes_on(window, reader, article):
    tabs = Tabs(reader, article)
    reader.evaluate(HIDE, True)
    tabs.pass_minutes(7)
    assert tabs.questions == []
    other = tabs.open("/account/comments")

    tabs.pass_until_asked()

    assert other.evaluate("questions") == [200]
    assert reader.evaluate("questions") == []


def test_questions_become_rarer_and_end_with_the_session(window, reader, article):
    window.allow("status of 404")
    tabs = Tabs(reader, article)
    tabs.pass_minutes(15)
    in_a_quarter = tabs.questions
    reader.context.clear_cookies()
    tabs.pass_until_asked()

    tabs.pass_minutes(11)

    assert in_a_quarter == [200, 304, 304, 304, 304, 304]
    assert tabs.questions == [*in_a_quarter, 404]


def test_nobody_is_asked_for_a_reader_who_is_away(window, reader, article):
    tabs = Tabs(reader, article)
    tabs.pass_minutes(31)
    before = len(tabs.questions)

    tabs.pass_minutes(10)
    while_away = len(tabs.questions)
    reader.keyboard.press("Tab")
    tabs.pass_until_asked()

    assert while_away == before


@pytest.mark.parametrize("javascript", [True, False])
def test_the_page_works_on_a_telephone_and_without_scripts(window, reader, article, javascript):
    answer = answer_to(window, reader, article)
    state = reader.context.storage_state()
    context = window.browser.new_context(
        base_url=window.board.url, storage_state=state, locale="ko-KR",
        java_script_enabled=javascript, viewport={"width": 360, "height": 800},
    )  # fmt: skip
    window.contexts.append(context)
    page = context.new_page()
    page.goto("/account/notices")

    assert page.locator("li.is-unread a").get_attribute("href") == answer
    if javascript:
        assert fits(page)
    page.click("main form button.primary")

    until_in_page(page, lambda: page.locator("li.is-unread").count() == 0, "all is read")
    expect(page.locator(NUMBER)).to_be_hidden()
