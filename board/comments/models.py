"""Comments: text, visibility and place in the thread."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body, trusted_html
from board.comments.derived import counters, featured, listing
from board.comments.derived.wilson_score import lower_bound
from board.comments.search_index import index as search_index
from board.db import Base, now
from board.runtime.hooks import Hook


def _roots_by(name: str, *columns: str) -> Index:
    """An index of roots only, so a like of a reply does not touch it."""
    # On PostgreSQL the migration does the same: an option here would load that dialect's libraries.
    return Index(f"ix_comment_{name}", *columns, sqlite_where=text("root_id IS NULL"))


# Effects of deleting a comment, in the same write. See moderation/wiring.py.
after_delete: Hook[Callable[["Comment"], None]] = Hook()

_HELD, _HIDDEN = text("held_for IS NOT NULL"), text("hidden_for IS NOT NULL")
_FEATURED = text("featured_at IS NOT NULL")
_COUNTS = ("reply_count", "like_count", "dislike_count")


def visible(comment: Any) -> ColumnElement[bool]:
    """Everyone can read it. `comment` is the class, or the columns of an aliased table."""
    unset = (comment.hidden_for, comment.held_for, comment.deleted_at)
    return and_(*(column.is_(None) for column in unset))


class Revision(Base):
    """An earlier text of a comment. Never edited; deleted with the text of the comment itself."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    text: Mapped[str]
    written_at: Mapped[datetime]


class Comment(Base):
    """A comment under an article."""

    __tablename__ = "comment"
    PAGE_SIZE = 20
    FIRST_REPLIES = 10
    KEY_MAX = 64
    EDITS_MAX = 20
    __table_args__ = (
        UniqueConstraint("author_id", "key"),
        *(CheckConstraint(f"{name} >= 0", name=name) for name in _COUNTS),
        # One range scan each: roots of a thread by time, likes and replies; replies of a root;
        # children; an author's comments; an author's roots in a thread.
        Index("ix_comment_thread", "article_id", "listed", "root_id", "posted_at", "id"),
        _roots_by("liked", "article_id", "listed", "rank", "posted_at", "id"),
        _roots_by("replied", "article_id", "listed", "reply_count", "posted_at", "id"),
        Index("ix_comment_replies", "root_id", "listed", "posted_at", "id"),
        Index("ix_comment_children", "parent_id", "listed"),
        Index("ix_comment_author", "author_id", "posted_at", "id"),
        _roots_by("own_roots", "author_id", "article_id"),
        Index("ix_comment_held", "author_id", "article_id", sqlite_where=_HELD),
        # Hidden comments by time, and the number of each author.
        Index("ix_comment_hidden", "id", sqlite_where=_HIDDEN),
        Index("ix_comment_hidden_author", "author_id", sqlite_where=_HIDDEN),
        Index("ix_comment_featured", "article_id", sqlite_where=_FEATURED),
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
    # Whether the thread shows it, as text or as a tombstone.
    listed: Mapped[bool] = mapped_column(default=True)
    # Held for a moderator: until then only its author sees it.
    held_for: Mapped[str | None] = mapped_column(String(40))
    hidden_for: Mapped[str | None] = mapped_column(String(40))
    hidden_note: Mapped[str] = mapped_column(String(200), default="")
    deleted_at: Mapped[datetime | None]
    featured_at: Mapped[datetime | None]  # derived/featured.py
    reply_count: Mapped[int] = mapped_column(default=0)
    like_count: Mapped[int] = mapped_column(default=0, server_default="0")
    dislike_count: Mapped[int] = mapped_column(default=0, server_default="0")
    # Sort key of the most liked; 0 while nobody can read it, so no tombstone ranks first.
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
        """Every text and its time, the current one last."""
        before = [(revision.text, revision.written_at) for revision in self.revisions]
        return [*before, (self.body, self.edited_at or self.posted_at)]

    @property
    def root_or_self(self) -> "Comment":
        return self.root or self

    def delete(self) -> None:
        """Delete the text, for its author; a tombstone stays while replies need one."""
        if self.deleted_at is None:
            self._set_visibility(deleted_at=now())
            self.body = self.html = ""
            self.revisions.clear()
            listing.remove_if_leafless(self)
            for effect in after_delete:
                effect(self)

    def edit(self, body: Body) -> None:
        """Replace the text; readers can compare it with earlier versions."""
        if not self.is_visible or body.text == self.body:
            return
        written_at = self.edited_at or self.posted_at
        self.revisions.append(Revision(text=self.body, written_at=written_at))
        search_index.remove(self)
        self.body, self.html, self.text_hash = body.text, body.html, body.hash
        search_index.add(self)
        featured.remove(self)  # the newsroom recommended other words
        self.edited_at = max(now(), written_at)  # even if the clock went back
        self.article.revision += 1

    def _set_hidden(self, *, reason: str, note: str = "") -> bool:
        """Show a tombstone with the reason where readers saw it. False if hidden or deleted."""
        if self.hidden_for is not None or self.deleted_at is not None:
            return False
        self._set_visibility(held_for=None, hidden_for=reason, hidden_note=note)
        return True

    def _set_restored(self) -> bool:
        """Show a hidden comment again. False if it was not hidden, or is deleted."""
        if self.hidden_for is None or self.deleted_at is not None:
            return False
        self._set_visibility(hidden_for=None, hidden_note="")
        listing.add_with_parents(self)
        return True

    def _set_held(self, *, reason: str) -> bool:
        """Hold it for a moderator; only its author sees it. False if it was not visible."""
        if not self.is_visible:
            return False
        self._set_visibility(held_for=reason)
        if not listing.has_listed_children(self):
            self.listed = False
        return True

    def _set_kept(self) -> bool:
        """Show a held comment. False if it was not held, or is deleted."""
        if self.held_for is None or self.deleted_at is not None:
            return False
        self._set_visibility(held_for=None)
        listing.add_with_parents(self)
        return True

    def _set_visibility(self, **state: Any) -> None:
        # The only place where a comment appears or disappears, so counters cannot drift.
        was_visible = self.is_visible
        for name, value in state.items():
            setattr(self, name, value)
        self._update_rank()
        change = int(self.is_visible) - int(was_visible)
        counters.bump_counters(self, change)
        if change:
            update_index = search_index.add if change > 0 else search_index.remove
            update_index(self)

    def add_reactions(self, *, likes: int, dislikes: int) -> None:
        """Change the reaction counts by these numbers. For code that stores the reactions."""
        self.like_count += likes
        self.dislike_count += dislikes
        self._update_rank()
        self.article.revision += 1

    def _update_rank(self) -> None:
        self.rank = lower_bound(self.like_count, self.dislike_count) if self.is_visible else 0.0
