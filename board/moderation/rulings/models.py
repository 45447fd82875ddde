"""Rulings: the moderation log. What was decided and why, with proof that nobody edited it."""

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
from board.runtime.hooks import Hook

# Effects of every entry in the log.
on_ruling: Hook[Callable[["Ruling"], None]] = Hook()


class Verdict(enum.StrEnum):
    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"
    UNDO = "undo"
    # About members.
    WARN = "warn"
    HOLD = "hold"
    SUSPEND = "suspend"
    BAN = "ban"
    LIFT = "lift"
    # A member was restricted and what they wrote hidden, in one act with a ruling for each part.
    CLEAR = "clear"
    # An editor put a comment on top of its thread, or took it away from there.
    FEATURE = "feature"
    UNFEATURE = "unfeature"
    # A moderator looked up who has an email address.
    LOOK_UP = "look_up"
    # About the rules of the desk.
    RULE_ADD = "rule_add"
    RULE_CHANGE = "rule_change"
    RULE_ALLOW = "rule_allow"
    RULE_DISALLOW = "rule_disallow"
    RULE_IMPORT = "rule_import"
    # About an appeal against one of the above.
    UPHOLD = "uphold"
    REJECT = "reject"
    # A rights claim was rejected; a claimant's response was published.
    DECLINE = "decline"
    REBUT = "rebut"
    # Legal duties: orders of authorities, user data disclosed to one, and who opened the
    # evidence or exported the file of a case.
    ORDER = "order"
    ANSWER_ORDER = "answer_order"
    REQUEST = "request"
    ANSWER_REQUEST = "answer_request"
    DISCLOSE = "disclose"
    OPEN_FILE = "open_file"
    EXPORT = "export"
    # Reposting of a text is blocked, or no longer.
    BAR = "bar"
    UNBAR = "unbar"
    # Restrictions of a thread, a section or the whole site.
    STEER = "steer"
    RELEASE = "release"
    # An article and its thread: what an editor did to them.
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    DELETE = "delete"
    UNDELETE = "undelete"


class Ruling(Base):
    """One decision of the desk: by whom, about what and whom, and why.

    Append-only: the database refuses to change or delete a row, and each row carries a hash over
    itself and the row before, so that `moderation verify` finds rows changed outside the board.
    """

    __tablename__ = "ruling"
    NOTE_MAX = 200
    PAGE_SIZE = 30
    # Decisions on comments and threads, which the public log lists; those about people it does not.
    PUBLIC = (Verdict.HIDE, Verdict.RESTORE, Verdict.STEER, Verdict.RELEASE)
    # About visible comments, and no decision whether they may be read.
    PICKS = (Verdict.FEATURE, Verdict.UNFEATURE)
    # The hashed columns, in this order. A column added later goes last, and only where it is set.
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
    # None: the board itself decided, by a rule or at the end of a term.
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id), index=True)
    # The user it concerns: the author of the comment, or the owner of the account.
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
    undoes: Mapped["Ruling | None"] = relationship(remote_side=[id])

    @classmethod
    def not_undone(cls) -> ColumnElement[bool]:
        """True for rulings no later one undoes."""
        undo = aliased(cls)
        return ~select(undo.id).where(undo.undoes_id == cls.id).exists()

    @classmethod
    def is_part(cls) -> ColumnElement[bool]:
        """True for the parts of an act, which has a ruling of its own."""
        return cls.detail["act"].as_integer().is_not(None)

    @classmethod
    def newest(
        cls, *, comment: int | None = None, before: int | None = None, size: int = PAGE_SIZE
    ) -> Select[Self]:
        """`size` + 1 rows of the public log, newest first; of one comment, if given."""
        page = select(cls).where(cls.verdict.in_(cls.PUBLIC), cls.not_undone())
        page = page.options(
            joinedload(cls.comment), joinedload(cls.article), joinedload(cls.moderator)
        )
        if comment:
            page = page.where(cls.comment_id == comment)
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(size + 1)

    @property
    def is_legal(self) -> bool:
        """True for rulings the law demands; it also demands that the user is notified."""
        is_duty = self.verdict in (Verdict.REBUT, Verdict.DISCLOSE)
        return is_duty or not self.detail.keys().isdisjoint(("claim", "order"))

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
    """Append to the log: the only way into it. Author and article follow from `comment`."""
    ruling = Ruling(
        verdict=verdict.value,
        moderator_id=by and by.id,
        **_subject(comment, about, article),
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


def _subject(
    comment: Comment | None, about: User | None, article: Article | None
) -> dict[str, int | None]:
    if comment:
        about_id, article_id = comment.author_id, comment.article_id
        return {"comment_id": comment.id, "about_id": about_id, "article_id": article_id}
    return {"about_id": about.id if about else None, "article_id": article.id if article else None}


def log_article_change(article: Article, verb: str, by: User) -> None:
    append_ruling(Verdict(verb), by=by, article=article, reason="")


def is_decided() -> ColumnElement[bool]:
    """Condition on Comment: something was decided about it, other than that it may be read."""
    decided = select(Ruling.id).where(Ruling.comment_id == Comment.id)
    return decided.where(Ruling.verdict.not_in((Verdict.KEEP, *Ruling.PICKS))).exists()
