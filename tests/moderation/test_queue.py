"""The queues of comments that wait for a decision."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from board.comments.writing import create
from board.db import db, writing
from board.moderation import queue as moderation_queue
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from conftest import person, say


def waiting(queue=Queue.HELD):
    return [item.comment.body for item in db.session.scalars(QueueItem.oldest(queue))]


@pytest.fixture
def all_held(monkeypatch):
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])


def test_held_comments_are_queued_oldest_first(ada, bora, harbour, all_held):
    say(harbour, ada, "First")
    say(harbour, bora, "Second")

    assert waiting() == ["First", "Second"]
    assert moderation_queue.counts() == {Queue.REPORTED: 0, Queue.HELD: 2, Queue.NEW: 0}


@pytest.mark.parametrize("verb", ["keep", "hide", "delete"])
def test_a_decision_or_the_author_removes_a_comment_from_all_queues(
    verb, ada, mo, harbour, all_held
):
    comment = say(harbour, ada, "First")
    with writing():
        moderation_queue.enqueue(comment, Queue.NEW)

    with writing():
        match verb:
            case "keep":
                decisions.keep(comment, by=mo)
            case "hide":
                decisions.hide(comment, by=mo, reason="abuse")
            case "delete":
                comment.delete()

    assert waiting() == waiting(Queue.NEW) == []


def test_a_ruling_records_the_queues_of_the_comment(ada, mo, harbour, all_held):
    comment = say(harbour, ada, "First")
    [before] = db.session.scalars(QueueItem.for_comment(comment))
    since = before.since
    with writing():
        decisions.keep(comment, by=mo)
    [ruling] = db.session.scalars(select(Ruling))

    with writing():
        moderation_queue.requeue(comment, ruling.detail["waited"])

    [item] = db.session.scalars(QueueItem.for_comment(comment))
    assert (item.queue, item.reason, item.since) == ("held", "word", since)


def test_a_comment_queued_again_keeps_its_place(ada, harbour, all_held):
    comment = say(harbour, ada, "First")
    [item] = db.session.scalars(QueueItem.for_comment(comment))
    since = item.since

    with writing():
        moderation_queue.enqueue(comment, Queue.HELD, reason="link", why="two links")

    [item] = db.session.scalars(QueueItem.for_comment(comment))
    assert (item.since, item.reason, item.why) == (since, "link", "two links")


def test_a_moderator_learns_that_another_has_claimed_the_item(ada, mo, harbour, all_held):
    comment = say(harbour, ada, "First")
    other = person("min", can_moderate=True)

    with writing():
        assert moderation_queue.claim(comment, by=mo) is None
        assert moderation_queue.claim(comment, by=mo) is None
        assert moderation_queue.claim(comment, by=other) is mo


def test_a_claim_expires(ada, mo, harbour, all_held, monkeypatch):
    comment = say(harbour, ada, "First")
    other = person("min", can_moderate=True)
    with writing():
        moderation_queue.claim(comment, by=mo)
    monkeypatch.setattr(QueueItem, "CLAIMED_FOR", timedelta(0))

    with writing():
        assert moderation_queue.claim(comment, by=other) is None
