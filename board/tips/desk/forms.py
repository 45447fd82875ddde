"""Forms of tip readers."""

import re
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from board.db import db
from board.tips.dates import today
from board.tips.desk import export_recipient
from board.tips.forms import REQUIRED, MessageForm, RawTextField
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Tip, TipState
from board.tips.sealed.search import SearchQuery
from board.web.forms import Form

_LINK = re.compile(r"https?://[^\s<>\"]{3,500}")


class ReplyForm(MessageForm):
    text = RawTextField(
        _("Your reply"),
        [Length(max=Tip.TEXT_MAX)],
        description=_(
            "Your name is shown with it. Do not ask anything that would identify the source."
        ),
    )


class NoteForm(Form):
    """A note between tip readers. Its fields stand on one page with those of the reply."""

    ticket = HiddenField(id="note-ticket")
    text = RawTextField(
        _("Note"),
        [REQUIRED, Length(max=Tip.TEXT_MAX)],
        id="note-text",
        description=_("Encrypted with a key the source never holds."),
    )


class FactsForm(Form):
    """Title, labels and case of a tip. Stored encrypted, like all its content."""

    title = StringField(_("Title"), [Length(max=100)])
    labels = StringField(
        _("Labels"), [Length(max=200)], description=_("Separated by commas; up to ten.")
    )
    case = StringField(
        _("Case"), [Length(max=100)], description=_("Tips with the same case are grouped together.")
    )

    def facts(self) -> dict[str, Any]:
        labels = [label.strip() for label in (self.labels.data or "").split(",") if label.strip()]
        return {
            "title": self.title.data or "",
            "labels": labels[: Tip.LABELS_MAX],
            "case": self.case.data or "",
        }


class SearchForm(Form):
    """Search criteria. An empty field matches any tip."""

    STATES = {
        "": _("Any"),
        TipState.NEW.value: _("New"),
        TipState.OPEN.value: _("In progress"),
        TipState.PUBLISHED.value: _("Published as a story"),
        TipState.CLOSED.value: _("Closed"),
    }
    AGES = {
        "": _("Any"),
        "late": _("Overdue"),
        "week": _("Awaiting our reply for over a week"),
        "leaving": _("Deleted within 14 days"),
    }
    q = StringField(_("Contains the words"), [Length(max=100)])
    label = StringField(_("Label"), [Length(max=100)])
    state = SelectField(_("Status"), [Optional()])
    reader = SelectField(_("Assigned to"), [Optional()])
    age = SelectField(_("Age"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = db.session.scalars(TipReader.active())
        names = {str(reader.user_id): reader.user.name for reader in readers}
        self.state.choices = _choices(self.STATES)
        self.age.choices = _choices(self.AGES)
        self.reader.choices = _choices({"": _("Anyone"), "0": _("No one"), **names})

    def search_query(self) -> SearchQuery:
        return SearchQuery(
            words=self.q.data or "",
            label=self.label.data or "",
            state=self.state.data or "",
            user_id=self.reader.data or "",
            age=self.age.data or "",
        )


def _choices(labels: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


class RecipientForm(Form):
    """The recipient of a reader's exports."""

    recipient = StringField(
        _("Your age recipient"),
        [REQUIRED, Length(max=200)],
        description=_("The public line that begins with age1. Never enter the secret key."),
    )

    def validate_recipient(self, field: Any) -> None:
        try:
            field.data = export_recipient.parse_recipient(field.data)
        except export_recipient.InvalidRecipient as error:
            field.data = ""
            raise ValidationError(
                _secret_key_text() if error.is_secret else _not_recipient_text()
            ) from None


class ChallengeForm(Form):
    code = StringField(_("Digits from the other computer"), [REQUIRED, Length(max=40)])


class LinkForm(Form):
    link = StringField(_("Link to the article"), [REQUIRED, Length(max=500)])

    def validate_link(self, field: Any) -> None:
        if not _LINK.fullmatch(field.data):
            raise ValidationError(gettext("This is not a web address."))


def _in_two_years(_form: Form, field: Any) -> None:
    if field.data and not today() <= field.data <= today() + timedelta(days=730):
        raise ValidationError(gettext("Choose a day within two years from today."))


class PromiseForm(Form):
    day = DateField(
        _("Reply due by"),
        [Optional(), _in_two_years],
        id="promise-day",
        description=_("The source sees it."),
    )


def _secret_key_text() -> str:
    return gettext(
        "This is the secret key. Stop using it: make a new pair on the other computer, and "
        "enter its public line here."
    )


def _not_recipient_text() -> str:
    return gettext("This is not an age recipient. It begins with age1 and has 62 characters.")


class HoldForm(Form):
    day = DateField(
        _("Keep at least until"),
        [Optional(), _in_two_years],
        id="hold-day",
        description=_("Without a day, the tip is kept no longer than others."),
    )
    reason = StringField(_("Reason for keeping it"), [REQUIRED, Length(max=200)])

    @property
    def until(self) -> date | None:
        return self.day.data or None
