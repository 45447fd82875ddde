"""A reader's OpenPGP key, for email that only they can read."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.db import db, writing
from board.db.write_lock import LockTimeout
from board.runtime.limiter import QueueFull
from board.runtime.smtp import DeliveryFailed
from board.tips.crypto.pgp import KEY_BYTES_MAX, BadKey, PublicKey
from board.tips.models.key_holders import TipReader
from board.tips.notifications import emails as tip_emails
from board.tips.notifications import pgp_keys
from board.tips.notifications.forms import MailKeyForm, ProofForm
from board.tips.notifications.pgp_keys import PgpKey
from board.tips.readers.unlock_views import current_key
from board.tips.web.idempotency import idempotent, record_answer, redirect_to, writing_once
from board.tips.web.responses import no_store, render_page
from board.web.access import open_to, tip_readers

bp = Blueprint("tip_mail", __name__)
bp.after_request(no_store)


@bp.app_template_global()
def mail_key() -> PgpKey | None:
    """The current reader's key, for warnings at the desk."""
    me, _key = current_key()
    return db.session.scalar(PgpKey.for_reader(me))


@bp.errorhandler(LockTimeout)
@bp.errorhandler(QueueFull)
def busy(error: Exception) -> ResponseReturnValue:
    """The pasted key is shown again; the general page for this would not know its field."""
    me, _key = current_key()
    form = MailKeyForm.from_post()
    form.key.errors = [_("The site is busy, and nothing was saved. Please press the button again.")]
    return _pgp_key_page(me, form=form, status=503)


@bp.get("/desk/tips/mail")
@open_to(tip_readers)
def mail() -> ResponseReturnValue:
    me, _key = current_key()
    return _pgp_key_page(me)


@bp.post("/desk/tips/mail")
@open_to(tip_readers, body_max=4 * KEY_BYTES_MAX)
@idempotent()
def offer() -> ResponseReturnValue:
    """Store a key to be proven, and email a code that only its owner can read."""
    me, _key = current_key()
    form = MailKeyForm.from_post()
    if not form.validate():
        return _pgp_key_page(me, form=form, status=422)
    data = form.key.data.encode()
    with writing():
        current = db.session.scalar(PgpKey.for_reader(me))
        if current is not None and current.update(data):
            return redirect(url_for(".mail", notice="mail_key_updated"), 303)
    try:
        key = PublicKey.read(data)
    except BadKey as error:
        form.key.errors = [_error_text(error.reason)]
        return _pgp_key_page(me, form=form, status=422)
    if not _send_code(me, key):
        form.key.errors = [_("The email with the code could not be sent. Please try again later.")]
        return _pgp_key_page(me, form=form, status=503)
    with writing_once(to=url_for(".mail")) as answer:
        pass  # the email cannot be undone, so it is recorded when it has been sent
    return redirect_to(answer)


@bp.post("/desk/tips/mail/prove")
@open_to(tip_readers)
@idempotent()
def prove() -> ResponseReturnValue:
    me, _key = current_key()
    form = ProofForm.from_post()
    if not form.validate():
        return _pgp_key_page(me, proof=form, status=422)
    with writing():
        unproven = db.session.scalar(PgpKey.unproven_for(me))
        proven = unproven is not None and unproven.prove(form.code.data)
        if proven:
            record_answer(to=url_for(".mail", notice="mail_key_proven"))
    if not proven:
        form.code.errors = [_("This is not the code from the email.")]
        return _pgp_key_page(me, proof=form, status=422)
    return redirect(url_for(".mail", notice="mail_key_proven"), 303)


@bp.post("/desk/tips/mail/remove")
@open_to(tip_readers)
def remove() -> ResponseReturnValue:
    with writing():
        me, _key = current_key()
        pgp_keys.delete_keys(me)
    return redirect(url_for(".mail", notice="mail_key_removed"), 303)


def _send_code(me: TipReader, key: PublicKey) -> bool:
    """Whether a code could be emailed to this key, which stays unproven until it is typed."""
    with writing():
        code = PgpKey.offer(me, key)
    try:
        _email_code(me, key, code)
    except (DeliveryFailed, tip_emails.UnusableKey):
        with writing():
            pgp_keys.delete_unproven(me)
        return False
    return True


def _email_code(me: TipReader, key: PublicKey, code: str) -> None:
    config, email = current_app.config, tip_emails.ReaderEmail(me.user.email, key.raw)
    if not config["MAIL_SERVER"] or not config["MAIL_FROM"]:
        raise DeliveryFailed
    text = f"열쇠를 확인하는 숫자: {code}\n데스크의 ‘메일 암호화’에 적어 주세요.\n"
    tip_emails.send(
        config["MAIL_SERVER"], config["MAIL_FROM"], email, site=config["SITE_NAME"], text=text
    )


def _pgp_key_page(me: TipReader, *, status: int = 200, **forms: Any) -> Response:
    config = current_app.config
    return render_page(
        "tips/notifications/pgp_key.html",
        status=status,
        current=db.session.scalar(PgpKey.for_reader(me)),
        unproven=db.session.scalar(PgpKey.unproven_for(me)),
        is_mail_configured=bool(config["MAIL_SERVER"] and config["MAIL_FROM"]),
        address=me.user.email,
        **{"form": MailKeyForm.unbound(), "proof": ProofForm.unbound(), **forms},
    )


def _error_text(reason: str) -> str:
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
    }[reason]  # fmt: skip
