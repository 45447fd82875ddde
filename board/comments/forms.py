"""Writing a comment, and searching."""

import secrets
from typing import Any

from flask import current_app
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SearchField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from board.comments.body import is_too_long
from board.comments.models import Comment
from board.comments.words import QUERY_MAX, WORDS_MAX, words_of
from board.forms import ROW_ID, Form
from board.text import graphemes


class CommentForm(Form):
    body = TextAreaField(_("Comment"), [DataRequired(_("Please write something."))])
    # Made anew for each box shown: a second click or a retry sends the same key again.
    key = HiddenField(validators=[Length(max=Comment.KEY_MAX)])
    parent = HiddenField(validators=[Regexp(f"({ROW_ID})?$")])

    @classmethod
    def fresh(cls, *, parent: int | None = None) -> "CommentForm":
        form: CommentForm = cls.empty(data={"key": new_key(), "parent": parent or ""})
        return form

    def validate_body(self, field: Any) -> None:
        most = current_app.config["COMMENT_MAX_LENGTH"]
        if not field.data:
            raise ValidationError(gettext("Please write something."))
        if is_too_long(field.data, most):
            over = max(1, graphemes(field.data) - most)
            raise ValidationError(
                ngettext(
                    "A comment has at most %(most)d characters; this is %(num)d too many.",
                    "A comment has at most %(most)d characters; this is %(num)d too many.",
                    over,
                    most=most,
                )
            )


class SearchForm(Form):
    q = SearchField(_("Search comments"))

    def validate_q(self, field: Any) -> None:
        if len(field.data or "") > QUERY_MAX:
            raise ValidationError(
                gettext("Please search for at most %(most)d characters.", most=QUERY_MAX)
            )
        if len(self.words) > WORDS_MAX:
            raise ValidationError(
                gettext("Please search for at most %(most)d words.", most=WORDS_MAX)
            )

    @property
    def words(self) -> list[str]:
        """What is looked for; nothing when nothing was asked."""
        return words_of(self.q.data or "")


def new_key() -> str:
    return secrets.token_urlsafe(16)
