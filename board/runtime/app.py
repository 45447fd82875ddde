"""The running app, for code that knows nothing of Flask: its settings, its folder, its state."""

from pathlib import Path
from typing import Any

from flask import Flask, current_app


def current_app_object() -> Flask:
    """The app itself rather than a proxy, so that caches can tell one app from another."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def setting(name: str) -> Any:
    """A setting by its name in board/config/settings.py, without BOARD_."""
    return current_app.config[name]


def secret_keys() -> list[str]:
    """The key that signs and encrypts, and those before it, with which older things are verified.
    The newest first."""
    return [setting("SECRET_KEY"), *setting("SECRET_KEY_FALLBACKS")]


def signing_keys() -> list[str]:
    """The same in the order of itsdangerous, which signs with the last."""
    return secret_keys()[::-1]


def instance_folder() -> Path:
    """Where everything the board stores is."""
    return Path(current_app.instance_path)


def app_state() -> dict[str, Any]:
    """What a module keeps for this app alone, by the module's name."""
    return current_app.extensions
