"""What authorities ask to know of a reader is registered, given sparingly, and told."""

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


def told(**changes):
    return {
        "kind": "telecom", "body": "부두경찰서", "number": "수사-42",
        "received_at": "2026-01-02T09:00",
        "name": "ada", "why": "사기 사건 수사", "relation": "피의자", "asked": ["name", "sign_in"],
        **changes,
    }  # fmt: skip


@pytest.fixture
def request_(ada, mo):
    def made(**changes):
        known = {"kind": "telecom", "asked": ["name", "sign_in"], **changes}
        with writing():
            return data_requests.register(
                ada, by=mo, body="Harbour police", number="42", received_at=now(), why="fraud",
                relation="suspect", **known,
            )  # fmt: skip

    return made


def newest():
    return db.session.scalar(select(DataRequest).order_by(DataRequest.id.desc()))


def answer(client, **data):
    data = {"outcome": "give", "says": "As asked", "tells": "authority", **data}
    return client.post(f"/desk/disclosures/{newest().id}/answer", data=data)


def test_a_moderator_registers_what_the_letter_says(as_, ada, mo):
    assert as_(mo).post("/desk/disclosures", data=told()).status_code == 303

    made = newest()
    assert (made.user_id, made.body, made.number) == (ada.id, "부두경찰서", "수사-42")
    assert (made.why, made.relation, made.asked) == (
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
def test_a_request_that_lacks_something_is_not_registered(as_, ada, mo, wrong):
    assert as_(mo).post("/desk/disclosures", data=told(**wrong)).status_code == 422
    assert newest() is None


def test_no_more_is_given_than_was_asked_for(as_, mo, request_):
    request_()

    assert answer(as_(mo), items=["joined"]).status_code == 422
    assert answer(as_(mo), items=[]).status_code == 422
    assert newest().answered_at is None


def test_some_of_it_is_partly_and_all_of_it_is_given(as_, mo, request_):
    request_()
    answer(as_(mo), items=["name"])
    assert (newest().outcome, newest().given) == ("partly", ["name"])
    request_()
    answer(as_(mo), items=["sign_in", "name"])
    assert (newest().outcome, newest().given) == ("given", ["name", "sign_in"])
    assert answer(as_(mo), items=["name"]).status_code == 409


def test_the_reader_is_not_told_by_us_where_the_authority_does_it(as_, ada, mo, request_):
    request_()
    answer(as_(mo), items=["name"])

    assert "disclosures" not in jobs.run_pending()
    assert "부두" not in as_(ada).get("/account/notices").text
    assert newest().tell_at is None


def test_after_a_civil_request_the_board_tells_the_reader_whatever_the_form_says(
    as_, ada, mo, request_
):
    request_(kind="civil")
    answer(as_(mo), items=["name"], tells="authority")

    assert "disclosures" in jobs.run_pending()
    assert "disclosures" not in jobs.run_pending()
    notices = as_(ada).get("/account/notices").text
    assert "이용자 정보를 제공했습니다: Harbour police 42 (닉네임)" in notices
    assert newest().told_at is not None
    [ruling] = db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.DISCLOSE))
    assert (ruling.about_id, ruling.moderator_id) == (ada.id, None)


def test_it_may_be_put_off_to_a_day(as_, ada, mo, request_):
    request_()
    day = (now() + timedelta(days=90)).date()
    answer(as_(mo), items=["name"], tells="board", tell_on=day.isoformat())

    assert "disclosures" not in jobs.run_pending()
    assert "Harbour police" not in as_(ada).get("/account/notices").text
    with time_machine.travel(now() + timedelta(days=91)):
        assert "disclosures" in jobs.run_pending()
        assert "Harbour police" in as_(ada).get("/account/notices").text


def test_whoever_was_not_given_anything_is_refused_with_a_reason(as_, mo, request_):
    request_()

    assert answer(as_(mo), outcome="refuse", says="").status_code == 422
    assert answer(as_(mo), outcome="refuse", says="No warrant").status_code == 303
    assert (newest().outcome, newest().given, newest().tell_at) == ("refused", [], None)


def test_an_operator_hands_over_exactly_what_was_given(app, as_, ada, mo, request_):
    runner = app.test_cli_runner()
    id = request_().id
    before = runner.invoke(law_cli, ["give", str(id)])
    assert before.exit_code == 1
    answer(as_(mo), items=["sign_in"])

    given = runner.invoke(law_cli, ["give", str(id)])

    assert json.loads(given.output) == {"sign_in": ada.email}
    assert runner.invoke(law_cli, ["give", "999"]).exit_code == 1


def test_the_public_reads_numbers_and_no_names(as_, guest, mo, request_):
    request_()
    answer(as_(mo), outcome="refuse")

    [first, *_] = guest.get("/transparency.json").json["half_years"]
    assert first["disclosures"] == [{"kind": "telecom", "outcome": "refused", "number": 1}]
    page = guest.get("/transparency").text
    assert "통신이용자정보(전기통신사업법 제83조)" in page
    assert "Harbour police" not in page
