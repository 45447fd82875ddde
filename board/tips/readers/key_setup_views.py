"""A tip reader creates their key, and gets a passphrase and a recovery sheet."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.integrity import checkpoints
from board.tips.models import access, audit_log, roster
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_holders import TipReader, UnlockedSession
from board.tips.models.removal import RemovalRequest
from board.tips.readers import membership, ownership
from board.tips.readers.forms import CodeForm, LossForm, OwnerForm, OwnerLossForm, RecoverForm
from board.tips.readers.recovery_sheet import RecoverySheet
from board.tips.readers.unlock_views import bp, current_key, unlock_with_form
from board.tips.web.idempotency import idempotent, redirect_to, writing_once
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers


def sheet_again(_key: str, answer: dict[str, Any]) -> ResponseReturnValue:
    """The recovery sheet, for ten minutes after it was made."""
    if "sheet" in answer:
        return _sheet_page(answer["sheet"])
    return redirect(url_for(".unlock_form"), 303)


@bp.get("/desk/tips/start")
@open_to(tip_readers)
def start_form() -> ResponseReturnValue:
    reader = _own_reader()
    return _start_page(reader, _restart_form(reader, None) if reader else CodeForm.unbound())


@bp.post("/desk/tips/start")
@open_to(tip_readers)
@idempotent(sheet_again)
def start() -> ResponseReturnValue:
    """Create a key pair; or a new one instead of the present one, without access."""
    previous = _own_reader()
    form = _restart_form(previous, request.form) if previous else CodeForm.from_post()
    if previous and not _may_restart(form, previous):
        return _start_page(previous, form, status=422)
    key, sheet = Key(), RecoverySheet.new()
    with writing_once(sheet=sheet.text):
        _create(previous, key, sheet)
    return _sheet_page(sheet.text)


@bp.post("/desk/tips/start/ask")
@open_to(tip_readers)
@idempotent()
def ask_removal() -> ResponseReturnValue:
    """Without passphrase and sheet, colleagues decide whether somebody may begin again."""
    form, reader = CodeForm.from_post(), _own_reader() or abort(404)
    if not form.validate() or not ownership.accepts_code(form):
        return _start_page(reader, _restart_form(reader, None), ask_form=form, status=422)
    with writing_once(to=url_for(".start_form", notice="removal_asked")) as answer:
        RemovalRequest.ask(reader, by=reader)
    return redirect_to(answer)


@bp.get("/desk/tips/recover")
@open_to(tip_readers)
def recover_form() -> ResponseReturnValue:
    return _recover_page(RecoverForm.unbound())


@bp.post("/desk/tips/recover")
@open_to(tip_readers)
@idempotent(sheet_again)
def recover() -> ResponseReturnValue:
    """The recovery words open the key once, for a new passphrase and a new sheet."""
    form, reader = RecoverForm.from_post(), _own_reader()
    if reader is None:
        return redirect(url_for(".start_form"), 303)
    key = unlock_with_form(form, reader)
    if key is None or not ownership.accepts_code(form):
        return _recover_page(form, status=422)
    return _renew(reader, key)


@bp.get("/desk/tips/renew")
@open_to(tip_readers)
def renew_form() -> ResponseReturnValue:
    current_key()
    return _renew_page(OwnerForm.unbound())


@bp.post("/desk/tips/renew")
@open_to(tip_readers)
@idempotent(sheet_again)
def renew() -> ResponseReturnValue:
    form, (reader, _key) = OwnerForm.from_post(), current_key()
    key = ownership.prove(form, reader)
    return _renew(reader, key) if key else _renew_page(form, status=422)


def _own_reader() -> TipReader | None:
    return db.session.scalar(TipReader.for_user(current_user()))


def _restart_form(reader: TipReader, data: Any) -> Any:
    """The form for a new key. Readers on the roster prove that the present key is theirs; if tips
    would be lost with it, or they are the last reader, they type how many.
    """
    kind = OwnerLossForm if roster.has_entry(reader) else LossForm
    form = kind.from_post() if data else kind.unbound()
    lost = access.count_lost_without(reader)
    form.lost_count = lost if lost or roster.members() == [reader] else None
    return form


def _may_restart(form: Any, reader: TipReader) -> bool:
    """Whether everything that was typed is right. Raises TooManyAttempts."""
    if isinstance(form, OwnerForm):
        return ownership.prove(form, reader) is not None
    return bool(form.validate()) and ownership.accepts_code(form)


def _create(previous: TipReader | None, key: Key, sheet: RecoverySheet) -> None:
    """Store a new key pair, in place of the previous one. Raises WentBack."""
    checkpoints.require_intact()
    if _own_reader() != previous:
        abort(409)  # another request was faster
    id = roster.next_reader_id()
    if previous:
        _delete(previous)
    reader = TipReader.create(current_user(), key, sheet.passphrase_keys, id=id)
    db.session.flush()
    if not roster.exists():
        roster.add(reader, by=reader, key=key)


def _delete(reader: TipReader) -> None:
    membership.delete_reader(reader)
    audit_log.append_entry(AuditAction.RESTART, by=current_user(), about=current_user())


def _renew(reader: TipReader, key: Key) -> ResponseReturnValue:
    """Give the reader a new passphrase and a new sheet; the old ones stop working."""
    sheet = RecoverySheet.new()
    with writing_once(sheet=sheet.text):
        reader = db.session.get_one(TipReader, reader.id)
        reader.change_passphrase(key, sheet.passphrase_keys)
        UnlockedSession.end_all(reader)
        audit_log.append_entry(AuditAction.RENEW, by=current_user())
    return _sheet_page(sheet.text)


def _start_page(reader: TipReader | None, form: Any, *, status: int = 200, **more: Any) -> Response:
    return render_page(
        "tips/readers/key_setup.html",
        reader=reader,
        form=form,
        ask_form=more.get("ask_form") or CodeForm.unbound(),
        removal=reader and db.session.get(RemovalRequest, reader.id),
        status=status,
    )


def _recover_page(form: RecoverForm, *, status: int = 200) -> Response:
    return render_page(
        "tips/readers/recover.html",
        form=form,
        status=status,
    )


def _renew_page(form: OwnerForm, *, status: int = 200) -> Response:
    return render_page(
        "tips/readers/renew.html",
        form=form,
        status=status,
    )


def _sheet_page(text: str) -> Response:
    passphrase, recovery = (line.split() for line in text.splitlines())
    return render_page(
        "tips/readers/recovery_sheet.html",
        passphrase=passphrase,
        recovery=recovery,
        made_on=today(),
    )
