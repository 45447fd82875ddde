"""Forms of the queues: filters and bulk decisions."""

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
    """Filters of a queue. Empty ones match everything."""

    text = SearchField(_("Text"), [Length(max=100)])
    article = StringField(_("Article"), [Length(max=Article.SLUG_MAX)])
    section = StringField(_("Section"), [Length(max=80)])
    author = StringField(_("Author"), [Length(max=80)])
    reason = SelectField(_("Reason"), choices=_reasons, validate_choice=False)
    age = SelectField(_("Waiting time"), choices=_ages, validate_choice=False)

    def for_comments(self) -> list[ColumnElement[bool]]:
        """Conditions on comments joined with their article and author."""
        conditions: list[ColumnElement[bool]] = []
        if self.text.data:
            conditions.append(Comment.body.contains(self.text.data, autoescape=True))
        if self.article.data:
            conditions.append(Article.slug == self.article.data)
        if self.section.data:
            conditions.append(Article.section == self.section.data)
        if self.author.data:
            conditions.append(User.name_key == name_key(self.author.data))
        return conditions

    def for_queue_items(self) -> list[ColumnElement[bool]]:
        """Conditions on queue items: the same, and the reason and length of the wait.

        Article and author are compared on the item too, whose indexes hold them in queue order.
        """
        conditions = self.for_comments()
        if self.article.data:
            article = select(Article.id).where(Article.slug == self.article.data)
            conditions.append(QueueItem.article_id == article.scalar_subquery())
        if self.author.data:
            author = select(User.id).where(User.name_key == name_key(self.author.data))
            conditions.append(QueueItem.author_id == author.scalar_subquery())
        if self.reason.data:
            conditions.append(QueueItem.reason == self.reason.data)
        if self.age.data in AGES:
            conditions.append(QueueItem.since < now() - AGES[self.age.data])
        return conditions

    def as_query(self) -> dict[str, str]:
        """The filters in use, as query parameters."""
        return {field.name: field.data for field in self if field.data}


class BulkForm(ReasonForm):
    """Keep, hide or restore the chosen comments, or keep or hide all that match the filters.

    `count` is the number the confirmation page showed. `reason` is named `bulk_reason`, since the
    filter has a `reason` too.
    """

    reason = SelectField(name="bulk_reason", choices=reasons, validate_choice=False)
    act = HiddenField()
    comment = SelectMultipleField(coerce=lambda value: _row_id(value), validate_choice=False)
    all = HiddenField()
    count = HiddenField()

    def validate_reason(self, field: Any) -> None:
        if self.action == "hide":
            super().validate_reason(field)

    def validate_act(self, field: Any) -> None:
        if self.action not in ("keep", "hide", "restore"):
            raise ValidationError(gettext("Choose an action."))

    def validate_comment(self, field: Any) -> None:
        if not self.all.data and not 0 < len(field.data or ()) <= BULK_MAX:
            raise ValidationError(gettext("Choose at least one comment."))

    @property
    def action(self) -> str:
        """ "keep", "hide" or "restore"; anything else is invalid."""
        return self.all.data or self.act.data or ""


def _row_id(value: str) -> int:
    if not re.fullmatch(ROW_ID, value):
        raise ValueError(value)
    return int(value)
