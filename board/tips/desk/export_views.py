"""A reader says whom exports are encrypted to, proves it, and takes a tip along."""

from collections.abc import Iterator
from typing import IO, Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.tips.crypto.file_cipher import CHUNK
from board.tips.crypto.primitives import Key
from board.tips.desk import export as tip_export
from board.tips.desk.forms import RecipientForm, RiddleForm
from board.tips.desk.tip_page import opened_by_me
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_holders import TipReader
from board.tips.readers.unlock_views import current_key
from board.tips.web.responses import OPAQUE, no_store, render_page
from board.web.access import open_to, tip_readers

bp = Blueprint("tip_export", __name__)
bp.after_request(no_store)


@bp.get("/desk/tips/export")
@open_to(tip_readers)
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/desk/tips/export/recipient")
@open_to(tip_readers)
def ask() -> ResponseReturnValue:
    form = RecipientForm.from_post()
    if not form.validate():
        return _page(form=form, status=422)
    with writing():
        tip_export.ask(*_mine(), form.recipient.data)
    return redirect(url_for(".index"), 303)


@bp.post("/desk/tips/export/prove")
@open_to(tip_readers)
def prove() -> ResponseReturnValue:
    """The code that only the other computer could read is typed here."""
    form = RiddleForm.from_post()
    if not form.validate():
        return _page(riddle_form=form, status=422)
    with writing():
        proven = tip_export.prove(*_mine(), form.code.data)
    if not proven:
        form.code.errors = [_("This is not the code. It has eight digits.")]
        return _page(riddle_form=form, status=422)
    return redirect(url_for(".index", notice="saved"), 303)


@bp.post("/desk/tips/<id:id>/export")
@open_to(tip_readers)
def export(id: int) -> ResponseReturnValue:
    """Logged before it leaves."""
    to = tip_export.recipient(*current_key())
    if not to:
        return redirect(url_for(".index"), 303)
    contact = request.form.get("contact") == "yes"
    with writing():
        opened = opened_by_me(id)
        for act in (AuditAction.EXPORT, AuditAction.CONTACT) if contact else (AuditAction.EXPORT,):
            audit_log.append_entry(act, by=current_user(), tip_id=id)
    packed = tip_export.pack(opened, to, by=current_user().name, contact=contact)
    return _download(packed, f"tip-{id}.tar.age")


def _mine() -> tuple[TipReader, Key]:
    """As it is now, to be changed."""
    me, key = current_key()
    return db.session.get_one(TipReader, me.id), key


def _download(packed: IO[bytes], name: str) -> Response:
    size = packed.seek(0, 2)
    packed.seek(0)
    response = Response(_chunks(packed), mimetype="application/octet-stream")
    response.call_on_close(packed.close)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = OPAQUE
    response.content_length = size
    return response


def _chunks(packed: IO[bytes]) -> Iterator[bytes]:
    while chunk := packed.read(CHUNK):
        yield chunk


def _page(*, status: int = 200, **forms: Any) -> Response:
    me, key = current_key()
    forms = {"form": RecipientForm.unbound(), "riddle_form": RiddleForm.unbound(), **forms}
    return render_page(
        "tips/desk/export.html",
        status=status,
        recipient=tip_export.recipient(me, key),
        riddle=tip_export.riddle(me, key),
        **forms,
    )
