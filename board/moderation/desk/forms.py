"""What the desk asks of its queues, and deciding about many at once."""

import re
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, select
from wtforms import HiddenField, SearchField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, ValidationError

from board.accounts.display_names import name_key
from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.moderation_reasons import all_reasons, reason_label, reasons
from board.db import now
from board.moderation.queue import QueueItem
from board.moderation.rulings.forms import ReasonForm
from board.web.forms import ROW_ID, Form

AGES = {"10m": timedelta(minutes=10), "1h": timedelta(hours=1), "1d": timedelta(days=1)}
BULK_MAX = 1000


def _ages() -> list[tuple[str, str]]:
    return [
        ("", gettext("Any time")),
        ("10m", gettext("10 minutes or longer")),
        ("1h", gettext("an hour or longer")),
        ("1d", gettext("a day or longer")),
    ]


def _reasons() -> list[tuple[str, str]]:
    return [("", gettext("Any reason")), *((code, reason_label(code)) for code in all_reasons())]


class FilterForm(Form):
    """Each narrows a queue down; empty ones do not."""

    text = SearchField(_("Text"), [Length(max=100)])
    article = StringField(_("Article"), [Length(max=Article.SLUG_MAX)])
    section = StringField(_("Section"), [Length(max=80)])
    author = StringField(_("Author"), [Length(max=80)])
    reason = SelectField(_("Reason"), choices=_reasons, validate_choice=False)
    age = SelectField(_("Waiting time"), choices=_ages, validate_choice=False)

    def of_comments(self) -> list[ColumnElement[bool]]:
        """Of comments joined with their article and author."""
        found: list[ColumnElement[bool]] = []
        if self.text.data:
            found.append(Comment.body.contains(self.text.data, autoescape=True))
        if self.article.data:
            found.append(Article.slug == self.article.data)
        if self.section.data:
            found.append(Article.section == self.section.data)
        if self.author.data:
            found.append(User.name_key == name_key(self.author.data))
        return found

    def of_items(self) -> list[ColumnElement[bool]]:
        """Of what waits: the same, why it does, and for how long.

        Article and author are asked of the item as well, whose indexes have them in its order.
        """
        found = self.of_comments()
        if self.article.data:
            article = select(Article.id).where(Article.slug == self.article.data)
            found.append(QueueItem.article_id == article.scalar_subquery())
        if self.author.data:
            author = select(User.id).where(User.name_key == name_key(self.author.data))
            found.append(QueueItem.author_id == author.scalar_subquery())
        if self.reason.data:
            found.append(QueueItem.reason == self.reason.data)
        if self.age.data in AGES:
            found.append(QueueItem.since < now() - AGES[self.age.data])
        return found

    def asked_for(self) -> dict[str, str]:
        """As they stand in an address."""
        return {field.name: field.data for field in self if field.data}


class BulkForm(ReasonForm):
    """Keep or hide those chosen, or all that the filters find, as many as were shown.

    The reason has a name of its own, beside that of the filter.
    """

    reason = SelectField(name="bulk_reason", choices=reasons, validate_choice=False)
    act = HiddenField()
    comment = SelectMultipleField(coerce=lambda value: _row_id(value), validate_choice=False)
    all = HiddenField()
    count = HiddenField()

    def validate_reason(self, field: Any) -> None:
        if self.what == "hide":
            super().validate_reason(field)

    def validate_act(self, field: Any) -> None:
        if self.what not in ("keep", "hide"):
            raise ValidationError(gettext("Choose an action."))

    def validate_comment(self, field: Any) -> None:
        if not self.all.data and not 0 < len(field.data or ()) <= BULK_MAX:
            raise ValidationError(gettext("Choose at least one comment."))

    @property
    def what(self) -> str:
        """ "keep" or "hide", if anything that makes sense."""
        return self.all.data or self.act.data or ""


def _row_id(value: str) -> int:
    if not re.fullmatch(ROW_ID, value):
        raise ValueError(value)
    return int(value)
