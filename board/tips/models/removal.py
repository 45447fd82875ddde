"""Requests to take a colleague off the roster, which another reader has to confirm."""

from datetime import date
from typing import Self

from sqlalchemy import ForeignKey, Select, delete, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.db import Base, db
from board.tips.dates import today
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_holders import TipReader


class RemovalRequest(Base):
    """One reader wants another off the roster. Anybody on it but the one who asked may confirm:
    a third reader, or the one who is to go.
    """

    __tablename__ = "tip_removal"

    reader_id: Mapped[int] = mapped_column(ForeignKey(TipReader.id), primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey(TipReader.id), index=True)
    made_on: Mapped[date]

    reader: Mapped[TipReader] = relationship(foreign_keys=reader_id)
    asked_by: Mapped[TipReader] = relationship(foreign_keys=asked_by_id)

    @classmethod
    def all(cls) -> Select[Self]:
        people = (joinedload(cls.reader), joinedload(cls.asked_by))
        return select(cls).options(*people).order_by(cls.reader_id)

    @classmethod
    def ask(cls, reader: TipReader, *, by: TipReader) -> None:
        """Ask for a removal, unless somebody who may read tips has."""
        request = db.session.get(cls, reader.id)
        if request is None or not request.asked_by.may_read_tips:
            db.session.merge(cls(reader_id=reader.id, asked_by_id=by.id, made_on=today()))
            audit_log.append_entry(AuditAction.ASK_REMOVE, by=by.user, about=reader.user)

    @classmethod
    def forget(cls, reader: TipReader) -> None:
        """Delete the requests this reader made or that are about them."""
        about = or_(cls.reader_id == reader.id, cls.asked_by_id == reader.id)
        db.session.execute(delete(cls).where(about))
