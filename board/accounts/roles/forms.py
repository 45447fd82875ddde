"""Forms of the staff page, and of a moderator’s name in the public log."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.auth.current_user import current_user
from board.accounts.forms import is_email, normalize_email
from board.accounts.models import User
from board.accounts.roles.labels import BADGES, capability_label
from board.accounts.roles.models import RoleGrant
from board.accounts.roles.public_name import public_names
from board.accounts.roles.rules import RULES, may_label, may_propose
from board.db import db
from board.web.forms import Form


def _proposable() -> list[tuple[str, str]]:
    names = [name for name in RULES if may_propose(current_user(), name)]
    return [(name, capability_label(name)) for name in names]


class WhyForm(Form):
    why = StringField(
        _("Why"),
        [DataRequired(_("Please write something.")), Length(max=RoleGrant.WHY_MAX)],
        description=_("All staff can read this."),
    )


class ProposeForm(WhyForm):
    who = StringField(
        _("Display name or email address"),
        [DataRequired(_("Please fill this in.")), Length(max=User.EMAIL_MAX)],
        description=_("An address is invited, also one that has no account yet."),
    )
    capability = SelectField(_("Role"), choices=_proposable)

    subject: User | None = None
    address = ""

    def validate_who(self, field: Any) -> None:
        if "@" in field.data:
            self.address = normalize_email(field.data)
            if not is_email(self.address):
                raise ValidationError(gettext("This is not an email address."))
        else:
            self.subject = _member_named(field.data)


_BADGES = [SelectChoice(code, name) for code, name in (*BADGES.items(), ("", _("No badge")))]


class BadgeForm(Form):
    name = StringField(_("Display name"), [DataRequired(_("Please fill this in."))])
    badge = SelectField(_("Badge"), choices=_BADGES)

    subject: User | None = None

    def validate_name(self, field: Any) -> None:
        self.subject = _member_named(field.data)
        if not may_label(current_user(), self.subject):
            raise ValidationError(gettext("Somebody else has to give you a badge."))


def _member_named(name: str) -> User:
    user = db.session.scalar(User.named(name))
    if user is None or user.left_on:
        raise ValidationError(gettext("Nobody here has this display name."))
    return user


class PublicNameForm(Form):
    name = RadioField(
        _("In the public moderation log"), choices=lambda: public_names(current_user())
    )
