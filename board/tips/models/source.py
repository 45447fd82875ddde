"""Sources of tips: key holders with a code."""

from typing import Any, Self

from sqlalchemy import Select, select
from sqlalchemy.orm import Mapped, mapped_column

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
        """Record a visit after those `before`: `count`, and `on`, the last day or None."""
        after = {"count": before["count"] + 1, "on": today().isoformat()}
        self.visits = self.encrypt_for_self(key, "visits", {**after, "before": before})

    def visits_before(self, key: Key, *, current: bool = False) -> dict[str, Any]:
        """`current`: the state before the visit in progress."""
        if self.visits is None:
            return {"count": 0, "on": None}
        visits = self.decrypt_own(key, "visits", self.visits)
        before = visits.pop("before")
        return dict(before if current else visits)
