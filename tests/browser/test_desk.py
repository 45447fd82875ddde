"""Moderation desk: a moderator clears a queue with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import say, unique

COUNT = 20


def items(page: Page):
    return page.locator("[data-item]")


@pytest.fixture
def word() -> str:
    return unique("부두")


@pytest.fixture
def desk(window, article, word, board) -> Page:
    """mo before a queue of twenty comments that tess has reported."""
    for number in range(COUNT):
        say(window, article, f"{word} {number:02}")
    tess = window("tess")
    tess.goto(article)
    for comment in tess.locator(".comment").all():
        number = comment.get_attribute("id").removeprefix("comment-")
        answer = tess.request.post(
            f"/comments/{number}/report", form={"reason": "abuse"}, headers={"Origin": board.url}
        )
        assert answer.status == 200
    page = window("mo")
    page.goto(f"/desk/comments?queue=reported&text={word}")
    return page


def test_twenty_items_are_decided_by_keyboard_and_the_last_is_undone(desk, window, article, word):
    expect(items(desk)).to_have_count(COUNT)
    desk.keyboard.press("j")
    expect(items(desk).first).to_be_focused()

    for left in range(COUNT - 1, -1, -1):
        desk.keyboard.press("a" if left % 2 else "2")
        expect(items(desk)).to_have_count(left)
        if left:
            expect(items(desk).first).to_be_focused()
    expect(desk.get_by_text("필터에 맞는 댓글이 없습니다.")).to_be_visible()
    expect(desk.locator("h1")).to_be_focused()
    desk.keyboard.press("u")

    expect(items(desk)).to_have_count(1)
    reader = window()
    reader.goto(article)
    expect(reader.locator(".comment > article > .text", has_text=word)).to_have_count(
        COUNT // 2 + 1
    )
    expect(reader.locator(".removed-comment", has_text="혐오·차별")).to_have_count(COUNT // 2 - 1)


def test_shortcuts_are_off_while_typing_and_listed_in_a_dialog(desk):
    desk.keyboard.press("/")
    expect(desk.locator("#text")).to_be_focused()
    desk.keyboard.type("aaa1")
    expect(items(desk)).to_have_count(COUNT)
    desk.locator("h1").click()
    desk.keyboard.press("Shift+Slash")

    sheet = desk.get_by_role("dialog", name="단축키")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("그 번호의 사유로 숨김")
    desk.keyboard.press("a")
    expect(items(desk)).to_have_count(COUNT)
    desk.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_items_a_colleague_decided_leave_the_queue_by_themselves(desk, window, board):
    desk.clock.install()
    desk.reload()
    other = window("mo")
    other.goto(desk.url)
    other.keyboard.press("j")
    other.keyboard.press("a")
    expect(items(other)).to_have_count(COUNT - 1)

    desk.clock.run_for(16_000)

    expect(items(desk)).to_have_count(COUNT - 1)
    expect(desk.locator(".desk-nav [aria-current] b")).to_have_text(re.compile(r"\d"))


def test_a_page_whose_session_has_ended_leaves_for_the_page_to_sign_in(window):
    """And its own updates say that nobody asked for them, so they keep no session alive."""
    page, background = window("mo"), []

    def answer_as_if_signed_out(route):
        background.append(route.request.headers.get("board-background"))
        if background[-1]:
            route.fulfill(content_type="text/html", body="<form data-sign-in></form>")
        else:
            route.continue_()

    page.clock.install()
    page.goto("/desk/comments")
    page.route("**/desk/comments*", answer_as_if_signed_out)
    with page.expect_navigation():
        page.clock.run_for(16_000)

    assert background == ["yes", None]


def test_the_same_forms_work_without_javascript(desk, window):
    page = window("mo", java_script_enabled=False)
    page.goto(desk.url)

    page.locator("[data-item]").first.get_by_role("button", name="문제없음").click()

    expect(page.locator("[data-item]")).to_have_count(COUNT - 1)
    page.get_by_role("button", name="되돌리기").first.click()
    expect(page.locator("[data-item]")).to_have_count(COUNT)


def test_an_undo_that_comes_too_late_shows_a_message(desk, window, board):
    window.allow("status of 409")
    items(desk).first.get_by_role("button", name="문제없음").click()
    expect(items(desk)).to_have_count(COUNT - 1)  # until then an earlier decision may be offered
    undo = desk.locator("[data-undo] form")
    expect(undo).to_be_visible()
    address = undo.get_attribute("action")
    answer = desk.request.post(
        address, headers={"Origin": board.url}, form={"next": "/desk/comments"}
    )
    assert "처리를 취소했습니다." in answer.text()

    undo.get_by_role("button").click()

    reason = "이제 되돌릴 수 없습니다. 30초가 지났거나 그 뒤에 다시 처리되었습니다."
    expect(desk.locator("[data-undo]")).to_have_text(reason)
    expect(desk.locator("#status")).to_have_text(reason)
    expect(items(desk)).to_have_count(COUNT)


def test_the_offer_to_undo_goes_away_when_its_time_is_over(desk):
    desk.clock.install()
    desk.reload()
    items(desk).first.get_by_role("button", name="문제없음").click()
    expect(desk.locator("[data-undo] form")).to_be_visible()
    desk.locator("[data-undo] button").focus()

    desk.clock.run_for(31_000)

    expect(desk.locator("[data-undo] form")).to_have_count(0)
    expect(items(desk).first).to_be_focused()


def test_a_decision_made_first_in_another_window_is_named(desk, window, board):
    window.allow("status of 409")
    item = items(desk).first
    number = item.get_attribute("data-item")
    hide = item.locator("[data-decide=hide] button").first
    reason = hide.get_attribute("value")
    form = {"next": "/desk/comments", "queue": "reported", "last": "0", "reason": reason}
    window.requests("mo").post(
        f"/desk/comments/{number}/hide", form=form, headers={"Origin": board.url}
    )

    item.get_by_role("button", name="문제없음").click()

    expect(desk.locator("[data-undo]")).to_contain_text("이미 처리하셨습니다(댓글 숨김)")
    expect(items(desk)).to_have_count(COUNT - 1)
    expect(desk.locator(f"#item-{number}")).to_have_count(0)


def test_a_decision_after_the_session_has_ended_leads_to_the_page_to_sign_in(desk, window):
    window.allow("status of 401")
    desk.context.clear_cookies()

    items(desk).first.get_by_role("button", name="문제없음").click()

    expect(desk.locator("main form[action*=sign-in]")).to_be_visible()


def test_the_help_of_hidden_comments_has_no_keys_to_hide(window):
    page = window("mo")
    keys = {}
    for queue in ("reported", "hidden"):
        page.goto(f"/desk/comments?queue={queue}")
        page.keyboard.press("?")
        keys[queue] = page.locator("dialog dt").all_inner_texts()

    assert set(keys["reported"]) - set(keys["hidden"]) == {"1 – 9", "D"}


def test_j_and_k_move_and_d_opens_the_reasons(desk):
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(items(desk).nth(1)).to_be_focused()
    desk.keyboard.press("k")
    expect(items(desk).first).to_be_focused()

    desk.keyboard.press("d")

    expect(items(desk).first.locator("details")).to_have_attribute("open", "")


def test_after_an_undo_the_comment_that_came_back_is_in_focus(desk):
    third = items(desk).nth(2)
    number = third.get_attribute("data-item")
    third.focus()
    desk.keyboard.press("a")
    expect(items(desk)).to_have_count(COUNT - 1)

    desk.keyboard.press("u")

    expect(desk.locator(f"#item-{number}")).to_be_focused()
    expect(items(desk)).to_have_count(COUNT)


def test_ages_stay_relative_and_nothing_covers_the_buttons_after_a_decision(desk):
    items(desk).first.get_by_role("button", name="문제없음").click()
    expect(items(desk)).to_have_count(COUNT - 1)

    expect(items(desk).first.locator(".waiting-time time")).to_have_text(
        re.compile("방금 전|분 전")
    )
    items(desk).nth(5).focus()
    items(desk).nth(5).scroll_into_view_if_needed()
    button = items(desk).nth(5).locator("[data-decide=keep] button")
    box = button.bounding_box()
    at = desk.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('button')?.form.action",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert at == button.evaluate("button => button.form.action")
    assert desk.locator("#status").evaluate("e => getComputedStyle(e).clipPath") == "inset(50%)"


def test_hidden_comments_are_restored_by_key_and_many_at_once(desk, window, article, word):
    for _ in range(3):
        items(desk).first.focus()
        left = items(desk).count()
        desk.keyboard.press("1")
        expect(items(desk)).to_have_count(left - 1)
    desk.goto(f"/desk/comments?queue=hidden&text={word}")
    expect(items(desk)).to_have_count(3)
    desk.keyboard.press("j")

    desk.keyboard.press("a")

    expect(items(desk)).to_have_count(2)
    for item in items(desk).all():
        item.locator("[name=comment]").check()
    desk.get_by_role("button", name="선택한 댓글 복원").click()
    expect(items(desk)).to_have_count(0)
    reader = window()
    reader.goto(article)
    expect(reader.locator(".removed-comment")).to_have_count(0)
