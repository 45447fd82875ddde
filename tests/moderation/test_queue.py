"""What waits for a decision of the desk."""

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


def test_what_is_held_waits_the_oldest_first(ada, bora, harbour, all_held):
    say(harbour, ada, "First")
    say(harbour, bora, "Second")

    assert waiting() == ["First", "Second"]
    assert moderation_queue.counts() == {Queue.REPORTED: 0, Queue.HELD: 2, Queue.NEW: 0}


@pytest.mark.parametrize("verb", ["keep", "hide", "delete"])
def test_a_decision_or_its_author_ends_the_wait_everywhere(verb, ada, mo, harbour, all_held):
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


def test_a_ruling_remembers_where_the_comment_waited(ada, mo, harbour, all_held):
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


def test_waiting_again_for_the_same_reason_keeps_its_place(ada, harbour, all_held):
    comment = say(harbour, ada, "First")
    [item] = db.session.scalars(QueueItem.for_comment(comment))
    since = item.since

    with writing():
        moderation_queue.enqueue(comment, Queue.HELD, reason="link", why="two links")

    [item] = db.session.scalars(QueueItem.for_comment(comment))
    assert (item.since, item.reason, item.why) == (since, "link", "two links")


def test_two_moderators_never_work_on_the_same_item_unknowingly(ada, mo, harbour, all_held):
    comment = say(harbour, ada, "First")
    other = person("min", can_moderate=True)

    with writing():
        assert moderation_queue.claim(comment, by=mo) is None
        assert moderation_queue.claim(comment, by=mo) is None
        assert moderation_queue.claim(comment, by=other) is mo


def test_an_item_nobody_looked_at_for_a_while_is_free_again(
    ada, mo, harbour, all_held, monkeypatch
):
    comment = say(harbour, ada, "First")
    other = person("min", can_moderate=True)
    with writing():
        moderation_queue.claim(comment, by=mo)
    monkeypatch.setattr(QueueItem, "CLAIMED_FOR", timedelta(0))

    with writing():
        assert moderation_queue.claim(comment, by=other) is None
