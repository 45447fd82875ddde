"""What readers see of a comment: the same for every reader.

A hidden or deleted comment has no text, name or author here, so no template and no format can
reveal them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import Row

from board.comments.body import is_long, trusted_html
from board.comments.thread.badges import badges


class PublicComment(NamedTuple):
    """One comment as every reader sees it. `tombstone` is None, "deleted", "hidden" or "held".

    A value: its rendered HTML depends on nothing else, and is cached by it.
    """

    id: int
    posted_at: datetime
    is_reply: bool
    reply_count: int
    tombstone: str | None = None
    author_id: int | None = None
    author_name: str = ""
    has_profile: bool = False  # those who left have no page
    badges: tuple[str, ...] = ()  # badges.py
    html: Markup = Markup("")  # otherwise from Body.markup, which escapes
    like_count: int = 0
    dislike_count: int = 0
    edited_at: datetime | None = None
    is_featured: bool = False
    hidden_for: str | None = None
    hidden_note: str = ""
    to_id: int | None = None
    to_name: str = ""
    replies: tuple["PublicComment", ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether a page folds the text; its reader unfolds it."""
        return is_long(self.html)

    @property
    def replies_left(self) -> int:
        """Replies not loaded here that can be read; tombstones are not counted."""
        return self.reply_count - sum(not reply.tombstone for reply in self.replies)


def ids_of(comments: Iterable[PublicComment]) -> Iterator[int]:
    """Replies included."""
    for comment in comments:
        yield comment.id
        yield from ids_of(comment.replies)


def hidden_ids_of(comments: Iterable[PublicComment]) -> Iterator[int]:
    """Ids of hidden comments, replies included."""
    for comment in comments:
        if comment.tombstone == "hidden":
            yield comment.id
        yield from hidden_ids_of(comment.replies)


def authors_of(comments: Iterable[PublicComment]) -> Iterator[int]:
    """Ids of authors, of replies too; a tombstone has none."""
    for comment in comments:
        if comment.author_id:
            yield comment.author_id
        yield from authors_of(comment.replies)


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a list, and the cursor of the next, if there is one."""

    comments: Sequence[PublicComment]
    more: int | str | None = None


def public_comment(
    row: Row[*tuple[Any, ...]], replies: Sequence[PublicComment] = ()
) -> PublicComment:
    """From a row of query.py, by the order of its columns; nothing of what readers may not see."""
    (
        id, root_id, posted_at, edited_at, html, hidden_for, hidden_note, held_for, deleted_at,
        reply_count, like_count, dislike_count, _rank, author_id, author_name, left_on, label,
        wrote_article, featured_at, to_id, to_name,
    ) = row  # fmt: skip
    always = (id, posted_at, root_id is not None, reply_count)
    tombstone = tombstone_of(deleted_at, hidden_for, held_for)
    if tombstone == "hidden":
        reason = {"hidden_for": hidden_for, "hidden_note": hidden_note}
        return PublicComment(*always, tombstone="hidden", replies=tuple(replies), **reason)
    if tombstone:
        return PublicComment(*always, tombstone=tombstone, replies=tuple(replies))
    author = {"author_id": author_id, "author_name": author_name, "has_profile": left_on is None}
    return PublicComment(
        *always,
        **author,
        badges=badges(wrote_article is not None, label),
        html=trusted_html(html),
        like_count=like_count,
        dislike_count=dislike_count,
        edited_at=edited_at,
        is_featured=featured_at is not None,
        to_id=to_id,
        to_name=to_name or "",
        replies=tuple(replies),
    )


def tombstone_of(
    deleted_at: datetime | None, hidden_for: str | None, held_for: str | None
) -> str | None:
    """What stands in place of a comment: "deleted", "hidden" or "held"; None if it can be read."""
    if deleted_at is not None:
        return "deleted"
    if hidden_for is not None:
        return "hidden"
    return None if held_for is None else "held"
