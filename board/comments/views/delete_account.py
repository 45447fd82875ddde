"""탈퇴: giving the account up, with what was written or without."""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice
from wtforms.validators import DataRequired

from board.accounts.auth.current_user import current_user
from board.accounts.auth.login import check_own_password, redirect_signed_out, retry_text
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.forms import PasswordField
from board.comments.readers.own_comments import comments_of
from board.db import db, writing
from board.db.clock import today
from board.web.access import members, open_to
from board.web.forms import Form

bp = Blueprint("leaving", __name__)

KEEP, DELETE = "keep", "delete"


class LeaveForm(Form):
    comments = RadioField(
        _("Your comments"),
        choices=[
            SelectChoice(KEEP, _("Keep them without my name")),
            SelectChoice(DELETE, _("Delete them (replied-to comments show as deleted)")),
        ],
        default=KEEP,
    )
    password = PasswordField(_("Password"), [DataRequired(_("Please fill this in."))])


@bp.get("/account/leave")
@open_to(members)
def leave_form() -> ResponseReturnValue:
    return _leave_page(LeaveForm.unbound())


@bp.post("/account/leave")
@open_to(members)
def leave() -> ResponseReturnValue:
    if current_user().is_staff:
        abort(403)
    form = LeaveForm.from_post()
    if not form.validate():
        return _leave_page(form), 422
    try:
        right = check_own_password(form.password.data)
    except TooManyAttempts as refusal:
        form.password.errors = [retry_text(refusal)]
        return _leave_page(form), 429
    if not right:
        form.password.errors = [gettext("This is not your password.")]
        return _leave_page(form), 422
    if form.comments.data == DELETE:
        _delete_all()
    with writing():
        current_user().delete_account(on=today())
    return redirect_signed_out(next=url_for("articles.front", notice="left"))


def _leave_page(form: LeaveForm) -> str:
    return render_template("comments/delete_account.html", form=form)


def _delete_all() -> None:
    """Some at a time, so that others can write between. Whoever is interrupted begins again."""
    while True:
        with writing():
            some = db.session.scalars(comments_of(current_user())).all()
            for comment in some:
                comment.delete()
        if not some:
            return
