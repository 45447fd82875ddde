"""The order of comments that a reader chose is remembered on the device."""

from playwright.sync_api import expect

from browser.conftest import publish, say, unique

LATEST, OLDEST = "최신순", "과거순"
CURRENT = ".sort-tabs [aria-current]"


def comments(page):
    return page.locator("ol.comments > .comment .text").all_inner_texts()


def threads(window):
    """Two articles with two comments each. Returns their paths."""
    paths = [publish(window, title=unique("밤의 부두")) for _ in range(2)]
    for path in paths:
        for text in ("먼저 쓴 댓글", "나중에 쓴 댓글"):
            say(window, path, text)
    return paths


def choose(page, label):
    with page.expect_navigation():
        page.get_by_role("link", name=label, exact=True).click()


def test_the_order_chosen_on_one_article_is_that_of_the_next(window):
    here, there = threads(window)
    page = window()
    page.goto(here)
    expect(page.locator(CURRENT)).to_have_text(LATEST)

    choose(page, OLDEST)
    for path in (here, there, f"{there}/comments"):
        page.goto(path)
        expect(page.locator(CURRENT)).to_have_text(OLDEST)
        assert comments(page) == ["먼저 쓴 댓글", "나중에 쓴 댓글"]

    page.goto(f"{there}?sort=latest")
    expect(page.locator(CURRENT)).to_have_text(LATEST)
    page.goto(there)
    expect(page.locator(CURRENT)).to_have_text(OLDEST)


def test_choosing_newest_again_leaves_no_cookie(window):
    here, _ = threads(window)
    page = window()
    page.goto(here)
    choose(page, OLDEST)
    [cookie] = page.context.cookies(page.url)
    assert (cookie["name"], cookie["value"], cookie["path"]) == ("sort", "oldest", "/articles")
    assert page.context.cookies(f"{window.board.url}/tips") == []

    choose(page, LATEST)
    page.goto(here)

    expect(page.locator(CURRENT)).to_have_text(LATEST)
    assert page.context.cookies(page.url) == []


def test_a_new_comment_is_shown_to_its_author_in_any_order(window):
    here, _ = threads(window)
    page = window("ada")
    page.goto(here)
    choose(page, OLDEST)
    page.goto(here)

    page.fill("form[data-write] textarea", "맨 위에 설 댓글")
    page.click("form[data-write] button.primary")

    expect(page.locator("ol.comments > .comment .text").first).to_have_text("맨 위에 설 댓글")
    expect(page.locator(CURRENT)).to_have_text(LATEST)


def test_without_scripts_an_order_lasts_for_its_page(window):
    here, there = threads(window)
    page = window(java_script_enabled=False)
    page.goto(here)
    choose(page, OLDEST)
    expect(page.locator(CURRENT)).to_have_text(OLDEST)

    page.goto(there)

    expect(page.locator(CURRENT)).to_have_text(LATEST)
