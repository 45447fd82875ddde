"""A guest acts on a comment: told why it takes an account in place, and back at the comment."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import PASSWORD, fits, say, sign_in, sign_up, unique

PHONE = {"width": 360, "height": 740}
LIKED = "이 댓글에 공감하셨습니다."


@pytest.fixture
def reader(window) -> tuple[str, str]:
    """Name and e-mail of somebody who has an account, and is not signed in in any window."""
    name = unique("독자")
    page = window()
    sign_up(page, name)
    return name, f"reader.{name.split()[-1]}@harbour.example"


@pytest.fixture
def talk(window, article) -> str:
    for text in ("부두에 불이 켜졌습니다", "등대는 아직입니다"):
        say(window, article, text)
    return article


def comment(page: Page):
    return page.locator(".comment", has_text="부두에 불이 켜졌습니다").first


def like(page: Page):
    return comment(page).get_by_role("button", name=re.compile("^공감 "))


def finish_signing_in(page: Page, reader: tuple[str, str]) -> None:
    sign_in(page, reader[1], PASSWORD)


def test_a_like_is_finished_after_signing_in_with_scripts(window, talk, reader):
    page = window(viewport=PHONE)
    page.goto(f"{talk}?sort=oldest")
    like(page).click()
    dialog = page.get_by_role("dialog", name="공감을 누르려면 로그인해 주세요")
    expect(dialog).to_be_visible()
    assert fits(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(like(page)).to_be_focused()
    like(page).click()
    dialog.get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)

    expect(page).to_have_url(re.compile(rf"{talk}\?sort=oldest&notice=liked#comment-\d+$"))
    expect(page.locator(".notice")).to_have_text(LIKED)
    expect(like(page)).to_have_attribute("aria-pressed", "true")
    expect(like(page)).to_have_text("공감 1")
    expect(comment(page).locator("article").first).to_be_focused()
    page.go_back()
    page.goto(f"{talk}?sort=oldest")
    expect(like(page)).to_have_text("공감 1")


def test_a_like_is_finished_after_signing_in_without_scripts(window, talk, reader):
    window.allow("status of 401")
    page = window(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{talk}?sort=oldest")
    like(page).click()
    expect(page.locator("main h2")).to_have_text("공감을 누르려면 로그인해 주세요")
    page.locator("main").get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)
    page.locator("main").get_by_role("button", name="공감").click()

    expect(page).to_have_url(re.compile(rf"{talk}\?sort=oldest&notice=liked#comment-\d+$"))
    expect(like(page)).to_have_text("공감 1")


def test_a_newcomer_signs_up_and_the_dislike_is_finished(window, talk):
    page = window(viewport=PHONE)
    page.goto(talk)
    comment(page).get_by_role("button", name=re.compile("^비공감 ")).click()
    page.get_by_role("dialog").get_by_role("link", name="회원가입").click()
    name = unique("새내기")
    page.fill("[name=email]", f"reader.{name.split()[-1]}@harbour.example")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.check("[name=of_age]")
    page.click("main button.primary")
    expect(page.locator(".notice")).to_be_visible()
    finish_signing_in(page, (name, f"reader.{name.split()[-1]}@harbour.example"))

    expect(page).to_have_url(re.compile(rf"{talk}\?notice=disliked#comment-\d+$"))
    expect(comment(page).get_by_role("button", name=re.compile("^비공감 1"))).to_be_visible()


def report_link(page: Page):
    comment(page).locator(".menu-link").first.click()
    return page.locator(".menu, #options").get_by_role("link", name="신고", exact=True).first


def test_a_report_opens_with_the_reason_chosen(window, talk, reader):
    page = window(viewport=PHONE)
    page.goto(talk)
    report_link(page).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("광고").check()
    dialog.get_by_role("button", name="계속").click()
    expect(dialog).to_contain_text("사유: 광고")
    assert fits(page)
    dialog.get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)
    expect(page.get_by_label("광고")).to_be_checked()
    page.locator("main button.primary").click()

    expect(page).to_have_url(re.compile(rf"{talk}\?notice=reported#comment-\d+$"))
    expect(page.locator("main")).to_contain_text("신고한 댓글입니다.")


def test_a_report_opens_with_the_reason_chosen_without_scripts(window, talk, reader):
    page = window(viewport=PHONE, java_script_enabled=False)
    page.goto(talk)
    report_link(page).click()
    page.get_by_label("광고").check()
    page.get_by_role("button", name="계속").click()
    assert fits_without_scripts(page)
    page.locator("main").get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)
    expect(page.get_by_label("광고")).to_be_checked()
    page.locator("main button.primary").click()

    expect(page).to_have_url(re.compile(r"/comments/\d+\?notice=reported#comment-\d+$"))


def fits_without_scripts(page: Page) -> bool:
    box = page.locator("main").bounding_box()
    return bool(box and box["width"] <= PHONE["width"])


def test_what_a_guest_typed_in_a_reply_is_kept(window, talk, reader):
    page = window(viewport=PHONE)
    page.goto(f"{talk}?sort=oldest")
    comment(page).locator("a[data-reply]").first.click()
    dialog = page.get_by_role("dialog", name="답글을 쓰려면 로그인해 주세요")
    dialog.get_by_role("textbox").fill("저도 보았습니다")
    assert fits(page)
    dialog.get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)

    expect(page).to_have_url(re.compile(rf"{talk}\?sort=oldest#comment-\d+$"))
    box = comment(page).locator("textarea")
    expect(box).to_have_value("저도 보았습니다")
    expect(box).to_be_focused()
    comment(page).locator("form[data-write] button.primary").click()
    expect(page.locator(".replies .comment")).to_contain_text("저도 보았습니다")


def test_a_reply_without_scripts_leads_back_to_the_reply_form(window, talk, reader):
    page = window(viewport=PHONE, java_script_enabled=False)
    page.goto(talk)
    comment(page).locator("a[data-reply]").first.click()
    page.locator("#reply").get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)

    expect(page).to_have_url(re.compile(r"/comments/\d+#reply$"))
    expect(page.locator("#reply textarea")).to_be_visible()


def test_comments_loaded_by_hand_are_there_again(window, article, reader):
    for number in range(21):
        say(window, article, f"댓글 {number}")
    say_first = "댓글 0"
    page = window(viewport=PHONE)
    page.goto(article)
    page.locator("a[data-more]").click()
    oldest = page.locator(".comment", has_text=re.compile(rf"{say_first}\s"))
    oldest.get_by_role("button", name=re.compile("^공감 ")).click()
    page.get_by_role("dialog").get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)

    expect(page).to_have_url(re.compile(rf"{article}\?notice=liked#comment-\d+$"))
    expect(oldest.get_by_role("button", name=re.compile("^공감 1"))).to_be_visible()
    expect(oldest.locator("article")).to_be_focused()


def test_the_dialog_speaks_the_language_of_the_page(window, talk):
    page = window(viewport=PHONE)
    page.goto(f"{talk}?lang=en")
    comment(page).get_by_role("button", name=re.compile("^Like ")).click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="Sign in")).to_be_visible()


def test_a_link_from_elsewhere_presses_nothing(window, talk):
    page = window("mo")
    page.goto(talk)
    id = (comment(page).get_attribute("id") or "").removeprefix("comment-")
    page.goto(f"/comments/{id}/like?next={talk}")
    expect(page.locator("main").get_by_role("button", name="공감")).to_be_visible()
    page.goto(talk)

    expect(like(page)).to_have_text("공감 0")


def test_one_press_is_sent_once_and_for_this_comment_only(window, talk, reader):
    page = window()
    page.goto(talk)
    ids = [
        (each.get_attribute("id") or "").removeprefix("comment-")
        for each in page.locator(".comment").all()
    ]
    forms = [f"/comments/{id}/like?next={talk}" for id in ids]
    page.goto(forms[0])
    page.locator("main").get_by_role("link", name="로그인").click()
    finish_signing_in(page, reader)
    expect(page.locator(".notice")).to_have_text(LIKED)
    page.goto(forms[1])
    expect(page.locator("main").get_by_role("button", name="공감")).to_be_visible()
    page.goto(talk)

    expect(page.locator(".comment [aria-pressed=true]")).to_have_count(1)


def test_the_rights_complaint_takes_the_comment_along(window, talk):
    page = window(viewport=PHONE)
    page.goto(talk)
    comment(page).locator(".menu-link").first.click()
    page.locator(".menu").get_by_role("link", name="권리침해 신고").click()

    expect(page.locator("[name=url]")).to_have_value(re.compile(r"/comments/\d+$"))
