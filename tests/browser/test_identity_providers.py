"""Kakao and Naver at their fake, in a browser that holds forms to where they may lead."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Board, Windows, fits, sign_in, unique, wait_until_served
from support.fake_providers import SETTINGS, FakeProviders
from support.wait import until

SMALL = {"width": 360, "height": 800}
OTHER_SITE = "localhost"  # the board is at 127.0.0.1, so what leads back comes from another site


@pytest.fixture(scope="module")
def provider_board(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Board, FakeProviders]]:
    with FakeProviders().served() as fake:
        fake.url = fake.url.replace("127.0.0.1", OTHER_SITE)
        settings = {f"BOARD_{name}": value for name, value in SETTINGS.items()}
        settings["BOARD_FAKE_PROVIDERS"] = fake.url
        board = Board(tmp_path_factory.mktemp("provider-board"), **settings)
        try:
            wait_until_served(board)
            keys = "/kauth.kakao.com/.well-known/jwks.json"
            until(lambda: keys in fake.asked, "the worker asks the providers")
            yield board, fake
        finally:
            board.stop()


@pytest.fixture
def provider_window(
    chromium: Browser, provider_board: tuple[Board, FakeProviders]
) -> Iterator[Windows]:
    windows = Windows(chromium, provider_board[0], {})
    windows.allow(f"third party: {provider_board[1].url}")
    yield windows
    windows.close()
    assert windows.unexpected_problems == []


# In each language and without scripts, and who they are at the provider then.
PAGES = {"ko": "1001", "en": "1002", "without scripts": "1003"}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, provider_window: Windows) -> Page:
    """A telephone."""
    return telephone(provider_window, request.param)


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> str:
    return PAGES[request.node.callspec.params["page"]]


def telephone(window: Windows, kind: str) -> Page:
    page = window(java_script_enabled=kind != "without scripts", viewport=SMALL)
    if kind == "en":
        page.context.add_cookies([{"name": "lang", "value": "en", "url": window.board.url}])
    return page


def be(page: Page, subject: str) -> None:
    """On the page of the provider."""
    page.click(f"a:text-is('{subject}')")


def choose_name(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    page.check("[name=of_age]")
    page.click("main button.primary")
    page.wait_for_selector("a.account-link")


@pytest.mark.parametrize("provider", ["kakao", "naver"])
def test_somebody_new_joins_and_comes_again(
    page: Page, subject: str, provider_board: tuple[Board, FakeProviders], provider: str
) -> None:
    name = unique("소라")
    page.goto("/rulings")
    page.click("header a[href^='/sign-in']")
    box = page.locator(f".provider-{provider}").bounding_box()
    assert box and box["height"] >= 44 and fits(page)
    page.click(f".provider-{provider}")
    expect(page).to_have_url(re.compile(re.escape(provider_board[1].url)))
    be(page, subject)
    expect(page).to_have_url(re.compile("/sign-up/with$"))
    assert fits(page)
    choose_name(page, name)
    expect(page).to_have_url(re.compile("/rulings$"))

    page.click("header form button")
    page.click("header a[href^='/sign-up']")
    page.click(f".provider-{provider}")
    be(page, subject)
    expect(page.locator("a.account-link")).to_have_text(name)


def test_who_cancels_is_back_and_reads_so(page: Page) -> None:
    page.goto("/sign-in?next=/rulings")
    page.click(".provider-kakao")
    page.click("text=취소")

    expect(page.locator(".notice.refusal")).to_be_visible()
    expect(page.locator("[name=next]").first).to_have_value("/rulings")


def test_a_like_is_finished_after_signing_in_with_a_provider(provider_window: Windows) -> None:
    page = telephone(provider_window, "ko")
    page.goto("/")
    page.locator("main a[href^='/articles/']").first.click()
    like = page.locator("[data-react] button").first
    like.click()
    page.get_by_role("dialog").get_by_role("link", name="로그인").click()
    page.click(".provider-kakao")
    be(page, "2001")
    choose_name(page, unique("바다"))

    expect(page).to_have_url(re.compile(r"notice=liked#comment-\d+$"))
    expect(page.locator(".notice").first).to_have_text("이 댓글에 공감하셨습니다.")


def test_ada_links_naver_and_unlinks_it(provider_window: Windows) -> None:
    page = telephone(provider_window, "ko")
    sign_in(page, *provider_window.board.credentials("ada"))
    page.goto("/account/sign-in-methods")
    page.get_by_role("button", name="연결, 네이버", exact=True).click()
    be(page, "3001")
    expect(page.locator(".notice").first).to_contain_text("연결했습니다")
    assert fits(page)
    page.get_by_role("button", name="연결 해제, 네이버").click()
    expect(page.locator(".notice").first).to_contain_text("연결을 해제했습니다")
    expect(page.get_by_role("button", name="연결, 네이버", exact=True)).to_be_visible()


def test_in_the_browser_of_kakaotalk_google_has_a_way_out(provider_window: Windows) -> None:
    page = provider_window(
        viewport=SMALL, user_agent="Mozilla/5.0 (Linux; Android 15) KAKAOTALK/11"
    )
    page.goto("/sign-in")
    link = page.get_by_role("link", name="브라우저에서 열기")

    expect(link).to_have_attribute("href", re.compile("^kakaotalk://web/openExternal"))
    assert fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violations_on_pages_with_buttons(
    provider_window: Windows, theme: str
) -> None:
    page = provider_window(viewport=SMALL, color_scheme=theme, bypass_csp=True)
    violations = {}

    def look(path: str) -> None:
        if path:
            page.goto(path)
        response = Axe().run(page, options={"resultTypes": ["violations"]}).response
        violations.update(
            {(page.url, each["id"]): [node["html"][:100] for node in each["nodes"]]
             for each in response["violations"]}
        )  # fmt: skip

    look("/sign-in")
    look("/sign-up")
    page.click(".provider-kakao")
    be(page, {"light": "4001", "dark": "4002"}[theme])
    page.wait_for_selector("[name=of_age]")
    look("")
    choose_name(page, unique("파도"))
    look("/account/sign-in-methods")
    look("/account")

    assert violations == {}
