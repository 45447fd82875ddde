"""How long tips are kept, and how they are erased: from the database, the disk and every backup."""

from datetime import date, timedelta

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.db import Base, db
from board.runtime.app import setting
from board.tips.attachments import draft_space
from board.tips.crypto import key_files
from board.tips.dates import today
from board.tips.integrity import checkpoints, orphans
from board.tips.integrity.orphans import Outcome
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_grants import Grant
from board.tips.models.source import ErasedCode, Source
from board.tips.models.tip import Tip
from board.tips.sealed import search_index
from board.tips.sealed.sealed_tip import revoke_source


class Erasure(Base):
    """Record that a tip was erased, on which day and why; nothing of the tip itself."""

    __tablename__ = "tip_erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


def erase(tip: Tip, *, reason: str, by: User | None = None) -> None:
    """Erase a tip, its erase key first: if anything fails afterwards, no copy can be decrypted.

    The caller truncates the write-ahead log (`db.truncate_wal`) after the commit. Raises WentBack.
    """
    checkpoints.require_intact()
    number = tip.id
    key_files.erase(tip.ref)
    files = [item.file for item in tip.items if item.file]
    for holder in tip.holders:
        if isinstance(holder, Source):
            ErasedCode.remember(holder)
            revoke_source(holder)
    db.session.flush()
    search_index.delete_entries(tip=tip)
    for tip_key in tip.keys:
        db.session.execute(delete(Grant).where(Grant.key_id == tip_key.id))
    db.session.expire(tip)
    db.session.delete(tip)
    audit_log.append_entry(AuditAction.ERASE, by=by, tip_id=number)
    db.session.add(Erasure(made_on=today(), reason=reason, user_id=by.id if by else None))
    key_files.remove_files(files)


def retention_period() -> timedelta:
    return timedelta(days=setting("TIP_DAYS"))


def is_outdated() -> bool:
    """Whether a tip's time is up, or that of the code of an erased one."""
    outdated = Tip.outdated(today(), after=retention_period()).limit(1)
    is_due = db.session.scalar(outdated) is not None and not checkpoints.check()
    return is_due or ErasedCode.is_any_due()


def tidy() -> tuple[int, Outcome]:
    """Erase outdated tips, and delete old drafts and files that belong to no tip; return how many
    tips, and what became of the files.
    """
    count = erase_outdated()
    draft_space.sweep()
    ErasedCode.forget_due()
    return count, orphans.sweep()


def erase_outdated() -> int:
    """Erase outdated tips; return how many."""
    if checkpoints.check():
        return 0
    outdated = list(db.session.scalars(Tip.outdated(today(), after=retention_period())))
    for tip in outdated:
        erase(tip, reason="retention")
    db.session.flush()
    return len(outdated)
