"""Browsers inside apps: Google refuses them, and they may have no passkeys."""

from flask import Flask, request

# Each is in the user agent of the browser of an app.
_TOKENS = ("KAKAOTALK", "NAVER(inapp", "FBAN", "FBAV", "Instagram", " Line/", "DaumApps")


def init_app(app: Flask) -> None:
    app.add_template_global(in_app_browser)


def in_app_browser() -> str:
    """The token of the app, such as "KAKAOTALK"; empty in other browsers."""
    agent = request.headers.get("User-Agent", "")
    return next((token for token in _TOKENS if token in agent), "")
