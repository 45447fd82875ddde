"""One tip at the desk: read, reply, notes, title and labels."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.db import writing
from board.tips.attachments.add_files import add_files
from board.tips.attachments.drafts import FormDraft
from board.tips.attachments.uploads import bytes_max, uploaded_files
from board.tips.desk.forms import FactsForm, LinkForm, NoteForm, ReplyForm
from board.tips.desk.inbox_views import bp
from board.tips.desk.tip_page import open_or_404, tip_address, tip_page
from board.tips.models import form_tokens
from board.tips.models.audit_log import AuditAction, append_entry, is_logged_today
from board.tips.models.inbox import ReadMark
from board.tips.models.tip import Purpose
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import messages
from board.tips.sealed.keyring import NoKey, NoReader
from board.tips.web.download import download
from board.tips.web.idempotency import idempotency_key, idempotent, redirect_to, writing_once
from board.tips.web.responses import FORM_BYTES, render_page
from board.tips.web.safe_text import without_invisible
from board.tips.web.typed_text import typed_text
from board.web.access import open_to, tip_readers


@bp.errorhandler(NoKey)
@bp.errorhandler(NoReader)
def left_out(_error: NoKey | NoReader) -> ResponseReturnValue:
    return render_page("tips/desk/left_out.html", unsent_text=typed_text(), status=403)


@bp.get("/desk/tips/<id:id>")
@open_to(tip_readers)
def tip(id: int) -> ResponseReturnValue:
    """Show a tip, and record that this reader has opened and read it."""
    opened, (me, _key) = open_or_404(id), current_key()
    is_logged = is_logged_today(AuditAction.OPEN, by=current_user(), tip_id=id)
    if not is_logged or ReadMark.is_behind(opened.tip, me):
        with writing():
            opened = open_or_404(id)
            append_entry(AuditAction.OPEN, by=current_user(), tip_id=id)
            opened.tip.mark_read()
            ReadMark.advance(opened.tip, me)
    return tip_page(opened)


@bp.post("/desk/tips/<id:id>/reply")
@open_to(tip_readers, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
@idempotent()
def reply(id: int) -> ResponseReturnValue:
    form, (draft, problem) = ReplyForm.from_post(), _reply_draft()
    files = draft.attachments
    if not form.validate() or problem or not (form.text.data.strip() or files):
        form.text.errors = form.text.errors or [problem or _("Write something, or attach a file.")]
        form.ticket.data = draft.token
        return tip_page(open_or_404(id), reply_form=form, reply_files=files, status=422)
    with writing_once(to=tip_address(id, "reply_sent")) as answer:
        me, _key = current_key()
        messages.add_reply(open_or_404(id), form.text.data, files, by=me)
    draft.delete()
    return redirect_to(answer)


def _reply_draft() -> tuple[FormDraft, str | None]:
    """The files of a reply so far, those just uploaded included, and what is wrong with them."""
    current_key()  # nothing is kept for a browser that has locked
    token = request.form.get("ticket", "")
    draft = FormDraft(form_tokens.new() if form_tokens.age(token) is None else token)
    draft.drop(request.form.getlist("drop"))
    uploads = uploaded_files("files")
    return draft, add_files(draft, uploads, key=idempotency_key(), is_inspected=False)


@bp.post("/desk/tips/<id:id>/note")
@open_to(tip_readers, body_max=FORM_BYTES)
@idempotent()
def note(id: int) -> ResponseReturnValue:
    form = NoteForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), note_form=form, status=422)
    with writing_once(to=tip_address(id, "note_added")) as answer:
        me, _key = current_key()
        messages.add_note(open_or_404(id), form.text.data, by=me)
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/describe")
@open_to(tip_readers)
@idempotent()
def describe(id: int) -> ResponseReturnValue:
    form = FactsForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), facts_form=form, status=422)
    with writing_once(to=tip_address(id, "tip_described")) as answer:
        open_or_404(id).replace(Purpose.DESK, "facts", form.facts())
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/publish")
@open_to(tip_readers)
@idempotent()
def publish(id: int) -> ResponseReturnValue:
    form = LinkForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), link_form=form, status=422)
    with writing_once(to=tip_address(id, "tip_published")) as answer:
        me, _key = current_key()
        messages.publish(open_or_404(id), form.link.data, by=me)
    return redirect_to(answer)


def contact_again(_key: str, _answer: dict[str, Any]) -> ResponseReturnValue:
    opened = open_or_404((request.view_args or {})["id"])
    return tip_page(opened, contact=without_invisible(opened.newest("contact").get("text", "")))


@bp.post("/desk/tips/<id:id>/contact")
@open_to(tip_readers)
@idempotent(contact_again)
def contact(id: int) -> ResponseReturnValue:
    """Show the source's contact details, and log it."""
    with writing_once() as answer:
        open_or_404(id)
        append_entry(AuditAction.CONTACT, by=current_user(), tip_id=id)
    return contact_again("", answer)


@bp.post("/desk/tips/<id:id>/file")
@open_to(tip_readers)
def file(id: int) -> ResponseReturnValue:
    with writing():
        opened = open_or_404(id)
        append_entry(AuditAction.FILE, by=current_user(), tip_id=id)
    return download(opened, request.form.get("number", ""))
