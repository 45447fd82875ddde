"""The state of a source's form between writing, preview and sending."""

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from board.tips.attachments.add_files import add_files
from board.tips.attachments.drafts import COPIES, Attachment, FormDraft
from board.tips.attachments.uploads import uploaded_files
from board.tips.forms import MessageForm
from board.tips.models import form_tokens
from board.tips.sealed import messages, rate_limit
from board.tips.web.idempotency import idempotency_key

_TYPED = ("text", "contact")
_DONE = ("again", "back", "drop", "place", "turn")  # what is not part of the form to send


class TipFormState:
    """The text and attachments so far, and what is wrong with them.

    A form without a valid token gets a new one, and a preview before it is sent.
    """

    def __init__(self, form: MessageForm, fields: MultiDict[str, str] | None = None) -> None:
        """`fields`: those of a form that has waited or was refused, instead of the request's."""
        self.form, self.fields = form, request.form if fields is None else fields
        self.uploads = uploaded_files("files") if fields is None else []
        self._check_ticket()
        self.draft = FormDraft(form.ticket.data or "")
        self.problem = self._update_attachments()
        self.draft.keep({name: self.form.data.get(name) or "" for name in _TYPED})

    @property
    def is_invalid(self) -> bool:
        """Whether the form cannot be sent; its errors or `problem` say why."""
        return bool(self.problem) or not self.form.validate() or not self._has_content()

    @property
    def goes_back(self) -> bool:
        """Whether the source wants to see the form again."""
        return "back" in self.fields

    @property
    def needs_preview(self) -> bool:
        return bool(not self.form.is_previewed or self.uploads or "again" in self.fields)

    @property
    def choices(self) -> dict[str, str]:
        """The chosen copy for each attachment, by its id."""
        return {
            name.removeprefix("copy-"): value
            for name, value in self.fields.items()
            if name.startswith("copy-") and value in COPIES
        }

    @property
    def to_send(self) -> dict[str, str]:
        """The fields that send this form as it is now."""
        fields = {name: value for name, value in self.fields.items() if name not in _DONE}
        return {**fields, "attached": str(len(self.draft.attachments))}

    def selected_attachments(self) -> list[Attachment]:
        """The attachments in the copies the source chose. Raises CannotClean and QueueFull."""
        return self.draft.select_copies(self.choices)

    def _check_ticket(self) -> None:
        token, step = self.form.ticket, self.form.step
        age = form_tokens.age(token.data or "")
        if age is None:
            token.data, step.data = form_tokens.new(), ""
        elif age < messages.TYPING_TIME_MIN and self.form.is_previewed and rate_limit.is_busy():
            step.data = ""

    def _update_attachments(self) -> str | None:
        """Add uploaded files and remove those left out; return what is wrong with them, or None."""
        if len(self.draft.attachments) < self.form.attached_count:
            return _("Your files are no longer kept here. Please attach them again.")
        self.draft.drop(self.fields.getlist("drop"))
        key = idempotency_key() if self.uploads else ""
        problem = add_files(self.draft, self.uploads, key=key)
        if self.needs_preview:
            self.draft.inspect()
        return problem

    def _has_content(self) -> bool:
        text = self.form.text
        if (text.data or "").strip() or self.draft.attachments:
            return True
        text.errors = [_("Write something, or attach a file.")]
        return False
