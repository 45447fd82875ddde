"""Featured comments, badges and discs in a browser."""

import re

import pytest
from playwright.sync_api import expect

from browser.conftest import publish, say

DISCS = """() => [...Array(12).keys()].map((number) => {
    const disc = document.createElement("span");
    disc.className = `disc disc-${number}`;
    document.body.append(disc);
    const { color, backgroundColor } = getComputedStyle(disc);
    return [color, backgroundColor];
})"""


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of rgb(…)."""
    channels = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_initial_on_each_of_twelve_discs_is_readable(window, theme):
    page = window(color_scheme=theme)
    page.goto("/")
    colours = page.evaluate(DISCS)

    assert len({background for _, background in colours}) == 12
    assert [pair for pair in colours if contrast(*pair) < 4.5] == []


def test_an_editor_features_from_the_menu_and_takes_it_away_again(window):
    article = publish(window, title="추천할 기사", body="본문")
    say(window, article, "먼저 쓴 댓글")
    say(window, article, "추천할 댓글")
    page = window("tess")
    page.goto(article)

    page.locator("ol.comments .menu-link").first.click()
    page.get_by_role("link", name="편집국 추천", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="편집국 추천").click()

    expect(page.locator(".featured .text")).to_have_text("추천할 댓글")
    expect(page.locator("ol.comments .badge-featured")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("댓글을 편집국 추천에 올렸습니다.")
    page.locator("ol.comments .menu-link").first.click()
    page.get_by_role("link", name="추천 해제").click()
    page.get_by_role("dialog").get_by_role("button", name="추천 해제").click()
    expect(page.locator(".featured")).to_have_count(0)
    expect(page.locator(".badge-featured")).to_have_count(0)


def test_without_javascript_an_editor_features_on_the_page_of_the_comment(window):
    article = publish(window, title="추천할 기사", body="본문")
    address = say(window, article, "추천할 댓글")
    page = window("tess", java_script_enabled=False)
    page.goto(f"/comments/{address.split('#comment-')[1]}#options")

    page.get_by_role("link", name="편집국 추천").click()
    page.locator("#feature button.primary").click()

    expect(page.locator(".notice")).to_have_text(
        "ada 님의 댓글을 댓글창 맨 위 편집국 추천에 올렸습니다."
    )
    page.goto(article)
    expect(page.locator(".featured .text")).to_have_text("추천할 댓글")


def test_a_featured_comment_deleted_in_place_leaves_the_top_too(window):
    article = publish(window, title="추천할 기사", body="본문")
    window.allow("status of 404")  # the script asks for a comment that is gone
    address = say(window, article, "추천했다 지울 댓글")
    id = address.split("#comment-")[1]
    origin = {"Origin": window.board.url}
    assert window.requests("tess").post(f"/comments/{id}/feature", headers=origin).ok
    page = window("ada")
    page.goto(article)
    expect(page.locator(".featured")).to_be_visible()

    page.locator(f"#comment-{id} a[href$='#delete']").click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()

    expect(page.locator(".featured")).to_have_count(0)


def test_who_blocks_an_author_no_longer_sees_them_on_top(window):
    article = publish(window, title="추천할 기사", body="본문")
    address = say(window, article, "차단할 사람의 댓글", who="tess")
    id = address.split("#comment-")[1]
    origin = {"Origin": window.board.url}
    assert window.requests("tess").post(f"/comments/{id}/feature", headers=origin).ok
    page = window("ada")
    page.goto(article)
    page.locator(f"#comment-{id} .menu-link").click()
    page.get_by_role("link", name="작성자 차단").click()
    page.get_by_role("dialog").locator("button.primary, button.danger").first.click()

    expect(page.locator(f"#comment-{id} .muted")).to_be_visible()
    expect(page.locator(".featured li")).to_have_count(0)
    assert (
        window.requests("ada")
        .post(
            f"/people/{page.locator(f'#comment-{id}').get_attribute('data-author')}/unmute",
            headers=origin,
        )
        .ok
    )


def test_a_name_leads_to_the_page_of_its_person(window):
    article = publish(window, title="누가 썼나", body="본문")
    say(window, article, "내 댓글")
    page = window()
    page.goto(article)

    page.locator("ol.comments").get_by_role("link", name="ada", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("ada")
    expect(page.locator(".person .disc")).to_have_attribute("aria-hidden", "true")
