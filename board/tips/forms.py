"""Forms of sources, and the fields and validators that forms of tip readers share with them."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    StringField,
)
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import TextArea

from board.tips.crypto import passphrases
from board.tips.crypto.phrase_parser import InvalidPhrase
from board.tips.models.tip import Tip
from board.tips.web.phrase_errors import opens_nothing_text, phrase_error_text
from board.web.forms import Form

REQUIRED = DataRequired(_("Please fill this in."))
# Attributes that keep browsers from storing what is typed, and from sending it to a service that
# spells, translates or suggests.
UNWATCHED = {
    "autocomplete": "off", "spellcheck": "false", "translate": "no",
    "writingsuggestions": "false", "data-gramm": "false",
}  # fmt: skip
_AS_TYPED = {"autocapitalize": "off", "autocorrect": "off", "lang": "ko"}


class RawTextField(Field):
    """Multi-line text, unchanged: invisible characters in it may be evidence, or a trap."""

    widget = TextArea()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, render_kw=UNWATCHED, **kwargs)

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
    text = RawTextField(_("Your message"), [Length(max=Tip.TEXT_MAX)])

    def validate_text(self, field: Any) -> None:
        if not field.errors and passphrases.contains_code(field.data):  # not of a text too long
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
    text = RawTextField(
        _("What happened?"),
        [Length(max=Tip.TEXT_MAX)],
        description=_("When, where, who, and how you know. You can add more later."),
    )
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


class WordsField(StringField):
    """Secret words. A visible field: browsers switch Korean input off in a password field."""

    def __init__(self, *args: Any, lines: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, render_kw=UNWATCHED | _AS_TYPED, **kwargs)
        if lines > 1:
            self.widget = TextArea()
            self.render_kw["rows"] = lines


class CodeForm(Form):
    hide = BooleanField(_("Hide what I type"))
    code = WordsField(
        _("Your code"),
        [DataRequired(_("Enter the code.")), Length(max=300)],
        description=_(
            "Eight words, or the digits. The first two syllables of each word are enough."
        ),
    )

    def parse(self) -> tuple[str, str]:
        """The code, or what was typed instead; and what to say if it opens nothing."""
        typed, wrong = self.code.data or "", gettext("We don’t recognise this code.")
        try:
            return passphrases.read_code(typed), f"{wrong} {opens_nothing_text()}"
        except InvalidPhrase as error:
            return typed, f"{wrong} {phrase_error_text(error)}"
