"""Hostile text: script in a text stays text, wherever it is written and shown."""

from playwright.sync_api import Page, expect

from browser.conftest import PASSWORD, publish, say, unique

POLYGLOTS = [
    "<script>window.hacked=1;alert(1)</script>",
    "<img src=x onerror=\"window.hacked=1;alert(1)\">",
    "<svg onload=window.hacked=1><animate onbegin=alert(1) attributeName=x></svg>",
    "\"><details open ontoggle=window.hacked=1>",
    "' autofocus onfocus='window.hacked=1' x='",
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/["
    "*/[]/+alert(1)//'>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A//</stYle/</titLe/</teXtarEa/"
    "</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
    "<a href=\"javascript:alert(1)\">눌러 보세요</a>",
    "https://harbour.example/\"onmouseover=\"window.hacked=1",
    "http://harbour.example/'><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
    "onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<iframe srcdoc=\"<script>parent.hacked=1</script>\"></iframe>",
    "<form action=https://evil.example><button formaction=javascript:alert(1)>등록</button></form>",
    "<base href=https://evil.example/><meta http-equiv=refresh content=0;url=https://evil.example>",
    "{{ 7*7 }}${7*7}<%= 7*7 %>#{7*7}",
    "</template></script><script>alert(1)</script>",
]  # fmt: skip

DANGEROUS = """() => [...document.querySelectorAll("*")].flatMap((each) => {
    const scripted = ({ name, value }) =>
        /^(on.*|srcdoc|style|formaction)$/.test(name)
        || (/^(href|src|action)$/.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value));
    const foreign = "iframe, object, embed, base, meta[http-equiv], math, noscript, main style, "
        + "script:not([src^='/static/']):not([type='application/ld+json'])";
    const isDangerous = [...each.attributes].some(scripted) || each.matches(foreign);
    return isDangerous ? [each.outerHTML.slice(0, 120)] : [];
})"""


def dangerous_elements(page: Page) -> list[str]:
    """Elements that could run something, and 'hacked' if something did."""
    return page.evaluate(DANGEROUS) + (["hacked"] if page.evaluate("'hacked' in window") else [])


def test_comments_stay_text_on_every_page_that_shows_them(window, article):
    page = window("ada")
    page.goto(article)
    for number, text in enumerate(POLYGLOTS):
        page.locator("form[data-write] textarea").fill(text)
        page.locator("form[data-write] button.primary").click()
        expect(page.locator("[data-count]"), text).to_have_text(str(number + 1))
    texts = page.locator(".comment .text").all_inner_texts()
    assert texts == POLYGLOTS[::-1]
    assert dangerous_elements(page) == []

    newest = page.locator(".comment").first.get_attribute("id").replace("comment-", "")
    for path in (article, f"{article}/comments", f"/comments/{newest}", "/account/comments"):
        page.goto(path)
        assert dangerous_elements(page) == [], path


def test_a_refused_comment_is_shown_again_as_text(window, article):
    page = window("ada", java_script_enabled=False)
    window.allow("status of 422")
    long = POLYGLOTS[0] + "</textarea>" + POLYGLOTS[1] + "가" * 300
    page.goto(article)
    page.locator("form[data-write] textarea").fill(long)
    page.locator("form[data-write] button.primary").click()

    expect(page.locator("form[data-write] textarea")).to_have_value(long)
    assert dangerous_elements(page) == []


def test_a_reason_a_moderator_typed_stays_text(window, article):
    say(window, article, "사라질 댓글")
    mo = window("mo")
    mo.goto(article)

    mo.locator(".moderators-only[href$='#hide']").click()
    mo.locator("dialog [name=note]").fill(POLYGLOTS[1])
    mo.locator("dialog button.primary").click()

    expect(mo.locator(".removed-comment")).to_contain_text(POLYGLOTS[1])
    for path in (article, "/rulings"):
        mo.goto(path)
        expect(mo.locator("main")).to_contain_text(POLYGLOTS[1])
        assert dangerous_elements(mo) == [], path


def test_dangerous_elements_are_found(window):
    page = window(bypass_csp=True)
    page.goto("/")
    page.evaluate("""() => { document.querySelector("main").append(...[
        ["p", "onclick", ""], ["a", "href", " javascript:1"], ["iframe", "srcdoc", ""],
        ["button", "formaction", "/"], ["p", "style", "color: red"], ["script", "type", "x"],
    ].map(([tag, name, value]) => {
        const element = document.createElement(tag);
        element.setAttribute(name, value);
        return element;
    })) }""")

    assert len(dangerous_elements(page)) == 6


def test_a_display_name_cannot_contain_html(window):
    page = window()
    window.allow("status of 422")
    for text in POLYGLOTS:
        page.goto("/sign-up")
        page.fill("[name=email]", f"{unique('name').replace(' ', '.')}@harbour.example")
        page.fill("[name=name]", text)
        page.fill("[name=password]", PASSWORD)
        page.check("[name=of_age]")
        page.click("main button.primary")

        expect(page.locator(".problem")).to_be_visible()
        expect(page.locator("[name=name]")).to_have_value(text)
        assert dangerous_elements(page) == [], text


def test_an_article_shows_its_headline_as_text_and_runs_nothing_of_its_body(window):
    everything = " ".join(POLYGLOTS)
    window.allow("status of 404")  # the pictures that are not there
    title = POLYGLOTS[0] + POLYGLOTS[1]
    lines = {"section": POLYGLOTS[0], "byline": POLYGLOTS[1], "subtitles": POLYGLOTS[2]}
    path = publish(window, title=title, summary=everything[:900], body=everything, **lines)
    page, tess = window(), window("tess")

    page.goto(path)
    expect(page.locator(".article h1")).to_have_text(title)
    expect(page.locator(".article .byline")).to_contain_text(POLYGLOTS[1])
    for shown in (path, f"{path}/comments", "/"):
        page.goto(shown)
        assert dangerous_elements(page) == [], shown
    for shown in ("/desk/articles", f"/desk{path}"):
        tess.goto(shown)
        assert dangerous_elements(tess) == [], shown
