"""A source writes a tip, checks the preview, sends it, and gets the code."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.db import writing
from board.db.write_lock import LockTimeout
from board.runtime.limiter import QueueFull
from board.tips.attachments.drafts import CannotClean
from board.tips.attachments.uploads import bytes_max
from board.tips.crypto import passphrases
from board.tips.forms import TipForm
from board.tips.models import form_tokens
from board.tips.sealed.messages import TooManyTips
from board.tips.sealed.submission import AlreadySent, Submission
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import cannot_clean_text, code_page, form_page, preview_page, readers
from board.tips.source.views import bp
from board.tips.web.responses import FORM_BYTES, render_page
from board.web.access import everyone_as_guest, open_to


@bp.get("/tips/new")
@open_to(everyone_as_guest)
def write_form() -> ResponseReturnValue:
    form = TipForm.unbound(data={"ticket": form_tokens.new()})
    return form_page("tips/source/submit.html", form=form, attachments=[], problem=None)


@bp.post("/tips/new")
@open_to(everyone_as_guest, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
def write() -> ResponseReturnValue:
    form = TipForm.from_post()
    if code := form_tokens.result_of(form.ticket.data or ""):
        return code_page(form.ticket.data, code)  # the same form again, such as by a reload
    if form_tokens.is_used(form.ticket.data or ""):
        return render_page("tips/source/sent.html", status=409)
    form_state = TipFormState(form)
    if form_state.is_invalid:
        return _tip_form_page(form_state, status=422)
    if form_state.needs_preview:
        return preview_page(form_state)
    try:
        return _send(form, form_state)
    except CannotClean as error:
        return preview_page(form_state, problem=cannot_clean_text(error), status=422)
    except (TooManyTips, AlreadySent, LockTimeout, QueueFull):
        return preview_page(form_state, problem=_too_many_text(), status=503)


@bp.post("/tips/new/check")
@open_to(everyone_as_guest)
def check() -> ResponseReturnValue:
    """The source types two words of the code again, to check their note of it."""
    token = request.form.get("ticket", "")
    code = form_tokens.result_of(token)
    if code is None:
        return redirect(url_for(".box"), 303)
    typed = {
        position: request.form.get(f"word{position}", "")
        for position in passphrases.positions_to_check(code)
    }
    if wrong := passphrases.wrong_positions(code, typed):
        return code_page(token, code, typed=typed, wrong=wrong, status=422)
    with writing():
        form_tokens.delete_result(token)
    return render_page("tips/source/received.html")


def _send(form: TipForm, form_state: TipFormState) -> ResponseReturnValue:
    recipients = readers()
    if not recipients:
        return _tip_form_page(form_state, status=503)
    attachments = form_state.selected_attachments()
    submission = Submission.prepare(
        form.ticket.data, form.text.data, form.contact.data, attachments, recipients
    )
    with writing():
        submission.store()
    form_state.draft.delete()
    return code_page(submission.token, submission.code)


def _tip_form_page(form_state: TipFormState, *, status: int) -> Response:
    return form_page(
        "tips/source/submit.html",
        form=form_state.form,
        attachments=form_state.draft.attachments,
        problem=form_state.problem,
        status=status,
    )


def _too_many_text() -> str:
    return _("Many tips are arriving right now. Nothing is lost: please send yours again later.")
