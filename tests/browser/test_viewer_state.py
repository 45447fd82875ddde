"""A reader's own view of a thread: blocked users, collapsed replies, position, copied links."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import publish, say, unique, without_reload

BACK_TO = "() => window.scrollY"


def comment_id(address: str) -> str:
    return address.split("#comment-")[1]


def item(page: Page, id: str):
    return page.locator(f"#comment-{id}")


def text(page: Page, id: str):
    return page.locator(f"#comment-{id} > article .text")


def open_menu(page: Page, id: str):
    page.locator(f"#comment-{id} > article a.menu-link").click()
    return page.locator(f"#comment-{id} .menu")


@pytest.fixture
def talk(window, article) -> dict[str, str]:
    """ada begins, mo replies, ada replies to mo. The path, and the ids of the comments."""
    root = comment_id(say(window, article, "처음 한 말"))
    answer = comment_id(say(window, article, "모의 대답", who="mo", parent=root))
    last = comment_id(say(window, article, "다시 한 말", parent=answer))
    return {"path": article, "root": root, "answer": answer, "last": last}


@pytest.fixture
def blocks_ada(window, talk):
    """tess has just blocked ada from the menu; afterwards nobody is blocked."""
    page = window("tess")
    page.goto(talk["path"])
    open_menu(page, talk["root"]).get_by_text("작성자 차단").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.locator("dialog button.primary").click()
    expect(page.locator("#status")).to_contain_text("차단했습니다.")
    yield page
    page.goto("/account/muted")
    while page.locator("main li button").count():
        page.locator("main li button").first.click()
        expect(page.locator(".notice")).to_be_visible()


def test_blocking_hides_all_comments_of_that_person_at_once(talk, blocks_ada):
    page = blocks_ada

    expect(text(page, talk["root"])).to_be_hidden()
    expect(text(page, talk["last"])).to_be_hidden()
    expect(text(page, talk["answer"])).to_be_visible()
    expect(item(page, talk["root"]).locator("summary").first).to_be_focused()
    assert page.url.endswith(talk["path"])

    page.keyboard.press("Enter")
    expect(text(page, talk["root"])).to_be_visible()
    expect(text(page, talk["last"])).to_be_hidden()


def test_the_server_hides_blocked_comments_so_nothing_flashes(window, talk, blocks_ada):
    tess = window("tess", java_script_enabled=False)

    for path in (talk["path"], f"/comments/{talk['answer']}"):
        tess.goto(path)
        expect(text(tess, talk["root"])).to_be_hidden()
        expect(text(tess, talk["answer"])).to_be_visible()
    item(tess, talk["root"]).locator("summary").first.click()
    expect(text(tess, talk["root"])).to_be_visible()

    item(tess, talk["root"]).locator("form.unmute").first.click()
    expect(tess.locator(".notice")).to_contain_text("차단을 해제했습니다.")
    expect(text(tess, talk["root"])).to_be_visible()


def test_unblocking_shows_all_comments_of_that_person_in_place(talk, blocks_ada):
    page = blocks_ada

    with without_reload(page):
        page.locator(f"#comment-{talk['last']} form.unmute button").click()
        expect(page.locator("#status")).to_contain_text("차단을 해제했습니다.")

    expect(text(page, talk["root"])).to_be_visible()
    expect(text(page, talk["last"])).to_be_visible()
    expect(page.locator("details.muted, form.unmute")).to_have_count(0)
    expect(item(page, talk["last"]).locator("> article")).to_be_focused()
    page.reload()
    expect(page.locator("details.muted")).to_have_count(0)


def test_a_comment_of_a_blocked_person_can_still_be_answered_and_liked(talk, blocks_ada):
    page = blocks_ada
    item(page, talk["root"]).locator("summary").first.click()

    page.locator(f"#comment-{talk['root']} > article [data-react=like] button").click()
    expect(page.locator("#status")).to_have_text("이 댓글에 공감하셨습니다.")
    expect(open_menu(page, talk["root"]).get_by_text("작성자 차단")).to_have_count(0)


def test_a_block_that_fails_shows_a_message_and_hides_nothing(window, talk):
    window.allow("failed:", "Failed to load resource")
    page = window("tess")
    page.goto(talk["path"])
    page.route("**/mute", lambda route: route.abort())
    open_menu(page, talk["root"]).get_by_text("작성자 차단").click()

    page.locator("dialog button.primary").click()

    expect(page.locator("dialog [role=alert]")).to_contain_text("연결")
    page.keyboard.press("Escape")
    expect(text(page, talk["root"])).to_be_visible()


def test_block_is_offered_neither_for_oneself_nor_to_guests(window, talk):
    for who, id in (("ada", talk["root"]), (None, talk["root"])):
        page = window(who)
        page.goto(talk["path"])
        menu = open_menu(page, id)
        expect(menu.get_by_text("대화 보기")).to_be_visible()
        expect(menu.get_by_text("작성자 차단")).to_have_count(0)


def test_the_menu_works_with_the_keyboard_and_closes(window, talk):
    page = window("mo")
    page.goto(talk["path"])
    rest = page.locator(f"#comment-{talk['root']} > article a.menu-link")
    rest.focus()
    page.keyboard.press("Enter")
    expect(rest).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".menu a").first).to_be_focused()

    page.keyboard.press("Escape")
    expect(page.locator(".menu")).to_have_count(0)
    expect(rest).to_be_focused()
    expect(rest).to_have_attribute("aria-expanded", "false")

    rest.click()
    expect(page.locator(".menu")).to_be_visible()
    rest.click()
    expect(page.locator(".menu")).to_have_count(0)
    rest.click()
    page.locator("h1").click()
    expect(page.locator(".menu")).to_have_count(0)


def test_the_link_of_a_comment_is_copied_and_that_is_announced(window, talk):
    page = window()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(talk["path"])

    open_menu(page, talk["answer"]).get_by_role("button", name="링크 복사").click()

    expect(page.locator("#status")).to_have_text("댓글 주소를 복사했습니다.")
    address = f"{window.board.url}/comments/{talk['answer']}"
    assert page.evaluate("navigator.clipboard.readText()") == address
    expect(page.locator(".menu")).to_have_count(0)
    expect(page.locator(f"#comment-{talk['answer']} > article a.menu-link")).to_be_focused()


def test_without_a_clipboard_the_link_is_shown(window, talk):
    page = window()
    page.add_init_script(
        """navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
        document.execCommand = () => false;"""
    )
    page.goto(talk["path"])

    open_menu(page, talk["root"]).get_by_role("button", name="링크 복사").click()

    expect(page.locator("#status")).to_have_text("표시된 주소를 복사해 주세요.")
    address = f"{window.board.url}/comments/{talk['root']}"
    expect(page.get_by_label("이 댓글의 주소")).to_have_value(address)


def test_without_javascript_the_menu_is_a_page_and_nothing_collapses(window, talk):
    page = window("mo", java_script_enabled=False)
    page.goto(talk["path"])
    expect(page.locator(".collapse-button").first).to_be_hidden()
    expect(text(page, talk["last"])).to_be_visible()

    page.locator(f"#comment-{talk['root']} > article a.menu-link").click()

    page.locator("#options").get_by_role("link", name="작성자 차단").click()
    expect(page.locator("#mute button.primary")).to_have_text("차단")


# ---- collapsing a conversation ----


def collapse_button(page: Page, id: str):
    return page.locator(f"#comment-{id} > article .collapse-button")


def test_a_conversation_collapses_under_a_button_that_stays_in_place(window, talk):
    page = window()
    page.goto(talk["path"])
    fold = collapse_button(page, talk["root"])
    expect(fold).to_have_accessible_name("답글 접기 ada 님의 댓글")
    before = fold.bounding_box()

    fold.focus()
    page.keyboard.press("Enter")

    expect(text(page, talk["answer"])).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(fold).to_have_accessible_name("답글 펼치기 ada 님의 댓글")
    expect(fold).to_be_focused()
    after = fold.bounding_box()
    assert (before["x"], before["y"]) == (after["x"], after["y"])
    fold.click()
    expect(text(page, talk["answer"])).to_be_visible()


def test_a_collapsed_conversation_stays_so_on_this_device_for_this_article(window, talk):
    page = window()
    page.goto(talk["path"])
    collapse_button(page, talk["root"]).click()
    expect(text(page, talk["answer"])).to_be_hidden()

    page.reload()
    expect(text(page, talk["answer"])).to_be_hidden()
    page.goto(f"{talk['path']}?sort=liked")
    expect(text(page, talk["answer"])).to_be_hidden()
    other = window()
    other.goto(talk["path"])
    expect(text(other, talk["answer"])).to_be_visible()

    collapse_button(page, talk["root"]).click()
    expect(text(page, talk["answer"])).to_be_visible()
    assert page.evaluate("localStorage.folded") == "[]"


def test_the_number_of_remembered_articles_is_limited(window, talk):
    page = window()
    page.goto(talk["path"])
    many = [[f"article-{n}", [f"comment-{m}" for m in range(50)]] for n in range(30)]
    page.evaluate("(many) => { localStorage.folded = many }", json.dumps(many))

    collapse_button(page, talk["root"]).click()

    expect(text(page, talk["answer"])).to_be_hidden()
    stored = json.loads(page.evaluate("localStorage.folded"))
    slug = talk["path"].split("/")[-1]
    assert [each[0] for each in stored] == [*(f"article-{n}" for n in range(1, 30)), slug]


@pytest.mark.parametrize("junk", ["{", "7", "null", '{"a": 1}', "[[1]]", '[["x", 3], null]'])
def test_invalid_entries_in_the_storage_do_no_harm(window, talk, junk):
    page = window()
    page.goto(talk["path"])
    slug = talk["path"].split("/")[-1]
    page.evaluate("([junk]) => { localStorage.folded = junk }", [junk + f'"{slug}"'])
    page.reload()
    page.evaluate("([junk]) => { localStorage.folded = junk }", [junk])

    collapse_button(page, talk["root"]).click()

    expect(text(page, talk["answer"])).to_be_hidden()


def test_ones_own_reply_in_a_collapsed_conversation_expands_it(window, talk):
    page = window("mo")
    page.goto(talk["path"])
    collapse_button(page, talk["root"]).click()
    page.locator(f"#comment-{talk['root']} > article a[data-reply]").click()
    page.locator("[data-opened] textarea").fill("접힌 곳에 쓴 답글")

    page.locator("[data-opened] button.primary").click()

    expect(page.get_by_text("접힌 곳에 쓴 답글")).to_be_visible()
    page.reload()
    expect(text(page, talk["answer"])).to_be_visible()


# ---- the comment a reply answers, more replies, and back ----


def test_the_link_to_the_answered_comment_jumps_there_and_back_returns(window, talk):
    page = window()
    page.goto(talk["path"])
    to = page.locator(f"#comment-{talk['last']} .reply-target")
    with without_reload(page):
        to.focus()
        page.keyboard.press("Enter")
        expect(item(page, talk["answer"]).locator("> article")).to_be_focused()
        assert page.url.endswith(f"{talk['path']}#comment-{talk['answer']}")

        page.go_back()
        expect(to).to_be_focused()
    assert page.url.endswith(talk["path"])


def test_the_link_to_the_answered_comment_leads_to_its_page_if_it_is_elsewhere(window, talk):
    page = window()
    page.goto(f"{talk['path']}/comments/search?q=다시 한 말")

    page.click(".reply-target")

    page.wait_for_url(f"**/comments/{talk['answer']}")


@pytest.fixture
def long(window) -> dict[str, str]:
    """A thread of two pages; below its newest root are 33 replies, one of them deleted."""
    path = publish(window, title=unique("긴 대화"))
    for each in range(22):
        say(window, path, f"댓글 {each}")
    root = comment_id(say(window, path, "많은 답을 받은 댓글"))
    replies = [comment_id(say(window, path, f"답글 {each}", parent=root)) for each in range(33)]
    ada = window.requests("ada")
    ada.post(f"/comments/{replies[3]}/delete", headers={"Origin": window.board.url})
    return {"path": path, "root": root, "last": replies[-1]}


def test_more_replies_join_in_place_page_by_page_with_the_remaining_count(window, long):
    page = window()
    page.goto(long["path"])
    replies = item(page, long["root"]).locator("> .replies > .comment")
    more = item(page, long["root"]).locator("> .more-replies")
    expect(replies).to_have_count(10)
    expect(more).to_have_text("답글 22개 더 보기")

    with without_reload(page):
        more.click()
        expect(replies).to_have_count(30)
        expect(more).to_have_text("답글 2개 더 보기")
        expect(replies.nth(10).locator("> article")).to_be_focused()
        more.click()
        expect(more).to_have_count(0)

    texts = replies.locator(".text > p").all_inner_texts()
    assert texts == [f"답글 {each}" for each in range(33) if each != 3]
    expect(page.locator("[data-list] > a[data-more]")).to_be_visible()


def test_without_javascript_more_replies_are_on_the_page_of_the_conversation(window, long):
    page = window(java_script_enabled=False)
    page.goto(long["path"])

    page.click(".more-replies")

    expect(page.locator(".replies > .comment")).to_have_count(20)
    expect(page.locator(".replies .text").first).to_contain_text("답글 11")
    expect(page.locator(".newest")).to_be_visible()


def test_replies_loaded_by_hand_stay_after_posting_a_reply(window, long):
    page = window("mo")
    page.goto(long["path"])
    item(page, long["root"]).locator("> .more-replies").click()
    replies = item(page, long["root"]).locator("> .replies > .comment")
    expect(replies).to_have_count(30)

    page.locator("form[data-write]:not([data-opened]) textarea").fill("새 뿌리 댓글")
    page.locator("form[data-write]:not([data-opened]) button.primary").click()

    expect(page.get_by_text("새 뿌리 댓글")).to_be_visible()
    expect(replies).to_have_count(30)
    expect(item(page, long["root"]).locator("> .more-replies")).to_have_text("답글 2개 더 보기")


def test_back_from_a_comment_restores_the_loaded_replies_and_the_position(window, long):
    page = window("mo")
    page.goto(long["path"])
    page.locator("[data-list] > a[data-more]").click()
    expect(page.locator("ol.comments > .comment")).to_have_count(23)
    item(page, long["root"]).locator("> .more-replies").click()
    expect(page.locator(".replies > .comment")).to_have_count(30)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("() => history.state.top > 1000 && history.state.top === scrollY")
    place = page.evaluate(BACK_TO)

    page.goto("/rulings")
    page.go_back()

    expect(page.locator("ol.comments > .comment")).to_have_count(23)
    expect(page.locator(".replies > .comment")).to_have_count(30)
    page.wait_for_function("(place) => Math.abs(scrollY - place) < 2", arg=place)
    page.go_forward()
    page.go_back()
    expect(page.locator("ol.comments > .comment")).to_have_count(23)
    page.wait_for_function("(place) => Math.abs(scrollY - place) < 2", arg=place)


def test_a_link_to_a_comment_on_an_article_page_leads_to_it(window, long):
    page = window()
    page.goto(f"{long['path']}#comment-{long['root']}")

    expect(item(page, long["root"]).locator("> article > header")).to_be_in_viewport()
    assert re.search("gradient", item(page, long["root"]).locator("> article").evaluate(
        "(it) => getComputedStyle(it).backgroundImage"
    ))  # fmt: skip
