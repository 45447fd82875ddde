"""Forms for sanctions, staff notes and the user search."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SearchField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.display_names import name_key
from board.accounts.models import User
from board.db import now
from board.moderation.rulings.forms import ReasonForm
from board.moderation.users.bulk_bans import BanProposal
from board.moderation.users.sanctions import StaffNote
from board.web.forms import ROW_ID, Form

# Lengths of a sanction in days. One without end is a ban.
DAYS = ("1", "3", "7", "30", "90")


def _terms() -> list[tuple[str, str]]:
    return [(days, gettext("%(days)s days", days=days)) for days in DAYS]


def _row_id(value: str) -> int:
    if not re.fullmatch(ROW_ID, value):
        raise ValueError(value)
    return int(value)


class WarnForm(ReasonForm):
    """A warning has only a reason."""


class TermForm(ReasonForm):
    """Reason and length of a hold or a suspension."""

    days = RadioField(_("Duration"), choices=_terms, default="7")

    @property
    def until(self) -> datetime:
        return now() + timedelta(days=int(self.days.data))


class BanForm(ReasonForm):
    """The moderator types the display name, so that no slip of the finger bans."""

    name = StringField(_("Type this person’s display name to confirm"))
    user: User

    def validate_name(self, field: Any) -> None:
        if name_key(field.data or "") != self.user.name_key:
            raise ValidationError(gettext("This is not this person’s display name."))


class BulkBanForm(ReasonForm):
    """A proposal to ban several users at once."""

    person = SelectMultipleField(coerce=_row_id, validate_choice=False)

    def validate_person(self, field: Any) -> None:
        if not 0 < len(field.data or ()) <= BanProposal.USERS_MAX:
            raise ValidationError(
                gettext("Choose 1 to %(most)d people.", most=BanProposal.USERS_MAX)
            )


class NoteForm(Form):
    text = StringField(
        _("Note for colleagues"),
        [DataRequired(_("Please write something.")), Length(max=StaffNote.TEXT_MAX)],
    )


class UserSearchForm(Form):
    q = SearchField(_("Display name or email address"), [Length(max=User.EMAIL_MAX)])


class MarkReadForm(Form):
    next = HiddenField()
