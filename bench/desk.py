"""Desk pages with a hundred thousand comments in each moderation queue: time and statements.

`python -m bench.desk ITEMS ROUNDS`, with the instance folder in BOARD_INSTANCE, prints JSON. The
pages are requested in this process, so processor time and statements are the board's own.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, select, update

from bench.figures import DeskPage
from board import create_app
from board.accounts import models as accounts
from board.accounts.auth import sessions
from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now, schema, writing
from board.db.clock import today
from board.moderation.queue import Queue, QueueItem
from board.moderation.reports.models import Report
from board.moderation.rulings.models import Ruling, Verdict
from board.ops.sample.loader import load_if_empty
from board.ops.sample.thread_generator import fill

ARTICLES = 20
BATCH = 20_000
REASONS = ("abuse", "spam", "privacy", "off_topic")
HELD_FOR = ("word", "link", "number", "account")
PAGES = {
    "reported": "/desk/comments?queue=reported",
    "reported, 100th page": "/desk/comments?queue=reported&after={deep}",
    "reported, of one article": "/desk/comments?queue=reported&article=waiting-7",
    "reported, by one author": "/desk/comments?queue=reported&author=독자 7",
    "reported, by a part of a title": "/desk/comments?queue=reported&article=기다리는",
    "reported, of a title no article has": "/desk/comments?queue=reported&article=코끼리거북",
    "reported, by a part of a name": "/desk/comments?queue=reported&author=자 1",
    "reported, by initial consonants": "/desk/comments?queue=reported&author=ㄷㅈ",
    "reported, by a name nobody has": "/desk/comments?queue=reported&author=코끼리거북",
    "reported, for one reason": "/desk/comments?queue=reported&reason=privacy",
    "reported, for a reason nobody gave": "/desk/comments?queue=reported&reason=illegal.drugs",
    "reported, waiting for a day": "/desk/comments?queue=reported&age=1d",
    "reported, of one section": "/desk/comments?queue=reported&section=항구",
    "reported, with a word": "/desk/comments?queue=reported&text=버스",
    "reported, with a word nobody wrote": "/desk/comments?queue=reported&text=코끼리거북",
    "held": "/desk/comments?queue=held",
    "held, with a word nobody wrote": "/desk/comments?queue=held&text=코끼리거북",
    "held, of an article with none": "/desk/comments?queue=held&article=nowhere",
    "new accounts": "/desk/comments?queue=new",
    "all comments": "/desk/comments?queue=all",
    "all, with a word nobody wrote": "/desk/comments?queue=all&text=코끼리거북",
    "all, by one author": "/desk/comments?queue=all&author=독자 7",
    "all, by a part of a name": "/desk/comments?queue=all&author=자 1",
    "all, of one article": "/desk/comments?queue=all&article=waiting-7",
    "hidden comments": "/desk/comments?queue=hidden",
    "hidden, for one reason": "/desk/comments?queue=hidden&reason=abuse",
    "appeals": "/desk/appeals",
    "rights claims": "/desk/claims",
    "orders": "/desk/orders",
    "user data": "/desk/disclosures",
    "people": "/desk/people",
    "people, by name": "/desk/people?q=독자",
    "people, by initial consonants": "/desk/people?q=ㄷㅈ",
    "people, by a name nobody has": "/desk/people?q=코끼리거북",
    "a person": "/desk/people/{author}",
    "rules": "/desk/rules",
    "log": "/desk/rulings",
    "log, of one kind": "/desk/rulings?verdict=restore",
    "log, by one person": "/desk/rulings?by=큰모",
    "transparency": "/transparency",
    "rulings": "/rulings",
}


def main(items: int, rounds: int) -> None:
    app = create_app()
    with app.app_context():
        schema.upgrade()
        load_if_empty()
        places = _seed(items)
        client, pages = _moderator(app), []
        for name, path in PAGES.items():
            pages.append(_measure(client, name, path.format(**places), rounds))
    print(json.dumps([asdict(page) for page in pages], ensure_ascii=False))


def _seed(items: int) -> dict[str, Any]:
    """Fill the queues with as many reported as held comments of 20 articles, and log rulings."""
    with writing():
        mo = accounts.sign_up(email="desk@harbour.example", name="큰모", password_hash="!")
        mo.can_moderate = True
        articles = [_article(number) for number in range(ARTICLES)]
        for article in articles:
            for _ in fill(article, 2 * items // ARTICLES):
                pass
        first = db.session.scalar(
            select(Comment.id).where(Comment.article_id == articles[0].id).order_by(Comment.id)
        )
        rows = _comments(first or 0)
        for start in range(0, len(rows), BATCH):
            _queue(rows[start : start + BATCH], mo)
        _rule(rows[:items], mo)
    deep = QueueItem.oldest(Queue.REPORTED).limit(1).offset(100 * QueueItem.PAGE_SIZE)
    item = db.session.scalar(deep) or db.session.scalars(QueueItem.oldest(Queue.REPORTED)).first()
    place = f"{round(item.since.timestamp() * 1_000_000)}-{item.comment_id}" if item else ""
    author = db.session.scalar(select(User.id).where(User.name == "독자 7"))
    return {"deep": place, "author": author}


def _article(number: int) -> Article:
    section = "항구" if number % 4 == 0 else "도시"
    article = Article.publish(
        slug=f"waiting-{number}", title=f"기다리는 기사 {number}", section=section
    )
    db.session.flush()
    return article


def _comments(first: int) -> list[Any]:
    columns = (Comment.id, Comment.article_id, Comment.author_id, Comment.posted_at)
    rows = select(*columns).where(Comment.id >= first).order_by(Comment.id)
    return list(db.session.execute(rows).all())


def _queue(rows: list[Any], mo: User) -> None:
    """Queue the comments: every second one as reported, the others as held."""
    waiting, reports, held = [], [], []
    begin = now() - timedelta(days=3)
    for row in rows:
        is_held = row.id % 2
        reason = (HELD_FOR if is_held else REASONS)[row.id // 2 % 4]
        waiting.append(
            {
                "comment_id": row.id, "article_id": row.article_id, "author_id": row.author_id,
                "queue": (Queue.HELD if is_held else Queue.REPORTED).value, "reason": reason,
                "since": begin + timedelta(seconds=row.id),
            }
        )  # fmt: skip
        if is_held:
            held.append(row.id)
        else:
            reports.append(
                {
                    "comment_id": row.id, "reporter_id": mo.id, "reason": reason, "weight": 1.0,
                    "by_young": False, "made_at": begin,
                }
            )  # fmt: skip
    connection = db.session.connection()
    connection.execute(insert(QueueItem), waiting)
    connection.execute(insert(Report), reports)
    connection.execute(
        update(Comment).where(Comment.id.in_(held)).values(held_for="word", listed=False)
    )


def _rule(rows: list[Any], mo: User) -> None:
    """Moderation log as long as a queue, hash-chained like any other."""
    newest = select(Ruling.hash).order_by(Ruling.id.desc()).limit(1)
    previous_hash, rulings = db.session.scalar(newest) or b"", []
    for number, row in enumerate(rows):
        verdict = Verdict.HIDE if number % 3 == 0 else Verdict.KEEP
        ruling = Ruling(
            verdict=verdict.value, moderator_id=mo.id, comment_id=row.id, about_id=row.author_id,
            article_id=row.article_id, reason="abuse" if number % 3 == 0 else "", note="",
            until=None, undoes_id=None, detail={},
            made_at=now() - timedelta(minutes=len(rows) - number),
        )  # fmt: skip
        previous_hash = ruling.hash = ruling.compute_hash(previous_hash)
        rulings.append({name: getattr(ruling, name) for name in (*Ruling.HASHED, "hash")})
    for start in range(0, len(rulings), BATCH):
        db.session.execute(insert(Ruling), rulings[start : start + BATCH])


def _moderator(app: Flask) -> Any:
    with writing():
        mo = db.session.scalars(select(User).where(User.name == "큰모")).one()
        _, token = sessions.sign_in(mo, device="bench", today=today(), second_factor=True)
    client = app.test_client()
    client.set_cookie("board_session", token)
    return client


def _measure(client: Any, name: str, path: str, rounds: int) -> DeskPage:
    """Medians of one page. The first response is left out: it fills the caches."""
    wall_ms, cpu_ms, statements, status = [], [], 0, 0
    for round_ in range(rounds + 1):
        db.session.rollback()
        with _statements() as executed:
            wall, cpu = time.perf_counter(), time.process_time()
            with client.application.app_context():
                status = client.get(path).status_code
            if round_:
                wall_ms.append((time.perf_counter() - wall) * 1000)
                cpu_ms.append((time.process_time() - cpu) * 1000)
        statements = len(executed)
    if status != 200:  # a redirect is quick, and measures nothing
        raise SystemExit(f"{path} answers {status}")
    return DeskPage(name, round(median(cpu_ms), 2), round(median(wall_ms), 2), statements, status)


@contextmanager
def _statements() -> Iterator[list[str]]:
    executed: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        executed.append(statement)

    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", record)
    yield executed
    for engine in db.engines.values():
        event.remove(engine, "before_cursor_execute", record)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
