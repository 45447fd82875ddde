"""Re-authentication: password and code again before data exports, case files and evidence."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from board.accounts.auth.passwords import hash_password
from board.accounts.models import Session, User
from board.accounts.sign_in.reauthentication import PREFIX
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.totp import new_secret
from board.articles.models import Article
from board.db import db, now, writing
from conftest import PASSWORD, say

MINUTE = timedelta(minutes=1)
DATA = "/account/data"
CASE = {"purpose": "court", "says": "2026고단1 <사건>"}
Clock = time_machine.Traveller
Prove = Callable[..., TestResponse]


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture
def secret(app: Flask, ada: User, mo: User) -> str:
    """The secret on the phone of mo; both have a password."""
    secret, password_hash = new_secret(), hash_password(PASSWORD)
    with writing():
        ada.password_hash = mo.password_hash = password_hash
        two_factor.enrol(mo, secret, step=0, key=app.config["SECRET_KEY"])
    return secret


@pytest.fixture
def reader(as_: Callable[[User], FlaskClient], clock: Clock, secret: str, ada: User) -> FlaskClient:
    """The browser of ada, who signed in eleven minutes ago."""
    client = as_(ada)
    clock.shift(11 * MINUTE)
    return client


@pytest.fixture
def desk(as_: Callable[[User], FlaskClient], clock: Clock, secret: str, mo: User) -> FlaskClient:
    """The browser of mo, who signed in eleven minutes ago."""
    client = as_(mo)
    clock.shift(11 * MINUTE)
    return client


@pytest.fixture
def case(harbour: Article, ada: User) -> str:
    """The address of the case file of a comment."""
    return f"/desk/comments/{say(harbour, ada, '문제의 글').id}/case"


@pytest.fixture
def prove(secret: str) -> Prove:
    """Sends the form of a page that asks, with password and code."""

    def send(
        client: FlaskClient, url: str, page: TestResponse, password: str = PASSWORD, code: str = ""
    ) -> TestResponse:
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
        data = {name: unescape(value) for name, value in fields}
        data[f"{PREFIX}password"] = password
        if f'name="{PREFIX}code"' in page.text:
            data[f"{PREFIX}code"] = code or pyotp.TOTP(secret).at(int(now().timestamp()))
        return client.post(url, data=data)

    return send


def token(client: FlaskClient) -> str:
    cookie = client.get_cookie("board_session")
    assert cookie
    return cookie.value


def test_within_ten_minutes_of_signing_in_nothing_is_asked(
    as_: Callable[[User], FlaskClient], clock: Clock, secret: str, ada: User
) -> None:
    client = as_(ada)
    clock.shift(9 * MINUTE)

    assert client.get(DATA).json["account"]["name"] == "ada"


def test_later_a_member_enters_the_password_and_has_the_data(
    reader: FlaskClient, prove: Prove
) -> None:
    page = reader.get(DATA)
    assert (page.status_code, page.mimetype) == (401, "text/html")
    assert "본인 확인" in page.text and f"{PREFIX}code" not in page.text
    assert "ada@harbour.example" not in page.text

    answer = prove(reader, DATA, page)

    assert answer.json["account"]["email"] == "ada@harbour.example"
    assert reader.get(DATA).status_code == 200


def test_the_data_cannot_be_had_with_a_session_alone(reader: FlaskClient) -> None:
    for method in ("GET", "HEAD", "POST"):
        assert reader.open(DATA, method=method).status_code == 401
    assert reader.post(DATA, data={f"{PREFIX}password": ""}).status_code == 422


@pytest.mark.slow
def test_a_wrong_password_shows_nothing_and_counts_as_a_try(
    reader: FlaskClient, prove: Prove
) -> None:
    page = reader.get(DATA)
    answers = [prove(reader, DATA, page, password="wrong " + PASSWORD) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "비밀번호가 맞지 않습니다" in answers[0].text
    assert prove(reader, DATA, page).status_code == 429


def test_a_moderator_enters_password_and_code_and_has_the_case_file(
    desk: FlaskClient, prove: Prove, case: str
) -> None:
    page = desk.post(case, data=CASE)
    assert page.status_code == 401

    answer = prove(desk, case, page)

    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert "comment-" in answer.headers["Content-Disposition"]
    assert db.session.scalars(select(two_factor.SecondFactor)).one().wrong == 0


def test_what_was_chosen_and_written_is_asked_for_once(
    desk: FlaskClient, prove: Prove, case: str
) -> None:
    page = prove(desk, case, desk.post(case, data=CASE), password="wrong pier")

    assert page.status_code == 422
    assert "2026고단1 &lt;사건&gt;" in page.text
    assert PASSWORD not in page.text and "wrong pier" not in page.text
    assert prove(desk, case, page).status_code == 200


@pytest.mark.parametrize(("password", "code"), [(PASSWORD, "000000"), ("wrong", "")])
def test_one_of_both_is_not_enough(
    desk: FlaskClient, prove: Prove, case: str, password: str, code: str
) -> None:
    page = desk.post(case, data=CASE)

    assert prove(desk, case, page, password, code).status_code == 422
    assert desk.post(case, data=CASE).status_code == 401


def test_a_code_is_good_once(
    desk: FlaskClient, as_: Callable[[User], FlaskClient], prove: Prove, mo: User, case: str
) -> None:
    assert prove(desk, case, desk.post(case, data=CASE)).status_code == 200
    other = as_(mo)
    with writing():
        for session in db.session.scalars(select(Session)):
            session.second_factor_at = now() - 11 * MINUTE

    assert prove(other, case, other.post(case, data=CASE)).status_code == 422


@pytest.mark.parametrize(
    "path", ["claims/files/1/open", "claims/1/case", "orders/1/case", "comments/1/case"]
)
def test_evidence_and_every_case_file_are_asked_for_before_they_are_looked_up(
    desk: FlaskClient, prove: Prove, path: str
) -> None:
    page = desk.post(f"/desk/{path}", data=CASE)
    assert page.status_code == 401

    assert prove(desk, f"/desk/{path}", page).status_code == 404


def test_a_recent_password_does_not_stand_for_an_old_code(
    as_: Callable[[User], FlaskClient], clock: Clock, secret: str, mo: User, case: str
) -> None:
    client = as_(mo)
    clock.shift(11 * MINUTE)
    data = {"current": PASSWORD, "password": "another lighthouse at dawn"}
    assert client.post("/account/password", data=data).status_code == 303

    assert client.post(case, data=CASE).status_code == 401


def test_a_code_does_not_stand_for_an_old_password(
    desk: FlaskClient, secret: str, mo: User, case: str
) -> None:
    with writing():
        for session in db.session.scalars(select(Session)):
            session.second_factor_at = None
    code = pyotp.TOTP(secret).at(int(now().timestamp()))
    assert desk.post("/sign-in/code", data={"code": code}).status_code == 303
    assert desk.get("/desk/comments").status_code == 200

    assert desk.post(case, data=CASE).status_code == 401


def test_the_session_gets_another_token(reader: FlaskClient, prove: Prove) -> None:
    before = token(reader)
    prove(reader, DATA, reader.get(DATA))

    assert token(reader) != before
    reader.set_cookie("board_session", before)
    assert reader.get("/account").status_code == 303


def test_the_proof_is_no_field_of_the_form_it_comes_with(
    desk: FlaskClient, prove: Prove, case: str
) -> None:
    page = desk.post(case, data={"purpose": "court", "says": ""})
    answer = prove(desk, case, page)

    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert "증거 자료" in answer.text and PASSWORD not in answer.text


def test_ten_minutes_end_also_while_the_page_is_open(
    reader: FlaskClient, clock: Clock, prove: Prove
) -> None:
    prove(reader, DATA, reader.get(DATA))
    clock.shift(10 * MINUTE)

    assert reader.get(DATA).status_code == 401


def test_a_clock_that_was_ahead_gives_no_longer_proof(
    as_: Callable[[User], FlaskClient], clock: Clock, secret: str, ada: User
) -> None:
    clock.shift(60 * MINUTE)
    client = as_(ada)
    clock.shift(-60 * MINUTE)

    assert client.get(DATA).status_code == 401
