"""How long tips are kept, and how they are erased: from the database, the disk and every backup."""

import time
from datetime import date, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.db import Base, db
from board.runtime.app import setting
from board.tips.crypto import key_files
from board.tips.dates import today
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_grants import Grant
from board.tips.models.key_holders import Source
from board.tips.models.tip import Tip, TipItem
from board.tips.sealed import search_index
from board.tips.sealed.sealed_tip import revoke_source

# Seconds. A younger file may belong to a tip that is being sent, and they are dated by the day.
ORPHAN = 48 * 3600


class Erasure(Base):
    """That a tip was erased, on which day and why; nothing of the tip itself."""

    __tablename__ = "tip_erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


def erase(tip: Tip, *, reason: str, by: User | None = None) -> None:
    """The erase key first: whatever fails after it, the tip is gone in all its copies.

    The caller empties the log (`db.forget_log`) after the commit.
    """
    number = tip.id
    key_files.erase(tip.ref)
    files = [item.file for item in tip.items if item.file]
    for holder in tip.holders:
        if isinstance(holder, Source):
            revoke_source(holder)
    db.session.flush()
    search_index.forget(tip=tip)
    for tip_key in tip.keys:
        db.session.execute(delete(Grant).where(Grant.key_id == tip_key.id))
    db.session.expire(tip)
    db.session.delete(tip)
    audit_log.append_entry(AuditAction.ERASE, by=by, tip_id=number)
    db.session.add(Erasure(made_on=today(), reason=reason, user_id=by.id if by else None))
    key_files.remove_files(files)


def retention() -> timedelta:
    return timedelta(days=setting("TIP_DAYS"))


def is_outdated() -> bool:
    return db.session.scalar(Tip.due(today(), after=retention()).limit(1)) is not None


def erase_outdated() -> int:
    """Erase what has had its days, and what belongs to no tip; how many tips."""
    due = list(db.session.scalars(Tip.due(today(), after=retention())))
    for tip in due:
        erase(tip, reason="retention")
    db.session.flush()
    _sweep("keys", set(db.session.scalars(select(Tip.ref))))
    _sweep("files", set(db.session.scalars(select(TipItem.file).where(TipItem.file.is_not(None)))))
    key_files.sweep_drafts()
    return len(due)


def _sweep(folder: str, known: set[str | None]) -> None:
    for path in key_files.folder(folder).iterdir():
        if path.name not in known and path.stat().st_mtime < time.time() - ORPHAN:
            path.unlink(missing_ok=True)
