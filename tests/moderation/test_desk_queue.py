"""The desk lists pending comments, decides, undoes, and never decides the same comment twice."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from board.comments.models import Comment
from board.comments.writing import create
from board.db import db, now, writing
from board.moderation import queue as moderation_queue
from board.moderation.queue import Queue, QueueItem
from board.moderation.reports.models import report
from board.moderation.rulings import decisions, undo
from board.moderation.rulings.models import Ruling
from conftest import count_queries, more_link, person, said, say, without_notice

QUEUE = "/desk/comments?queue=held"


@pytest.fixture
def held(ada, bora, harbour, monkeypatch):
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    return [say(harbour, ada, "First"), say(harbour, bora, "Second")]


def rulings():
    return list(db.session.scalars(select(Ruling).order_by(Ruling.id)))


def decide(client, comment, verb, **fields):
    last = max((r.id for r in rulings() if r.comment_id == comment.id), default=0)
    data = {"next": QUEUE, "queue": "held", "last": last, **fields}
    return client.post(f"/desk/comments/{comment.id}/{verb}", data=data)


def test_a_queue_shows_the_longest_wait_first_with_context(as_, ada, mo, harbour, held):
    page = as_(mo).get(QUEUE).text

    assert page.index("First") < page.index("Second")
    assert "The harbour reopens" in page
    assert "승인 대기 <b>2</b>" in page


def test_keeping_and_hiding_empty_the_queue(as_, guest, mo, held):
    client = as_(mo)

    kept = decide(client, held[0], "keep")
    hidden = decide(client, held[1], "hide", reason="abuse")

    assert without_notice(kept) == without_notice(hidden) == QUEUE
    assert said(kept) == "ada 님의 댓글을 승인했습니다."
    assert said(hidden) == "bora 님의 댓글을 숨겼습니다(욕설·인신공격)."
    assert "처리할 댓글이 없습니다." in client.get(QUEUE).text
    assert "First" in guest.get("/articles/harbour").text
    assert "Second" not in guest.get("/articles/harbour").text


def test_hiding_without_a_reason_changes_nothing(as_, mo, held):
    answer = decide(as_(mo), held[0], "hide", reason="")

    assert answer.status_code == 422
    assert "First" in answer.text
    assert rulings() == []


@pytest.mark.parametrize("verb", ["keep", "hide"])
def test_a_second_decision_is_refused_and_names_the_first(as_, verb, mo, held):
    other = person("min", can_moderate=True)
    decide(as_(mo), held[0], "hide", reason="abuse")

    late = as_(other).post(
        f"/desk/comments/{held[0].id}/{verb}", data={"reason": "spam", "last": "0"}
    )

    assert late.status_code == 409
    assert "님이 먼저 처리했습니다(" in late.text
    assert len(rulings()) == 1


def test_a_decision_of_ones_own_in_another_window_names_nobody_else(as_, mo, held):
    decide(as_(mo), held[0], "hide", reason="abuse")

    late = as_(mo).post(f"/desk/comments/{held[0].id}/keep", data={"last": "0"})

    assert late.status_code == 409
    assert "이미 처리하셨습니다(댓글 숨김). 바뀐 것은 없습니다." in late.text


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("https://localhost/desk/comments?queue=held", "/desk/comments?queue=held"),
        ("https://localhost/desk/comments/bulk", None),  # a form’s own address
        ("https://localhost/", None),
        (None, None),
    ],
)
def test_without_scripts_a_refused_decision_leads_back_to_its_page(as_, mo, held, page, back):
    decide(as_(mo), held[0], "hide", reason="abuse")

    late = as_(mo).post(
        f"/desk/comments/{held[0].id}/keep",
        data={"last": "0"},
        headers={"Referer": page} if page else {},
    )

    assert late.status_code == 409
    link = f'<a class="button" href="{back}">돌아가기</a>'
    assert (link in late.text, "돌아가기" in late.text) == (back is not None, back is not None)


@pytest.mark.parametrize("verb", ["keep", "hide"])
def test_undo_restores_the_previous_state(as_, guest, verb, mo, harbour, held):
    client = as_(mo)
    before = [(i.comment_id, i.since) for i in db.session.scalars(QueueItem.oldest(Queue.HELD))]
    decide(client, held[0], verb, reason="abuse")

    answer = client.post(f"/desk/rulings/{rulings()[0].id}/undo", data={"next": QUEUE})

    assert without_notice(answer) == QUEUE
    assert said(answer) == "처리를 취소했습니다. ada 님의 댓글은 처리 전과 같습니다."
    after = [(i.comment_id, i.since) for i in db.session.scalars(QueueItem.oldest(Queue.HELD))]
    assert after == before
    assert (held[0].held_for, held[0].hidden_for) == ("word", None)
    assert "First" not in guest.get("/articles/harbour").text
    assert harbour.comment_count == 0


def test_undoing_a_restore_hides_the_comment_for_the_same_reason(as_, mo, ada, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        decisions.hide(comment, by=mo, reason="spam")
    with writing():
        ruling = decisions.restore(comment, by=mo, reason="review")

    as_(mo).post(f"/desk/rulings/{ruling.id}/undo")

    assert comment.hidden_for == "spam"


def test_an_undone_decision_is_not_in_the_public_log(as_, guest, mo, ada, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        ruling = decisions.hide(comment, by=mo, reason="spam")
    assert f'id="ruling-{ruling.id}"' in guest.get("/rulings").text

    as_(mo).post(f"/desk/rulings/{ruling.id}/undo")

    assert f'id="ruling-{ruling.id}"' not in guest.get("/rulings").text


def test_only_the_same_moderator_undoes_a_decision_once_and_soon(as_, mo, held, monkeypatch):
    client, other = as_(mo), as_(person("min", can_moderate=True))
    decide(client, held[0], "keep")
    path = f"/desk/rulings/{rulings()[0].id}/undo"

    assert other.post(path).status_code == 409
    assert client.post(path).status_code == 303
    assert client.post(path).status_code == 409
    decide(client, held[1], "keep")
    monkeypatch.setattr(undo, "UNDO_FOR", timedelta(0))
    assert client.post(f"/desk/rulings/{rulings()[-1].id}/undo").status_code == 409


def test_a_decision_is_not_undone_after_a_later_one(as_, mo, ada, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        first = decisions.hide(comment, by=mo, reason="spam")
        decisions.restore(comment, by=mo, reason="review")

    assert as_(mo).post(f"/desk/rulings/{first.id}/undo").status_code == 409
    assert comment.is_visible


def test_a_moderator_decides_many_at_once_and_undoes_them_at_once(as_, mo, held):
    client = as_(mo)
    ids = [comment.id for comment in held]
    fields = {"comment": ids, "act": "hide", "bulk_reason": "spam", "queue": "held", "next": QUEUE}

    answer = client.post("/desk/comments/bulk", data=fields)
    assert answer.status_code == 303
    assert [comment.hidden_for for comment in held] == ["spam", "spam"]

    client.post(f"/desk/rulings/{rulings()[-1].id}/undo", data={"next": QUEUE})

    assert [comment.held_for for comment in held] == ["word", "word"]
    assert [r.verdict for r in rulings()] == ["hide", "hide", "undo", "undo"]


def test_all_matching_comments_are_decided_once_their_number_is_confirmed(as_, mo, held):
    client = as_(mo)
    fields = {"all": "keep", "queue": "held", "next": QUEUE, "author": "ada"}

    confirmation = client.post("/desk/comments/bulk", data=fields)
    assert "댓글 1개를 승인할까요?" in confirmation.text
    assert rulings() == []
    stale = client.post("/desk/comments/bulk", data={**fields, "count": "7"})
    assert "댓글 1개를 승인할까요?" in stale.text
    client.post("/desk/comments/bulk", data={**fields, "count": "1"})

    assert [comment.held_for for comment in held] == [None, "word"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"act": "hide", "bulk_reason": "spam"},
        {"act": "hide", "comment": ["1"]},
        {"act": "burn", "comment": ["1"]},
        {"act": "keep", "comment": ["x"]},
        {"act": "keep", "comment": ["9" * 30]},
    ],
)
def test_an_invalid_bulk_decision_is_refused(as_, fields, mo, held):
    answer = as_(mo).post("/desk/comments/bulk", data={"queue": "held", "next": QUEUE, **fields})

    assert answer.status_code == 422
    assert rulings() == []


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("author=ada", ["First"]),
        ("author=ADA", ["First"]),
        ("text=eco", ["Second"]),
        ("text=%25", []),
        ("article=harbour", ["First", "Second"]),
        ("article=other", []),
        ("section=sea", []),
        ("reason=word", ["First", "Second"]),
        ("reason=link", []),
        ("age=1h", []),
        ("age=nonsense", ["First", "Second"]),
    ],
)
def test_filters_narrow_the_queue(as_, query, listed, mo, held):
    page = as_(mo).get(f"{QUEUE}&{query}").text

    assert [word for word in ("First", "Second") if f"<p>{word}</p>" in page] == listed


@pytest.mark.parametrize("query", ["queue=x", "queue=held&after=x", f"queue=held&after={'9' * 40}"])
def test_an_unknown_queue_is_refused(as_, query, mo):
    assert as_(mo).get(f"/desk/comments?{query}").status_code == 400


def test_a_queue_is_paged_and_shows_each_item_once(as_, ada, mo, harbour, held, monkeypatch):
    monkeypatch.setattr(QueueItem, "PAGE_SIZE", 1)
    first = as_(mo).get(QUEUE).text

    second = as_(mo).get(more_link(first)).text

    assert "<p>First</p>" in first
    assert "<p>Second</p>" not in first
    assert "<p>Second</p>" in second
    assert "첫 페이지로" in second
    assert "다음 페이지" not in second


def test_all_and_hidden_comments_are_listed_newest_first(as_, ada, mo, harbour):
    one, two = say(harbour, ada, "One"), say(harbour, ada, "Two")
    with writing():
        decisions.hide(one, by=mo, reason="spam")

    everything = as_(mo).get("/desk/comments?queue=all").text
    hidden = as_(mo).get("/desk/comments?queue=hidden").text

    assert everything.index("<p>Two</p>") < everything.index("<p>One</p>")
    assert two.is_visible
    assert "<p>Two</p>" not in hidden
    assert "<p>One</p>" in hidden


def test_a_moderator_sees_who_has_a_comment_open(as_, mo, held):
    other = person("min", can_moderate=True)
    taken = as_(mo).post(f"/desk/comments/{held[0].id}/take").json
    seen = as_(other).post(f"/desk/comments/{held[0].id}/take").json

    assert (taken, seen) == ({"taken_by": None}, {"taken_by": "mo"})
    assert "mo 님이 보고 있습니다." in as_(other).get(QUEUE).text
    assert "mo 님이 보고 있습니다." not in as_(mo).get(QUEUE).text


class TestNewAccounts:
    @pytest.fixture
    def settings(self, settings):
        return {**settings, "NEW_ACCOUNT_COMMENTS": 2}

    def test_their_first_comments_are_public_and_queued(self, as_, guest, ada, mo, harbour):
        for number in range(3):
            say(harbour, ada, f"Remark {number}")

        waiting = [item.comment.body for item in db.session.scalars(QueueItem.oldest(Queue.NEW))]

        assert waiting == ["Remark 0", "Remark 1"]
        assert "Remark 0" in guest.get("/articles/harbour").text


@pytest.mark.slow
def test_a_queue_takes_no_query_per_row(as_, ada, bora, mo, harbour):
    def one_more(number):
        root = say(harbour, ada, f"Root {number}")
        comment = say(harbour, bora, f"Reply {number}", to=root)
        reporter = person(f"독자 {chr(ord('가') + 28 * number)}")
        with writing():
            report(comment, by=reporter, reason="abuse", queue_weight=0)
            moderation_queue.claim(comment, by=mo)

    def queries():
        client = as_(mo)
        with count_queries() as seen:
            assert client.get("/desk/comments?queue=reported").status_code == 200
        return len(seen)

    one_more(0)
    one = queries()
    for number in range(1, 50):
        one_more(number)

    assert queries() == one


def test_a_queue_is_one_range_scan_in_its_order(app, mo):
    query = QueueItem.oldest(Queue.HELD, after=(now(), 1)).compile(
        db.engine, compile_kwargs={"literal_binds": False}
    )
    values = {**query.params}
    plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {query.string.replace('?', 'NULL')}"), {})
    steps = [row[3] for row in plan]

    assert values["queue_1"] == "held"
    assert steps[0].startswith("SEARCH queue_item USING INDEX ix_queue_item_oldest (queue=?")
    assert not any("TEMP B-TREE" in line for line in steps)


def test_deleting_a_comment_removes_it_from_the_queue(as_, ada, mo, held):
    as_(ada).post(f"/comments/{held[0].id}/delete")

    assert "<p>First</p>" not in as_(mo).get(QUEUE).text
    assert db.session.scalars(select(Comment)).first().body == ""


def test_a_moderator_decides_again_from_the_page_after_a_decision(as_, mo, held):
    client = as_(mo)
    answer = decide(client, held[0], "keep")
    page = client.get(answer.location).text
    onward = re.search(r'name="next" value="([^"]+)"', page)[1].replace("&amp;", "&")

    again = decide(client, held[1], "keep", next=onward)

    assert client.get(again.location).status_code == 200


@pytest.mark.slow
def test_a_reply_to_a_deleted_comment_shows_no_quote(as_, ada, bora, mo, harbour, monkeypatch):
    parent = say(harbour, bora, "Gone soon")
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    say(harbour, ada, "An answer", to=parent)
    with writing():
        parent.delete()

    assert "bora 님에게 단 답글(댓글은 삭제됨)</blockquote>" in as_(mo).get(QUEUE).text
    assert "Reply to bora (comment deleted)</blockquote>" in as_(mo).get(f"{QUEUE}&lang=en").text


def test_hidden_comments_are_restored_one_and_many_and_that_is_undone(as_, ada, mo, harbour):
    comments = [say(harbour, ada, word) for word in ("One", "Two", "Three")]
    with writing():
        for comment in comments:
            decisions.hide(comment, by=mo, reason="spam")
    client, url = as_(mo), "/desk/comments?queue=hidden"
    last = rulings()[0].id

    answer = decide(client, comments[0], "restore", last=str(last), next=url)
    assert "댓글 복원" in client.get(answer.location).text
    ids = [str(comment.id) for comment in comments]
    bulk = {"act": "restore", "comment": ids, "queue": "hidden", "next": url}
    client.post("/desk/comments/bulk", data=bulk)

    assert [comment.hidden_for for comment in comments] == [None] * 3
    client.post(f"/desk/rulings/{rulings()[-1].id}/undo", data={"next": url})
    assert [comment.hidden_for for comment in comments] == [None, "spam", "spam"]


def test_restoring_many_leaves_what_the_law_has_hidden(as_, ada, mo, harbour):
    one, two = say(harbour, ada, "One"), say(harbour, ada, "Two")
    with writing():
        decisions.hide(one, by=mo, reason="spam")
        decisions.hide_for_legal_claim(two, by=mo, reason="order", order=7)

    ids = [str(one.id), str(two.id)]
    fields = {"act": "restore", "comment": ids, "queue": "hidden", "next": QUEUE}
    as_(mo).post("/desk/comments/bulk", data=fields)

    assert [one.hidden_for, two.hidden_for] == [None, "order"]
