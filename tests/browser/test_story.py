"""One comment from signing up to its deletion, with JavaScript and without."""

from contextlib import nullcontext

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import REPLY, say, sign_up, unique, without_reload

SECRET = "부두 창고 뒤의 이야기"
REASON = "기사와 무관한 내용"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_comment_is_posted_answered_hidden_restored_and_deleted(window, article, scripts):
    def open_as(who: str | None = None) -> Page:
        return window(who, java_script_enabled=scripts)

    def staying(page: Page):
        return without_reload(page) if scripts else nullcontext()

    writer, answerer, mo, guest = open_as(), open_as(), open_as("mo"), open_as()

    sign_up(writer, unique("글쓴이"), article)
    with staying(writer):
        write(writer, SECRET)
        expect(writer.locator(".comment").first).to_contain_text(SECRET)
        expect(writer.locator("[data-count]")).to_have_text("1")

    sign_up(answerer, unique("답한이"), article)
    with staying(answerer):
        answerer.locator("a[data-reply]").first.click()
        write(answerer, "저도 보았습니다", form=REPLY)
        expect(answerer.locator(".replies .comment")).to_contain_text("저도 보았습니다")
    expect_count(guest, article, 2)

    mo.goto(article)
    with staying(mo):
        mo.locator(".moderators-only[href$='#hide']").first.click()
        mo.locator("form[action$='/hide']").get_by_label(REASON).check()
        mo.locator("form[action$='/hide'] button.primary").click()
        expect(mo.locator(".removed-comment")).to_contain_text(REASON)

    expect_count(guest, article, 1)
    expect(guest.locator(".removed-comment")).to_contain_text(REASON)
    assert paths_with(SECRET, guest, article) == []

    mo.goto(article)
    with staying(mo):
        mo.locator(".moderators-only [href$='#restore']").click()
        mo.locator("form.decision-form:visible button.primary").click()
        expect(mo.locator(".removed-comment")).to_have_count(0)
    expect_count(guest, article, 2)
    expect(guest.locator(".comment").first).to_contain_text(SECRET)

    writer.goto(article)
    with staying(writer):
        # With JavaScript the thread marks one's own comments; without it, only their pages do.
        if not scripts:
            writer.locator(".comment .menu-link").first.click()
        writer.locator("a[href$='#delete']:visible").first.click()
        writer.locator("form.decision-form button.danger").click()
        expect(writer.locator(".removed-comment")).to_be_visible()
    expect_count(guest, article, 1)
    expect(guest.locator(".removed-comment")).to_be_visible()
    assert paths_with(SECRET, guest, article) == []


def test_a_moderator_without_a_reason_is_asked_for_one_in_the_dialog(window, article):
    say(window, article, SECRET)
    mo = window("mo")
    window.allow("status of 422")
    mo.goto(article)

    with without_reload(mo):
        mo.locator(".moderators-only[href$='#hide']").click()
        mo.locator("dialog button.primary").click()
        expect(mo.locator("dialog [role=alert]")).to_have_text(
            "사유를 선택하거나 짧게 입력해 주세요."
        )
        mo.locator("dialog [name=note]").fill("광고를 되풀이했습니다")
        mo.locator("dialog button.primary").click()
        expect(mo.locator("dialog")).to_have_count(0)
        expect(mo.locator(".removed-comment")).to_contain_text("광고를 되풀이했습니다")


def write(page: Page, text: str, *, form: str = "form[data-write]") -> None:
    box = page.locator(form)
    box.locator("textarea").fill(text)
    box.locator("button.primary").click()


def expect_count(guest: Page, article: str, count: int) -> None:
    guest.goto(article)
    expect(guest.locator("[data-count]")).to_have_text(str(count))


def paths_with(text: str, guest: Page, article: str) -> list[str]:
    """The pages with `text` in their source: the article, those it leads to, and the lists."""
    guest.goto(article)
    links = guest.locator(".comment .comment-actions .menu-link, .replies .menu-link").evaluate_all(
        "links => links.map((link) => link.href)"
    )
    paths = [article, f"{article}/comments", "/", "/rulings", *links]
    return [path for path in paths if text in guest.request.get(path).text()]
