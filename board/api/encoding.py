"""Values of the API’s types from comments, articles and threads."""

from typing import Any

from flask import url_for
from msgspec import UNSET

from board.api import schemas
from board.articles.sharing import absolute
from board.articles.thread_controls.labels import restriction_text
from board.articles.thread_controls.models import RestrictionKind
from board.articles.thread_controls.state import ThreadState
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_label
from board.comments.thread.public_comment import PublicComment

STATES = {
    RestrictionKind.STOP: "withdrawn",
    RestrictionKind.FREEZE: "read_only",
    RestrictionKind.CLOSE: "closed",
}


def comment_base_url() -> str:
    """The URL of a comment without its id."""
    return absolute(url_for("comments.comment", id=0)).removesuffix("0")


def comment_url(id: int) -> str:
    return f"{comment_base_url()}{id}"


def comment_json(comment: PublicComment, base_url: str) -> schemas.CommentJson:
    """One comment with its replies; `base_url` is that of all comments."""
    value = schemas.CommentJson(
        id=comment.id,
        url=f"{base_url}{comment.id}",
        posted_at=comment.posted_at.isoformat(),
        gone=comment.tombstone,  # type: ignore[arg-type]  # one of three
    )
    if comment.tombstone is None:
        _show(value, comment)
    elif comment.tombstone == "hidden":
        value.reason = reason_label(comment.hidden_for, comment.hidden_note)
    if comment.is_reply:
        to = schemas.AddresseeJson(comment.to_id, comment.to_name) if comment.to_id else None
        value.to = to
    else:
        value.reply_count = comment.reply_count
        value.replies = [comment_json(reply, base_url) for reply in comment.replies]
    return value


def _show(value: schemas.CommentJson, comment: PublicComment) -> None:
    author: Any = schemas.AuthorJson(comment.author_id or 0, comment.author_name)
    author.badges = comment.badges
    value.author, value.html, value.featured = author, str(comment.html), comment.is_featured
    value.edited_at = comment.edited_at.isoformat() if comment.edited_at else None
    value.like_count, value.dislike_count = comment.like_count, comment.dislike_count


def article_json(article: Any, state: ThreadState) -> schemas.ArticleJson:
    """Of an article, or of a row with its columns."""
    return schemas.ArticleJson(
        slug=article.slug,
        title=article.title,
        url=absolute(url_for("comments.article", slug=article.slug)),
        comment_count=article.comment_count if state.is_shown else 0,
        takes_comments=state.takes_comments,
    )


def steering_json(state: ThreadState) -> Any:
    """The restrictions in force, and the notices readers see."""
    if not state.measures:
        return UNSET
    notices = [
        schemas.NoticeJson(
            measures=[measure.value for measure in measures],
            says=[restriction_text(measure, restriction.seconds) for measure in measures],
            reason=restriction.reason,
            until=restriction.ends_at.isoformat() if restriction.ends_at else None,
        )
        for restriction, measures in state.notices
    ]
    closed_by: Any = STATES[state.closed_by] if state.closed_by else "open"
    return schemas.SteeringJson(
        closed_by, state.holds, state.seconds, state.is_latest_only, state.is_folded, notices
    )


def stored_json(comment: Comment) -> schemas.StoredJson:
    return schemas.StoredJson(
        id=comment.id,
        url=comment_url(comment.id),
        posted_at=comment.posted_at.isoformat(),
        edited_at=comment.edited_at.isoformat() if comment.edited_at else None,
        version=len(comment.revisions),
        held=comment.held_for is not None,
    )


def my_comment_json(comment: Comment) -> schemas.MyCommentJson:
    is_hidden = comment.hidden_for is not None
    return schemas.MyCommentJson(
        id=comment.id,
        url=comment_url(comment.id),
        article=comment.article.slug,
        parent=comment.parent_id,
        body=comment.body,
        state="hidden" if is_hidden else "held" if comment.held_for else "visible",
        posted_at=comment.posted_at.isoformat(),
        edited_at=comment.edited_at.isoformat() if comment.edited_at else None,
        version=len(comment.revisions),
        like_count=comment.like_count,
        dislike_count=comment.dislike_count,
        reply_count=comment.reply_count,
    )
