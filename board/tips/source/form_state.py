"""A form that a source fills in, and goes back and forth with until it is sent."""

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from board.tips.attachments.drafts import COPIES, Attachment, AttachmentDraft
from board.tips.attachments.uploads import uploaded
from board.tips.forms import MessageForm
from board.tips.models.tip import Tip
from board.tips.sealed import messages
from board.tips.web import form_tokens


class TipFormState:
    """As far as it has come: what is written, what is attached, and what is wrong with that.

    Without a good ticket it gets a new one, and is looked at before it is sent.
    """

    def __init__(self, form: MessageForm) -> None:
        self.form = form
        self._check_ticket()
        self.draft = AttachmentDraft(form.ticket.data or "")
        self.problem = self._take(uploaded("files"))

    @property
    def is_refused(self) -> bool:
        """The form says why, or `problem` does."""
        return bool(self.problem) or not self.form.validate() or not self._says_something()

    @property
    def needs_preview(self) -> bool:
        return bool(not self.form.is_looked_at or uploaded("files") or "again" in request.form)

    def selected_attachments(self) -> list[Attachment]:
        """The attachments as they are to be sent. Raises CannotClean."""
        wanted = {
            name.removeprefix("copy-"): value
            for name, value in request.form.items()
            if name.startswith("copy-") and value in COPIES
        }
        return self.draft.copies(wanted)

    def _check_ticket(self) -> None:
        ticket, step = self.form.ticket, self.form.step
        age = form_tokens.age(ticket.data or "")
        if age is None:
            ticket.data, step.data = form_tokens.new(), ""
        elif age < messages.TYPED and self.form.is_looked_at and messages.is_busy():
            step.data = ""

    def _take(self, new: list[FileStorage]) -> str | None:
        """Keep the attachments that came with it, and let go those to be left out; what is wrong
        with them."""
        if len(self.draft.attachments) < self.form.attached_count:
            return _("Your files were kept for two hours only. Please attach them again.")
        self.draft.drop(request.form.getlist("drop"))
        if len(self.draft.attachments) + len(new) > Tip.FILES_MAX:
            return _("No more than %(count)d files.", count=Tip.FILES_MAX)
        large = [each for each in new if getattr(each.stream, "is_too_large", False)]
        self.draft.take([each for each in new if each not in large])
        return _too_large(large[0].filename or "") if large else None

    def _says_something(self) -> bool:
        text = self.form.text
        if (text.data or "").strip() or self.draft.attachments:
            return True
        text.errors = [_("Write something, or attach a file.")]
        return False


def _too_large(name: str) -> str:
    size = current_app.config["TIP_FILE_MEGABYTES"]
    return _("“%(name)s” is larger than %(size)d MB and was left out.", name=name, size=size)
