"""Hangul as it is typed: which letter is under which key, and which keys make a character.

두벌식 (KS X 5002), the layout of nearly every Korean keyboard.
"""

from functools import lru_cache

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
SYLLABLES_PER_INITIAL = len(MEDIALS) * len(FINALS)
# A capital that has no letter of its own is the small one.
KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
_PAIRS = """
    ㅘ=ㅗㅏ ㅙ=ㅗㅐ ㅚ=ㅗㅣ ㅝ=ㅜㅓ ㅞ=ㅜㅔ ㅟ=ㅜㅣ ㅢ=ㅡㅣ
    ㄳ=ㄱㅅ ㄵ=ㄴㅈ ㄶ=ㄴㅎ ㄺ=ㄹㄱ ㄻ=ㄹㅁ ㄼ=ㄹㅂ ㄽ=ㄹㅅ ㄾ=ㄹㅌ ㄿ=ㄹㅍ ㅀ=ㄹㅎ ㅄ=ㅂㅅ
"""
_TYPED_AS_TWO = dict(pair.split("=") for pair in _PAIRS.split())


@lru_cache(maxsize=16_384)
def keystrokes(char: str) -> str:
    """The letters typed for a character, one for each key: ㅁㅏ for 마, and ㅁ for a.

    Latin letters are read as the Hangul on the same keys. Empty for everything else.
    """
    if "가" <= char <= "힣":
        initial, rest = divmod(ord(char) - ord("가"), SYLLABLES_PER_INITIAL)
        medial, final = divmod(rest, 28)
        letters = INITIALS[initial] + MEDIALS[medial] + FINALS[final].strip()
    elif "ㄱ" <= char <= "ㅣ":
        letters = char
    else:
        letters = KEYS.get(char) or KEYS.get(char.lower(), "")
    return "".join(_TYPED_AS_TWO.get(letter, letter) for letter in letters)
