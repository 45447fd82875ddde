"""Rulings: what moderators decided and why. The log, and proof that nobody edited it."""

import enum
from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import Base, hash_chain, now
from board.moderation import queue as moderation_queue
from board.runtime.hooks import Hook

# What else follows from an entry in the log, and from a decision about a comment.
on_ruling: Hook[Callable[["Ruling"], None]] = Hook()
on_decision: Hook[Callable[["Ruling"], None]] = Hook()


class Verdict(enum.StrEnum):
    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"
    UNDO = "undo"
    # About people.
    WARN = "warn"
    HOLD = "hold"
    SUSPEND = "suspend"
    BAN = "ban"
    LIFT = "lift"
    # About the rules of the desk.
    RULE_ADD = "rule_add"
    RULE_CHANGE = "rule_change"
    RULE_ALLOW = "rule_allow"
    RULE_DISALLOW = "rule_disallow"
    RULE_IMPORT = "rule_import"
    # About an appeal against one of those.
    UPHOLD = "uphold"
    REJECT = "reject"
    # A claim that a comment hurts somebody's rights was not followed; or an answer was published.
    DECLINE = "decline"
    REBUT = "rebut"
    # What the law asks: orders of authorities, data of a reader given to one, and who looked at
    # or took along what is kept for a case.
    ORDER = "order"
    ANSWER_ORDER = "answer_order"
    REQUEST = "request"
    ANSWER_REQUEST = "answer_request"
    DISCLOSE = "disclose"
    OPEN_FILE = "open_file"
    EXPORT = "export"
    # A text that must not come again, and the end of that.
    BAR = "bar"
    UNBAR = "unbar"
    # About how a thread, a section or the board is steered.
    STEER = "steer"
    RELEASE = "release"


class Ruling(Base):
    """One decision of the desk: by whom, about what and whom, and why.

    Append-only: the database refuses to change or delete a row, and each row carries a hash over
    itself and the row before, so that `moderation verify` finds what was changed behind its back.
    """

    __tablename__ = "ruling"
    NOTE_MAX = 200
    PAGE_SIZE = 30
    # On comments and threads: what the public log lists. Decisions about people are not in it.
    PUBLIC = (Verdict.HIDE, Verdict.RESTORE, Verdict.STEER, Verdict.RELEASE)
    # What the hash is made over, in this order. A later column goes last, and only if it is set.
    HASHED = (
        "verdict", "moderator_id", "comment_id", "about_id", "article_id", "reason", "note",
        "until", "undoes_id", "detail", "made_at",
    )  # fmt: skip
    __table_args__ = (
        Index(None, "about_id", "id"),
        Index(None, "undoes_id"),
        Index(None, "moderator_id", "id"),
        Index("ix_ruling_figures", "made_at", "verdict", "reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))
    # None: the board itself did it, as a rule or an end of a term told it to.
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id), index=True)
    # The person it concerns: the author of the comment, or whose account it is.
    about_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    article_id: Mapped[int | None] = mapped_column(ForeignKey(Article.id), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    until: Mapped[datetime | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("ruling.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(default=now)
    hash: Mapped[bytes] = mapped_column(unique=True)

    comment: Mapped[Comment | None] = relationship()
    moderator: Mapped[User | None] = relationship(foreign_keys=moderator_id)
    about: Mapped[User | None] = relationship(foreign_keys=about_id)
    article: Mapped[Article | None] = relationship()

    @classmethod
    def not_undone(cls) -> ColumnElement[bool]:
        """It was not taken back at once."""
        undo = aliased(cls)
        return ~select(undo.id).where(undo.undoes_id == cls.id).exists()

    @classmethod
    def newest(cls, *, before: int | None = None, size: int = PAGE_SIZE) -> Select[Self]:
        """`size` and one more of the public log, newest first."""
        page = select(cls).where(cls.verdict.in_(cls.PUBLIC), cls.not_undone())
        page = page.options(
            joinedload(cls.comment), joinedload(cls.article), joinedload(cls.moderator)
        )
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(size + 1)

    @property
    def is_legal(self) -> bool:
        """The law asks for it, and that the person is told."""
        asked_for = self.verdict in (Verdict.REBUT, Verdict.DISCLOSE)
        return asked_for or not self.detail.keys().isdisjoint(("claim", "order"))

    def compute_hash(self, previous: bytes) -> bytes:
        """The hash this row must have after a row with the hash `previous`."""
        return hash_chain.row_hash(previous, {name: getattr(self, name) for name in self.HASHED})


def append_ruling(
    verdict: Verdict,
    *,
    by: User | None,
    reason: str,
    note: str = "",
    comment: Comment | None = None,
    about: User | None = None,
    article: Article | None = None,
    until: datetime | None = None,
    undoes: Ruling | None = None,
    **detail: Any,
) -> Ruling:
    """Append to the log. The only way into it; a ruling about a comment names its author and
    article by itself."""
    ruling = Ruling(
        verdict=verdict.value,
        moderator_id=by and by.id,
        comment_id=comment and comment.id,
        about_id=comment.author_id if comment else about and about.id,
        article_id=comment.article_id if comment else article and article.id,
        reason=reason,
        note=note,
        until=until,
        undoes_id=undoes and undoes.id,
        detail=detail,
        made_at=now(),
    )
    hash_chain.append(ruling)
    for effect in on_ruling:
        effect(ruling)
    return ruling


def hide(
    comment: Comment, *, by: User | None, reason: str, note: str = "", batch: str = ""
) -> Ruling | None:
    """Hiding what is hidden or deleted already changes nothing."""
    before = comment.held_for
    if not comment._set_hidden(reason=reason, note=note):
        return None
    return _record_decision(
        Verdict.HIDE, comment, by=by, reason=reason, note=note, held_for=before, batch=batch
    )


def hide_for_legal_claim(
    comment: Comment, *, by: User, reason: str, until: datetime | None = None, **case: int
) -> Ruling | None:
    """Hide as the law asks: for a claim, until then or for good, or for an order. `case` names
    it."""
    before = comment.held_for
    if not comment._set_hidden(reason=reason):
        return None
    return _record_decision(
        Verdict.HIDE, comment, by=by, reason=reason, note="", until=until, held_for=before, **case
    )


def restore(comment: Comment, *, by: User | None, reason: str, note: str = "") -> Ruling | None:
    before = {"hidden_for": comment.hidden_for, "hidden_note": comment.hidden_note}
    if not comment._set_restored():
        return None
    return _record_decision(Verdict.RESTORE, comment, by=by, reason=reason, note=note, **before)


def keep(
    comment: Comment, *, by: User, reason: str = "", note: str = "", batch: str = ""
) -> Ruling | None:
    """It was looked at and may stay; one that was held can be read from now on. None when it is
    hidden or deleted."""
    before = comment.held_for
    if comment.hidden_for is not None or comment.deleted_at is not None:
        return None
    was_held = comment._set_kept()
    return _record_decision(
        Verdict.KEEP, comment, by=by, reason=reason, note=note, was_held=was_held,
        held_for=before, batch=batch,
    )  # fmt: skip


def _record_decision(
    verdict: Verdict, comment: Comment, *, by: User | None, reason: str, note: str, **before: Any
) -> Ruling:
    """What waited for this decision waits no longer; the ruling remembers where it did."""
    waited = moderation_queue.dequeue(comment)
    detail: Any = {name: value for name, value in before.items() if value or value is False}
    ruling = append_ruling(
        verdict, by=by, comment=comment, reason=reason, note=note, waited=waited, **detail
    )
    for effect in on_decision:
        effect(ruling)
    return ruling


def latest_ruling(comment: Comment) -> Select[Ruling]:
    """The last word on a comment."""
    rulings = select(Ruling).where(Ruling.comment_id == comment.id)
    return rulings.order_by(Ruling.id.desc()).limit(1)
