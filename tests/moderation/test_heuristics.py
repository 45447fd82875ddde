"""Heuristics: links, personal numbers, near-duplicates, the author's record."""

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


def add_signal(text, threshold, state=State.ON):
    with writing():
        return changes.add(kind="signal", text=text, threshold=threshold, by=None, state=state)


def test_a_comment_with_many_links_is_held(ada, harbour):
    add_signal("link", 2)

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
def test_a_comment_with_a_personal_number_is_held(ada, harbour, text, is_held):
    add_signal("number", 1)

    comment = say(harbour, ada, text)

    assert (comment.held_for == "number") == is_held


def test_the_third_near_duplicate_by_any_author_is_held(harbour):
    add_signal("repeat", 2)
    variants = [STORY, STORY + "!!", STORY.replace("어제", "그제"), "1. " + STORY]

    comments = [
        say(harbour, person(f"fan{letter}"), v) for letter, v in zip("abcd", variants, strict=True)
    ]

    assert [comment.held_for for comment in comments] == [None, None, "repeat", "repeat"]


def test_other_and_short_texts_are_not_near_duplicates(ada, harbour):
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


def test_near_duplicates_are_deleted_after_a_day(ada, harbour):
    say(harbour, ada, STORY)
    with writing():
        for each in db.session.scalars(select(CommentFingerprint)):
            each.posted_at = now() - near_duplicates.KEPT_FOR - timedelta(minutes=1)

    assert count_similar(STORY) == 0
    assert "likeness" in jobs.run_pending()
    assert jobs.run_pending() == []
    assert list(db.session.scalars(select(CommentFingerprint))) == []
    assert list(db.session.scalars(select(FingerprintBucket))) == []


@pytest.mark.slow
def test_a_very_frequent_text_costs_no_more_to_look_up(ada, harbour):
    say(harbour, ada, STORY)
    with count_queries() as before:
        count_similar(STORY)
    for number in range(60):
        say(harbour, ada, STORY + "!" * number, key=str(number))

    with count_queries() as after:
        found = count_similar(STORY)

    assert found == near_duplicates.BUCKET_MAX
    assert len(before) == len(after) == 1


def test_a_comment_by_an_author_often_hidden_is_held(ada, bora, mo, harbour):
    add_signal("rejected", 50)
    for number in range(6):
        comment = say(harbour, ada, f"{number}번째 말")
        if number % 2 == 0:
            with writing():
                decisions.hide(comment, by=mo, reason="abuse")

    assert say(harbour, ada, "또 한마디").held_for == "rejected"
    assert say(harbour, bora, "한마디").held_for is None


def test_a_signal_in_shadow_only_records_matches(ada, harbour):
    add_signal("link", 1, State.SHADOW)

    say(harbour, ada, "https://a.example/")

    [comment] = db.session.scalars(select(Comment))
    [hit] = db.session.scalars(select(RuleMatch))
    assert (comment.held_for, hit.value, hit.shadow) == (None, 1, True)


def test_a_moderator_sets_the_threshold(as_, mo, ada, harbour):
    rule = add_signal("link", 1)

    as_(mo).post(f"/desk/rules/{rule.id}/switch", data={"state": "on", "threshold": "3"})

    assert say(harbour, ada, "https://a.example/").held_for is None
    assert "링크" in as_(mo).get("/desk/rules").text


def test_text_features_are_computed_before_the_write_lock(as_, ada, harbour, monkeypatch):
    """No post waits while the text of another is analysed."""
    add_signal("repeat", 3)
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
