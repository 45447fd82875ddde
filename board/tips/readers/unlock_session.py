"""The cookie that, with a database row, opens one holder's key in one browser."""

from contextlib import nullcontext
from typing import Any

from flask import request

from board.db import db, writing
from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import KeyHolder, UnlockedSession
from board.web.access import cookie_name
from board.web.request.origins import is_https


class Locked(Exception):
    """No key is unlocked in this browser, or the session has expired."""


def unlocked_key(cookie: str) -> tuple[KeyHolder, Key]:
    """The holder whose key is unlocked in this browser, and the key. Raises Locked."""
    token, session = _token(cookie), _session(cookie)
    key = session.key(token) if session else None
    if session is None or key is None:
        raise Locked
    if session.needs_touch(token):
        _touch(cookie, token)
    return session.holder, key


def _touch(cookie: str, token: str) -> None:
    """Record activity, in the current write transaction if there is one."""
    with nullcontext() if db.session.info.get("writing") else writing():
        if session := _session(cookie):
            session.touch(token)


def lock(cookie: str) -> None:
    if session := _session(cookie):
        db.session.delete(session)


def set_cookie(response: Any, cookie: str, token: str) -> Any:
    response.set_cookie(
        cookie_name(cookie),
        token,
        httponly=True,
        samesite="Strict",
        secure=is_https(),
    )
    return response


def clear_cookie(response: Any, cookie: str) -> Any:
    response.delete_cookie(cookie_name(cookie), httponly=True, samesite="Strict", secure=is_https())
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _token(cookie: str) -> str:
    return request.cookies.get(cookie_name(cookie), "")


def _session(cookie: str) -> UnlockedSession | None:
    token = _token(cookie)
    return db.session.scalar(UnlockedSession.with_token(token)) if token else None
