"""Whom a comment notifies: written in the transaction in which everybody can first read it."""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select
from sqlalchemy.dialects.sqlite import insert

from board.accounts.models import User
from board.comments.models import Comment, visible
from board.comments.viewer.blocks import Block
from board.db import db, execute_core, now
from board.notifications.mentions import mentioned_users
from board.notifications.models import Kind, Notification, recount, remove

PER_ACTOR_MAX = 5  # notifications a day of one user because of one other
MENTIONS_MAX = 10  # an hour, by one author
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

_n, _user, _comment, _block = (each.__table__.c for each in (Notification, User, Comment, Block))


class Recipient(NamedTuple):
    user_id: int
    kind: Kind
    about: int


def notify_of_comment(comment: Comment) -> None:
    """Notify those whom a new comment answers or names. One that is held notifies nobody yet."""
    if comment.is_visible:
        _notify(comment, _recipients(comment))


def notify_again(comment: Comment) -> None:
    """Notify of a comment that can be read again or says something else, but nobody twice."""
    _notify_again(comment, _recipients(comment))


def notify_of_featured(comment: Comment) -> None:
    """Notify the author that an editor has picked this comment."""
    if comment.is_visible:
        picked = Recipient(comment.author_id, Kind.FEATURED, comment.id)
        _notify(comment, [picked], actor_id=None)


def withdraw_featured(comment: Comment) -> None:
    """Remove the unseen notification that this comment is featured: it no longer is."""
    _remove_unseen(Kind.FEATURED, comment)


def withdraw(comment: Comment) -> None:
    """Nobody can read this comment any more: remove what is unseen and about nothing else."""
    db.session.flush()
    of_itself = and_(_n.about == comment.id, _n.kind.in_([Kind.MENTION.value, Kind.FEATURED.value]))
    answered = _n.about.in_([comment.parent_id, comment.root_id])
    others = select(_comment.id).where(*is_reply_of()).exists()
    as_reply = and_(answered, _n.kind == Kind.REPLY.value, not_(others))
    remove(_n.seen_at.is_(None), or_(of_itself, as_reply))


def follow_edit(comment: Comment) -> None:
    """An edit may name others, or hold the comment."""
    if not comment.is_visible:
        withdraw(comment)
        return
    recipients = _recipients(comment)
    mentioned = [each.user_id for each in recipients if each.kind is Kind.MENTION]
    _remove_unseen(Kind.MENTION, comment, _n.user_id.not_in(mentioned))
    _notify_again(comment, recipients)


def _remove_unseen(kind: Kind, comment: Comment, *which: ColumnElement[bool]) -> None:
    remove(_n.seen_at.is_(None), _n.kind == kind.value, _n.about == comment.id, *which)


def is_reply_of() -> tuple[ColumnElement[bool], ...]:
    """Condition on the tables: the comment is one of the replies of the notification."""
    is_blocked = select(_block.user_id).where(
        _block.user_id == _n.user_id, _block.muted_id == _comment.author_id
    )
    return (
        or_(_comment.parent_id == _n.about, _comment.root_id == _n.about),
        _comment.id >= _n.since,
        or_(_n.seen_at.is_(None), _comment.posted_at <= _n.seen_at),
        _comment.author_id != _n.user_id,
        visible(_comment),
        ~is_blocked.exists(),
    )


def _recipients(comment: Comment) -> list[Recipient]:
    """Each person once: of several reasons the first counts."""
    answered = [each for each in (comment.parent, comment.root) if each]
    found = {
        each.author_id: Recipient(each.author_id, Kind.REPLY, each.id) for each in answered[::-1]
    }
    for user_id in mentioned_users(comment):
        found.setdefault(user_id, Recipient(user_id, Kind.MENTION, comment.id))
    found.pop(comment.author_id, None)
    return list(found.values())


def _notify_again(comment: Comment, recipients: list[Recipient]) -> None:
    told = select(_n.user_id).where(_n.since <= comment.id, _n.seen_at >= comment.posted_at)
    untold = [
        each
        for each in recipients
        if not execute_core(
            told.where(
                _n.user_id == each.user_id, _n.kind == each.kind.value, _n.about == each.about
            )
        ).first()
    ]
    _notify(comment, untold)


def _notify(comment: Comment, recipients: list[Recipient], **actor: int | None) -> None:
    moment = now()
    values = {
        "since": comment.id,
        "actor_id": comment.author_id,
        "made_at": moment,
        "hour_ago": moment - _HOUR,
        "day_ago": moment - _DAY,
        "tomorrow": moment + _DAY,  # what a wrong clock wrote limits nobody
        **actor,
    }
    recount([each.user_id for each in recipients if _insert(each, values)])


def _insert(recipient: Recipient, values: dict[str, Any]) -> bool:
    """Whether the user has one notification more."""
    row = {**values, **recipient._asdict(), "kind": recipient.kind.value}
    return execute_core(_INSERT, row).rowcount > 0


def _made_since(moment: str) -> Any:
    """The number of notifications this actor has caused."""
    is_near = _n.made_at.between(bindparam(moment), bindparam("tomorrow"))
    return select(func.count()).where(_n.actor_id == bindparam("actor_id"), is_near)


_is_blocked = select(_block.user_id).where(
    _block.user_id == bindparam("user_id"), _block.muted_id == bindparam("actor_id")
)
_of_user = _made_since("day_ago").where(_n.user_id == bindparam("user_id"))
_mentions = _made_since("hour_ago").where(_n.kind == Kind.MENTION.value)
_NAMES = ("kind", "about", "since", "actor_id", "made_at")
_row = select(_user.id, *(bindparam(name, type_=_n[name].type) for name in _NAMES)).where(
    _user.id == bindparam("user_id"),
    _user.left_on.is_(None),
    ~_is_blocked.exists(),
    _of_user.scalar_subquery() < PER_ACTOR_MAX,
    or_(bindparam("kind") != Kind.MENTION.value, _mentions.scalar_subquery() < MENTIONS_MAX),
)
_INSERT = insert(Notification).from_select(["user_id", *_NAMES], _row).on_conflict_do_nothing()
