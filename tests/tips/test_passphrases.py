"""A code can be written down, read out and typed on any keyboard."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.runtime.limiter import QueueFull
from board.text.keyboard import KEYS, keystrokes
from board.tips.crypto import passphrases, wordlist
from board.tips.crypto.phrase_parser import Fault, InvalidPhrase
from tips.known_vectors import CODE, DIGITS

WORDS = CODE.split()
KEY_OF = {letter: key for key, letter in reversed(KEYS.items())}


def in_latin(text):
    """As it arrives when the keyboard stands on Latin: 마련 is akfus."""
    return "".join("".join(map(KEY_OF.get, keystrokes(char))) or char for char in text)


def full_width(text):
    return re.sub("[!-~]", lambda match: chr(ord(match[0]) + 0xFEE0), text)


def numbered(form):
    return "".join(form.format(n=number, word=word) for number, word in enumerate(WORDS, 1))


def test_a_code_is_eight_korean_words_and_no_two_are_the_same():
    codes = {passphrases.new_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(code.split()) for code in codes} == {8}
    assert all(passphrases.read_code(code) == code for code in codes)


SPELLINGS = {
    "as shown": CODE,
    "NFD": unicodedata.normalize("NFD", CODE),
    "two syllables": " ".join(word[:2] for word in WORDS),
    "two syllables run together": "".join(word[:2] for word in WORDS),
    "run together": "".join(WORDS),
    "two of them run together": CODE.replace(" ", "", 1),
    "every syllable apart": " ".join(CODE.replace(" ", "")),
    "a word torn": f"{CODE[0]} {CODE[1:]}",
    "more spaces": f"  {CODE.replace(' ', '   ')}\t",
    "lines": CODE.replace(" ", "\r\n"),
    "commas": CODE.replace(" ", ", "),
    "hyphens": CODE.replace(" ", "-"),
    "en dashes": CODE.replace(" ", "–"),
    "em dashes": CODE.replace(" ", " — "),
    "middle dots": CODE.replace(" ", "·"),
    "other dots": CODE.replace(" ", "ㆍ"),
    "slashes": CODE.replace(" ", "/"),
    "quotes": f"“{CODE}”",
    "1.": numbered("{n}. {word}\n"),
    "1)": numbered("{n}) {word} "),
    "(1)": numbered("({n}){word}"),
    "1번": numbered("{n}번 {word}, "),
    "1번째:": numbered("{n}번째: {word} "),
    "1 without a space": numbered("{n}{word} "),
    "circled numbers": "".join(chr(0x2460 + at) + word for at, word in enumerate(WORDS)),
    "emoji digits": numbered("{n}\ufe0f\u20e3 {word} "),
    "full-width numbers": full_width(numbered("{n}.{word} ")),
    "ideographic spaces": CODE.replace(" ", "\u3000"),
    "no-break spaces": CODE.replace(" ", "\xa0"),
    "zero-width characters": "\ufeff" + "\u200b".join(CODE),
    "fillers": "\u3164".join(CODE),
    "Latin": in_latin(CODE),
    "Latin run together": in_latin("".join(WORDS)),
    "full-width Latin": full_width(in_latin(CODE)),
    "Caps Lock": in_latin(CODE).swapcase(),
    "a capital begins each": in_latin(CODE).title(),
    "half in Latin": f"{' '.join(WORDS[:4])} {in_latin(' '.join(WORDS[4:]))}",
    "switched within a word": CODE[0] + in_latin(CODE[1:]),
    "single letters": "".join(keystrokes(char) or char for char in CODE),
    "digits": DIGITS,
    "digits without hyphens": DIGITS.replace("-", ""),
    "digits with spaces": DIGITS.replace("-", " "),
    "digits with en dashes": DIGITS.replace("-", "–"),
    "full-width digits": full_width(DIGITS),
    "both lines of the page": f"{CODE}\n{DIGITS}",
}  # fmt: skip


@pytest.mark.parametrize("typed", SPELLINGS.values(), ids=SPELLINGS)
def test_a_code_is_read_in_many_spellings(typed):
    assert passphrases.read_code(typed) == CODE
    assert passphrases.as_digits(passphrases.read_code(typed)) == DIGITS


def read_or_fault(read, *arguments):
    try:
        return read(*arguments)
    except InvalidPhrase as error:
        return error.fault


def fault_of(typed):
    with pytest.raises(InvalidPhrase) as error:
        passphrases.read_code(typed)
    return error.value.fault, error.value.positions, error.value.typed


SIX = " ".join(WORDS[:6])
RUN = SIX.replace(" ", "", 1)
NO_SPACES = CODE.replace(WORDS[4], "뷁뷁").replace(" ", "")
WRONG = {
    "two unknown": (f"{WORDS[0]} 뷁뷁 {' '.join(WORDS[2:])}요", Fault.UNKNOWN, (2, 8), 8),
    "one unknown, one missing": (f"뷁뷁 {' '.join(WORDS[1:7])}", Fault.UNKNOWN, (1,), 7),
    "one syllable": (CODE.replace(WORDS[4], WORDS[4][0]), Fault.UNKNOWN, (5,), 8),
    "unknown, two run together": (f"{RUN} 뷁뷁 {WORDS[7]}", Fault.UNKNOWN, (7,), 8),
    "unknown, all run together": (NO_SPACES, Fault.UNKNOWN, (5,), 0),
    "unknown in Latin": (in_latin(f"{SIX} 뷁뷁 {WORDS[7]}"), Fault.UNKNOWN, (7,), 8),
    "one missing": (" ".join(WORDS[:7]), Fault.COUNT, (), 7),
    "one missing, run together": ("".join(WORDS[:7]), Fault.COUNT, (), 7),
    "one missing, another is two": ("중계방송 " + " ".join(WORDS[1:7]), Fault.COUNT, (), 7),
    "one too many": (f"{CODE} 가격", Fault.COUNT, (), 9),
    "nothing": ("…", Fault.COUNT, (), 0),
    "another order": (" ".join(reversed(WORDS)), Fault.CHECKSUM, (), 0),
    "a digit missing": (DIGITS[:-1], Fault.DIGIT_COUNT, (), 26),
    "digits swapped": ("000-004-759-477-275-222-530-853-264", Fault.DIGIT_CHECKSUM, (), 0),
    "digits too large": ("9" * 27, Fault.DIGIT_CHECKSUM, (), 0),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "fault", "positions", "count"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(typed, fault, positions, count):
    assert fault_of(typed) == (fault, positions, count)


@pytest.mark.parametrize("between", [" ", ""], ids=["spaces", "run together"])
@pytest.mark.parametrize("count", [6, 12])
def test_a_long_word_is_not_read_as_two_in_place_of_one_that_is_missing(count, between):
    typed = between.join(["고등학생", "답장", "소년", "암컷", "영남"] + ["용기"] * (count - 6))

    with pytest.raises(InvalidPhrase) as error:
        passphrases.read_phrase(typed, count)

    assert (error.value.fault, error.value.typed) == (Fault.COUNT, count - 1)
    assert passphrases.read_phrase(f"{typed}{between}물론", count).endswith("물론")


def test_an_error_quotes_nothing_that_was_typed():
    with pytest.raises(InvalidPhrase) as error:
        passphrases.read_code(f"{SIX} 뷁뷁")

    assert not [word for word in (*WORDS, "뷁뷁") if word in repr(error.value)]


def test_what_can_be_read_in_two_ways_is_not_guessed():
    """With Caps Lock, DLQKF is 이빨, or 이발, which begins 이발소."""
    rest = in_latin("마련 마련 마련 마련 마련")

    assert passphrases.read_phrase(f"dlQkf {rest}", 6).startswith("이빨 ")
    assert passphrases.read_phrase(f"dlqkf {rest}", 6).startswith("이발소 ")
    with pytest.raises(InvalidPhrase) as error:
        passphrases.read_phrase(f"dlqkf {rest}".upper(), 6)
    assert error.value.fault is Fault.AMBIGUOUS


def test_two_syllables_are_enough_for_every_word_in_every_layout():
    words = wordlist.words()
    assert [word for word in words if passphrases.read_phrase(word[:2], 1) != word] == []
    assert [word for word in words if passphrases.read_phrase(in_latin(word[:2]), 1) != word] == []


SEPARATORS = st.sampled_from([" ", "", "\n", ", ", "-", "–", "·", " 1. ", "②", "\u200b "])
LAYOUTS = st.sampled_from([
    str, in_latin, lambda word: unicodedata.normalize("NFD", word), lambda word: word[:2],
    lambda word: in_latin(word[:2]),
])  # fmt: skip


@given(st.data())
@settings(max_examples=300, deadline=None)
@pytest.mark.slow
def test_every_mixture_of_spellings_is_read_or_refused_but_never_mistaken(data):
    count = data.draw(st.sampled_from([6, 12]))
    words = [data.draw(st.sampled_from(wordlist.words())) for _ in range(count)]
    typed = "".join(data.draw(LAYOUTS)(word) + data.draw(SEPARATORS) for word in words)

    assert read_or_fault(passphrases.read_phrase, typed, count) in (
        " ".join(words),
        Fault.AMBIGUOUS,
    )


@pytest.mark.slow
@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(typed):
    result = read_or_fault(passphrases.read_code, typed)

    assert isinstance(result, Fault) or len(result.split()) == 8


def test_the_checksum_catches_nearly_every_wrong_word():
    caught = 0
    for word in wordlist.words()[:512]:
        try:
            passphrases.read_code(" ".join([*WORDS[:3], word, *WORDS[4:]]))
        except InvalidPhrase as wrong:
            caught += wrong.fault is Fault.CHECKSUM
    assert caught > 505


@pytest.mark.parametrize(
    "typed", ["", "사과", CODE + " 사과", "1", "9" * 27, "0" * 28, "a b c d e f g h"]
)
def test_other_text_is_refused_as_a_code(typed):
    with pytest.raises(InvalidPhrase):
        passphrases.read_code(typed)


def test_text_that_gives_the_code_away_is_recognised():
    some = " ".join(CODE.split()[2:6])

    assert passphrases.looks_like_code(f"제 코드는 {some} 입니다")
    assert not passphrases.looks_like_code("부두에서 있었던 일을 적습니다. " + CODE.split()[0])
    assert not passphrases.looks_like_code("어제 오전 회의에서 과장이 서류를 없애라고 했습니다.")


def test_a_text_waits_for_its_turn_to_be_searched(monkeypatch):
    monkeypatch.setattr(passphrases.text_checks, "wait", 0)
    with passphrases.text_checks, pytest.raises(QueueFull):
        passphrases.contains_code("장부입니다.")


def test_passphrases_and_recovery_words_are_read_like_codes():
    phrase = passphrases.new_phrase(passphrases.PASSPHRASE_WORDS)

    assert passphrases.read_phrase(" ".join(word[:2] for word in phrase.split()), 6) == phrase
    with pytest.raises(InvalidPhrase):
        passphrases.read_phrase(phrase, passphrases.RECOVERY_WORDS)


TORN = {"every syllable apart", "a word torn"}


@pytest.mark.parametrize("spelling", sorted(SPELLINGS.keys() - TORN))
def test_a_code_is_found_in_a_text_in_nearly_every_spelling(spelling):
    assert passphrases.contains_code(f"제 코드는 {SPELLINGS[spelling]} 입니다")
