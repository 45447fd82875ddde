"""Jamo: the letters of a character, and which letters sound, look or are typed alike.

Hangul is split into letters (자모). Letters that sound alike are merged: ㅆ with ㅅ, ㅖ with ㅔ,
a final ㅈ with ㅅ. The original sound is stored beside the merged letter: a disguise hardens
a word (시발, 씨발) more often than it softens it (새끼, 세기).
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from board.text.keyboard import FINALS, INITIALS, KEYS, MEDIALS

CONSONANTS = frozenset(INITIALS)
VOWELS = frozenset(MEDIALS)
_MERGED = str.maketrans(
    "ㄲㅋㄸㅌㅃㅍㅆㅉㅊㅑㅘㅕㅝㅛㅠㅟㅢㅐㅒㅖㅚㅙㅞ",
    "ㄱㄱㄷㄷㅂㅂㅅㅈㅈㅏㅏㅓㅓㅗㅜㅣㅣㅔㅔㅔㅔㅔㅔ",
)
# What a final consonant sounds like. ㄲ stays: it is pronounced again before a vowel (샊이).
_FINAL_SOUNDS = str.maketrans("ㅋㅍㄷㅆㅈㅊㅌ", "ㄱㅂㅅㅅㅅㅅㅅ")
_ENDINGS = """
    ㄳ=ㄱㅅ ㄵ=ㄴㅅ ㄶ=ㄴ ㄺ=ㄹㄱ ㄻ=ㄹㅁ ㄼ=ㄹㅂ ㄽ=ㄹㅅ ㄾ=ㄹㅅ ㄿ=ㄹㅂ ㅀ=ㄹ ㅄ=ㅂㅅ
"""
_CLUSTERS = dict(ending.split("=") for ending in _ENDINGS.split())
ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅅ": "ㅊ", "ㄲ": "ㅋ"}  # before ㅎ: 색히 is 새키
DIPHTHONGS = {  # typed as two letters
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}
TENSE = frozenset("ㄲㄸㅃㅆㅉ")
DOUBLED = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ", strict=True))  # typed as two letters: ㄱㄱ
BREATHY = frozenset("ㅋㅌㅍㅊ")

# Each letter, followed by what is drawn like it.
_DRAWN = """
    ㅣlI1|i丨ı│ ㅇoO0○〇◯●◎ ㅏr卜ト ㅐH ㅜT丅 ㅗ上丄⊥ ㄴL乚 ㄱ7フ ㄹ2己乙 ㅁ口ロ□■
    ㅅ^∧ΛA人入 ㅈス ㅌE ㄷCc匚こ ㅂ廿甘b 미美
"""
_SHAPES = {shape: drawn[0] for drawn in _DRAWN.split() for shape in drawn[1:]}
# Cyrillic and Greek that look like Latin.
_LATIN = str.maketrans("авсԁеһіјкӏмнорԛѕтυѵԝхуνωιαοκτρ", "abcdehijklmhopqstuvwxyvwiaoktp")
SIGNS = "01345789@$!|"  # read as Latin letters
_LEET = str.maketrans(SIGNS, "oieastbgasil")
# Typed between syllables for effect; no syllable consists of them alone.
_FILLERS = frozenset("ㅡㅋㅎㅠㅜ")


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """One letter of a character, as it is matched. Compared by identity, which is fast."""

    merged: str
    sound: str
    opens: bool = True  # a syllable starts here
    closes: bool = True  # a syllable ends here
    alone: bool = False  # typed as a letter of its own: ㅅㅂ
    silent: bool = False  # written with a first ㅇ: ㅇㅣ

    @property
    def typed(self) -> bool:
        """True for letters with a key each, whose repetition means nothing: ㅅㅅㅂ, fuuuck."""
        return self.alone or self.merged.isascii()


_letter = lru_cache(maxsize=4096)(Letter)  # the same one for the same letter of any character


def merged(sound: str) -> str:
    return sound.translate(_MERGED)


@lru_cache(maxsize=16_384)
def written(char: str) -> tuple[Letter, ...]:
    """The letters of a character as written; none if it is not a letter."""
    if "가" <= char <= "힣":
        return _of_syllable(ord(char) - ord("가"))
    if "ㄱ" <= char <= "ㅣ":
        return tuple(alone(sound) for sound in _CLUSTERS.get(char, char))
    if char.isalpha():
        plain = unicodedata.normalize("NFD", char)[0].lower()[0].translate(_LATIN)
        return (_letter(plain, plain),)
    return ()


@lru_cache(maxsize=16_384)
def drawn(char: str) -> tuple[Letter, ...]:
    """Letters by shape: l and 1 are ㅣ, 人 is ㅅ. Other Latin letters and fillers are noise."""
    if char in _SHAPES:
        return written(_SHAPES[char])
    return () if char in _FILLERS or char.isascii() else written(char)


@lru_cache(maxsize=16_384)
def keyed(char: str) -> tuple[Letter, ...]:
    """Latin read as the Hangul on the same keys: tlqkf is 시발."""
    key = KEYS.get(char) or KEYS.get(char.lower())
    return (alone(key),) if key else written(char)


@lru_cache(maxsize=16_384)
def leet(char: str) -> tuple[Letter, ...]:
    """Digits and signs read as the Latin letters they look like: sh1t."""
    return written(char.translate(_LEET))


@lru_cache(maxsize=1024)
def alone(sound: str) -> Letter:
    return _letter(merged(sound), sound, alone=True)


def _of_syllable(number: int) -> tuple[Letter, ...]:
    initial, rest = divmod(number, 588)
    vowel, final = divmod(rest, 28)
    # An initial ㅇ is silent, so 씹알 sounds like 시발 and 시이발 only stretches it.
    sounds = ("" if INITIALS[initial] == "ㅇ" else INITIALS[initial]) + MEDIALS[vowel]
    ending = _CLUSTERS.get(FINALS[final], FINALS[final]).strip().translate(_FINAL_SOUNDS)
    last = len(sounds + ending) - 1
    return tuple(
        _letter(merged(letter), letter, at == 0, at == last)
        for at, letter in enumerate(sounds + ending)
    )


@lru_cache(maxsize=16_384)
def is_common(char: str) -> bool:
    """False for a syllable that hardly any Korean word has, such as 꺠: not in KS X 1001."""
    return len(char.encode("euc_kr", "ignore")) == 2  # the codec spells others in 8 bytes
