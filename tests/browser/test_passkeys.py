"""Passkeys, with an authenticator that Chromium plays: add, sign in, remove."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from browser.conftest import (
    PASSWORD,
    Board,
    Windows,
    fits,
    run_command,
    set_up_second_factor,
    sign_in,
    sign_up,
    unique,
    until_in_page,
)
from browser.test_pages import OVERFLOW, TARGETS

PAGE = "/account/sign-in-methods"
SMALL = {"width": 360, "height": 800}
PLATFORM = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Phone:
    """A telephone that has passkeys; its owner unlocks it at once, or `waits`."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        added = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})
        self._id = {"authenticatorId": added["authenticatorId"]}

    def waits(self, waits: bool) -> None:
        options = {**self._id, "enabled": not waits}
        self._session.send("WebAuthn.setAutomaticPresenceSimulation", options)

    def passkeys(self) -> list[Any]:
        found = self._session.send("WebAuthn.getCredentials", self._id)["credentials"]
        return list(found)


@pytest.fixture
def local_window(chromium: Browser, board: Board) -> Iterator[Windows]:
    """Windows at the name of the board’s address: browsers have no passkeys for a number."""
    local = copy.copy(board)
    local.url = board.url.replace("127.0.0.1", "localhost")
    windows = Windows(chromium, local, {})
    yield windows
    windows.close()
    assert windows.unexpected_problems == []


@pytest.fixture(params=["ko", "en"])
def page(request: pytest.FixtureRequest, local_window: Windows) -> Page:
    page = local_window(viewport=SMALL)
    if request.param == "en":
        page.context.add_cookies([{"name": "lang", "value": "en", "url": local_window.board.url}])
    return page


def without_offer(page: Page) -> None:
    """Only the button signs in from now on: the offer in the field would be quicker."""
    page.add_init_script(
        "if (globalThis.PublicKeyCredential) "
        "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
    )


def sign_out(page: Page) -> None:
    page.click("form[action='/sign-out'] button")
    page.wait_for_selector("a[href^='/sign-in']")


def test_a_reader_takes_the_offer_signs_in_with_the_passkey_and_removes_it(
    page: Page, local_window: Windows
) -> None:
    phone, name = Phone(page), unique("소라")
    sign_up(page, name)
    expect(page).to_have_url(f"{local_window.board.url}/account/passkeys/offer?next=/")
    assert fits(page)
    page.click("[data-passkey] button")
    expect(page).to_have_url(f"{local_window.board.url}/")
    assert len(phone.passkeys()) == 1

    without_offer(page)
    sign_out(page)
    page.goto("/sign-in")
    assert fits(page)
    page.click("[data-passkey] button")
    page.wait_for_selector("a.account-link")

    page.goto(PAGE)
    expect(page.locator("#passkeys-title ~ .sessions li")).to_have_count(1)
    assert fits(page)
    page.click("#passkeys-title ~ .sessions .inline-form button")
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.locator("#passkeys-title ~ .sessions li")).to_have_count(0)
    until_in_page(page, lambda: phone.passkeys() == [], "the telephone forgets the passkey")


def test_the_browser_offers_the_passkey_in_the_field(local_window: Windows) -> None:
    page = local_window(viewport=SMALL)
    Phone(page)
    sign_up(page, unique("미르"))
    page.click("[data-passkey] button")
    sign_out(page)

    page.goto("/sign-in?next=/tips")

    expect(page).to_have_url(f"{local_window.board.url}/tips")


def test_a_moderator_with_a_passkey_types_no_code(local_window: Windows, board: Board) -> None:
    email = f"{unique('moderator').replace(' ', '.')}@harbour.example"
    options = ("--can", "moderate", "--password", PASSWORD)
    run_command(board, "accounts", "add", email, unique("나루"), *options)
    page = local_window()
    sign_in(page, email)
    set_up_second_factor(page)
    Phone(page)
    page.goto(PAGE)
    page.click("[data-passkey] button")
    expect(page.locator("#passkeys-title ~ .sessions li")).to_have_count(1)
    without_offer(page)
    sign_out(page)

    page.goto("/sign-in?next=/desk/comments")
    page.click("[data-passkey=get] button")

    expect(page).to_have_url(f"{local_window.board.url}/desk/comments")
    assert page.locator("h1").count() == 1
    page.goto(PAGE)
    page.click("#passkeys-title ~ .sessions .inline-form button")
    expect(page.locator("#passkeys-title ~ .sessions li")).to_have_count(0)


def test_who_does_not_unlock_the_telephone_reads_what_happened(local_window: Windows) -> None:
    page = local_window(viewport=SMALL)
    Phone(page)
    sign_up(page, unique("다온"))
    refuse = "async () => { throw new DOMException('', 'NotAllowedError') }"
    page.evaluate(f"() => {{ navigator.credentials.create = {refuse} }}")
    page.click("[data-passkey] button")

    expect(page.locator("[data-failed]")).to_be_visible()
    expect(page.locator("[data-passkey] button")).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_pages_are_accessible_on_a_small_screen(local_window: Windows, theme: str) -> None:
    page = local_window(viewport={"width": 320, "height": 800}, color_scheme=theme, bypass_csp=True)
    phone = Phone(page)
    sign_up(page, unique("가온"))
    offer, problems = page.url, {}
    page.click("[data-passkey] button")
    expect(page).to_have_url(f"{local_window.board.url}/")
    phone.waits(True)
    for path in (offer, PAGE, "/sign-in"):
        page.goto(path)
        page.wait_for_selector("[data-passkey]")
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        names = [each["id"] for each in violations]
        problems[path] = (names, page.evaluate(TARGETS), page.evaluate(OVERFLOW)["wide"])

    assert problems == {path: ([], [], 0) for path in problems}


def test_without_scripts_the_section_says_what_it_needs(local_window: Windows) -> None:
    page = local_window(viewport=SMALL, java_script_enabled=False)
    sign_up(page, unique("누리"))
    page.goto(PAGE)

    expect(page.locator("noscript .hint")).to_be_visible()
    expect(page.locator("[data-passkey]")).to_be_hidden()
