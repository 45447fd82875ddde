"""Disk guard: on a full disk only what cannot wait is tried; the rest is refused unread."""

from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import ServiceUnavailable

from board.runtime import disk
from board.runtime.disk import Trouble
from board.web.request.origins import SAFE


class NoRoom(ServiceUnavailable):
    """Nothing can be stored."""

    description = "no room"

    def __init__(self) -> None:
        super().__init__(retry_after=60)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_what_can_wait)


def _refuse_what_can_wait() -> None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.method in SAFE:
        return
    if getattr(view, "cannot_wait", False):
        if disk.trouble() is Trouble.FULL:
            disk.give_up_reserve()
    elif disk.trouble():
        raise NoRoom
