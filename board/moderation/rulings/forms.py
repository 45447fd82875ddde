"""Why a comment is hidden or restored."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import Length, ValidationError

from board.comments.moderation_reasons import OWN_WORDS, is_reason, reasons
from board.moderation.rulings.models import Ruling
from board.text import normalize_line
from board.web.forms import Form


class ReasonForm(Form):
    """A reason from the list, or the moderator's own words; readers see either."""

    reason = RadioField(_("Reason"), choices=reasons, validate_choice=False)
    note = StringField(
        _("Or in your own words"),
        [Length(max=Ruling.NOTE_MAX)],
        description=_("Readers see the reason. Do not name anyone."),
    )

    def validate_reason(self, field: Any) -> None:
        ruling = self.ruling()
        if not ruling["reason"] or len(ruling["note"]) > Ruling.NOTE_MAX:
            raise ValidationError(gettext("Choose a reason or write a short one."))

    @property
    def first_error(self) -> str | None:
        return next((str(error) for errors in self.errors.values() for error in errors), None)

    def ruling(self) -> dict[str, str]:
        """`reason` and `note` as a ruling keeps them."""
        reason = normalize_line(self.reason.data or "")
        if is_reason(reason):
            return {"reason": reason, "note": ""}
        words = self.note.data or (reason if reason != OWN_WORDS else "")
        return {"reason": OWN_WORDS if words else "", "note": words}


class RestoreForm(ReasonForm):
    """Without a word of explanation it says that the comment was looked at again."""

    def ruling(self) -> dict[str, str]:
        ruling = super().ruling()
        return ruling if ruling["reason"] else {"reason": "review", "note": ""}
