"""What sources and readers of tips fill in."""

import re
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, Field, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import TextArea

from board.forms import Form
from board.tips.days import today
from board.tips.models import Tip
from board.tips.words import holds_code

_required = DataRequired(_("Please fill this in."))
_LINK = re.compile(r"https?://[^\s<>\"]{3,500}")


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
        _("What happened"),
        [Length(max=Tip.TEXT_MAX)],
        description=_("When, where, who, and how you know. You can add more later."),
    )

    def validate_text(self, field: Any) -> None:
        if holds_code(field.data):
            raise ValidationError(
                gettext("Your code stands in the text. Please take it out: it opens your tip.")
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
        _("How to reach you"),
        [Length(max=500)],
        description=_("Only if you want to be called. Without it you stay unknown to us as well."),
    )
    # People do not see it; programs that fill in everything do not know that.
    website = StringField(_("Leave this empty"))

    def validate_website(self, field: Any) -> None:
        if field.data:
            raise ValidationError(gettext("Please leave this empty."))


class CodeForm(Form):
    code = PasswordField(
        _("Your code"),
        [DataRequired(_("Please type the code.")), Length(max=300)],
        description=_("Eight words, or the digits. The first two syllables of each word will do."),
    )


class UnlockForm(Form):
    passphrase = PasswordField(
        _("Reading passphrase"),
        [_required, Length(max=300)],
        description=_("Six words. The first two syllables of each will do."),
    )
    second = StringField(
        _("Code from your telephone"),
        [_required, Length(max=20)],
        description=_("Six digits, or one of the codes on your sheet."),
    )


class RecoverForm(UnlockForm):
    passphrase = PasswordField(
        _("Recovery words"),
        [_required, Length(max=600)],
        description=_("The twelve words on your recovery sheet."),
    )


class MailKeyForm(Form):
    key = AsTyped(
        _("Public key"),
        [_required, Length(max=100_000)],
        description=_("What `gpg --armor --export you@example` prints."),
    )


class ProofForm(Form):
    code = StringField(_("Digits from the mail"), [_required, Length(max=40)])


class NoteForm(Form):
    text = AsTyped(_("Note"), [_required, Length(max=Tip.TEXT_MAX)])


class FactsForm(Form):
    """What the desk calls a tip. Sealed, like all that is said of it."""

    title = StringField(_("Title"), [Length(max=100)])
    labels = StringField(
        _("Labels"), [Length(max=200)], description=_("Separated by commas; ten at most.")
    )
    case = StringField(
        _("Case"), [Length(max=100)], description=_("Tips with the same case belong together.")
    )

    def facts(self) -> dict[str, Any]:
        labels = [label.strip() for label in self.labels.data.split(",") if label.strip()]
        return {
            "title": self.title.data,
            "labels": labels[: Tip.LABELS_MAX],
            "case": self.case.data,
        }


class LinkForm(Form):
    link = StringField(_("Address of the story"), [_required, Length(max=500)])

    def validate_link(self, field: Any) -> None:
        if not _LINK.fullmatch(field.data):
            raise ValidationError(gettext("This is not the address of a page."))


class DayForm(Form):
    day = DateField(_("Day"), [Optional()])

    def validate_day(self, field: Any) -> None:
        if field.data and not today() <= field.data <= today() + timedelta(days=730):
            raise ValidationError(gettext("Choose a day from today on."))


class HoldForm(DayForm):
    reason = StringField(_("Why it must be kept"), [_required, Length(max=200)])

    @property
    def until(self) -> date | None:
        return self.day.data or None
