"""One comment through every decision, and what each person sees after it."""

import os
import subprocess
import sys

from playwright.sync_api import Page, expect

from browser.conftest import PASSWORD, ROOT, Board, set_up_second_factor, sign_in, sign_up, unique

REMARK = "부두 시계가 오 분 늦습니다"


def test_a_comment_is_held_approved_reported_hidden_appealed_and_restored(window, board, article):
    writer, reader, guest = window(), window(), window()
    mo = window("mo", java_script_enabled=False)
    second = window(java_script_enabled=False)
    name = unique("글쓴이")
    sign_up(writer, name, article)
    sign_up(reader, unique("읽는이"), article)
    make_moderator(board, "second@harbour.example")
    sign_in(second, "second@harbour.example")
    set_up_second_factor(second)
    everyone = {"guest": guest, "author": writer, "reporter": reader, "moderator": mo}

    premoderate(mo, name)
    writer.goto(article)
    writer.fill("form[data-write] textarea", REMARK)
    writer.click("form[data-write] button.primary")
    expect(writer.locator("main")).to_contain_text("운영자가 확인한 뒤")
    assert readers_of_remark(everyone, article) == {"author"}  # moderators read it at the desk
    writer.goto("/account/comments")
    expect(writer.locator("main")).to_contain_text(REMARK)

    mo.goto(f"/desk/comments?queue=held&text={REMARK}")
    mo.locator(".card", has_text=REMARK).get_by_role("button", name="승인").click()
    assert readers_of_remark(everyone, article) == set(everyone)
    writer.goto("/account/notices")
    expect(writer.locator(".log li").first).to_contain_text("다른 이용자도 볼 수 있습니다")

    comment = comment_path(guest, article)
    reader.goto(f"{comment}#report")
    reader.locator("#report").get_by_label("욕설").first.check()
    reader.locator("#report button.primary").click()
    expect(reader.locator("summary", has_text="신고한 댓글")).to_be_visible()
    assert readers_of_remark(everyone, article) == {"guest", "author", "moderator"}

    mo.goto(f"/desk/comments?queue=reported&text={REMARK}")
    mo.locator(".card", has_text=REMARK).locator("button[value=abuse]").click()
    assert readers_of_remark(everyone, article) == set()
    assert readers_of_remark(everyone, comment) == {"author", "moderator"}
    for page in (guest, reader):
        page.goto(article)
        expect(page.locator(".removed-comment")).to_contain_text("욕설·인신공격")

    writer.goto(comment)
    expect(writer.locator("blockquote")).to_have_text(REMARK)
    writer.get_by_role("link", name="이의신청").click()
    writer.fill("[name=text]", "시계 이야기일 뿐입니다.")
    writer.click("main button.primary")
    expect(writer.locator(".notice")).to_contain_text("이의신청을 접수했습니다")

    mo.goto("/desk/appeals")
    expect(mo.locator(".card", has_text=REMARK).locator("button")).to_have_count(0)
    second.goto("/desk/appeals")
    card = second.locator(".card", has_text=REMARK)
    card.locator("[name=says]").fill("욕설이 없습니다.")
    card.get_by_role("button", name="인용").click()

    assert readers_of_remark(everyone, article) >= {"guest", "author", "moderator"}
    expect_removed(everyone, article, count=0)
    writer.goto("/account/notices")
    expect(writer.locator(".log li").first).to_contain_text("욕설이 없습니다.")
    mo.goto("/desk/appeals")
    expect(mo.locator(".log li").first).to_contain_text("욕설이 없습니다.")
    guest.goto("/transparency")
    expect(guest.locator("tbody tr").first.locator("td").nth(3)).not_to_have_text("0")


def make_moderator(board: Board, email: str) -> None:
    words = ["accounts", "add", email, "두번째 운영자", "--can", "moderate", "--password", PASSWORD]
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**os.environ, "BOARD_INSTANCE": str(board.folder)},
        check=True,
    )


def premoderate(mo: Page, name: str) -> None:
    mo.goto(f"/desk/people?q={name}")
    mo.get_by_role("link", name=name).click()
    mo.locator("summary", has_text="이 회원의 댓글 사전 승인").click()
    mo.locator("#hold-reason").select_option("spam")
    mo.locator("form[action$='/hold'] button.primary").click()
    expect(mo.locator(".notice")).to_be_visible()


def readers_of_remark(everyone: dict[str, Page], path: str) -> set[str]:
    """The people who find the remark, not collapsed, on this page."""
    readers = set()
    for name, page in everyone.items():
        page.goto(path)
        expect(page.locator("main h1").first).to_be_visible()
        shown = page.locator(".text:visible", has_text=REMARK)
        readers |= {name} if shown.count() else set()
    return readers


def expect_removed(everyone: dict[str, Page], path: str, *, count: int) -> None:
    for page in everyone.values():
        page.goto(path)
        expect(page.locator(".removed-comment")).to_have_count(count)


def comment_path(guest: Page, article: str) -> str:
    """The path of the only comment there."""
    guest.goto(article)
    return f"/comments/{(guest.locator('li.comment').get_attribute('id') or '').split('-')[1]}"
