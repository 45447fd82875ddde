"""Thread restrictions on the record: each restriction and its end is a ruling."""

from typing import Any

from board.accounts.models import User
from board.articles.thread_controls.models import RestrictionSpec, ThreadRestriction
from board.comments.reason_codes import OWN_WORDS
from board.db import db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling

EXPIRED = "steering_over"


def restrict(spec: RestrictionSpec, *, by: User) -> ThreadRestriction:
    """Add a restriction. Raises ValueError if it would have no effect."""
    restriction = ThreadRestriction.begin(spec, by=by)
    _record(Verdict.STEER, restriction, by=by, reason=OWN_WORDS, note=spec.reason)
    return restriction


def end_restriction(restriction: ThreadRestriction, *, by: User) -> Ruling | None:
    """End it now, or cancel it if it has not begun. Returns None if it had ended."""
    if not restriction.end(by=by):
        return None
    return _record(Verdict.RELEASE, restriction, by=by, reason="review")


def apply_due() -> None:
    """Record due starts and ends. Readers saw them take effect on time already."""
    for restriction in db.session.scalars(ThreadRestriction.due()).all():
        if restriction.noted_at is None:
            restriction.mark_announced()
        if restriction.ends_at and restriction.ends_at <= now():
            restriction.end(by=None)
            _record(Verdict.RELEASE, restriction, by=None, reason=EXPIRED)


def _record(
    verdict: Verdict,
    restriction: ThreadRestriction,
    *,
    by: User | None,
    reason: str,
    note: str = "",
) -> Ruling:
    detail: dict[str, Any] = {"steering": restriction.id, "measures": restriction.measures}
    if restriction.sections:
        detail["sections"] = restriction.sections
    if restriction.seconds:
        detail["seconds"] = restriction.seconds
    if verdict is Verdict.STEER:
        detail["starts_at"] = restriction.starts_at.isoformat()
    ends_at = restriction.ends_at if verdict is Verdict.STEER else None
    return append_ruling(
        verdict,
        by=by,
        article=restriction.article,
        reason=reason,
        note=note,
        until=ends_at,
        **detail,
    )


def is_due() -> bool:
    return db.session.scalar(ThreadRestriction.due().limit(1)) is not None
