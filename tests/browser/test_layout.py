"""Layout: nothing lies on a line, is cut, split or blank, and what a page is for comes first."""

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import say
from browser.test_pages import hide, visit_all

FAULTS = """() => {
    const all = (selector) => [...document.querySelectorAll(`main ${selector}`)]
        .filter((each) => each.checkVisibility());
    const box = (each) => each.getBoundingClientRect();
    const html = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 70);
    const meet = (one, other) => one.left < other.right && other.left < one.right;
    const style = (each, part) => getComputedStyle(each, part);
    const width = (each, side) => parseFloat(style(each)[`border${side}Width`]);

    const lines = all("*").filter((each) => !width(each, "Left") && !width(each, "Right"))
        .flatMap((each) => ["Top", "Bottom"].filter((side) => width(each, side))
            .map((side) => ({ each, y: box(each)[side.toLowerCase()] })));
    const over = (each) => each.closest(".menu, .headline-bar");  // may be over anything
    const onLine = (button) => lines.some(({ each, y }) => over(button) === over(each)
        && meet(box(button), box(each)) && box(button).top - 6 < y && y < box(button).bottom + 6);
    const isCut = (each) => /auto|scroll/.test(style(each).overflowX)
        && each.scrollWidth > each.clientWidth;
    const firstLabel = (form) => form.querySelector("label:not(.visually-hidden), legend");
    const labels = all("form").map((form) => [form, firstLabel(form)]);
    const texts = all("h1, main h2, main p");
    const isAgainstText = ([form, label]) => label?.checkVisibility() && texts.some((text) =>
        !form.contains(text) && meet(box(text), box(label))
        && Math.abs(box(label).top - box(text).bottom) < 10);
    const leadsNowhere = (link) => !document.getElementById(link.hash.slice(1));
    const tags = ".badge, main .tag, main .chip, main [class^=state-], main [class^=decision-],"
        + "main .removed-comment a";
    const isBroken = (text) => [...text.data.matchAll(/\\p{L}+/gu)].some((word) => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
    });
    const hasBrokenWord = (cell) => [...cell.childNodes]
        .some((child) => child.nodeType === Node.TEXT_NODE && isBroken(child));
    const isUnstyled = (input) => !width(input, "Top") || style(input).borderRadius === "0px"
        || style(input, "::file-selector-button").borderRadius === "0px";

    return [
        ["on a line", all(":is(button, .button):not(.plain, .comment-actions *)").filter(onLine)],
        ["cut", all("*:not(pre, textarea, input, .body table, .desk-nav)").filter(isCut)],
        ["split", all(tags).filter((each) => each.getClientRects().length > 1)],
        ["broken word", all(":is(th, td)").filter(hasBrokenWord)],
        ["blank", all("svg[role=img]").filter((each) =>
            ![...each.querySelectorAll("rect")].some((bar) => bar.height.baseVal.value))],
        ["against text", labels.filter(isAgainstText).map(([form]) => form)],
        ["leads nowhere", all(".problem a[href^='#']").filter(leadsNowhere)],
        ["unstyled", all("input[type=file]").filter(isUnstyled)],
    ].flatMap(([fault, found]) => found.map((each) => `${fault}: ${html(each)}`));
}"""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_nothing_lies_on_a_line_or_is_cut_split_blank_or_unstyled(window, lang):
    faults = {}
    for place, page in visit_all(window, lang):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            if found := page.evaluate(FAULTS):
                faults[place.name, width] = found
        page.set_viewport_size({"width": 1280, "height": 900})

    assert faults == {}


FOCUSED = "document.activeElement.matches('input, select, textarea, fieldset')"


@pytest.mark.parametrize(
    ("who", "path", "button"),
    [
        (None, "/sign-up", "main button.primary"),
        (None, "/report/rights", "main button.primary"),
        (None, "/report/rights/status", "main button.primary"),
        ("ada", "/account/leave", "main form.stack button:not([type=button])"),
        ("mo", "/desk/orders", "#register button.primary"),
        ("mo", "/desk/disclosures", "#register button.primary"),
        ("mo", "/desk/comments/1/case", ".desk-content button.primary"),
        ("mo", "/desk/threads/steer", ".desk-content button.primary"),
    ],
)
def test_every_error_at_the_top_of_a_form_leads_to_its_field(window, who, path, button):
    page = window(who)
    window.allow("status of 422")
    page.goto(path)
    page.click(button)
    expect(page.locator(".problem")).to_be_focused()

    links = page.locator(".problem li a").all()

    assert links
    for link in links:
        link.click()
        assert page.evaluate(FOCUSED), link.get_attribute("href")


# ---- the page of a comment ----


def visible_headings(page: Page) -> list[str]:
    return page.locator("main :is(h1, h2):not(.visually-hidden):visible").all_inner_texts()


@pytest.mark.parametrize("who", [None, "ada", "mo"])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_of_a_comment_shows_the_conversation_and_the_box_alone(
    window, article, who, scripts
):
    comment = say(window, article, "문을 닫습니다").split("#comment-")[1]
    say(window, article, "벌써요?", who="tess", parent=comment)
    page = window(who, java_script_enabled=scripts)

    page.goto(f"/comments/{comment}")

    assert visible_headings(page) == ["ada 님의 댓글", "ada 님에게 답글"]
    expect(page.locator("form.decision-form:visible")).to_have_count(0)


def test_the_menu_of_a_comment_on_its_page_has_everything_else(window, article):
    comment = say(window, article, "문을 닫습니다").split("#comment-")[1]
    page = window("mo")
    page.goto(f"/comments/{comment}")

    page.get_by_role("link", name="댓글 메뉴").click()

    menu = page.locator(".menu")
    assert menu.locator("button, a").all_inner_texts() == [
        "링크 복사", "작성자 차단", "신고",
        "권리침해 신고", "증거 자료", "재게시 차단", "운영 기록",
    ]  # fmt: skip
    menu.get_by_role("link", name="신고", exact=True).click()
    expect(page.locator("dialog h2")).to_have_text("이 댓글 신고")


def test_without_javascript_the_menu_is_a_list_and_a_refused_form_stays_open(window, article):
    say(window, article, "문을 닫습니다")
    window.allow("status of 422")
    page = window("mo", java_script_enabled=False)
    page.goto(article)

    page.get_by_role("link", name="댓글 메뉴").click()
    page.locator("#options").get_by_role("link", name="신고", exact=True).click()
    expect(page.locator("#options")).to_be_hidden()
    page.locator("#report").get_by_label("추가 설명").fill("두 번째입니다")
    page.locator("#report button.primary").click()

    expect(page.locator("[role=alert]")).to_have_text("신고 사유를 선택해 주세요.")
    expect(page.locator("#report").get_by_label("추가 설명")).to_have_value("두 번째입니다")
    assert visible_headings(page)[-1] == "이 댓글 신고"


def test_options_of_a_comment_nobody_can_read_stand_on_its_page(window, article):
    path = hide(window, say(window, article, "문을 닫습니다"))
    author, mo = window("ada"), window("mo", java_script_enabled=False)

    author.goto(path)
    assert author.locator("#options a").all_inner_texts() == ["삭제"]
    mo.goto(path)
    mo.locator("#options").get_by_role("link", name="복원").click()
    mo.locator("#restore button.primary").click()

    mo.goto(article)
    expect(mo.locator(".comment .text")).to_have_text("문을 닫습니다")


# ---- icons ----


def test_reactions_are_icons_with_names_and_a_countdown_is_shown_beside_them(window, article):
    say(window, article, "문을 닫습니다")
    page = window("mo", viewport={"width": 360, "height": 800})
    window.allow("status of 429")
    page.goto(article)
    like = page.get_by_role("button", name="공감 0, ada 님의 댓글", exact=True)
    expect(like.locator("svg")).to_be_visible()
    word = like.locator("[data-reaction-label]")
    assert word.bounding_box()["width"] == 1

    body, headers = "<!doctype html>", {"Retry-After": "10", "Content-Type": "text/html"}
    page.route("**/like", lambda route: route.fulfill(status=429, headers=headers, body=body))
    like.click()

    expect(word).to_have_text("공감(10초 뒤)")
    assert word.bounding_box()["width"] > 50


def test_neither_button_for_the_text_size_looks_pressed(window, article):
    page = window()
    page.goto(article)
    look = "(button) => [getComputedStyle(button).color, getComputedStyle(button).fontWeight]"

    smaller, larger = (
        page.get_by_role("button", name=name).evaluate(look) for name in ("작게", "크게")
    )

    assert smaller == larger


def test_the_number_of_comments_keeps_clear_of_the_orders(window):
    page = window(viewport={"width": 360, "height": 800})
    page.goto("/articles/library-hours")

    count = page.locator("[data-count]").bounding_box()
    first = page.locator(".sort-tabs a").first.bounding_box()

    assert first["y"] >= count["y"] + count["height"]


def test_radio_buttons_of_a_refused_form_have_no_frame(window):
    window.allow("status of 422")
    page = window()
    page.goto("/report/rights")

    page.locator("main form button").last.click()

    expect(page.locator(".problem")).to_be_visible()
    shadow = "element => getComputedStyle(element).boxShadow"
    assert page.locator("#kind-0").evaluate(shadow) == "none"
    assert page.locator("#url").evaluate(shadow) != "none"


def test_links_in_a_sentence_are_not_set_apart(window):
    page = window(viewport={"width": 360, "height": 800})
    page.goto("/sign-up")

    links = page.locator(".sentence a")

    expect(links).to_have_count(2)
    margin = "element => getComputedStyle(element).marginInlineStart"
    assert [link.evaluate(margin) for link in links.all()] == ["0px", "0px"]


def test_what_follows_a_form_in_a_panel_keeps_clear_of_its_button(window, article):
    page = window("tess")
    page.goto(article.replace("/articles/", "/desk/articles/"))
    form = page.locator(".panel form[action$='/close']")

    gap = form.evaluate(
        "form => form.nextElementSibling.getBoundingClientRect().top"
        " - form.getBoundingClientRect().bottom"
    )

    assert gap >= 12
