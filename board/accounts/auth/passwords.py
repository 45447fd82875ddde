"""Passwords: strength and Argon2id hashes.

Length and lists instead of composition rules: NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 6.2.
"""

import secrets
import unicodedata
from collections.abc import Iterable

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from zxcvbn_rs_py import zxcvbn

from board.runtime.limiter import Limiter

PASSWORD_MIN = 15  # code points; NIST, where a password is the only factor
PASSWORD_MAX = 128  # code points; a longer one is refused, not truncated
_DECOMPOSED_MAX = 4 * PASSWORD_MAX  # no normal form has more code points to a character
_GUESSES_LOG10_MIN = 10  # below it an offline attack succeeds
# The estimate holds the interpreter. It tries each way to read signs as letters, as in p4$$w0rd:
# for many different signs it takes a second, so their beginning has to do.
_ESTIMATED_MAX, _ESTIMATED_MAX_WITH_SIGNS = 40, 20
_LETTER_LIKE_SIGNS = frozenset("4@8({[<3691!|70$5+%2")
_SIGNS_MAX = 6

# OWASP's figures for Argon2id: 19 MiB, two passes, one lane; about 20 ms.
_PASSES, _LANES, _KIB = 2, 1, 19 * 1024
limiter = Limiter("passwords", queue=7, wait=2.0)


def normalize_password(password: str) -> str:
    """NFC, because systems encode the same typed character differently.

    What is too long for a password stays as it is: NFC takes quadratic time for stacked marks.
    """
    if len(password) > _DECOMPOSED_MAX:
        return password
    return unicodedata.normalize("NFC", password)


def is_guessable(password: str, *, about: Iterable[str] = ()) -> bool:
    """True if it is guessed quickly from common passwords, patterns or words `about` the person.

    Only its beginning is looked at. Raises QueueFull.
    """
    beginning = password[:_ESTIMATED_MAX].casefold()
    if len(_LETTER_LIKE_SIGNS.intersection(beginning)) > _SIGNS_MAX:
        beginning = beginning[:_ESTIMATED_MAX_WITH_SIGNS]
    with limiter:
        estimate = zxcvbn(beginning, [word.casefold() for word in about])
    return estimate.guesses_log10 < _GUESSES_LOG10_MIN


def hash_password(password: str) -> str:
    """An Argon2id PHC string. Raises QueueFull."""
    with limiter:
        return Argon2id(
            salt=secrets.token_bytes(16),
            length=32,
            iterations=_PASSES,
            lanes=_LANES,
            memory_cost=_KIB,
        ).derive_phc_encoded(_encode(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """True if the hash is of this password. Takes equally long without a hash, so that timing does
    not tell whether an account exists or has a password. Raises QueueFull."""
    with limiter:
        try:
            Argon2id.verify_phc_encoded(_encode(password), password_hash or _DUMMY_HASH)
        except InvalidKey:
            return False
        return bool(password_hash)


def needs_rehash(password_hash: str) -> bool:
    """True if the hash was made with other parameters than today's."""
    return not password_hash.startswith(f"$argon2id$v=19$m={_KIB},t={_PASSES},p={_LANES}$")


def _encode(password: str) -> bytes:
    return normalize_password(password).encode()


_DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
