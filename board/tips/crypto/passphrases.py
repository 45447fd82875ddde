"""Secrets a person can write down: Korean words, or the same as digits.

The words are the 2,048 of BIP39's Korean list. The first two syllables of each are unique, so two
suffice. Because some differ by one letter (내일, 매일), a source's code ends in a checksum.
"""

import hashlib
import re
import secrets

from board.runtime.limiter import Limiter
from board.tips.crypto import phrase_parser, wordlist
from board.tips.crypto.phrase_parser import Fault, InvalidPhrase, Words
from board.web.request.network import turn_of_network

CODE_WORDS = 8  # 88 bits: 80 random, 8 of checksum
CODE_DIGITS = 27
PASSPHRASE_WORDS = 6  # 66 bits, behind Argon2id
RECOVERY_WORDS = 12  # 132 bits: typed once in years
# To look for one in a text as long as a tip may be takes a tenth of a second.
text_checks = Limiter("text-checks", queue=3, wait=5.0)
_LIKE_DIGITS = re.compile(r"(?<!\d)(?:\d{3}[\s.·–—-]?){8}\d{3}(?!\d)")


def new_code() -> str:
    """A random code for a source."""
    secret = secrets.token_bytes(10)
    return _words(int.from_bytes(secret + _checksum(secret)), CODE_WORDS)


def read_code(typed: str) -> str:
    """Normalise a typed code: words, their first two syllables, or digits. Raises InvalidPhrase."""
    text = phrase_parser.plain(typed)
    if not phrase_parser.tokens(text) and (digits := re.sub(r"\D", "", text)):
        return _from_digits(digits)
    return " ".join(phrase_parser.parse(text, CODE_WORDS, accept=_belong_together))


def as_digits(code: str) -> str:
    """The code as nine groups of three digits."""
    digits = f"{_number(tuple(code.split())):0{CODE_DIGITS}}"
    return "-".join(re.findall("...", digits))


def positions_to_check(code: str) -> list[int]:
    """The two words to type again, counted from 1: always the same two for a code."""
    first_byte, step_byte = hashlib.sha256(code.encode()).digest()[:2]
    first = first_byte % CODE_WORDS
    second = (first + 1 + step_byte % (CODE_WORDS - 1)) % CODE_WORDS
    return sorted((first + 1, second + 1))


def wrong_positions(code: str, typed: dict[int, str]) -> tuple[int, ...]:
    """Those of the typed words that are not the code's word at their position."""
    words = code.split()
    return tuple(at for at, word in typed.items() if _read_word(word) != words[at - 1])


def new_phrase(count: int) -> str:
    return " ".join(secrets.choice(wordlist.words()) for _ in range(count))


def read_phrase(typed: str, count: int) -> str:
    """Normalise a typed phrase of `count` words. Raises InvalidPhrase."""
    return " ".join(phrase_parser.parse(typed, count))


def looks_like_code(text: str, *, run: int = 4) -> bool:
    """Whether `run` listed words stand in a row, which no honest sentence has."""
    length = 0
    for word in phrase_parser.tokens(phrase_parser.plain(text)):
        length = length + 1 if word in wordlist.positions() else 0
        if length == run:
            return True
    return False


def contains_code(text: str) -> bool:
    """Whether the text contains a whole code, in words or digits, with a valid checksum. Raises
    QueueFull."""
    with turn_of_network(text_checks):
        return _contains_code(phrase_parser.plain(text))


def _contains_code(text: str) -> bool:
    words = [word for token in phrase_parser.tokens(text) for word in _words_in(token)]
    runs = (tuple(words[at : at + CODE_WORDS]) for at in range(len(words) - CODE_WORDS + 1))
    return any(_belong_together(run) for run in runs if all(run)) or any(
        _is_code(digits) for digits in _LIKE_DIGITS.findall(text)
    )


def _words_in(token: str) -> Words:
    """Listed words run together, or one with a particle; an empty word if it is neither."""
    return phrase_parser.listed_words(token) or (wordlist.by_two_syllables().get(token[:2], ""),)


def _is_code(typed: str) -> bool:
    try:
        return bool(read_code(typed))
    except InvalidPhrase:
        return False


def _read_word(typed: str) -> str | None:
    try:
        return read_phrase(typed, 1)
    except InvalidPhrase:
        return None


def _from_digits(digits: str) -> str:
    if len(digits) != CODE_DIGITS:
        raise InvalidPhrase(Fault.DIGIT_COUNT, typed=len(digits), wanted=CODE_DIGITS)
    number = int(digits)
    if number >= 1 << CODE_WORDS * wordlist.BITS:
        raise InvalidPhrase(Fault.DIGIT_CHECKSUM)
    code = _words(number, CODE_WORDS)
    if not _belong_together(tuple(code.split())):
        raise InvalidPhrase(Fault.DIGIT_CHECKSUM)
    return code


def _words(number: int, count: int) -> str:
    bits = wordlist.BITS
    positions = [(number >> bits * position) & 2047 for position in reversed(range(count))]
    return " ".join(wordlist.words()[position] for position in positions)


def _number(words: Words) -> int:
    number = 0
    for word in words:
        number = number << wordlist.BITS | wordlist.positions()[word]
    return number


def _belong_together(words: Words) -> bool:
    data = _number(words).to_bytes(11)
    return _checksum(data[:10]) == data[10:]


def _checksum(secret: bytes) -> bytes:
    return hashlib.sha256(b"tips/1|code|" + secret).digest()[:1]
