"""The headline stays readable in a slim bar once it has scrolled away."""

import pytest
from playwright.sync_api import expect

from browser.conftest import fits, publish, say, unique

ARTICLE = "/articles/night-bus"
PHONE = {"width": 360, "height": 740}
BAR = ".headline-bar"
LONG = "광주 이용섭 시장 “2021년 혁신 소통 청렴행정으로 AI 광주시대를 열어가자” 강조"
SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


def scroll(page, to):
    page.evaluate(f"scrollTo({{ top: {to}, behavior: 'instant' }})")


def bottom_of_bar(page):
    return page.locator(BAR).evaluate("(bar) => bar.getBoundingClientRect().bottom")


@pytest.mark.parametrize("path", [ARTICLE, f"{ARTICLE}/comments"])
def test_it_comes_and_goes_with_the_headline(window, path):
    page = window()
    page.goto(path)
    expect(page.locator("main h1")).to_be_in_viewport()
    expect(page.locator(BAR)).to_be_hidden()

    scroll(page, 700)
    expect(page.locator(BAR)).to_be_visible()
    assert page.locator(f"{BAR} .headline").inner_text() == page.locator("main h1").inner_text()

    scroll(page, 0)
    expect(page.locator(BAR)).to_be_hidden()


def test_a_long_headline_is_readable_on_a_small_phone(window):
    page = window(viewport=PHONE)
    page.goto(publish(window, title=f"{LONG} {unique('끝')}", body="문단입니다.\n\n" * 60))
    scroll(page, 900)
    text = page.locator(f"{BAR} .headline span")
    expect(text).to_be_visible()

    lines = text.evaluate("(it) => it.clientHeight / parseFloat(getComputedStyle(it).lineHeight)")
    assert round(lines) == 2
    assert text.bounding_box()["width"] > 200
    assert page.locator(BAR).bounding_box()["height"] < 60
    assert fits(page)


def test_nothing_moves_when_it_comes_and_goes(window):
    page = window(viewport=PHONE)
    page.add_init_script(SHIFTS)
    page.goto(ARTICLE)
    page.wait_for_load_state("networkidle")
    before = page.evaluate("[shifts, document.documentElement.scrollHeight]")

    for top in (900, 0, 900):
        scroll(page, top)
        expect(page.locator(BAR)).to_be_visible(visible=top > 0)

    assert page.evaluate("[shifts, document.documentElement.scrollHeight]") == before


def test_a_linked_comment_and_what_has_the_focus_are_not_under_it(window, article):
    for number in range(12):
        address = say(window, article, f"{number}번째 댓글\n" * 3)
    page = window("ada", viewport=PHONE)
    page.goto(address)
    scroll(page, 0)
    page.evaluate("location.hash = ''")
    page.evaluate(f"location.hash = '#{address.split('#')[1]}'")
    expect(page.locator(BAR)).to_be_visible()
    linked = page.locator(f"#{address.split('#')[1]}")
    assert linked.bounding_box()["y"] >= bottom_of_bar(page)

    scroll(page, 99_999)
    page.locator(".comment a.menu-link").last.focus()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        focused = page.evaluate(
            "[document.activeElement.getBoundingClientRect().top, "
            "Boolean(document.activeElement.closest('.headline-bar'))]"
        )
        assert focused[1] or focused[0] >= bottom_of_bar(page)


def test_its_links_lead_to_the_top_and_to_the_comments(window):
    page = window(viewport=PHONE)
    page.goto(ARTICLE)
    scroll(page, 700)

    page.click(f"{BAR} .to-thread")
    expect(page.locator("#thread-title")).to_be_in_viewport()
    assert page.locator("#thread-title").bounding_box()["y"] >= bottom_of_bar(page)

    page.click(f"{BAR} .headline")
    expect(page.locator("main h1")).to_be_in_viewport()
    expect(page.locator(BAR)).to_be_hidden()


def test_the_keyboard_meets_it_on_the_way_back_from_the_comments(window):
    page = window()
    page.goto(ARTICLE)
    page.locator(".tip-invitation a").focus()
    expect(page.locator(BAR)).to_be_visible()
    page.locator(".sort-tabs a").first.focus()

    page.keyboard.press("Shift+Tab")
    expect(page.locator(f"{BAR} .to-thread")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(f"{BAR} .headline")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".tip-invitation a")).to_be_focused()


def test_out_of_sight_the_keyboard_does_not_meet_it(window):
    page = window()
    page.goto(ARTICLE)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert not page.evaluate("Boolean(document.activeElement.closest('.headline-bar'))")


@pytest.mark.parametrize(("motion", "duration"), [("reduce", "0s"), ("no-preference", "0.2s")])
def test_it_slides_only_for_readers_who_do_not_mind_motion(window, motion, duration):
    page = window(reduced_motion=motion)
    page.goto(ARTICLE)

    style = page.locator(BAR).evaluate("(bar) => getComputedStyle(bar).transitionDuration")
    assert style.split(",")[0] == duration


def test_in_a_very_low_window_it_leaves_the_room_to_the_text(window):
    page = window(viewport={"width": 640, "height": 300})
    page.goto(ARTICLE)
    scroll(page, 900)
    expect(page.locator("main h1")).not_to_be_in_viewport()

    expect(page.locator(BAR)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).scrollPaddingTop") == "16px"


def test_without_scripts_there_is_none(window):
    page = window(java_script_enabled=False)
    page.goto(f"{ARTICLE}#thread")

    expect(page.locator("#thread-title")).to_be_in_viewport()
    expect(page.locator(BAR)).to_be_hidden()
