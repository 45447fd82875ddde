"""Consistency check: recomputes all stored counters, flags and index entries."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy import select, text

from board.articles.models import Article
from board.comments.derived import featured
from board.comments.derived.wilson_score import lower_bound
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.viewer.reactions import Reaction, ReactionKind
from board.db import db
from board.moderation.rulings.models import Ruling, Verdict


def drift() -> list[str]:
    """Differences between stored counters, flags and index, and the comments, reactions and rulings
    they come from; and what SQLite's integrity check finds. Empty if all is well."""
    db.session.rollback()
    db.session.expire_all()
    articles = list(db.session.scalars(select(Article)))
    return [*(fault for article in articles for fault in drift_in(article)), *_file_faults()]


def drift_in(article: Article) -> list[str]:
    comments = list(db.session.scalars(select(Comment).where(Comment.article_id == article.id)))
    return [
        *_count_faults(article, comments),
        *_column_faults(comments),
        *_reaction_faults(comments),
        *_ruling_faults(comments),
        *_index_faults(article, comments),
    ]


def _count_faults(article: Article, comments: list[Comment]) -> list[str]:
    actual = sum(comment.is_visible for comment in comments)
    stored = article.comment_count
    picks = [comment for comment in comments if comment.featured_at]
    return [
        *([] if stored == actual else [f"{article.slug} has {actual} comments, stored {stored}"]),
        *(
            []
            if article.featured_count == len(picks) <= featured.MAX
            else [f"{article.slug} has {len(picks)} featured, stored {article.featured_count}"]
        ),
        *(f"{pick.id} is featured and not visible" for pick in picks if not pick.is_visible),
    ]


def _column_faults(comments: list[Comment]) -> list[str]:
    replies = Counter(comment.root_id for comment in comments if comment.is_visible)
    parents = {comment.parent_id for comment in comments if comment.listed}
    is_listed_itself = _listed_itself()
    return [
        f"{name} of comment {comment.id} is {stored}, should be {expected}"
        for comment in comments
        for name, stored, expected in (
            ("reply_count", comment.reply_count, replies[comment.id]),
            ("listed", comment.listed, comment.id in parents or is_listed_itself(comment)),
            ("rank", comment.rank, _rank(comment)),
            ("text", comment.body != "" and comment.html != "", comment.deleted_at is None),
        )
        if stored != expected
    ]


def _listed_itself() -> Callable[[Comment], bool]:
    """Whether a comment is listed even without listed replies. One that was hidden while it was
    held is not: readers never saw it."""
    held = Ruling.detail["held_for"].as_string().is_not(None)
    hidden = select(Ruling.comment_id).where(Ruling.verdict == Verdict.HIDE.value, held)
    never_public = set(db.session.scalars(hidden.where(Ruling.not_undone())))

    def is_listed(comment: Comment) -> bool:
        is_unseen = comment.hidden_for is not None and comment.id in never_public
        return comment.deleted_at is None and comment.held_for is None and not is_unseen

    return is_listed


def _rank(comment: Comment) -> float:
    if not comment.is_visible:
        return 0.0
    return lower_bound(comment.like_count, comment.dislike_count)


def _reaction_faults(comments: list[Comment]) -> list[str]:
    reactions = select(Reaction).where(
        Reaction.comment_id.in_([comment.id for comment in comments])
    )
    actual = Counter((each.comment_id, each.choice) for each in db.session.scalars(reactions))
    return [
        f"comment {comment.id} has {actual[comment.id, choice]} {choice}s, stored {stored}"
        for comment in comments
        for choice, stored in (
            (ReactionKind.LIKE.value, comment.like_count),
            (ReactionKind.DISLIKE.value, comment.dislike_count),
        )
        if stored != actual[comment.id, choice]
    ]


def _ruling_faults(comments: list[Comment]) -> list[str]:
    """Each hiding and each restoring has one ruling, alternately, but for those undone."""
    verdicts: dict[int, list[str]] = {comment.id: [] for comment in comments}
    cycle = [Verdict.HIDE.value, Verdict.RESTORE.value]
    rulings = select(Ruling).where(Ruling.comment_id.in_(verdicts), Ruling.verdict.in_(cycle))
    for ruling in db.session.scalars(rulings.where(Ruling.not_undone()).order_by(Ruling.id)):
        verdicts[ruling.comment_id].append(ruling.verdict)
    return [
        f"the rulings on comment {comment.id} are {history}, and it is hidden: {comment.hidden_for}"
        for comment in comments
        if (history := verdicts[comment.id]) != (cycle * len(history))[: len(history)]
        or (len(history) % 2 == 1) != (comment.hidden_for is not None)
    ]


def _index_faults(article: Article, comments: list[Comment]) -> list[str]:
    match = search_index.matching((), article_id=article.id)
    indexed = set(db.session.scalars(select(search_index.fts_table.c.rowid).where(match)))
    visible = {comment.id for comment in comments if comment.is_visible}
    fault = f"{article.slug}: search finds {indexed}, should find {visible}"
    return [] if indexed == visible else [fault]


def _file_faults() -> list[str]:
    lines = [str(row) for row in db.session.scalars(text("PRAGMA integrity_check"))]
    broken_keys = [str(row) for row in db.session.execute(text("PRAGMA foreign_key_check"))]
    return [*(line for line in lines if line != "ok"), *broken_keys]
