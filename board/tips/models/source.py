"""Sources of tips: key holders with a code."""

from datetime import date
from typing import Any, Self

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.models.key_holders import KeyHolder, UnlockedSession


class Source(KeyHolder):
    """Somebody with a code. Nothing here says who they are, or when they came."""

    __mapper_args__ = {"polymorphic_identity": "source"}

    tag: Mapped[bytes | None] = mapped_column(unique=True)
    # How often and on which day the code was last used; encrypted for the source alone.
    visits: Mapped[bytes | None]

    @classmethod
    def with_tag(cls, tag: bytes) -> Select[Self]:
        return select(cls).where(cls.tag == tag)

    def change_code(self, key: Key, *, tag: bytes, kek: bytes) -> None:
        """Encrypt the key with a new code, and end all sessions of the old one."""
        self.tag = tag
        self.wrap_key(key, kek)
        UnlockedSession.end_all(self)

    def record_visit(self, key: Key, before: dict[str, Any]) -> None:
        """Record a visit after those `before`: `count`, `on`, the last day or None, and `kept`
        (source_checkpoints.py).
        """
        after = {**before, "count": before["count"] + 1, "on": today().isoformat()}
        after.pop("went_back", None)
        self.visits = self.encrypt_for_self(key, "visits", {**after, "before": before})

    def visits_before(self, key: Key, *, current: bool = False) -> dict[str, Any]:
        """`current`: the state before the visit in progress."""
        if self.visits is None:
            return {"count": 0, "on": None}
        visits = self.decrypt_own(key, "visits", self.visits)
        before = visits.pop("before")
        return dict(before if current else visits)


class ErasedCode(Base):
    """The tag of a code whose tip was erased, so that its source is told so.

    The first of a month is all it is dated by, and nothing leads from it to the tip; the order of
    the rows is that of the tags.
    """

    __tablename__ = "tip_erased_code"
    __table_args__ = {"sqlite_with_rowid": False}
    MONTHS = 3  # the first of them has partly passed already

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    forget_on: Mapped[date] = mapped_column(index=True)

    @classmethod
    def remember(cls, source: Source) -> None:
        years, month = divmod(today().month - 1 + cls.MONTHS, 12)
        forget_on = date(today().year + years, month + 1, 1)
        if source.tag:
            db.session.merge(cls(tag=source.tag, forget_on=forget_on))

    @classmethod
    def has(cls, tag: bytes) -> bool:
        return db.session.get(cls, tag) is not None

    @classmethod
    def is_any_due(cls) -> bool:
        due = select(cls.tag).where(cls.forget_on <= today()).limit(1)
        return db.session.scalar(due) is not None

    @classmethod
    def forget_due(cls) -> None:
        db.session.execute(delete(cls).where(cls.forget_on <= today()))
