"""A tip reader creates their key, and gets a passphrase and a recovery sheet."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.models import form_tokens
from board.tips.models.key_holders import TipReader, UnlockedSession
from board.tips.readers import membership, roster
from board.tips.readers.forms import RecoverForm
from board.tips.readers.recovery_sheet import RecoverySheet
from board.tips.readers.unlock_views import bp, current_key, unlock_with_form
from board.tips.web.once import once, writing_once
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
    reader = db.session.scalar(TipReader.for_user(current_user()))
    return render_page("tips/readers/key_setup.html", again=reader, ticket=form_tokens.new())


@bp.post("/desk/tips/start")
@open_to(tip_readers)
@once(sheet_again)
def start() -> ResponseReturnValue:
    """Create a key pair. Somebody who lost passphrase and sheet starts again, without access."""
    key, sheet = Key(), RecoverySheet.new()
    with writing_once(sheet=sheet.text):
        id = roster.next_reader_id()
        if previous := db.session.scalar(TipReader.for_user(current_user())):
            if request.form.get("again") != "yes":
                abort(409)
            membership.delete_reader(previous)
        reader = TipReader.create(current_user(), key, sheet.passphrase_keys, id=id)
        db.session.flush()
        if not roster.exists():
            roster.add(reader, by=reader, key=key)
    return _sheet_page(sheet.text)


@bp.get("/desk/tips/recover")
@open_to(tip_readers)
def recover_form() -> ResponseReturnValue:
    return _recover_page(RecoverForm.unbound())


@bp.post("/desk/tips/recover")
@open_to(tip_readers)
@once(sheet_again)
def recover() -> ResponseReturnValue:
    """The recovery words open the key once, for a new passphrase and a new sheet."""
    form, reader = RecoverForm.from_post(), db.session.scalar(TipReader.for_user(current_user()))
    if reader is None:
        return redirect(url_for(".start_form"), 303)
    key = unlock_with_form(form, reader, recovery=True)
    if key is None:
        return _recover_page(form, status=422)
    return _renew(reader, key)


@bp.post("/desk/tips/renew")
@open_to(tip_readers)
@once(sheet_again)
def renew() -> ResponseReturnValue:
    return _renew(*current_key())


def _renew(reader: TipReader, key: Key) -> Response:
    """Give the reader a new passphrase and a new sheet; the old ones stop working."""
    sheet = RecoverySheet.new()
    with writing_once(sheet=sheet.text):
        reader = db.session.get_one(TipReader, reader.id)
        reader.change_passphrase(key, sheet.passphrase_keys)
        UnlockedSession.end_all(reader)
    return _sheet_page(sheet.text)


def _recover_page(form: RecoverForm, *, status: int = 200) -> Response:
    return render_page(
        "tips/readers/recover.html", form=form, ticket=form_tokens.new(), status=status
    )


def _sheet_page(text: str) -> Response:
    passphrase, recovery = (line.split() for line in text.splitlines())
    return render_page(
        "tips/readers/recovery_sheet.html",
        passphrase=passphrase,
        recovery=recovery,
        made_on=today(),
    )
