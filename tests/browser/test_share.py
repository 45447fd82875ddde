"""Sharing an article: by the system's own sheet first, then by service, then by its address."""

from playwright.sync_api import expect

ARTICLE = "/articles/night-bus"
SHARE = "[data-share]"
TITLE = "“버스가 끊긴 저녁, 시장은 골목부터 다시 걷기로 했다”"


def with_sheet(window, answer="Promise.resolve()", **options):
    """A window of a device whose sheet answers so. What it was given is in `window.shared`."""
    page = window(**options)
    page.add_init_script(
        "window.shared = []; Object.defineProperty(navigator, 'share', "
        f"{{ value: (data) => {{ shared.push(data); return {answer}; }} }})"
    )
    return page


def test_the_sheet_gets_the_headline_and_the_plain_address(window):
    page = with_sheet(window)
    page.goto(f"{ARTICLE}?sort=liked#thread")

    page.click(SHARE)

    given = {"title": TITLE, "url": f"{window.board.url}{ARTICLE}"}
    assert page.evaluate("shared") == [given]
    expect(page.locator("#status")).to_have_text("")


def test_it_stands_first_and_everything_has_an_icon_and_a_name(window):
    page = with_sheet(window, viewport={"width": 360, "height": 740})
    page.goto(ARTICLE)
    tools = page.locator(".share :is(a, button)")

    assert [name.strip() for name in tools.all_inner_texts()] == [
        "공유", "페이스북", "X", "카카오스토리", "밴드", "주소 복사",
    ]  # fmt: skip
    for tool in tools.all():
        expect(tool.locator("svg")).to_be_visible()
        assert tool.bounding_box()["height"] >= 44


def test_closing_the_sheet_says_nothing(window):
    page = with_sheet(window, "Promise.reject(new DOMException('closed', 'AbortError'))")
    page.goto(ARTICLE)

    page.click(SHARE)

    page.wait_for_function("shared.length === 1")
    expect(page.locator("#status")).to_have_text("")


def test_a_sheet_that_fails_copies_the_address(window):
    page = with_sheet(window, "Promise.reject(new DOMException('no', 'NotAllowedError'))")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ARTICLE)

    page.click(SHARE)

    expect(page.locator("#status")).to_have_text("주소를 복사했습니다.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{window.board.url}{ARTICLE}"


def test_where_there_is_no_sheet_the_address_is_copied(window):
    page = window()
    page.add_init_script("Object.defineProperty(navigator, 'share', { value: undefined })")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{ARTICLE}?sort=liked")

    page.click(SHARE)

    expect(page.locator("#status")).to_have_text("주소를 복사했습니다.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{window.board.url}{ARTICLE}"


def test_without_scripts_the_links_are_links(window):
    page = window(java_script_enabled=False)
    page.goto(ARTICLE)

    expect(page.locator(".tools button >> visible=true")).to_have_count(0)
    links = page.locator(".share a")
    expect(links).to_have_count(4)
    for link in links.all():
        expect(link).to_be_visible()
        assert link.get_attribute("href").startswith("https://")
