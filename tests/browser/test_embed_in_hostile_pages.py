"""Pages that disturb an embedded thread, and a thread that would disturb its page."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from browser.conftest import Board
from browser.newsroom import Newsroom, publishing, thread_in

# Each may run, load or style something if it is taken over as it is.
ACTS = ("alert(1)", "top.hurt=1")
BODIES = [
    *(f"<script>{act}</script>" for act in ACTS),
    '<script type=module>window.hurt=1</script>',
    '<script src="data:text/javascript,hurt=1"></script>',
    *(
        f"<{tag} {handler}='window.hurt=1'></{tag.split()[0]}>"
        for tag, handler in [
            ("img src=x", "onerror"), ("img srcset=x", "onerror"), ("body", "onload"),
            ("svg", "onload"), ("details open", "ontoggle"), ("input autofocus", "onfocus"),
            ("select autofocus", "onfocus"), ("textarea autofocus", "onfocus"),
            ("video src=x", "onerror"), ("audio src=x", "onerror"), ("marquee", "onstart"),
            ("button popovertarget=p", "onclick"), ("div popover id=p", "onbeforetoggle"),
            ("p style='animation:x 1s'", "onanimationstart"), ("a href=#", "onclick"),
            ("img src=x", "ONERROR"), ("img src=x", "onError"), ("object data=x", "onerror"),
            ("link rel=stylesheet href=x", "onerror"), ("style", "onload"), ("iframe", "onload"),
            ("embed src=x", "onload"), ("p tabindex=1", "onfocus"),
        ]
    ),
    *(
        f"<a class=press href='{address}'>press</a>"
        for address in [
            "javascript:window.hurt=1", "JaVaScRiPt:window.hurt=1", " javascript:window.hurt=1",
            "java\tscript:window.hurt=1", "data:text/html,<script>opener.hurt=1</script>",
            "vbscript:hurt", "blob:x", "file:///etc/passwd", "&#106;avascript:window.hurt=1",
        ]
    ),
    "<iframe src='javascript:parent.hurt=1'></iframe>",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    "<object data='data:text/html,<script>parent.hurt=1</script>'></object>",
    "<embed src='data:image/svg+xml,<svg onload=hurt=1>'>",
    "<form class=press action='https://evil.example/'><button>send</button></form>",
    "<form action='javascript:window.hurt=1'><button class=press>send</button></form>",
    "<form><button class=press formaction='javascript:window.hurt=1'>send</button></form>",
    "<svg><script>window.hurt=1</script></svg>",
    "<svg><animate onbegin='window.hurt=1' attributeName=x dur=1s></svg>",
    "<svg><set attributeName=href to='javascript:window.hurt=1'></set></svg>",
    "<svg><a xlink:href='javascript:window.hurt=1'><text class=press>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=hurt=1>#x'></use></svg>",
    "<svg><foreignObject><img src=x onerror='window.hurt=1'></foreignObject></svg>",
    "<math><maction actiontype=statusline xlink:href='javascript:window.hurt=1'>x</maction></math>",
    "<math><mtext><img src=x onerror='window.hurt=1'></mtext></math>",
    "<template shadowrootmode=open><img src=x onerror='window.hurt=1'></template>",
    "<template><img src=x onerror='window.hurt=1'></template>",
    "<noscript><img src=x onerror='window.hurt=1'></noscript>",
    "<p style='position:fixed;inset:0;background:url(https://evil.example/)'>over all</p>",
    "<style>@import 'https://evil.example/';</style>",
    "<link rel=stylesheet href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<x-other onclick='window.hurt=1' class=press>x</x-other>",
    "<td background='https://evil.example/'>x</td>",
]  # fmt: skip
LEFT = """(root) => [...root.querySelectorAll("*")].flatMap((each) => [
    ...(/^(script|style|link|meta|base|iframe|object|embed|set|animate|use|x-other)$/.test(each.localName)
        ? [each.localName] : []),
    ...each.getAttributeNames().filter((name) => /^on|^style$/i.test(name)),
    ...(/^(javascript|data|vbscript|blob|file):/i.test(each.href ?? "") ? [each.href] : []),
])"""


@pytest.fixture(scope="module")
def newsroom(board: Board) -> Iterator[Newsroom]:
    with publishing(board.url) as newsroom:
        yield newsroom


def test_nothing_of_a_hostile_fragment_runs_loads_or_leads_on(window, newsroom):
    window.allow(f"third party: {newsroom.url}", "Failed to load resource")
    path = newsroom.show("/hurt.html", '<board-comments site="a" article="b"></board-comments>')
    page = window()
    body = f"<div class=fragment lang=ko><h2>x</h2>{'<p>'.join(BODIES)}<i id=end>end</i></div>"
    page.route(
        "**/embed/v1/thread*",
        lambda route: route.fulfill(
            body=f"<!doctype html><meta charset=utf-8>{body}<template id=page-texts></template>",
            content_type="text/html",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.goto(f"{newsroom.url}{path}")
    thread = thread_in(page)
    expect(thread.locator("#end")).to_have_text("end")

    for link in thread.locator(".press").all():
        link.dispatch_event("click")

    assert len(BODIES) >= 60
    assert thread.evaluate(f"(element) => ({LEFT})(element.shadowRoot)") == []
    assert page.evaluate("window.hurt") is None


def test_rules_libraries_and_shortcuts_of_a_page_do_not_reach_the_thread(window, newsroom):
    page = newsroom.open(window, "/three-threads.html", viewport={"width": 700, "height": 900})
    threads = [thread_in(page, number) for number in range(3)]
    for thread in threads:
        expect(thread.locator(".comment .text").first).to_be_visible()
    looks = [
        thread.locator(".comment .text").first.evaluate("""(text) => {
            const { fontSize, letterSpacing, textTransform, direction, colorScheme } =
                getComputedStyle(text);
            return [fontSize, letterSpacing, textTransform, direction, colorScheme];
        }""")
        for thread in threads
    ]
    box = threads[0].locator("#q")
    box.press_sequentially("jj")

    assert looks == [
        ["16px", "normal", "none", "ltr", "dark"],
        ["16px", "normal", "none", "ltr", "dark"],
        ["16px", "normal", "none", "ltr", "light"],
    ]
    assert box.input_value() == "jj"
    assert page.title() == "기사 세 개"
    assert threads[0].locator("h2").get_attribute("aria-level") == "3"
    assert threads[2].locator("h2").inner_text().startswith("All comments")
    sheets = "(all) => new Set(all.map((each) => each.shadowRoot.adoptedStyleSheets[0])).size"
    assert page.locator("board-comments").evaluate_all(sheets) == 1


def test_hangul_is_composed_and_the_page_hears_none_of_it(window, newsroom):
    page = newsroom.open(window, "/index.html")
    page.evaluate("""() => {
        window.heard = [];
        for (const type of ["keydown", "keyup", "beforeinput", "input", "paste", "compositionstart",
            "compositionupdate", "compositionend"]) {
            addEventListener(type, (event) => heard.push(type));
        }
    }""")
    thread = thread_in(page)
    box = thread.locator("#q")
    box.click()
    box.press("Shift")
    expect(thread.locator("#q")).to_be_focused()
    page.evaluate("heard.length = 0")
    keyboard = page.context.new_cdp_session(page)
    for text in ("ㅂ", "버", "벗", "버스"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    keyboard.send("Input.insertText", {"text": "버스"})

    assert box.input_value() == "버스"
    assert json.loads(page.evaluate("JSON.stringify(heard)")) == []
