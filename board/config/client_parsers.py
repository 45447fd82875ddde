"""Parsers of client registrations at identity providers. All raise ValueError or TypeError.

Most contain a secret, so no error repeats the value.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from board.config.parsers import SecretGiven, parse_origin


class Client(NamedTuple):
    id: str
    secret: str


class AppleClient(NamedTuple):
    """Client at Apple: the Services ID, the team, and the id of the key that signs for them."""

    id: str
    team: str
    key: str

    def key_path(self, instance: Path) -> Path:
        """File of the key, in a folder of its own, named as Apple offers it for download."""
        return instance / "apple" / f"AuthKey_{self.key}.p8"


class OidcClient(NamedTuple):
    label: str
    issuer: str
    id: str
    secret: str


def parse_client(value: Any) -> Client | None:
    words = _words(value)
    if not words:
        return None
    if len(words) != 2:
        raise SecretGiven("must be the client id and the secret, separated by a space")
    return Client(*words)


def parse_apple_client(value: Any) -> AppleClient | None:
    words = _words(value)
    if not words:
        return None
    if len(words) != 3 or not words[2].isalnum():
        raise ValueError("must be the Services ID, the team id and the key id")
    return AppleClient(*words)


def parse_oidc_client(value: Any) -> OidcClient | None:
    """A name of one or more words, then the issuer, the client id and the secret."""
    words = _words(value)
    if not words:
        return None
    if len(words) < 4:
        raise SecretGiven("must be a name, the issuer, the client id and the secret")
    *name, issuer, id, secret = words
    url = urlsplit(issuer)
    if url.scheme != "https" or not url.hostname or url.query or url.fragment or url.username:
        raise SecretGiven("must have an issuer that looks like https://sso.news.example")
    return OidcClient(" ".join(name), issuer, id, secret)


def parse_fake_providers(value: Any) -> str:
    """Empty, or an origin of this machine."""
    origin = parse_origin(value)
    if origin and not re.fullmatch(r"http://(localhost|127\.0\.0\.1)(:[0-9]+)?", origin):
        raise ValueError("must be an origin of this machine: http://localhost:9000")
    return origin


def _words(value: Any) -> list[str]:
    """Printable words, of a list of TOML or of text with spaces."""
    words = value if isinstance(value, list) else str(value or "").split()
    if not all(isinstance(word, str) and word.isprintable() for word in words):
        raise SecretGiven("must be words")
    return words
