"""Background work at providers, so that no page waits for one: their documents are renewed, and
accounts unlinked here are unlinked at Kakao. Other providers ask for a token of the user to unlink,
and the board keeps none."""

import json
from collections.abc import Callable

from flask import current_app

from board.accounts.sign_in_methods.identity_providers import providers
from board.accounts.sign_in_methods.identity_providers.locations import located
from board.accounts.sign_in_methods.identity_providers.models import KakaoUnlink
from board.db import db, writing
from board.runtime import http_client
from board.runtime.app import setting
from board.runtime.background import TaskFailed
from board.runtime.http_client import Answer, RequestFailed

KAKAO_UNLINK = "https://kapi.kakao.com/v1/user/unlink"
_NOT_LINKED = -101  # of Kakao’s error codes


def is_due() -> bool:
    found = providers.documents_of(providers.configured())
    return any(document.is_due() for document in found)


def renew(goes_on: Callable[[], bool] = lambda: True) -> None:
    """Fetch the documents that are due. One that cannot be fetched is tried again in some minutes,
    and its provider is not offered once the last copy is a day old."""
    for provider in providers.configured():
        for document in providers.documents_of([provider]):  # what it offers first, then its keys
            if not goes_on() or not document.is_due():
                continue
            try:
                document.fetch()
            except RequestFailed as error:
                current_app.logger.warning("%s, %s: %s", provider.name, document.url, error)


def has_unlinks() -> bool:
    return db.session.scalar(KakaoUnlink.due().limit(1)) is not None


def unlink(goes_on: Callable[[], bool] = lambda: True) -> None:
    """Unlink at Kakao. Raises TaskFailed at the first that Kakao does not take."""
    while goes_on() and (subject := _next_unlink()):
        try:
            _unlink(subject)
        except RequestFailed as error:
            raise TaskFailed(f"unlinking at Kakao: {error}") from error
        with writing():
            if done := db.session.get(KakaoUnlink, subject):
                db.session.delete(done)


def _next_unlink() -> str | None:
    """The subject to unlink now, which is tried again later if this fails."""
    with writing():
        while row := db.session.scalar(KakaoUnlink.due().limit(1)):
            if row.is_wanted:
                row.postpone()
                return row.subject
            db.session.delete(row)
    return None


def _unlink(subject: str) -> None:
    """Raises RequestFailed."""
    answer = http_client.post_form(
        located(KAKAO_UNLINK),
        {"target_id_type": "user_id", "target_id": subject},
        headers={"Authorization": f"KakaoAK {setting('KAKAO_ADMIN_KEY')}"},
    )
    if not _is_unknown(answer):
        answer.json_object()


def _is_unknown(answer: Answer) -> bool:
    """Whether Kakao knows of no link: somebody was quicker."""
    try:
        return answer.status == 400 and bool(json.loads(answer.body)["code"] == _NOT_LINKED)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
