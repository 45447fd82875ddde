"""Comments: what a reader wrote, and whether others see it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from markupsafe import Markup
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body, trusted_html
from board.comments.search_index import index as search_index
from board.comments.wilson_score import lower_bound
from board.db import Base, db, execute_core, now
from board.runtime.hooks import Hook


def _roots_by(name: str, *columns: str) -> Index:
    """Replies are in none of these, so a like of a reply does not touch them."""
    # The same on PostgreSQL by its migration: to say so here loads that dialect, and its libraries.
    return Index(f"ix_comment_{name}", *columns, sqlite_where=text("root_id IS NULL"))


# Effects of deleting a comment, in the same write. See moderation/wiring.py.
after_delete: Hook[Callable[["Comment"], None]] = Hook()

_HELD, _HIDDEN = text("held_for IS NOT NULL"), text("hidden_for IS NOT NULL")


def visible(comment: Any) -> ColumnElement[bool]:
    """Everyone can read it; of the class, or of the columns of a table under another name."""
    gone = (comment.hidden_for, comment.held_for, comment.deleted_at)
    return and_(*(column.is_(None) for column in gone))


class Revision(Base):
    """An earlier text of a comment. Never edited; deleted with the words of the comment itself."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    text: Mapped[str]
    written_at: Mapped[datetime]


class Comment(Base):
    """What a reader wrote under an article.

    `listed` says whether the thread shows anything at its place: the text, or a tombstone.
    """

    __tablename__ = "comment"
    PAGE_SIZE = 20
    FIRST_REPLIES = 10
    KEY_MAX = 64
    EDITS_MAX = 20
    __table_args__ = (
        UniqueConstraint("author_id", "key"),
        CheckConstraint("reply_count >= 0", name="reply_count"),
        CheckConstraint("like_count >= 0", name="like_count"),
        CheckConstraint("dislike_count >= 0", name="dislike_count"),
        # One range scan each: roots of a thread by time, by likes and by replies, replies of a
        # root, children, one's own, one's own roots of a thread.
        Index("ix_comment_thread", "article_id", "listed", "root_id", "posted_at", "id"),
        _roots_by("liked", "article_id", "listed", "rank", "posted_at", "id"),
        _roots_by("replied", "article_id", "listed", "reply_count", "posted_at", "id"),
        Index("ix_comment_replies", "root_id", "listed", "posted_at", "id"),
        Index("ix_comment_children", "parent_id", "listed"),
        Index("ix_comment_author", "author_id", "posted_at", "id"),
        _roots_by("own_roots", "author_id", "article_id"),
        Index(
            "ix_comment_held",
            "author_id",
            "article_id",
            sqlite_where=_HELD,
        ),
        # Hidden ones by time, and how many each author has.
        Index("ix_comment_hidden", "id", sqlite_where=_HIDDEN),
        Index("ix_comment_hidden_author", "author_id", sqlite_where=_HIDDEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    key: Mapped[str] = mapped_column(String(KEY_MAX))
    body: Mapped[str]
    html: Mapped[str]
    text_hash: Mapped[bytes]
    posted_at: Mapped[datetime] = mapped_column(default=now)
    edited_at: Mapped[datetime | None]
    listed: Mapped[bool] = mapped_column(default=True)
    # Nobody has seen it yet, but its author: it waits for a moderator.
    held_for: Mapped[str | None] = mapped_column(String(40))
    hidden_for: Mapped[str | None] = mapped_column(String(40))
    hidden_note: Mapped[str] = mapped_column(String(200), default="")
    deleted_at: Mapped[datetime | None]
    reply_count: Mapped[int] = mapped_column(default=0)
    like_count: Mapped[int] = mapped_column(default=0, server_default="0")
    dislike_count: Mapped[int] = mapped_column(default=0, server_default="0")
    # The place among the most liked; 0 while nobody can read it, so no tombstone stands on top.
    rank: Mapped[float] = mapped_column(default=0.0, server_default="0")

    article: Mapped[Article] = relationship()
    author: Mapped[User] = relationship()
    root: Mapped["Comment | None"] = relationship(foreign_keys=root_id, remote_side=id)
    parent: Mapped["Comment | None"] = relationship(foreign_keys=parent_id, remote_side=id)
    revisions: Mapped[list[Revision]] = relationship(
        cascade="all, delete-orphan", order_by=Revision.id
    )

    @hybrid_property
    def is_visible(self) -> bool:
        return self.hidden_for is None and self.held_for is None and self.deleted_at is None

    @is_visible.inplace.expression
    @classmethod
    def _is_visible(cls) -> ColumnElement[bool]:
        return visible(cls)

    @property
    def markup(self) -> Markup:
        return trusted_html(self.html)

    @property
    def versions(self) -> list[tuple[str, datetime]]:
        """Every text it has had and since when, the one that stands last."""
        before = [(revision.text, revision.written_at) for revision in self.revisions]
        return [*before, (self.body, self.edited_at or self.posted_at)]

    @property
    def root_or_self(self) -> "Comment":
        return self.root or self

    def delete(self) -> None:
        """The author takes it back. The text is gone; a tombstone stays while replies need one."""
        if self.deleted_at is None:
            self._set_visibility(deleted_at=now())
            self.body = self.html = ""
            self.revisions.clear()
            self._unlist_if_leafless()
            for effect in after_delete:
                effect(self)

    def edit(self, body: Body) -> None:
        """Say it in other words; readers can compare them with those before."""
        if not self.is_visible or body.text == self.body:
            return
        written_at = self.edited_at or self.posted_at
        self.revisions.append(Revision(text=self.body, written_at=written_at))
        search_index.remove(self)
        self.body, self.html, self.text_hash = body.text, body.html, body.hash
        search_index.add(self)
        self.edited_at = max(now(), written_at)  # whatever the clock says
        self.article.revision += 1

    def _set_hidden(self, *, reason: str, note: str = "") -> bool:
        """Readers see a tombstone with the reason, where they ever saw it. False when there was
        nothing to hide."""
        if self.hidden_for is not None or self.deleted_at is not None:
            return False
        self._set_visibility(held_for=None, hidden_for=reason, hidden_note=note)
        return True

    def _set_restored(self) -> bool:
        if self.hidden_for is None or self.deleted_at is not None:
            return False
        self._set_visibility(hidden_for=None, hidden_note="")
        self._list()
        return True

    def _set_held(self, *, reason: str) -> bool:
        """Only its author sees it until a moderator has. False when nobody else could anyway."""
        if not self.is_visible:
            return False
        self._set_visibility(held_for=reason)
        if not self._has_listed_children():
            self.listed = False
        return True

    def _set_kept(self) -> bool:
        """It may be read. False when it was not waiting."""
        if self.held_for is None or self.deleted_at is not None:
            return False
        self._set_visibility(held_for=None)
        self._list()
        return True

    def _set_visibility(self, **state: Any) -> None:
        # The only place where a comment appears or disappears, so the counters cannot drift.
        was_visible = self.is_visible
        for name, value in state.items():
            setattr(self, name, value)
        self._update_rank()
        change = int(self.is_visible) - int(was_visible)
        self.bump_counters(change)
        if change:
            index = search_index.add if change > 0 else search_index.remove
            index(self)

    def add_reactions(self, *, likes: int, dislikes: int) -> None:
        """So many more of each, fewer when negative. Only whoever writes the reactions calls it."""
        self.like_count += likes
        self.dislike_count += dislikes
        self._update_rank()
        self.article.revision += 1

    def _update_rank(self) -> None:
        visible = self.is_visible
        self.rank = lower_bound(self.like_count, self.dislike_count) if visible else 0.0

    def bump_counters(self, change: int) -> None:
        """`change` more comments can be seen here: tell the counters, and the caches to look."""
        values = {"change": change, "of": self.article_id}
        execute_core(_COUNT, values)
        db.session.expire(self.article, ["comment_count", "revision"])
        if self.root:
            execute_core(_COUNT_REPLY, {"change": change, "of": self.root_id})
            db.session.expire(self.root, ["reply_count"])

    def _unlist_if_leafless(self) -> None:
        """Leave the thread when nothing hangs below; a deleted parent may then leave too."""
        comment: Comment | None = self
        while comment and comment.deleted_at is not None and not comment._has_listed_children():
            comment.listed = False
            db.session.flush()
            comment = comment.parent

    def _list(self) -> None:
        """Take a place in the thread, and keep one for whatever stands above it."""
        comment: Comment | None = self
        while comment and not comment.listed:
            comment.listed = True
            comment = comment.parent

    def _has_listed_children(self) -> bool:
        child = select(Comment.id).where(Comment.parent_id == self.id, Comment.listed).limit(1)
        return db.session.scalar(child) is not None


# Counted where the number stands, by statements made once.
_article, _comment = cast(Table, Article.__table__), cast(Table, Comment.__table__)
_COUNT = (
    update(_article)
    .where(_article.c.id == bindparam("of"))
    .values(
        comment_count=_article.c.comment_count + bindparam("change"),
        revision=_article.c.revision + 1,
    )
)
_COUNT_REPLY = (
    update(_comment)
    .where(_comment.c.id == bindparam("of"))
    .values(reply_count=_comment.c.reply_count + bindparam("change"))
)


def refresh_threads_of(author: User) -> None:
    """Threads that show this person's name are out of date."""
    theirs = select(Comment.article_id).where(Comment.author_id == author.id)
    db.session.execute(
        update(Article).where(Article.id.in_(theirs)).values(revision=Article.revision + 1)
    )
