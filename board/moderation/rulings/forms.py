"""Forms for the reason of a decision."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import Length, ValidationError

from board.comments.moderation_reasons import is_reason, reasons
from board.comments.reason_codes import OWN_WORDS
from board.moderation.rulings.models import Ruling
from board.text import normalize_line
from board.web.forms import Form


class ReasonForm(Form):
    """A reason from the catalogue, or the moderator's own words. Readers see either."""

    reason = RadioField(_("Reason"), choices=reasons, validate_choice=False)
    note = StringField(
        _("Or in your own words"),
        [Length(max=Ruling.NOTE_MAX)],
        description=_("Readers see the reason. Do not name anyone."),
    )

    def validate_reason(self, field: Any) -> None:
        fields = self.reason_and_note()
        if not fields["reason"] or len(fields["note"]) > Ruling.NOTE_MAX:
            raise ValidationError(gettext("Choose a reason or write a short one."))

    @property
    def first_error(self) -> str | None:
        return next((str(error) for errors in self.errors.values() for error in errors), None)

    def reason_and_note(self) -> dict[str, str]:
        """`reason` and `note` as a ruling stores them."""
        reason = normalize_line(self.reason.data or "")
        if is_reason(reason):
            return {"reason": reason, "note": ""}
        note = self.note.data or (reason if reason != OWN_WORDS else "")
        return {"reason": OWN_WORDS if note else "", "note": note}


class RestoreForm(ReasonForm):
    """Without a reason the ruling says `review`: the comment was reviewed again."""

    def reason_and_note(self) -> dict[str, str]:
        fields = super().reason_and_note()
        return fields if fields["reason"] else {"reason": "review", "note": ""}
