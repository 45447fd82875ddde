"""Secrets a person can write down: Korean words, or the same as digits.

The words are the 2,048 of BIP39's Korean list. The first two syllables of each are unique, so two
suffice. Because some differ by one letter (내일, 매일), a source's code ends in a checksum.
"""

import hashlib
import re
import secrets
import unicodedata
from functools import cache

from mnemonic import Mnemonic

CODE_WORDS = 8  # 88 bits: 80 random, 8 of checksum
CODE_DIGITS = 27
PASSPHRASE_WORDS = 6  # 66 bits, behind Argon2id
RECOVERY_WORDS = 12  # 132 bits: typed once in years
_BITS = 11  # per word
_DIGITS = re.compile(r"[\d\s.·-]+")
_LIKE_DIGITS = re.compile(r"(?<!\d)(?:\d{3}[\s.·-]?){8}\d{3}(?!\d)")
_SEPARATORS = re.compile(r"[\s,.·-]+")


class InvalidPhrase(ValueError):
    """Not a valid code or phrase. `positions`: which words, counted from 1, are not in the word
    list; empty if something else is wrong.
    """

    def __init__(self, positions: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.positions = positions


def new_code() -> str:
    """A random code for a source."""
    secret = secrets.token_bytes(10)
    return _words(int.from_bytes(secret + _checksum(secret)), CODE_WORDS)


def read_code(typed: str) -> str:
    """Normalise a typed code: words, their first two syllables, or digits. Raises InvalidPhrase."""
    code = _from_digits(typed) if _DIGITS.fullmatch(typed) else read_phrase(typed, CODE_WORDS)
    data = _number(code).to_bytes(11)
    if _checksum(data[:10]) != data[10:]:
        raise InvalidPhrase
    return code


def as_digits(code: str) -> str:
    """The code as nine groups of three digits."""
    digits = f"{_number(code):0{CODE_DIGITS}}"
    return "-".join(re.findall("...", digits))


def positions_to_check(code: str) -> list[int]:
    """The two words to type again, counted from 1: always the same two for a code."""
    first_byte, step_byte = hashlib.sha256(code.encode()).digest()[:2]
    first = first_byte % CODE_WORDS
    second = (first + 1 + step_byte % (CODE_WORDS - 1)) % CODE_WORDS
    return sorted((first + 1, second + 1))


def words_match(code: str, typed: dict[int, str]) -> bool:
    """Whether these words, or at least two syllables of each, are at their positions."""
    code_words = code.split()
    words = {position: word.strip() for position, word in typed.items()}
    return all(
        len(word) > 1 and code_words[position - 1].startswith(word)
        for position, word in words.items()
    )


def new_phrase(count: int) -> str:
    return " ".join(secrets.choice(_wordlist()) for _ in range(count))


def read_phrase(typed: str, count: int) -> str:
    """Normalise a typed phrase of `count` words. Raises InvalidPhrase."""
    parts = [word for word in _SEPARATORS.split(unicodedata.normalize("NFC", typed)) if word]
    if len(parts) != count:
        raise InvalidPhrase
    candidates = [_by_two_syllables().get(word[:2]) for word in parts]
    matches = [
        word if word and word.startswith(part) else None
        for word, part in zip(candidates, parts, strict=True)
    ]
    if unknown := tuple(position for position, word in enumerate(matches, 1) if word is None):
        raise InvalidPhrase(unknown)
    return " ".join(word for word in matches if word)


def looks_like_code(text: str, *, run: int = 4) -> bool:
    """Whether `run` listed words stand in a row, which no honest sentence has."""
    parts, length = _SEPARATORS.split(unicodedata.normalize("NFC", text)), 0
    for word in parts:
        length = length + 1 if word in _positions() else 0
        if length == run:
            return True
    return False


def contains_code(text: str) -> bool:
    """Whether the text contains a whole code, in words or digits, with a valid checksum."""
    parts = [word for word in _SEPARATORS.split(unicodedata.normalize("NFC", text)) if word]
    words = [
        _by_two_syllables().get(word[:2], "") for word in parts
    ]  # also with particles, or abbreviated
    runs = (words[at : at + CODE_WORDS] for at in range(len(words) - CODE_WORDS + 1))
    candidates = (" ".join(run) for run in runs if all(run))
    return any(_is_code(typed) for typed in (*candidates, *_LIKE_DIGITS.findall(text)))


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
    positions = [(number >> _BITS * position) & 2047 for position in reversed(range(count))]
    return " ".join(_wordlist()[position] for position in positions)


def _number(code: str) -> int:
    number = 0
    for word in code.split():
        number = number << _BITS | _positions()[word]
    return number


def _checksum(secret: bytes) -> bytes:
    return hashlib.sha256(b"tips/1|code|" + secret).digest()[:1]


@cache
def _wordlist() -> list[str]:
    # The package stores decomposed syllables (NFD); people type composed ones.
    return [unicodedata.normalize("NFC", word) for word in Mnemonic("korean").wordlist]


@cache
def _positions() -> dict[str, int]:
    return {word: position for position, word in enumerate(_wordlist())}


@cache
def _by_two_syllables() -> dict[str, str]:
    return {word[:2]: word for word in _wordlist()}
