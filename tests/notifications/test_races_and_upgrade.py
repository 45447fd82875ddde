"""Two replies at once are one notification; decisions of 90 days become rows when the board is
upgraded."""

import threading
from datetime import timedelta

import pytest
import time_machine
from alembic import command
from sqlalchemy import select, text

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now, schema, writing
from board.moderation.rulings import decisions
from board.notifications.models import Notification
from conftest import person, say


def test_two_replies_at_once_are_one_notification(app, ada, harbour):
    root = say(harbour, ada, "Root")
    article_id, root_id = harbour.id, root.id
    writer_ids = [person(f"reader{number}").id for number in range(6)]
    start = threading.Barrier(len(writer_ids))

    def reply(writer_id):
        with app.app_context():
            writer = db.session.get_one(User, writer_id)
            article = db.session.get_one(Article, article_id)
            to = db.session.get_one(Comment, root_id)
            start.wait(10)
            say(article, writer, f"Reply of {writer_id}", to=to)

    threads = [threading.Thread(target=reply, args=[id]) for id in writer_ids]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)

    db.session.rollback()
    db.session.expire_all()
    rows = db.session.scalars(select(Notification)).all()
    assert [(row.user_id, row.kind, row.about) for row in rows] == [(ada.id, "reply", root.id)]
    assert ada.unseen_notifications == 1
    assert len(db.session.scalars(select(Comment)).all()) == 7


@pytest.mark.slow
def test_decisions_of_ninety_days_become_notifications(app, ada, bora, mo, harbour):
    ages = (91, 80, 2, 1)
    comments = [say(harbour, ada, f"Remark {age}") for age in ages]
    for age, comment in zip(ages, comments, strict=True):
        with time_machine.travel(now() - timedelta(days=age)), writing():
            decisions.hide(comment, by=mo, reason="abuse")
    public = say(harbour, ada, "Public")
    with writing():
        decisions.keep(public, by=mo)
        ada.notices_seen = 2
    db.session.remove()
    revisions = schema.revisions()
    command.downgrade(schema.alembic_config(), revisions[revisions.index("0040") - 1])
    with db.engines["writing"].begin() as connection:
        connection.execute(
            text(
                "INSERT INTO letter (kind, about, address, language, made_at, due_at, tries)"
                " VALUES ('news', 4, 'a@b.example', 'ko', '2026-12-01', '2026-12-01', 0)"
            )
        )

    schema.upgrade()

    rows = db.session.scalars(select(Notification).order_by(Notification.id)).all()
    assert [(row.about, bool(row.seen_at), row.mailed_as) for row in rows] == [
        (2, True, 0), (3, False, 0), (4, False, None),
    ]  # fmt: skip
    assert db.session.scalar(select(User.unseen_notifications).where(User.name == "ada")) == 2
    assert db.session.scalar(text("SELECT count(*) FROM letter")) == 0
