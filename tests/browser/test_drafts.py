"""Drafts: unsent text is there again after a reload, a sign-in, a broken connection."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from browser.conftest import (
    REPLY,
    publish,
    say,
    sign_in,
    sign_up,
    unique,
    until_in_page,
    without_reload,
)

BOX = "form[data-write]:not([data-opened]) textarea"
POST = "form[data-write]:not([data-opened]) button.primary"
NOTE = "form[data-write]:not([data-opened]) [data-draft]"
DRAFT_NAMES = "() => Object.keys(localStorage).filter((name) => name.startsWith('draft '))"


def until_drafts(page: Page, enough: Callable[[int], bool]) -> None:
    """Wait until the number of drafts on this device is `enough`."""
    until_in_page(page, lambda: enough(len(page.evaluate(DRAFT_NAMES))), "drafts are stored")


def write(window, path: str, text: str, who: str = "ada") -> Page:
    """`who` has typed `text` under an article and not posted it."""
    page = window(who)
    page.goto(path)
    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    page.locator(BOX).fill(text)
    until_drafts(page, lambda count: count > 0)
    return page


def lose_answer(route: Route) -> None:
    """The comment is stored, but its answer is lost."""
    assert route.fetch(max_redirects=0).status == 303
    route.abort()


def test_text_survives_a_reload_and_is_gone_once_posted(window, article):
    page = write(window, article, "쓰다 만 글")

    page.reload()
    expect(page.locator(BOX)).to_have_value("쓰다 만 글")
    page.click(POST)
    expect(page.locator(".comment .text")).to_have_text(["쓰다 만 글"])
    expect(page.locator(BOX)).to_have_value("")
    expect(page.locator(NOTE)).to_be_hidden()

    assert page.evaluate(DRAFT_NAMES) == []
    page.reload()
    expect(page.locator("[data-count]")).to_have_text("1")
    expect(page.locator(BOX)).to_have_value("")


def test_another_window_announces_the_restored_text_and_can_clear_it(window, article):
    page = write(window, article, "쓰다 만 글")
    other = page.context.new_page()
    other.goto(article)
    expect(other.locator(BOX)).to_have_value("쓰다 만 글")
    expect(other.locator(NOTE)).to_contain_text("임시 저장된 글을 불러왔습니다.")
    expect(other.locator(".character-count").first).to_have_text("6 / 300")

    other.locator(NOTE).get_by_role("button", name="삭제").click()

    expect(other.locator(BOX)).to_have_value("")
    expect(other.locator(BOX)).to_be_focused()
    expect(other.locator(NOTE)).to_be_hidden()
    assert other.evaluate(DRAFT_NAMES) == []
    expect(page.locator(BOX)).to_have_value("쓰다 만 글")


def test_of_two_windows_the_later_text_is_stored_and_neither_changes_the_other(window, article):
    first = write(window, article, "첫 창")
    second = first.context.new_page()
    second.goto(article)
    second.locator(BOX).fill("둘째 창")

    expect(first.locator(BOX)).to_have_value("첫 창")
    third = first.context.new_page()
    third.goto(article)
    expect(third.locator(BOX)).to_have_value("둘째 창")


def test_a_reply_is_open_again_with_its_text_and_cancelling_removes_it(window, article):
    say(window, article, "뿌리", who="tess")
    page = window("ada")
    page.goto(article)
    page.locator("a[data-reply]").click()
    page.locator(f"{REPLY} textarea").fill("쓰다 만 답글")

    page.reload()
    expect(page.locator(f"{REPLY} textarea")).to_have_value("쓰다 만 답글")
    expect(page.locator(BOX)).to_have_value("")
    page.locator(f"{REPLY} [data-cancel]").click()

    expect(page.locator(REPLY)).to_have_count(0)
    expect(page.locator("a[data-reply]")).to_be_focused()
    assert page.evaluate(DRAFT_NAMES) == []
    page.reload()
    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    expect(page.locator(REPLY)).to_have_count(0)


def test_a_half_made_edit_is_there_when_the_box_is_opened_again(window, article):
    say(window, article, "처음 글")
    page = window("ada")
    page.goto(article)
    page.locator("a[data-edit]").click()
    page.locator("[data-edits] textarea").fill("고치다 만 글")
    page.reload()

    page.locator("a[data-edit]").click()

    expect(page.locator("[data-edits] textarea")).to_have_value("고치다 만 글")
    expect(page.locator("[data-edits] [data-draft]")).to_be_visible()
    page.locator("[data-edits] [data-discard]").click()
    expect(page.locator("[data-edits] textarea")).to_have_value("처음 글")


def test_text_written_when_the_session_ended_is_there_after_signing_in(window, article):
    page = write(window, article, "한참 쓴 글")
    page.context.clear_cookies()
    window.allow("status of 401")
    page.click(POST)
    expect(page.locator("form[data-write] [role=alert]")).to_contain_text("로그아웃")

    page.goto(article)
    expect(page.locator("form[data-write]")).to_have_count(0)
    page.locator(".callout a.primary").click()
    sign_in(page, *window.board.credentials("ada"))

    expect(page.locator(BOX)).to_have_value("한참 쓴 글")


def test_a_comment_whose_answer_was_lost_is_posted_once_even_after_a_reload(window, article):
    page = write(window, article, "끊긴 배에서 씁니다")
    window.allow("net::ERR_FAILED")

    page.route("**/comments", lose_answer)
    page.click(POST)
    expect(page.locator("form[data-write] [role=alert]")).to_contain_text("연결")
    page.unroute("**/comments")
    page.reload()
    expect(page.locator(BOX)).to_have_value("끊긴 배에서 씁니다")
    with page.expect_response("**/comments") as answer:
        page.click(POST)

    assert answer.value.status == 303
    expect(page.locator(BOX)).to_have_value("")
    expect(page.locator("[data-count]")).to_have_text("1")
    assert page.evaluate(DRAFT_NAMES) == []


def test_a_text_changed_after_its_answer_was_lost_can_be_posted_too(window, article):
    page = write(window, article, "첫 글")
    window.allow("net::ERR_FAILED", "status of 422")

    page.route("**/comments", lose_answer)
    page.click(POST)
    expect(page.locator("form[data-write] [role=alert]")).to_contain_text("연결")
    page.unroute("**/comments")
    page.reload()
    expect(page.locator(BOX)).to_have_value("첫 글")
    page.locator(BOX).fill("고쳐 쓴 글")
    page.click(POST)
    expect(page.locator("form[data-write] [role=alert]")).to_contain_text("이미 등록")

    page.click(POST)

    expect(page.locator(".comment .text")).to_have_text(["고쳐 쓴 글", "첫 글"])


def test_signing_out_removes_drafts_and_another_reader_never_sees_them(window, article):
    page = window()
    sign_up(page, unique("바다"), article)
    page.locator(BOX).fill("내 글")
    until_drafts(page, lambda count: count > 0)
    own_storage = page.evaluate("() => JSON.stringify(localStorage)")
    page.goto("/")

    page.get_by_role("button", name="로그아웃").click()

    expect(page.locator("a.account-link")).to_have_count(0)
    assert page.evaluate(DRAFT_NAMES) == []
    page.evaluate(
        "(items) => Object.entries(JSON.parse(items)).forEach((it) => localStorage.setItem(...it))",
        own_storage,
    )
    sign_in(page, *window.board.credentials("ada"))
    page.goto(article)
    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    expect(page.locator(BOX)).to_have_value("")


def test_old_drafts_are_removed_and_only_a_few_remain(window, article):
    page = write(window, article, "새 글")
    [name] = page.evaluate(DRAFT_NAMES)
    page.evaluate(
        """([name, day]) => {
            const draft = JSON.parse(localStorage.getItem(name));
            localStorage.setItem(name, JSON.stringify({ ...draft, at: Date.now() - 8 * day }));
            for (let n = 0; n < 40; n += 1) {
                const later = JSON.stringify({ ...draft, at: n + day * 1e6 });
                localStorage.setItem(`draft 0 /${n} `, later);
            }
            localStorage.setItem("draft 0 /broken ", "{");
        }""",
        [name, 24 * 3600_000],
    )

    page.reload()

    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    expect(page.locator(BOX)).to_have_value("")
    until_drafts(page, lambda count: count == 20)
    assert page.evaluate(DRAFT_NAMES).count("draft 0 /broken ") == 0


def test_without_storage_one_writes_without_drafts(window, article):
    page = window("ada")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })"
    )
    page.goto(article)
    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    page.locator(BOX).fill("그래도 씁니다")

    page.click(POST)

    expect(page.locator(".comment .text")).to_have_text(["그래도 씁니다"])


def test_a_draft_belongs_to_its_article(window, article):
    page = write(window, article, "이 기사에 쓴 글")

    page.goto(publish(window, title=unique("다른 기사")))

    expect(page.locator(".character-count").first).to_have_text("0 / 300")
    expect(page.locator(BOX)).to_have_value("")


def test_two_comments_in_a_row_are_stored_as_two(window, article):
    page = write(window, article, "하나")
    with without_reload(page):
        page.click(POST)
        expect(page.locator(BOX)).to_have_value("")
        page.locator(BOX).fill("둘")
        page.click(POST)
        expect(page.locator(".comment .text")).to_have_text(["둘", "하나"])
