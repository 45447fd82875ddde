"""The current viewer's blocks, reactions and pending comments; empty for guests."""

from collections.abc import Iterable

from board.accounts.auth.current_user import viewer
from board.accounts.models import User
from board.articles.models import Article
from board.comments.viewer.blocks import blocked_by
from board.comments.viewer.own_comments import PendingComment, pending_comments
from board.comments.viewer.reactions import reactions_of


def blocked_by_viewer(user_ids: Iterable[int]) -> frozenset[int]:
    """Which of these users this viewer blocks, by id."""
    if not isinstance(reader := viewer(), User):
        return frozenset()
    return blocked_by(reader, user_ids)


def reactions_of_viewer(comment_ids: Iterable[int]) -> dict[int, str]:
    """This viewer's reactions to these comments: "like" or "dislike" by comment id."""
    if not isinstance(reader := viewer(), User):
        return {}
    return reactions_of(reader, comment_ids)


def pending_of_viewer(article: Article) -> list[PendingComment]:
    """This viewer's own comments here that nobody else can see yet, newest first."""
    if not isinstance(reader := viewer(), User):
        return []
    return pending_comments(reader, article)
