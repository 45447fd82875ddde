"""Notifications of decisions, and what decisions do to those of comments."""

from typing import cast

from sqlalchemy import Table, bindparam, insert, literal, select

from board.accounts.models import User
from board.comments.models import Comment
from board.db import execute_core
from board.moderation.rulings.author_notices import is_for_user
from board.moderation.rulings.models import Ruling, Verdict
from board.notifications import notify
from board.notifications.models import Kind, Notification, recount, remove

_notification = cast(Table, Notification.__table__)
_RULING = (
    select(Ruling.about_id, literal(Kind.DECISION.value), Ruling.id, Ruling.made_at)
    .add_columns(bindparam("mailed_as", type_=_notification.c.mailed_as.type))
    .join(User, User.id == Ruling.about_id)
    .where(Ruling.id == bindparam("ruling"), User.left_on.is_(None), *is_for_user())
)
_INSERT = insert(_notification).from_select(
    ["user_id", "kind", "about", "made_at", "mailed_as"], _RULING
)


def follow_ruling(ruling: Ruling) -> None:
    """Notify the user a ruling is about. One that is undone is no notification any more."""
    if ruling.undoes_id:
        of_undone = _notification.c.about == ruling.undoes_id
        remove(of_undone, _notification.c.kind == Kind.DECISION.value)
    # Approval is good news, which can wait; the law's rulings have an email of their own.
    is_mailed = ruling.verdict != Verdict.KEEP and not ruling.is_legal
    values = {"ruling": ruling.id, "mailed_as": None if is_mailed else Notification.NO_EMAIL}
    if ruling.about_id and execute_core(_INSERT, values).rowcount:
        recount([ruling.about_id])


def follow_decision(ruling: Ruling) -> None:
    """A comment was shown or hidden by this ruling, or by its undo."""
    if ruling.comment and ruling.detail.get("was_held") is not False:
        _follow_visibility(ruling.comment)


def _follow_visibility(comment: Comment) -> None:
    if comment.is_visible:
        notify.notify_again(comment)
    else:
        notify.withdraw(comment)
