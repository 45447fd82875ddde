"""Seed data of a board under test; prints session tokens and cursors as JSON.

`python -m bench.seed COMMENTS`, with the instance folder in BOARD_INSTANCE.
"""

import json
import sys

from sqlalchemy import func, select

from board import create_app
from board.accounts import models as accounts
from board.accounts.auth import sessions
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, schema, writing
from board.db.clock import today
from board.ops.sample.loader import load_if_empty
from board.ops.sample.thread_generator import fill

SLUG = "bench"
POSTED = "posted"  # posts go here, so that SLUG stays as it is
POSTED_COMMENTS = 1000
FRONT = tuple(f"front-{number}" for number in range(20))  # articles of a front page
FRONT_COMMENTS = 50
TOKENS = 64
DEEP = 10_000  # pages down
PLACES = 300


def main(comments: int) -> None:
    with create_app().app_context():
        schema.upgrade()
        load_if_empty()
        with writing():
            thread = _thread(SLUG, comments)
            _thread(POSTED, POSTED_COMMENTS)
            for slug in FRONT:
                _thread(slug, FRONT_COMMENTS)
            tokens = [_signed_in(number) for number in range(TOKENS)]
            moderator = _signed_in(TOKENS, can_moderate=True)
        places = {"near": _places(thread, 1), "deep": _places(thread, DEEP)}
        print(json.dumps({"tokens": tokens, "moderator": moderator, **places}))


def _thread(slug: str, comments: int) -> Article:
    title = f"잰다 {slug}"
    article = Article.publish(slug=slug, title=title, body_html=f"<p>{'가 ' * 800}</p>")
    db.session.flush()
    for _ in fill(article, comments):
        pass
    return article


def _signed_in(number: int, *, can_moderate: bool = False) -> str:
    """Session token of a new reader or moderator."""
    email, name = f"bench{number}@harbour.example", f"독자 벤치 {number}"
    user = accounts.sign_up(email=email, name=name, password_hash="!")
    user.can_moderate = can_moderate
    return sessions.sign_in(user, device="bench", today=today(), second_factor=can_moderate)[1]


def _places(article: Article, page: int) -> list[int]:
    """Cursors: ids of the comments that pages begin after, from this page of the newest on; near
    the end of a shorter thread. More of them than a worker's render cache holds."""
    roots = select(Comment.id).where(Comment.article_id == article.id, Comment.root_id.is_(None))
    many = db.session.scalar(select(func.count()).select_from(roots.subquery())) or 0
    first = max(0, min(page * Comment.PAGE_SIZE - 1, many - PLACES - Comment.PAGE_SIZE))
    newest = roots.order_by(Comment.posted_at.desc(), Comment.id.desc())
    return list(db.session.scalars(newest.offset(first).limit(PLACES)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
