"""The box comments are written in: it says what happens, and what is typed is never lost."""

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import say, unique, until_in_page

BOX = "form[data-write]:not([data-opened]) textarea"
POST = "form[data-write]:not([data-opened]) footer button.primary"
ALERT = "form[data-write]:not([data-opened]) [role=alert]"
DRAFTS = "() => Object.entries(localStorage).filter(([name]) => name.startsWith('draft '))"
LINES = "\n".join("가나다라마바사아자차카타파하"[n % 14] for n in range(100))


@pytest.fixture
def page(window, article) -> Page:
    page = window("ada")
    page.goto(article)
    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    return page


def refuse(page: Page, path: str, seconds: int) -> list[Route]:
    """Answer requests to `path` as the server does when they come too soon. Returns them."""
    requests: list[Route] = []

    def answer(route: Route) -> None:
        requests.append(route)
        body = "<!doctype html><p role=alert>60초에 한 번 쓸 수 있습니다.</p>"
        headers = {"Retry-After": str(seconds), "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(status=429, headers=headers, body=body)

    page.route(path, answer)
    return requests


def test_the_box_says_as_whom_one_writes_and_that_it_is_sending(window, page):
    expect(page.locator("form[data-write] footer .quiet")).to_contain_text("작성자: ada")
    held: list[Route] = []
    page.route("**/comments", lambda route: held.append(route))
    page.fill(BOX, "보내는 글")

    page.click(POST)

    expect(page.locator(POST)).to_have_text("보내는 중…")
    expect(page.locator(POST)).to_have_attribute("aria-disabled", "true")
    until_in_page(page, lambda: held, "the comment is sent")
    held[0].continue_()
    expect(page.locator(".comment .text")).to_have_text(["보내는 글"])
    expect(page.locator(POST)).to_have_text("등록")


def test_waiting_is_counted_down_on_the_button(window, page):
    window.allow("status of 429")
    page.clock.install()
    requests = refuse(page, "**/comments", 60)
    page.fill(BOX, "너무 이른 글")
    page.click(POST)

    expect(page.locator(POST)).to_have_text("등록(60초 뒤)")
    expect(page.locator(ALERT)).to_contain_text("60초에 한 번")
    page.click(POST, force=True)
    page.clock.fast_forward(12_000)
    expect(page.locator(POST)).to_have_text("등록(48초 뒤)")
    assert len(requests) == 1

    page.clock.fast_forward(48_000)
    expect(page.locator(POST)).to_have_text("등록")
    expect(page.locator(ALERT)).to_have_count(0)
    page.unroute("**/comments")
    page.click(POST)
    expect(page.locator(".comment .text")).to_have_text(["너무 이른 글"])


def test_waiting_to_react_is_counted_down_on_the_button(window, article):
    window.allow("status of 429")
    say(window, article, "공감할 글", who="tess")
    page = window("ada")
    page.clock.install()
    page.goto(article)
    refuse(page, "**/like", 10)
    button = page.locator("[data-react=like] button")

    button.click()

    expect(button).to_have_text("공감(10초 뒤) 0")
    page.clock.fast_forward(10_000)
    expect(button).to_have_text("공감 0")
    page.unroute("**/like")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("공감 1")


def test_typing_on_removes_an_old_error(window, page):
    window.allow("status of 429")
    refuse(page, "**/comments", 600)
    page.fill(BOX, "글")
    page.click(POST)
    expect(page.locator(ALERT)).to_be_visible()
    expect(page.locator(POST)).to_have_text("등록")  # ten minutes are told, not counted

    page.locator(BOX).press_sequentially("을 고침")

    expect(page.locator(ALERT)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_after_advice_there_is_one_way_on(window, article, scripts):
    window.allow("status of 422")
    page = window("ada", java_script_enabled=scripts)
    page.goto(article)
    page.fill(BOX, "제 번호는 010-2345-6789입니다")
    page.click(POST)

    confirm = page.locator("form[data-write] button[name=sure]")
    expect(confirm).to_be_visible()
    expect(page.locator(POST)).to_be_hidden()
    if scripts:
        page.locator(BOX).press("End")
        page.locator(BOX).press("!")
        expect(confirm).to_have_count(0)
        expect(page.locator(POST)).to_be_visible()
    else:
        confirm.click()
        expect(page.locator(".comment .text").first).to_contain_text("010-2345-6789")


def test_a_first_comment_sent_while_offline_stays_in_its_box(window, page):
    window.allow("net::ERR_INTERNET_DISCONNECTED")
    with page.expect_response("**/comment-forms.js*"):
        page.fill(BOX, "지하철에서 쓴 글")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)

    page.click(POST)

    expect(page.locator(ALERT)).to_contain_text("연결이 끊겨")
    expect(page.locator(BOX)).to_have_value("지하철에서 쓴 글")
    page.context.set_offline(False)
    page.click(POST)
    expect(page.locator(".comment .text")).to_have_text(["지하철에서 쓴 글"])


def test_what_is_typed_before_the_script_has_come_is_kept(window, article):
    page = window("ada")
    held: list[Route] = []
    page.route("**/drafts.js*", lambda route: held.append(route))
    page.goto(article, wait_until="domcontentloaded")
    page.fill(BOX, "빨리 쓴 글")
    until_in_page(page, lambda: held, "the script is requested")

    for route in held:
        route.continue_()

    until_in_page(page, lambda: "빨리 쓴 글" in str(page.evaluate(DRAFTS)), "the draft is stored")
    page.unroute("**/drafts.js*")
    page.reload()
    expect(page.locator(BOX)).to_have_value("빨리 쓴 글")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_long_comment_is_folded_and_opens(window, article, scripts):
    address = say(window, article, LINES, who="tess")
    say(window, article, "짧은 글", who="tess")
    page = window(java_script_enabled=scripts, viewport={"width": 360, "height": 800})
    page.goto(article)
    text, summary = page.locator(".text.is-long"), page.locator(".fold summary")
    expect(text).to_have_count(1)
    assert text.bounding_box()["height"] < 450

    summary.click()
    assert text.bounding_box()["height"] > 1500
    expect(summary).to_contain_text("접기")
    summary.click()
    assert text.bounding_box()["height"] < 450

    page.goto(f"/comments/{address.split('-')[-1]}")
    assert page.locator(".is-linked .text.is-long").bounding_box()["height"] > 1500
    expect(page.locator(".fold summary")).to_be_hidden()


def test_a_long_comment_is_folded_in_the_list_of_ones_own_too(window, article):
    say(window, article, LINES)
    page = window("ada")
    page.goto("/account/comments")
    text = page.locator(".text.is-long").first
    assert text.bounding_box()["height"] < 450

    page.locator(".fold summary").first.click()

    assert text.bounding_box()["height"] > 1500


def test_a_long_comment_is_folded_wherever_a_decision_about_it_is_made_or_read(
    window, article, board
):
    word = unique("부두")
    number = say(window, article, f"{word}\n{LINES}").rpartition("-")[2]
    desk, author = window("mo"), window("ada")

    def folds(page, path):
        page.goto(path)
        text = page.locator(".is-long", has_text=word).first
        summary = text.locator("+ .fold summary")
        box = text.bounding_box()
        is_below = summary.bounding_box()["y"] >= box["y"] + box["height"]
        summary.click()
        whole = text.bounding_box()["height"]
        summary.click()
        assert text.bounding_box()["height"] == box["height"]
        return is_below and box["height"] < 450 and whole > 1500

    assert folds(desk, f"/desk/comments?queue=all&text={word}")
    hide = {"reason": "abuse", "next": "/desk/comments", "queue": "all", "last": "0"}
    origin = {"Origin": board.url}
    desk.request.post(f"/desk/comments/{number}/hide", form=hide, headers=origin)
    assert folds(author, "/account/notices")
    author.get_by_role("link", name="이의신청").first.click()
    assert folds(author, author.url)
    author.locator("main textarea").fill("다시 봐 주세요.")
    author.locator("main form button.primary").click()
    assert folds(desk, "/desk/appeals")


def test_the_dialog_to_delete_begins_at_cancel(window, article):
    say(window, article, "지울 글")
    page = window("ada")
    page.goto(article)

    page.locator("a.author-only[href$='#delete']").click()

    expect(page.locator("dialog [data-cancel]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".comment .text")).to_have_text(["지울 글"])


def test_a_report_without_a_reason_is_refused_in_our_words_and_its_button_is_in_sight(
    window, article
):
    window.allow("status of 422")
    say(window, article, "신고할 글", who="tess")
    page = window("ada", viewport={"width": 360, "height": 800})
    page.goto(article)
    page.locator("a[data-menu]").click()
    page.locator("[data-report-link]").click()
    submit = page.locator("dialog button.primary")
    expect(page.locator("dialog [name=reason]")).to_have_count(7)
    expect(submit).to_be_in_viewport(ratio=1)

    submit.click()

    expect(page.locator("dialog [role=alert]")).to_have_text("신고 사유를 선택해 주세요.")
    expect(submit).to_be_in_viewport(ratio=1)
