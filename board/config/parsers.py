"""Parsers of settings: each takes what the operator wrote. All raise ValueError or TypeError."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pyrage import RecipientError
from pyrage.x25519 import Recipient
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_EMAIL = r"[!-~]+@[!-~]+"
_CONTACT = rf"mailto:{_EMAIL}|https://[!-~]+|tel:\+[0-9-]+"


class SecretGiven(ValueError):
    """The value is a secret, which an error must not repeat."""


def parse_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value.strip()


def parse_token(value: Any) -> str:
    """A secret that is compared with a header. Raises SecretGiven."""
    token = parse_text(value)
    if token and not re.fullmatch(r"[!-~]{16,}", token):
        raise SecretGiven("must have at least 16 characters, of ASCII and without spaces")
    return token


def parse_number(value: Any) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,7}\s*", str(value), re.ASCII):
        raise ValueError("must be a whole number from 0 to 9999999")
    return int(value)


def parse_boolean(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def parse_optional_number(value: Any) -> int | None:
    return None if value in (None, "") else parse_number(value)


def parse_day(value: Any) -> date | None:
    """A date of TOML, or 2026-12-24 as text."""
    if value in (None, "") or type(value) is date:
        return value or None
    try:
        return date.fromisoformat(parse_text(value))
    except ValueError as error:
        raise ValueError("must be a day such as 2026-12-24") from error


def parse_positive_number(value: Any) -> int:
    number = parse_number(value)
    if not number:
        raise ValueError("must be 1 or more")
    return number


def parse_origin(value: Any) -> str:
    """`https://news.example` or empty: scheme and host without path, as browsers send it."""
    origin = parse_text(value).rstrip("/").lower()
    if origin and not _ORIGIN.fullmatch(origin):
        raise ValueError("must look like https://news.example")
    default_port = ":443" if origin.startswith("https") else ":80"
    return origin.removesuffix(default_port)


def parse_database_url(value: Any) -> str:
    """Empty or sqlite:////absolute/path.db; nothing else is guessed at."""
    text = parse_text(value)
    error = ValueError("must look like sqlite:////srv/board/board.db")
    try:
        url = make_url(text or "sqlite:////board.db")
    except (ArgumentError, ValueError):
        raise error from None
    path = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not path.is_absolute():
        raise error
    if text and not path.parent.is_dir():
        raise ValueError("names a folder that does not exist")
    return text


def parse_origins(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else parse_text(value).replace(",", " ").split()
    return tuple(parse_origin(item) for item in items)


def parse_tips_origins(value: Any) -> tuple[str, ...]:
    """Origins of the source pages: one, or one and then the same as an onion service."""
    origins = tuple(dict.fromkeys(filter(None, parse_origins(value))))
    onions = [origin for origin in origins if origin.endswith(".onion")]
    if len(origins) > 2 or (len(origins) == 2 and onions != [origins[1]]):
        raise ValueError("must be one origin, or one and then its onion service")
    return origins


def parse_mail_server(value: Any) -> str:
    server = parse_text(value)
    url = urlsplit(server)
    if server and (url.scheme not in ("smtp", "smtps") or not url.hostname):
        raise ValueError("must look like smtp://user:password@mail.example:587 or smtps://…")
    return server


def parse_timezone(value: Any) -> str:
    try:
        ZoneInfo(parse_text(value))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must name a time zone such as Asia/Seoul") from error
    return parse_text(value)


def one_of(*choices: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"must be {', '.join(choices[:-1])} or {choices[-1]}")
        return str(value)

    return parse


def parse_webhook(value: Any) -> str:
    """Empty or an https address, which is a secret: who knows it can post there."""
    address = parse_text(value)
    if address and not re.fullmatch(r"https://[^/?#@\s]+/[!-~]*", address):
        raise SecretGiven("must be an https address, such as https://hooks.slack.example/…")
    return address


def parse_contacts(value: Any) -> tuple[str, ...]:
    """Addresses to write to: e-mail (also without mailto:), https: or tel:."""
    items = value if isinstance(value, list) else parse_text(value).replace(",", " ").split()
    addresses = (f"mailto:{item}" if re.fullmatch(_EMAIL, item) else item for item in items)
    found = tuple(addresses)
    if not all(re.fullmatch(_CONTACT, address) for address in found):
        raise ValueError("must be email, https: or tel: addresses, separated by spaces")
    return found


def parse_feeds(value: Any) -> tuple[str, ...]:
    """Addresses of feeds, or absolute paths of files."""
    items = value if isinstance(value, list) else parse_text(value).split()
    feeds = tuple(parse_text(item) for item in items)
    if not all(
        re.match(r"https?://[^/]", feed, re.I) or Path(feed).is_absolute() for feed in feeds
    ):
        raise ValueError("must be http or https addresses, or absolute paths, separated by spaces")
    return feeds


def parse_folder(value: Any) -> str:
    """Empty or an absolute path. The folder may be mounted later, so it need not exist."""
    text = parse_text(value)
    if text and not Path(text).is_absolute():
        raise ValueError("must be an absolute path")
    return text


def parse_age_recipient(value: Any) -> str:
    """Empty or `age1…`, an X25519 recipient of age."""
    text = parse_text(value)
    if text.upper().startswith("AGE-SECRET-KEY"):
        raise SecretGiven(
            "must be the recipient (age1…); it is the secret key, which stays offline"
        )
    try:
        return str(Recipient.from_str(text)) if text else ""
    except RecipientError as error:
        raise ValueError("must be an age recipient, such as age-keygen prints: age1…") from error
