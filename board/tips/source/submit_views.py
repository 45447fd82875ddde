"""A source writes a tip, looks at what it gives away, sends it, and notes the code."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.db import db, writing
from board.db.write_lock import LockTimeout
from board.runtime.limiter import QueueFull
from board.tips.attachments.drafts import Attachment, CannotClean
from board.tips.attachments.uploads import bytes_max
from board.tips.crypto import key_files, passphrases
from board.tips.forms import TipForm
from board.tips.models.key_holders import TipReader
from board.tips.sealed import messages
from board.tips.sealed.messages import TooMany
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import code_page, form_page, not_cleaned, preview_page, readers
from board.tips.source.views import bp
from board.tips.web import form_tokens
from board.tips.web.responses import FORM_BYTES, render_page
from board.web.access import anonymous_only, open_to


@bp.get("/tips/new")
@open_to(anonymous_only)
def write_form() -> ResponseReturnValue:
    form = TipForm.unbound(data={"ticket": form_tokens.new()})
    return form_page("tips/source/submit.html", form=form, attachments=[], problem=None)


@bp.post("/tips/new")
@open_to(anonymous_only, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
def write() -> ResponseReturnValue:
    form = TipForm.from_post()
    if code := form_tokens.result_of(form.ticket.data or ""):
        return code_page(form.ticket.data, code)  # the same form again: a reload
    if form_tokens.is_used(form.ticket.data or ""):
        return render_page("tips/source/sent.html", status=409)
    filled = TipFormState(form)
    if filled.is_refused:
        return _write_page(filled, status=422)
    if filled.needs_preview:
        return preview_page(filled)
    try:
        return _send(form, filled)
    except CannotClean as error:
        return preview_page(filled, problem=not_cleaned(error), status=422)
    except (TooMany, LockTimeout, QueueFull):
        return preview_page(filled, problem=_too_many(), status=503)


@bp.post("/tips/new/check")
@open_to(anonymous_only)
def check() -> ResponseReturnValue:
    """The source types two words of the code again, and knows that the note is good."""
    ticket = request.form.get("ticket", "")
    code = form_tokens.result_of(ticket)
    if code is None:
        return redirect(url_for(".box"), 303)
    given = {
        place: request.form.get(f"word{place}", "") for place in passphrases.asked_places(code)
    }
    if not passphrases.are_of(code, given):
        return code_page(ticket, code, wrong=True, status=422)
    with writing():
        form_tokens.delete_result(ticket)
    return render_page("tips/source/received.html")


def _send(form: TipForm, filled: TipFormState) -> ResponseReturnValue:
    to = readers()
    if not to:
        return _write_page(filled, status=503)
    code, attachments = passphrases.new_code(), filled.selected_attachments()
    _seal(form, attachments, to, code)
    filled.draft.forget()
    return code_page(form.ticket.data, code)


def _seal(form: TipForm, attachments: list[Attachment], to: list[TipReader], code: str) -> None:
    tag, kek = key_files.stretch(code)
    with writing():
        if form_tokens.is_used(form.ticket.data):
            raise LockTimeout  # the same form twice at once: the other one was first
        messages.count_submission()
        to = [db.session.get_one(TipReader, reader.id) for reader in to]
        contact = form.contact.data.strip()
        messages.submit_tip(form.text.data, contact, attachments, to=to, tag=tag, kek=kek)
        form_tokens.mark_used(form.ticket.data, code)


def _write_page(filled: TipFormState, *, status: int) -> Response:
    return form_page(
        "tips/source/submit.html",
        form=filled.form,
        attachments=filled.draft.attachments,
        problem=filled.problem,
        status=status,
    )


def _too_many() -> str:
    return _("Many tips are arriving right now. Nothing is lost: please send yours again later.")
