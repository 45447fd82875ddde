"""One tip at the desk: read, reply, notes, title and labels."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.db import writing
from board.tips.attachments.drafts import from_upload
from board.tips.attachments.uploads import bytes_max, uploaded_files
from board.tips.desk.forms import FactsForm, LinkForm, NoteForm
from board.tips.desk.inbox_views import bp
from board.tips.desk.tip_page import back_to_tip, open_or_404, tip_page
from board.tips.forms import MessageForm
from board.tips.models import form_tokens
from board.tips.models.audit_log import AuditAction, append_entry, is_logged_today
from board.tips.models.inbox import ReadMark
from board.tips.models.tip import Purpose, Tip
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import messages
from board.tips.sealed.keyring import NoKey
from board.tips.web.download import download
from board.tips.web.responses import FORM_BYTES, render_page
from board.tips.web.safe_text import without_invisible
from board.web.access import open_to, tip_readers


@bp.errorhandler(NoKey)
def left_out(_error: NoKey) -> ResponseReturnValue:
    return render_page("tips/desk/left_out.html", unsent_text=request.form.get("text"), status=403)


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
@open_to(tip_readers, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files",))
def reply(id: int) -> ResponseReturnValue:
    form, uploads = MessageForm.from_post(), uploaded_files("files")
    if not form.validate() or not (form.text.data.strip() or uploads):
        form.text.errors = form.text.errors or [_("Write something, or attach a file.")]
        return tip_page(open_or_404(id), reply_form=form, status=422)
    files = [from_upload(upload) for upload in uploads[: Tip.FILES_MAX]]
    with writing():
        me, _key = current_key()
        opened = open_or_404(id)
        if form_tokens.claim_once(form.ticket.data):
            messages.add_reply(opened, form.text.data, files, by=me)
    return back_to_tip(id)


@bp.post("/desk/tips/<id:id>/note")
@open_to(tip_readers, body_max=FORM_BYTES)
def note(id: int) -> ResponseReturnValue:
    form = NoteForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), note_form=form, status=422)
    with writing():
        me, _key = current_key()
        opened = open_or_404(id)
        if form_tokens.claim_once(form.ticket.data):
            messages.add_note(opened, form.text.data, by=me)
    return back_to_tip(id)


@bp.post("/desk/tips/<id:id>/describe")
@open_to(tip_readers)
def describe(id: int) -> ResponseReturnValue:
    form = FactsForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), facts_form=form, status=422)
    with writing():
        open_or_404(id).replace(Purpose.DESK, "facts", form.facts())
    return back_to_tip(id)


@bp.post("/desk/tips/<id:id>/publish")
@open_to(tip_readers)
def publish(id: int) -> ResponseReturnValue:
    form = LinkForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), link_form=form, status=422)
    with writing():
        me, _key = current_key()
        messages.publish(open_or_404(id), form.link.data, by=me)
    return back_to_tip(id)


@bp.post("/desk/tips/<id:id>/contact")
@open_to(tip_readers)
def contact(id: int) -> ResponseReturnValue:
    """Show the source's contact details, and log it."""
    with writing():
        opened = open_or_404(id)
        append_entry(AuditAction.CONTACT, by=current_user(), tip_id=id)
    return tip_page(opened, contact=without_invisible(opened.newest("contact").get("text", "")))


@bp.post("/desk/tips/<id:id>/file")
@open_to(tip_readers)
def file(id: int) -> ResponseReturnValue:
    with writing():
        opened = open_or_404(id)
        append_entry(AuditAction.FILE, by=current_user(), tip_id=id)
    return download(opened, request.form.get("number", ""))
