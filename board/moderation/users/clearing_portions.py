"""Portions of a clearing: comments are hidden or restored some at a time, each time in a write of
its own. Any process can go on where another was killed."""

from time import monotonic

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from board.comments.models import Comment
from board.db import db, writing
from board.db.write_lock import LockTimeout
from board.moderation.rulings import decisions
from board.moderation.rulings import undo as ruling_undo
from board.moderation.rulings.models import Ruling, Verdict
from board.moderation.users.clearings import Clearing, Stage, written_by

PORTION = 25  # comments in one write: some hundredths of a second


def run(id: int, *, seconds: float) -> None:
    """Go on with an act until it is done or the time is over; then the job does."""
    end = monotonic() + seconds
    try:
        while monotonic() < end and run_portion(id):
            pass
    except LockTimeout:
        return


def run_portion(id: int) -> bool:
    with writing():
        clearing = db.session.get_one(Clearing, id)
        _next_portion(clearing)
        return clearing.is_running


def is_due() -> bool:
    return db.session.scalar(Clearing.running()) is not None


def run_oldest() -> None:
    """The job: the next portion of the oldest act that goes on."""
    if clearing := db.session.scalar(Clearing.running()):
        _next_portion(clearing)


def _next_portion(clearing: Clearing) -> None:
    if clearing.stage == Stage.HIDING:
        _hide_portion(clearing)
    elif clearing.stage == Stage.RESTORING:
        _restore_portion(clearing)


def _hide_portion(clearing: Clearing) -> None:
    why = clearing.ruling
    comments = db.session.scalars(_left_to_hide(clearing)).all()
    for comment in comments:
        decisions.hide(comment, by=why.moderator, reason=why.reason, note=why.note, act=why.id)
    clearing.hidden += len(comments)
    if comments:
        clearing.position = comments[-1].id
    if len(comments) < PORTION:
        clearing.enter(Stage.HIDDEN)


def _restore_portion(clearing: Clearing) -> None:
    rulings = db.session.scalars(_left_to_restore(clearing)).all()
    for ruling in rulings:
        undoing = ruling_undo.take_back(ruling, by=clearing.ruling.moderator)
        clearing.restored += undoing is not None
        clearing.position = ruling.id
    if len(rulings) < PORTION:
        clearing.enter(Stage.RESTORED)


def _left_to_hide(clearing: Clearing) -> Select[Comment]:
    """The next portion, oldest first, without what somebody decided meanwhile."""
    decided = select(Ruling.id).where(
        Ruling.comment_id == Comment.id, Ruling.id > clearing.ruling_id
    )
    comments = select(Comment).where(*written_by(clearing.user_id, since=clearing.since))
    comments = comments.where(
        Comment.hidden_for.is_(None),
        ~decided.exists(),
        Comment.id > clearing.position,
        Comment.id <= clearing.last_comment_id,
    )
    comments = comments.options(joinedload(Comment.article), joinedload(Comment.root))
    return comments.order_by(Comment.id).limit(PORTION)


def _left_to_restore(clearing: Clearing) -> Select[Ruling]:
    parts = select(Ruling).where(
        Ruling.about_id == clearing.user_id,
        Ruling.id > clearing.position,
        Ruling.detail["act"].as_integer() == clearing.ruling_id,
        Ruling.verdict == Verdict.HIDE.value,
    )
    comment = joinedload(Ruling.comment)
    parts = parts.options(comment.joinedload(Comment.article), comment.joinedload(Comment.root))
    return parts.order_by(Ruling.id).limit(PORTION)
