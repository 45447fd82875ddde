"""A surge in a thread: the desk gets an alert with details, and slows the thread with one click."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.models import User
from board.articles.models import Article
from board.articles.thread_controls.models import RestrictionKind, ThreadRestriction
from board.articles.thread_controls.state import thread_state
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.viewer.reactions import Reaction
from board.comments.writing.create import insert_comment
from board.db import db, now, writing
from board.moderation.reports.models import Report
from board.moderation.threads import activity
from board.moderation.threads import baseline as baselines
from board.moderation.threads.activity import SLOT, ActivityBucket
from board.moderation.threads.baseline import FLOORS, baseline, surge_threshold
from board.moderation.threads.surges import Surge
from board.runtime import jobs
from conftest import keep, person, said, say, without_notice

NOON = datetime(2026, 12, 23, 3, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def harbour(app):
    """Published a week ago, so that its quiet hours count."""
    past = NOON - timedelta(days=7)
    return keep(Article.publish(slug="harbour", title="The harbour reopens", published_at=past))


def talk(article, by, count, *, minutes_ago=0.0, text="Comment {}"):
    """Adds comments, past the posting limits."""
    at = now() - timedelta(minutes=minutes_ago)
    with writing():
        article = db.session.get_one(Article, article.id)
        key = f"{article.id} {at:%d%H%M%S} {text}"[:50]
        return [
            insert_comment(
                article,
                by=by,
                body=Body.from_text(text.format(number)),
                key=f"{key} {number}",
                parent=None,
                posted_at=at,
            )
            for number in range(count)
        ]  # fmt: skip


def usually(article, *, comments, last=0, slots=baselines.AVERAGE_SLOTS, votes=0, reports=0):
    """Stores counts for each of the slots before the last ten minutes, `last` days ago."""
    newest = activity.slot_of(now() - SLOT) - 1 - last * activity.SLOTS_A_DAY
    with writing():
        for back in range(slots):
            db.session.add(
                ActivityBucket(
                    slot=newest - back,
                    article_id=article.id,
                    comments=comments,
                    votes=votes,
                    reports=reports,
                )
            )


def alerts():
    db.session.expire_all()
    return list(db.session.scalars(select(Surge).order_by(Surge.id)))


def keep_time():
    """Runs the due jobs, as `serve` does. Returns their names."""
    done = jobs.run_pending()
    db.session.expire_all()
    return done


# ---- baseline and threshold ----


@pytest.mark.parametrize(
    ("kind", "usually", "limit"),
    [
        ("comments", 0, 15),
        ("comments", 3, 15),
        ("comments", 4, 16),
        ("comments", 9, 30),
        ("comments", 100, 240),
        ("votes", 1, 50),
        ("reports", 0, 5),
        ("reports", 1, 6),
    ],
)
def test_the_threshold_is_twice_the_usual_plus_chance_and_never_small(kind, usually, limit):
    assert surge_threshold(kind, usually) == limit


def test_a_small_board_gets_no_alerts(clock, ada, harbour):
    talk(harbour, ada, FLOORS["comments"] - 1)

    assert keep_time() == ["pulse"]
    assert alerts() == []


def test_the_baseline_of_a_thread_is_its_average_over_three_hours(clock, harbour):
    usually(harbour, comments=6, slots=9)

    assert baseline(harbour.id) == {"comments": 3.0, "votes": 0, "reports": 0}


def test_the_baseline_of_a_new_thread_covers_its_lifetime(clock, app):
    young = keep(Article.publish(slug="young", title="Young", published_at=NOON - 4 * SLOT))
    usually(young, comments=8, slots=2)

    assert baseline(young.id)["comments"] == pytest.approx(16 / 3)


def test_the_level_of_busy_threads_is_no_surge_in_a_new_thread(clock, app, harbour):
    others = [keep(Article.publish(slug=f"other-{n}", title="Other")) for n in range(10)]
    for number, other in enumerate(others):
        usually(other, comments=number + 1, last=3, slots=1)

    assert baseline(harbour.id)["comments"] == 10


def usually_at_another_hour(article, comments):
    newest = activity.slot_of(now()) - activity.SLOTS_A_DAY // 2
    with writing():
        db.session.add(ActivityBucket(slot=newest, article_id=article.id, comments=comments))


def test_the_baseline_ignores_other_hours(clock, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    usually_at_another_hour(other, 90)

    assert baseline(harbour.id)["comments"] == 0


def test_a_thread_that_is_always_busy_has_no_surge(clock, ada, harbour):
    usually(harbour, comments=12)
    talk(harbour, ada, surge_threshold("comments", 12) - 1)
    keep_time()
    assert alerts() == []

    talk(harbour, ada, 1, text="One more {}")
    keep_time()

    assert [each.counts for each in alerts()] == [
        {"comments": {"most": 38, "usual": 12.0, "limit": 38}}
    ]


def test_the_last_ten_minutes_count_wherever_a_slot_begins(clock, ada, harbour):
    clock.shift(240)
    talk(harbour, ada, 8, minutes_ago=9)
    talk(harbour, ada, 8)
    keep_time()

    assert [each.counts["comments"]["most"] for each in alerts()] == [16]


def test_older_comments_and_those_dated_in_the_future_are_not_counted(clock, ada, harbour):
    clock.shift(240)  # so that the stored slot begins before these ten minutes
    talk(harbour, ada, 20, minutes_ago=11)
    talk(harbour, ada, 20, minutes_ago=-30)
    talk(harbour, ada, 3)

    keep_time()

    assert alerts() == []


def test_votes_and_reports_surge_too_in_one_alert_per_thread(clock, ada, bora, harbour):
    comments = talk(harbour, ada, 60, minutes_ago=60)
    with writing():
        vote = {"user_id": bora.id, "choice": "like"}
        report = {"reporter_id": bora.id, "reason": "abuse", "weight": 1, "by_young": False}
        db.session.add_all(Reaction(comment_id=each.id, **vote) for each in comments)
        db.session.add_all(Report(comment_id=each.id, **report) for each in comments[:5])
    keep_time()

    assert [set(each.counts) for each in alerts()] == [{"votes", "reports"}]


# ---- counting ----


def test_slots_are_stored_only_when_their_counts_change(clock, ada, harbour):
    clock.shift(60)
    talk(harbour, ada, 2, minutes_ago=5)
    say(harbour, ada, "Now")

    assert keep_time() == ["pulse"]
    assert keep_time() == []
    here = activity.slot_of(now())
    rows = db.session.execute(
        select(ActivityBucket.slot, ActivityBucket.comments).order_by(ActivityBucket.slot)
    ).all()
    assert [tuple(row) for row in rows] == [(here - 1, 2), (here, 1)]


def test_more_than_one_batch_of_comments_is_counted(clock, ada, harbour, monkeypatch):
    monkeypatch.setattr(activity, "_BATCH", 7)
    talk(harbour, ada, 30)

    keep_time()

    assert alerts()[0].counts["comments"]["most"] == 30


def test_old_slots_are_deleted(clock, ada, harbour):
    usually(harbour, comments=1, last=20, slots=3)
    talk(harbour, ada, 1)

    keep_time()

    assert len(db.session.scalars(select(ActivityBucket)).all()) == 1


# ---- one surge, one alert ----


def test_the_same_surge_has_one_alert_and_grows(clock, ada, harbour):
    for number in range(3):
        talk(harbour, ada, 20, text=f"{number}: {{}}")
        keep_time()
        clock.shift(30)

    assert [each.counts["comments"]["most"] for each in alerts()] == [60]
    assert keep_time() == []


@pytest.mark.slow
def test_a_surge_ends_by_itself_and_reopens_if_it_soon_returns(clock, ada, harbour):
    talk(harbour, ada, 20)
    keep_time()
    clock.shift(601)
    keep_time()
    [ended] = alerts()
    assert ended.ended_at == now()

    talk(harbour, ada, 70, text="Again {}")
    keep_time()

    assert [(each.id, each.ended_at) for each in alerts()] == [(ended.id, None)]


def test_a_surge_goes_on_while_it_exceeds_a_quieter_hour(clock, ada, harbour):
    counts = {"comments": {"most": 300, "usual": 100.0, "limit": 240}}
    surge = keep(Surge(article_id=harbour.id, began_at=now(), counts=counts))
    talk(harbour, ada, 20)

    assert [keep_time(), keep_time()] == [["pulse"], []]
    assert alerts() == [surge]
    assert surge.ended_at is None


def test_another_surge_later_is_another_alert(clock, ada, harbour):
    talk(harbour, ada, 20)
    keep_time()
    clock.shift(601)
    keep_time()
    clock.shift(4 * 3600)

    talk(harbour, ada, 20, text="Again {}")
    keep_time()

    assert [each.ended_at is None for each in alerts()] == [False, True]


# ---- at the desk ----


def rooms(page):
    found = re.search(r'href="/desk/threads"[^>]*>[^<]*(?:<b>(\d+)</b>)?', page)
    return int(found[1] or 0)


@pytest.fixture
def raid(clock, ada, bora, harbour):
    """Sixteen near-duplicates by two new users, and one comment that both reported."""
    newcomers = [person(f"newcomer {letter}") for letter in "ab"]
    first = talk(harbour, ada, 1, text="오래 살던 사람이 하는 말입니다, 잘 들어 보세요.")[0]
    with writing():
        db.session.get(User, ada.id).joined_at = NOON - timedelta(days=30)
        for newcomer in newcomers:
            db.session.add(Report(comment_id=first.id, reporter_id=newcomer.id, reason="abuse",
                                  weight=1, by_young=True, made_at=now()))  # fmt: skip
    for newcomer in newcomers:
        talk(
            harbour,
            newcomer,
            8,
            text="이 기사는 처음부터 끝까지 거짓말입니다 여러분 속지 마세요 {}",
        )
    keep_time()
    return db.session.scalars(select(Surge)).one()


def test_an_alert_shows_the_details_of_the_surge(as_, mo, raid):
    page = as_(mo).get("/desk/threads?lang=en").text
    item = page.split(f'id="surge-{raid.id}"')[1].split("</li>\n</ol>")[0]
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", item))

    assert facts == {
        "Members": "3",
        "Accounts less than a day old": "2 (67%)",
        "Comments / authors": "17 / 3",
        "Near-identical comments": "16",
    }
    assert "peak 17 in ten minutes, usually 0, surge from 15" in item
    assert "Reported 2×" in item
    plots = re.findall(r'aria-label="(Comments|Reports) per ten[^"]*: ([0-9, ]+)"', item)
    assert [(kind, sum(map(int, counts.split(", ")))) for kind, counts in plots] == [
        ("Comments", 17),
        ("Reports", 2),
    ]


def test_open_alerts_are_counted_and_shown_on_the_front_of_the_desk(as_, mo, raid):
    front = as_(mo).get("/desk", follow_redirects=True).text

    assert rooms(front) == 1
    assert f'href="/desk/threads#surge-{raid.id}"' in front.split("data-alerts")[1]


def test_one_click_slows_the_thread_for_an_hour_and_a_second_changes_nothing(
    as_, guest, ada, mo, clock, raid, harbour
):
    client = as_(mo)
    for _ in range(2):
        answer = client.post(f"/desk/threads/surges/{raid.id}/slow")

    assert without_notice(answer) == "/desk/threads"
    assert said(answer).startswith("댓글 제한을 설정했습니다: The harbour reopens.")
    act = db.session.scalars(select(ThreadRestriction)).one()
    assert (act.measures, act.seconds) == (["slow"], 180)
    assert act.ends_at == NOON + timedelta(hours=1)
    assert "댓글이 한꺼번에 몰려" in guest.get("/articles/harbour").text
    assert (raid.acknowledger.name, rooms(client.get("/desk/threads").text)) == ("mo", 0)
    assert "느린 모드 중" in client.get("/desk/threads").text
    clock.shift(3600)
    assert RestrictionKind.SLOW not in thread_state(harbour).measures
    assert "댓글이 한꺼번에 몰려" not in guest.get("/articles/harbour").text


def test_an_acknowledged_surge_is_no_longer_an_alert(as_, mo, ada, clock, raid, harbour):
    client = as_(mo)
    path = f"/desk/threads/surges/{raid.id}/acknowledge"

    assert client.post(path, data={"note": "x" * 201}).status_code == 422
    assert client.post(path, data={"note": "단체 방문입니다."}).status_code == 303
    client.post(path, data={"note": "Another word"})
    talk(harbour, ada, 30, text="More {}")
    keep_time()

    page = client.get("/desk/threads").text
    assert rooms(page) == 0
    assert "“단체 방문입니다.”" in html.unescape(page)
    assert raid.counts["comments"]["most"] == 47


def test_a_past_surge_cannot_be_slowed(as_, mo, clock, raid):
    clock.shift(601)
    keep_time()

    assert as_(mo).post(f"/desk/threads/surges/{raid.id}/slow").status_code == 409
    history = as_(mo).get("/desk/threads/history").text
    assert "The harbour reopens" in history
    assert db.session.scalars(select(ThreadRestriction)).all() == []


def test_only_moderators_see_and_acknowledge_alerts(as_, guest, ada, tess, raid):
    paths = [f"/desk/threads/surges/{raid.id}/{verb}" for verb in ("slow", "acknowledge")]
    for client, status in [(guest, 401), (as_(ada), 403), (as_(tess), 403)]:
        assert [client.post(path).status_code for path in paths] == [status] * 2
    assert raid.acknowledged_at is None


def test_the_busiest_thread_comes_first(as_, mo, clock, ada, harbour):
    loud = keep(Article.publish(slug="loud", title="Loud"))
    talk(harbour, ada, 2)
    talk(loud, ada, 5)
    keep_time()

    page = as_(mo).get("/desk/threads").text
    rows = re.findall(r'class="article-link"[^>]*>([^<]+)</a>', page)

    assert rows == ["Loud", "The harbour reopens"]


def test_posting_takes_no_query_for_activity(ada, harbour):
    """Counting comes later: posting a comment writes no row of these tables."""
    say(harbour, ada, "Hello")

    assert db.session.scalars(select(ActivityBucket)).all() == []
    assert db.session.scalars(select(Comment)).one().body == "Hello"
