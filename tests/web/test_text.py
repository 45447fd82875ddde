"""Text normalisation: one spelling, nothing invisible, nothing that breaks out of its line."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from board.text import count_graphemes, is_readable, join_closing_quotes, normalize, normalize_line

TRICKY = st.characters() | st.sampled_from(
    "\u1100\u115a\u1161\u11a7\u11a8\ud7b0\u17d2ក\u0610ا\u093eक"
    "\u200d\u200c\ufe0f\u034f\u0301\u0323\u0344\u20dd\n\r \u3164ᄀ가ᅡ\u0307🏴👨\U000e0067\U000e007f"
)
WORDS = [
    "ᄀᆞᄅᆞ치다", "나랏말ᄊᆞ미", "ၵ်ုႍ", "ကျွန်ုပ်", "ស្ត្រី", "ఆక్ష్ణ", "ಸ್ತ್ರೀ", "བསྒྲུབས", "ཧཱུྃ",
    "नमस्ते", "Việt", "שָׁלוֹם", "مُحَمَّدٌ", "葛\U000e0100城", "ở",
]  # fmt: skip
JOINED = [
    "👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍💻", "🏳️‍🌈", "❤️‍🔥", "☠️", "1️⃣", "क्‍ष", "می‌خواهم", "ශ්‍රී", "ക്‍", "ક્‍ષ", "క్‍",
]  # fmt: skip


@given(st.text(TRICKY))
@example(" \ufe0f\u200d")
@example("\u200d\ufe0f\u200d")
@example("e\u200b\u0301")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once, line = normalize(text), normalize_line(text)
    assert (normalize(once), normalize_line(line)) == (once, line)
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (unicodedata.normalize("NFD", "바다 é"), "바다 é"),
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\n\n\n\n\n\nb", "a\n\n\nb"),
        ("a\n \n\u3000\n \n \nb", "a\n\n\nb"),
        ("  a\tb  ", "a b"),
        ("safe\u202egpj.exe\u2066x\u2069", "safegpj.exex"),
        ("ㅤ\u115f\u1160\uffa0\u2800\u200b\u2060\ufeff\u00ad\u180e\U0001d173", ""),
        ("a\u200db\u200cc", "abc"),
        ("\ufe0f \ufe0f\u034f", ""),
        ("a\U000e0061\U000e007fb", "ab"),
        ("🏴" + "\U000e0061" * 500, "🏴"),
        ("q" + "\u0301" * 40, "q" + "\u0301" * 4),
        ("z" + "\u20dd" * 40, "z" + "\u20dd" * 4),
        ("\x01\x1b[31m\x7f\x85", "[31m"),
        ("a" + "\ufe0f" * 40, "a\ufe0f\ufe0f"),
        ("葛" + "\U000e0100\ufe00" * 20, "葛\U000e0100\ufe00"),
        ("क" + "\u093e" * 40, "क" + "\u093e" * 8),
        (
            "ا" + "\u0610\u0611\u0612\u0613\u200d" * 30,
            "ا\u0610\u0611\u0612\u0613\u200d\u0610\u0611\u0612",
        ),
        ("\u1100" * 40 + "ᅡ", "\u1100\u1100가"),
        ("\u1100" * 9 + "\u115f\u115a\u1161", "\u1100\u115a\u1161"),
        ("가" + "\u1161" * 40, "가\u1161\u1161"),
        ("가" + "\u11a8" * 40, "각\u11a8\u11a8"),
        ("ក" + "\u17d2ក" * 40, "ក" + "\u17d2ក" * 4),
    ],
)
def test_text_is_stored_without_hidden_characters(typed: str, stored: str) -> None:
    assert normalize(typed) == stored


@pytest.mark.parametrize("text", JOINED + [unicodedata.normalize("NFC", word) for word in WORDS])
def test_joiners_and_marks_stay_where_they_have_a_meaning(text: str) -> None:
    assert normalize(text) == text


def test_a_line_has_single_spaces_and_no_breaks() -> None:
    assert normalize_line(" 가\n\n나\u3000 다\u2028라 ") == "가 나 다 라"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0), ("한글", 2), (unicodedata.normalize("NFD", "한글"), 2), ("ㅋㅋㅋ", 3), ("é", 1),
        ("👨‍👩‍👧", 1), ("🇰🇷🇯🇵", 2), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1), ("👍🏽", 1), ("1️⃣", 1), ("a\r\nb", 3),
    ],
)  # fmt: skip
def test_a_character_is_counted_as_a_reader_sees_it(text: str, length: int) -> None:
    assert count_graphemes(text) == length


@pytest.mark.parametrize("text", ["\x00", "a\ufffd", "\ud800"])
def test_bytes_that_are_not_text_are_not_readable(text: str) -> None:
    assert not is_readable(text)


def test_ordinary_text_is_readable() -> None:
    assert is_readable("가나다 abc 🌊\n")


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0301\u0323" * 15000, "a" + "\u0301\u200b\u0323" * 9000, "a" + " " * 60000 + "b"],
)
def test_no_text_a_form_can_hold_takes_long_to_normalise(text: str) -> None:
    start = time.process_time()
    normalize(text)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("html", "joined"),
    [
        ("“온다”고 했다", "“온다”\u2060고 했다"),
        ("‘부두’이라는", "‘부두’\u2060이라는"),
        ("&#34;온다&#34;고 &#39;부두&#39;는", "&#34;온다&#34;\u2060고 &#39;부두&#39;\u2060는"),
        ("「부두」에서 『바다』는", "「부두」\u2060에서 『바다』\u2060는"),
        ("“온다” 고, ”.", "“온다” 고, ”."),
        ("the harbour’s “quay”s", "the harbour’s “quay”s"),
    ],
)
def test_a_particle_is_joined_to_the_quotation_mark_before_it(html: str, joined: str) -> None:
    assert join_closing_quotes(html) == joined
    assert normalize(joined) == html


@given(st.text(TRICKY | st.sampled_from("”’」가나")))
def test_joining_quotes_adds_word_joiners_and_nothing_else(text: str) -> None:
    bare = text.replace("\u2060", "")
    assert join_closing_quotes(bare).replace("\u2060", "") == bare
