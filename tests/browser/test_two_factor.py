"""A tip reader, with JavaScript off: two-step verification, passphrase, export to a computer."""

import re
import time
from pathlib import Path

import pyotp
import pyrage
from playwright.sync_api import expect

from browser.conftest import (
    PASSWORD,
    Board,
    Windows,
    fits,
    run_command,
    set_up_second_factor,
    sign_in,
)

SMALL = {"width": 360, "height": 800}
EMAIL = "nari@harbour.example"


def test_a_tip_reader_from_the_first_sign_in_to_an_exported_tip(
    window: Windows, board: Board
) -> None:
    options = ("--can", "read-tips", "--password", PASSWORD)
    run_command(board, "accounts", "add", EMAIL, "나리", *options)
    page = window(java_script_enabled=False, viewport=SMALL)
    sign_in(page, EMAIL)
    expect(page.locator("h1")).to_have_text("2단계 인증 등록")
    assert fits(page)
    expect(page.locator(".qr svg")).to_be_visible()
    secret = set_up_second_factor(page)

    page.goto("/desk")
    expect(page.locator("h1")).to_have_text("제보 담당자 되기")
    page.click("main button.primary")
    words, sheet = page.inner_text("#passphrase"), page.inner_text("#recovery")
    assert (len(words.split()), len(sheet.split())) == (6, 12)
    assert fits(page)
    page.click("main a.primary")
    page.fill("[name=passphrase]", words)
    page.click("main button.primary")
    expect(page.locator(".problem")).to_contain_text("담당자 명단에 없습니다")

    export_a_tip(window, board)

    again = window(java_script_enabled=False, viewport=SMALL)
    sign_in(again, EMAIL)
    expect(again.locator("h1")).to_have_text("2단계 인증")
    assert fits(again)
    window.allow("status of 422")
    again.fill("[name=code]", "000000")
    again.click("main button.primary")
    expect(again.locator(".problem")).to_contain_text("틀렸거나 이미 쓴")
    again.fill("[name=code]", pyotp.TOTP(secret).at(int(time.time()) + 30))
    again.click("main button.primary")
    again.goto("/desk/tips")
    expect(again.locator("h1")).to_have_text("제보 열기")


def export_a_tip(window: Windows, board: Board) -> None:
    """tess registers her offline computer, proves its key, and exports the sample tip for it."""
    offline = pyrage.x25519.Identity.generate()
    desk = window("tess", java_script_enabled=False, viewport=SMALL)
    content = (board.folder / "sample-tips.json").read_text()
    passphrase = re.search(r'"passphrase": "(.+?)"', content)
    assert passphrase
    desk.goto("/desk/tips")
    desk.fill("[name=passphrase]", passphrase[1])
    desk.click("main button.primary")
    desk.locator(".items h2 a").last.click()
    assert fits(desk)
    tip = desk.url
    desk.locator("summary", has_text="인터넷 없는 컴퓨터로").click()
    desk.click("text=설정하기")
    assert fits(desk)
    desk.fill("[name=recipient]", str(offline.to_public()))
    desk.click("text=/^계속$/")
    code = pyrage.decrypt(desk.inner_text("#riddle").encode(), [offline]).decode()
    assert fits(desk)
    desk.fill("[name=code]", code)
    desk.click("text=/^확인$/")
    expect(desk.locator("main")).to_contain_text(str(offline.to_public()))

    desk.goto(tip)
    desk.locator("summary", has_text="인터넷 없는 컴퓨터로").click()
    with desk.expect_download() as download:
        desk.click("text=암호화해 저장")
    saved = Path(download.value.path()).read_bytes()
    assert "어시장".encode() in pyrage.decrypt(saved, [offline])
    desk.goto("/desk/tips/log")
    expect(desk.locator(".openings").first).to_contain_text("tess: 제보를 암호화해 내보내기")
    assert fits(desk)


def test_sample_staff_sign_in_with_the_code_the_terminal_prints(
    window: Windows, board: Board
) -> None:
    page = window(java_script_enabled=False)
    page.goto("/sign-in?next=/desk/comments")
    sign_in(page, *board.credentials("mo"))
    printed = run_command(board, "sample", "code", "mo")
    page.fill("[name=code]", printed.strip())
    page.click("main button.primary")
    expect(page).to_have_url(re.compile("/desk/comments$"))
