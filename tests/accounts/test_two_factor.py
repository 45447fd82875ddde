"""Staff show a second factor beside the password; whoever has only the password does nothing."""

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

from board.accounts import models as accounts
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.encryption import secret_from_token
from board.accounts.two_factor.models import SecondFactor, TwoFactorEvent
from board.accounts.two_factor.totp import new_secret
from board.articles.models import Article
from board.db import close_connections, db, hash_chain, now, writing
from board.ops.doctor import doctor
from board.web.i18n import today
from conftest import Client, say

DESK = "/desk/comments"


class Phone:
    """An authenticator app, and what else its owner has on paper."""

    def __init__(self, secret: str, codes: list[str]) -> None:
        self.secret, self.codes = secret, codes

    def digits(self, *, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(now().timestamp()) + 30 * steps)


@pytest.fixture
def with_password(app: Flask) -> Callable[[User], FlaskClient]:
    """A browser in which this person's password was right, and no more."""

    def signed_in(user: User) -> FlaskClient:
        with writing():
            _, token = accounts.sign_in(user, device="test", today=today())
        client = app.test_client()
        client.set_cookie("board_session", token)
        return client

    return signed_in


@pytest.fixture
def phone(app: Flask, mo: User) -> Phone:
    """mo's, set up long ago."""
    secret = new_secret()
    with writing():
        codes = two_factor.enrol(mo, secret, step=0, key=app.config["SECRET_KEY"])
    return Phone(secret, codes)


@pytest.fixture
def mo_at(phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]) -> FlaskClient:
    """mo's browser, past the password."""
    return with_password(mo)


def show(client: FlaskClient, code: str, **more: str) -> TestResponse:
    return client.post("/sign-in/code", data={"code": code, **more})


def set_up(client: FlaskClient, **more: str) -> tuple[TestResponse, Phone]:
    page = client.get("/account/second-factor/enrol")
    phone = Phone(secret_on(page), [])
    data = {"ticket": ticket_on(page), "code": phone.digits(), "next": DESK, **more}
    answer = client.post("/account/second-factor/enrol", data=data)
    phone.codes = codes_on(answer)
    return answer, phone


def secret_on(page: TestResponse) -> str:
    found = re.search(r'id="second-secret"[^>]*>([A-Z2-7 ]+)<', page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def ticket_on(page: TestResponse) -> str:
    found = re.search(r'name="ticket"[^>]* value="([^"]+)"', page.text)
    assert found, page.text
    return unescape(found[1])


def codes_on(page: TestResponse) -> list[str]:
    return re.findall(r"<li><code>(.+?)</code>", page.text)


def cookie(client: FlaskClient) -> str:
    kept = client.get_cookie("board_session")
    assert kept
    return kept.value


def opens(client: FlaskClient, path: str = DESK) -> bool:
    return client.get(path).status_code == 200


# ---- the desk asks for it


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

    show(mo_at, phone.digits())
    assert mo_at.post(f"/comments/{comment.id}/hide", data=hide).status_code == 303
    assert comment.hidden_for == "abuse"


def test_a_password_alone_reads_no_hidden_comment(
    mo_at: FlaskClient, phone: Phone, harbour: Article, ada: User
) -> None:
    comment = say(harbour, ada, "Words")
    with writing():
        comment._set_held(reason="words")
    assert mo_at.get(f"/comments/{comment.id}").status_code == 404

    show(mo_at, phone.digits())
    assert mo_at.get(f"/comments/{comment.id}").status_code == 200


def test_staff_read_comment_and_keep_their_account_with_the_password(
    mo_at: FlaskClient, harbour: Article
) -> None:
    for path in ("/", "/articles/harbour", "/account", "/account/comments"):
        assert opens(mo_at, path)
    data = {"body": "As a reader", "key": "k"}
    assert mo_at.post("/articles/harbour/comments", data=data).status_code == 303


def test_readers_are_asked_for_nothing_and_have_no_such_page(
    with_password: Callable[[User], FlaskClient], ada: User
) -> None:
    client = with_password(ada)
    for path in ("/sign-in/code", "/account/second-factor", "/account/second-factor/enrol"):
        assert client.get(path).status_code == 403
    assert "second-factor" not in client.get("/account").text


# ---- showing it


def test_with_the_digits_the_desk_opens(mo_at: FlaskClient, phone: Phone) -> None:
    before = cookie(mo_at)

    answer = show(mo_at, phone.digits(), next=DESK)

    assert (answer.status_code, answer.location) == (303, DESK)
    assert opens(mo_at)
    assert cookie(mo_at) != before
    mo_at.set_cookie("board_session", before)
    assert mo_at.get("/account").status_code == 303  # signed out: the old token is gone


def test_who_has_shown_it_is_led_on(mo_at: FlaskClient, phone: Phone) -> None:
    show(mo_at, phone.digits())

    assert mo_at.get("/sign-in/code?next=/desk").location == "/desk"
    assert mo_at.get("/sign-in/code?next=//evil.example").location == "/"


def test_each_session_shows_its_own(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    show(mo_at, phone.digits())

    assert not opens(with_password(mo))


def test_digits_are_taken_as_people_type_them(mo_at: FlaskClient, phone: Phone) -> None:
    digits = phone.digits()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits[:3])

    assert show(mo_at, f" {wide} {digits[3:]} ").status_code == 303


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_half_a_minute_off(
    mo_at: FlaskClient, phone: Phone, steps: int, status: int
) -> None:
    assert show(mo_at, phone.digits(steps=steps)).status_code == status


def test_digits_are_good_once_and_so_are_those_before_them(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    digits, earlier = phone.digits(), phone.digits(steps=-1)
    assert show(mo_at, digits).status_code == 303

    other = with_password(mo)
    assert show(other, digits).status_code == 422
    assert show(other, earlier).status_code == 422
    assert show(other, phone.digits(steps=1)).status_code == 303


def test_a_code_on_paper_is_good_once(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    first, second, *_ = phone.codes
    assert show(mo_at, first.lower().replace("-", " ")).status_code == 303

    other = with_password(mo)
    assert show(other, first).status_code == 422
    assert show(other, second).status_code == 303
    assert "8개" in other.get("/account/second-factor").text


@pytest.mark.parametrize("wrong", ["", "000000", "x" * 41, "１２３", "AAAA-AAAA-AAAA", "٣٣٣٣٣٣"])
def test_anything_else_is_refused(mo_at: FlaskClient, wrong: str) -> None:
    assert show(mo_at, wrong).status_code == 422
    assert not opens(mo_at)


def test_guessing_is_stopped_whoever_asks_from_wherever(
    app: Flask, mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[..., Any]
) -> None:
    start = now()
    statuses = [show(mo_at, "000000").status_code for _ in range(5)]
    elsewhere = with_password(mo)
    elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.9"

    stopped = show(elsewhere, phone.digits())

    assert (statuses, stopped.status_code) == ([422] * 5, 429)
    with time_machine.travel(start + timedelta(minutes=5, seconds=1)):
        assert show(elsewhere, phone.digits()).status_code == 303


def test_twenty_guesses_an_hour_are_the_most(mo_at: FlaskClient, phone: Phone) -> None:
    statuses, start = [], now()
    for round in range(5):
        with time_machine.travel(start + timedelta(minutes=6 * round)):
            statuses += [show(mo_at, "000000").status_code for _ in range(5)]

    assert statuses == [422] * 20 + [429] * 5


def test_after_a_hundred_wrong_ones_in_a_row_only_paper_helps(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    with writing():
        db.session.get_one(SecondFactor, mo.id).wrong = SecondFactor.WRONG_MAX
    assert show(mo_at, phone.digits()).status_code == 422

    assert show(mo_at, phone.codes[0]).status_code == 303
    assert show(with_password(mo), phone.digits(steps=1)).status_code == 303


def test_of_many_who_use_the_same_digits_at_once_one_gets_in(
    app: Flask,
    another: Callable[..., Flask],
    phone: Phone,
    mo: User,
    with_password: Callable[[User], FlaskClient],
) -> None:
    """Through two apps on one database, as two workers are."""
    other = another(app.instance_path)
    other.test_client_class = Client
    sessions = [cookie(with_password(mo)) for _ in range(4)]
    digits, ready = phone.digits(), threading.Barrier(4)
    statuses: list[int] = []

    def try_it(app: Flask, session: str) -> None:
        with app.app_context():
            client = app.test_client()
            client.set_cookie("board_session", session)
            ready.wait()
            statuses.append(show(client, digits).status_code)
            db.session.remove()

    pairs = zip([app, other] * 2, sessions, strict=True)
    threads = [threading.Thread(target=try_it, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with other.app_context():
        close_connections()

    assert sorted(statuses) == [303, 422, 422, 422]


# ---- getting one


def test_staff_without_one_are_led_to_set_it_up_first(
    mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    client = with_password(mo)
    asked = client.get(DESK).location
    assert client.get(asked).location == "/account/second-factor/enrol?next=/desk/comments"

    answer, phone = set_up(client)

    assert answer.status_code == 200
    assert len(set(phone.codes)) == 10
    assert f'href="{DESK}"' in answer.text
    assert opens(client)
    assert show(with_password(mo), phone.digits(steps=1)).status_code == 303


def test_the_digits_that_set_it_up_are_used(
    mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    _, phone = set_up(with_password(mo))

    assert show(with_password(mo), phone.digits()).status_code == 422


def test_wrong_digits_set_nothing_up_and_the_same_picture_stays(
    mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    client = with_password(mo)
    page = client.get("/account/second-factor/enrol")

    again = client.post(
        "/account/second-factor/enrol", data={"ticket": ticket_on(page), "code": "000000"}
    )

    assert again.status_code == 422
    assert secret_on(again) == secret_on(page)
    assert SecondFactor.for_user(mo) is None


def test_a_form_that_is_forged_of_somebody_else_or_too_old_begins_anew(
    mo: User, tess: User, with_password: Callable[[User], FlaskClient]
) -> None:
    client, other = with_password(mo), with_password(tess)
    theirs = other.get("/account/second-factor/enrol")
    mine = client.get("/account/second-factor/enrol")

    def post(ticket: str, secret: str) -> int:
        data = {"ticket": ticket, "code": Phone(secret, []).digits()}
        return client.post("/account/second-factor/enrol", data=data).status_code

    assert post(ticket_on(theirs), secret_on(theirs)) == 303
    assert post("없는 표", secret_on(mine)) == 303
    assert post(ticket_on(mine)[:-6] + "AAAAA=", secret_on(mine)) == 303
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert post(ticket_on(mine), secret_on(mine)) == 303
    assert SecondFactor.for_user(mo) is None


def test_what_is_kept_of_it_is_no_ticket(app: Flask, mo_at: FlaskClient, mo: User) -> None:
    kept = db.session.get_one(SecondFactor, mo.id).sealed.decode()

    assert secret_from_token(kept, mo, key=app.config["SECRET_KEY"]) is None


def test_who_stole_a_password_or_a_session_cannot_set_up_their_own_telephone(
    mo_at: FlaskClient, phone: Phone
) -> None:
    for present in ("", "000000"):
        answer, _ = set_up(mo_at, present=present)
        assert answer.status_code == 422
    show(mo_at, phone.digits())
    assert set_up(mo_at)[0].status_code == 422


@pytest.mark.parametrize("present", ["digits", "paper"])
def test_another_telephone_takes_the_place_of_the_first(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[..., Any], present: str
) -> None:
    elsewhere = with_password(mo)
    show(elsewhere, phone.codes[1])
    old = phone.digits() if present == "digits" else phone.codes[0]

    answer, new = set_up(mo_at, present=old)

    assert answer.status_code == 200
    assert opens(mo_at)
    assert elsewhere.get("/account").status_code == 303  # signed out
    client = with_password(mo)
    assert show(client, phone.digits(steps=1)).status_code == 422
    assert show(client, phone.codes[2]).status_code == 422
    assert show(client, new.digits(steps=1)).status_code == 303


def test_new_codes_on_paper_end_the_old_ones(
    mo_at: FlaskClient, phone: Phone, mo: User, with_password: Callable[[User], FlaskClient]
) -> None:
    refused = mo_at.post("/account/second-factor/codes", data={"code": "000000"})
    page = mo_at.post("/account/second-factor/codes", data={"code": phone.digits()})

    assert (refused.status_code, page.status_code) == (422, 200)
    assert page.headers["Cache-Control"] == "private, no-store"
    client = with_password(mo)
    assert show(client, phone.codes[0]).status_code == 422
    assert show(client, codes_on(page)[0]).status_code == 303


# ---- what is kept


def test_a_copy_of_the_database_makes_no_digits(
    app: Flask, phone: Phone, mo: User, tess: User
) -> None:
    kept = db.session.get_one(SecondFactor, mo.id)
    db.session.rollback()
    stored = Path(app.instance_path, "board.db").read_bytes()
    stored += Path(app.instance_path, "board.db-wal").read_bytes()
    for secret in (phone.secret, *phone.codes, *(c.replace("-", "") for c in phone.codes)):
        assert secret.encode() not in stored

    other_key = "another machine's secret, of thirty-two"
    with writing():
        assert not kept.accept(phone.digits(), key=other_key)
        assert not kept.accept(phone.codes[0], key=other_key)


def test_a_secret_moved_to_another_person_opens_nothing(
    app: Flask, phone: Phone, tess: User, with_password: Callable[[User], FlaskClient], mo: User
) -> None:
    with writing():
        two_factor.enrol(tess, new_secret(), step=0, key=app.config["SECRET_KEY"])
        sealed = db.session.get_one(SecondFactor, mo.id).sealed
        db.session.get_one(SecondFactor, tess.id).sealed = sealed

    assert show(with_password(tess), phone.digits()).status_code == 422


def test_doctor_says_when_the_secret_key_is_another(app: Flask, phone: Phone) -> None:
    assert "ok  second factors open" in app.test_cli_runner().invoke(doctor).output
    app.config["SECRET_KEY"] = "another machine's secret, of thirty-two"

    assert "BAD second factors open" in app.test_cli_runner().invoke(doctor).output


# ---- the operator


def test_an_operator_lets_somebody_begin_anew(
    mo_at: FlaskClient, phone: Phone, mo: User, operator: Callable[..., Result],
    with_password: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    show(mo_at, phone.digits())

    result = operator("reset-second-factor", "mo@harbour.example")

    assert result.exit_code == 0
    assert mo_at.get("/account").status_code == 303  # signed out
    client = with_password(mo)
    assert client.get("/sign-in/code").location == "/account/second-factor/enrol?next=/"
    assert set_up(client)[0].status_code == 200
    assert "시스템 관리자가 초기화함" in client.get("/account/second-factor").text


@pytest.mark.parametrize("email", ["mo@harbour.example", "nobody@harbour.example"])
def test_where_there_is_nothing_to_reset_it_says_so(
    operator: Callable[..., Result], mo: User, email: str
) -> None:
    assert operator("reset-second-factor", email).exit_code == 1


def test_what_happened_to_it_stands_in_a_log_nobody_can_edit(
    app: Flask, mo_at: FlaskClient, phone: Phone, operator: Callable[..., Result]
) -> None:
    show(mo_at, phone.codes[0])
    operator("reset-second-factor", "mo@harbour.example")
    assert [act.act for act in _acts()] == ["enrol", "recover", "reset"]
    assert hash_chain.find_tampered(_acts()) is None
    for statement in ("UPDATE second_factor_act SET act = 'x'", "DELETE FROM second_factor_act"):
        with pytest.raises(IntegrityError, match="append-only"), writing():
            db.session.execute(text(statement))

    with writing():
        db.session.execute(text("DROP TRIGGER second_factor_act_no_delete"))
        db.session.execute(text("DELETE FROM second_factor_act WHERE act = 'recover'"))
    assert hash_chain.find_tampered(_acts()) == 3
    assert "BAD the log of second factors" in app.test_cli_runner().invoke(doctor).output


def _acts() -> list[TwoFactorEvent]:
    return list(db.session.scalars(select(TwoFactorEvent).order_by(TwoFactorEvent.id)))


# ---- signing in, and boards that ask for none


@pytest.fixture
def passwords_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.accounts.views.verify_password", lambda *_: True)


def sign_in(client: FlaskClient, name: str) -> str:
    data = {"email": f"{name}@harbour.example", "password": "right", "next": "/articles/harbour"}
    location: str = client.post("/sign-in", data=data).location
    return location


@pytest.mark.usefixtures("passwords_are_right")
def test_signing_in_asks_staff_for_the_code_and_readers_for_nothing(
    app: Flask, guest: FlaskClient, phone: Phone, ada: User
) -> None:
    assert sign_in(app.test_client(), "ada") == "/articles/harbour"
    assert sign_in(guest, "mo") == "/sign-in/code?next=/articles/harbour"
    assert show(guest, phone.digits(), next="/articles/harbour").location == "/articles/harbour"


class TestABoardThatAsksForNone:
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
    def test_still_asks_whoever_has_one(
        self, guest: FlaskClient, mo_at: FlaskClient, tess: User
    ) -> None:
        assert not opens(mo_at)
        assert sign_in(guest, "mo").startswith("/sign-in/code")
        assert sign_in(guest, "tess") == "/articles/harbour"


def test_a_new_password_keeps_what_the_session_has_shown(
    mo_at: FlaskClient, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.accounts.auth.login.verify_password", lambda *_: True)
    monkeypatch.setattr("board.accounts.settings_views.hash_password", lambda _: "!")
    data = {"current": "right", "password": "a harbour full of quiet boats"}

    assert mo_at.post("/account/password", data=data).status_code == 303
    assert not opens(mo_at)
    show(mo_at, phone.digits())
    assert mo_at.post("/account/password", data=data).status_code == 303
    assert opens(mo_at)
