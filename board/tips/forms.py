"""What sources fill in; what readers of tips do: desk_forms.py."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    StringField,
)
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import TextArea

from board.tips.crypto.passphrases import holds_code
from board.tips.models.tip import Tip
from board.web.forms import Form


class AsTyped(Field):
    """Several lines exactly as they came: what hides in them may be evidence, or a trap."""

    widget = TextArea()

    def process_formdata(self, values: list[str]) -> None:
        self.data = values[0].replace("\r\n", "\n") if values else ""

    def _value(self) -> str:
        return self.data or ""


class MessageForm(Form):
    """`ticket` makes it good for one sending; `step` says whether it has been looked at."""

    ticket = HiddenField()
    step = HiddenField()
    attached = HiddenField()  # how many files the page before this one showed
    text = AsTyped(
        _("What happened?"),
        [Length(max=Tip.TEXT_MAX)],
        description=_("When, where, who, and how you know. You can add more later."),
    )

    def validate_text(self, field: Any) -> None:
        if holds_code(field.data):
            raise ValidationError(
                gettext(
                    "Your code is in the text. Please remove it: anyone who has it can open "
                    "your tip."
                )
            )

    @property
    def attached_count(self) -> int:
        given = self.attached.data or ""
        return int(given) if re.fullmatch("[0-9]{1,2}", given, re.ASCII) else 0

    @property
    def is_looked_at(self) -> bool:
        return bool(self.step.data == "send")


class TipForm(MessageForm):
    contact = AsTyped(
        _("Contact details"),
        [Length(max=500)],
        description=_(
            "Only if you want us to contact you. Without it, you stay unknown to us too."
        ),
    )
    # People do not see it; programs that fill in everything do not know that.
    website = StringField(_("Leave this empty"))

    def validate_website(self, field: Any) -> None:
        if field.data:
            raise ValidationError(gettext("Please leave this empty."))


class CodeForm(Form):
    code = PasswordField(
        _("Your code"),
        [DataRequired(_("Enter the code.")), Length(max=300)],
        description=_(
            "Eight words, or the digits. The first two syllables of each word are enough."
        ),
    )
