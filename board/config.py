"""Settings: defaults here, then instance/board.toml, then BOARD_* from the environment.

Each setting is a row of SETTINGS; docs/settings.md documents the same list for operators.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from board.runtime import instance_folder

_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class BadSetting(click.ClickException):
    """A setting the board cannot start with. Its text is a sentence for the operator."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value.strip()


def _number(value: Any) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,7}\s*", str(value), re.ASCII):
        raise ValueError("must be a whole number from 0 to 9999999")
    return int(value)


def _boolean(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _positive_number(value: Any) -> int:
    number = _number(value)
    if not number:
        raise ValueError("must be 1 or more")
    return number


def _origin(value: Any) -> str:
    """`https://news.example` or empty: scheme and host without path, as browsers send it."""
    origin = _text(value).rstrip("/").lower()
    if origin and not _ORIGIN.fullmatch(origin):
        raise ValueError("must look like https://news.example")
    default_port = ":443" if origin.startswith("https") else ":80"
    return origin.removesuffix(default_port)


def _database_url(value: Any) -> str:
    """Empty or sqlite:////absolute/path.db; nothing else is guessed at."""
    text = _text(value)
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


def _origins(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else _text(value).replace(",", " ").split()
    return tuple(_origin(item) for item in items)


def _tips_origins(value: Any) -> tuple[str, ...]:
    """Origins of the source pages: one, or one and then the same as an onion service."""
    origins = tuple(dict.fromkeys(filter(None, _origins(value))))
    onions = [origin for origin in origins if origin.endswith(".onion")]
    if len(origins) > 2 or (len(origins) == 2 and onions != [origins[1]]):
        raise ValueError("must be one origin, or one and then its onion service")
    return origins


def _mail_server(value: Any) -> str:
    server = _text(value)
    url = urlsplit(server)
    if server and (url.scheme not in ("smtp", "smtps") or not url.hostname):
        raise ValueError("must look like smtp://user:password@mail.example:587 or smtps://…")
    return server


def _timezone(value: Any) -> str:
    try:
        ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must name a time zone such as Asia/Seoul") from error
    return _text(value)


def _takedown_end(value: Any) -> str:
    if value not in ("restore", "delete", "objection"):
        raise ValueError("must be restore, delete or objection")
    return str(value)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: BOARD_<name> in the environment, or <name> in lower case in board.toml."""

    name: str
    default: Any
    parse: Callable[[Any], Any]


SETTINGS = (
    Setting("DATABASE_URL", "", _database_url),
    Setting("ORIGIN", "", _origin),
    Setting("SITE_NAME", "전체댓글", _text),
    Setting("TIMEZONE", "Asia/Seoul", _timezone),
    Setting("PROXIES", 0, _number),
    Setting("IMAGE_ORIGINS", "", _origins),
    Setting("COMMENT_INTERVAL_SECONDS", 60, _number),
    Setting("COMMENTS_PER_DAY", 20, _number),
    Setting("ROOT_COMMENTS_PER_ARTICLE", 3, _number),
    Setting("COMMENT_MAX_LENGTH", 300, _positive_number),
    Setting("SAME_TEXT_HOURS", 24, _number),
    Setting("EDIT_WINDOW_MINUTES", 10, _number),
    Setting("REACTIONS_PER_DAY", 50, _number),
    Setting("REPORTS_PER_DAY", 50, _number),
    Setting("REPORTS_TO_QUEUE", 1, _number),
    Setting("NEW_ACCOUNT_COMMENTS", 0, _number),
    Setting("REACTION_INTERVAL_SECONDS", 10, _number),
    Setting("SIGN_UPS_PER_HOUR", 60, _number),
    Setting("STAFF_SECOND_FACTOR", True, _boolean),
    Setting("DISLIKES", True, _boolean),
    Setting("MAIL_SERVER", "", _mail_server),
    Setting("MAIL_FROM", "", _text),
    Setting("TIPS_ORIGIN", "", _tips_origins),
    Setting("TIPS_PER_HOUR", 60, _number),
    Setting("TIP_FILE_MEGABYTES", 50, _positive_number),
    Setting("TIP_DAYS", 180, _positive_number),
    Setting("YOUTH_OFFICER", "", _text),
    Setting("TAKEDOWN_ON_EXPIRY", "restore", _takedown_end),
)


_NAMES = {setting.name for setting in SETTINGS}


def instance_path() -> str:
    """Path of the instance folder: BOARD_INSTANCE, or ./instance."""
    default = Path(__file__).parent.parent / "instance"
    return str(Path(os.environ.get("BOARD_INSTANCE") or default).resolve())


def load(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Fill `app.config`. Raises BadSetting."""
    instance = Path(app.instance_path)
    try:
        instance_folder.make(instance)
        _fill(app, {**_from_toml(instance / "board.toml"), **_from_environment(), **overrides})
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or instance_folder.secret_key(instance)
    except instance_folder.UnusableInstance as error:
        raise BadSetting(str(error)) from error
    app.config.from_mapping(
        TRUSTED_HOSTS=[*LOOPBACK, *_hosts(app.config["ORIGIN"], app.config["TIPS_ORIGIN"])],
        HTTPS=app.config["ORIGIN"].startswith("https:"),
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=50,
    )


def _fill(app: Flask, values: dict[str, Any]) -> None:
    """Parse the settings among `values`; the others are Flask's own and go in as they are."""
    for setting in SETTINGS:
        value = values.pop(setting.name, setting.default)
        try:
            app.config[setting.name] = setting.parse(value)
        except (ValueError, TypeError) as error:
            raise BadSetting(f"BOARD_{setting.name} {error}; it is {value!r}.") from error
    app.config.from_mapping(values)


def _hosts(origin: str, tips_origins: tuple[str, ...]) -> list[str]:
    """Host names of the board. Cookies ignore ports, so sources need a host of their own."""
    names = [urlsplit(each).hostname or "" for each in (origin, *tips_origins) if each]
    if len(set(names)) < len(names):
        raise BadSetting("BOARD_TIPS_ORIGIN must have a host name of its own, not the board's.")
    return names


def _from_environment() -> dict[str, str]:
    return {name: os.environ[f"BOARD_{name}"] for name in _NAMES if f"BOARD_{name}" in os.environ}


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise BadSetting(f"{path} is not valid TOML: {error}.") from error
    if unknown := ", ".join(sorted({name.upper() for name in values} - _NAMES)):
        raise BadSetting(f"{path} has settings the board does not know: {unknown}.")
    return {name.upper(): value for name, value in values.items()}
