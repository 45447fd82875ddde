"""Forms of sources. Those of tip readers: desk/forms.py."""

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

from board.tips.crypto.passphrases import contains_code
from board.tips.models.tip import Tip
from board.web.forms import Form


class RawTextField(Field):
    """Multi-line text, unchanged: invisible characters in it may be evidence, or a trap."""

    widget = TextArea()

    def process_formdata(self, values: list[str]) -> None:
        self.data = values[0].replace("\r\n", "\n") if values else ""

    def _value(self) -> str:
        return self.data or ""


class MessageForm(Form):
    """A source's message. `ticket` is the form token, valid for one submission; `step` is "send"
    once the source has seen the preview.
    """

    ticket = HiddenField()
    step = HiddenField()
    attached = HiddenField()  # number of files shown on the previous page
    text = RawTextField(
        _("What happened?"),
        [Length(max=Tip.TEXT_MAX)],
        description=_("When, where, who, and how you know. You can add more later."),
    )

    def validate_text(self, field: Any) -> None:
        if contains_code(field.data):
            raise ValidationError(
                gettext(
                    "Your code is in the text. Please remove it: anyone who has it can open "
                    "your tip."
                )
            )

    @property
    def attached_count(self) -> int:
        count = self.attached.data or ""
        return int(count) if re.fullmatch("[0-9]{1,2}", count, re.ASCII) else 0

    @property
    def is_previewed(self) -> bool:
        return bool(self.step.data == "send")


class TipForm(MessageForm):
    contact = RawTextField(
        _("Contact details"),
        [Length(max=500)],
        description=_(
            "Only if you want us to contact you. Without it, you stay unknown to us too."
        ),
    )
    # Honeypot: hidden from people, filled in by programs.
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
