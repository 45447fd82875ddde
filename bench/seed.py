"""Fills a board to be measured and prints what the load must know, as JSON.

`python -m bench.seed COMMENTS`, with the instance folder in BOARD_INSTANCE.
"""

import json
import sys

from sqlalchemy import select

from board import create_app, schema
from board.accounts import models as accounts
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, writing
from board.sample.commands import load_sample_when_empty
from board.sample.threads import fill

SLUG = "bench"
POSTED = "posted"  # where the load posts, so that the other stays as it is
POSTED_COMMENTS = 1000
FRONT = tuple(f"front-{number}" for number in range(20))  # articles of a front page
FRONT_COMMENTS = 50
TOKENS = 64
DEEP = 10_000  # pages down


def main(comments: int) -> None:
    with create_app().app_context():
        schema.upgrade()
        load_sample_when_empty()
        with writing():
            thread = _thread(SLUG, comments)
            _thread(POSTED, POSTED_COMMENTS)
            for slug in FRONT:
                _thread(slug, FRONT_COMMENTS)
            tokens = [_signed_in(number) for number in range(TOKENS)]
        print(json.dumps({"tokens": tokens, "deep": _cursor(thread)}))


def _thread(slug: str, comments: int) -> Article:
    title = f"잰다 {slug}"
    article = Article.publish(slug=slug, title=title, body_html=f"<p>{'가 ' * 800}</p>")
    db.session.flush()
    for _ in fill(article, comments):
        pass
    return article


def _signed_in(number: int) -> str:
    """A reader, and the token of a session."""
    email, name = f"bench{number}@harbour.example", f"독자 벤치 {number}"
    reader = accounts.sign_up(email=email, name=name, password_hash="!")
    return accounts.sign_in(reader, device="bench")[1]


def _cursor(article: Article) -> int:
    """Where the ten-thousandth page of the newest begins; the last page of a shorter thread."""
    roots = select(Comment.id).where(Comment.article_id == article.id, Comment.root_id.is_(None))
    newest = roots.order_by(Comment.posted_at.desc(), Comment.id.desc())
    deep = newest.offset(DEEP * Comment.PAGE_SIZE - 1).limit(1)
    oldest = roots.order_by(Comment.posted_at, Comment.id).offset(Comment.PAGE_SIZE).limit(1)
    return db.session.scalars(deep).first() or db.session.scalars(oldest).first() or 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
