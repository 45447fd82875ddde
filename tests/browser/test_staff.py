"""Staff on a page: invited, at work, frozen; without JavaScript on a telephone, and as seen."""

import os
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from browser.conftest import (
    PASSWORD,
    ROOT,
    Board,
    Windows,
    fits,
    set_up_second_factor,
    sign_in,
    sign_up,
    unique,
)

SMALL = {"width": 360, "height": 800}


def hire(board: Board, name: str, capability: str) -> str:
    """A new member of the staff, by the command line. Returns the address."""
    email = f"{name.split()[-1]}@harbour.example"
    words = ("accounts", "add", email, name, "--can", capability, "--password", PASSWORD)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    subprocess.run(command, cwd=ROOT, env=board.env, check=True, capture_output=True)
    return email


def desk_of(window: Windows, board: Board, **options: object) -> Page:
    """The staff page of somebody new who appoints, signed in a moment ago."""
    page = window(**options)
    sign_in(page, hire(board, unique("인사"), "appoint"))
    set_up_second_factor(page)
    page.goto("/desk/staff")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_is_invited_accepts_works_and_is_frozen(
    window: Windows, board: Board, scripts: bool
) -> None:
    options = {"java_script_enabled": scripts, "viewport": SMALL}
    desk = desk_of(window, board, **options)
    reader, name = window(**options), unique("새얼굴")
    sign_up(reader, name)

    desk.select_option("[name=capability]", "can_moderate")
    desk.fill("[name=who]", name)
    desk.fill("form.stack [name=why]", "저녁 근무")
    desk.get_by_role("button", name="제안하기").click()
    expect(desk.locator(".notice")).to_have_text("제안했습니다: 운영.")
    assert fits(desk)

    reader.goto("/account")
    reader.get_by_role("link", name="데스크 구성원으로 초대합니다").click()
    assert fits(reader)
    reader.get_by_role("button", name="수락").click()
    expect(reader.locator(".notice")).to_contain_text("수락했습니다: 운영.")
    sign_in(reader, f"reader.{name.split()[-1]}@harbour.example")
    set_up_second_factor(reader)
    reader.goto("/desk/comments")
    expect(reader.locator("h1")).to_be_visible()

    desk.reload()
    card = desk.locator("[id^=person-]", has_text=name)
    card.locator("summary").click()
    card.get_by_role("button", name="24시간 긴급 정지").click()
    expect(desk.locator(".notice")).to_contain_text("모든 기기에서 로그아웃")
    reader.reload()
    expect(reader.locator("[name=password]")).to_be_visible()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violations(window: Windows, board: Board, lang: str, theme: str) -> None:
    page = desk_of(window, board, viewport=SMALL, color_scheme=theme, bypass_csp=True)
    editor, address = unique("편집"), f"{unique('소라').split()[-1]}@pier.example"
    hire(board, editor, "edit")
    for who, capability in ((address, "can_handle_legal"), (editor, "can_moderate")):
        page.fill("[name=who]", who)
        page.fill("form.stack [name=why]", "밤 근무")
        page.select_option("[name=capability]", capability)
        page.get_by_role("button", name="제안하기").click()
        expect(page.locator(".notice")).to_be_visible()
    page.get_by_role("button", name="이메일 보기").last.click()
    expect(page.get_by_text(address)).to_be_visible()
    if lang == "en":
        page.goto("/desk/staff")
        page.get_by_role("button", name="English").click()
    for path in (
        "/desk/staff",
        "/desk/staff/log",
        "/account/offers",
        "/account",
        "/account/not-me",
    ):
        page.goto(path)
        for details in page.locator("main details").all():
            details.evaluate("each => each.open = true")
        assert Axe().run(page).response["violations"] == [], path
        assert fits(page), path
        if folder := os.environ.get("BOARD_TEST_SCREENSHOTS"):
            page.screenshot(
                path=f"{folder}/{lang}-{theme}{path.replace('/', '-')}.png", full_page=True
            )
            page.set_viewport_size({"width": 1280, "height": 900})
            page.screenshot(
                path=f"{folder}/{lang}-{theme}{path.replace('/', '-')}-wide.png", full_page=True
            )
            page.set_viewport_size(SMALL)
