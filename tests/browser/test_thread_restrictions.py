"""Thread restrictions: readers see them at once, and no longer than they last."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows, publish, say, unique, until_in_page, without_reload

SLOW = re.compile("댓글이 한꺼번에 몰려 천천히 받고 있습니다.")


def restrict(window: Windows, path: str, **fields: str) -> None:
    """mo restricts the thread of an article, without a window."""
    fields = {"scope": "article", "article": path, "reason": "쉬어 갑니다.", "lasts": "", **fields}
    answer = window.requests("mo").post(
        "/desk/threads/steer",
        form={"seconds": "180", **fields},
        headers={"Origin": window.board.url},
        max_redirects=0,
    )
    assert answer.status == 303


def notice(page: Page):
    return page.locator(".thread-notice")


def write(page: Page, text: str):
    box = page.locator("form[data-write] textarea").first
    box.fill(text)
    page.locator("form[data-write] footer .primary").first.click()
    return box


def test_a_moderator_slows_a_thread_from_an_alert_and_readers_see_it(window):
    window.allow("status of 429")
    title, word = unique("밤의 부두"), unique("등대")
    article = publish(window, title=title)
    desk = window("mo")
    desk.goto("/desk/comments")
    for number in range(16):
        say(window, article, f"{word} {number}", who=("ada", "tess")[number % 2])
    with without_reload(desk):
        alert = desk.locator(".alert", has=desk.locator("a", has_text=title))
        expect(alert).to_be_attached(timeout=60_000)
    if desk.locator("[data-alerts] summary").count():  # with the surges of other articles
        desk.locator("[data-alerts] summary").click()

    alert.locator("a").click()
    row = desk.locator(".surge", has_text=title)
    expect(row).to_contain_text("댓글·작성자")
    expect(row.locator("svg").first).to_be_visible()
    row.get_by_role("button", name="한 시간 느린 모드").click()
    expect(desk.locator(".surge", has_text=title)).to_contain_text("느린 모드 중")

    reader = window("ada")
    reader.goto(article)
    expect(notice(reader)).to_contain_text(SLOW)
    box = write(reader, unique("또 쓰는 말"))
    expect(reader.locator(".feedback .error")).to_contain_text("느린 모드입니다.")
    assert box.input_value().startswith("또 쓰는 말")
    row = desk.locator("[data-row]:not(.surge)", has_text=title)
    row.get_by_role("button", name="지금 끝내기").click()
    expect(desk.locator(".notice")).to_be_visible()
    reader.reload()
    expect(notice(reader)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_collapsed_thread_can_be_opened_and_the_restriction_ends_by_itself(
    window, article, scripts
):
    address = say(window, article, "접혀 있는 말")
    ends = datetime.now(ZoneInfo("Asia/Seoul")) + timedelta(seconds=8)
    restrict(window, article, measures="fold", ends_at=ends.strftime("%Y-%m-%dT%H:%M:%S"))
    reader = window(java_script_enabled=scripts)
    reader.goto(article)
    text = reader.locator(".comment .text", has_text="접혀 있는 말")
    expect(text).to_be_hidden()
    expect(notice(reader)).to_contain_text("댓글을 접어 두었습니다.")

    reader.locator("summary", has_text="댓글 1개 보기").click()
    expect(text).to_be_visible()
    reader.goto("/")
    reader.goto(address)
    expect(text).to_be_visible()  # a link to a comment opens it
    until_in_page(
        reader, lambda: reader.goto(article) and not notice(reader).count(), "the restriction ends"
    )

    assert datetime.now(ZoneInfo("Asia/Seoul")) >= ends.replace(microsecond=0)
    expect(notice(reader)).to_have_count(0)
    expect(text).to_be_visible()


def test_ones_own_new_comment_in_a_collapsed_thread_is_visible(window, article):
    say(window, article, "접혀 있는 말")
    restrict(window, article, measures="fold")
    page = window("ada")
    page.goto(article)
    text = unique("방금 쓴 말")

    with without_reload(page):
        write(page, text)
        expect(page.locator(".comment .text", has_text=text)).to_be_visible()


def test_a_read_only_thread_takes_no_reaction_from_a_click(window, article):
    say(window, article, "읽기만 하는 말")
    page = window("tess")
    page.goto(article)
    like = page.locator("[data-react=like] button").first
    restrict(window, article, measures="freeze")
    window.allow("status of 409")

    like.click()

    expect(page.locator("#status")).to_contain_text("지금은 읽기만 할 수 있는 댓글창입니다.")
    page.reload()
    expect(like).to_have_attribute("aria-disabled", "true")
    expect(page.locator("form[data-write]")).to_have_count(0)


def test_the_form_shows_only_the_fields_of_the_chosen_restriction(window, article):
    page = window("mo")
    page.goto(article)
    page.get_by_role("link", name="댓글 제한 설정").first.click()
    expect(page.locator("#article")).to_have_value(article.split("/")[-1])
    expect(page.locator("#seconds")).to_be_hidden()
    expect(page.locator("#sections")).to_be_hidden()

    page.get_by_label("느린 모드", exact=True).check()
    page.locator("#seconds").select_option("600")
    page.locator("#reason").fill("차례로 읽겠습니다.")
    page.get_by_role("button", name="미리보기").click()
    expect(notice(page)).to_contain_text("느린 모드: 댓글은 10분에 한 번 쓸 수 있습니다.")
    page.get_by_role("button", name="적용", exact=True).click()

    expect(page.locator(".notice")).to_contain_text("댓글 제한을 설정했습니다")
    expect(page.locator("[data-row]", has_text="차례로 읽겠습니다.")).to_be_visible()
