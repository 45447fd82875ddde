"""Forms to write, edit and search comments."""

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
from board.comments.writing import warnings
from board.comments.writing.warnings import TextWarning
from board.text import count_graphemes
from board.text.spans import split_by_spans
from board.web.forms import ROW_ID, Form


class TextForm(Form):
    """The text box of a comment: to post, edit or preview it."""

    body = TextAreaField(_("Comment"), [DataRequired(_("Please write something."))])
    # The confirmation token, sent by the button below the warnings.
    sure = HiddenField()
    preview = SubmitField()

    text_warnings: list[TextWarning] = []

    def validate_body(self, field: Any) -> None:
        limit = current_app.config["COMMENT_MAX_LENGTH"]
        if not field.data:
            raise ValidationError(gettext("Please write something."))
        if is_too_long(field.data, limit):
            over = max(1, count_graphemes(field.data) - limit)
            raise ValidationError(
                ngettext(
                    "Comments can be up to %(most)d characters; this is %(num)d over.",
                    "Comments can be up to %(most)d characters; this is %(num)d over.",
                    over,
                    most=limit,
                )
            )

    def validate_sure(self, field: Any) -> None:
        """Runs after `body`. A changed text must be confirmed again."""
        if self.body.errors or self.preview.data:
            return
        self.text_warnings = warnings.warnings_for(self.body.data)
        if self.text_warnings and not self.is_confirmed:
            raise ValidationError(gettext("Please take another look before everyone sees it."))

    @property
    def is_confirmed(self) -> bool:
        return bool(self.sure.data == self.confirmation_token)

    @property
    def confirmation_token(self) -> str:
        return warnings.confirmation_token(self.body.data)

    @property
    def highlighted(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether a warning is about it."""
        return split_by_spans(
            self.body.data, ((each.start, each.end) for each in self.text_warnings)
        )

    @property
    def preview_html(self) -> Markup | None:
        """The comment as it will look, if a preview was requested."""
        is_requested = self.preview.data and not self.errors
        return Body.from_text(self.body.data).markup if is_requested else None


class CommentForm(TextForm):
    # Idempotency key, new for each form shown: a second click or a retry sends it again.
    key = HiddenField(validators=[Length(max=Comment.KEY_MAX)])
    parent = HiddenField(validators=[Regexp(f"({ROW_ID})?$")])

    @classmethod
    def new(cls, *, parent: int | None = None) -> "CommentForm":
        form: CommentForm = cls.unbound(data={"key": new_key(), "parent": parent or ""})
        return form


class EditForm(TextForm):
    # The number of edits when the form was shown: which text the author started from.
    version = HiddenField(validators=[Regexp("[0-9]{1,2}$")])

    @classmethod
    def for_comment(cls, comment: Comment) -> "EditForm":
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
        """The search terms; empty without a query."""
        return parse_query(self.q.data or "")


def new_key() -> str:
    """A random idempotency key."""
    return secrets.token_urlsafe(16)
