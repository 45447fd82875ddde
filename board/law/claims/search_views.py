"""Desk page on which every claim is found, also a closed one."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SearchField, SelectField
from wtforms.validators import Length

from board.db import db
from board.law.claims.desk_views import files_by_claim, labels
from board.law.claims.forms import find_comment
from board.law.claims.models import Claim, State
from board.law.claims.search import CLOSED, claims_at_desk
from board.law.claims.views import claim_state
from board.web.access import moderators_and_legal, open_to
from board.web.forms import SearchForm, query_id

bp = Blueprint("claim_search", __name__)


def _states() -> list[tuple[str, str]]:
    all_and_closed = [("", gettext("All")), (CLOSED, gettext("All closed"))]
    return [*all_and_closed, *((state.value, claim_state(state)) for state in State)]


class ClaimSearchForm(SearchForm):
    q = SearchField(
        _("Claim number, link to the comment, name, or words"), [Length(max=Claim.SENTENCE_MAX)]
    )
    state = SelectField(_("Status"), choices=_states, default="")


@bp.get("/desk/claims/search")
@open_to(moderators_and_legal, query=("before", "q", "state"))
def index() -> ResponseReturnValue:
    form = ClaimSearchForm.from_query()
    filters = form.filters()
    if comment := find_comment(filters.get("q")):
        found = claims_at_desk(
            state=filters.get("state", ""), comment=comment.id, before=query_id("before")
        )
    else:
        found = claims_at_desk(**filters, before=query_id("before"))
    rows = list(db.session.scalars(found))
    claims = rows[: Claim.PAGE_SIZE]
    return render_template(
        "law/claims_search.html",
        claims=claims,
        more=claims[-1].id if len(rows) > Claim.PAGE_SIZE else None,
        form=form,
        filters=filters,
        files=files_by_claim(claims),
        **labels(),
    )
