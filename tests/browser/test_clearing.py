"""Clear a spammer: from a comment in the queue, with one undo, without losing one's place."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Windows, sign_up, unique

COUNT = 4


@pytest.fixture
def spammer(window: Windows, article: str) -> str:
    """The display name of a new reader who has posted the same advert again and again."""
    name, page = unique("특가왕"), window()
    sign_up(page, name, article)
    for number in range(COUNT):
        answer = page.request.post(
            f"{article}/comments",
            form={"body": f"오늘만 무료 쿠폰 {number}", "parent": "", "key": unique("key")},
            headers={"Origin": window.board.url},
        )
        assert answer.status == 200
    return name


@pytest.fixture
def desk(window: Windows, article: str, spammer: str, board) -> Page:
    """mo before a queue of the adverts, which tess has reported."""
    tess = window("tess")
    tess.goto(article)
    for comment in tess.locator(".comment").all():
        number = comment.get_attribute("id").removeprefix("comment-")
        report = {"form": {"reason": "spam"}, "headers": {"Origin": board.url}}
        assert tess.request.post(f"/comments/{number}/report", **report).status == 200
    page = window("mo")
    page.goto(f"/desk/comments?queue=reported&author={spammer}")
    expect(page.locator("[data-item]")).to_have_count(COUNT)
    return page


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_a_spammer_is_cleared_from_the_queue_and_that_is_undone(
    desk, window, article, spammer, script
):
    page = window("mo", java_script_enabled=script)
    page.goto(desk.url)

    page.locator("[data-item]").first.get_by_role("link", name="댓글 일괄 숨김").click()
    expect(page.get_by_text(f"최근 24시간 – 댓글 {COUNT}개")).to_be_visible()
    expect(page.locator("#clear-reason")).to_have_value("spam")  # for which tess reported it
    page.get_by_role("button", name="제한하고 숨기기").click()

    expect(page.locator(".undo")).to_contain_text(
        f"{spammer}: 영구 제한했습니다. 댓글 {COUNT}개를 숨겼습니다."
    )
    expect(page).to_have_url(re.compile(r"/desk/comments\?queue=reported&author=[^&]+$"))
    expect(page.locator("[data-item]")).to_have_count(0)
    reader = window()
    reader.goto(article)
    expect(reader.locator(".removed-comment", has_text="광고")).to_have_count(COUNT)

    page.locator(".undo").get_by_role("button", name="되돌리기").click()

    expect(page.locator(".undo")).to_contain_text(
        f"되돌렸습니다. 이용 제한도 전과 같습니다. 댓글 {COUNT}개가 전과 같습니다."
    )
    expect(page.locator("[data-item]")).to_have_count(COUNT)
    reader.reload()
    expect(reader.locator(".removed-comment")).to_have_count(0)


def test_after_hiding_a_comment_its_author_is_suspended_for_the_same_reason(desk, spammer):
    desk.locator("[data-item]").nth(1).locator("[data-decide=hide] button").nth(1).click()
    expect(desk.locator("[data-item]")).to_have_count(COUNT - 1)

    desk.get_by_role("link", name=f"{spammer} 님 경고·제한").click()
    desk.locator("summary", has_text="기간 이용 제한").click()
    expect(desk.locator("#suspend-reason")).to_have_value("hate")
    desk.locator("#suspend-term").select_option("1h")
    desk.locator("details[open]").get_by_role("button").click()

    expect(desk.locator("[data-item]")).to_have_count(COUNT - 1)
    expect(desk.get_by_text("제한했습니다")).to_be_visible()
