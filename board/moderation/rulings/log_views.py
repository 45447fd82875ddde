"""Desk page of the whole moderation log."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import SearchField, SelectField
from wtforms.validators import Length

from board.db import db
from board.moderation.rulings import log as ruling_log
from board.moderation.rulings.labels import verdict_label
from board.moderation.rulings.models import Ruling, Verdict
from board.web.access import open_to, staff
from board.web.forms import Form, query_id

bp = Blueprint("log", __name__)


def _verdicts() -> list[tuple[str, str]]:
    return [("", str(_("All"))), *((each.value, verdict_label(each)) for each in Verdict)]


class LogForm(Form):
    verdict = SelectField(_("Decision"), choices=_verdicts, validate_choice=False)
    by = SearchField(_("Decided by"), [Length(max=80)])


@bp.get("/desk/rulings")
@open_to(staff, query=("before", "by", "comment", "verdict"))
def index() -> ResponseReturnValue:
    """Names of authors are for moderators: an editor may not know whose comment is hidden."""
    form = LogForm.from_query()
    filters = {"verdict": form.verdict.data or "", "by": form.by.data or ""}
    comment = query_id("comment")
    page = ruling_log.newest(**filters, comment=comment, before=query_id("before"))
    rows = list(db.session.scalars(page))
    rulings = rows[: Ruling.PAGE_SIZE]
    more = rulings[-1].id if len(rows) > Ruling.PAGE_SIZE else None
    return render_template(
        "moderation/rulings/log.html",
        rulings=rulings,
        more=more,
        form=form,
        filters=filters,
        comment=comment,
    )
