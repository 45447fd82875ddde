"""Two-step verification: staff need a code as well as the password."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pyotp
import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from board.accounts.auth import sessions
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.encryption import secret_from_token
from board.accounts.two_factor.models import SecondFactor, TwoFactorEvent
from board.accounts.two_factor.totp import new_secret
from board.articles.models import Article
from board.db import close_connections, db, hash_chain, now, writing
from board.db.clock import today
from board.ops.doctor import doctor
from conftest import Client, say

DESK = "/desk/comments"


class Phone:
    """An authenticator app, and the recovery codes of its owner."""

    def __init__(self, secret: str, codes: list[str]) -> None:
        self.secret, self.codes = secret, codes

    def digits(self, *, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(now().timestamp()) + 30 * steps)


@pytest.fixture
def with_password(app: Flask) -> Callable[[User], FlaskClient]:
    """A browser signed in with the password only."""

    def signed_in(user: User) -> FlaskClient:
        with writing():
            _, token = sessions.sign_in(user, device="test", today=today())
        client = app.test_client()
        client.set_cookie("board_session", token)
        return client

    return signed_in


@pytest.fixture
def phone(app: Flask, mo: User) -> Phone:
    """The phone of mo, set up long ago."""
    secret = new_secret()
    with writing():
        codes = two_factor.enrol(mo, secret, step=0, key=app.config["SECRET_KEY"])
    return Phone(secret, codes)


@pytest.fixture
def mo_at(phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]) -> FlaskClient:
    """The browser of mo, signed in with the password only."""
    return with_password(mo)


def enter_code(client: FlaskClient, code: str, **more: str) -> TestResponse:
    return client.post("/sign-in/code", data={"code": code, **more})


def set_up(client: FlaskClient, **more: str) -> tuple[TestResponse, Phone]:
    page = client.get("/account/second-factor/enrol")
    phone = Phone(secret_on(page), [])
    data = {"ticket": enrolment_token_on(page), "code": phone.digits(), "next": DESK, **more}
    response = client.post("/account/second-factor/enrol", data=data)
    phone.codes = codes_on(response)
    return response, phone


def secret_on(page: TestResponse) -> str:
    match = re.search(r'id="second-secret"[^>]*>([A-Z2-7 ]+)<', page.text)
    assert match, page.text
    return match[1].replace(" ", "")


def enrolment_token_on(page: TestResponse) -> str:
    match = re.search(r'name="ticket"[^>]* value="([^"]+)"', page.text)
    assert match, page.text
    return unescape(match[1])


def codes_on(page: TestResponse) -> list[str]:
    return re.findall(r"<li><code>(.+?)</code>", page.text)


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("board_session")
    assert cookie
    return cookie.value


def opens(client: FlaskClient, path: str = DESK) -> bool:
    return client.get(path).status_code == 200


# ---- the desk requires it


def test_a_password_alone_opens_no_page_of_the_desk(
    app: Flask, mo_at: FlaskClient, with_password: Callable[[User], FlaskClient], tess: User
) -> None:
    for client in (mo_at, with_password(tess)):
        statuses = {client.get(path).status_code for path in ("/desk", "/desk/rulings")}
        assert statuses == {303}

    assert mo_at.get(f"{DESK}?q=1").location == "/sign-in/code?next=/desk/comments?q%3D1"
    assert with_password(tess).get("/desk/tips").location == "/sign-in/code?next=/desk/tips"


def test_a_password_alone_moderates_nothing(
    mo_at: FlaskClient, phone: Phone, harbour: Article, ada: User
) -> None:
    comment = say(harbour, ada, "Words")
    hide = {"reason": "abuse"}

    refused = mo_at.post(f"/comments/{comment.id}/hide", data=hide)
    assert refused.status_code == 403
    assert "/sign-in/code" in refused.text
    assert comment.hidden_for is None

    enter_code(mo_at, phone.digits())
    assert mo_at.post(f"/comments/{comment.id}/hide", data=hide).status_code == 303
    assert comment.hidden_for == "abuse"


def test_a_password_alone_reads_no_hidden_comment(
    mo_at: FlaskClient, phone: Phone, harbour: Article, ada: User
) -> None:
    comment = say(harbour, ada, "Words")
    with writing():
        comment._set_held(reason="words")
    assert mo_at.get(f"/comments/{comment.id}").status_code == 404

    enter_code(mo_at, phone.digits())
    assert mo_at.get(f"/comments/{comment.id}").status_code == 200


def test_with_the_password_staff_read_comment_and_use_their_account(
    mo_at: FlaskClient, harbour: Article
) -> None:
    for path in ("/", "/articles/harbour", "/account", "/account/comments"):
        assert opens(mo_at, path)
    data = {"body": "As a reader", "key": "k"}
    assert mo_at.post("/articles/harbour/comments", data=data).status_code == 303


def test_readers_have_no_two_step_verification(
    with_password: Callable[[User], FlaskClient], ada: User
) -> None:
    client = with_password(ada)
    for path in ("/sign-in/code", "/account/second-factor", "/account/second-factor/enrol"):
        assert client.get(path).status_code == 403
    assert "second-factor" not in client.get("/account").text


# ---- entering a code


def test_the_right_digits_open_the_desk(mo_at: FlaskClient, phone: Phone) -> None:
    before = token_of(mo_at)

    response = enter_code(mo_at, phone.digits(), next=DESK)

    assert (response.status_code, response.location) == (303, DESK)
    assert opens(mo_at)
    assert token_of(mo_at) != before
    mo_at.set_cookie("board_session", before)
    assert mo_at.get("/account").status_code == 303  # signed out: the old token is gone


def test_after_a_right_code_the_page_redirects(mo_at: FlaskClient, phone: Phone) -> None:
    enter_code(mo_at, phone.digits())

    assert mo_at.get("/sign-in/code?next=/desk").location == "/desk"
    assert mo_at.get("/sign-in/code?next=//evil.example").location == "/"


def test_each_session_needs_a_code(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    enter_code(mo_at, phone.digits())

    assert not opens(with_password(mo))


def test_digits_may_have_spaces_and_full_width(mo_at: FlaskClient, phone: Phone) -> None:
    digits = phone.digits()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits[:3])

    assert enter_code(mo_at, f" {wide} {digits[3:]} ").status_code == 303


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_half_a_minute_off(
    mo_at: FlaskClient, phone: Phone, steps: int, status: int
) -> None:
    assert enter_code(mo_at, phone.digits(steps=steps)).status_code == status


def test_digits_and_earlier_ones_are_accepted_once(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    digits, earlier = phone.digits(), phone.digits(steps=-1)
    assert enter_code(mo_at, digits).status_code == 303

    other = with_password(mo)
    assert enter_code(other, digits).status_code == 422
    assert enter_code(other, earlier).status_code == 422
    assert enter_code(other, phone.digits(steps=1)).status_code == 303


def test_a_recovery_code_is_accepted_once(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    first, second, *_ = phone.codes
    assert enter_code(mo_at, first.lower().replace("-", " ")).status_code == 303

    other = with_password(mo)
    assert enter_code(other, first).status_code == 422
    assert enter_code(other, second).status_code == 303
    assert "8개" in other.get("/account/second-factor").text


@pytest.mark.parametrize("wrong", ["", "000000", "x" * 41, "１２３", "AAAA-AAAA-AAAA", "٣٣٣٣٣٣"])
def test_a_wrong_code_is_refused(mo_at: FlaskClient, wrong: str) -> None:
    assert enter_code(mo_at, wrong).status_code == 422
    assert not opens(mo_at)


def test_guessing_is_stopped_across_networks(
    app: Flask, mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[..., Any]
) -> None:
    start = now()
    statuses = [enter_code(mo_at, "000000").status_code for _ in range(5)]
    elsewhere = with_password(mo)
    elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.9"

    stopped = enter_code(elsewhere, phone.digits())

    assert (statuses, stopped.status_code) == ([422] * 5, 429)
    with time_machine.travel(start + timedelta(minutes=5, seconds=1)):
        assert enter_code(elsewhere, phone.digits()).status_code == 303


@pytest.mark.slow
def test_at_most_twenty_guesses_an_hour(mo_at: FlaskClient, phone: Phone) -> None:
    statuses, start = [], now()
    for round in range(5):
        with time_machine.travel(start + timedelta(minutes=6 * round)):
            statuses += [enter_code(mo_at, "000000").status_code for _ in range(5)]

    assert statuses == [422] * 20 + [429] * 5


def test_after_a_hundred_wrong_codes_only_a_recovery_code_helps(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    with writing():
        db.session.get_one(SecondFactor, mo.id).wrong = SecondFactor.WRONG_MAX
    assert enter_code(mo_at, phone.digits()).status_code == 422

    assert enter_code(mo_at, phone.codes[0]).status_code == 303
    assert enter_code(with_password(mo), phone.digits(steps=1)).status_code == 303


@pytest.mark.slow
def test_the_same_digits_at_the_same_time_sign_in_only_one(
    app: Flask,
    another: Callable[..., Flask],
    phone: Phone,
    mo: User,
    with_password: Callable[[User], FlaskClient],
) -> None:
    """Two apps on one database stand for two workers."""
    other = another(app.instance_path)
    other.test_client_class = Client
    sessions = [token_of(with_password(mo)) for _ in range(4)]
    digits, ready = phone.digits(), threading.Barrier(4)
    statuses: list[int] = []

    def sign_in_at_once(app: Flask, session: str) -> None:
        with app.app_context():
            client = app.test_client()
            client.set_cookie("board_session", session)
            ready.wait()
            statuses.append(enter_code(client, digits).status_code)
            db.session.remove()

    pairs = zip([app, other] * 2, sessions, strict=True)
    threads = [threading.Thread(target=sign_in_at_once, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with other.app_context():
        close_connections()

    assert sorted(statuses) == [303, 422, 422, 422]


# ---- setting it up


def test_staff_without_it_are_redirected_to_set_it_up(
    mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    client = with_password(mo)
    location = client.get(DESK).location
    assert client.get(location).location == "/account/second-factor/enrol?next=/desk/comments"

    response, phone = set_up(client)

    assert response.status_code == 200
    assert len(set(phone.codes)) == 10
    assert f'href="{DESK}"' in response.text
    assert opens(client)
    assert enter_code(with_password(mo), phone.digits(steps=1)).status_code == 303


def test_the_digits_of_the_setup_cannot_be_used_again(
    mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    _, phone = set_up(with_password(mo))

    assert enter_code(with_password(mo), phone.digits()).status_code == 422


def test_wrong_digits_set_nothing_up_and_keep_the_secret(
    mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    client = with_password(mo)
    page = client.get("/account/second-factor/enrol")

    again = client.post(
        "/account/second-factor/enrol", data={"ticket": enrolment_token_on(page), "code": "000000"}
    )

    assert again.status_code == 422
    assert secret_on(again) == secret_on(page)
    assert SecondFactor.for_user(mo) is None


def test_a_forged_foreign_or_expired_token_restarts_the_setup(
    mo: User, tess: User, with_password: Callable[[User], FlaskClient]
) -> None:
    client, other = with_password(mo), with_password(tess)
    theirs = other.get("/account/second-factor/enrol")
    mine = client.get("/account/second-factor/enrol")

    def post(ticket: str, secret: str) -> int:
        data = {"ticket": ticket, "code": Phone(secret, []).digits()}
        return client.post("/account/second-factor/enrol", data=data).status_code

    assert post(enrolment_token_on(theirs), secret_on(theirs)) == 303
    assert post("없는 표", secret_on(mine)) == 303
    assert post(enrolment_token_on(mine)[:-6] + "AAAAA=", secret_on(mine)) == 303
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(timedelta(minutes=20, seconds=20))
            client.get("/account")
        assert post(enrolment_token_on(mine), secret_on(mine)) == 303
    assert SecondFactor.for_user(mo) is None


def test_the_stored_secret_is_no_enrolment_token(app: Flask, mo_at: FlaskClient, mo: User) -> None:
    stored = db.session.get_one(SecondFactor, mo.id).sealed.decode()

    assert secret_from_token(stored, mo, keys=[app.config["SECRET_KEY"]]) is None


def test_a_stolen_password_or_session_cannot_set_up_another_phone(
    mo_at: FlaskClient, phone: Phone
) -> None:
    for present in ("", "000000"):
        response, _ = set_up(mo_at, present=present)
        assert response.status_code == 422
    enter_code(mo_at, phone.digits())
    assert set_up(mo_at)[0].status_code == 422


@pytest.mark.parametrize("present", ["digits", "paper"])
def test_another_phone_replaces_the_first(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[..., Any], present: str
) -> None:
    elsewhere = with_password(mo)
    enter_code(elsewhere, phone.codes[1])
    old = phone.digits() if present == "digits" else phone.codes[0]

    response, new = set_up(mo_at, present=old)

    assert response.status_code == 200
    assert opens(mo_at)
    assert elsewhere.get("/account").status_code == 303  # signed out
    client = with_password(mo)
    assert enter_code(client, phone.digits(steps=1)).status_code == 422
    assert enter_code(client, phone.codes[2]).status_code == 422
    assert enter_code(client, new.digits(steps=1)).status_code == 303


def test_new_recovery_codes_replace_the_old_ones(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    refused = mo_at.post("/account/second-factor/codes", data={"code": "000000"})
    page = mo_at.post("/account/second-factor/codes", data={"code": phone.digits()})

    assert (refused.status_code, page.status_code) == (422, 200)
    assert page.headers["Cache-Control"] == "private, no-store"
    client = with_password(mo)
    assert enter_code(client, phone.codes[0]).status_code == 422
    assert enter_code(client, codes_on(page)[0]).status_code == 303


# ---- storage


def test_a_copy_of_the_database_reveals_no_codes(
    app: Flask, phone: Phone, mo: User, tess: User
) -> None:
    factor = db.session.get_one(SecondFactor, mo.id)
    db.session.rollback()
    stored = Path(app.instance_path, "board.db").read_bytes()
    stored += Path(app.instance_path, "board.db-wal").read_bytes()
    for secret in (phone.secret, *phone.codes, *(c.replace("-", "") for c in phone.codes)):
        assert secret.encode() not in stored

    other_key = "another machine's secret, of thirty-two"
    with writing():
        assert not factor.accept(phone.digits(), keys=[other_key])
        assert not factor.accept(phone.codes[0], keys=[other_key])


def test_a_secret_copied_to_another_user_does_not_work(
    app: Flask, phone: Phone, tess: User, with_password: Callable[[User], FlaskClient], mo: User
) -> None:
    with writing():
        two_factor.enrol(tess, new_secret(), step=0, key=app.config["SECRET_KEY"])
        sealed = db.session.get_one(SecondFactor, mo.id).sealed
        db.session.get_one(SecondFactor, tess.id).sealed = sealed

    assert enter_code(with_password(tess), phone.digits()).status_code == 422


@pytest.mark.slow
def test_doctor_reports_a_changed_secret_key(app: Flask, phone: Phone) -> None:
    assert "ok  second factors open" in app.test_cli_runner().invoke(doctor).output
    app.config["SECRET_KEY"] = "another machine's secret, of thirty-two"

    assert "BAD second factors open" in app.test_cli_runner().invoke(doctor).output


# ---- the administrator


def test_an_administrator_resets_it(
    mo_at: FlaskClient, phone: Phone, mo: User, operator: Callable[..., Result],
    with_password: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    enter_code(mo_at, phone.digits())

    result = operator("reset-second-factor", "mo@harbour.example")

    assert result.exit_code == 0
    assert mo_at.get("/account").status_code == 303  # signed out
    client = with_password(mo)
    assert client.get("/sign-in/code").location == "/account/second-factor/enrol?next=/"
    assert set_up(client)[0].status_code == 200
    assert "시스템 관리자가 초기화함" in client.get("/account/second-factor").text


@pytest.mark.parametrize("email", ["mo@harbour.example", "nobody@harbour.example"])
def test_resetting_nothing_is_an_error(
    operator: Callable[..., Result], mo: User, email: str
) -> None:
    assert operator("reset-second-factor", email).exit_code == 1


def test_events_are_logged_append_only(
    app: Flask, mo_at: FlaskClient, phone: Phone, operator: Callable[..., Result]
) -> None:
    enter_code(mo_at, phone.codes[0])
    operator("reset-second-factor", "mo@harbour.example")
    assert [event.act for event in _events()] == ["enrol", "recover", "reset"]
    assert hash_chain.find_tampered(_events()) is None
    for statement in ("UPDATE second_factor_act SET act = 'x'", "DELETE FROM second_factor_act"):
        with pytest.raises(IntegrityError, match="append-only"), writing():
            db.session.execute(text(statement))

    with writing():
        db.session.execute(text("DROP TRIGGER second_factor_act_no_delete"))
        db.session.execute(text("DELETE FROM second_factor_act WHERE act = 'recover'"))
    assert hash_chain.find_tampered(_events()) == 3
    assert "BAD the log of second factors" in app.test_cli_runner().invoke(doctor).output


def _events() -> list[TwoFactorEvent]:
    return list(db.session.scalars(select(TwoFactorEvent).order_by(TwoFactorEvent.id)))


# ---- signing in, and boards that do not require it


@pytest.fixture
def passwords_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.accounts.views.sign_in.verify_password", lambda *_: True)


def sign_in(client: FlaskClient, name: str) -> str:
    data = {"email": f"{name}@harbour.example", "password": "right", "next": "/articles/harbour"}
    location: str = client.post("/sign-in", data=data).location
    return location


@pytest.mark.usefixtures("passwords_are_right")
def test_signing_in_asks_only_staff_for_a_code(
    app: Flask, guest: FlaskClient, phone: Phone, ada: User
) -> None:
    assert sign_in(app.test_client(), "ada") == "/articles/harbour"
    assert sign_in(guest, "mo") == "/sign-in/code?next=/articles/harbour"
    assert (
        enter_code(guest, phone.digits(), next="/articles/harbour").location == "/articles/harbour"
    )


class TestABoardThatDoesNotRequireIt:
    @pytest.fixture
    def settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "STAFF_SECOND_FACTOR": "false"}

    def test_opens_the_desk_with_the_password(
        self, mo: User, with_password: Callable[[User], FlaskClient]
    ) -> None:
        client = with_password(mo)
        assert opens(client)
        assert "아직 없습니다" in client.get("/account/second-factor").text

    @pytest.mark.usefixtures("passwords_are_right")
    def test_still_asks_staff_who_have_set_it_up(
        self, guest: FlaskClient, mo_at: FlaskClient, tess: User
    ) -> None:
        assert not opens(mo_at)
        assert sign_in(guest, "mo").startswith("/sign-in/code")
        assert sign_in(guest, "tess") == "/articles/harbour"


def test_a_new_password_keeps_two_step_verification_of_the_session(
    mo_at: FlaskClient, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.accounts.auth.login.verify_password", lambda *_: True)
    monkeypatch.setattr("board.accounts.forms.hash_password", lambda _: "!")
    data = {"current": "right", "password": "a harbour full of quiet boats"}

    assert mo_at.post("/account/password", data=data).status_code == 303
    assert not opens(mo_at)
    enter_code(mo_at, phone.digits())
    assert mo_at.post("/account/password", data=data).status_code == 303
    assert opens(mo_at)
