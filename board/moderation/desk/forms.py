"""Forms of the queues: filters and bulk decisions."""

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, false
from wtforms import HiddenField, SearchField, SelectField, SelectMultipleField
from wtforms.validators import Length, ValidationError

from board.accounts.models import User
from board.articles.editing.search import section_names
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.moderation_reasons import all_reasons, reason_label, reasons
from board.db import db, now
from board.moderation.desk import pickers
from board.moderation.desk.pickers import MATCHES_MAX
from board.moderation.queue import QueueItem
from board.moderation.rulings.forms import ReasonForm
from board.web.forms import ROW_ID, Form

AGES = {"10m": timedelta(minutes=10), "1h": timedelta(hours=1), "1d": timedelta(days=1)}
BULK_MAX = 1000
# The query arguments of a queue page, beside the queue.
QUERY = ("after", "age", "article", "author", "reason", "section", "text")


def _ages() -> list[tuple[str, str]]:
    return [
        ("", gettext("Any time")),
        ("10m", gettext("10 minutes or longer")),
        ("1h", gettext("an hour or longer")),
        ("1d", gettext("a day or longer")),
    ]


def _reasons(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [("", gettext("Any reason")), *((code, held_label(code)) for code in codes)]


def held_label(code: str) -> str:
    """Why a comment is held or hidden, for moderators and its author."""
    return gettext("this account is pre-moderated") if code == "account" else reason_label(code)


def _sections() -> list[tuple[str, str]]:
    sections = db.session.scalars(section_names())
    return [("", gettext("Any section")), *((section, section) for section in sections)]


class FilterForm(Form):
    """Filters of a queue. Empty ones match everything; a text that fits several articles or authors
    matches the first MATCHES_MAX of them."""

    text = SearchField(_("Text"), [Length(max=100)])
    article = SearchField(_("Title or address of the article"), [Length(max=Article.URL_MAX)])
    author = SearchField(_("Author"), [Length(max=80)])
    section = SelectField(_("Section"), choices=_sections, validate_choice=False)
    reason = SelectField(_("Reason"), choices=[], validate_choice=False)
    age = SelectField(_("Waiting time"), choices=_ages, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_reasons(all_reasons())
        _keep_choice(self.section)

    def offer_reasons(self, codes: Iterable[str]) -> None:
        """Offer these reasons to choose from."""
        self.reason.choices = _reasons(codes)
        _keep_choice(self.reason)

    @cached_property
    def articles(self) -> list[Article]:
        """The articles that the filter means, and one more if there are too many."""
        return pickers.find_articles(self.article.data) if self.article.data else []

    @cached_property
    def authors(self) -> list[User]:
        """The authors that the filter means, and one more if there are too many."""
        return pickers.find_authors(self.author.data) if self.author.data else []

    def for_comments(self, *, hidden: bool = False) -> list[ColumnElement[bool]]:
        """Conditions on comments joined with their article; `hidden` ones have a reason."""
        conditions = self._for_text()
        if self.article.data:
            conditions.append(_is_among(Comment.article_id, self.articles))
        if self.author.data:
            conditions.append(_is_among(Comment.author_id, self.authors))
        if hidden and self.reason.data:
            conditions.append(Comment.hidden_for == self.reason.data)
        return conditions

    def for_queue_items(self) -> list[ColumnElement[bool]]:
        """Conditions on queue items joined with their comment and article. Article and author are
        those of the item, whose indexes hold them in queue order."""
        conditions = self._for_text()
        if self.article.data:
            conditions.append(_is_among(QueueItem.article_id, self.articles))
        if self.author.data:
            conditions.append(_is_among(QueueItem.author_id, self.authors))
        if self.reason.data:
            conditions.append(QueueItem.reason == self.reason.data)
        if self.age.data in AGES:
            conditions.append(QueueItem.since < now() - AGES[self.age.data])
        return conditions

    def as_query(self) -> dict[str, str]:
        """The filters in use, as query parameters: the one article or author by its short name."""
        query = {field.name: field.data for field in self if field.data}
        if len(self.articles) == 1:
            query["article"] = self.articles[0].slug
        if len(self.authors) == 1:
            query["author"] = pickers.author_text(self.authors[0])
        return query

    def in_use(self) -> list[tuple[str, str, str]]:
        """Name, label and value of each filter in use, as a page shows them."""
        shown = {
            "article": self.articles[0].title if len(self.articles) == 1 else self.article.data,
            "author": self.authors[0].name if len(self.authors) == 1 else self.author.data,
            **{f.name: dict(f.choices).get(f.data, "") for f in (self.reason, self.age)},
        }
        labels = {"article": gettext("Article")}
        used = [field for field in self if field.data and shown.get(field.name, field.data)]
        return [
            (f.name, str(labels.get(f.name, f.label.text)), str(shown.get(f.name, f.data)))
            for f in used
        ]

    def without(self, name: str) -> dict[str, str]:
        """The filters in use but one, as query parameters."""
        return {key: value for key, value in self.as_query().items() if key != name}

    def _for_text(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.text.data:
            conditions.append(Comment.body.contains(self.text.data, autoescape=True))
        if self.section.data:
            conditions.append(Article.section == self.section.data)
        return conditions


def _keep_choice(field: SelectField) -> None:
    """A filter in use is never shown as unused."""
    if field.data and field.data not in dict(field.choices):
        field.choices = [*field.choices, (field.data, field.data)]


def _is_among(column: Any, found: list[Any]) -> ColumnElement[bool]:
    """A comparison that the database answers without reading rows when nothing was found."""
    ids = [each.id for each in found[:MATCHES_MAX]]
    condition: ColumnElement[bool] = column.in_(ids) if ids else false()
    return condition


class BulkForm(ReasonForm):
    """Keep, hide or restore the chosen comments, or keep or hide all that match the filters.

    `count` is the number the confirmation page showed, `seen` the newest ruling when the page was
    made. `reason` is named `bulk_reason`, since the
    filter has a `reason` too.
    """

    reason = SelectField(name="bulk_reason", choices=reasons, validate_choice=False)
    act = HiddenField()
    comment = SelectMultipleField(coerce=lambda value: _row_id(value), validate_choice=False)
    all = HiddenField()
    count = HiddenField()
    seen = HiddenField()

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
    def seen_id(self) -> int | None:
        """Id of the newest ruling the moderator could know of; None if the form does not say."""
        return int(self.seen.data) if re.fullmatch(f"0|{ROW_ID}", self.seen.data or "") else None

    @property
    def action(self) -> str:
        """ "keep", "hide" or "restore"; anything else is invalid."""
        return self.all.data or self.act.data or ""


def _row_id(value: str) -> int:
    if not re.fullmatch(ROW_ID, value):
        raise ValueError(value)
    return int(value)
