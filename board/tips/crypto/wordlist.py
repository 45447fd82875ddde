"""The 2,048 Korean words of codes and passphrases: BIP39's list.

The first two syllables of each are unique, so two suffice; no word begins another.
"""

import unicodedata
from functools import cache

from mnemonic import Mnemonic

from board.text.keyboard import keystrokes

BITS = 11  # per word


@cache
def words() -> list[str]:
    # The package stores decomposed syllables (NFD); people type composed ones.
    return [unicodedata.normalize("NFC", word) for word in Mnemonic("korean").wordlist]


@cache
def positions() -> dict[str, int]:
    return {word: position for position, word in enumerate(words())}


@cache
def by_two_syllables() -> dict[str, str]:
    return {word[:2]: word for word in words()}


@cache
def by_keystrokes() -> dict[str, str]:
    """Each word by the keys that type it, or at least its first two syllables."""
    return {
        "".join(map(keystrokes, word[:length])): word
        for word in words()
        for length in range(2, len(word) + 1)
    }


@cache
def lengths() -> list[int]:
    """The numbers of keystrokes a word, or its first two syllables, can have."""
    return sorted({len(keys) for keys in by_keystrokes()})
