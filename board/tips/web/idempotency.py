"""Idempotency of forms: a second identical press waits for the first, and gets the same answer.

A view marked with @idempotent makes its change in `writing_once`. The answer is recorded in the
same transaction, encrypted with the form's idempotency key.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any

from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from board.db import db, writing
from board.runtime.app import current_app_object
from board.runtime.key_lock import KeyLock
from board.tips.crypto import key_files
from board.tips.models import form_tokens

View = Callable[..., ResponseReturnValue]
Show = Callable[[str, dict[str, Any]], ResponseReturnValue]
_OF_THE_PAGE = ("place", "turn")  # added by the page that waits, and no content
_QUEUE = 4  # threads of a worker that wait for a first press
_WAIT = 25.0  # seconds; cleaning a large file takes some ten


class SentAlready(Exception):
    """Another request with the same form was faster."""


def ticket_field() -> Markup:
    """The field with a form token, for forms that act once. `format` escapes the token."""
    return Markup('<input type="hidden" name="ticket" value="{}">').format(form_tokens.new())


def redirect_to(answer: dict[str, Any]) -> ResponseReturnValue:
    """The answer of most forms."""
    return redirect(answer["to"], 303)


def idempotent(show: Show = lambda _key, answer: redirect_to(answer)) -> Callable[[View], View]:
    """Declares that a form acts once. `show` answers a second press from the idempotency key
    and the recorded answer, which is empty when it is no longer kept.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            token = request.form.get("ticket", "")
            return answer_once(token, idempotency_key(), lambda: view(*args, **kwargs), show)

        return answer

    return mark


def answer_once(
    token: str, key: str, act: Callable[[], ResponseReturnValue], show: Show
) -> ResponseReturnValue:
    """`act()` on the first press, afterwards `show`. Raises QueueFull after a long wait."""
    if not key:
        return act()
    with _presses(current_app_object()).hold(token.encode()):
        db.session.rollback()  # to see what the first press has committed
        if not form_tokens.is_used(key):
            try:
                return act()
            except SentAlready:
                pass
        return show(key, form_tokens.answer_to(key))


def idempotency_key() -> str:
    """Of the form in this request: its token, its address and what is in it.

    Empty without a valid token.
    """
    if "idempotency_key" not in g:
        files = [("file", file.filename or "") for file in request.files.values()]
        fields = [each for each in request.form.items(multi=True) if each[0] not in _OF_THE_PAGE]
        token = request.form.get("ticket", "")
        path = request.path.removesuffix("/wait")
        content = repr((path, sorted([*fields, *files]))).encode()
        g.idempotency_key = form_tokens.idempotency_key(token, content)
    return str(g.idempotency_key)


@contextmanager
def writing_once(key: str | None = None, **answer: Any) -> Iterator[dict[str, Any]]:
    """One write, which records that the form was sent, with the answer: what is given, and what is
    added to the dictionary inside. Raises SentAlready. `key`: of another form than the request's.
    """
    key = idempotency_key() if key is None else key
    with writing():
        if key and form_tokens.is_used(key):
            raise SentAlready
        yield answer
        if key:
            form_tokens.record(key, answer)


def record_answer(**answer: Any) -> None:
    """Record, in a write that need not succeed, that the form of this request was sent."""
    if key := idempotency_key():
        form_tokens.record(key, answer)


@lru_cache(maxsize=8)
def _presses(app: Flask) -> KeyLock:
    return KeyLock(key_files.folder() / "presses", queue=_QUEUE, wait=_WAIT)
