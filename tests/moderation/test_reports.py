"""A reader reports a comment: it is queued, collapsed for them, and nothing else changes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from board.comments.models import Comment
from board.comments.writing.errors import AuthorSuspended
from board.db import db, now, writing
from board.moderation.queue import Queue, QueueItem
from board.moderation.reports import models as reports
from board.moderation.reports.models import Report, report, reporter_weight
from board.moderation.rulings import decisions, undo
from conftest import person, say


@pytest.fixture
def rude(bora, harbour):
    return say(harbour, bora, "A rude remark")


def send(client, comment, **fields):
    return client.post(f"/comments/{comment.id}/report", data={"reason": "abuse", **fields})


def queued(queue=Queue.REPORTED):
    return [item.comment_id for item in db.session.scalars(QueueItem.oldest(queue))]


def make_older(*users):
    with writing():
        for user in users:
            user.joined_at = now() - timedelta(days=100)


def test_a_report_queues_the_comment_and_collapses_it_for_the_reporter_only(
    as_, guest, ada, harbour, rude
):
    make_older(ada)

    answer = send(as_(ada), rude, note="He means me")

    assert answer.status_code == 303
    assert queued() == [rude.id]
    assert "신고한 댓글입니다." in as_(ada).get("/articles/harbour").text
    assert "신고한 댓글입니다." not in guest.get("/articles/harbour").text
    assert "A rude remark" in guest.get("/articles/harbour").text


def test_reporting_twice_makes_one_report(as_, ada, rude):
    send(as_(ada), rude)
    send(as_(ada), rude, reason="spam")

    [stored] = db.session.scalars(select(Report))
    assert stored.reason == "abuse"


def test_a_report_can_be_withdrawn_until_it_is_answered(as_, ada, mo, rude):
    client = as_(ada)
    send(client, rude)
    client.post(f"/comments/{rude.id}/unreport")
    assert db.session.scalar(select(Report)) is None
    assert "신고한 댓글입니다." not in client.get("/articles/harbour").text

    send(client, rude)
    with writing():
        decisions.keep(rude, by=mo)
    client.post(f"/comments/{rude.id}/unreport")

    assert db.session.scalar(select(Report)).upheld is False


@pytest.mark.parametrize("reason", ["", "nonsense", "illegal.drugs", "other"])
def test_a_report_needs_a_reason_from_the_list(as_, reason, ada, rude):
    answer = send(as_(ada), rude, reason=reason)

    assert answer.status_code == 422
    assert "신고 사유를 선택해 주세요." in answer.text


def test_nobody_reports_their_own_comment(as_, bora, rude):
    assert send(as_(bora), rude).status_code == 403
    assert queued() == []


def test_a_comment_that_is_gone_cannot_be_reported(as_, ada, bora, mo, harbour, rude):
    say(harbour, ada, "Reply", to=rude)
    with writing():
        decisions.hide(rude, by=mo, reason="abuse")

    assert send(as_(ada), rude).status_code == 409


def test_many_reports_hide_nothing(as_, guest, harbour, rude):
    for number in range(20):
        crowd = person(f"독자 {chr(ord('가') + 28 * number)}")
        with writing():
            report(rude, by=crowd, reason="abuse")

    assert rude.is_visible
    assert "A rude remark" in guest.get("/articles/harbour").text
    assert queued() == [rude.id]


def test_reports_by_accounts_of_less_than_a_day_weigh_half(ada, rude):
    with writing():
        report(rude, by=ada, reason="abuse")
    assert queued() == []

    other = person("cho")
    with writing():
        report(rude, by=other, reason="abuse")

    assert queued() == [rude.id]


def test_upheld_reports_raise_the_weight_and_others_lower_it(ada, bora, mo, harbour):
    other = person("cho")
    assert reporter_weight(ada) == reporter_weight(other) == 1.0
    for number in range(6):
        right, wrong = say(harbour, bora, f"bad {number}"), say(harbour, bora, f"good {number}")
        with writing():
            report(right, by=ada, reason="abuse")
            report(wrong, by=other, reason="abuse")
        with writing():
            decisions.hide(right, by=mo, reason="abuse")
            decisions.keep(wrong, by=mo)

    assert reporter_weight(ada) == 1.6
    assert reporter_weight(other) == 0.4
    assert reports.reporter_record(ada) == (6, 6)


def test_the_page_of_a_user_counts_reports_and_upheld_ones(as_, ada, bora, mo, harbour):
    right, open_ = say(harbour, bora, "bad"), say(harbour, bora, "unsure")
    with writing():
        report(right, by=ada, reason="abuse")
        report(open_, by=ada, reason="abuse")
        decisions.hide(right, by=mo, reason="abuse")
    client = as_(mo)

    pages = {user: client.get(f"/desk/people/{user.id}").text for user in (ada, bora)}

    assert "<dt>신고</dt><dd>2건(인정 1건)</dd>" in pages[ada]
    assert "<dt>신고</dt><dd>0건(인정 0건)</dd>" in pages[bora]


def test_undoing_a_decision_reopens_its_reports(ada, mo, rude):
    make_older(ada)
    with writing():
        report(rude, by=ada, reason="abuse")
    with writing():
        ruling = decisions.hide(rude, by=mo, reason="abuse")
    assert db.session.scalar(select(Report)).upheld is True

    with writing():
        undo.take_back(ruling, by=mo)

    assert db.session.scalar(select(Report)).upheld is None
    assert queued() == [rude.id]


def test_answered_reports_do_not_queue_again(ada, mo, rude):
    third = person("cho")
    make_older(ada)
    with writing():
        report(rude, by=ada, reason="abuse")
    with writing():
        decisions.keep(rude, by=mo)

    with writing():
        report(rude, by=third, reason="abuse")

    assert queued() == []


def test_a_later_decision_does_not_change_answered_reports(ada, mo, rude):
    with writing():
        report(rude, by=ada, reason="abuse")
    with writing():
        kept = decisions.keep(rude, by=mo)
    with writing():
        decisions.hide(rude, by=mo, reason="abuse")

    [answered] = db.session.scalars(select(Report))
    assert (answered.ruling_id, answered.upheld) == (kept.id, False)


def test_a_reported_comment_is_queued_for_its_heaviest_reason(ada, mo, harbour, rude):
    other = say(harbour, mo, "Buy this")
    crowd = [person(name) for name in ("cho", "dan", "eun", "fen")]
    make_older(ada, *crowd)
    with writing():
        for each in crowd:
            report(other, by=each, reason="spam")
        report(rude, by=ada, reason="hate", queue_weight=3)
        for each in crowd[:2]:
            report(rude, by=each, reason="abuse", queue_weight=3)

    waiting = db.session.scalars(QueueItem.oldest(Queue.REPORTED))
    assert {item.comment_id: item.reason for item in waiting} == {
        other.id: "spam",
        rude.id: "abuse",
    }


def test_a_link_reported_as_illegal_filming_is_held_at_once(as_, guest, ada, bora, harbour):
    make_older(ada)
    linked = say(harbour, bora, "See https://example.org/x")
    bare = say(harbour, bora, "Just words")

    answer = send(as_(ada), linked, reason="illegal.filmed")
    send(as_(ada), bare, reason="illegal.filmed")

    assert answer.status_code == 303
    assert answer.location.startswith("/articles/harbour")
    assert [comment.is_visible for comment in (linked, bare)] == [False, True]
    assert queued() == [linked.id, bare.id]
    assert queued(Queue.HELD) == [linked.id]


class TestPerDay:
    @pytest.fixture
    def settings(self, settings):
        return {**settings, "REPORTS_PER_DAY": 1}

    def test_reports_beyond_the_limit_are_refused_until_a_time(self, as_, ada, bora, harbour, rude):
        send(as_(ada), rude)

        answer = send(as_(ada), say(harbour, bora, "Another"))

        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 86000


class TestThreshold:
    @pytest.fixture
    def settings(self, settings):
        return {**settings, "REPORTS_TO_QUEUE": 3}

    def test_a_comment_is_queued_when_its_reports_weigh_enough(self, as_, ada, harbour, rude):
        people = [ada, person("cho"), person("dan")]
        make_older(*people)
        for user in people[:2]:
            send(as_(user), rude)
        assert queued() == []

        send(as_(people[2]), rude)

        assert queued() == [rude.id]


def test_reports_of_a_suspended_account_are_refused(ada, mo, rude):
    with writing():
        ada.suspend(until=now() + timedelta(days=1), reason="x")
    with pytest.raises(AuthorSuspended), writing():
        report(rude, by=ada, reason="abuse")
    assert db.session.scalar(select(Comment)).is_visible
