"""Reading an article: text size, age of comments, copied address, print."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from browser.conftest import say

ARTICLE = "/articles/night-bus"
LARGER, SMALLER = "[data-size-step='1']", "[data-size-step='-1']"


def test_the_text_has_five_sizes_and_the_chosen_one_is_remembered(window):
    page = window()
    page.goto(ARTICLE)
    body = page.locator(".article .body")
    expect(body).to_have_attribute("data-size", "2")

    page.click(SMALLER)
    expect(page.locator(SMALLER)).to_have_attribute("aria-disabled", "true")
    sizes = []
    for step in range(1, 6):
        expect(body).to_have_attribute("data-size", str(step))
        sizes.append(float(body.evaluate("(it) => parseFloat(getComputedStyle(it).fontSize)")))
        if step < 5:
            page.click(LARGER)
            expect(page.locator("#status")).to_have_text(f"본문 글씨 크기 5단계 중 {step + 1}단계")
    expect(page.locator(LARGER)).to_have_attribute("aria-disabled", "true")
    assert sizes == sorted(set(sizes))
    assert len(sizes) == 5

    page.reload()
    expect(body).to_have_attribute("data-size", "5")
    expect(page.locator(LARGER)).to_have_attribute("aria-disabled", "true")


def test_a_browser_that_stores_nothing_still_changes_the_size(window):
    page = window()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    page.goto(ARTICLE)

    page.click(LARGER)

    expect(page.locator(".article .body")).to_have_attribute("data-size", "3")


@pytest.mark.parametrize(
    ("later", "age"),
    [
        (timedelta(seconds=59), "방금 전"),
        (timedelta(minutes=1), "1분 전"),
        (timedelta(minutes=59, seconds=59), "59분 전"),
        (timedelta(hours=1), "1시간 전"),
        (timedelta(hours=23, minutes=59), "23시간 전"),
        (timedelta(days=1), "1일 전"),
        (timedelta(days=6, hours=23), "6일 전"),
        (timedelta(days=7), None),
    ],
)
def test_a_comment_shows_its_age_and_has_the_date_in_its_title(window, article, later, age):
    say(window, article, "때를 아는 댓글")
    page = window()
    written = page.request.get(article).text().split("data-relative>")[1].split("<")[0]
    moment = datetime.strptime(f"{written} +0900", "%Y.%m.%d. %H:%M %z")

    page.goto(article)
    posted = datetime.fromisoformat(page.locator(".author-line time").get_attribute("datetime"))
    assert moment <= posted < moment + timedelta(minutes=1)
    page.clock.set_fixed_time(posted + later)
    page.reload()

    expect(page.locator(".author-line time")).to_have_text(age or written)
    expect(page.locator(".author-line time")).to_have_attribute("title", written)


def test_the_address_is_copied_and_that_is_announced(window):
    page = window()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ARTICLE)

    page.click("[data-copy]")

    expect(page.locator("#status")).to_have_text("주소를 복사했습니다.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{window.board.url}{ARTICLE}"


def test_without_a_clipboard_the_address_is_shown(window):
    page = window()
    page.add_init_script(
        """navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
        document.execCommand = () => false;"""
    )
    page.goto(ARTICLE)

    page.click("[data-copy]")

    expect(page.locator("#status")).to_have_text("표시된 주소를 복사해 주세요.")
    expect(page.locator(".address")).to_have_value(f"{window.board.url}{ARTICLE}")
    expect(page.locator(".address")).to_be_focused()


def test_older_comments_join_the_page_without_leaving_it(window):
    page = window()
    page.goto(ARTICLE)
    roots = page.locator("ol.comments > .comment")
    expect(roots).to_have_count(20)

    while page.locator("a[data-more]").count():
        before = roots.count()
        page.locator("a[data-more]").click()
        expect(roots.nth(before).locator("> article")).to_be_focused()

    ids = page.locator(".comment").evaluate_all("items => items.map((item) => item.id)")
    assert len(ids) == len(set(ids))
    dates = page.locator("ol.comments > .comment > article > .author-line > time").evaluate_all(
        "times => times.map((time) => Date.parse(time.dateTime))"
    )
    assert dates == sorted(dates, reverse=True)
    assert len(dates) > 20


def test_a_printed_article_has_its_source(window):
    page = window("ada")
    page.goto(ARTICLE)

    page.emulate_media(media="print")

    for left_out in (
        ".site-header nav",
        ".tools",
        ".headline-bar",
        ".tip-invitation",
        ".back",
        ".thread",
        "form",
        ".site-footer",
        ".skip",
    ):
        assert page.locator(f"{left_out} >> visible=true").count() == 0, left_out
    for printed in (
        ".site-header .site-name",
        ".article h1",
        ".byline",
        ".body p",
        ".body img",
        ".source",
    ):
        expect(page.locator(printed).first).to_be_visible()
    expect(page.locator(".source")).to_contain_text(f"{window.board.url}{ARTICLE}")
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF-")
    assert len(paper) > 10_000


def test_a_printed_thread_has_no_buttons_and_boxes(window):
    page = window("ada")
    page.goto("/comments/1")

    page.emulate_media(media="print")

    expect(page.locator(".comment .text").first).to_be_visible()
    for left_out in ("form", ".comment-actions", ".action-section", ".site-header nav"):
        assert page.locator(f"{left_out} >> visible=true").count() == 0, left_out


def test_the_language_is_switched_and_stays(window):
    page = window()
    page.goto(ARTICLE)

    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(f"{window.board.url}{ARTICLE}")
    expect(page.locator("#thread-title")).to_contain_text("All comments")
    page.goto("/sign-in")
    expect(page.locator("h1")).to_have_text("Sign in")
