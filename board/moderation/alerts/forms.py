"""The form of the page of alerts."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField

from board.accounts.email.frequency import Frequency
from board.moderation.alerts.kinds import alert_kinds
from board.web.forms import Form

_CHOICES = [
    SelectChoice(Frequency.OFF.value, _("Off")),
    SelectChoice(Frequency.AT_ONCE.value, _("At once")),
    SelectChoice(Frequency.HOURLY.value, _("Every hour")),
    SelectChoice(Frequency.DAILY.value, _("Daily at 8:30")),
]


def alerts_form() -> Any:
    """A form that asks of each kind how often to tell of it."""
    off = Frequency.OFF.value
    fields = {
        name: SelectField(kind.label, choices=_CHOICES, default=off)
        for name, kind in alert_kinds.items()
    }
    return type("AlertsForm", (Form,), fields)
