"""Forms for sanctions, clearings, staff notes and the user search."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_timedelta, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.display_names import name_key
from board.accounts.models import User
from board.db import now
from board.moderation.rulings.forms import ReasonForm
from board.moderation.users.bulk_bans import BanProposal
from board.moderation.users.clearings import PERIODS
from board.moderation.users.sanctions import FOREVER
from board.moderation.users.staff_notes import StaffNote
from board.web.access import seniors, viewer
from board.web.forms import ROW_ID, Form

# Lengths of a sanction. One without end is a ban.
TERMS = {
    **{f"{hours}h": timedelta(hours=hours) for hours in (1, 6, 12)},
    **{f"{days}d": timedelta(days=days) for days in (1, 3, 7, 30, 90)},
}
BAN = "ban"
_IN_THAT_UNIT = 1000  # no larger one, such as weeks


def _terms() -> list[tuple[str, str]]:
    units = {"h": "hour", "d": "day"}
    return [
        (term, format_timedelta(length, granularity=units[term[-1]], threshold=_IN_THAT_UNIT))
        for term, length in TERMS.items()
    ]


def _restrictions() -> list[tuple[str, str]]:
    suspensions = [(term, gettext("Suspend for %(term)s", term=label)) for term, label in _terms()]
    return [(BAN, gettext("Ban")), *suspensions] if seniors(viewer()) else suspensions


def _restriction() -> str:
    return BAN if seniors(viewer()) else "7d"


def _periods() -> list[tuple[str, str]]:
    return [(period, period_label(period)) for period in PERIODS]


def period_label(period: str) -> str:
    """The period of a clearing, by its code."""
    labels = {
        "24h": gettext("Last 24 hours"),
        "7d": gettext("Last 7 days"),
        "all": gettext("All time"),
    }
    return labels[period]


def _states() -> list[tuple[str, str]]:
    return [
        ("", gettext("All")),
        ("visible", gettext("Public")),
        ("held", gettext("Pending")),
        ("hidden", gettext("Hidden")),
    ]


def _row_id(value: str) -> int:
    if not re.fullmatch(ROW_ID, value):
        raise ValueError(value)
    return int(value)


class ReturnForm(Form):
    next = HiddenField()


class WarnForm(ReasonForm):
    """A reason, and what led to the sanction: see occasions.py."""

    comment = HiddenField()
    next = HiddenField()


class TermForm(WarnForm):
    """Reason and length of a hold or a suspension."""

    term = RadioField(_("Duration"), choices=_terms, default="7d")

    @property
    def until(self) -> datetime:
        return now() + TERMS[self.term.data]


class BanForm(WarnForm):
    """The moderator types the display name, so that no slip of the finger bans."""

    name = StringField(_("Type this person’s display name to confirm"))
    user: User

    def validate_name(self, field: Any) -> None:
        if name_key(field.data or "") != self.user.name_key:
            raise ValidationError(gettext("This is not this person’s display name."))


class ClearForm(WarnForm):
    """A restriction, and of what time comments are hidden with it.

    `last` is the id of the newest decision about the account that the page showed, 0 for none.
    """

    restriction = SelectField(_("Restriction"), choices=_restrictions, default=_restriction)
    period = RadioField(_("Comments to hide"), choices=_periods, default="24h")
    last = HiddenField()

    @property
    def until(self) -> datetime:
        term = TERMS.get(self.restriction.data)
        return now() + term if term else FOREVER

    @property
    def after(self) -> int:
        return int(self.last.data) if re.fullmatch(ROW_ID, self.last.data or "") else 0


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


class StateForm(Form):
    state = SelectField(_("State"), choices=_states, default="")


class UserSearchForm(Form):
    q = SearchField(_("Display name or email address"), [Length(max=User.EMAIL_MAX)])
