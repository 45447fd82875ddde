"""Tip readers unlock and lock their key."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.auth.rate_limit import Attempt, TooManyAttempts
from board.db import db, writing
from board.runtime.limiter import QueueFull, long_work
from board.tips.crypto import key_files
from board.tips.crypto.pepper import PepperLost
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.integrity.checkpoints import WentBack
from board.tips.models.damage import damaged_tables
from board.tips.models.key_holders import TipReader, UnlockedSession
from board.tips.models.roster import ForgedRoster
from board.tips.readers import unlock_session
from board.tips.readers.forms import UnlockForm
from board.tips.readers.unlock_session import Locked
from board.tips.sealed import search_index
from board.tips.web.responses import FORM_BYTES, no_store, render_page
from board.tips.web.typed_text import typed_text
from board.web.access import open_to, tip_readers
from board.web.request.observability.security_events import SecurityEvent, record
from board.web.request.origins import is_about_tips

bp = Blueprint("tip_readers", __name__)
bp.after_request(no_store)
COOKIE = "tip_desk"


def current_key() -> tuple[TipReader, Key]:
    """The reader who has unlocked tips in this browser, if they are the current user. Raises
    Locked.
    """
    reader, key = unlock_session.unlocked_key(COOKIE)
    if not isinstance(reader, TipReader) or reader.user_id != current_user().id:
        raise Locked
    return reader, key


@bp.app_errorhandler(Locked)
def ask_to_unlock(_error: Locked) -> ResponseReturnValue:
    """Show the text sent after the session expired again; only its author gets this page."""
    if text := typed_text():
        return unlock_page(UnlockForm.unbound(), unsent_text=text, status=401)
    next_page = request.path if request.method == "GET" else None
    return redirect(url_for("tip_readers.unlock_form", next=next_page), 303)


@bp.app_errorhandler(ForgedRoster)
def forged_roster_page(_error: ForgedRoster) -> ResponseReturnValue:
    return render_page("tips/readers/forged.html", status=503)


@bp.app_errorhandler(WentBack)
def went_back_page(_error: WentBack) -> ResponseReturnValue:
    """Nothing is encrypted, given or erased before a reader has looked."""
    return render_page("tips/readers/refused.html", unsent_text=typed_text(), status=409)


@bp.app_errorhandler(PepperLost)
def pepper_lost_page(_error: PepperLost) -> ResponseReturnValue:
    current_app.logger.error("tips: the pepper is missing or another one")
    return render_page("tips/readers/pepper_lost.html", status=503)


@bp.app_errorhandler(DecryptionFailed)
def integrity_error_page(_error: DecryptionFailed) -> ResponseReturnValue:
    current_app.logger.error("tips: decryption failed: data was damaged or moved")
    return render_page("tips/tampered.html", status=409)


@bp.app_errorhandler(AssertionError)
@bp.app_errorhandler(AttributeError)
@bp.app_errorhandler(TypeError)
@bp.app_errorhandler(ValueError)
def damaged_row_page(error: Exception) -> ResponseReturnValue:
    """Answers an error that a damaged row caused: SQLAlchemy, or the code behind it, met a value
    that no program wrote.
    """
    if not (is_about_tips() and damaged_tables()):
        raise error
    current_app.logger.error("tips: a row is damaged")
    return render_page("tips/tampered.html", status=409)


@bp.get("/desk/tips/unlock")
@open_to(tip_readers, query=("next",))
def unlock_form() -> ResponseReturnValue:
    if db.session.scalar(TipReader.for_user(current_user())) is None:
        return redirect(url_for(".start_form"), 303)
    return unlock_page(UnlockForm.unbound(data={"next": request.args.get("next")}))


@bp.post("/desk/tips/unlock")
@open_to(tip_readers, body_max=FORM_BYTES, cannot_wait=True)
def unlock() -> ResponseReturnValue:
    form, reader = UnlockForm.from_post(), db.session.scalar(TipReader.for_user(current_user()))
    if reader is None:
        return redirect(url_for(".start_form"), 303)
    key = unlock_with_form(form, reader)
    if key is None:
        return unlock_page(form, unsent_text=typed_text(), status=422)
    with long_work:
        entries = search_index.build_entries(reader, key)  # so that searching is fast
    with writing():
        search_index.save_entries(entries, reader)
        reader = db.session.get_one(TipReader, reader.id)
        reader.has_news = False
        token = UnlockedSession.start(reader, key)
    return unlock_session.set_cookie(_unlocked_page(form.next_page()), COOKIE, token)


def _unlocked_page(next_page: str) -> Any:
    """The page asked for; or what was written before tips locked, to be copied."""
    if text := typed_text():
        return render_page("tips/readers/unsent.html", unsent_text=text)
    return redirect(next_page, 303)


@bp.post("/desk/tips/lock")
@open_to(tip_readers, body_max=FORM_BYTES, cannot_wait=True)
def lock() -> ResponseReturnValue:
    """Lock tips. A page that locks itself sends the unfinished text, which is shown again."""
    with writing():
        unlock_session.lock(COOKIE)
    if text := typed_text():
        return unlock_session.clear_cookie(
            unlock_page(UnlockForm.unbound(), unsent_text=text), COOKIE
        )
    return unlock_session.clear_cookie(redirect(url_for(".unlock_form"), 303), COOKIE)


@bp.errorhandler(TooManyAttempts)
def too_many_attempts(_error: TooManyAttempts) -> ResponseReturnValue:
    form = UnlockForm.unbound()
    form.passphrase.errors = [_("Too many attempts. Please wait five minutes.")]
    return unlock_page(form, unsent_text=typed_text(), status=429)


def unlock_with_form(form: UnlockForm, reader: TipReader) -> Key | None:
    """The reader's key if the words are right; otherwise None, with an error in the form.

    Raises TooManyAttempts; words that cannot be a passphrase are no attempt. The page's audience
    has already required two-step verification.
    """
    if not form.validate():
        return None
    attempt = _begin_attempt(reader)
    try:
        key = _unwrap_key(form.phrase, reader, recovery=form.is_recovery)
    except DecryptionFailed:
        record(SecurityEvent.LOGIN_FAILED, "passphrase", actor=current_user())
        form.passphrase.errors = [_wrong_words_text()]
        return None
    except QueueFull:  # not a failed attempt
        with writing():
            attempt.discard()
        raise
    with writing():
        attempt.discard()
    return key


def _begin_attempt(reader: TipReader) -> Attempt:
    """Raises TooManyAttempts."""
    with writing():
        return Attempt.begin(
            email=f"tips of {reader.user_id}",
            address=request.remote_addr or "",
            key=current_app.config["SECRET_KEY"],
            known_device=False,
        )


def _unwrap_key(phrase: str, reader: TipReader, *, recovery: bool) -> Key:
    """Raises DecryptionFailed and QueueFull."""
    _tag, kek = key_files.stretch(phrase, salt=reader.salt)
    return reader.recover(kek) if recovery else reader.unwrap_key(kek)


def unlock_page(form: Any, *, unsent_text: str | None = None, status: int = 200) -> Response:
    return render_page(
        "tips/readers/unlock.html", form=form, unsent_text=unsent_text, status=status
    )


def _wrong_words_text() -> str:
    return _("Each word is in the word list, but these are not the right words.")
