"""Signs other than words: links, numbers of persons, repeats, an author's record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from board.comments.models import Comment
from board.db import db, now, writing
from board.db.write_lock import WriteLock
from board.moderation.filters import changes, near_duplicates
from board.moderation.filters.matches import RuleMatch
from board.moderation.filters.models import State
from board.moderation.filters.near_duplicates import (
    CommentFingerprint,
    FingerprintBucket,
    count_similar,
)
from board.moderation.queue import QueueItem
from board.moderation.rulings import decisions
from board.runtime import jobs
from conftest import count_queries, person, say

STORY = "어제 저녁 항구 앞 시장에서 장을 보다가 들은 이야기인데 다들 같은 말을 하더군요"


def watch(text, threshold, state=State.ON):
    with writing():
        return changes.add(kind="signal", text=text, threshold=threshold, by=None, state=state)


def test_many_links_wait(ada, harbour):
    watch("link", 2)

    one = say(harbour, ada, "https://a.example/ 만")
    two = say(harbour, ada, "https://a.example/ 와 https://b.example/")

    assert (one.held_for, two.held_for) == (None, "link")
    [item] = db.session.scalars(select(QueueItem))
    assert item.why == "× 2"


@pytest.mark.parametrize(
    ("text", "is_held"),
    [
        ("전화는 010-1234-5678 입니다", True),
        ("전화는 01012345678", True),
        ("주민번호 900101-1234567", True),
        ("2026-11-24 에 1234-5678 대", False),
        ("통계 123456789012345", False),
    ],
)
def test_numbers_that_lead_to_a_person_wait(ada, harbour, text, is_held):
    watch("number", 1)

    comment = say(harbour, ada, text)

    assert (comment.held_for == "number") == is_held


def test_nearly_the_same_text_from_anyone_anywhere_waits_from_the_third_on(harbour):
    watch("repeat", 2)
    variants = [STORY, STORY + "!!", STORY.replace("어제", "그제"), "1. " + STORY]

    said = [
        say(harbour, person(f"fan{letter}"), v) for letter, v in zip("abcd", variants, strict=True)
    ]

    assert [comment.held_for for comment in said] == [None, None, "repeat", "repeat"]


def test_other_texts_and_short_ones_are_not_alike(ada, harbour):
    say(harbour, ada, STORY)
    say(harbour, ada, "맞습니다")

    assert count_similar("맞습니다") == 0
    assert (
        count_similar(
            "시장님은 항구를 살리겠다고 했는데 그 약속은 지금 어디로 갔는지 묻고 싶습니다"
        )
        == 0
    )
    assert count_similar(STORY) == 1


def test_what_was_said_more_than_a_day_ago_is_forgotten(ada, harbour):
    say(harbour, ada, STORY)
    with writing():
        for each in db.session.scalars(select(CommentFingerprint)):
            each.posted_at = now() - near_duplicates.KEPT_FOR - timedelta(minutes=1)

    assert count_similar(STORY) == 0
    assert "likeness" in jobs.run_pending()
    assert jobs.run_pending() == []
    assert list(db.session.scalars(select(CommentFingerprint))) == []
    assert list(db.session.scalars(select(FingerprintBucket))) == []


def test_a_text_said_very_often_costs_no_more_to_look_for(ada, harbour):
    say(harbour, ada, STORY)
    with count_queries() as before:
        count_similar(STORY)
    for number in range(60):
        say(harbour, ada, STORY + "!" * number, key=str(number))

    with count_queries() as after:
        found = count_similar(STORY)

    assert found == near_duplicates.BUCKET_MAX
    assert len(before) == len(after) == 1


def test_an_author_whose_comments_are_often_hidden_waits(ada, bora, mo, harbour):
    watch("rejected", 50)
    for number in range(6):
        comment = say(harbour, ada, f"{number}번째 말")
        if number % 2 == 0:
            with writing():
                decisions.hide(comment, by=mo, reason="abuse")

    assert say(harbour, ada, "또 한마디").held_for == "rejected"
    assert say(harbour, bora, "한마디").held_for is None


def test_a_signal_in_shadow_only_notes(ada, harbour):
    watch("link", 1, State.SHADOW)

    say(harbour, ada, "https://a.example/")

    [comment] = db.session.scalars(select(Comment))
    [hit] = db.session.scalars(select(RuleMatch))
    assert (comment.held_for, hit.value, hit.shadow) == (None, 1, True)


def test_a_moderator_sets_the_threshold(as_, mo, ada, harbour):
    rule = watch("link", 1)

    as_(mo).post(f"/desk/rules/{rule.id}/switch", data={"state": "on", "threshold": "3"})

    assert say(harbour, ada, "https://a.example/").held_for is None
    assert "링크" in as_(mo).get("/desk/rules").text


def test_a_text_is_looked_at_before_the_turn_to_write(as_, ada, harbour, monkeypatch):
    """Nobody waits for another's text to be read."""
    watch("repeat", 3)
    client, looked_at = as_(ada), []
    take = WriteLock._acquire

    def note(lock, patience):
        looked_at.append(near_duplicates.fingerprint_of.cache_info().misses)
        return take(lock, patience)

    monkeypatch.setattr(WriteLock, "_acquire", note)
    near_duplicates.fingerprint_of.cache_clear()

    assert client.post("/articles/harbour/comments", data={"body": STORY}).status_code == 303

    assert looked_at == [1]
    assert near_duplicates.fingerprint_of.cache_info().misses == 1
