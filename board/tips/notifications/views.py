"""A reader's OpenPGP key, for mail that only they can read."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.db import db, writing
from board.runtime.smtp import DeliveryFailed
from board.tips.crypto.pgp import BYTES_MAX, BadKey, PublicKey
from board.tips.desk.forms import MailKeyForm, ProofForm
from board.tips.models.key_holders import TipReader
from board.tips.notifications import emails as tip_emails
from board.tips.notifications import pgp_keys
from board.tips.notifications.pgp_keys import PgpKey
from board.tips.readers.unlock_views import current_key
from board.tips.web.responses import no_store, render_page
from board.web.access import open_to, tip_readers

bp = Blueprint("tip_mail", __name__)
bp.after_request(no_store)


@bp.app_template_global()
def mail_key() -> PgpKey | None:
    """The key of whoever has unlocked tips here, for warnings at the desk."""
    me, _key = current_key()
    return db.session.scalar(PgpKey.of(me))


@bp.get("/desk/tips/mail")
@open_to(tip_readers)
def mail() -> ResponseReturnValue:
    me, _key = current_key()
    return _page(me)


@bp.post("/desk/tips/mail")
@open_to(tip_readers, body_max=4 * BYTES_MAX)
def offer() -> ResponseReturnValue:
    """Take a key on trial, and mail a code that only its owner can read."""
    me, _key = current_key()
    form = MailKeyForm.from_post()
    if not form.validate():
        return _page(me, form=form, status=422)
    data = form.key.data.encode()
    with writing():
        mine = db.session.scalar(PgpKey.of(me))
        if mine is not None and mine.update(data):
            return redirect(url_for(".mail", notice="saved"), 303)
    try:
        key = PublicKey.read(data)
    except BadKey as error:
        form.key.errors = [_why_not(error.why)]
        return _page(me, form=form, status=422)
    if not _is_asked(me, key):
        form.key.errors = [_("The email with the code could not be sent. Please try again later.")]
        return _page(me, form=form, status=503)
    return redirect(url_for(".mail"), 303)


@bp.post("/desk/tips/mail/prove")
@open_to(tip_readers)
def prove() -> ResponseReturnValue:
    me, _key = current_key()
    form = ProofForm.from_post()
    if not form.validate():
        return _page(me, proof=form, status=422)
    with writing():
        waiting = db.session.scalar(PgpKey.waiting_of(me))
        proven = waiting is not None and waiting.prove(form.code.data)
    if not proven:
        form.code.errors = [_("This is not the code from the email.")]
        return _page(me, proof=form, status=422)
    return redirect(url_for(".mail", notice="saved"), 303)


@bp.post("/desk/tips/mail/remove")
@open_to(tip_readers)
def remove() -> ResponseReturnValue:
    with writing():
        me, _key = current_key()
        pgp_keys.forget(me)
    return redirect(url_for(".mail", notice="saved"), 303)


def _is_asked(me: TipReader, key: PublicKey) -> bool:
    """Whether a mail with a code could be sent to this key, which waits until that is typed."""
    with writing():
        code = PgpKey.offer(me, key)
    try:
        _ask(me, key, code)
    except (DeliveryFailed, tip_emails.NoKey):
        with writing():
            pgp_keys.withdraw(me)
        return False
    return True


def _ask(me: TipReader, key: PublicKey, code: str) -> None:
    config, letter = current_app.config, tip_emails.ReaderEmail(me.user.email, key.raw)
    if not config["MAIL_SERVER"] or not config["MAIL_FROM"]:
        raise DeliveryFailed
    text = f"열쇠를 확인하는 숫자: {code}\n데스크의 ‘메일 암호화’에 적어 주세요.\n"
    tip_emails.send(
        config["MAIL_SERVER"], config["MAIL_FROM"], letter, site=config["SITE_NAME"], text=text
    )


def _page(me: TipReader, *, status: int = 200, **forms: Any) -> Response:
    return render_page(
        "tips/notifications/pgp_key.html",
        status=status,
        mine=db.session.scalar(PgpKey.of(me)),
        waiting=db.session.scalar(PgpKey.waiting_of(me)),
        mails=bool(current_app.config["MAIL_SERVER"] and current_app.config["MAIL_FROM"]),
        to=me.user.email,
        **{"form": MailKeyForm.unbound(), "proof": ProofForm.unbound(), **forms},
    )


def _why_not(why: str) -> str:
    return {
        "unreadable": _("This is not an OpenPGP key. Paste the public key as text, up to 100 KB."),
        "several": _("These are several keys. Paste only yours."),
        "secret": _(
            "This is your SECRET key. It was not saved. Paste the public one, and consider "
            "replacing this key."
        ),
        "revoked": _("This key has been revoked."),
        "expired": _("This key has expired. Extend it, export it again and paste it here."),
        "cannot encrypt": _("This key only signs; it can’t be used for encryption."),
    }[why]  # fmt: skip
