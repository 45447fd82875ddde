"""Posting by hand: composed syllables, keys, double clicks, a broken connection."""

from playwright.sync_api import Locator, Page, expect

from browser.conftest import REPLY, without_reload

BOX = "form[data-write] textarea"
KEYS = """([box, options]) => box.dispatchEvent(new KeyboardEvent("keydown",
    { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, ...options }))"""

COUNT_SUBMITS = """() => {
    window.submits = 0;
    document.addEventListener("submit", () => { window.submits += 1 }, { capture: true });
}"""


def open_box(window, article: str, text: str) -> tuple[Page, list[str]]:
    """ada has typed `text`. Returns the page, and a list of the URLs posted to from now on."""
    page = window("ada")
    page.goto(article)
    expect(page.locator(".character-count")).to_have_text("0 / 300")
    posted: list[str] = []
    page.on("request", lambda each: posted.append(each.url) if each.method == "POST" else None)
    page.evaluate(COUNT_SUBMITS)
    page.locator(BOX).fill(text)
    return page, posted


def test_the_enter_that_ends_a_syllable_does_not_post_and_ctrl_enter_posts_once(window, article):
    page, posted = open_box(window, article, "막차를 늦춰 주세요")
    box = page.locator(BOX).element_handle()

    page.evaluate(KEYS, [box, {"isComposing": True, "keyCode": 229}])
    page.evaluate(KEYS, [box, {"isComposing": True, "keyCode": 13}])
    page.evaluate(KEYS, [box, {"isComposing": False, "keyCode": 229}])  # Safari, after the end
    assert page.evaluate("window.submits") == 0
    page.locator(BOX).press("Control+Enter")

    expect(page.locator(".comment .text")).to_have_text(["막차를 늦춰 주세요"])
    assert len(posted) == 1


def test_text_of_an_input_method_is_stored_once_and_whole(window, article):
    page, posted = open_box(window, article, "밤 ")
    keyboard = page.context.new_cdp_session(page)
    for syllable in ("ㅂ", "버", "버ㅅ", "버스"):
        end = len(syllable)
        keyboard.send(
            "Input.imeSetComposition",
            {"text": syllable, "selectionStart": end, "selectionEnd": end},
        )
    composing = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229, "modifiers": 2}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **composing})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **composing})
    keyboard.send("Input.insertText", {"text": "버스"})
    assert page.evaluate("window.submits") == 0
    expect(page.locator(".character-count")).to_have_text("4 / 300")

    page.locator(BOX).press("Control+Enter")

    expect(page.locator(".comment .text")).to_have_text(["밤 버스"])
    assert len(posted) == 1


def test_enter_alone_begins_a_new_line(window, article):
    page, _ = open_box(window, article, "첫 줄")

    page.locator(BOX).press("Enter")
    page.locator(BOX).press_sequentially("둘째 줄")

    assert page.locator(BOX).input_value() == "첫 줄\n둘째 줄"
    assert page.evaluate("window.submits") == 0


def test_a_double_click_posts_once(window, article):
    page, posted = open_box(window, article, "두 번 눌렀습니다")

    page.locator("form[data-write] button.primary").dblclick()

    expect(page.locator(".comment")).to_have_count(1)
    expect(page.locator(BOX)).to_have_value("")
    page.reload()
    expect(page.locator("[data-count]")).to_have_text("1")
    assert len(posted) == 1


def test_a_double_click_without_javascript_posts_once(window, article):
    page = window("ada", java_script_enabled=False)
    page.goto(article)
    page.locator(BOX).fill("두 번 눌렀습니다")

    page.locator("form[data-write] button.primary").dblclick()

    expect(page.locator(".comment .text")).to_have_text(["두 번 눌렀습니다"])
    expect(page.locator("[data-count]")).to_have_text("1")


def test_a_comment_whose_answer_is_lost_is_sent_again_and_stored_once(window, article):
    page, posted = open_box(window, article, "끊긴 배에서 씁니다")
    window.allow("net::ERR_FAILED", "net::ERR_INTERNET_DISCONNECTED")
    feedback = page.locator("form[data-write] [data-feedback]")

    def lose_answer(route):
        assert route.fetch(max_redirects=0).status == 303  # stored
        route.abort()

    with without_reload(page):
        page.route("**/comments", lose_answer)
        page.locator("form[data-write] button.primary").click()
        expect(feedback.get_by_role("alert")).to_contain_text("연결")
        expect(page.locator(BOX)).to_have_value("끊긴 배에서 씁니다")
        page.unroute("**/comments")

        page.context.set_offline(True)
        with page.expect_event("requestfailed"):
            feedback.get_by_role("button").click()
        expect(feedback.get_by_role("alert")).to_contain_text("연결")
        expect(page.locator(BOX)).to_have_value("끊긴 배에서 씁니다")

        page.context.set_offline(False)
        feedback.get_by_role("button").click()
        expect(page.locator(BOX)).to_have_value("")
        expect(page.locator(".comment .text")).to_have_text(["끊긴 배에서 씁니다"])
        expect(page.locator("[data-count]")).to_have_text("1")
    assert len(posted) == 3


def test_a_reader_signed_out_while_writing_keeps_the_text(window, article):
    page, _ = open_box(window, article, "한참 쓴 글")
    page.context.clear_cookies()
    window.allow("status of 401")

    page.locator(BOX).press("Control+Enter")

    expect(page.locator("form[data-write] [role=alert]")).to_contain_text("로그아웃")
    expect(page.locator(BOX)).to_have_value("한참 쓴 글")


def test_a_half_written_reply_stays_while_another_is_posted(window, article):
    page, _ = open_box(window, article, "뿌리")
    page.locator(BOX).press("Control+Enter")
    page.locator("a[data-reply]").click()
    page.locator(f"{REPLY} textarea").fill("아직 쓰는 중")
    page.locator(BOX).first.fill("다른 댓글")

    page.locator(BOX).first.press("Control+Enter")

    expect(page.locator("[data-count]")).to_have_text("2")
    reply_box = page.locator(f".comment >> nth=1 >> {REPLY} >> textarea")
    expect(reply_box).to_have_value("아직 쓰는 중")


def test_a_comment_is_written_with_the_keyboard_alone(window, article):
    page = window("ada")
    page.goto(article)
    expect(page.locator(".character-count")).to_have_text("0 / 300")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".skip a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#thread")).to_be_focused()
    tab_to(page, page.locator(BOX))
    page.keyboard.type("자판으로만 썼습니다")
    tab_to(page, page.locator("form[data-write] button.primary"))
    page.keyboard.press("Enter")

    expect(page.locator(".comment > article")).to_be_focused()
    expect(page.locator(".comment .text")).to_have_text(["자판으로만 썼습니다"])
    tab_to(page, page.locator(".comment [href$='#delete']"))
    page.keyboard.press("Enter")  # opens the dialog
    expect(page.locator("dialog h2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".comment [href$='#delete']")).to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus; a few controls may come before it."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if target.evaluate("(it) => it === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {target}")
