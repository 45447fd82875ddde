"""A source changes the code, gives it up, asks for erasure, or locks the tip."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.db import db, writing
from board.tips.crypto import key_files, passphrases
from board.tips.models.key_holders import UnlockedSession
from board.tips.models.source import Source
from board.tips.models.tip import Tip
from board.tips.readers import unlock_session
from board.tips.sealed import sealed_tip
from board.tips.source.mailbox_page import current_source, mailbox_page
from board.tips.source.pages import code_page
from board.tips.source.views import bp
from board.tips.web.idempotency import idempotency_key, idempotent, writing_once
from board.web.access import everyone_as_guest, open_to


def changed_again(key: str, answer: dict[str, Any]) -> ResponseReturnValue:
    """The new code, for ten minutes after it was made."""
    if "code" not in answer:
        return redirect(url_for(".box"), 303)
    page: ResponseReturnValue = unlock_session.set_cookie(
        code_page(key, answer["code"], changed=True), "tip", answer["session"]
    )
    return page


@bp.post("/tips/box/code")
@open_to(everyone_as_guest)
@idempotent(changed_again)
def change_code() -> ResponseReturnValue:
    source, key = current_source()
    if not idempotency_key():  # nothing could show the code again
        return redirect(url_for(".box"), 303)
    code = passphrases.new_code()
    tag, kek = key_files.stretch(code)
    with writing_once(code=code) as answer:
        source = db.session.get_one(Source, source.id)
        source.change_code(key, tag=tag, kek=kek)
        answer["session"] = UnlockedSession.start(source, key)
    return changed_again(idempotency_key(), answer)


def left_again(_key: str, _answer: dict[str, Any]) -> ResponseReturnValue:
    """The first page, with nothing of the tip left in the browser."""
    page: ResponseReturnValue = unlock_session.clear_cookie(
        redirect(url_for(".choose"), 303), "tip"
    )
    return page


@bp.post("/tips/box/burn")
@open_to(everyone_as_guest, cannot_wait=True)
@idempotent(left_again)
def burn() -> ResponseReturnValue:
    source, key = current_source()
    if request.form.get("sure") != "yes":
        return mailbox_page(source, key, needs_confirmation=True, status=422)
    with writing_once() as answer:
        sealed_tip.revoke_source(db.session.get_one(Source, source.id))
    return left_again("", answer)


@bp.post("/tips/box/erase")
@open_to(everyone_as_guest, cannot_wait=True)
def ask_erasure() -> ResponseReturnValue:
    source, _key = current_source()
    with writing():
        db.session.scalars(Tip.held_by(source)).one().ask_erasure()
    return redirect(url_for(".box"), 303)


@bp.post("/tips/box/leave")
@open_to(everyone_as_guest, cannot_wait=True)
def leave() -> ResponseReturnValue:
    with writing():
        unlock_session.lock("tip")
    return left_again("", {})
