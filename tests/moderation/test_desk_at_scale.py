"""The desk stays fast with long queues: no page takes a query per row, no queue is scanned."""

from datetime import timedelta
from itertools import count as numbers

import pytest
from sqlalchemy import insert, select

from board.accounts.email.frequency import Frequency
from board.accounts.roles import changes as role_changes
from board.accounts.sites.models import Site
from board.api.webhooks import secrets
from board.api.webhooks.models import Webhook
from board.articles.models import Article
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.body import Body
from board.comments.models import Comment
from board.db import db, now, writing
from board.law.authorities import data_requests, orders
from board.law.banned_texts import models as banned_texts
from board.law.claims.workflow import block, receive_claim
from board.moderation import queue as moderation_queue
from board.moderation.alerts.kinds import alert_kinds
from board.moderation.alerts.models import choose
from board.moderation.appeals import models as appeals
from board.moderation.desk import rows as desk_rows
from board.moderation.filters import changes, dry_run
from board.moderation.filters.models import State
from board.moderation.queue import Queue, QueueItem
from board.moderation.reports import models as reports
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.moderation.threads.restrictions import end_restriction, restrict
from board.moderation.users import bulk_bans, sanctions, staff_notes
from board.ops.sample import thread_generator as sample_threads
from conftest import count_queries, more_link, person, say

pytestmark = pytest.mark.slow

_number = numbers()

# Every page of the desk a moderator opens, and a function that adds one row to it.
ROWS = {}


def row_of(*paths):
    def mark(make):
        ROWS.update(dict.fromkeys(paths, make))
        return make

    return mark


@pytest.fixture
def add(harbour, mo):
    """Adds rows to a page, each with its own users and comments."""
    second = person("min", can_moderate=True)

    def add_rows(path, times):
        for _ in range(times):
            author = person(f"reader{next(_number)}")
            comment = say(harbour, author, f"Remark {next(_number)}")
            with writing():
                ROWS[path](comment, author, mo, second)

    return add_rows


@row_of("/desk/comments?queue=reported")
def reported(comment, author, mo, second):
    reports.report(comment, by=second, reason="abuse", note="look")


@row_of("/desk/comments?queue=held")
def held(comment, author, mo, second):
    comment._set_held(reason="word")
    moderation_queue.enqueue(comment, Queue.HELD, reason="word")


@row_of("/desk/comments?queue=new")
def new(comment, author, mo, second):
    moderation_queue.enqueue(comment, Queue.NEW)


@row_of("/desk/comments?queue=all")
def any_comment(comment, author, mo, second):
    comment.edit(Body.from_text(f"{comment.body}, edited"))


@row_of("/desk/comments?queue=hidden", "/desk/rulings", "/rulings", "/rulings.csv", "/rulings.json")
def hidden(comment, author, mo, second):
    decisions.hide(comment, by=mo, reason="abuse")


@row_of("/desk/appeals")
def appealed(comment, author, mo, second):
    """A pending appeal, and a decided one against a decision by mo."""
    appeals.submit_appeal(decisions.hide(comment, by=second, reason="abuse"), by=author, text="No")
    warned = sanctions.warn(author, by=mo, reason="abuse")
    appeal = appeals.submit_appeal(warned, by=author, text="No")
    db.session.flush()
    appeals.decide(appeal, by=second, uphold=False, note="It was.")


@row_of("/desk/claims", "/desk/claims/search")
def claimed(comment, author, mo, second):
    for _ in range(2):
        made, _secret = receive_claim(
            comment, name="Kim", contact="kim@pier.example", kind="privacy", sentence="3",
            text="Mine", wish="block", requester="person",
        )  # fmt: skip
    db.session.flush()
    block(made, by=mo, says="Down.")


@row_of("/desk/orders")
def ordered(comment, author, mo, second):
    known = {"kind": "court", "body": "A court", "number": "1", "items": "Delete"}
    for answered in (False, True):
        order = orders.register(
            [comment], by=mo, received_at=now(), deadline_at=now() + timedelta(1), **known
        )
        if answered:
            order.close(orders.Outcome.PARTLY, by=second, says="Partly")


@row_of("/desk/alerts")
def wanted(comment, author, mo, second):
    choose(mo, dict.fromkeys(alert_kinds, Frequency.HOURLY))


@row_of("/desk/disclosures")
def data_request(comment, author, mo, second):
    for answered in (False, True):
        request = data_requests.register(
            author, by=mo, kind="telecom", body="Police", number="1", received_at=now(),
            why="fraud", relation="suspect", asked=["name"],
        )  # fmt: skip
        if answered:
            data_requests.disclose(request, by=second, items=["name"], says="Given", tell_at=None)


@row_of("/desk/barred")
def barred_text(comment, author, mo, second):
    banned_texts.ban_text(
        f"Something unlawful, number {next(_number)}", by=mo, case="A court", comment=comment
    )


@row_of("/desk/people")
def held_back(comment, author, mo, second):
    sanctions.hold(author, by=mo, until=now() + timedelta(1), reason="abuse")
    bulk_bans.propose([author], by=second, reason="abuse")


@row_of("/desk/rules", "/desk/rules/allowed")
def rule(comment, author, mo, second):
    changes.add(kind="word", text=f"lantern{next(_number)}", by=mo, state=State.ON)
    changes.allow(f"lanternfish{next(_number)}", by=mo)


@row_of("/desk/threads", "/desk/threads/history")
def restricted(comment, author, mo, second):
    article = Article.publish(slug=f"pier-{next(_number)}", title="Pier", body_html="<p>Pier</p>")
    db.session.flush()
    for is_over in (False, True):
        act = restrict(
            RestrictionSpec(article=article, measures=[RestrictionKind.LATEST], reason="Calm"),
            by=mo,
        )
        if is_over:
            end_restriction(act, by=second)


@row_of("/desk/staff", "/desk/staff/log")
def staff_proposed(comment, author, mo, second):
    """A new editor, and a proposal that waits for a second person."""
    second.can_appoint = author.can_edit = True
    role_changes.propose("can_supervise", by=second, why="Nights", subject=author)


@row_of("/desk/sites")
def site_added(comment, author, mo, second):
    mo.can_appoint = True
    number = next(_number)
    Site.add(f"press-{number}", "Press").set_origins([f"https://press-{number}.example"])


@row_of("/desk/webhooks")
def webhook_added(comment, author, mo, second):
    mo.can_appoint = True
    webhook = Webhook(url="https://cms.example/", with_text=False, secret=secrets.new_secret())
    webhook.switch_on()
    db.session.add(webhook)


@pytest.mark.parametrize("path", ROWS)
def test_a_page_of_ten_rows_takes_as_many_queries_as_a_page_of_one(as_, mo, add, path):
    client = as_(mo)

    def statements():
        client.get(path)  # queries made once in a process are not counted
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        return len([each for each in seen if each.startswith("SELECT")])

    add(path, 1)
    one = statements()
    add(path, 9)

    assert statements() == one


@pytest.mark.parametrize("page", ["", "/comments"])
def test_pages_of_a_user_take_as_many_queries_for_ten_of_everything(as_, ada, mo, harbour, page):
    client = as_(mo)

    def add(times):
        for _ in range(times):
            comment = say(harbour, ada, f"Remark {next(_number)}")
            with writing():
                decisions.hide(comment, by=mo, reason="abuse")
                staff_notes.add_note(ada, by=mo, text="note")

    def statements():
        with count_queries() as seen:
            assert client.get(f"/desk/people/{ada.id}{page}").status_code == 200
        return len([each for each in seen if each.startswith("SELECT")])

    add(1)
    one = statements()
    add(9)
    assert statements() == one


def test_a_rule_and_its_dry_run_take_as_many_queries_for_ten_matches(as_, app, ada, mo, harbour):
    with writing():
        word = changes.add(kind="word", text="lantern", by=mo, state=State.SHADOW)
        trial = dry_run.begin(
            kind="word", text="lantern", action="hold", category="other", disguised=True, by=mo,
            days=1, note="",
        )  # fmt: skip
    client = as_(mo)

    def statements(path):
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        return len([each for each in seen if each.startswith("SELECT")])

    paths = (f"/desk/rules/{word.id}", f"/desk/rules/trials/{trial.id}")
    counts = []
    for times in (1, 9):
        for _ in range(times):
            say(harbour, ada, f"lantern {next(_number)}")
        with writing():
            stored = db.session.get_one(type(trial), trial.id)
            stored.reached, stored.is_done, stored.looked, stored.sample = 0, False, 0, []
        with writing():
            step = dry_run.run_step(stored)
            dry_run.store_step(stored, step)
        counts.append([statements(path) for path in paths])
    assert counts[0] == counts[1]


def test_every_page_of_the_desk_is_covered_here(app):
    """A new page must be added above; pages of one item are listed by name."""
    desk = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")}
    listed = {path.partition("?")[0] for path in ROWS} | {
        "/desk", "/desk/people/<id:id>", "/desk/people/<id:id>/comments",
        "/desk/rules/<id:id>", "/desk/rules/trials/<id:id>",
        "/desk/sites/<key>", "/desk/webhooks/<id:id>",
    }  # fmt: skip
    forms = {rule for rule in desk if rule.endswith(("/new", "/case", "/import", "/list.txt"))}
    of_others = {
        rule for rule in desk if rule.startswith(("/desk/articles", "/desk/tips", "/desk/unread"))
    }
    acts = {
        rule.rule for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and "GET" not in rule.methods
    }  # fmt: skip

    assert desk - listed - forms - of_others - acts == set()


@pytest.mark.parametrize(("waiting_", "badge"), [(999, "999"), (1000, "999+")])
def test_badges_count_to_999(as_, ada, mo, harbour, waiting_, badge):
    begin = now()
    with writing():
        rows = sample_threads.fill(harbour, waiting_)
        assert sum(rows) == waiting_
        ids = db.session.scalars(select(Comment.id)).all()
        row = {"queue": "new", "article_id": harbour.id, "author_id": ada.id, "since": begin}
        db.session.execute(insert(QueueItem), [{"comment_id": id, **row} for id in ids])

    page = as_(mo).get("/desk/comments?queue=held").text

    assert f"새 회원 댓글 <b>{badge}</b>" in page.replace("\n", "")


def test_a_text_search_goes_on_page_by_page_and_misses_nothing(as_, ada, mo, harbour, monkeypatch):
    monkeypatch.setattr(desk_rows, "SEARCH_MAX", 3)
    monkeypatch.setattr("board.moderation.desk.page.SEARCH_MAX", 3)
    for number in range(7):
        text = "A whale" if number in (1, 6) else f"Remark {number}"
        comment = say(harbour, ada, text, key=f"whale {number}")
        with writing():
            moderation_queue.enqueue(comment, Queue.NEW)
    client = as_(mo)

    for queue in ("new", "all"):
        url, found, pages = f"/desk/comments?queue={queue}&text=whale", 0, 0
        while url:
            page = client.get(url).text
            found, pages = found + page.count('id="item-'), pages + 1
            url = more_link(page)
        assert (queue, found, pages) == (queue, 2, 3)


def query_plan(statement):
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    return [row[3] for row in rows]


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ((), "ix_queue_item_oldest"),
        ((QueueItem.article_id == 1,), "ix_queue_item_article"),
        ((QueueItem.author_id == 1,), "ix_queue_item_author"),
    ],
)
def test_a_queue_is_read_in_its_order_from_one_index(app, filters, index):
    plan = query_plan(QueueItem.oldest(Queue.HELD, *filters))

    assert any(f"INDEX {index} " in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_open_reports_are_found_by_their_comment(app):
    plan = query_plan(reports.Report.open_on([1, 2]))

    assert any("report USING INDEX sqlite_autoindex_report_1 (comment_id=?)" in s for s in plan), (
        plan
    )


def test_hidden_comments_are_read_from_their_own_index(app):
    hidden = select(Comment).where(Comment.hidden_for.is_not(None), Comment.deleted_at.is_(None))

    plan = query_plan(hidden.order_by(Comment.id.desc()).limit(51))

    assert plan == ["SCAN comment USING INDEX ix_comment_hidden"]


def test_the_last_decision_of_a_moderator_is_found_without_scanning_the_log(app):
    mine = select(Ruling).where(Ruling.moderator_id == 1).order_by(Ruling.id.desc()).limit(1)

    assert query_plan(mine) == [
        "SEARCH ruling USING INDEX ix_ruling_moderator_id_id (moderator_id=?)"
    ]
