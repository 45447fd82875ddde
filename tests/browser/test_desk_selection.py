"""Moderation desk: narrow a queue, choose many comments at once, and work on a small screen."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import fits, publish, say, unique

COUNT = 6
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


def items(page: Page):
    return page.locator("[data-item]")


def boxes(page: Page):
    return page.locator("[data-item] [name=comment]")


@pytest.fixture
def title() -> str:
    return unique("골목의 아침")


@pytest.fixture
def queue(window, board, title) -> str:
    """The path of a queue with six comments under one article, which tess has reported."""
    path = publish(window, title=title)
    tess = window.requests("tess")
    for number in range(COUNT):
        address = say(window, path, unique(f"등대 {number}"))
        id = re.search(r"comment-(\d+)", address)[1]
        answer = tess.post(
            f"/comments/{id}/report", form={"reason": "abuse"}, headers={"Origin": board.url}
        )
        assert answer.status == 200
    return f"/desk/comments?queue=reported&article={path.rpartition('/')[2]}"


def test_a_range_and_all_are_chosen_and_the_bar_says_how_many_changed(window, queue):
    page = window("mo")
    page.goto(queue)
    expect(items(page)).to_have_count(COUNT)
    bar = page.locator(".bulk-actions")
    count = bar.locator("output")
    expect(count).to_be_hidden()

    boxes(page).nth(1).click()
    boxes(page).nth(4).click(modifiers=["Shift"])
    expect(count).to_have_text("4개 선택")
    bar.get_by_label("모두 선택").check()
    expect(count).to_have_text("6개 선택")
    boxes(page).first.uncheck()
    expect(count).to_have_text("5개 선택")
    bar.get_by_role("button", name="선택한 댓글 승인").click()

    expect(page.locator("[data-undo] .undo")).to_contain_text("댓글 5개를 승인했습니다.")
    expect(items(page)).to_have_count(1)
    assert "notice" not in page.url
    page.get_by_role("button", name="되돌리기").click()
    expect(page.locator("[data-undo]")).to_contain_text("댓글 5개는 처리 전과 같습니다.")
    expect(items(page)).to_have_count(COUNT)


def test_a_range_is_chosen_with_the_keyboard(window, queue):
    page = window("mo")
    page.goto(queue)

    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)

    expect(page.locator(".bulk-actions output")).to_have_text("3개 선택")


def test_the_bar_stays_at_the_bottom_of_the_screen(window, queue):
    for options in ({}, PHONE):
        page = window("mo", **options)
        page.goto(queue)
        boxes(page).first.check()
        for place in (0, 400):
            page.evaluate("place => scrollTo(0, place)", place)
            box = page.locator(".bulk-actions").bounding_box()
            assert round(box["y"] + box["height"]) == page.viewport_size["height"]
        assert fits(page)


def test_what_is_chosen_and_filled_in_stays_when_the_queue_changes(window, queue, board):
    page = window("mo")
    page.clock.install()
    page.goto(queue)
    last = items(page).last.get_attribute("data-item")
    items(page).last.locator("[name=comment]").check()
    page.locator(".filters summary").click()
    page.get_by_label("작성자", exact=True).fill("누군가")
    page.locator("h1").click()
    gone = items(page).first.get_attribute("data-item")
    form = {"next": "/desk/comments", "queue": "reported", "last": "0"}
    window.requests("mo").post(
        f"/desk/comments/{gone}/keep", form=form, headers={"Origin": board.url}
    )

    page.clock.run_for(16_000)

    expect(items(page)).to_have_count(COUNT - 1)
    expect(page.locator(f"#item-{last} [name=comment]")).to_be_checked()
    expect(page.locator(".bulk-actions output")).to_have_text("1개 선택")
    expect(page.get_by_label("작성자", exact=True)).to_have_value("누군가")


def test_the_filters_stay_through_a_decision_and_back(window, queue, title):
    page = window("mo")
    page.goto(queue)
    expect(page.locator(".filters-in-use")).to_contain_text(f"기사: {title}")

    items(page).first.get_by_role("button", name="문제없음").click()
    expect(items(page)).to_have_count(COUNT - 1)
    page.locator("[data-author-link]").first.click()
    expect(page).to_have_url(re.compile("/desk/people/"))
    page.go_back()

    expect(items(page)).to_have_count(COUNT - 1)
    expect(page.locator(".filters-in-use")).to_contain_text(f"기사: {title}")
    page.get_by_role("link", name="이 작성자 댓글만").first.click()
    expect(page.locator(".filters-in-use")).to_contain_text("작성자: ")
    assert set(parse_qs(urlsplit(page.url).query)) == {"queue", "article", "author"}


def test_filters_and_many_decisions_need_no_javascript(window, queue, title):
    page = window("mo", java_script_enabled=False)
    page.goto("/desk/comments?queue=reported")
    page.locator(".filters summary").click()
    page.get_by_label("기사 제목 또는 주소").fill(title[2:])
    page.get_by_role("button", name="적용").click()
    expect(items(page)).to_have_count(COUNT)
    expect(page.locator("[data-select-all]")).to_be_hidden()

    boxes(page).nth(0).check()
    boxes(page).nth(2).check()
    page.get_by_label("사유").last.select_option(label="광고·도배")
    page.get_by_role("button", name="선택한 댓글 숨김").click()

    expect(page.locator("[data-undo] .undo")).to_contain_text("댓글 2개를 숨겼습니다.")
    expect(items(page)).to_have_count(COUNT - 2)
    page.get_by_role("button", name="되돌리기").click()
    expect(items(page)).to_have_count(COUNT)


def test_on_a_phone_the_first_comment_is_within_the_first_screen(window, queue):
    for language in ("ko", "en"):
        page = window("mo", **PHONE)
        page.goto(f"{queue}&lang={language}")
        bar = page.locator(".bulk-actions").bounding_box()
        text = items(page).first.locator(".text, .original-text").bounding_box()
        assert text["y"] + text["height"] <= bar["y"]

        items(page).first.locator("[data-decide=keep] button").tap()

        expect(page.locator("[data-undo] .undo")).to_be_visible()
        page.evaluate("scrollTo(0, 0)")
        text = items(page).first.locator(".text, .original-text").bounding_box()
        assert text["y"] + text["height"] <= bar["y"]
        assert fits(page)


def test_the_pages_of_the_desk_are_one_line_on_a_phone_and_the_current_one_is_in_sight(window):
    page = window("mo", **PHONE)
    for path in ("/desk/comments?queue=reported", "/desk/people", "/desk/rulings"):
        page.goto(path)
        nav = page.locator(".desk-nav").bounding_box()
        current = page.locator(".desk-nav [aria-current]").bounding_box()
        assert nav["height"] < 60
        assert 0 <= current["x"] <= current["x"] + current["width"] <= 360


def test_caps_of_shortcuts_are_not_shown_on_touch_screens(window, queue):
    page, phone = window("mo"), window("mo", **PHONE)
    page.goto(queue)
    phone.goto(queue)

    expect(page.locator(".card kbd").first).to_be_visible()
    expect(page.locator("[data-help]")).to_be_visible()
    expect(phone.locator(".desk kbd:visible")).to_have_count(0)
    expect(phone.locator("[data-help]")).to_be_hidden()
