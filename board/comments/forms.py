"""Writing a comment, and searching."""

import secrets
from collections.abc import Iterator
from typing import Any

from flask import current_app
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from wtforms import HiddenField, SearchField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from board.comments.body import Body, is_too_long
from board.comments.models import Comment
from board.comments.search_index.tokenizer import QUERY_MAX, WORDS_MAX, parse_query
from board.comments.writing import warnings as advice
from board.comments.writing.warnings import TextWarning
from board.text import count_graphemes
from board.text.spans import split_by_spans
from board.web.forms import ROW_ID, Form


class TextForm(Form):
    """A box one writes a comment in, to post it, to change it, or only to see how it will look."""

    body = TextAreaField(_("Comment"), [DataRequired(_("Please write something."))])
    # What stands on the button below the advice: the writer has read it, and means this text.
    sure = HiddenField()
    preview = SubmitField()

    advice: list[TextWarning] = []

    def validate_body(self, field: Any) -> None:
        most = current_app.config["COMMENT_MAX_LENGTH"]
        if not field.data:
            raise ValidationError(gettext("Please write something."))
        if is_too_long(field.data, most):
            over = max(1, count_graphemes(field.data) - most)
            raise ValidationError(
                ngettext(
                    "Comments can be up to %(most)d characters; this is %(num)d over.",
                    "Comments can be up to %(most)d characters; this is %(num)d over.",
                    over,
                    most=most,
                )
            )

    def validate_sure(self, field: Any) -> None:
        """After `body`. Another text is advised on anew."""
        if self.body.errors or self.preview.data:
            return
        self.advice = advice.warnings_for(self.body.data)
        if self.advice and not self.is_confirmed:
            raise ValidationError(gettext("Please take another look before everyone sees it."))

    @property
    def is_confirmed(self) -> bool:
        return bool(self.sure.data == self.confirmation_token)

    @property
    def confirmation_token(self) -> str:
        return advice.confirmation_token(self.body.data)

    @property
    def marked(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether advice is about it."""
        return split_by_spans(self.body.data, ((each.start, each.end) for each in self.advice))

    @property
    def previewed(self) -> Markup | None:
        """The text as it will stand, if that was asked for."""
        wanted = self.preview.data and not self.errors
        return Body.from_text(self.body.data).markup if wanted else None


class CommentForm(TextForm):
    # Made anew for each box shown: a second click or a retry sends the same key again.
    key = HiddenField(validators=[Length(max=Comment.KEY_MAX)])
    parent = HiddenField(validators=[Regexp(f"({ROW_ID})?$")])

    @classmethod
    def new(cls, *, parent: int | None = None) -> "CommentForm":
        form: CommentForm = cls.unbound(data={"key": new_key(), "parent": parent or ""})
        return form


class EditForm(TextForm):
    # How often the comment had been edited when the form was shown: which text it began with.
    version = HiddenField(validators=[Regexp("[0-9]{1,2}$")])

    @classmethod
    def of(cls, comment: Comment) -> "EditForm":
        form: EditForm = cls.unbound(data={"body": comment.body, "version": len(comment.revisions)})
        return form


class SearchForm(Form):
    q = SearchField(_("Search comments"))

    def validate_q(self, field: Any) -> None:
        if len(field.data or "") > QUERY_MAX:
            raise ValidationError(
                gettext("Searches can be up to %(most)d characters.", most=QUERY_MAX)
            )
        if len(self.words) > WORDS_MAX:
            raise ValidationError(gettext("Searches can be up to %(most)d words.", most=WORDS_MAX))

    @property
    def words(self) -> list[str]:
        """What is looked for; nothing when nothing was asked."""
        return parse_query(self.q.data or "")


def new_key() -> str:
    return secrets.token_urlsafe(16)
