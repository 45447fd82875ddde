"""Desk page of banned texts, which courts found unlawful: ban and unban them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.auth.current_user import current_user
from board.comments.models import Comment
from board.db import db, writing
from board.law.banned_texts import models as banned_texts
from board.law.banned_texts.models import BannedText, TooShort
from board.law.claims.forms import find_comment
from board.web.access import moderators, open_to
from board.web.forms import Form, query_id
from board.web.response.notices import notice

bp = Blueprint("barred", __name__)
_EMPTY = _("Please write something.")


class BanForm(Form):
    what = TextAreaField(
        _("The text, or a link to a comment"),
        [DataRequired(_EMPTY), Length(max=5000)],
        description=_("The text itself is not kept, only what is needed to recognise it."),
    )
    case = StringField(
        _("Court and case number"), [DataRequired(_EMPTY), Length(max=BannedText.CASE_MAX)]
    )
    comment: Comment | None = None

    def validate_what(self, field: Any) -> None:
        """A link names a comment, whether or not readers can see it now."""
        if "/comments/" in (field.data or "") and len(field.data.split()) == 1:
            self.comment = find_comment(field.data)
            if self.comment is None or not self.comment.body:
                raise ValidationError(gettext("There is no comment at this link."))


@bp.get("/desk/barred")
@open_to(moderators, query=("before", "comment"))
def index() -> ResponseReturnValue:
    """`?comment=` is the comment whose page linked here."""
    id = query_id("comment")
    what = url_for("comments.comment", id=id) if id else ""
    return _index(BanForm.unbound(data={"what": what}))


@bp.post("/desk/barred")
@open_to(moderators)
def bar() -> ResponseReturnValue:
    form = BanForm.from_post()
    if not form.validate():
        return _index(form), 422
    id = form.comment.id if form.comment else None
    try:
        with writing():
            source = db.session.get_one(Comment, id) if id else None
            text = source.body if source else form.what.data
            banned_texts.ban_text(text, by=current_user(), case=form.case.data, comment=source)
    except TooShort:
        form.what.errors = [gettext("This is too short: it would match everyone’s comments.")]
        return _index(form), 422
    said = notice("repost_blocked", case=form.case.data)
    return redirect(url_for(".index", notice=said), 303)


@bp.post("/desk/barred/<id:id>/unbar")
@open_to(moderators)
def unbar(id: int) -> ResponseReturnValue:
    with writing():
        banned: BannedText = db.get_or_404(BannedText, id)
        banned_texts.unban_text(banned, by=current_user())
    said = notice("repost_unblocked", case=banned.case)
    return redirect(url_for(".index", notice=said), 303)


def _index(form: BanForm) -> str:
    before = query_id("before") if request.method == "GET" else None
    rows = list(db.session.scalars(BannedText.in_force(before=before)))
    texts = rows[: BannedText.PAGE_SIZE]
    more = texts[-1].id if len(rows) > BannedText.PAGE_SIZE else None
    return render_template("law/banned_texts.html", texts=texts, more=more, form=form)
