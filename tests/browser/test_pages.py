"""Rules for every page: nothing overflows, every control is reachable, no third party."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from board.web import static_files
from browser.conftest import Windows, say

ARTICLE = "/articles/night-bus"
SHORT = "/articles/library-hours"  # one comment


class Place(NamedTuple):
    """A page as one person sees it: after a click on `press`, `shows` is visible."""

    name: str
    path: str
    who: str | None = None
    press: str = ""
    shows: str = "main h1"


def places(window: Windows) -> list[Place]:
    # By tess, since mo needs to read none of her other comments: a block lasts.
    to_block = say(window, SHORT, "접힐 댓글", who="tess")
    hidden = hide(window, say(window, SHORT, "숨길 댓글"))
    say(window, SHORT, "내 댓글에 보일 댓글")  # the newest, so the first on the page
    stranger = f"/comments/{to_block.split('#comment-')[1]}"
    block(window, stranger)
    guest = window()
    guest.goto(ARTICLE)
    older = guest.locator("a[data-more]").get_attribute("href") or ""
    guest.goto("/articles/fish-market-rent")
    edited = guest.locator(".edited").get_attribute("href") or ""
    return [
        Place("front", "/"),
        Place("article", ARTICLE),
        Place("featured comments", "/articles/sea-wall", shows=".featured li"),
        Place("a person", person_of(window, guest), shows=".disc"),
        Place("older comments", older),
        Place("closed thread", "/articles/harbour-festival"),
        Place("slowed thread", "/articles/school-library"),
        Place("threads at the desk", "/desk/threads", "mo"),
        Place("threads steered earlier", "/desk/threads/history", "mo"),
        Place(
            "steer a thread, refused",
            "/desk/threads/steer",
            "mo",
            ".desk-content .primary",
            ".problem",
        ),
        Place("election mode", "/desk/threads/steer?preset=election", "mo"),
        Place("most liked first", f"{ARTICLE}?sort=liked"),
        Place("found", f"{ARTICLE}/comments/search?q=버스"),
        Place("nothing found", f"{ARTICLE}/comments/search?q=코끼리"),
        Place("a very long headline", "/articles/half-lit-night"),
        Place("sign in", "/sign-in"),
        Place("sign up, with errors", "/sign-up", press="main button.primary", shows=".problem"),
        Place("rulings", "/rulings"),
        Place("figures", "/transparency"),
        Place("taken down", "/transparency/takedowns"),
        Place("terms", "/terms"),
        Place("youth protection", "/terms/youth"),
        Place("sign up, with the terms", "/sign-up"),
        Place("claim of rights", "/report/rights"),
        Place("claim, errors", "/report/rights", press="main button.primary", shows=".problem"),
        Place("status of a claim", "/report/rights/status"),
        Place("what a comment said before", edited),
        Place("no such page", "/nowhere"),
        Place("before a tip", "/tips"),
        Place("new tip", "/tips/new"),
        Place("new tip, refused", "/tips/new", press="main button.primary", shows=".problem"),
        Place("door of a tip", "/tips/box"),
        Place("door of the tips", "/desk/tips/unlock", "tess"),
        Place("lost passphrase", "/desk/tips/recover", "tess"),
        Place("new key", "/desk/tips/start", "tess"),
        Place("second factor", "/account/second-factor", "mo"),
        Place("another telephone", "/account/second-factor/enrol", "mo"),
        Place("wrong digits", "/account/second-factor/enrol", "mo", "main .primary", ".problem"),
        Place("article, reader", ARTICLE, "ada"),
        Place("edit", f"{stranger}/edit", "ada"),
        Place("edit box", SHORT, "ada", ".own-comment [data-edit] >> nth=0", "[data-edits]"),
        Place("reply box", SHORT, "ada", "a[data-reply] >> nth=0", "[data-opened]"),
        Place("account", "/account", "ada"),
        Place("sign-in methods", "/account/sign-in-methods", "ada"),
        Place("own page", "/account/profile", "ada"),
        Place("menu of a comment", SHORT, "ada", "a.menu-link >> nth=-1", ".menu"),
        Place("nobody blocked", "/account/muted", "ada"),
        Place("options of a comment", f"{stranger}#options", "ada", shows="#options"),
        Place("a folded comment", stranger, "mo", shows="summary"),
        Place("people blocked", "/account/muted", "mo"),
        Place("own comments", "/account/comments", "ada"),
        Place("own comments, found", "/account/comments?q=댓글", "ada"),
        Place("not allowed", "/desk", "ada"),
        Place("article, moderator", "/articles/sea-wall", "mo"),
        Place("hide", SHORT, "mo", "[href$='#hide'] >> nth=0", "dialog"),
        Place("comment, moderator", "/comments/1", "mo"),
        Place("appeals", "/desk/appeals", "mo"),
        Place("rights claims", "/desk/claims", "mo"),
        Place("search of claims", "/desk/claims/search?state=closed", "mo"),
        Place("orders", "/desk/orders", "mo"),
        Place("user data", "/desk/disclosures", "mo"),
        Place("barred texts", "/desk/barred", "mo"),
        Place("case file", "/desk/comments/1/case", "mo"),
        Place("log at the desk", "/desk/rulings", "mo"),
        Place("hidden comment, moderator", f"{hidden}#restore", "mo", shows="#restore"),
        Place("own hidden comment", hidden, "ada", shows="blockquote"),
        Place("thread with an own hidden comment", SHORT, "ada", shows=".removed-comment .badge"),
        Place("appeal", hidden, "ada", "main a[href$='/appeal']", "#text"),
        Place("notifications", "/account/notices", "ada"),
        Place("rules", "/desk/rules", "mo"),
        Place("rules of a category", "/desk/rules?category=spam&q=대출", "mo"),
        Place("a sign other than words", "/desk/rules/1", "mo", "summary", "#threshold"),
        Place("a word rule", "/desk/rules/5", "mo", "summary >> nth=1", "#text"),
        Place("new rule", "/desk/rules/new", "mo"),
        Place("trial of a rule", rule_test(window), "mo"),
        Place("innocent words", "/desk/rules/allowed", "mo"),
        Place("bring in a list", "/desk/rules/import", "mo"),
        Place("articles at the desk", "/desk/articles", "tess"),
        Place("new article", "/desk/articles/new", "tess"),
        Place("editor", f"/desk{ARTICLE}", "tess"),
        Place("authors of an article", f"/desk{ARTICLE}/authors", "tess"),
        Place("feature a comment", SHORT, "tess", "a.menu-link >> nth=-1", "[data-feature-link]"),
        Place("delete an article", f"/desk{ARTICLE}/delete", "tess"),
        Place("threads, editor", "/desk/threads", "tess"),
    ]


def person_of(window: Windows, guest: Page) -> str:
    """The path of the page of ada, who has opened it."""
    page = window("ada", java_script_enabled=False)
    page.goto("/account/profile")
    page.get_by_label("댓글 목록까지").check()
    page.click("main button.primary")
    expect(page.locator(".notice")).to_be_visible()
    guest.goto(SHORT)
    return guest.get_by_role("link", name="ada", exact=True).first.get_attribute("href") or ""


def block(window: Windows, comment: str) -> None:
    """mo blocks the author of `comment`, unless already blocked."""
    page = window("mo", java_script_enabled=False)
    page.goto(f"{comment}#mute")
    if page.locator("#mute").count():
        page.click("#mute button.primary")
        expect(page.locator(".notice")).to_be_visible()


def hide(window: Windows, address: str) -> str:
    """mo hides the comment at this address. Returns the path of its page."""
    path = f"/comments/{address.split('#comment-')[1]}"
    answer = window.requests("mo").post(
        f"{path}/hide",
        form={"reason": "abuse"},
        headers={"Origin": window.board.url},
        max_redirects=0,
    )
    assert answer.status == 303
    return path


def rule_test(window: Windows) -> str:
    """The URL of a rule test, with a word that is in many comments of the sample."""
    page = window("mo")
    page.goto("/desk/rules/new")
    page.get_by_label("단어 또는 패턴").fill("버스")
    page.get_by_role("button", name="미리 검사").click()
    expect(page.locator("mark").first).to_be_visible()
    return page.url


def visit_all(window: Windows, lang: str, **options: object) -> Iterator[tuple[Place, Page]]:
    """Each page, one after the other, in a window of the person it is for."""
    window.allow("status of 404", "status of 403", "status of 422")
    pages: dict[str | None, Page] = {}
    for place in places(window):
        if place.who not in pages:
            pages[place.who] = window(place.who, **options)
            cookie = {"name": "lang", "value": lang, "url": window.board.url}
            pages[place.who].context.add_cookies([cookie])  # type: ignore[list-item]
        page = pages[place.who]
        page.goto(place.path)
        if place.press:
            page.click(place.press)
        expect(page.locator(place.shows).first, place.name).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", lang)
        yield place, page


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_axe_finds_no_violations(window, lang, theme):
    violations = {}
    for place, page in visit_all(window, lang, color_scheme=theme, bypass_csp=True):
        response = Axe().run(page, options={"resultTypes": ["violations"]}).response
        for violation in response["violations"]:
            nodes = [node["html"][:100] for node in violation["nodes"]]
            violations[place.name, violation["id"]] = nodes

    assert violations == {}


OVERFLOW = """() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    by: [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .filter((each) => !each.closest(".visually-hidden, .skip, table"))
        .map((each) => each.outerHTML.slice(0, 80)).slice(-2),
})"""


TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter((each) => !each.closest(".text, .body, .skip, .removed-comment, .problem, h1, h2"))
    .filter((each) => !each.closest(".form-links"))
    .filter((each) => each.checkVisibility() && !each.matches(".choice input, .words-hide"))
    .map((each) => [each.getBoundingClientRect(), each.outerHTML.slice(0, 90)])
    .filter(([box]) => box.width && Math.min(box.width, box.height) < 44 - .5)
    .map(([box, html]) => `${Math.round(box.width)} × ${Math.round(box.height)} ${html}`)"""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_small_screens_and_large_text_need_no_sideways_scrolling_and_targets_are_large(
    window, lang
):
    too_wide, too_small = {}, {}
    for place, page in visit_all(window, lang):
        for width, text in ((1280, "200%"), (360, "200%"), (360, "100%"), (320, "100%")):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", text)
            measured = page.evaluate(OVERFLOW)
            if measured["wide"] > 0:
                too_wide[place.name, width, text] = measured
        if targets := page.evaluate(TARGETS):
            too_small[place.name] = targets
        page.set_viewport_size({"width": 1280, "height": 900})

    assert too_wide == {}
    assert too_small == {}


FOCUSED = """() => {
    const on = document.activeElement;
    if (on === document.body) return null;
    const form = on.closest(".comment-form") ?? on;
    const [own, box] = [on, form].map((each) => getComputedStyle(each));
    const { width, height } = on.getBoundingClientRect();
    const marked = own.outlineStyle !== "none" && parseFloat(own.outlineWidth) >= 2;
    const boxed = on.matches(".comment-form textarea") && box.boxShadow !== "none";
    const place = [...document.querySelectorAll("*")].indexOf(on);
    return [place, on.outerHTML.slice(0, 90), (marked || boxed) && width > 1 && height > 1];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keyboard_reaches_every_control_and_focus_is_visible(window, article, theme):
    page = window("mo", color_scheme=theme)
    page.goto(article)
    expect(page.locator(".character-count")).to_have_text("0 / 300")
    seen = []
    while True:
        page.keyboard.press("Tab")
        if (focused := page.evaluate(FOCUSED)) is None or focused in seen:
            break
        seen.append(focused)

    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(page.locator(".headline-bar")).to_be_hidden()  # it has its own test
    controls = page.locator("a:visible, button:visible, textarea:visible").count()
    assert [html for _, html, is_visible in seen if not is_visible] == []
    assert len(seen) == controls


def test_the_skip_link_leads_past_the_header(window):
    page = window()
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip a")).to_be_focused()
    expect(page.locator(".skip a")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.locator(".story h2 a").first).to_be_focused()


SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_first_visit_to_an_article_loads_little_and_nothing_shifts(window, width):
    page = window(viewport={"width": width, "height": 900})
    page.add_init_script(SHIFTS)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    kinds: dict[str, str] = {}
    weights: dict[str, int] = {}
    network.on("Network.responseReceived", lambda on: kinds.update({on["requestId"]: on["type"]}))
    network.on(
        "Network.loadingFinished",
        lambda on: weights.update({on["requestId"]: int(on["encodedDataLength"])}),
    )

    page.goto(ARTICLE, wait_until="networkidle")
    page.evaluate(SETTLED)

    text = sum(weight for id, weight in weights.items() if kinds[id] != "Image")
    assert 5_000 < text < 40_000
    assert len(kinds) <= 6
    assert kinds.keys() == weights.keys()
    assert page.evaluate("window.shifted") == 0


def test_form_errors_are_listed_in_the_order_of_the_fields(window):
    page = window()
    window.allow("status of 422")
    page.goto("/sign-up")
    page.click("main button.primary")
    expect(page.locator(".problem")).to_be_focused()

    links = page.locator(".problem a").evaluate_all("links => links.map((link) => link.hash)")

    assert links == ["#email", "#name", "#password", "#of_age"]
    page.locator(".problem a").nth(2).click()
    expect(page.locator("[name=password]")).to_be_focused()


RULES = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return [...sheet.cssRules].map((rule) => rule.cssText.replace(/\\s*([,()])\\s*/g, "$1"));
}"""


def test_the_served_style_sheet_has_the_rules_of_its_sources(window):
    sources = static_files.CSS_IMPORT.sub(
        lambda match: (static_files.FOLDER / "css" / match[1]).read_text(),
        (static_files.FOLDER / "css/board.css").read_text(),
    )
    page = window()
    served = page.request.get("/static/css/board.css").text()

    assert page.evaluate(RULES, served) == page.evaluate(RULES, sources)
