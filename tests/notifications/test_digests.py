"""Emails about notifications: one of all that is unseen, in its time, and never with a text."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.email import queue as email_queue
from board.accounts.email.frequency import Frequency
from board.accounts.email.message import render
from board.accounts.email.queue import EmailPreference, QueuedEmail
from board.comments.viewer.blocks import Block
from board.db import db, now, writing
from board.moderation.rulings import decisions, featured
from board.notifications import digests
from board.notifications.models import Kind, Notification
from board.notifications.preferences import (
    DEFAULTS,
    preferences_of,
    set_preferences,
    turn_off,
)
from conftest import NO_LIMITS, keep, person, say

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 12, 1, 12, 10, tzinfo=SEOUL)


@pytest.fixture
def settings():
    mail = {"MAIL_SERVER": "smtp://127.0.0.1:9", "MAIL_FROM": "desk@harbour.example"}
    return {**NO_LIMITS, **mail, "ORIGIN": "http://news.example"}


@pytest.fixture(autouse=True)
def noon():
    """Ten past twelve in Seoul, and the clock stands still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def root(harbour, ada):
    with writing():
        ada.email_verified_at = now()
    return say(harbour, ada, "Root")


def due(moment):
    db.session.rollback()
    return [id for id, _newest in db.session.execute(digests.due_digests(moment))]


def queue_digests(traveller, moment):
    """The digests queued at this moment, oldest first."""
    before = {email.id for email in digests_queued()}
    traveller.move_to(moment)
    digests.queue_due(lambda: True)
    return [email for email in digests_queued() if email.id not in before]


def digests_queued():
    db.session.rollback()
    queued = select(QueuedEmail).where(QueuedEmail.kind == digests.KIND).order_by(QueuedEmail.id)
    return db.session.scalars(queued).all()


def text_of(app, email):
    with app.test_request_context(base_url="http://news.example"):
        message = render(email)
    return message["Subject"], message.get_body(("plain",)).get_content()


def choose(user, frequency):
    with writing():
        set_preferences(user, dict.fromkeys(DEFAULTS, frequency))


# ---- when ----


@pytest.mark.parametrize(
    ("frequency", "moment"),
    [
        (Frequency.AT_ONCE, NOON + timedelta(minutes=2, seconds=1)),
        (Frequency.HOURLY, NOON.replace(hour=13, minute=0, second=0, microsecond=1)),
        (Frequency.DAILY, NOON.replace(hour=8, minute=30, microsecond=1) + timedelta(days=1)),
    ],
)
def test_each_frequency_has_its_time(ada, bora, harbour, root, frequency, moment):
    choose(ada, frequency)
    say(harbour, bora, "Reply", to=root)

    assert due(moment - timedelta(seconds=2)) == []
    assert due(moment) == [ada.id]


def test_off_is_never_due(ada, bora, harbour, root):
    choose(ada, Frequency.OFF)
    say(harbour, bora, "Reply", to=root)

    assert [due(NOON + timedelta(hours=hour)) for hour in range(72)] == [[]] * 72


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("kind", DEFAULTS)
def test_nothing_is_due_at_night_in_the_zone_of_the_newsroom(app, ada, kind, zone):
    app.config["TIMEZONE"] = zone
    choose(ada, Frequency.AT_ONCE)
    start = datetime(2026, 12, 1, 0, 5, tzinfo=ZoneInfo(zone))
    keep(
        Notification(
            user_id=ada.id, kind=kind.value, about=1, made_at=start.astimezone(UTC) - timedelta(1)
        )
    )

    hours = {
        hour for hour in range(24) if due(start.replace(hour=hour).astimezone(UTC)) == [ada.id]
    }

    assert hours == set(range(8, 21))


def test_the_law_is_mailed_at_night_too(ada, mo, harbour, root):
    with time_machine.travel(NOON.replace(hour=3)), writing():
        decisions.hide_for_legal_claim(root, by=mo, reason="claim.privacy", claim=1)
        kinds = [email.kind for email in db.session.scalars(select(QueuedEmail))]

    assert kinds == ["legal"]
    assert due(NOON) == []


def test_one_email_tells_of_everything_once(noon, app, ada, bora, mo, tess, harbour, root):
    choose(ada, Frequency.AT_ONCE)
    reply = say(harbour, bora, "Reply", to=root)
    other = say(harbour, ada, "Other")
    mention = say(harbour, person("cho"), "@ada hello")
    with writing():
        decisions.hide(other, by=mo, reason="abuse")
        featured.feature(root, by=tess)

    (email,) = queue_digests(noon, NOON + timedelta(minutes=3))
    subject, text = text_of(app, email)
    later = queue_digests(noon, NOON + timedelta(hours=3))

    assert subject == "[전체댓글] 확인하실 알림이 있습니다"
    for comment in (reply, mention, root):
        assert f"http://news.example/comments/{comment.id}#comment-{comment.id}" in text
    assert "bora 님이 회원님의 댓글에 답글을 남겼습니다" in text
    assert "cho 님이 회원님을 언급했습니다" in text
    assert "댓글 또는 계정에 관한 결정이 있습니다" in text
    assert later == []


@pytest.mark.slow
def test_an_account_gets_one_an_hour_and_four_a_day(noon, ada, harbour, bora, root):
    choose(ada, Frequency.AT_ONCE)
    sent = []
    for step in range(36):  # every quarter of an hour there is something new
        noon.move_to(NOON.replace(hour=9, minute=0) + timedelta(minutes=15 * step))
        say(harbour, person(f"reader{step}"), "Reply", to=say(harbour, ada, f"Root {step}"))
        noon.shift(timedelta(minutes=3))
        digests.queue_due(lambda: True)
        sent += [now()] * (len(digests_queued()) - len(sent))

    assert len(sent) == 4
    assert min(b - a for a, b in pairwise(sent)) >= timedelta(hours=1)


def test_who_has_seen_it_meanwhile_gets_no_email(noon, as_, ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    queue_digests(noon, NOON + timedelta(hours=1))

    as_(ada).post("/account/notices/seen")

    assert due(now()) == []
    with writing():
        assert email_queue.claim_next() is None
    assert digests_queued() == []


def test_what_is_older_than_three_days_is_not_mailed(ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)

    assert due(NOON + timedelta(days=2, hours=23)) == [ada.id]
    assert due(NOON + timedelta(days=3)) == []


def test_those_who_left_or_want_no_email_get_none(ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    results = []
    for preference in EmailPreference:
        with writing():
            ada.mail = preference.value
        results.append((preference, due(NOON + timedelta(hours=1))))

    assert results == [("all", [ada.id]), ("legal", []), ("none", [])]


def test_a_digest_of_many_readers_is_made_in_short_writes(noon, harbour, monkeypatch):
    readers = [person(f"reader{number}") for number in range(7)]
    for reader in readers:
        keep(Notification(user_id=reader.id, kind="mention", about=1, made_at=now()))
    monkeypatch.setattr(digests, "BATCH", 3)
    sizes, original = [], digests._queue
    monkeypatch.setattr(digests, "_queue", lambda ids: (sizes.append(len(ids)), original(ids)))

    queued = queue_digests(noon, NOON + timedelta(hours=1))

    assert sizes == [3, 3, 1]
    assert [email.user_id for email in queued] == [reader.id for reader in readers]


def test_a_turn_ends_when_it_is_told_to(noon, ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    noon.move_to(NOON + timedelta(hours=1))

    digests.queue_due(lambda: False)

    assert digests_queued() == []


def test_a_look_that_found_nothing_is_not_repeated_within_a_minute(
    noon, app, ada, bora, harbour, root
):
    noon.move_to(NOON + timedelta(hours=1))
    before = digests.has_due()
    with time_machine.travel(NOON, tick=False):
        say(harbour, bora, "Reply", to=root)
    at_once = digests.has_due()
    app.extensions["next_digests"] -= digests.LOOK_INTERVAL

    assert (before, at_once, digests.has_due()) == (False, False, True)


# ---- what ----


def test_only_the_newest_ten_are_named_and_replies_counted(noon, app, ada, harbour, root):
    for number in range(12):
        say(harbour, person(f"reader{number}"), "Reply", to=say(harbour, ada, f"Root {number}"))

    (email,) = queue_digests(noon, NOON + timedelta(hours=1))
    subject, text = text_of(app, email)

    assert subject == "[전체댓글] 새 답글 12개"
    assert text.count("#comment-") == 10
    assert ("reader11" in text, "reader1 " in text) == (True, False)


def test_an_address_that_is_not_verified_is_told_no_names(noon, app, ada, bora, harbour):
    say(harbour, bora, "Reply", to=say(harbour, ada, "Root"))

    (email,) = queue_digests(noon, NOON + timedelta(hours=1))
    _subject, text = text_of(app, email)

    assert "bora" not in text
    assert harbour.title not in text
    assert "http://news.example/account/notices" in text


@pytest.mark.parametrize("hidden", [False, True])
def test_no_text_of_a_comment_leaves_in_a_notification(
    noon, app, as_, ada, bora, mo, harbour, root, hidden
):
    canary = "CanaryInTheHarbour"
    reply = say(harbour, bora, f"@ada {canary}", to=root)
    mention = say(harbour, bora, f"@ada {canary} again")
    (email,) = queue_digests(noon, NOON + timedelta(hours=1))
    if hidden:
        with writing():
            for comment in (reply, mention):
                decisions.hide(comment, by=mo, reason="abuse")

    message = text_of(app, email)
    client = as_(ada)
    page = client.get("/account/notices").text.split("<main")[1]
    export = client.get("/account/data", follow_redirects=True).text
    rows = json.dumps(
        [str(row) for row in db.session.execute(db.text("SELECT * FROM notification"))]
    )
    with writing():
        is_sent = email_queue.claim_next() is not None

    assert [canary in text for text in (*message, page, export, rows)] == [False] * 5
    assert is_sent is not hidden


# ---- preferences ----


def test_a_reader_chooses_for_each_kind(as_, ada):
    chosen = {"reply": "off", "mention": "at_once", "decision": "daily", "featured": "hourly"}

    client = as_(ada)
    answer = client.post("/account/notices/preferences", data=chosen)
    page = client.get("/account").text

    assert answer.status_code == 303
    db.session.rollback()
    assert {kind.value: each.value for kind, each in preferences_of(ada).items()} == chosen
    assert page.count("<option selected") == 4


@pytest.mark.parametrize("wrong", [{}, {"reply": "never"}, {"reply": ""}])
def test_a_frequency_that_is_none_is_refused(as_, ada, wrong):
    chosen = {**dict.fromkeys([kind.value for kind in DEFAULTS], "off"), **wrong}
    if not wrong:
        del chosen["reply"]

    assert as_(ada).post("/account/notices/preferences", data=chosen).status_code == 422
    assert preferences_of(ada) == dict(DEFAULTS)


def test_the_button_of_a_mail_program_turns_digests_off_and_nothing_on(ada):
    with writing():
        turn_off(ada)
    with_all = (ada.mail, set(preferences_of(ada).values()))
    with writing():
        ada.mail = EmailPreference.NONE.value
        turn_off(ada)

    assert with_all == ("all", {Frequency.OFF})
    assert ada.mail == "none"


def test_kinds_that_are_off_are_not_told_of_beside_others(noon, app, ada, bora, harbour, root):
    with writing():
        set_preferences(ada, {Kind.MENTION: Frequency.OFF})
    say(harbour, bora, "Reply", to=root)
    say(harbour, person("cho"), "@ada hello")

    (email,) = queue_digests(noon, NOON + timedelta(hours=1))

    assert "언급" not in text_of(app, email)[1]


def test_a_block_made_later_takes_replies_out_of_the_email(noon, ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    queue_digests(noon, NOON + timedelta(hours=1))
    keep(Block(user_id=ada.id, muted_id=bora.id))

    with writing():
        assert email_queue.claim_next() is None
