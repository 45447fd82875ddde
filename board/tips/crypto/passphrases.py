"""Secrets a person can write down: Korean words, or the same as digits.

The words are the 2,048 of BIP39's Korean list. The first two syllables of each are its own, so two
suffice; and because some differ by one letter (내일, 매일), a source's code ends in a checksum.
"""

import hashlib
import re
import secrets
import unicodedata
from functools import cache

from mnemonic import Mnemonic

CODE_WORDS = 8  # 88 bits: 80 random, 8 to tell a slip of the pen
CODE_DIGITS = 27
PASSPHRASE_WORDS = 6  # 66 bits, behind Argon2id
RECOVERY_WORDS = 12  # 132 bits: a sheet of paper is typed once in years
_BITS = 11  # of each word
_DIGITS = re.compile(r"[\d\s.·-]+")
_LIKE_DIGITS = re.compile(r"(?<!\d)(?:\d{3}[\s.·-]?){8}\d{3}(?!\d)")
_SEPARATORS = re.compile(r"[\s,.·-]+")


class InvalidPhrase(ValueError):
    """`places`: which words, counted from 1, are in no list; none when another thing is wrong."""

    def __init__(self, places: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.places = places


def new_code() -> str:
    """A code for a source."""
    secret = secrets.token_bytes(10)
    return _words(int.from_bytes(secret + _checksum(secret)), CODE_WORDS)


def read_code(typed: str) -> str:
    """The code that was meant: words, their first two syllables, or digits; or NotWords."""
    code = _from_digits(typed) if _DIGITS.fullmatch(typed) else read_phrase(typed, CODE_WORDS)
    whole = _number(code).to_bytes(11)
    if _checksum(whole[:10]) != whole[10:]:
        raise InvalidPhrase
    return code


def as_digits(code: str) -> str:
    """The same code in nine groups of three."""
    digits = f"{_number(code):0{CODE_DIGITS}}"
    return "-".join(re.findall("...", digits))


def asked_places(code: str) -> list[int]:
    """Which two words are asked back, counted from 1: the same two each time."""
    one, step = hashlib.sha256(code.encode()).digest()[:2]
    first = one % CODE_WORDS
    other = (first + 1 + step % (CODE_WORDS - 1)) % CODE_WORDS
    return sorted((first + 1, other + 1))


def are_of(code: str, given: dict[int, str]) -> bool:
    """Whether these words, or two syllables of each, stand at their places in the code."""
    asked = code.split()
    words = {place: word.strip() for place, word in given.items()}
    return all(len(word) > 1 and asked[at - 1].startswith(word) for at, word in words.items())


def new_phrase(count: int) -> str:
    return " ".join(secrets.choice(_list()) for _ in range(count))


def read_phrase(typed: str, count: int) -> str:
    """The `count` words that were meant, or NotWords."""
    given = [word for word in _SEPARATORS.split(unicodedata.normalize("NFC", typed)) if word]
    if len(given) != count:
        raise InvalidPhrase
    found = [_by_two_syllables().get(word[:2]) for word in given]
    known = [
        word if word and word.startswith(one) else None
        for word, one in zip(found, given, strict=True)
    ]
    if strays := tuple(place for place, word in enumerate(known, 1) if word is None):
        raise InvalidPhrase(strays)
    return " ".join(word for word in known if word)


def looks_like_code(text: str, *, run: int = 4) -> bool:
    """Whether so many words of the list stand in a row as in no honest sentence."""
    given, row = _SEPARATORS.split(unicodedata.normalize("NFC", text)), 0
    for word in given:
        row = row + 1 if word in _places() else 0
        if row == run:
            return True
    return False


def holds_code(text: str) -> bool:
    """Whether a whole code stands in the text, in words or digits, with its checksum."""
    given = [word for word in _SEPARATORS.split(unicodedata.normalize("NFC", text)) if word]
    meant = [_by_two_syllables().get(word[:2], "") for word in given]  # with particles or cut short
    runs = (meant[at : at + CODE_WORDS] for at in range(len(meant) - CODE_WORDS + 1))
    spelt = (" ".join(run) for run in runs if all(run))
    return any(_is_code(typed) for typed in (*spelt, *_LIKE_DIGITS.findall(text)))


def _is_code(typed: str) -> bool:
    try:
        return bool(read_code(typed))
    except InvalidPhrase:
        return False


def _from_digits(typed: str) -> str:
    digits = "".join(c for c in typed if c.isdecimal())
    number = int(digits or "0")
    if len(digits) != CODE_DIGITS or number >= 1 << CODE_WORDS * _BITS:
        raise InvalidPhrase
    return _words(number, CODE_WORDS)


def _words(number: int, count: int) -> str:
    places = [(number >> _BITS * place) & 2047 for place in reversed(range(count))]
    return " ".join(_list()[place] for place in places)


def _number(code: str) -> int:
    number = 0
    for word in code.split():
        number = number << _BITS | _places()[word]
    return number


def _checksum(secret: bytes) -> bytes:
    return hashlib.sha256(b"tips/1|code|" + secret).digest()[:1]


@cache
def _list() -> list[str]:
    # The package stores the syllables taken apart (NFD); people type them whole.
    return [unicodedata.normalize("NFC", word) for word in Mnemonic("korean").wordlist]


@cache
def _places() -> dict[str, int]:
    return {word: place for place, word in enumerate(_list())}


@cache
def _by_two_syllables() -> dict[str, str]:
    return {word[:2]: word for word in _list()}
