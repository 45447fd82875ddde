"""Entries: notifications as they are shown, with what they are about as it is now.

A notification about a comment that nobody can read any more has no entry.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from board.comments.models import Comment
from board.db import db
from board.moderation.rulings.labels import verdict_label
from board.moderation.rulings.models import Ruling
from board.notifications.account_changes import change_endpoint, change_text
from board.notifications.models import Kind, Notification
from board.notifications.notify import is_reply_of


class Entry(NamedTuple):
    """`comment` is where it leads, of several replies the first; `ruling` the decision."""

    notification: Notification
    comment: Comment | None = None
    replies: int = 0
    ruling: Ruling | None = None

    @property
    def text(self) -> str:
        """Who did what; never what a comment says."""
        if self.ruling:
            return verdict_label(self.ruling.verdict)
        if self.notification.kind == Kind.ACCOUNT:
            return change_text(self.notification.about)
        return _text_about_comment(self)

    @property
    def url(self) -> str:
        """The path of the comment it leads to, or of what has changed of the account."""
        if self.notification.kind == Kind.ACCOUNT:
            return url_for(change_endpoint(self.notification.about))
        id = self.comment.id if self.comment else 0
        return url_for("comments.comment", id=id, _anchor=f"comment-{id}")


def entries_of(notifications: Sequence[Notification]) -> list[Entry]:
    """In the order of the notifications."""
    replies = _replies([each.id for each in notifications if each.kind == Kind.REPLY])
    rulings = _rulings([each.about for each in notifications if each.kind == Kind.DECISION])
    named = [each.about for each in notifications if each.kind in (Kind.MENTION, Kind.FEATURED)]
    comments = _comments([*named, *(first for first, _count in replies.values())])
    found: list[Entry] = []
    for each in notifications:
        if each.kind == Kind.DECISION:
            found.append(Entry(each, ruling=rulings[each.about]))
            continue
        if each.kind == Kind.ACCOUNT:
            found.append(Entry(each))
            continue
        first, count = replies.get(each.id, (each.about, 0))
        if first in comments:
            found.append(Entry(each, comments[first], count))
    return found


def _text_about_comment(entry: Entry) -> str:
    comment = entry.comment
    name = comment.author.name if comment else ""
    if entry.notification.kind == Kind.MENTION:
        return _("%(name)s mentioned you", name=name)
    if entry.notification.kind == Kind.FEATURED:
        return _("The newsroom featured your comment")
    if entry.replies > 1:
        return ngettext(
            "%(num)d new reply below your comment", "%(num)d new replies below your comment",
            entry.replies,
        )  # fmt: skip
    if comment and comment.parent_id == entry.notification.about:
        return _("%(name)s replied to your comment", name=name)
    return _("%(name)s replied in a conversation you began", name=name)


def _replies(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """By notification: the first reply and the number of replies that can be read now."""
    rows = select(Notification.id, func.min(Comment.id), func.count())
    rows = rows.join(Comment, and_(*is_reply_of())).where(Notification.id.in_(ids))
    found = db.session.execute(rows.group_by(Notification.id))
    return {id: (first, count) for id, first, count in found}


def _comments(ids: Collection[int]) -> dict[int, Comment]:
    """Those that everybody can read, with author and article."""
    rows = select(Comment).where(Comment.id.in_(ids), Comment.is_visible)
    rows = rows.options(joinedload(Comment.author), joinedload(Comment.article))
    return {each.id: each for each in db.session.scalars(rows) if each.article.is_public}


def _rulings(ids: Collection[int]) -> dict[int, Ruling]:
    rows = select(Ruling).where(Ruling.id.in_(ids))
    rows = rows.options(joinedload(Ruling.comment), joinedload(Ruling.article))
    return {each.id: each for each in db.session.scalars(rows)}
