"""The imprint in the footer of every page: who publishes the newspaper (신문법 9조의2, 21조)."""

from datetime import date
from typing import NamedTuple

from flask import Flask, current_app
from flask_babel import lazy_gettext as _

from board.web.i18n import format_full_date

# In the order of the footer. `doctor` names those that are not set.
ITEMS = {
    "COMPANY": _("Company"),
    "REGISTRATION_NUMBER": _("Registration no."),
    "REGISTRATION_DATE": _("Registered"),
    "FIRST_PUBLISHED": _("First published"),
    "PUBLISHER": _("Publisher"),
    "EDITOR": _("Editor"),
    "YOUTH_OFFICER": _("Youth protection officer"),
    "PRIVACY_OFFICER": _("Data protection officer"),
    "OFFICE_ADDRESS": _("Address"),
    "PHONE": _("Phone"),
}


class Line(NamedTuple):
    label: str
    value: str


def init_app(app: Flask) -> None:
    app.add_template_global(lines, "imprint")


def lines() -> list[Line]:
    """What is set, in the order of ITEMS; a publisher who is also the editor is named once."""
    values = {name: current_app.config[name] for name in ITEMS}
    labels = dict(ITEMS)
    if values["PUBLISHER"] == values["EDITOR"]:
        labels["PUBLISHER"], values["EDITOR"] = _("Publisher and editor"), ""
    return [Line(str(labels[name]), _text(value)) for name, value in values.items() if value]


def _text(value: str | date) -> str:
    return format_full_date(value) if isinstance(value, date) else value
