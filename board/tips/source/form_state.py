"""The state of a source's form between writing, preview and sending."""

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from board.tips.attachments.drafts import COPIES, Attachment, AttachmentDraft
from board.tips.attachments.uploads import uploaded_files
from board.tips.forms import MessageForm
from board.tips.models import form_tokens
from board.tips.models.tip import Tip
from board.tips.sealed import messages


class TipFormState:
    """The text and attachments so far, and what is wrong with them.

    A form without a valid token gets a new one, and a preview before it is sent.
    """

    def __init__(self, form: MessageForm) -> None:
        self.form = form
        self._check_ticket()
        self.draft = AttachmentDraft(form.ticket.data or "")
        self.problem = self._update_attachments(uploaded_files("files"))

    @property
    def is_invalid(self) -> bool:
        """Whether the form cannot be sent; its errors or `problem` say why."""
        return bool(self.problem) or not self.form.validate() or not self._has_content()

    @property
    def needs_preview(self) -> bool:
        return bool(
            not self.form.is_previewed or uploaded_files("files") or "again" in request.form
        )

    def selected_attachments(self) -> list[Attachment]:
        """The attachments in the copies the source chose. Raises CannotClean and
        QueueFull.
        """
        choices = {
            name.removeprefix("copy-"): value
            for name, value in request.form.items()
            if name.startswith("copy-") and value in COPIES
        }
        return self.draft.select_copies(choices)

    def _check_ticket(self) -> None:
        token, step = self.form.ticket, self.form.step
        age = form_tokens.age(token.data or "")
        if age is None:
            token.data, step.data = form_tokens.new(), ""
        elif age < messages.TYPING_TIME_MIN and self.form.is_previewed and messages.is_busy():
            step.data = ""

    def _update_attachments(self, uploads: list[FileStorage]) -> str | None:
        """Add uploaded files and remove those left out; return what is wrong with them, or None."""
        if len(self.draft.attachments) < self.form.attached_count:
            return _("Your files were kept for two hours only. Please attach them again.")
        self.draft.drop(request.form.getlist("drop"))
        if len(self.draft.attachments) + len(uploads) > Tip.FILES_MAX:
            return _("No more than %(count)d files.", count=Tip.FILES_MAX)
        large = [upload for upload in uploads if getattr(upload.stream, "is_too_large", False)]
        self.draft.add_uploads([upload for upload in uploads if upload not in large])
        if self.needs_preview:
            self.draft.inspect()
        return _too_large(large[0].filename or "") if large else None

    def _has_content(self) -> bool:
        text = self.form.text
        if (text.data or "").strip() or self.draft.attachments:
            return True
        text.errors = [_("Write something, or attach a file.")]
        return False


def _too_large(name: str) -> str:
    size = current_app.config["TIP_FILE_MEGABYTES"]
    return _("“%(name)s” is larger than %(size)d MB and was left out.", name=name, size=size)
