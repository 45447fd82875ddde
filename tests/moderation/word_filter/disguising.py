"""Disguises of a word, written independently of the matcher; up to three at a time, from a seed."""

import random
import unicodedata
from collections.abc import Callable

KEYS = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
        "qwertyuiopasdfghjklzxcvbnm",
        strict=True,
    )
)
SHIFTED = dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP", strict=True))
KEYS |= SHIFTED
LETTERS_OF_TWO = """
ㅘㅗㅏ ㅙㅗㅐ ㅚㅗㅣ ㅝㅜㅓ ㅞㅜㅔ ㅟㅜㅣ ㅢㅡㅣ
ㅄㅂㅅ ㄶㄴㅎ ㄺㄹㄱ ㄼㄹㅂ ㅀㄹㅎ ㄵㄴㅈ ㄳㄱㅅ
"""
PAIRS = {two[0]: two[1:] for two in LETTERS_OF_TWO.split()}
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
TENSED = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ", strict=True))
ALIKE = {
    "ㅐ": "ㅔ",
    "ㅔ": "ㅐ",
    "ㅣ": "ㅟ",
    "ㅏ": "ㅑ",
    "ㅓ": "ㅕ",
    "ㅕ": "ㅓ",
    "ㅗ": "ㅛ",
    "ㅜ": "ㅠ",
}

Disguise = Callable[[str, random.Random], str]


def decompose(syllable: str) -> str:
    number = ord(syllable) - ord("가")
    final = FINALS[number % 28].strip()
    return INITIALS[number // 588] + chr(ord("ㅏ") + number % 588 // 28) + final


def compose(letters: str) -> str:
    first, vowel, *last = letters
    number = INITIALS.index(first) * 588 + (ord(vowel) - ord("ㅏ")) * 28
    return chr(ord("가") + number + (FINALS.index(last[0]) if last else 0))


def with_one_changed(word: str, chance: random.Random, change: Callable[[str], str]) -> str:
    at = chance.randrange(len(word))
    changed = change(word[at]) if "가" <= word[at] <= "힣" else word[at]
    return word[:at] + changed + word[at + 1 :]


def parted(word: str, chance: random.Random) -> str:
    between = chance.choice(
        [".", " ", "~", "1", "-", "*", "♡", "💢", "_", "/", "^^", "..", "ㅡ", "7"]
    )
    at = chance.randrange(1, len(word))
    return word[:at] + between + word[at:]


def parted_everywhere(word: str, chance: random.Random) -> str:
    return chance.choice([".", " ", "~", "1", "★", "​", "-"]).join(word)


def in_letters(word: str, chance: random.Random) -> str:
    return "".join(decompose(each) if "가" <= each <= "힣" else each for each in word)


def one_in_letters(word: str, chance: random.Random) -> str:
    return with_one_changed(word, chance, decompose)


def stretched(word: str, chance: random.Random) -> str:
    def stretch(syllable: str) -> str:
        first, vowel, *last = decompose(syllable)
        open_one = compose(first + vowel)
        more = compose("ㅇ" + vowel) * chance.randrange(4)
        return open_one + more + compose("".join(["ㅇ", vowel, *last]))

    return with_one_changed(word, chance, stretch)


def tensed(word: str, chance: random.Random) -> str:
    def tense(syllable: str) -> str:
        first, *rest = decompose(syllable)
        return compose("".join([TENSED.get(first, first), *rest]))

    return with_one_changed(word, chance, tense)


def with_a_vowel_alike(word: str, chance: random.Random) -> str:
    def alike(syllable: str) -> str:
        first, vowel, *rest = decompose(syllable)
        return compose("".join([first, ALIKE.get(vowel, vowel), *rest]))

    return with_one_changed(word, chance, alike)


def invisible(word: str, chance: random.Random) -> str:
    return chance.choice(["​", "­", "⁠", "ㅤ", "‍", "̸", "️"]).join(word)


def decomposed(word: str, chance: random.Random) -> str:
    return unicodedata.normalize("NFD", word)


def typed_in_latin(word: str, chance: random.Random) -> str:
    letters = "".join(PAIRS.get(letter, letter) for letter in in_letters(word, chance))
    return "".join(KEYS.get(letter, letter) for letter in letters)


def half_typed_in_latin(word: str, chance: random.Random) -> str:
    return with_one_changed(word, chance, lambda syllable: typed_in_latin(syllable, chance))


def drawn(word: str, chance: random.Random) -> str:
    return one_in_letters(word, chance).replace("ㅣ", chance.choice("lI1|丨")).replace("ㅏ", "r")


HIDING: list[Disguise] = [
    parted, parted_everywhere, in_letters, one_in_letters, stretched, tensed, with_a_vowel_alike,
    invisible, decomposed, typed_in_latin, half_typed_in_latin, drawn,
]  # fmt: skip
# Disguises for a word that no longer consists of syllables alone.
COVERING: list[Disguise] = [invisible, decomposed, lambda word, _: word]
ENDINGS = ["", "아", "들", "이네", "같은", "ㅋㅋ", "!", " 진짜", "은"]


def disguises(word: str, count: int, seed: int) -> list[str]:
    """Texts with `word` in one to three disguises, followed by other words."""
    chance = random.Random(f"{seed}{word}")
    hidden = []
    while len(hidden) < count:
        first = chance.choice([tensed, with_a_vowel_alike, stretched, *[lambda it, _: it] * 3])
        second, third = chance.choice(HIDING), chance.choice(COVERING)
        text = third(second(first(word, chance), chance), chance)
        if text != word:
            hidden.append(text + chance.choice(ENDINGS))
    return hidden
