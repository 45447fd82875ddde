"""Readers of tips: their passphrase, their sheet, and who is on the roster."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import selectinload

from board.access import member, newsroom, open_to
from board.accounts.attempts import Attempt, TooManyAttempts
from board.db import db, writing
from board.desk import Page, pages
from board.tips import disk, gists, roster, unlocking, words
from board.tips.days import today
from board.tips.forms import RecoverForm, UnlockForm
from board.tips.holders import Reader, Unlocked, fingerprint
from board.tips.keyring import NoKey
from board.tips.models import Grant, Tip
from board.tips.opened import Opened
from board.tips.pages import FORM_BYTES, page_of, protect
from board.tips.roster import Forged
from board.tips.unlocking import Locked
from board.tips.vault import BadSeal, Key
from board.tips.words import NotWords
from board.turns import TooBusy

bp = Blueprint("tip_readers", __name__)
bp.after_request(protect)
pages.append(
    Page(61, "tip_readers", lazy_gettext("Readers of tips"), "tip_readers.readers", newsroom)
)
COOKIE = "tip_desk"


def my_key() -> tuple[Reader, Key]:
    """Whoever has unlocked tips in this browser, if it is the one signed in. Raises Locked."""
    reader, key = unlocking.unlocked(COOKIE)
    if not isinstance(reader, Reader) or reader.user_id != member().id:
        raise Locked
    return reader, key


@bp.app_errorhandler(Locked)
def ask_to_unlock(_error: Locked) -> ResponseReturnValue:
    """What was written while the time ran out is shown again: only its writer sees this page."""
    written = request.form.get("text") if request.method == "POST" else None
    if written:
        return _unlock_page(UnlockForm.empty(), written=written, status=401)
    return redirect(url_for("tip_readers.unlock_form"), 303)


@bp.app_errorhandler(Forged)
def alarm(_error: Forged) -> ResponseReturnValue:
    return page_of("tips/desk/forged.html", status=503)


@bp.app_errorhandler(BadSeal)
def warn_of_damage(_error: BadSeal) -> ResponseReturnValue:
    current_app.logger.error("tips: something sealed does not open in its place")
    return page_of("tips/tampered.html", status=409)


@bp.get("/desk/tips/unlock")
@open_to(newsroom)
def unlock_form() -> ResponseReturnValue:
    if db.session.scalar(Reader.of(member())) is None:
        return redirect(url_for(".start_form"), 303)
    return _unlock_page(UnlockForm.empty())


@bp.post("/desk/tips/unlock")
@open_to(newsroom)
def unlock() -> ResponseReturnValue:
    form = UnlockForm.posted()
    reader = db.session.scalar(Reader.of(member()))
    if reader is None:
        return redirect(url_for(".start_form"), 303)
    if not form.validate():
        return _unlock_page(form, status=422)
    try:
        key = _opened_by(form, reader, recovery=False)
    except TooManyAttempts:
        return _too_many(form)
    if key is None:
        form.passphrase.errors = [_wrong()]
        return _unlock_page(form, status=422)
    made = gists.make(reader, key)  # so that a search need not wait
    with writing():
        gists.keep(made, reader)
        reader = db.session.get_one(Reader, reader.id)
        reader.has_news = False
        token = Unlocked.begin(reader, key)
    return unlocking.remember(redirect(url_for("tip_desk.inbox"), 303), COOKIE, token)


@bp.post("/desk/tips/lock")
@open_to(newsroom, body_max=FORM_BYTES)
def lock() -> ResponseReturnValue:
    """A page that locks itself sends along what was being written: it is shown again."""
    with writing():
        unlocking.lock(COOKIE)
    if written := request.form.get("text"):
        return unlocking.forget(_unlock_page(UnlockForm.empty(), written=written), COOKIE)
    return unlocking.forget(redirect(url_for(".unlock_form"), 303), COOKIE)


@bp.get("/desk/tips/start")
@open_to(newsroom)
def start_form() -> ResponseReturnValue:
    return page_of("tips/desk/start.html", again=db.session.scalar(Reader.of(member())))


@bp.post("/desk/tips/start")
@open_to(newsroom)
def start() -> ResponseReturnValue:
    """A key pair of one's own. Who loses passphrase and sheet starts again, with no tips."""
    key, salt = Key(), secrets.token_bytes(16)
    passphrase, kek = _new_words(words.PASSPHRASE_WORDS, salt)
    recovery, recovery_kek = _new_words(words.RECOVERY_WORDS, salt)
    with writing():
        id = roster.free_id()
        if old := db.session.scalar(Reader.of(member())):
            if request.form.get("again") != "yes":
                abort(409)
            _remove(old)
        keks = {"kek": kek, "recovery_kek": recovery_kek}
        reader = Reader.make(member(), key, salt=salt, id=id, **keks)
        db.session.flush()
        if not roster.is_begun():
            roster.add(reader, by=reader, key=key)
    return _sheet(passphrase, recovery)


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
    if not form.validate():
        return page_of("tips/desk/recover.html", form=form, status=422)
    try:
        key = _opened_by(form, reader, recovery=True)
    except TooManyAttempts:
        return _too_many(form)
    if key is None:
        form.passphrase.errors = [_wrong()]
        return page_of("tips/desk/recover.html", form=form, status=422)
    return _renew(reader, key)


@bp.post("/desk/tips/renew")
@open_to(newsroom)
def renew() -> ResponseReturnValue:
    return _renew(*my_key())


@bp.get("/desk/tips/readers")
@open_to(newsroom)
def readers() -> ResponseReturnValue:
    me, _key = my_key()
    members = roster.members()
    every = [*db.session.scalars(Reader.all())]
    return page_of(
        "tips/desk/readers.html",
        me=me,
        listed=[(reader, fingerprint(reader.public)) for reader in members],
        pending=[(reader, fingerprint(reader.public)) for reader in every if reader not in members],
        fingerprint=roster.seal_of(),
        begun=roster.is_begun(),
        lonely=len(db.session.scalars(Grant.lonely()).all()),
        held=db.session.scalar(select(func.count()).select_from(Tip.held_by(me).subquery())),
    )


@bp.post("/desk/tips/readers/<id:id>/add")
@open_to(newsroom)
def add(id: int) -> ResponseReturnValue:
    """Sign for a colleague, and let them into every tip one can open."""
    with writing():
        me, key = my_key()
        reader = db.get_or_404(Reader, id)
        begins = reader.id == me.id and not roster.is_begun()
        if not begins and me not in roster.members():
            abort(403)
        roster.add(reader, by=me, key=key)
        gists.forget(reader=reader)
        members = roster.members()
        for opened in Opened.each(_with_grants(Tip.held_by(me)), me, key):
            with suppress(BadSeal, NoKey):  # opening that tip says so
                opened.let_in(reader, roster=members)
    return redirect(url_for(".readers", notice="saved"), 303)


@bp.post("/desk/tips/readers/<id:id>/remove")
@open_to(newsroom)
def remove(id: int) -> ResponseReturnValue:
    """Take a reader off the roster and their keys away; what comes later is under new ones."""
    with writing():
        me, key = my_key()
        reader = db.get_or_404(Reader, id)
        if reader.id == me.id or me not in roster.members():
            abort(403)
        roster.remove(reader, by=me, key=key)
        members = roster.members()
        held = Tip.held_by(reader).subquery()
        both = Tip.held_by(me).where(Tip.id.in_(select(held.c.id)))
        for opened in Opened.each(_with_grants(both), me, key):
            with suppress(BadSeal, NoKey):  # opening that tip says so
                opened.shut_out(reader, roster=members)
        _remove(reader)
    return redirect(url_for(".readers", notice="saved"), 303)


def _opened_by(form: Any, reader: Reader, *, recovery: bool) -> Key | None:
    """The reader's key if the words are right. Raises TooManyAttempts.

    That the account's second factor was shown, too, the page's audience has seen to.
    """
    with writing():
        attempt = Attempt.begin(
            email=f"tips of {reader.user_id}",
            address=request.remote_addr or "",
            key=current_app.config["SECRET_KEY"],
            known_device=False,
        )
    count = words.RECOVERY_WORDS if recovery else words.PASSPHRASE_WORDS
    try:
        phrase = words.read_phrase(form.passphrase.data, count)
    except NotWords:
        phrase = form.passphrase.data
    try:
        _tag, kek = disk.stretch(phrase, salt=reader.salt)
        key = reader.recover(kek) if recovery else reader.unwrap(kek)
    except BadSeal:
        return None
    except TooBusy:  # no failure of whoever tries
        with writing():
            attempt.strike_out()
        raise
    with writing():
        attempt.strike_out()
    return key


def _renew(reader: Reader, key: Key) -> Response:
    """A new passphrase and a new sheet; the old ones open nothing."""
    salt = secrets.token_bytes(16)
    passphrase, kek = _new_words(words.PASSPHRASE_WORDS, salt)
    recovery, recovery_kek = _new_words(words.RECOVERY_WORDS, salt)
    with writing():
        reader = db.session.get_one(Reader, reader.id)
        reader.salt = salt
        reader.wrap(key, kek)
        reader.wrap_recovery(key, recovery_kek)
        Unlocked.end_all(reader)
    return _sheet(passphrase, recovery)


def _with_grants(tips: Select[Tip]) -> Sequence[Tip]:
    """Those tips, with all their keys and whom they are granted to, in three questions."""
    return db.session.scalars(tips.options(selectinload(Tip.keys))).all()


def _new_words(count: int, salt: bytes) -> tuple[str, bytes]:
    phrase = words.new_phrase(count)
    return phrase, disk.stretch(phrase, salt=salt)[1]


def _remove(reader: Reader) -> None:
    Unlocked.end_all(reader)
    gists.forget(reader=reader)
    db.session.execute(delete(Grant).where(Grant.holder_id == reader.id))
    db.session.delete(reader)
    db.session.flush()


def _sheet(passphrase: str, recovery: str) -> Response:
    return page_of(
        "tips/desk/sheet.html",
        passphrase=passphrase.split(),
        recovery=recovery.split(),
        made_on=today(),
    )


def _unlock_page(form: Any, *, written: str | None = None, status: int = 200) -> Response:
    return page_of("tips/desk/unlock.html", form=form, written=written, status=status)


def _too_many(form: Any) -> Response:
    form.passphrase.errors = [_("Too many attempts. Please wait five minutes.")]
    return _unlock_page(form, status=429)


def _wrong() -> str:
    return _("These are not the words.")
