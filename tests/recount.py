"""Everything the board keeps so that no page ever counts, counted."""

from collections import Counter

from sqlalchemy import select, text

from board.articles.models import Article
from board.comments import search
from board.comments.models import Comment
from board.comments.rank import lower_bound
from board.comments.reactions import Choice, Reaction
from board.db import db
from board.moderation.models import Ruling, Verdict


def drift() -> list[str]:
    """Where counters, marks and the search index say something else than comments, reactions and
    rulings do; and what SQLite itself finds wrong with the file. Empty when all is well."""
    db.session.rollback()
    db.session.expire_all()
    comments = list(db.session.scalars(select(Comment)))
    return [
        *_articles(comments),
        *(fault for comment in comments for fault in _comment(comment, comments)),
        *_reactions(comments),
        *_rulings(comments),
        *_index(comments),
        *_file(),
    ]


def _articles(comments: list[Comment]) -> list[str]:
    seen = Counter(comment.article_id for comment in comments if comment.is_visible)
    return [
        f"{article.slug} has {seen[article.id]} comments and says {article.comment_count}"
        for article in db.session.scalars(select(Article))
        if article.comment_count != seen[article.id]
    ]


def _comment(comment: Comment, comments: list[Comment]) -> list[str]:
    replies = sum(other.root_id == comment.id and other.is_visible for other in comments)
    bears = any(other.parent_id == comment.id and other.listed for other in comments)
    weight = lower_bound(comment.like_count, comment.dislike_count) if comment.is_visible else 0
    facts = {
        "reply_count": (comment.reply_count, replies),
        "listed": (comment.listed, comment.deleted_at is None or bears),
        "rank": (comment.rank, weight),
        "text": (comment.body != "" and comment.html != "", comment.deleted_at is None),
    }
    return [
        f"{name} of comment {comment.id} is {told}, should be {true}"
        for name, (told, true) in facts.items()
        if told != true
    ]


def _reactions(comments: list[Comment]) -> list[str]:
    given = Counter((r.comment_id, r.choice) for r in db.session.scalars(select(Reaction)))
    return [
        f"comment {comment.id} says {told} {choice}s, has {given[comment.id, choice]}"
        for comment in comments
        for choice, told in (
            (Choice.LIKE.value, comment.like_count),
            (Choice.DISLIKE.value, comment.dislike_count),
        )
        if told != given[comment.id, choice]
    ]


def _rulings(comments: list[Comment]) -> list[str]:
    """Each hiding and each restoring has one ruling, in turn."""
    verdicts: dict[int, list[str]] = {comment.id: [] for comment in comments}
    for ruling in db.session.scalars(select(Ruling).order_by(Ruling.id)):
        verdicts[ruling.comment_id].append(ruling.verdict)
    turns = [Verdict.HIDE.value, Verdict.RESTORE.value]
    return [
        f"the rulings on comment {comment.id} are {made}, and it is hidden: {comment.hidden_for}"
        for comment in comments
        if (made := verdicts[comment.id]) != (turns * len(made))[: len(made)]
        or (len(made) % 2 == 1) != (comment.hidden_for is not None)
    ]


def _index(comments: list[Comment]) -> list[str]:
    faults = []
    for article in db.session.scalars(select(Article)):
        match = search.matching((), article_id=article.id)
        found = set(db.session.scalars(select(search.index.c.rowid).where(match)))
        seen = {c.id for c in comments if c.is_visible and c.article_id == article.id}
        if found != seen:
            faults.append(f"search in {article.slug} finds {found}, should find {seen}")
    return faults


def _file() -> list[str]:
    said = [str(row) for row in db.session.scalars(text("PRAGMA integrity_check"))]
    broken = [str(row) for row in db.session.execute(text("PRAGMA foreign_key_check"))]
    return [*(line for line in said if line != "ok"), *broken]
