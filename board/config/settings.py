"""Settings: defaults here, then instance/board.toml, then BOARD_* from the environment.

Each setting is a row of SETTINGS; docs/settings.md documents the same list for operators.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask

from board.config import client_parsers, instance_folder, parsers

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class BadSetting(click.ClickException):
    """A setting the board cannot start with. Its text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: BOARD_<name> in the environment, or <name> in lower case in board.toml."""

    name: str
    default: Any
    parse: Callable[[Any], Any]


SETTINGS = (
    Setting("DATABASE_URL", "", parsers.parse_database_url),
    Setting("ORIGIN", "", parsers.parse_origin),
    Setting("SITE_NAME", "전체댓글", parsers.parse_text),
    Setting("TIMEZONE", "Asia/Seoul", parsers.parse_timezone),
    Setting("PROXIES", 0, parsers.parse_number),
    Setting("IMAGE_ORIGINS", "", parsers.parse_origins),
    Setting("COMMENT_INTERVAL_SECONDS", 60, parsers.parse_number),
    Setting("COMMENTS_PER_DAY", 20, parsers.parse_number),
    Setting("ROOT_COMMENTS_PER_ARTICLE", 3, parsers.parse_number),
    Setting("COMMENT_MAX_LENGTH", 300, parsers.parse_positive_number),
    Setting("SAME_TEXT_HOURS", 24, parsers.parse_number),
    Setting("EDIT_WINDOW_MINUTES", 10, parsers.parse_number),
    Setting("REACTIONS_PER_DAY", 50, parsers.parse_number),
    Setting("REPORTS_PER_DAY", 50, parsers.parse_number),
    Setting("TOKEN_REQUESTS_PER_MINUTE", 60, parsers.parse_number),
    Setting("REPORTS_TO_QUEUE", 1, parsers.parse_number),
    Setting("NEW_ACCOUNT_COMMENTS", 0, parsers.parse_number),
    Setting("REACTION_INTERVAL_SECONDS", 10, parsers.parse_number),
    Setting("SIGN_UPS_PER_HOUR", 60, parsers.parse_number),
    Setting("STAFF_SECOND_FACTOR", True, parsers.parse_boolean),
    Setting("VERIFIED_TO_POST", True, parsers.parse_boolean),
    Setting("KAKAO", None, client_parsers.parse_client),
    Setting("KAKAO_ADMIN_KEY", "", parsers.parse_token),
    Setting("NAVER", None, client_parsers.parse_client),
    Setting("GOOGLE", None, client_parsers.parse_client),
    Setting("APPLE", None, client_parsers.parse_apple_client),
    Setting("OIDC", None, client_parsers.parse_oidc_client),
    Setting("FAKE_PROVIDERS", "", client_parsers.parse_fake_providers),
    Setting("DISLIKES", True, parsers.parse_boolean),
    Setting("PROFILES", "choice", parsers.one_of("off", "choice")),
    Setting("MAIL_SERVER", "", parsers.parse_mail_server),
    Setting("MAIL_FROM", "", parsers.parse_text),
    Setting("MAIL_PER_MINUTE", 120, parsers.parse_number),
    Setting("ALERT_WEBHOOK", "", parsers.parse_webhook),
    Setting("DISPOSABLE", "hold", parsers.one_of("hold", "refuse", "allow")),
    Setting("TIPS_ORIGIN", "", parsers.parse_tips_origins),
    Setting("TIPS_PER_HOUR", 60, parsers.parse_number),
    Setting("TIP_FILE_MEGABYTES", 50, parsers.parse_positive_number),
    Setting("TIP_DAYS", 180, parsers.parse_positive_number),
    Setting("FEEDS", "", parsers.parse_feeds),
    Setting("FEED_MINUTES", 15, parsers.parse_positive_number),
    Setting("BACKUP_FOLDER", "", parsers.parse_folder),
    Setting("BACKUP_RECIPIENT", "", parsers.parse_age_recipient),
    Setting("BACKUP_HOURS", 24, parsers.parse_positive_number),
    Setting("BACKUP_DAYS", 7, parsers.parse_number),
    Setting("BACKUP_WEEKS", 4, parsers.parse_number),
    Setting("BACKUP_MONTHS", 3, parsers.parse_number),
    Setting("METRICS_TOKEN", "", parsers.parse_token),
    Setting("SECURITY_CONTACT", "", parsers.parse_contacts),
    Setting("COMPANY", "", parsers.parse_text),
    Setting("REGISTRATION_NUMBER", "", parsers.parse_text),
    Setting("REGISTRATION_DATE", None, parsers.parse_day),
    Setting("FIRST_PUBLISHED", None, parsers.parse_day),
    Setting("PUBLISHER", "", parsers.parse_text),
    Setting("EDITOR", "", parsers.parse_text),
    Setting("YOUTH_OFFICER", "", parsers.parse_text),
    Setting("OFFICE_ADDRESS", "", parsers.parse_text),
    Setting("PHONE", "", parsers.parse_text),
    Setting("PRIVACY_OFFICER", "", parsers.parse_text),
    Setting("PROCESSORS", "", parsers.parse_text),
    Setting("ACCESS_LOG", False, parsers.parse_boolean),
    Setting("ACCESS_LOG_DAYS", None, parsers.parse_optional_number),
    Setting("TAKEDOWN_ON_EXPIRY", "restore", parsers.one_of("restore", "delete", "objection")),
)


_NAMES = {setting.name for setting in SETTINGS}


def instance_path() -> str:
    """Path of the instance folder: BOARD_INSTANCE, or ./instance."""
    default = Path(__file__).parents[2] / "instance"
    return str(Path(os.environ.get("BOARD_INSTANCE") or default).resolve())


def load(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Fill `app.config`. Raises BadSetting."""
    instance = Path(app.instance_path)
    try:
        instance_folder.make(instance)
        _fill(app, {**_from_toml(instance / "board.toml"), **_from_environment(), **overrides})
        app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or instance_folder.secret_key(instance)
        old = [key for _at, key in instance_folder.old_secret_keys(instance)]
        app.config["SECRET_KEY_FALLBACKS"] = old  # Flask’s name
    except instance_folder.UnusableInstance as error:
        raise BadSetting(str(error)) from error
    _refuse_fakes(app.config["FAKE_PROVIDERS"], app.config["ORIGIN"])
    _require_apple_key(app.config["APPLE"], instance)
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
        except parsers.SecretGiven as error:
            raise BadSetting(f"BOARD_{setting.name} {error}.") from None
        except (ValueError, TypeError) as error:
            raise BadSetting(f"BOARD_{setting.name} {error}; it is {value!r}.") from error
    app.config.from_mapping(values)


def _hosts(origin: str, tips_origins: tuple[str, ...]) -> list[str]:
    """Host names of the board. Cookies ignore ports, so sources need a host of their own."""
    names = [urlsplit(each).hostname or "" for each in (origin, *tips_origins) if each]
    if len(set(names)) < len(names):
        raise BadSetting("BOARD_TIPS_ORIGIN must have a host name of its own, not the board's.")
    return names


def _refuse_fakes(fakes: str, origin: str) -> None:
    """Anybody signs in as anybody at a fake provider, so only this machine may reach the board."""
    host = urlsplit(origin).hostname or "localhost"
    if fakes and host not in ("localhost", "127.0.0.1"):
        raise BadSetting("BOARD_FAKE_PROVIDERS is for a board that only this machine can reach.")


def _require_apple_key(client: client_parsers.AppleClient | None, instance: Path) -> None:
    if client and not (path := client.key_path(instance)).is_file():
        raise BadSetting(f"BOARD_APPLE needs the key {path}, named as Apple offers it.")


def _from_environment() -> dict[str, str]:
    return {name: os.environ[f"BOARD_{name}"] for name in _NAMES if f"BOARD_{name}" in os.environ}


def only_in_the_environment(app: Flask) -> set[str]:
    """Names of settings that the environment has, and board.toml does not have or has otherwise."""
    file, environment = _from_toml(Path(app.instance_path) / "board.toml"), _from_environment()
    parse = {setting.name: setting.parse for setting in SETTINGS}
    return {
        f"BOARD_{name}"
        for name, value in environment.items()
        if name not in file or parse[name](file[name]) != parse[name](value)
    }


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
