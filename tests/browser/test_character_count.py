"""Character count: the number below the box is the one the server counts."""

import pytest
from playwright.sync_api import expect

from board.text import count_graphemes, normalize

LIMIT = 300
UNITS = {
    "Hangul": "가나다",
    "decomposed Hangul": "\u1100\u1161\u1102\u1161\u11ab",
    "old Hangul": "\u1112\u119e\u11ab글",
    "family emoji": "👨\u200d👩\u200d👧\u200d👦",
    "skin tones": "👍\U0001f3fd👩\U0001f3ff\u200d🚀",
    "flags": "🇰🇷🇫🇷",
    "flag of a region": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "keycaps and selectors": "1\ufe0f\u20e3☀\ufe0f",
    "combining marks": "a\u0323\u0308e\u0302\u0301",
    "heaped marks": "a" + "\u0302" * 40 + "b",
    "Devanagari": "\u0915\u094d\u0937\u093f",
    "Thai": "\u0e01\u0e33\u0e25\u0e31\u0e07",
    "Arabic with joiners": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "surrogate pairs": "𠀋𝒳",
    "invisible": "보\u200b이\u2060지 않\ufeff는\u3164글\u00ad자\u202e!",
    "stray joiners": "가\u200d나\u200c다",
    "stray selectors": "\ufe0e \ufe0f가",
    "tags": "가\U000e0061\U000e0062나",
    "line ends": "첫\r\n둘\r셋\n",
    "line separators": "첫\u2028둘\u2029셋",
    "blanks at line ends": "줄 끝   \n\t다음",
    "many empty lines": "위\n\n\n\n\n\n아래",
    "no-break and ideographic spaces": "가\u00a0나\u3000다",
}


@pytest.fixture
def box(window, article):
    page = window("ada")
    page.goto(article)
    expect(page.locator(".character-count")).to_have_text(f"0 / {LIMIT}")
    window.allow("status of 422")
    return page


def padded(unit: str, length: int) -> str:
    """`length` characters for the server: `unit` as often as it fits, then one letter."""
    text = ""
    while count_graphemes(normalize(text + unit + "x")) < min(length, 40):
        text += unit
    missing = length - count_graphemes(normalize(text + "x")) + 1
    return f"  {text}{'x' * missing} \n "


def test_the_counter_and_the_server_agree_at_the_limit(box):
    form = box.locator("form[data-write]")
    for number, (name, unit) in enumerate(UNITS.items()):
        fits, too_long = padded(unit, LIMIT), padded(unit, LIMIT + 1)
        assert [count_graphemes(normalize(text)) for text in (fits, too_long)] == [
            LIMIT,
            LIMIT + 1,
        ], name

        form.locator("textarea").fill(too_long)
        expect(form.locator(".character-count.over")).to_have_text("301 / 300")
        form.locator("button.primary").click()
        expect(form.get_by_role("alert")).to_have_text(
            "댓글은 300자까지 쓸 수 있습니다. 1자를 줄여 주세요."
        )
        form.locator("textarea").fill(fits)
        expect(form.locator(".character-count:not(.over)")).to_have_text("300 / 300")
        form.locator("button.primary").click()
        expect(box.locator("[data-count]"), name).to_have_text(str(number + 1))


def test_every_text_of_the_corpus_is_counted_as_the_server_counts_it(box):
    texts = [*UNITS.values(), *(f"{a}{b}" for a in UNITS.values() for b in UNITS.values())]

    counted = box.evaluate(
        """(texts) => {
            const box = document.querySelector("form[data-write] textarea");
            return texts.map((text) => {
                box.value = text;
                box.dispatchEvent(new Event("input", { bubbles: true }));
                return document.querySelector(".character-count").textContent;
            });
        }""",
        texts,
    )

    assert counted == [f"{count_graphemes(normalize(text))} / {LIMIT}" for text in texts]


def test_the_remaining_count_is_announced_only_past_a_mark(box):
    textarea, announced = box.locator("form[data-write] textarea"), box.locator("[data-countdown]")

    textarea.fill("가" * 249)
    expect(announced).to_have_text("")
    textarea.fill("가" * 250)
    expect(announced).to_have_text("50자 남았습니다")
    textarea.fill("가" * 251)
    expect(announced).to_have_text("50자 남았습니다")
    textarea.fill("가" * 302)
    expect(announced).to_have_text("2자 초과했습니다")
