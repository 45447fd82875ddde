"""Editing, preview and warnings, without leaving the page and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import REPLY, say, without_reload

BOX = "form[data-write]:not([data-opened]) textarea"
EDIT = "[data-edits] textarea"
PHONE = "문의는 010-1234-5678로 주세요"


def test_a_comment_is_edited_in_place_and_readers_see_the_earlier_version(window, article):
    say(window, article, "다리가 닫혔다")
    page = window("ada")
    page.goto(article)
    with without_reload(page):
        page.get_by_role("link", name="내 댓글 수정").click()
        expect(page.locator(EDIT)).to_be_focused()
        expect(page.locator(EDIT)).to_have_value("다리가 닫혔다")
        expect(page.locator(".comment .text")).to_be_hidden()
        page.locator(EDIT).fill("다리가 열렸다")
        page.locator(EDIT).press("Control+Enter")

        expect(page.locator(".comment .text")).to_have_text(["다리가 열렸다"])
        expect(page.locator(".comment > article")).to_be_focused()
        expect(page.locator("#status")).to_have_text("댓글을 수정했습니다.")
        expect(page.locator(EDIT)).to_have_count(0)

    page.locator(".edited").click()
    expect(page.locator("del")).to_contain_text("닫혔")
    expect(page.locator("ins")).to_contain_text("열렸")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_for_editing_works_by_itself(window, article, scripts):
    where = say(window, article, "처음").split("#comment-")[1]
    page = window("ada", java_script_enabled=scripts)
    page.goto(f"/comments/{where}#options")
    page.locator("#options").get_by_role("link", name="수정").click()
    page.locator("form[data-write] textarea").fill("나중")

    page.locator("form[data-write] button.primary").click()

    expect(page.locator(".comment .text")).to_have_text(["나중"])
    expect(page.locator(".notice")).to_be_visible()


def test_replies_and_half_written_ones_stay_while_a_comment_is_edited(window, article):
    root = say(window, article, "뿌리").split("#comment-")[1]
    say(window, article, "첫 답글", who="tess", parent=root)
    page = window("ada")
    page.goto(article)
    page.locator(f"#comment-{root} > article [data-reply]").click()
    page.locator(f"{REPLY} textarea").fill("쓰는 중")

    page.locator(f"#comment-{root} > article [data-edit]").click()
    page.locator(EDIT).fill("고친 뿌리")
    page.locator(EDIT).press("Control+Enter")

    expect(page.locator(".comment .text").first).to_have_text("고친 뿌리")
    expect(page.locator(".replies .text")).to_contain_text(["첫 답글"])
    expect(page.locator(f"{REPLY} textarea")).to_have_value("쓰는 중")


def test_an_edit_in_another_window_is_shown_beside_ones_own_and_nothing_is_lost(window, article):
    say(window, article, "처음")
    first = window("ada")
    first.goto(article)
    second = first.context.new_page()
    second.goto(article)
    window.allow("status of 409")
    for page, text in ((first, "첫 창에서"), (second, "둘째 창에서")):
        page.locator("a[data-edit]").click()
        page.locator(EDIT).fill(text)
    first.locator(EDIT).press("Control+Enter")
    expect(first.locator(".comment .text")).to_have_text(["첫 창에서"])

    second.locator(EDIT).press("Control+Enter")
    expect(second.locator("[data-edits] [role=alert]")).to_contain_text("다른 창에서")
    expect(second.locator("[data-edits] blockquote")).to_have_text("첫 창에서")
    expect(second.locator(EDIT)).to_have_value("둘째 창에서")
    second.locator(EDIT).press("Control+Enter")

    expect(second.locator(".comment .text")).to_have_text(["둘째 창에서"])


def test_the_edit_link_goes_when_the_time_to_edit_has_passed(window, article):
    say(window, article, "처음")
    page = window("ada")
    page.clock.install()
    page.goto(article)
    expect(page.locator("a[data-edit]")).to_be_visible()

    page.clock.fast_forward("11:00")

    expect(page.locator("a[data-edit]")).to_be_hidden()
    expect(page.locator("a[href$='#delete']")).to_be_visible()


def test_only_the_author_sees_the_edit_link(window, article):
    say(window, article, "처음")

    for who in ("tess", None):
        page = window(who)
        page.goto(article)
        expect(page.locator(".comment")).to_have_count(1)
        expect(page.locator("a[data-edit]")).to_be_hidden()


def test_a_preview_is_shown_below_the_box_and_goes_when_the_text_changes(window, article):
    page = window("ada")
    page.goto(article)
    with without_reload(page):
        page.locator(BOX).fill("첫 줄\n\nhttps://a.example/b를 보세요")
        page.get_by_role("button", name="미리보기").click()
        expect(page.locator("[data-preview] .text p")).to_have_count(2)
        expect(page.locator("[data-preview] a")).to_have_attribute("href", "https://a.example/b")
        expect(page.locator(".comment")).to_have_count(0)

        page.locator(BOX).press_sequentially("!")
        expect(page.locator("[data-preview]")).to_have_count(0)
        page.locator(BOX).press("Control+Enter")
        expect(page.locator(".comment .text a")).to_have_attribute("href", "https://a.example/b")


def test_a_preview_without_a_script_keeps_the_text(window, article):
    page = window("ada", java_script_enabled=False)
    page.goto(article)
    page.locator(BOX).fill("곧 올릴 글")
    page.get_by_role("button", name="미리보기").click()

    expect(page.locator("[data-preview] .text")).to_have_text("곧 올릴 글")
    expect(page.locator(BOX)).to_have_value("곧 올릴 글")
    page.get_by_role("button", name="등록").click()

    expect(page.locator(".comment .text")).to_have_text(["곧 올릴 글"])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_number_is_pointed_out_and_posted_once_confirmed(window, article, scripts):
    page = window("ada", java_script_enabled=scripts)
    window.allow("status of 422")
    page.goto(article)
    page.locator(BOX).fill(PHONE)
    page.locator("form[data-write] button.primary").click()

    feedback = page.locator("form[data-write] [data-feedback]")
    expect(feedback.locator("mark")).to_have_text("010-1234-5678")
    expect(feedback).to_contain_text("전화번호로 보입니다.")
    expect(page.locator(BOX)).to_have_value(PHONE)
    feedback.get_by_role("button", name="이대로 등록").click()

    expect(page.locator(".comment .text")).to_have_text([PHONE])


def test_a_changed_text_is_warned_about_again_only_if_needed(window, article):
    page = window("ada")
    window.allow("status of 422")
    page.goto(article)
    page.locator(BOX).fill(PHONE)
    page.locator(BOX).press("Control+Enter")
    feedback = page.locator("form[data-write] [data-feedback]")
    expect(feedback.locator("mark")).to_have_text("010-1234-5678")
    feedback.get_by_role("link", name="수정").click()
    expect(page.locator(BOX)).to_be_focused()
    page.locator(BOX).fill("문의는 02-987-6543으로 주세요")
    expect(feedback).to_be_empty()
    page.locator("form[data-write] footer button.primary").click()
    expect(feedback.locator("mark")).to_have_text("02-987-6543")

    page.locator(BOX).fill("문의는 본사로 주세요")
    page.locator(BOX).press("Control+Enter")

    expect(page.locator(".comment .text")).to_have_text(["문의는 본사로 주세요"])


def test_a_confirmation_survives_a_failed_connection(window, article):
    page = window("ada")
    window.allow("status of 422", "net::ERR_INTERNET_DISCONNECTED")
    page.goto(article)
    page.locator(BOX).fill(PHONE)
    page.locator(BOX).press("Control+Enter")
    feedback = page.locator("form[data-write] [data-feedback]")
    expect(feedback.get_by_role("button", name="이대로 등록")).to_be_visible()
    page.context.set_offline(True)
    feedback.get_by_role("button", name="이대로 등록").click()
    expect(feedback).to_contain_text("연결")
    page.context.set_offline(False)

    feedback.get_by_role("button").click()

    expect(page.locator(".comment .text")).to_have_text([PHONE])


def test_warnings_about_a_reply_are_in_its_own_box(window, article):
    say(window, article, "뿌리", who="tess")
    page = window("ada")
    window.allow("status of 422")
    page.goto(article)
    page.locator("a[data-reply]").click()
    page.locator(f"{REPLY} textarea").fill(PHONE)
    page.locator(f"{REPLY} textarea").press("Control+Enter")

    expect(page.locator(f"{REPLY} mark")).to_have_text("010-1234-5678")
    expect(page.locator("form[data-write] >> nth=0 >> mark")).to_have_count(0)
    page.locator(f"{REPLY} [data-rewrite]").click()
    expect(page.locator(f"{REPLY} textarea")).to_be_focused()
    ids = page.locator("[id]").evaluate_all("all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_warnings_previews_and_drafts_are_accessible(window, article, theme, width):
    size = {"width": width, "height": 900}
    page = window("ada", color_scheme=theme, viewport=size, bypass_csp=True)
    window.allow("status of 422")

    def complaints():
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        thin = page.locator("form[data-write] :is(a, button):visible").evaluate_all(
            "all => all.filter((each) => each.getBoundingClientRect().height < 43.5).length"
        )
        return [each["id"] for each in found], wide, thin

    page.goto(article)
    page.locator(BOX).fill(PHONE)
    page.get_by_role("button", name="미리보기").click()
    expect(page.locator("[data-preview]")).to_be_visible()
    assert complaints() == ([], False, 0)
    page.locator(BOX).press("Control+Enter")
    expect(page.locator("mark")).to_be_visible()
    assert complaints() == ([], False, 0)
    again = page.context.new_page()
    again.goto(article)
    page = again
    expect(page.locator("[data-draft]")).to_be_visible()
    assert complaints() == ([], False, 0)
