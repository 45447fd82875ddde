"""User loader: how the accounts slice tells the web layer who a viewer is."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.sessions import SessionInterface
from flask_login import LoginManager

from board.web.access import Guest


class NoFlaskSession(SessionInterface):
    """Turns off Flask's session, which would make every page depend on a cookie. Ours are rows."""

    def open_session(self, app: Flask, request: object) -> None:
        return None


def load_users(
    app: Flask,
    *,
    load: Callable[[object], Any],
    passed_two_factor: Callable[[], bool],
    has_gone_idle: Callable[[], bool],
) -> None:
    """Registers how to find the user of a request, whether their session passed two-factor
    authentication, and whether it ended for want of use. The accounts slice calls this; nothing
    here knows what an account is."""
    login_manager = LoginManager()
    login_manager.anonymous_user = Guest
    login_manager.session_protection = None
    login_manager.request_loader(load)
    login_manager.init_app(app)
    app.session_interface = NoFlaskSession()
    app.extensions["passed_two_factor"] = passed_two_factor
    app.extensions["has_gone_idle"] = has_gone_idle
