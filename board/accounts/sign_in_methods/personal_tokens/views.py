"""The page of personal tokens: made after re-authentication, shown once, revoked at any time."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.auth.current_user import current_user
from board.accounts.email.queue import EmailText, QueuedEmail
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.accounts.sign_in_methods.personal_tokens.models import (
    COMMENTS_WRITE,
    ME_READ,
    PersonalToken,
    TooManyTokens,
    create_token,
)
from board.accounts.verification.emails import announce
from board.accounts.verification.models import TOKEN_MADE
from board.db import db, writing
from board.web.access import members, open_to
from board.web.forms import Form
from board.web.i18n import format_datetime

bp = Blueprint("personal_tokens", __name__)

SCOPE_LABELS = {
    COMMENTS_WRITE: _("Write, edit and delete comments, react and report"),
    ME_READ: _("Read your name and your comments"),
}


class TokenForm(Form):
    name = StringField(
        _("Name"),
        [DataRequired(_("Please fill this in.")), Length(max=PersonalToken.NAME_MAX)],
        description=_("What it is for, so that you know it again."),
    )
    comments_write = BooleanField(SCOPE_LABELS[COMMENTS_WRITE])
    me_read = BooleanField(SCOPE_LABELS[ME_READ])
    days = RadioField(
        _("Works for"),
        choices=[
            SelectChoice(str(days), _("%(num)d days", num=days)) for days in PersonalToken.DAYS
        ],
        validators=[DataRequired(_("Please choose how long."))],
    )

    def validate_me_read(self, field: BooleanField) -> None:
        if not self.scopes:
            raise ValidationError(gettext("Please choose at least one."))

    @property
    def scopes(self) -> list[str]:
        chosen = {COMMENTS_WRITE: self.comments_write.data, ME_READ: self.me_read.data}
        return [scope for scope, is_chosen in chosen.items() if is_chosen]


@bp.get("/account/tokens")
@open_to(members)
def index() -> ResponseReturnValue:
    return _page(TokenForm.unbound())


@bp.post("/account/tokens")
@open_to(members)
@requires_reauthentication
def create() -> ResponseReturnValue:
    form = TokenForm.from_post()
    if not form.validate():
        return _page(form), 422
    try:
        with writing():
            user, days = current_user(), int(form.days.data)
            token = create_token(user, name=form.name.data, scopes=form.scopes, days=days)
            announce(TOKEN_MADE, user)
    except TooManyTokens:
        most = PersonalToken.MAX
        form.name.errors = [gettext("You have %(max)d tokens. Revoke one first.", max=most)]
        return _page(form), 422
    return _page(TokenForm.unbound(), token=token)


@bp.post("/account/tokens/<id:id>/revoke")
@open_to(members)
def revoke(id: int) -> ResponseReturnValue:
    with writing():
        token = db.session.get(PersonalToken, id)
        if token is None or token.user_id != current_user().id:
            abort(404)
        db.session.delete(token)
    return redirect(url_for(".index", notice="token_revoked"), 303)


def _page(form: TokenForm, *, token: str = "") -> str:
    return render_template(
        "accounts/sign_in_methods/personal_tokens.html",
        tokens=db.session.scalars(PersonalToken.of_user(current_user())).all(),
        labels=SCOPE_LABELS,
        form=form,
        token=token,
    )


def made_text(email: QueuedEmail) -> EmailText:
    text = gettext(
        "A token was made for your account on %(when)s. A program that has it can act in your "
        "name. If you did not make it, revoke it at once and change your password:",
        when=format_datetime(email.made_at),
    )
    link = url_for("personal_tokens.index", _external=True)
    return EmailText(gettext("New token for your account"), f"{text}\n\n{link}\n")
