"""Pages to download a case file; purpose and download are logged."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from board.accounts.auth.current_user import current_user
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.comments.models import Comment
from board.db import db, writing
from board.law.authorities.orders import Order
from board.law.case_files import archive
from board.law.case_files.archive import CaseFile
from board.law.claims.desk_views import download_response
from board.law.claims.models import Claim
from board.moderation.rulings.models import Ruling
from board.runtime.limiter import long_work
from board.web.access import legal_staff, open_to
from board.web.forms import Form

bp = Blueprint("dossiers", __name__)


def purposes() -> list[tuple[str, str]]:
    return [
        ("court", gettext("For a court")),
        ("authority", gettext("For an authority with a written order or request")),
        ("rights", gettext("For a claim of rights")),
        ("review", gettext("For an internal newsroom review")),
    ]


class CaseFileForm(Form):
    purpose = RadioField(_("Purpose"), [DataRequired(_("Please choose one."))], choices=purposes)
    says = StringField(
        _("Details"),
        [DataRequired(_("Please write something.")), Length(max=Ruling.NOTE_MAX)],
        description=_("The case, the document, who asked you. It is logged."),
    )


@bp.get("/desk/comments/<id:id>/case")
@open_to(legal_staff)
def comment_form(id: int) -> ResponseReturnValue:
    return _page(CaseFileForm.unbound(), _comment(id))


@bp.post("/desk/comments/<id:id>/case")
@open_to(legal_staff)
@requires_reauthentication
def comment(id: int) -> ResponseReturnValue:
    return _download(lambda: _comment(id), archive.of_comment)


@bp.get("/desk/claims/<id:id>/case")
@open_to(legal_staff)
def claim_form(id: int) -> ResponseReturnValue:
    return _page(CaseFileForm.unbound(), _claim(id))


@bp.post("/desk/claims/<id:id>/case")
@open_to(legal_staff)
@requires_reauthentication
def claim(id: int) -> ResponseReturnValue:
    return _download(lambda: _claim(id), archive.of_claim)


@bp.get("/desk/orders/<id:id>/case")
@open_to(legal_staff)
def order_form(id: int) -> ResponseReturnValue:
    return _page(CaseFileForm.unbound(), _order(id))


@bp.post("/desk/orders/<id:id>/case")
@open_to(legal_staff)
@requires_reauthentication
def order(id: int) -> ResponseReturnValue:
    return _download(lambda: _order(id), archive.of_order)


def _download(find: Callable[[], Any], make: Callable[..., CaseFile]) -> ResponseReturnValue:
    """`find` loads the case inside the write transaction, so it is passed unloaded."""
    form = CaseFileForm.from_post()
    if not form.validate():
        return _page(form, find()), 422
    with long_work, writing():
        file = make(find(), by=current_user(), purpose=form.purpose.data, says=form.says.data)
    return download_response(file.data, file.name, "application/zip")


def _page(form: CaseFileForm, case: Comment | Claim | Order) -> str:
    """The form, with a title and a back link by the type of case."""
    if isinstance(case, Comment):
        title = gettext("View comment", number=case.id)
        room, back = "all", url_for("comments.comment", id=case.id)
    elif isinstance(case, Claim):
        title, room, back = case.receipt, "claims", url_for("claims.index")
    else:
        title = f"{case.body} {case.number}"
        room, back = "orders", url_for("registers.orders_page")
    return render_template("law/case_file.html", form=form, case=title, room=room, back=back)


def _comment(id: int) -> Comment:
    return db.get_or_404(Comment, id)


def _claim(id: int) -> Claim:
    return db.get_or_404(Claim, id)


def _order(id: int) -> Order:
    return db.get_or_404(Order, id)
