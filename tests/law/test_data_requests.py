"""Requests for user data are registered and answered sparingly, and readers are notified."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.db import db, now, writing
from board.law.authorities import data_requests
from board.law.authorities.cli import law_cli
from board.law.authorities.data_requests import DataRequest
from board.moderation.rulings.models import Ruling, Verdict
from board.runtime import jobs


def form_data(**changes):
    return {
        "kind": "telecom", "body": "부두경찰서", "number": "수사-42",
        "received_at": "2026-01-02T09:00",
        "name": "ada", "why": "사기 사건 수사", "relation": "피의자", "asked": ["name", "sign_in"],
        **changes,
    }  # fmt: skip


@pytest.fixture
def request_(ada, mo):
    def register(**changes):
        known = {"kind": "telecom", "asked": ["name", "sign_in"], **changes}
        with writing():
            return data_requests.register(
                ada, by=mo, body="Harbour police", number="42", received_at=now(), why="fraud",
                relation="suspect", **known,
            )  # fmt: skip

    return register


def newest_request():
    return db.session.scalar(select(DataRequest).order_by(DataRequest.id.desc()))


def answer(client, **data):
    data = {"outcome": "give", "says": "As asked", "tells": "authority", **data}
    return client.post(f"/desk/disclosures/{newest_request().id}/answer", data=data)


def test_a_moderator_registers_a_request_with_its_particulars(as_, ada, mo):
    assert as_(mo).post("/desk/disclosures", data=form_data()).status_code == 303

    request = newest_request()
    assert (request.user_id, request.body, request.number) == (ada.id, "부두경찰서", "수사-42")
    assert (request.why, request.relation, request.asked) == (
        "사기 사건 수사",
        "피의자",
        ["name", "sign_in"],
    )
    page = as_(mo).get("/desk/disclosures").text
    assert "수사-42" in page
    assert ada.email not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""}, {"body": ""}, {"number": ""}, {"received_at": ""}, {"why": ""},
        {"relation": ""}, {"asked": []}, {"asked": ["password"]}, {"name": "nobody"},
        {"received_at": "2199-01-01T00:00"},
    ],
)  # fmt: skip
def test_an_incomplete_request_is_not_registered(as_, ada, mo, wrong):
    assert as_(mo).post("/desk/disclosures", data=form_data(**wrong)).status_code == 422
    assert newest_request() is None


def test_no_more_is_disclosed_than_was_requested(as_, mo, request_):
    request_()

    assert answer(as_(mo), items=["joined"]).status_code == 422
    assert answer(as_(mo), items=[]).status_code == 422
    assert newest_request().answered_at is None


def test_some_items_are_partly_and_all_items_fully_disclosed(as_, mo, request_):
    request_()
    answer(as_(mo), items=["name"])
    assert (newest_request().outcome, newest_request().given) == ("partly", ["name"])
    request_()
    answer(as_(mo), items=["sign_in", "name"])
    assert (newest_request().outcome, newest_request().given) == ("given", ["name", "sign_in"])
    late = answer(as_(mo), items=["name"])
    assert late.status_code == 409
    assert "이미 처리하셨습니다(" in late.text


def test_the_board_does_not_notify_the_reader_where_the_authority_does(as_, ada, mo, request_):
    request_()
    answer(as_(mo), items=["name"])

    assert "disclosures" not in jobs.run_pending()
    assert "부두" not in as_(ada).get("/account/notices").text
    assert newest_request().tell_at is None


def test_the_board_always_notifies_the_reader_of_a_civil_request(as_, ada, mo, request_):
    request_(kind="civil")
    answer(as_(mo), items=["name"], tells="authority")

    assert "disclosures" in jobs.run_pending()
    assert "disclosures" not in jobs.run_pending()
    notices = as_(ada).get("/account/notices").text
    assert "이용자 정보를 제공했습니다: Harbour police 42 (닉네임)" in notices
    assert newest_request().told_at is not None
    [ruling] = db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.DISCLOSE))
    assert (ruling.about_id, ruling.moderator_id) == (ada.id, None)


def test_notification_can_be_deferred_to_a_day(as_, ada, mo, request_):
    request_()
    day = (now() + timedelta(days=90)).date()
    answer(as_(mo), items=["name"], tells="board", tell_on=day.isoformat())

    assert "disclosures" not in jobs.run_pending()
    assert "Harbour police" not in as_(ada).get("/account/notices").text
    with time_machine.travel(now() + timedelta(days=91)):
        assert "disclosures" in jobs.run_pending()
        assert "Harbour police" in as_(ada).get("/account/notices").text


def test_a_refusal_needs_a_reason(as_, mo, request_):
    request_()

    assert answer(as_(mo), outcome="refuse", says="").status_code == 422
    assert answer(as_(mo), outcome="refuse", says="No warrant").status_code == 303
    request = newest_request()
    assert (request.outcome, request.given, request.tell_at) == (
        "refused",
        [],
        None,
    )


def test_an_operator_prints_exactly_what_was_disclosed(app, as_, ada, mo, request_):
    runner = app.test_cli_runner()
    id = request_().id
    before = runner.invoke(law_cli, ["give", str(id)])
    assert before.exit_code == 1
    answer(as_(mo), items=["sign_in"])

    given = runner.invoke(law_cli, ["give", str(id)])

    assert json.loads(given.output) == {"sign_in": ada.email}
    assert runner.invoke(law_cli, ["give", "999"]).exit_code == 1


def test_the_public_sees_counts_and_no_names(as_, guest, mo, request_):
    request_()
    answer(as_(mo), outcome="refuse")

    [first, *_] = guest.get("/transparency.json").json["half_years"]
    assert first["disclosures"] == [{"kind": "telecom", "outcome": "refused", "number": 1}]
    page = guest.get("/transparency").text
    assert "통신이용자정보(전기통신사업법 제83조)" in page
    assert "Harbour police" not in page
