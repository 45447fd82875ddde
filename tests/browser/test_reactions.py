"""Reactions in place: shown at once, corrected to the server's answer, undone when refused."""

import re

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import say, without_reload


def button(page: Page, word: str):
    return page.locator(".comment").first.get_by_role("button", name=re.compile(f"^{word} "))


def status(page: Page):
    return page.locator("#status")


@pytest.fixture
def liked(window, article) -> Page:
    """mo has just liked ada's comment."""
    say(window, article, "부두에 불이 켜졌습니다")
    page = window("mo")
    page.goto(article)
    button(page, "공감").click()
    expect(status(page)).to_have_text("이 댓글에 공감하셨습니다.")
    return page


def test_a_like_counts_at_once_and_after_a_reload(liked):
    expect(button(liked, "공감")).to_have_attribute("aria-pressed", "true")
    expect(button(liked, "공감")).to_have_accessible_name("공감 1, ada 님의 댓글")
    expect(button(liked, "비공감")).to_have_attribute("aria-pressed", "false")

    liked.reload()

    expect(button(liked, "공감")).to_have_attribute("aria-pressed", "true")
    expect(button(liked, "공감")).to_have_text("공감 1")


def test_a_reaction_is_changed_and_taken_back_in_place(liked):
    with without_reload(liked):
        button(liked, "비공감").click()
        expect(status(liked)).to_have_text("이 댓글에 비공감하셨습니다.")
        expect(button(liked, "공감")).to_have_text("공감 0")
        expect(button(liked, "비공감")).to_have_accessible_name("비공감 1, ada 님의 댓글")

        button(liked, "비공감").focus()
        liked.keyboard.press("Enter")
        expect(status(liked)).to_have_text("공감 표시를 취소했습니다.")
        expect(button(liked, "비공감")).to_have_text("비공감 0")
        expect(button(liked, "비공감")).to_have_attribute("aria-pressed", "false")
        expect(button(liked, "비공감")).to_be_focused()


def test_the_counts_become_those_of_the_server(window, article, liked):
    tess = window("tess")
    tess.goto(article)
    button(tess, "공감").click()
    expect(status(tess)).not_to_be_empty()

    button(liked, "비공감").click()

    expect(button(liked, "비공감")).to_have_text("비공감 1")
    expect(button(liked, "공감")).to_have_text("공감 1")


def test_a_refused_reaction_is_undone_with_the_reason(window, article, liked):
    window.allow("status of 409")
    mo = window("mo")
    mo.goto(article)
    mo.locator(".moderators-only[href$='#hide']").first.click()
    mo.get_by_label("기사와 무관한 내용").check()
    mo.locator("form[action$='/hide'] button.primary").click()
    expect(mo.locator(".removed-comment")).to_be_visible()

    with without_reload(liked):
        button(liked, "비공감").click()
        expect(status(liked)).to_contain_text("더 이상 보이지 않는 댓글이라")

    expect(button(liked, "공감")).to_have_text("공감 1")
    expect(button(liked, "공감")).to_have_attribute("aria-pressed", "true")
    expect(button(liked, "비공감")).to_have_text("비공감 0")


def test_a_reaction_without_a_network_is_undone(window, liked):
    window.allow("ERR_INTERNET_DISCONNECTED")
    liked.context.set_offline(True)

    button(liked, "공감").click()

    expect(status(liked)).to_contain_text("처리하지 못했습니다")
    expect(button(liked, "공감")).to_have_text("공감 1")
    expect(button(liked, "공감")).to_have_attribute("aria-pressed", "true")


def test_nobody_can_react_to_their_own_comment(window, article):
    say(window, article, "제 댓글입니다")
    page = window("ada")
    page.goto(article)

    expect(button(page, "공감")).to_have_attribute("aria-disabled", "true")
    button(page, "공감").click(force=True)

    expect(status(page)).to_have_text("내 댓글에는 공감·비공감을 누를 수 없습니다.")
    expect(button(page, "공감")).to_have_text("공감 0")


def test_without_scripts_a_like_leads_to_the_comments_page_which_takes_it_back(window, article):
    say(window, article, "글씨만 있어도 됩니다")
    page = window("mo", java_script_enabled=False)
    page.goto(article)

    button(page, "공감").click()
    expect(page.locator(".reaction-status p")).to_have_text("이 댓글에 공감하셨습니다.")
    expect(button(page, "공감")).to_have_text("공감 1")
    page.locator(".reaction-status button").click()

    expect(page.locator(".reaction-status")).to_have_count(0)
    expect(button(page, "공감")).to_have_text("공감 0")


def test_a_new_comment_is_on_top_in_every_order(window, article):
    say(window, article, "먼저 쓴 댓글")
    page = window("mo")
    page.goto(f"{article}?sort=oldest")
    page.locator("form[data-write] textarea").fill("나중에 쓴 댓글")
    page.locator("form[data-write] button.primary").click()

    expect(page.locator(".sort-tabs [aria-current]")).to_have_text("최신순")
    expect(page.locator(".comment").first).to_contain_text("나중에 쓴 댓글")


def test_the_next_page_joins_in_place_with_ones_own_reactions(window, article):
    for number in range(22):
        say(window, article, f"{number + 1}번째")
    page = window("mo")
    page.goto(article)
    button(page, "공감").click()
    expect(status(page)).not_to_be_empty()
    page.goto(f"{article}?sort=oldest")

    with without_reload(page):
        page.locator("a[data-more]").click()
        expect(page.locator(".comment")).to_have_count(22)
        last = page.locator(".comment").last
        expect(last).to_contain_text("22번째")
        expect(last.locator("[data-react=like] button")).to_have_attribute("aria-pressed", "true")
