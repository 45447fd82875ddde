"""Browser tests: a served board, and windows in which no error goes unnoticed."""

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import (
    APIRequestContext,
    Browser,
    BrowserContext,
    Page,
    expect,
    sync_playwright,
)

from board.db import now
from board.db.engine import sqlite
from support.wait import until

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
NO_LIMITS = {
    "BOARD_COMMENT_INTERVAL_SECONDS": "0",
    "BOARD_COMMENTS_PER_DAY": "0",
    "BOARD_ROOT_COMMENTS_PER_ARTICLE": "0",
    "BOARD_SAME_TEXT_HOURS": "0",
    "BOARD_REACTIONS_PER_DAY": "0",
    "BOARD_REACTION_INTERVAL_SECONDS": "0",
    "BOARD_REPORTS_PER_DAY": "0",
    "BOARD_SIGN_UPS_PER_HOUR": "0",
    "BOARD_REPORTS_TO_QUEUE": "0",
}
REPLY = 'form[data-write]:has([name=parent]:not([value=""]))'
PASSWORD = "lighthouse keeper at dusk"
NOTE_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error("CSP", event.violatedDirective, event.blockedURI, event.sample))"""

_numbers = itertools.count()


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways. Between two pages there is a moment with no root."""
    root = "document.documentElement"
    result = page.wait_for_function(f"{root} && [{root}.scrollWidth <= innerWidth]")
    return bool(result.json_value()[0])


def unique(word: str) -> str:
    """A unique name, in letters of which none looks like others: those count as the same."""
    letters = "abcdefghjkmnpqstuwxyz"
    hundreds, number = divmod(next(_numbers), len(letters) ** 2)
    return f"{word} " + "".join(letters[each] for each in (hundreds, *divmod(number, len(letters))))


class Board:
    """The production server with the sample board. `{url}` in a setting is its address."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        settings = {name: value.format(url=self.url) for name, value in settings.items()}
        self.env = {**os.environ, **NO_LIMITS, **settings, "BOARD_INSTANCE": str(folder)}
        serve = ["-m", "flask", "--app", "wsgi", "serve", "--sample", "--port", str(port)]
        self.process = subprocess.Popen(
            [sys.executable, *serve],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)

    def credentials(self, name: str) -> tuple[str, str]:
        """E-mail and password of ada, mo or tess."""
        accounts = json.loads((self.folder / "sample-accounts.json").read_text())
        email = f"{name}@harbour.example"
        return email, accounts[email][0]

    def backup_codes(self, name: str) -> list[str]:
        """The backup codes of mo or tess, each valid once; the last one is used to sign in here."""
        accounts = json.loads((self.folder / "sample-accounts.json").read_text())
        codes: list[str] = accounts[f"{name}@harbour.example"][3:]
        return codes

    def renew_sessions(self) -> None:
        """Make all sessions as new: the cookies of `states` may be from half an hour ago."""
        moment = f"{now().replace(tzinfo=None)}"
        with closing(sqlite.connect(self.folder / "board.db", timeout=30)) as database, database:
            database.execute("UPDATE session SET password_at = ?1, seen_at = ?1", [moment])
            database.execute(
                "UPDATE session SET second_factor_at = ?1 WHERE second_factor_at IS NOT NULL",
                [moment],
            )


class Windows:
    """Opens browser windows, and records problems: errors, dialogs, requests to third parties."""

    def __init__(self, browser: Browser, board: Board, states: dict[str, Any]) -> None:
        self.browser, self.board, self.states = browser, board, states
        self.contexts: list[BrowserContext] = []
        self._requests: dict[str, APIRequestContext] = {}
        self.problems: list[str] = []
        self.allowed: list[str] = []

    def __call__(self, who: str | None = None, **options: Any) -> Page:
        """A new window for `who` (ada, mo, tess, or a guest), at the size of a laptop."""
        options.setdefault("viewport", {"width": 1280, "height": 900})
        options.setdefault("reduced_motion", "reduce")
        state = self.states[who] if who else None
        context = self.browser.new_context(
            base_url=self.board.url, locale="ko-KR", storage_state=state, **options
        )
        context.set_default_timeout(10_000)
        context.add_init_script(NOTE_VIOLATIONS)
        self.contexts.append(context)
        page = context.new_page()
        self._record_problems(page)
        return page

    def requests(self, who: str) -> APIRequestContext:
        """Requests of `who` without a window, which takes Chromium a second to open."""
        if who not in self._requests:
            state = self.states[who]
            context = self.browser.new_context(base_url=self.board.url, storage_state=state)
            self.contexts.append(context)
            self._requests[who] = context.request
        return self._requests[who]

    def allow(self, *texts: str) -> None:
        """Problems that this test provokes, such as "status of 422"."""
        self.allowed += texts

    def _record_problems(self, page: Page) -> None:
        ours = urlsplit(self.board.url).netloc
        record = self.problems.append
        page.on("pageerror", lambda error: record(f"script: {error}"))
        page.on("dialog", lambda dialog: (record(f"dialog: {dialog.message}"), dialog.dismiss()))

        def record_failure(request: Any) -> None:
            if request.failure != "net::ERR_ABORTED":  # cancelled because the page was left
                record(f"failed: {request.url} {request.failure}")

        def record_console(message: Any) -> None:
            if message.type in ("error", "warning"):
                record(f"console: {message.text}")

        def record_third_party(request: Any) -> None:
            address = urlsplit(request.url)
            if address.scheme != "data" and address.netloc != ours:
                record(f"third party: {request.url}")

        page.on("requestfailed", record_failure)
        page.on("console", record_console)
        page.on("request", record_third_party)

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    @property
    def unexpected_problems(self) -> list[str]:
        return [text for text in self.problems if not any(each in text for each in self.allowed)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def skip(reason: str) -> NoReturn:
    """What this machine lacks is a reason to skip a test, and in CI a failure."""
    if os.environ.get("BOARD_TESTS_SKIP_NOTHING"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not path:
        skip(f"needs a browser: none of {', '.join(CHROMIUM)} is on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def board(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    board = Board(tmp_path_factory.mktemp("board"))
    try:
        wait_until_served(board)
        yield board
    finally:
        board.stop()


def wait_until_served(board: Board) -> None:
    def is_served() -> bool:
        assert board.process.poll() is None, "the server ended"
        with socket.socket() as probe:
            probe.settimeout(2)
            return probe.connect_ex(("127.0.0.1", urlsplit(board.url).port)) == 0

    until(is_served, "the server starts")


@pytest.fixture(scope="session")
def states(chromium: Browser, board: Board) -> dict[str, Any]:
    """The cookies of ada, mo and tess, each signed in once through the form."""
    return {name: _signed_in(chromium, board, name) for name in ("ada", "mo", "tess")}


def _signed_in(browser: Browser, board: Board, name: str) -> Any:
    with browser.new_context(base_url=board.url) as context:
        page = context.new_page()
        sign_in(page, *board.credentials(name))
        if "/sign-in/code" in page.url:
            page.fill("[name=code]", board.backup_codes(name).pop())
            page.click("main button.primary")
            expect(page).to_have_url(f"{board.url}/")
        return context.storage_state()


@pytest.fixture
def window(
    request: pytest.FixtureRequest, chromium: Browser, board: Board, states: dict[str, Any]
) -> Iterator[Windows]:
    """Opens windows; at the end there must be no error and no request to a third party."""
    board.renew_sessions()
    windows = Windows(chromium, board, states)
    yield windows
    windows.close()
    assert windows.unexpected_problems == []


@pytest.fixture
def article(window: Windows) -> str:
    """The path of a new article that nobody has commented on."""
    return publish(window, title=unique("부두의 저녁"))


def publish(window: Windows, **fields: str) -> str:
    """tess publishes an article. Returns its path."""
    desk = window.requests("tess")
    fields.setdefault("body", "첫 문단입니다.\n\n둘째 문단입니다.")
    answer = desk.post(
        "/desk/articles/new",
        form=fields,
        headers={"Origin": window.board.url},
        max_redirects=0,
    )
    assert answer.status == 303
    return urlsplit(answer.headers["location"]).path.removeprefix("/desk")


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    if "/sign-in" not in page.url:
        page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.click("main button.primary")
    page.wait_for_selector("a.account-link")


def run_command(board: Board, *words: str) -> str:
    """The output of a command on this board."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**os.environ, "BOARD_INSTANCE": str(board.folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def set_up_second_factor(page: Page) -> str:
    """The first step of new staff: set up two-step verification. Returns the TOTP secret."""
    secret = page.inner_text("#second-secret").replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click("main button.primary")
    expect(page.locator("#second-codes li")).to_have_count(10)
    page.click("main a.primary")
    return secret


def sign_up(page: Page, name: str, path: str = "/") -> None:
    """A new reader makes an account, signs in, and arrives at `path`."""
    email = f"reader.{name.split()[-1]}@harbour.example"
    page.goto(f"/sign-up?next={path}")
    page.fill("[name=email]", email)
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.check("[name=of_age]")
    page.click("main button.primary")
    expect(page.locator(".notice")).to_be_visible()
    sign_in(page, email)


def say(window: Windows, path: str, text: str, *, who: str = "ada", parent: str = "") -> str:
    """Post a comment without a window. Returns its address."""
    answer = window.requests(who).post(
        f"{path}/comments",
        form={"body": text, "parent": parent, "key": unique("key")},
        headers={"Origin": window.board.url},
        max_redirects=0,
    )
    assert answer.status == 303
    return answer.headers["location"]


def until_in_page(page: Page, holds: Callable[[], object], what: str) -> None:
    """As `until`, but events of the page and its network are handled while waiting."""
    until(holds, what, pause=lambda: page.wait_for_timeout(10))


@contextmanager
def without_reload(page: Page) -> Iterator[None]:
    """Fails if the page is loaded again inside the block."""
    page.evaluate("window.untouched = true")
    yield
    assert page.evaluate("window.untouched") is True
