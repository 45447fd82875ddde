"""Settings: defaults here, then instance/board.toml, then BOARD_* from the environment.

Each setting is one row of SETTINGS; docs/settings.md tells operators the same list.
"""

import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class BadSetting(click.ClickException):
    """A setting the board cannot start with. Its text is the whole message."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value.strip()


def _number(value: Any) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,7}\s*", str(value), re.ASCII):
        raise ValueError("must be a whole number from 0 to 9999999")
    return int(value)


def _boolean(value: Any) -> bool:
    words = {"true": True, "false": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError("must be true or false")
    return words[word]


def _positive_number(value: Any) -> int:
    number = _number(value)
    if not number:
        raise ValueError("must be 1 or more")
    return number


def _origin(value: Any) -> str:
    """`https://news.example` or nothing: scheme and host, no path, as browsers write it."""
    origin = _text(value).rstrip("/").lower()
    if origin and not _ORIGIN.fullmatch(origin):
        raise ValueError("must look like https://news.example")
    usual = ":443" if origin.startswith("https") else ":80"
    return origin.removesuffix(usual)


def _database_url(value: Any) -> str:
    """Nothing or sqlite:////absolute/path.db; what is meant is never guessed."""
    given = _text(value)
    wrong = ValueError("must look like sqlite:////srv/board/board.db")
    try:
        url = make_url(given or "sqlite:////board.db")
    except (ArgumentError, ValueError):
        raise wrong from None
    path = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not path.is_absolute():
        raise wrong
    if given and not path.parent.is_dir():
        raise ValueError("names a folder that does not exist")
    return given


def _origins(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else _text(value).replace(",", " ").split()
    return tuple(_origin(item) for item in items)


def _tips_origins(value: Any) -> tuple[str, ...]:
    """Where sources are: one origin, or one and the same as an onion service."""
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
    """One thing an operator may set: BOARD_<name>, or <name> in lower case in board.toml."""

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


def instance_path() -> str:
    """Where the database, the keys and board.toml live: BOARD_INSTANCE, or ./instance."""
    default = Path(__file__).parent.parent / "instance"
    return str(Path(os.environ.get("BOARD_INSTANCE") or default).resolve())


def load(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Fill `app.config`. Raises BadSetting with one sentence for the operator."""
    instance = Path(app.instance_path)
    _make_instance(instance)
    given: dict[str, Any] = {
        **_from_toml(instance / "board.toml"),
        **_from_environment(),
        **overrides,
    }
    for setting in SETTINGS:
        app.config[setting.name] = _parsed(setting, given.pop(setting.name, setting.default))
    app.config.from_mapping(given)
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or _kept(instance / "secret_key")
    app.config.from_mapping(
        TRUSTED_HOSTS=[*LOOPBACK, *_hosts(app.config["ORIGIN"], app.config["TIPS_ORIGIN"])],
        HTTPS=app.config["ORIGIN"].startswith("https:"),
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=50,
    )


def _hosts(origin: str, of_sources: tuple[str, ...]) -> list[str]:
    """The names the board answers to. Cookies know no ports, so sources need another name."""
    names = [urlsplit(each).hostname or "" for each in (origin, *of_sources) if each]
    if len(set(names)) < len(names):
        raise BadSetting("BOARD_TIPS_ORIGIN must have a host name of its own, not the board's.")
    return names


def _make_instance(instance: Path) -> None:
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"The instance folder {instance} cannot be made: {error.strerror}."
        ) from error
    if not os.access(instance, os.W_OK | os.X_OK):
        raise BadSetting(f"The instance folder {instance} is not writable for this user.")


def _parsed(setting: Setting, value: Any) -> Any:
    try:
        return setting.parse(value)
    except (ValueError, TypeError) as error:
        raise BadSetting(f"BOARD_{setting.name} {error}; it is {value!r}.") from error


def _from_environment() -> dict[str, str]:
    names = {setting.name for setting in SETTINGS}
    return {name: os.environ[f"BOARD_{name}"] for name in names if f"BOARD_{name}" in os.environ}


def misspelt() -> list[str]:
    """BOARD_* variables that set nothing."""
    known = {f"BOARD_{setting.name}" for setting in SETTINGS} | {"BOARD_INSTANCE"}
    ours = {name for name in os.environ if name.startswith("BOARD_")}
    return sorted(ours - known - {"BOARD_TESTS_SKIP_NOTHING"})


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise BadSetting(f"{path} is not valid TOML: {error}.") from error
    unknown = {name.upper() for name in values} - {setting.name for setting in SETTINGS}
    if unknown:
        raise BadSetting(
            f"{path} has settings the board does not know: {', '.join(sorted(unknown))}."
        )
    return {name.upper(): value for name, value in values.items()}


def _kept(path: Path) -> str:
    """The secret in this file; made on first use, readable by the owner only."""
    if not path.exists():
        _make_secret(path)
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if len(secret) < 32:
        raise BadSetting(f"{path} holds no usable key. Move it away and start again.")
    return secret


def _make_secret(path: Path) -> None:
    # Written whole before it gets its name: of workers that start together, one makes the key
    # and no other reads half of it.
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    with suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
