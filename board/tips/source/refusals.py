"""Refusals on pages of sources. Each shows the form again with all that is in it."""

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

from board.db import db
from board.db.write_lock import LockTimeout
from board.runtime.limiter import QueueFull
from board.text import mark_unreadable
from board.tips.crypto import key_files
from board.tips.crypto.pepper import PepperLost
from board.tips.forms import CodeForm, MessageForm, TipForm
from board.tips.integrity.checkpoints import WentBack
from board.tips.models import roster
from board.tips.models.roster import ForgedRoster
from board.tips.readers.unlock_session import Locked
from board.tips.sealed.keyring import NoKey, NoReader
from board.tips.source.form_state import TipFormState
from board.tips.source.mailbox_page import refused_message
from board.tips.source.pages import closed_text, code_entry_page, tip_form_page
from board.tips.source.sending import wait_while_busy
from board.tips.source.views import bp
from board.tips.source.waiting_tips import WaitingTip
from board.tips.web.idempotency import idempotency_key
from board.tips.web.responses import render_page
from board.web.errors import error_page_for
from board.web.request.body import TooManyUploads
from board.web.request.disk_guard import NoRoom
from board.web.request.first_fields import first_fields


@bp.errorhandler(Locked)
def session_expired(_error: Locked) -> ResponseReturnValue:
    """Show the text sent after the session expired again; only its author gets this page."""
    if text := _fields().get("text"):
        return code_entry_page(CodeForm.unbound(), unsent_text=text, status=401)
    return redirect(url_for(".box"), 303)


@bp.errorhandler(key_files.Erased)
@bp.errorhandler(NoKey)
def tip_gone(_error: key_files.Erased | NoKey) -> ResponseReturnValue:
    return render_page("tips/source/gone.html", unsent_text=_fields().get("text"), status=410)


@bp.errorhandler(ForgedRoster)
@bp.errorhandler(NoReader)
@bp.errorhandler(PepperLost)
@bp.errorhandler(WentBack)
def closed(error: Exception) -> ResponseReturnValue:
    """Nothing can be encrypted before somebody has looked."""
    current_app.logger.error("tips: closed: %s", type(error).__name__)
    return _form_again(closed_text(), 503) or render_page(
        "tips/source/closed.html",
        fingerprint=roster.printed_fingerprint(),
        unsent_text=_fields().get("text"),
        status=503,
    )


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    problem = _("That was too much at once. Attach fewer or smaller files.")
    return _form_again(problem, 413) or error_page_for(error)


@bp.errorhandler(RequestTimeout)
def too_slow(error: RequestTimeout) -> ResponseReturnValue:
    problem = _(
        "The connection was too slow, and not everything arrived. Try again, or send your text "
        "alone and add files later under “My tip”."
    )
    return _form_again(problem, 408) or error_page_for(error)


@bp.errorhandler(BadRequest)
def unreadable(error: BadRequest) -> ResponseReturnValue:
    problem = _("It contains characters we can’t read. They are marked with �.")
    if error.description != "unreadable":
        return error_page_for(error)
    return _form_again(problem, 400) or error_page_for(error)


@bp.errorhandler(TooManyUploads)
def too_many_uploads(error: TooManyUploads) -> ResponseReturnValue:
    problem = _(
        "Many large files are arriving right now, and yours was not taken. Try again in a minute, "
        "or send your text alone and add files later under “My tip”."
    )
    page = _form_again(problem, 503)
    if page is None:
        return error_page_for(error)
    page.headers["Retry-After"] = "60"
    return page


@bp.errorhandler(NoRoom)
def no_room(error: NoRoom) -> ResponseReturnValue:
    problem = _(
        "The site cannot store anything at the moment, and nothing was sent. Keep your text and "
        "try again later."
    )
    return _form_again(problem, 503) or error_page_for(error)


@bp.errorhandler(LockTimeout)
@bp.errorhandler(QueueFull)
@bp.errorhandler(OperationalError)
def busy(error: Exception) -> ResponseReturnValue:
    if isinstance(error, OperationalError):
        current_app.logger.error("database: %s", error.orig)
        db.session.rollback()
    if request.endpoint == "tips.write" and idempotency_key() and "send" in request.form.values():
        return wait_while_busy(WaitingTip.of(idempotency_key(), request.form.to_dict()))
    problem = _("The site is busy, and nothing was sent. Please press the button again.")
    page = _form_again(problem, 503)
    if page is None:
        return error_page_for(error)
    page.headers["Retry-After"] = "1"
    return page


def _form_again(problem: str, status: int) -> Response | None:
    """The form of this request with all that was in it; None for requests without such a form."""
    if request.endpoint not in ("tips.write", "tips.go_on", "tips.add"):
        return None
    is_message, fields = request.endpoint == "tips.add", _fields()
    state = TipFormState((MessageForm if is_message else TipForm).of(fields), fields)
    try:
        page = refused_message if is_message else tip_form_page
        return page(state, problem=problem, status=status)
    except Locked:
        return code_entry_page(CodeForm.unbound(), unsent_text=fields.get("text"), status=401)


def _fields() -> MultiDict[str, str]:
    """What is in the form, also of a request that was refused before it was read."""
    fields = request.form if "form" in request.__dict__ else first_fields()
    pairs = fields.items(multi=True)
    return MultiDict((name, mark_unreadable(value)) for name, value in pairs)
