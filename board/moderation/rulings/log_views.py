"""Desk page of the whole moderation log."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, SearchField, SelectField
from wtforms.validators import Length, Optional, ValidationError

from board.db import db
from board.moderation.rulings import log as ruling_log
from board.moderation.rulings.labels import verdict_label
from board.moderation.rulings.models import Ruling, Verdict
from board.web.access import open_to, staff
from board.web.forms import Form, query_id

bp = Blueprint("log", __name__)
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def _verdicts() -> list[tuple[str, str]]:
    return [("", str(_("All"))), *((each.value, verdict_label(each)) for each in Verdict)]


class LogForm(Form):
    verdict = SelectField(_("Decision"), choices=_verdicts, validate_choice=False)
    by = SearchField(_("Decided by"), [Length(max=80)])
    since = DateField(_("First day"), [Optional()])
    until = DateField(_("Last day"), [Optional()])

    def validate_since(self, field: Any) -> None:
        _require_possible_day(field.data)

    def validate_until(self, field: Any) -> None:
        _require_possible_day(field.data)

    def filters(self) -> dict[str, Any]:
        """The filters in use."""
        return {field.name: field.data for field in self if field.data and not field.errors}


def _require_possible_day(day: date | None) -> None:
    if day and not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValidationError(gettext("Enter a date."))


@bp.get("/desk/rulings")
@open_to(staff, query=("act", "before", "by", "comment", "since", "until", "verdict"))
def index() -> ResponseReturnValue:
    """Names of authors are for moderators: an editor may not know whose comment is hidden."""
    form = LogForm.from_query()
    form.validate()
    filters, scope = form.filters(), {name: query_id(name) for name in ("comment", "act")}
    page = ruling_log.newest(**filters, **scope, before=query_id("before"))
    rows = list(db.session.scalars(page))
    rulings = rows[: Ruling.PAGE_SIZE]
    more = rulings[-1].id if len(rows) > Ruling.PAGE_SIZE else None
    return render_template(
        "moderation/rulings/log.html",
        rulings=rulings,
        more=more,
        form=form,
        filters=filters,
        scope=scope,
    )
