"""Everything the board keeps so that no page ever counts, counted."""

from collections import Counter

from sqlalchemy import select, text

from board.articles.models import Article
from board.comments.models import Comment
from board.comments.readers.reactions import Reaction, ReactionKind
from board.comments.search_index import index as search_index
from board.comments.wilson_score import lower_bound
from board.db import db
from board.moderation.rulings.models import Ruling, Verdict


def drift() -> list[str]:
    """Where counters, marks and the search index say something else than comments, reactions and
    rulings do; and what SQLite itself finds wrong with the file. Empty when all is well."""
    db.session.rollback()
    db.session.expire_all()
    articles = list(db.session.scalars(select(Article)))
    return [*(fault for article in articles for fault in drift_in(article)), *_file()]


def drift_in(article: Article) -> list[str]:
    comments = list(db.session.scalars(select(Comment).where(Comment.article_id == article.id)))
    return [
        *_count(article, comments),
        *_marks(comments),
        *_reactions(comments),
        *_rulings(comments),
        *_index(article, comments),
    ]


def _count(article: Article, comments: list[Comment]) -> list[str]:
    seen = sum(comment.is_visible for comment in comments)
    said = article.comment_count
    return [] if said == seen else [f"{article.slug} has {seen} comments and says {said}"]


def _marks(comments: list[Comment]) -> list[str]:
    replies = Counter(comment.root_id for comment in comments if comment.is_visible)
    bearing = {comment.parent_id for comment in comments if comment.listed}
    return [
        f"{name} of comment {comment.id} is {told}, should be {true}"
        for comment in comments
        for name, told, true in (
            ("reply_count", comment.reply_count, replies[comment.id]),
            ("listed", comment.listed, _has_a_place(comment) or comment.id in bearing),
            ("rank", comment.rank, _rank(comment)),
            ("text", comment.body != "" and comment.html != "", comment.deleted_at is None),
        )
        if told != true
    ]


def _has_a_place(comment: Comment) -> bool:
    """Of its own, even if nothing hangs below it."""
    return comment.deleted_at is None and comment.held_for is None


def _rank(comment: Comment) -> float:
    if not comment.is_visible:
        return 0.0
    return lower_bound(comment.like_count, comment.dislike_count)


def _reactions(comments: list[Comment]) -> list[str]:
    here = select(Reaction).where(Reaction.comment_id.in_([comment.id for comment in comments]))
    given = Counter((each.comment_id, each.choice) for each in db.session.scalars(here))
    return [
        f"comment {comment.id} says {told} {choice}s, has {given[comment.id, choice]}"
        for comment in comments
        for choice, told in (
            (ReactionKind.LIKE.value, comment.like_count),
            (ReactionKind.DISLIKE.value, comment.dislike_count),
        )
        if told != given[comment.id, choice]
    ]


def _rulings(comments: list[Comment]) -> list[str]:
    """Each hiding and each restoring has one ruling, in turn."""
    verdicts: dict[int, list[str]] = {comment.id: [] for comment in comments}
    turns = [Verdict.HIDE.value, Verdict.RESTORE.value]
    here = select(Ruling).where(Ruling.comment_id.in_(verdicts), Ruling.verdict.in_(turns))
    for ruling in db.session.scalars(here.order_by(Ruling.id)):
        verdicts[ruling.comment_id].append(ruling.verdict)
    return [
        f"the rulings on comment {comment.id} are {made}, and it is hidden: {comment.hidden_for}"
        for comment in comments
        if (made := verdicts[comment.id]) != (turns * len(made))[: len(made)]
        or (len(made) % 2 == 1) != (comment.hidden_for is not None)
    ]


def _index(article: Article, comments: list[Comment]) -> list[str]:
    match = search_index.matching((), article_id=article.id)
    found = set(db.session.scalars(select(search_index.fts_table.c.rowid).where(match)))
    seen = {comment.id for comment in comments if comment.is_visible}
    return [] if found == seen else [f"{article.slug}: search finds {found}, should find {seen}"]


def _file() -> list[str]:
    said = [str(row) for row in db.session.scalars(text("PRAGMA integrity_check"))]
    broken = [str(row) for row in db.session.execute(text("PRAGMA foreign_key_check"))]
    return [*(line for line in said if line != "ok"), *broken]
