"""Getting back in: a forgotten password replaced by code, and sign-in by code."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.conftest import Mailboxes, is_signed_in
from board.accounts.auth.devices import Device
from board.accounts.auth.passwords import verify_password
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.models import SecondFactor
from board.accounts.verification.models import EmailVerification
from board.db import db, now, writing
from board.ops.doctor import doctor
from conftest import PASSWORD, said

Member = Callable[..., User]
Browser = Callable[[User], FlaskClient]
NEW = "a new light on the old pier"


def ask(client: FlaskClient, email: str, way: str = "forgot", next: str = "/") -> str | None:
    return client.post(f"/sign-in/{way}", data={"email": email, "next": next}).location


def verify(client: FlaskClient, code: str) -> str | None:
    return client.post("/verify", data={"code": code}).location


def reset(client: FlaskClient, mail: Mailboxes, user: User, password: str = NEW) -> str | None:
    assert ask(client, user.email) == "/verify"
    assert verify(client, mail.code(user.email)) == "/verify/password"
    return client.post("/verify/password", data={"password": password}).location


def test_a_forgotten_password_is_replaced_by_code(
    guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    elsewhere = as_(ada)
    with writing():
        Device.remember(ada)
    assert ask(guest, ada.email, next="/articles/harbour") == "/verify"
    assert verify(guest, mail.code(ada.email)) == "/verify/password"
    assert guest.get("/verify").location == "/verify/password"
    done = guest.post("/verify/password", data={"password": NEW})

    assert done.location == "/sign-in?notice=password_reset&next=/articles/harbour"
    assert verify_password(NEW, ada.password_hash)
    assert (is_signed_in(elsewhere), is_signed_in(guest)) == (False, False)
    assert db.session.scalar(select(func.count()).select_from(Device)) == 0
    assert db.session.scalar(select(func.count()).select_from(EmailVerification)) == 0
    assert mail.subjects(ada.email) == ["확인 번호", "비밀번호가 변경되었습니다"]
    form = {"email": ada.email, "password": NEW, "next": "/articles/harbour"}
    assert guest.post("/sign-in", data=form).location == "/articles/harbour"


@pytest.mark.parametrize(
    "password", ["", "short", "password12345678", "adaadaadaadaadaada", "x" * 129]
)
def test_a_bad_new_password_is_refused_and_the_code_stays_accepted(
    guest: FlaskClient, mail: Mailboxes, member: Member, password: str
) -> None:
    ada = member("ada")
    ask(guest, ada.email)
    verify(guest, mail.code(ada.email))

    assert guest.post("/verify/password", data={"password": password}).status_code == 422
    assert verify_password(PASSWORD, ada.password_hash)
    assert guest.post("/verify/password", data={"password": NEW}).status_code == 303
    assert verify_password(NEW, ada.password_hash)


def test_a_reset_works_once(guest: FlaskClient, mail: Mailboxes, member: Member) -> None:
    ada = member("ada")
    reset(guest, mail, ada)
    again = guest.post("/verify/password", data={"password": "another light on the pier"})

    assert again.location == "/sign-in?notice=code_over"
    assert verify_password(NEW, ada.password_hash)


def test_the_code_of_one_reset_is_no_code_of_another(
    app: Flask, guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada, bora = member("ada"), member("bora")
    other = app.test_client()
    ask(guest, ada.email)
    ask(other, bora.email)

    assert other.post("/verify", data={"code": mail.code(ada.email)}).status_code == 422
    assert verify(other, mail.code(bora.email)) == "/verify/password"


def test_a_reset_ends_all_other_verifications_of_the_account(
    app: Flask, guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    thief, other = as_(ada), app.test_client()
    form = {"email": "thief@pier.example", "password": PASSWORD}
    assert thief.post("/account/email", data=form).location == "/verify"
    stolen = mail.code("thief@pier.example")
    ask(other, ada.email, "email")
    reset(guest, mail, ada)

    for client in (thief, other):
        assert client.post("/verify", data={"code": stolen}).location == "/sign-in?notice=code_over"
    assert ada.email == "ada@harbour.example"


def test_the_second_factor_stays(guest: FlaskClient, mail: Mailboxes, member: Member) -> None:
    mo = member("mo", can_moderate=True)
    key = guest.application.config["SECRET_KEY"]
    with writing():
        two_factor.enrol(mo, pyotp.random_base32(), step=1, key=key)
    reset(guest, mail, mo)
    form = {"email": mo.email, "password": NEW}

    assert guest.post("/sign-in", data=form).location == "/sign-in/code?next=/"
    assert guest.get("/desk").location == "/sign-in/code?next=/desk"
    assert SecondFactor.for_user(mo) is not None


def test_a_code_signs_in_without_a_password(
    guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    ask(guest, ada.email, "email", next="/articles/harbour#thread")

    assert verify(guest, mail.code(ada.email)) == "/articles/harbour#thread"
    assert is_signed_in(guest) and verify_password(PASSWORD, ada.password_hash)


def test_staff_show_the_second_factor_after_a_code_too(
    guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    mo = member("mo", can_moderate=True)
    ask(guest, mo.email, "email", next="/desk")

    assert verify(guest, mail.code(mo.email)) == "/sign-in/code?next=/desk"
    assert guest.get("/desk").location == "/sign-in/code?next=/desk"


def test_a_suspended_member_reads_the_reason_after_the_code(
    guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    with writing():
        ada.suspend(until=now() + timedelta(days=3), reason="도배")
    ask(guest, ada.email, "email")
    answer = guest.post("/verify", data={"code": mail.code(ada.email)})

    assert (answer.status_code, "도배" in answer.text) == (403, True)
    assert not is_signed_in(guest)


def test_who_proves_the_address_of_an_old_account_for_the_first_time_gets_it_alone(
    guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member
) -> None:
    """It may have been made by somebody else, who knows the password."""
    ada = member("ada", verified=False)
    squatter = as_(ada)
    ask(guest, ada.email, "email")

    assert verify(guest, mail.code(ada.email)) == "/verify/password"
    guest.post("/verify/password", data={"password": NEW})
    assert ada.email_verified_at and not is_signed_in(squatter)
    assert not verify_password(PASSWORD, ada.password_hash)


@pytest.mark.parametrize("way", ["forgot", "email"])
def test_an_address_without_an_account_gets_no_email_and_no_code_fits(
    guest: FlaskClient, mail: Mailboxes, way: str
) -> None:
    assert ask(guest, "nobody@pier.example", way) == "/verify"
    stored = db.session.scalars(select(EmailVerification)).one()
    code = stored.code(key=guest.application.config["SECRET_KEY"])

    assert mail.of("nobody@pier.example") == []
    assert guest.post("/verify", data={"code": code}).status_code == 422


@pytest.mark.parametrize("way", ["forgot", "email"])
@pytest.mark.parametrize("email", ["", "ada", "a" * 5000, "ada@harbour.example, b@c.d"])
def test_what_is_no_address_is_refused(
    guest: FlaskClient, mail: Mailboxes, way: str, email: str
) -> None:
    assert guest.post(f"/sign-in/{way}", data={"email": email}).status_code == 422


def test_without_a_mail_server_the_page_says_whom_to_ask(guest: FlaskClient) -> None:
    page = guest.get("/sign-in/forgot").text
    assert "편집국에 문의" in page and "<form" not in page.split("<main")[1].split("</main")[0]
    assert guest.post("/sign-in/forgot", data={"email": "a@b.example"}).status_code == 422


@pytest.mark.slow
def test_five_codes_an_hour_and_ten_a_day_to_one_address(
    app: Flask, mail: Mailboxes, member: Member
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for hours in range(2):
            for email in ("ada@harbour.example", "nobody@harbour.example"):
                answers = [ask_status(app, email) for _ in range(6)]
                assert answers == [(303, None)] * 5 + [(429, "3600")], (hours, email)
            clock.shift(timedelta(hours=1))
        assert ask_status(app, "ada@harbour.example") == (429, str(22 * 3600))
        clock.shift(timedelta(hours=22))
        assert ask_status(app, "ada@harbour.example")[0] == 303


def ask_status(app: Flask, email: str) -> tuple[int, str | None]:
    answer = app.test_client().post("/sign-in/forgot", data={"email": email})
    return answer.status_code, answer.headers.get("Retry-After")


def test_nobody_can_use_up_the_codes_of_a_browser_the_owner_has_used(
    app: Flask, guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    guest.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    guest.post("/sign-out")
    for _ in range(6):
        ask_status(app, ada.email)

    assert ask_status(app, ada.email)[0] == 429
    assert ask(guest, ada.email) == "/verify"


def test_a_network_asks_for_so_many_codes_an_hour(app: Flask, mail: Mailboxes) -> None:
    app.config["SIGN_UPS_PER_HOUR"] = 3
    answers = [ask_status(app, f"reader{n}@harbour.example")[0] for n in range(4)]
    assert answers == [303, 303, 303, 429]


@pytest.mark.slow
def test_a_network_types_twenty_wrong_codes_an_hour(
    app: Flask, guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    for number in range(5):
        client = app.test_client()
        ask(client, f"reader{number}@harbour.example")
        statuses = [client.post("/verify", data={"code": "00000000"}).status_code for _ in range(4)]
        assert statuses == [422] * 4
    ask(guest, ada.email)
    refused = guest.post("/verify", data={"code": mail.code(ada.email)})

    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 3600
    elsewhere = guest.post(
        "/verify",
        data={"code": mail.code(ada.email)},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert elsewhere.location == "/verify/password"


def test_the_operator_sets_a_password_where_there_is_no_mail(
    guest: FlaskClient, as_: Browser, operator: Callable[..., object], member: Member
) -> None:
    ada = member("ada")
    here = as_(ada)
    done = operator("reset-password", "ADA@harbour.example", input=f"{NEW}\n{NEW}\n")

    assert "signed out everywhere" in str(getattr(done, "output", ""))
    assert verify_password(NEW, ada.password_hash) and not is_signed_in(here)
    for words in (("nobody@pier.example",), (ada.email, "--password", "short")):
        assert operator("reset-password", *words, input=f"{NEW}\n{NEW}\n").exit_code == 1


def test_a_new_password_is_told_by_email(as_: Browser, mail: Mailboxes, member: Member) -> None:
    ada = member("ada")
    as_(ada).post("/account/password", data={"current": PASSWORD, "password": NEW})

    assert mail.subjects(ada.email) == ["비밀번호가 변경되었습니다"]
    assert "http://localhost/sign-in/forgot" in mail.of(ada.email)[0].get_content()


def test_the_notices_say_what_happened(guest: FlaskClient, mail: Mailboxes, member: Member) -> None:
    ask(guest, member("ada").email)
    assert said(guest.post("/verify/again")) == (
        "번호는 1분에 한 번, 세 번까지 다시 받을 수 있습니다."
    )


@pytest.mark.slow
def test_who_is_shut_out_by_a_flood_of_wrong_passwords_signs_in_by_code(
    app: Flask, guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    form = {"email": ada.email, "password": "not her password"}
    for _ in range(10):
        app.test_client().post("/sign-in", data=form)
    refused = guest.post("/sign-in", data={**form, "password": PASSWORD})
    assert refused.status_code == 429 and 'href="/sign-in/email"' in refused.text

    ask(guest, ada.email, "email")
    assert verify(guest, mail.code(ada.email)) == "/" and is_signed_in(guest)


def test_staff_whose_address_is_not_verified_are_asked_at_sign_in(
    guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    mo = member("mo", verified=False, can_moderate=True)
    form = {"email": mo.email, "password": PASSWORD, "next": "/desk"}
    assert guest.post("/sign-in", data=form).location == "/sign-in/code?next=/account/email"
    with writing():
        mo.email_verified_at = now()
    assert guest.post("/sign-in", data=form).location == "/sign-in/code?next=/desk"


def test_doctor_says_what_does_not_work_without_mail(app: Flask) -> None:
    said = app.test_cli_runner().invoke(doctor).output
    assert "addresses are not verified" in said and "`accounts reset-password`" in said
