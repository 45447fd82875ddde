"""A reader sets and proves a recipient of exports, and exports tips."""

from collections.abc import Iterator
from typing import IO, Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.runtime.limiter import long_work
from board.tips.crypto.file_cipher import CHUNK
from board.tips.crypto.primitives import Key
from board.tips.desk import export_archive, export_recipient
from board.tips.desk.forms import ChallengeForm, RecipientForm
from board.tips.desk.tip_page import open_or_404
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_holders import TipReader
from board.tips.readers.unlock_views import current_key
from board.tips.web.idempotency import idempotent, record_answer, redirect_to, writing_once
from board.tips.web.responses import SANDBOX_CSP, no_store, render_page
from board.web.access import open_to, tip_readers

bp = Blueprint("tip_export", __name__)
bp.after_request(no_store)


@bp.get("/desk/tips/export")
@open_to(tip_readers)
def index() -> ResponseReturnValue:
    return _export_page()


@bp.post("/desk/tips/export/recipient")
@open_to(tip_readers)
@idempotent()
def ask() -> ResponseReturnValue:
    form = RecipientForm.from_post()
    if not form.validate():
        return _export_page(form=form, status=422)
    with writing_once(to=url_for(".index")) as answer:
        export_recipient.offer_recipient(*_reader_and_key(), form.recipient.data)
    return redirect_to(answer)


@bp.post("/desk/tips/export/prove")
@open_to(tip_readers)
@idempotent()
def prove() -> ResponseReturnValue:
    """Check the code that only the other computer could decrypt."""
    form = ChallengeForm.from_post()
    if not form.validate():
        return _export_page(challenge_form=form, status=422)
    with writing():
        proven = export_recipient.prove(*_reader_and_key(), form.code.data)
        if proven:
            record_answer(to=url_for(".index", notice="recipient_proven"))
    if not proven:
        form.code.errors = [_("This is not the code. It has eight digits.")]
        return _export_page(challenge_form=form, status=422)
    return redirect(url_for(".index", notice="recipient_proven"), 303)


@bp.post("/desk/tips/<id:id>/export")
@open_to(tip_readers)
def export(id: int) -> ResponseReturnValue:
    """Export a tip; the log entry is committed before the download starts."""
    to = export_recipient.recipient(*current_key())
    if not to:
        return redirect(url_for(".index"), 303)
    contact = request.form.get("contact") == "yes"
    with long_work:
        with writing():
            opened = open_or_404(id)
            acts = (AuditAction.EXPORT, AuditAction.CONTACT) if contact else (AuditAction.EXPORT,)
            for act in acts:
                audit_log.append_entry(act, by=current_user(), tip_id=id)
        archive = export_archive.pack(opened, to, by=current_user().name, contact=contact)
    return _download(archive, f"tip-{id}.tar.age")


def _reader_and_key() -> tuple[TipReader, Key]:
    """The current reader, loaded for writing, and their key."""
    me, key = current_key()
    return db.session.get_one(TipReader, me.id), key


def _download(archive: IO[bytes], name: str) -> Response:
    size = archive.seek(0, 2)
    archive.seek(0)
    response = Response(_chunks(archive), mimetype="application/octet-stream")
    response.call_on_close(archive.close)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = SANDBOX_CSP
    response.content_length = size
    return response


def _chunks(archive: IO[bytes]) -> Iterator[bytes]:
    while chunk := archive.read(CHUNK):
        yield chunk


def _export_page(*, status: int = 200, **forms: Any) -> Response:
    me, key = current_key()
    forms = {"form": RecipientForm.unbound(), "challenge_form": ChallengeForm.unbound(), **forms}
    return render_page(
        "tips/desk/export.html",
        status=status,
        recipient=export_recipient.recipient(me, key),
        challenge=export_recipient.challenge(me, key),
        **forms,
    )
