"""Generator of threads of any length for benchmarks, from the texts of the sample comments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice, permutations
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from board.accounts import models as accounts
from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body
from board.comments.derived.wilson_score import lower_bound
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.viewer.reactions import Reaction, ReactionKind
from board.db import db, now

BATCH = 20_000  # comments held in memory at a time
AUTHORS = 500
TEXTS = 1000  # few enough to render each once; the longest stays below the usual 300 letters
_SHORT = 140
_STRIDE = 617  # through the texts, so that neighbours differ

Row = dict[str, Any]
_rank = cache(lower_bound)


def fill(article: Article, count: int) -> Iterator[int]:
    """Insert `count` comments, a third of them replies, a tenth rated, as if each had been posted.

    A generator: writes as long as it is iterated, and yields the size of each batch. The newest
    comment is a second old, and each other one a second older than the next.
    """
    newest = db.session.scalar(select(func.max(Comment.id))) or 0
    begin = now() - timedelta(seconds=count)
    thread = Thread(article.id, count, newest + 1, begin, _author_ids(), _bodies())
    connection = db.session.connection()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        comments = [thread.comment(number) for number in numbers]
        connection.execute(insert(Comment), comments)
        search_index.add_all(connection, comments)
        if reactions := [each for number in numbers for each in thread.reactions(number)]:
            connection.execute(insert(Reaction), reactions)
        article.comment_count += len(numbers)
        yield len(numbers)
    article.revision += 1


@dataclass(frozen=True, slots=True)
class Thread:
    """Rows of a thread, each computed from its number alone."""

    article_id: int
    count: int
    first_id: int
    begin: datetime
    authors: list[int]
    bodies: list[Body]

    def comment(self, number: int) -> Row:
        """Row of a comment; every third replies to the one before it."""
        id, body = self.first_id + number, self.bodies[number * _STRIDE % len(self.bodies)]
        root = id - 1 if number % 3 == 2 else None
        likes, dislikes = _votes(number)
        return {
            "id": id,
            "article_id": self.article_id,
            "author_id": self.authors[number % AUTHORS],
            "root_id": root,
            "parent_id": root,
            "key": f"sample-{id}",
            "body": body.text,
            "html": body.html,
            "text_hash": body.hash,
            "posted_at": self.begin + timedelta(seconds=number),
            "reply_count": int(number % 3 == 1 and number + 1 < self.count),
            "like_count": likes,
            "dislike_count": dislikes,
            "rank": _rank(likes, dislikes),
        }

    def reactions(self, number: int) -> Iterator[Row]:
        """Rows of its reactions, none by the author."""
        likes, dislikes = _votes(number)
        for index in range(likes + dislikes):
            yield {
                "comment_id": self.first_id + number,
                "user_id": self.authors[(number + 1 + index) % AUTHORS],
                "choice": (ReactionKind.LIKE if index < likes else ReactionKind.DISLIKE).value,
                "made_at": self.begin + timedelta(seconds=number + 1),
            }


def _votes(number: int) -> tuple[int, int]:
    """Likes and dislikes: most comments get none, one in ten a few, one in a thousand many."""
    if number % 10:
        return 0, 0
    tenth = number // 10
    return (tenth % 97 + 50 if number % 1000 == 0 else tenth % 9), tenth % 3


def _bodies() -> list[Body]:
    """Pairs of texts of the sample comments, each rendered once."""
    path = Path(__file__).parent / "comments.json"
    threads = json.loads(path.read_text(encoding="utf-8"))["threads"]
    texts = [text for roots in threads.values() for root in roots for text in _texts(root)]
    pairs = permutations([text for text in texts if len(text) < _SHORT], 2)
    return [Body.from_text("\n\n".join(pair)) for pair in islice(pairs, 0, None, 7)][:TEXTS]


def _texts(root: Row) -> Iterator[str]:
    yield root["body"]
    yield from (reply["body"] for reply in root.get("replies", []))


def _author_ids() -> list[int]:
    """User ids of the authors, made when missing; nobody can sign in as one."""
    names = [f"독자 {number}" for number in range(AUTHORS)]
    rows = db.session.scalars(select(User).where(User.name.in_(names)))
    users = {user.name: user for user in rows}
    for number, name in enumerate(names):
        if name not in users:
            email = f"crowd{number}@harbour.example"
            users[name] = accounts.sign_up(email=email, name=name, password_hash="!")  # noqa: S106
    db.session.flush()
    return [users[name].id for name in names]
