"""Account deletion (회원 탈퇴), with or without the user's comments."""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice
from wtforms.validators import DataRequired

from board.accounts.auth.current_user import current_user
from board.accounts.auth.login import redirect_signed_out, retry_text
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.forms import PasswordField
from board.accounts.sign_in.own_password import OwnPasswordForm, requires_password
from board.comments.viewer.own_comments import comments_of
from board.db import db, writing
from board.db.clock import today
from board.web.access import members, open_to

bp = Blueprint("leaving", __name__)

KEEP, DELETE = "keep", "delete"


class DeleteAccountForm(OwnPasswordForm):
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
    return _form_page(DeleteAccountForm.unbound())


@bp.post("/account/leave")
@open_to(members, cannot_wait=True)
@requires_password
def leave() -> ResponseReturnValue:
    if current_user().is_staff:
        abort(403)
    form = DeleteAccountForm.from_post()
    if not form.validate():
        return _form_page(form), 422
    try:
        is_correct = form.is_right()
    except TooManyAttempts as refusal:
        form.password.errors = [retry_text(refusal)]
        return _form_page(form), 429
    if not is_correct:
        form.password.errors = [gettext("This is not your password.")]
        return _form_page(form), 422
    if form.comments.data == DELETE:
        _delete_comments()
    with writing():
        current_user().delete_account(on=today())
    return redirect_signed_out(next=url_for("articles.front", notice="left"))


def _form_page(form: DeleteAccountForm) -> str:
    return render_template("comments/delete_account.html", form=form)


def _delete_comments() -> None:
    """Delete a page at a time, so that others can write in between; safe to repeat."""
    while True:
        with writing():
            page = db.session.scalars(comments_of(current_user())).all()
            for comment in page:
                comment.delete()
        if not page:
            return
