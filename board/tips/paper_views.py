"""A reader of tips makes their key, and gets passphrase and recovery sheet for it."""

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.access import member, newsroom, open_to
from board.db import db, writing
from board.tips import joining, roster
from board.tips.days import today
from board.tips.desk_forms import RecoverForm
from board.tips.holders import Reader, Unlocked
from board.tips.pages import page_of
from board.tips.paper import Paper
from board.tips.unlock_views import bp, my_key, opened_by
from board.tips.vault import Key


@bp.get("/desk/tips/start")
@open_to(newsroom)
def start_form() -> ResponseReturnValue:
    return page_of("tips/desk/start.html", again=db.session.scalar(Reader.of(member())))


@bp.post("/desk/tips/start")
@open_to(newsroom)
def start() -> ResponseReturnValue:
    """A key pair of one's own. Who loses passphrase and sheet starts again, with no tips."""
    key, paper = Key(), Paper.new()
    with writing():
        id = roster.free_id()
        if old := db.session.scalar(Reader.of(member())):
            if request.form.get("again") != "yes":
                abort(409)
            joining.forget(old)
        reader = Reader.make(member(), key, paper.locks, id=id)
        db.session.flush()
        if not roster.is_begun():
            roster.add(reader, by=reader, key=key)
    return _sheet(paper)


@bp.get("/desk/tips/recover")
@open_to(newsroom)
def recover_form() -> ResponseReturnValue:
    return page_of("tips/desk/recover.html", form=RecoverForm.empty())


@bp.post("/desk/tips/recover")
@open_to(newsroom)
def recover() -> ResponseReturnValue:
    """The words on the sheet open the key once, for a new passphrase and a new sheet."""
    form, reader = RecoverForm.posted(), db.session.scalar(Reader.of(member()))
    if reader is None:
        return redirect(url_for(".start_form"), 303)
    key = opened_by(form, reader, recovery=True)
    if key is None:
        return page_of("tips/desk/recover.html", form=form, status=422)
    return _renewed(reader, key)


@bp.post("/desk/tips/renew")
@open_to(newsroom)
def renew() -> ResponseReturnValue:
    return _renewed(*my_key())


def _renewed(reader: Reader, key: Key) -> Response:
    """A new passphrase and a new sheet; the old ones open nothing."""
    paper = Paper.new()
    with writing():
        reader = db.session.get_one(Reader, reader.id)
        reader.change_locks(key, paper.locks)
        Unlocked.end_all(reader)
    return _sheet(paper)


def _sheet(paper: Paper) -> Response:
    return page_of(
        "tips/desk/sheet.html",
        passphrase=paper.passphrase.split(),
        recovery=paper.recovery.split(),
        made_on=today(),
    )
