"""Steering threads, on the record: every act and its end is a ruling."""

from typing import Any

from board.accounts.models import User
from board.articles.thread_controls.models import RestrictionSpec, ThreadRestriction
from board.comments.moderation_reasons import OWN_WORDS
from board.db import db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling

OVER = "steering_over"


def restrict(terms: RestrictionSpec, *, by: User) -> ThreadRestriction:
    """Raises ValueError when the act would say nothing."""
    steering = ThreadRestriction.begin(terms, by=by)
    _record(Verdict.STEER, steering, by=by, reason=OWN_WORDS, note=terms.reason)
    return steering


def end_restriction(steering: ThreadRestriction, *, by: User) -> Ruling | None:
    """It ends now; one that has not begun never will. None when it had ended."""
    if not steering.end(by=by):
        return None
    return _record(Verdict.RELEASE, steering, by=by, reason="review")


def apply_due() -> None:
    """What has begun is noted, what is over ends: readers saw it at its moment already."""
    for steering in db.session.scalars(ThreadRestriction.due()).all():
        if steering.noted_at is None:
            steering.mark_announced()
        if steering.ends_at and steering.ends_at <= now():
            steering.end(by=None)
            _record(Verdict.RELEASE, steering, by=None, reason=OVER)


def _record(
    verdict: Verdict, steering: ThreadRestriction, *, by: User | None, reason: str, note: str = ""
) -> Ruling:
    told: dict[str, Any] = {"steering": steering.id, "measures": steering.measures}
    if steering.sections:
        told["sections"] = steering.sections
    if steering.seconds:
        told["seconds"] = steering.seconds
    if verdict is Verdict.STEER:
        told["starts_at"] = steering.starts_at.isoformat()
    ends_at = steering.ends_at if verdict is Verdict.STEER else None
    return append_ruling(
        verdict, by=by, article=steering.article, reason=reason, note=note, until=ends_at, **told
    )


def is_due() -> bool:
    return db.session.scalar(ThreadRestriction.due().limit(1)) is not None
