"""A reader of tips makes their key, and gets passphrase and recovery sheet for it."""

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.desk.forms import RecoverForm
from board.tips.models.key_holders import TipReader, UnlockedSession
from board.tips.readers import membership, roster
from board.tips.readers.recovery_sheet import RecoverySheet
from board.tips.readers.unlock_views import bp, current_key, opened_by
from board.tips.web import form_tokens
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers


@bp.get("/desk/tips/start")
@open_to(tip_readers)
def start_form() -> ResponseReturnValue:
    again = db.session.scalar(TipReader.of(current_user()))
    return render_page("tips/readers/key_setup.html", again=again, ticket=form_tokens.new())


@bp.post("/desk/tips/start")
@open_to(tip_readers)
def start() -> ResponseReturnValue:
    """A key pair of one's own. Who loses passphrase and sheet starts again, with no tips."""
    if again := _once_more():
        return again
    key, paper = Key(), RecoverySheet.new()
    with writing():
        id = roster.free_id()
        if old := db.session.scalar(TipReader.of(current_user())):
            if request.form.get("again") != "yes":
                abort(409)
            membership.forget(old)
        reader = TipReader.make(current_user(), key, paper.locks, id=id)
        db.session.flush()
        if not roster.is_begun():
            roster.add(reader, by=reader, key=key)
        _use_ticket(paper)
    return _sheet(paper.text)


@bp.get("/desk/tips/recover")
@open_to(tip_readers)
def recover_form() -> ResponseReturnValue:
    return _recover_page(RecoverForm.unbound())


@bp.post("/desk/tips/recover")
@open_to(tip_readers)
def recover() -> ResponseReturnValue:
    """The words on the sheet open the key once, for a new passphrase and a new sheet."""
    if again := _once_more():
        return again
    form, reader = RecoverForm.from_post(), db.session.scalar(TipReader.of(current_user()))
    if reader is None:
        return redirect(url_for(".start_form"), 303)
    key = opened_by(form, reader, recovery=True)
    if key is None:
        return _recover_page(form, status=422)
    return _renewed(reader, key)


@bp.post("/desk/tips/renew")
@open_to(tip_readers)
def renew() -> ResponseReturnValue:
    return _once_more() or _renewed(*current_key())


def _renewed(reader: TipReader, key: Key) -> Response:
    """A new passphrase and a new sheet; the old ones open nothing."""
    paper = RecoverySheet.new()
    with writing():
        reader = db.session.get_one(TipReader, reader.id)
        reader.change_passphrase(key, paper.locks)
        UnlockedSession.end_all(reader)
        _use_ticket(paper)
    return _sheet(paper.text)


def _once_more() -> ResponseReturnValue | None:
    """The same form again, by a reload or a second click: what it got, for ten minutes. Else
    nobody would know the words that now open the key."""
    ticket = request.form.get("ticket", "")
    if text := form_tokens.result_of(ticket, kind="paper"):
        return _sheet(text)
    return redirect(url_for(".unlock_form"), 303) if form_tokens.is_used(ticket) else None


def _use_ticket(paper: RecoverySheet) -> None:
    ticket = request.form.get("ticket", "")
    if form_tokens.age(ticket) is not None:
        form_tokens.mark_used(ticket, paper.text, kind="paper")


def _recover_page(form: RecoverForm, *, status: int = 200) -> Response:
    return render_page(
        "tips/readers/recover.html", form=form, ticket=form_tokens.new(), status=status
    )


def _sheet(text: str) -> Response:
    passphrase, recovery = (line.split() for line in text.splitlines())
    return render_page(
        "tips/readers/recovery_sheet.html",
        passphrase=passphrase,
        recovery=recovery,
        made_on=today(),
    )
