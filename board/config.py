"""Settings: defaults here, then instance/board.toml, then BOARD_* from the environment.

Each setting is one row of SETTINGS; docs/settings.md tells operators the same list.
"""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import Flask

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class BadSetting(click.ClickException):
    """A setting the board cannot start with. Its text is the whole message."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value.strip()


def _count(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or number < 0:
        raise ValueError("must be a whole number, 0 or more")
    return number


def _positive(value: Any) -> int:
    number = _count(value)
    if not number:
        raise ValueError("must be 1 or more")
    return number


def _origin(value: Any) -> str:
    """`https://news.example` or nothing: scheme and host, no path."""
    origin = _text(value).rstrip("/").lower()
    parts = urlsplit(origin)
    if origin and (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or origin != f"{parts.scheme}://{parts.netloc}"
        or "@" in parts.netloc
    ):
        raise ValueError("must look like https://news.example")
    return origin


def _origins(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else _text(value).replace(",", " ").split()
    return tuple(_origin(item) for item in items)


def _timezone(value: Any) -> str:
    try:
        ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must name a time zone such as Asia/Seoul") from error
    return _text(value)


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an operator may set: BOARD_<name>, or <name> in lower case in board.toml."""

    name: str
    default: Any
    read: Callable[[Any], Any]


SETTINGS = (
    Setting("DATABASE_URL", "", _text),
    Setting("ORIGIN", "", _origin),
    Setting("SITE_NAME", "전체댓글", _text),
    Setting("TIMEZONE", "Asia/Seoul", _timezone),
    Setting("PROXIES", 0, _count),
    Setting("IMAGE_ORIGINS", "", _origins),
    Setting("COMMENT_INTERVAL_SECONDS", 60, _count),
    Setting("COMMENTS_PER_DAY", 20, _count),
    Setting("ROOT_COMMENTS_PER_ARTICLE", 3, _count),
    Setting("COMMENT_MAX_LENGTH", 300, _positive),
    Setting("SAME_TEXT_HOURS", 24, _count),
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
        app.config[setting.name] = _checked(setting, given.pop(setting.name, setting.default))
    app.config.from_mapping(given)
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or _kept(instance / "secret_key")
    origin = urlsplit(app.config["ORIGIN"])
    app.config.from_mapping(
        TRUSTED_HOSTS=[origin.hostname] if origin.hostname else LOOPBACK,
        HTTPS=origin.scheme == "https",
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=50,
    )


def _make_instance(instance: Path) -> None:
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"The instance folder {instance} cannot be made: {error.strerror}."
        ) from error
    if not os.access(instance, os.W_OK | os.X_OK):
        raise BadSetting(f"The instance folder {instance} is not writable for this user.")


def _checked(setting: Setting, value: Any) -> Any:
    try:
        return setting.read(value)
    except (ValueError, TypeError) as error:
        raise BadSetting(f"BOARD_{setting.name} {error}; it is {value!r}.") from error


def _from_environment() -> dict[str, str]:
    names = {setting.name for setting in SETTINGS}
    return {name: os.environ[f"BOARD_{name}"] for name in names if f"BOARD_{name}" in os.environ}


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path} is not valid TOML: {error}.") from error
    unknown = {name.upper() for name in values} - {setting.name for setting in SETTINGS}
    if unknown:
        raise BadSetting(
            f"{path} has settings the board does not know: {', '.join(sorted(unknown))}."
        )
    return {name.upper(): value for name, value in values.items()}


def _kept(path: Path) -> str:
    """The secret in this file; made on first use, readable by the owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text().strip()
        if len(secret) < 32:
            raise BadSetting(f"{path} holds no usable key. Move it away and start again.") from None
        return secret
    secret = secrets.token_hex(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    return secret
