"""Signing in on a new device while somebody guesses the password."""

from playwright.sync_api import Page, expect

from browser.conftest import PASSWORD, Board, Windows, sign_up, unique

HOLD_WORK = """
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    const isReleased = new Promise((resolve) => { window.release = resolve });
    SubtleCrypto.prototype.deriveBits = (...given) => isReleased.then(() => derive(...given));
"""


def guess(page: Page, board: Board, email: str) -> None:
    """Ten wrong passwords, as many as one network has for one account."""
    form = {"email": email, "password": "not the password at all"}
    for _ in range(10):
        page.request.post("/sign-in", form=form, headers={"Origin": board.url})


def test_the_browser_does_some_work_and_the_owner_signs_in(window: Windows, board: Board) -> None:
    name = unique("등대")
    sign_up(window(), name)
    email = f"reader.{name.split()[-1]}@harbour.example"
    window.allow("status of 429")
    page = window()
    page.add_init_script(HOLD_WORK)
    guess(page, board, email)
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    expect(page.locator(".problem")).to_contain_text("그래도 로그인할 수 있습니다")

    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")  # before the work is done
    expect(page.locator("[data-working]")).to_contain_text("간단한 계산")
    page.evaluate("release()")

    expect(page.locator("a.account-link")).to_be_visible()


def test_without_scripts_the_page_says_how_long_to_wait(window: Windows, board: Board) -> None:
    name = unique("등대")
    sign_up(window(), name)
    email = f"reader.{name.split()[-1]}@harbour.example"
    window.allow("status of 429")
    page = window(java_script_enabled=False)
    guess(page, board, email)
    page.goto("/sign-in")
    for _ in range(2):
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button.primary")
        expect(page.locator("[data-working]")).to_contain_text("초 뒤 단추를 눌러 주세요")
