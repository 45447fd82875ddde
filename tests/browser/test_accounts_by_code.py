"""Joining, getting back in and changing the address, with codes by email."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect

from browser.conftest import PASSWORD, ROOT, Board, Windows, fits, unique, wait_until_served
from support.fake_smtp import FakeSmtpServer, free_port

SMALL = {"width": 360, "height": 800}
NEW_PASSWORD = "a new light on the old pier"


class MailBoard(Board):
    """A served board that sends mail, and what has arrived."""

    def __init__(self, folder: Path) -> None:
        self.mailbox = FakeSmtpServer()
        port = free_port()
        self.mail_server = Controller(self.mailbox, hostname="127.0.0.1", port=port)
        self.mail_server.start()
        super().__init__(
            folder,
            BOARD_MAIL_SERVER=f"smtp://127.0.0.1:{port}",
            BOARD_MAIL_FROM="desk@harbour.example",
            BOARD_ORIGIN="{url}",
        )

    def stop(self) -> None:
        super().stop()
        self.mail_server.stop()

    def texts(self, address: str) -> list[str]:
        """The emails to this address, after those that wait were sent."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "mail", "send"]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True)
        return [message.get_content() for to, message in self.mailbox.messages if to == address]

    def code(self, address: str) -> str:
        found = re.search(r"\d{4} \d{4}", self.texts(address)[-1])
        assert found
        return found[0]


@pytest.fixture(scope="module")
def mail_board(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailBoard]:
    board = MailBoard(tmp_path_factory.mktemp("mail-board"))
    try:
        wait_until_served(board)
        yield board
    finally:
        board.stop()


@pytest.fixture
def mail_window(chromium: Browser, mail_board: MailBoard) -> Iterator[Windows]:
    windows = Windows(chromium, mail_board, {})
    yield windows
    windows.close()
    assert windows.unexpected_problems == []


@pytest.fixture(params=["ko", "en", "without scripts"])
def page(request: pytest.FixtureRequest, mail_window: Windows) -> Page:
    """A telephone, in each language, and without scripts."""
    page = mail_window(java_script_enabled=request.param != "without scripts", viewport=SMALL)
    if request.param == "en":
        page.goto("/?lang=en")
        page.context.add_cookies([{"name": "lang", "value": "en", "url": mail_window.board.url}])
    return page


def article(page: Page) -> str:
    """The path of the first article on the front page."""
    page.goto("/")
    path = page.locator("main a[href^='/articles/']").first.get_attribute("href")
    assert path
    return path.partition("#")[0].partition("?")[0]


def fill_sign_up(page: Page, name: str, email: str, path: str) -> None:
    page.goto(f"/sign-up?next={path}")
    page.fill("[name=email]", email)
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.check("[name=of_age]")
    assert fits(page)
    page.click("main button.primary")


def address_for(name: str) -> str:
    return f"{name.split()[-1]}@pier.example"


def type_code(page: Page, code: str) -> None:
    page.fill("[name=code]", code)
    page.click("form[action='/verify'] button")


def join(page: Page, board: MailBoard) -> tuple[str, str]:
    """Joins. Returns the path one came from and the address."""
    name, path = unique("소라"), article(page)
    email = address_for(name)
    fill_sign_up(page, name, email, path)
    expect(page.locator("main")).to_contain_text(email)
    assert fits(page)
    type_code(page, board.code(email))
    expect(page.locator(".account-link")).to_have_text(name)
    assert page.url == board.url + path
    return path, email


def test_a_reader_joins_by_code_and_is_back_on_the_article(
    page: Page, mail_board: MailBoard
) -> None:
    join(page, mail_board)


def test_a_forgotten_password_is_replaced_by_code(
    page: Page, mail_window: Windows, mail_board: MailBoard
) -> None:
    path, email = join(page, mail_board)
    page.context.clear_cookies(name="board_session")
    page.goto(f"/sign-in?next={path}")
    page.click("main a[href^='/sign-in/forgot']")
    page.fill("[name=email]", email)
    assert fits(page)
    page.click("main button.primary")
    mail_window.allow("status of 422")
    type_code(page, "0000 0000")
    expect(page.locator(".problem")).to_be_visible()
    assert fits(page)
    type_code(page, mail_board.code(email))
    page.fill("[name=password]", NEW_PASSWORD)
    assert fits(page)
    page.click("main button.primary")
    expect(page.locator(".notice")).to_be_visible()
    page.fill("[name=email]", email)
    page.fill("[name=password]", NEW_PASSWORD)
    page.click("main button.primary")
    page.wait_for_url(mail_board.url + path, timeout=30_000)
    expect(page.locator(".account-link")).to_be_visible()


def test_an_address_typed_wrong_is_mended_and_nothing_is_typed_again(
    page: Page, mail_board: MailBoard
) -> None:
    name, path = unique("미역"), article(page)
    local = name.split()[-1]
    fill_sign_up(page, name, f"{local}@naver.con", path)
    expect(page.locator("main")).to_contain_text(f"{local}@naver.com")
    assert fits(page)
    assert mail_board.texts(f"{local}@naver.con") == []
    page.locator("main button.primary").click()
    expect(page.locator("[name=code]")).to_be_visible()
    page.click(".other-address summary")
    page.fill(".other-address [name=email]", address_for(name))
    assert fits(page)
    page.click(".other-address button")
    expect(page.locator("main")).to_contain_text(address_for(name))
    type_code(page, mail_board.code(address_for(name)))
    expect(page.locator(".account-link")).to_have_text(name)


def test_the_address_is_changed_on_the_account_page_and_undone_by_the_link(
    page: Page, mail_window: Windows, mail_board: MailBoard
) -> None:
    _, email = join(page, mail_board)
    new = f"new.{email}"
    page.goto("/account")
    expect(page.locator("main")).to_contain_text(email)
    page.click("a[href='/account/email']")
    page.fill("[name=email]", new)
    page.fill("[name=password]", PASSWORD)
    assert fits(page)
    page.click("form[action='/account/email'] button:not(.show-password)")
    type_code(page, mail_board.code(new))
    expect(page.locator("main .typed")).to_have_text(new)
    link = re.search(r"http://\S+/account/email/undo\S+", mail_board.texts(email)[-1])
    assert link
    page.goto(link[0])
    assert fits(page)
    page.click("main button.primary")
    expect(page.locator("h1")).to_be_visible()
    assert "/sign-in/forgot" in page.url


def test_a_typed_password_can_be_shown_and_is_hidden_again_when_sent(
    mail_window: Windows, mail_board: MailBoard
) -> None:
    page = mail_window(viewport=SMALL)
    page.goto("/sign-in")
    page.fill("[name=password]", PASSWORD)
    show = page.get_by_role("button", name="비밀번호 보기")
    show.click()
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(page.locator("[name=password]")).to_have_attribute("type", "password")
