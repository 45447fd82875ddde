"""A code can be written down, read out and typed on any keyboard."""

import unicodedata

import pytest

from board.tips.crypto import passphrases
from board.tips.crypto.passphrases import InvalidPhrase
from tips.known_vectors import CODE, DIGITS


def test_a_code_is_eight_korean_words_and_no_two_are_the_same():
    codes = {passphrases.new_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(code.split()) for code in codes} == {8}
    assert all(passphrases.read_code(code) == code for code in codes)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        unicodedata.normalize("NFD", CODE),
        " ".join(word[:2] for word in CODE.split()),
        CODE.replace(" ", "\n"),
        CODE.replace(" ", ", "),
        f"  {CODE}  ",
        DIGITS,
        DIGITS.replace("-", ""),
        DIGITS.replace("-", " "),
    ],
)
def test_a_code_is_read_in_many_spellings(typed):
    assert passphrases.read_code(typed) == CODE
    assert passphrases.as_digits(passphrases.read_code(typed)) == DIGITS


def test_unknown_words_are_named_by_their_positions():
    typed = CODE.split()
    typed[1], typed[6] = "뷁뷁", typed[6] + "요"

    with pytest.raises(InvalidPhrase) as error:
        passphrases.read_code(" ".join(typed))
    assert error.value.positions == (2, 7)


def test_the_checksum_catches_nearly_every_wrong_word():
    typed, caught = CODE.split(), 0
    for word in passphrases._wordlist()[:512]:
        if word == typed[3]:
            continue
        try:
            passphrases.read_code(" ".join([*typed[:3], word, *typed[4:]]))
        except InvalidPhrase as wrong:
            caught += wrong.positions == ()
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


def test_passphrases_and_recovery_words_are_read_like_codes():
    phrase = passphrases.new_phrase(passphrases.PASSPHRASE_WORDS)

    assert passphrases.read_phrase(" ".join(word[:2] for word in phrase.split()), 6) == phrase
    with pytest.raises(InvalidPhrase):
        passphrases.read_phrase(phrase, passphrases.RECOVERY_WORDS)
