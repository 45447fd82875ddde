"""A moderator registers orders of authorities and carries them out; the public sees counts."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from board.comments.models import Comment
from board.db import db, now, writing
from board.law.authorities import orders
from board.law.authorities.orders import Order, Outcome
from board.moderation.rulings.models import Ruling, Verdict
from conftest import more_link, say

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 20, 12, tzinfo=SEOUL)


def form_data(*comments, **changes):
    return {
        "kind": "commission", "body": "방송미디어통신심의위원회", "number": "2026-123",
        "received_at": "2026-11-20T09:00", "items": "해당 정보의 삭제",
        "deadline_at": "2026-11-23T18:00",
        "comments": "\n".join(f"http://localhost/comments/{each.id}" for each in comments),
        **changes,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(app):
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def unlawful(harbour, ada):
    return [say(harbour, ada, "One"), say(harbour, ada, "Two")]


@pytest.fixture
def order(mo, unlawful):
    with writing():
        return orders.register(
            unlawful, by=mo, kind="court", body="A court", number="2026가합1", items="Delete it",
            received_at=now(), deadline_at=now() + timedelta(days=2),
        )  # fmt: skip


def newest_order():
    return db.session.scalar(select(Order).order_by(Order.id.desc()))


def test_a_moderator_registers_an_order_with_its_five_particulars(as_, mo, unlawful):
    response = as_(mo).post("/desk/orders", data=form_data(*unlawful, unlawful[0]))

    assert response.status_code == 303
    made = newest_order()
    assert (made.body, made.number, made.items) == (
        "방송미디어통신심의위원회", "2026-123", "해당 정보의 삭제",
    )  # fmt: skip
    assert made.received_at == datetime(2026, 11, 20, 9, tzinfo=SEOUL)
    assert made.deadline_at == datetime(2026, 11, 23, 18, tzinfo=SEOUL)
    assert [target.comment_id for target in made.targets] == [each.id for each in unlawful]
    page = as_(mo).get("/desk/orders").text
    assert "2026-123" in page
    assert "2026.11.23. 18:00" in page


@pytest.mark.parametrize(
    "missing", ["kind", "body", "number", "received_at", "items", "deadline_at"]
)
def test_an_order_without_one_of_them_is_shown_again(as_, mo, unlawful, missing):
    response = as_(mo).post("/desk/orders", data=form_data(*unlawful, **{missing: " "}))

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert newest_order() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"received_at": "2026-11-21T09:00"},
        {"deadline_at": "2026-11-19T09:00"},
        {"comments": "http://localhost/comments/999"},
        {"kind": "neighbour"},
    ],
)
def test_impossible_particulars_are_refused(as_, mo, unlawful, wrong):
    assert as_(mo).post("/desk/orders", data=form_data(*unlawful, **wrong)).status_code == 422
    assert newest_order() is None


def test_complying_hides_the_comments_and_notifies_their_authors(
    as_, guest, ada, mo, unlawful, order
):
    with writing():
        db.session.get_one(Comment, unlawful[1].id).delete()
    url = f"/desk/orders/{order.id}/answer"

    data = {"outcome": "carried_out", "says": "Hidden today"}
    assert as_(mo).post(url, data=data).status_code == 303

    page = guest.get(f"/comments/{unlawful[0].id}").text
    assert "One" not in page.split("<main")[1]
    assert "관계 기관의 명령·판결" in guest.get("/rulings").text
    assert "관계 기관의 명령" in as_(ada).get("/account/notices").text
    made = newest_order()
    first, second = (target.ruling_id for target in made.targets)
    assert (db.session.get(Ruling, first).detail["order"], second) == (made.id, None)
    assert (made.outcome, made.says, made.answered_by) == ("carried_out", "Hidden today", mo.id)
    late = as_(mo).post(url, data=data)
    assert late.status_code == 409
    assert "이미 처리하셨습니다(이행). 바뀐 것은 없습니다." in late.text
    assert "2026가합1" in as_(mo).get("/desk/orders").text


def test_an_order_of_the_election_commission_shows_the_three_days_to_object(as_, ada, mo, unlawful):
    with writing():
        made = orders.register(
            unlawful, by=mo, kind="election", body="NEC", number="7", items="Delete",
            received_at=now(), deadline_at=now(),
        )  # fmt: skip
    assert "2026.11.23. 12:00까지 이의신청 가능" in as_(mo).get("/desk/orders").text
    with writing():
        orders.carry_out(db.session.get_one(Order, made.id), by=mo)

    notices = as_(ada).get("/account/notices").text
    assert "3일 안에 선거관리위원회에 이의를 신청할 수 있고" in notices
    assert "/appeal" in notices


def test_a_refused_order_hides_nothing_and_needs_a_reason(as_, guest, mo, order):
    data = {"outcome": "refused", "says": "It names no law"}
    as_(mo).post(f"/desk/orders/{order.id}/answer", data=data)

    assert "One" in guest.get("/articles/harbour").text
    assert newest_order().outcome == Outcome.REFUSED
    empty = {"outcome": "refused", "says": ""}
    assert as_(mo).post(f"/desk/orders/{order.id}/answer", data=empty).status_code == 422


def test_overdue_orders_are_marked_and_counted_in_the_navigation(as_, mo, order):
    assert "기한 초과" not in as_(mo).get("/desk/orders").text
    with time_machine.travel(NOON + timedelta(days=3)):
        page = as_(mo).get("/desk/orders").text

    assert "기한 초과" in page
    assert 'aria-current="page">삭제 명령·요청 <b>1</b>' in page


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE authority_order SET number = '8'",
        "UPDATE authority_order SET received_at = '2020-01-01'",
        "DELETE FROM authority_order",
        "UPDATE disclosure SET why = 'another'",
        "DELETE FROM disclosure",
    ],
)
def test_nobody_can_change_an_entry_of_a_register(order, ada, mo, statement):
    from board.law.authorities import data_requests  # noqa: PLC0415

    with writing():
        data_requests.register(
            ada, by=mo, kind="telecom", body="Police", number="1", received_at=now(),
            why="fraud", relation="suspect", asked=["name"],
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="append-only"), writing():
        db.session.execute(db.text(statement))
    db.session.rollback()


def test_the_public_sees_how_many_orders_came_in_each_half_year(guest, mo, order):
    with writing():
        orders.carry_out(db.session.get_one(Order, order.id), by=mo)

    halves = guest.get("/transparency.json").json["half_years"]
    assert [half["half_year"] for half in halves] == ["2026-H2", "2026-H1", "2025-H2", "2025-H1"]
    assert halves[0]["orders"] == [{"kind": "court", "outcome": "carried_out", "number": 1}]
    assert halves[1]["orders"] == []
    assert "2026-H2,orders,court/carried_out,1" in guest.get("/transparency.csv").text
    page = re.sub(r' data-label="[^"]*"', "", guest.get("/transparency").text)
    row = r'<th scope="row">2026년 하반기</th>\s*<td>법원</td>\s*<td>이행</td>\s*<td>1</td>'
    assert len(re.findall(row, page)) == 1
    assert "2026가합1" not in page


def test_only_moderators_write_to_the_registers(as_, guest, ada, tess, order):
    for client, status in ((guest, 401), (as_(ada), 403), (as_(tess), 403)):
        for url in ("/desk/orders", f"/desk/orders/{order.id}/answer", "/desk/disclosures"):
            assert client.post(url, data={}).status_code == status


def test_each_step_of_an_order_is_in_the_log(mo, order):
    with writing():
        orders.carry_out(db.session.get_one(Order, order.id), by=mo)

    verdicts = db.session.scalars(select(Ruling.verdict).order_by(Ruling.id)).all()
    assert verdicts == [Verdict.ORDER, Verdict.HIDE, Verdict.HIDE, Verdict.ANSWER_ORDER]


def test_answered_orders_are_paged(as_, mo, monkeypatch, harbour):
    monkeypatch.setattr(Order, "PAGE_SIZE", 2)
    for number in range(3):
        with writing():
            made = orders.register(
                [], by=mo, kind="other", body="A body", number=f"no {number}", items="x",
                received_at=now(), deadline_at=now(),
            )  # fmt: skip
            made.close(Outcome.REFUSED, by=mo, says="no")
    client = as_(mo)
    first = client.get("/desk/orders").text

    second = client.get(more_link(first)).text

    assert ("no 2" in first, "no 0" in first) == (True, False)
    assert "no 0" in second
