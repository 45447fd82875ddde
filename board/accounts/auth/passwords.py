"""Passwords: which are too easy to guess, and how they are kept.

Length and lists instead of composition rules: NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 6.2.
"""

import secrets
import unicodedata
from collections.abc import Iterable

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from zxcvbn_rs_py import zxcvbn

from board.runtime.limiter import Limiter

PASSWORD_MIN = 15  # code points; what NIST asks where a password is the only factor
PASSWORD_MAX = 128  # code points; longer ones are refused, never cut
_GUESSES_MIN = 10  # powers of ten; fewer and an offline list finds it

# OWASP's figures for Argon2id: 19 MiB, two passes, one lane; about 20 ms.
_PASSES, _LANES, _KIB = 2, 1, 19 * 1024
limiter = Limiter("passwords", queue=7, wait=2.0)


def normalize_password(password: str) -> str:
    """One spelling of each character, so that it is the same on every keyboard and system."""
    return unicodedata.normalize("NFC", password)


def is_easy(password: str, *, about: Iterable[str] = ()) -> bool:
    """True when lists of common passwords, patterns and words `about` the person find it soon."""
    return zxcvbn(password.casefold(), [word.casefold() for word in about]).guesses_log10 < (
        _GUESSES_MIN
    )


def hash_password(password: str) -> str:
    """An Argon2id PHC string. Raises TooBusy."""
    with limiter:
        return Argon2id(
            salt=secrets.token_bytes(16),
            length=32,
            iterations=_PASSES,
            lanes=_LANES,
            memory_cost=_KIB,
        ).derive_phc_encoded(_octets(password))


def is_password(password: str, kept: str | None) -> bool:
    """Whether this is the password; equally slow when there is none to compare. Raises TooBusy."""
    with limiter:
        try:
            Argon2id.verify_phc_encoded(_octets(password), kept or _DUMMY_HASH)
        except InvalidKey:
            return False
        return kept is not None


def _octets(password: str) -> bytes:
    return normalize_password(password).encode()


_DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
