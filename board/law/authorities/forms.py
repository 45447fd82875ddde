"""Forms to register orders and data requests of authorities, and to answer them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, DataRequired, Length, Optional, ValidationError

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, now
from board.db.clock import from_local, newsroom_zone
from board.law.authorities.data_requests import ITEMS, DataRequest
from board.law.authorities.orders import Order, Outcome
from board.law.claims.forms import find_comment
from board.moderation.rulings.models import Ruling
from board.web.forms import Form

_EMPTY = _("Please write something.")
_CHOOSE = _("Please choose one.")
_WHEN = _("Enter a date and time.")
_A_DAY = timedelta(days=1)


def order_kinds() -> list[tuple[str, str]]:
    return [
        ("commission", gettext("Communications standards or media commission")),
        ("election", gettext("Election commission")),
        ("court", gettext("Court")),
        ("investigation", gettext("Police or prosecution")),
        ("other", gettext("Another authority")),
    ]


def order_outcomes() -> dict[str, str]:
    return {
        "": gettext("Not answered yet"),
        "carried_out": gettext("Complied with"),
        "partly": gettext("Partly complied with"),
        "refused": gettext("Not complied with"),
    }


def data_request_kinds() -> list[tuple[str, str]]:
    return [
        ("telecom", gettext("User data on request (Telecommunications Business Act, article 83)")),
        ("warrant", gettext("Court search warrant")),
        ("civil", gettext("For a civil suit (Network Act, article 44-6)")),
        ("other", gettext("On other grounds")),
    ]


def data_request_outcomes() -> dict[str, str]:
    return {
        "": gettext("Not answered yet"),
        "given": gettext("Disclosed"),
        "partly": gettext("Partly disclosed"),
        "refused": gettext("Not disclosed"),
    }


def disclosed_label(item: str) -> str:
    return {
        "name": gettext("display name"),
        "sign_in": gettext("sign-in email"),
        "joined": gettext("date joined"),
    }[item]


class LocalDateTimeField(DateTimeLocalField):
    """Date and time in the newsroom's time zone, to the minute; `data` is aware."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        naive: Any = getattr(self, "data", None)
        self.data: datetime | None = from_local(naive)


class _RequestForm(Form):
    """Fields that every letter of an authority has."""

    body = StringField(_("Issuing authority"), [DataRequired(_EMPTY), Length(max=Order.BODY_MAX)])
    number = StringField(_("Document number"), [DataRequired(_EMPTY), Length(max=Order.NUMBER_MAX)])
    received_at = LocalDateTimeField(_("Received"), [DataRequired(_WHEN)])

    def validate_received_at(self, field: Any) -> None:
        if field.data and field.data > now():
            raise ValidationError(gettext("This date is in the future."))


class OrderForm(_RequestForm):
    kind = RadioField(_("Type of authority"), [DataRequired(_CHOOSE)], choices=order_kinds)
    body, number, received_at = _RequestForm.body, _RequestForm.number, _RequestForm.received_at
    items = TextAreaField(
        _("What is ordered"),
        [DataRequired(_EMPTY), Length(max=Order.ITEMS_MAX)],
        description=_("As worded in the order."),
    )
    deadline_at = LocalDateTimeField(_("Deadline"), [DataRequired(_WHEN)])
    comments = TextAreaField(
        _("Links to the comments concerned"),
        [Length(max=Order.COMMENTS_MAX * 200)],
        description=_("One per line."),
    )

    def validate_deadline_at(self, field: Any) -> None:
        if field.data and self.received_at.data and field.data < self.received_at.data:
            raise ValidationError(gettext("This is before the order was received."))

    def validate_comments(self, field: Any) -> None:
        lines = (field.data or "").split()
        if len(lines) > Order.COMMENTS_MAX:
            most = Order.COMMENTS_MAX
            raise ValidationError(gettext("No more than %(most)d comments.", most=most))
        if wrong := next((line for line in lines if find_comment(line) is None), None):
            message = gettext("There is no comment at this link: %(address)s", address=wrong)
            raise ValidationError(message)

    def target_comments(self) -> Sequence[Comment]:
        comments = (find_comment(line) for line in (self.comments.data or "").split())
        return list({comment.id: comment for comment in comments if comment}.values())

    def particulars(self) -> dict[str, Any]:
        names = ("kind", "body", "number", "received_at", "items", "deadline_at")
        return {name: self[name].data for name in names}


class OrderAnswerForm(Form):
    outcome = HiddenField(validators=[AnyOf([each.value for each in Outcome if each.value])])
    says = StringField(_("Outcome"), [DataRequired(_EMPTY), Length(max=Ruling.NOTE_MAX)])


class DataRequestForm(_RequestForm):
    kind = RadioField(_("Legal basis"), [DataRequired(_CHOOSE)], choices=data_request_kinds)
    body, number, received_at = _RequestForm.body, _RequestForm.number, _RequestForm.received_at
    name = StringField(_("Display name of the user"), [DataRequired(_EMPTY), Length(max=80)])
    why = TextAreaField(_("Stated reason"), [DataRequired(_EMPTY), Length(max=DataRequest.WHY_MAX)])
    relation = TextAreaField(
        _("The user’s connection with it"),
        [DataRequired(_EMPTY), Length(max=DataRequest.WHY_MAX)],
    )
    asked = SelectMultipleField(
        _("Information requested"),
        choices=lambda: [(item, disclosed_label(item)) for item in ITEMS],
    )
    user: User

    def validate_name(self, field: Any) -> None:
        user = db.session.scalar(User.named(field.data)) if field.data else None
        if user is None:
            raise ValidationError(gettext("No member has this display name."))
        self.user = user

    def validate_asked(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(gettext("Please choose at least one."))

    def particulars(self) -> dict[str, Any]:
        names = ("kind", "body", "number", "received_at", "why", "relation", "asked")
        return {name: self[name].data for name in names}


class DataRequestAnswerForm(Form):
    outcome = HiddenField(validators=[AnyOf(("give", "refuse"))])
    items = SelectMultipleField(
        _("Items to disclose"), choices=lambda: [(item, disclosed_label(item)) for item in ITEMS]
    )
    says = StringField(
        _("Reason for disclosing or refusing"), [DataRequired(_EMPTY), Length(max=Ruling.NOTE_MAX)]
    )
    tells = SelectField(
        _("Who notifies the user"),
        choices=lambda: [
            ("authority", gettext("The authority, as the law provides")),
            ("board", gettext("By our own notification")),
        ],
    )
    tell_on = DateField(
        _("Not before"),
        [Optional()],
        description=_("Only where the law allows notice to be deferred."),
    )

    def validate_items(self, field: Any) -> None:
        if self.outcome.data == "give" and not field.data:
            raise ValidationError(gettext("Please choose at least one."))

    @property
    def tell_at(self) -> datetime | None:
        """When the board notifies the reader; None when the authority does."""
        if self.tells.data != "board":
            return None
        day = self.tell_on.data
        if day is None:
            return now()
        return datetime(day.year, day.month, day.day, tzinfo=newsroom_zone()).astimezone(UTC)
