"""Joining: address, name and password, then the code that was mailed to the address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.conftest import Mailboxes, is_signed_in, sign_up
from board.accounts.auth.passwords import verify_password
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import User
from board.accounts.verification.models import EmailVerification
from board.accounts.verification.typos import suggested_address
from board.db import db, now
from board.runtime.jobs import run_pending
from conftest import PASSWORD, person, said

SORA = "sora@harbour.example"
Member = Callable[..., User]


def verify(client: FlaskClient, code: str) -> str | None:
    return client.post("/verify", data={"code": code}).location


def user(email: str = SORA) -> User | None:
    return db.session.scalar(User.with_email(email))


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_code_makes_the_account_and_leads_back_signed_in(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    asked = sign_up(guest, next="/articles/harbour#thread")
    assert (asked.status_code, asked.location, user()) == (303, "/verify", None)
    page = guest.get("/verify").text
    assert SORA in page and 'autocomplete="one-time-code"' in page

    assert verify(guest, mail.code(SORA)) == "/articles/harbour#thread"
    sora = user()
    assert sora and sora.email_verified_at and sora.name == "소라"
    assert verify_password(PASSWORD, sora.password_hash)
    assert is_signed_in(guest)
    assert count(EmailVerification) == 0
    assert guest.get_cookie("board_verification") is None


@pytest.mark.parametrize("shape", ["{}", " {} ", "{0[0]}{0[1]}-{1}", "full width"])
def test_a_code_is_understood_with_spaces_hyphens_and_full_width(
    guest: FlaskClient, mail: Mailboxes, shape: str
) -> None:
    sign_up(guest)
    code = mail.code(SORA)
    wide = code.translate({ord("0") + n: ord("０") + n for n in range(10)})
    typed = wide if shape == "full width" else shape.format(code, code[2:])

    assert verify(guest, typed) == "/"


def test_without_a_mail_server_an_account_is_made_at_once(guest: FlaskClient) -> None:
    assert sign_up(guest).location == "/sign-in?notice=signed_up&next=/"
    sora = user()
    assert sora and sora.email_verified_at is None


def test_a_known_address_is_told_by_mail_alone_and_no_code_fits(
    guest: FlaskClient, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    sign_up(guest, email=ada.email)

    assert mail.subjects(ada.email) == ["이미 가입된 이메일입니다"]
    assert "http://localhost/sign-in/forgot" in mail.of(ada.email)[0].get_content()
    stored = db.session.scalars(select(EmailVerification)).one()
    code = stored.code(key=guest.application.config["SECRET_KEY"])
    assert guest.post("/verify", data={"code": code}).status_code == 422
    assert (count(User), ada.name) == (1, "ada")


def test_a_taken_name_is_told_after_the_code_and_nothing_is_typed_again(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    person("소라")
    assert sign_up(guest).location == "/verify"
    assert verify(guest, mail.code(SORA)) == "/verify/name"
    assert 'value="소라"' in guest.get("/verify/name").text

    again = guest.post("/verify/name", data={"name": "소 라"})
    assert (again.location, user()) == ("/verify/name", None)
    assert guest.post("/verify/name", data={"name": "운영자"}).status_code == 422
    assert guest.post("/verify/name", data={"name": "바다소라"}).location == "/"
    sora = user()
    assert sora and sora.name == "바다소라" and verify_password(PASSWORD, sora.password_hash)
    assert is_signed_in(guest)


def test_a_code_works_once_and_only_in_the_browser_that_asked(
    app: Flask, guest: FlaskClient, mail: Mailboxes
) -> None:
    sign_up(guest)
    code, other, second_tab = mail.code(SORA), app.test_client(), app.test_client()
    cookie = guest.get_cookie("board_verification")
    assert cookie
    second_tab.set_cookie("board_verification", cookie.value)

    assert verify(other, code) == "/sign-in?notice=code_over"
    assert verify(guest, code) == "/"
    assert verify(second_tab, code) == "/sign-in?notice=code_over"
    assert verify(guest, code) == "/"  # a second press of the signed-in one goes on
    assert count(User) == 1


def test_after_five_wrong_codes_the_right_one_is_worth_nothing(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    sign_up(guest)
    right = mail.code(SORA)
    wrong = "1234 5678" if right != "1234 5678" else "8765 4321"
    answers = [guest.post("/verify", data={"code": wrong}) for _ in range(5)]

    assert [each.status_code for each in answers] == [422] * 4 + [303]
    assert "fifth" in (said(answers[-1], "en") or "")
    assert verify(guest, right) == "/sign-in?notice=code_over"
    assert count(User) == 0


@pytest.mark.parametrize(("minutes", "status"), [(9, 303), (11, 422)])
def test_a_code_works_for_ten_minutes(
    guest: FlaskClient, mail: Mailboxes, minutes: int, status: int
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        sign_up(guest)
        code = mail.code(SORA)
        clock.shift(timedelta(minutes=minutes))
        assert guest.post("/verify", data={"code": code}).status_code == status


def test_after_half_an_hour_nothing_of_it_is_left(guest: FlaskClient, mail: Mailboxes) -> None:
    sign_up(guest)
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert guest.get("/verify").location == "/sign-in?notice=code_over"
        assert run_pending() == ["email verification"]
        assert count(EmailVerification) == 0


def test_a_late_email_with_a_code_is_not_sent(guest: FlaskClient, mail: Mailboxes) -> None:
    sign_up(guest)
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert mail.of(SORA) == []


def test_a_new_code_replaces_the_first_one_a_minute_later_three_at_most(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        sign_up(guest)
        first = mail.code(SORA)
        assert guest.post("/verify/again").location == "/verify?notice=code_wait"
        codes = []
        for _ in range(3):
            clock.shift(timedelta(minutes=1))
            guest.post("/verify/again")
            codes.append(mail.code(SORA))
        assert len({first, *codes}) == 3 and codes[1] == codes[2]
        assert guest.post("/verify", data={"code": first}).status_code == 422
        assert verify(guest, codes[-1]) == "/"


def test_a_mistyped_domain_is_asked_about_before_anything_is_sent(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    sign_up(guest, email="sora@gmial.com")
    page = guest.get("/verify").text
    assert mail.of("sora@gmial.com") == []
    assert 'value="sora@gmail.com"' in page and "one-time-code" not in page

    guest.post("/verify/address", data={"email": "sora@gmail.com"})
    assert verify(guest, mail.code("sora@gmail.com")) == "/"
    assert user("sora@gmail.com") and mail.of("sora@gmial.com") == []


def test_an_unusual_domain_that_is_right_gets_its_code(guest: FlaskClient, mail: Mailboxes) -> None:
    sign_up(guest, email="sora@navr.com")
    guest.post("/verify/again")
    assert verify(guest, mail.code("sora@navr.com")) == "/"


def test_the_address_can_be_corrected_on_the_page_of_the_code(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    sign_up(guest, email="sara@harbour.example")
    old = mail.code("sara@harbour.example")
    assert guest.post("/verify/address", data={"email": "not one"}).status_code == 422
    guest.post("/verify/address", data={"email": SORA})

    assert guest.post("/verify", data={"code": old}).status_code == 422
    assert verify(guest, mail.code(SORA)) == "/"
    assert user() and not user("sara@harbour.example")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"), ("naver.con", "naver.com"), ("gmai.com", "gmail.com"),
        ("navver.com", "naver.com"), ("hanmail.com", "hanmail.net"), ("daum.com", "daum.net"),
        ("naver.co.kr", "naver.com"), ("outlok.com", "outlook.com"), ("kakoa.com", "kakao.com"),
    ],
)  # fmt: skip
def test_typing_errors_of_well_known_domains(typed: str, meant: str) -> None:
    assert suggested_address(f"a.b+c@{typed}") == f"a.b+c@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        "naver.com", "gmail.com", "mail.com", "ymail.com", "harbour.example", "yahoo.co.kr",
        "hotmail.co.kr", "kaist.ac.kr", "navercorp.com", "outlook.kr", "me.com", "nature.com",
    ],
)  # fmt: skip
def test_domains_that_are_no_typing_errors(domain: str) -> None:
    assert suggested_address(f"a@{domain}") is None


@pytest.mark.parametrize("code", ["", " ", "x" * 41, "1" * 40, "٤٨٢١٠٩٣٧", "１", "-1", "0x1234567"])
def test_anything_else_is_a_wrong_code(guest: FlaskClient, mail: Mailboxes, code: str) -> None:
    sign_up(guest)
    assert guest.post("/verify", data={"code": code}).status_code == 422
    assert count(User) == 0


@pytest.mark.parametrize("path", ["", "/again", "/address", "/name", "/password"])
@pytest.mark.parametrize("cookie", [None, "", "x", "a" * 3000])
def test_without_a_verification_its_pages_lead_to_the_beginning(
    guest: FlaskClient, mail: Mailboxes, path: str, cookie: str | None
) -> None:
    if cookie is not None:
        guest.set_cookie("board_verification", cookie)
    fields = {"code": "12345678", "email": SORA, "name": "소라", "password": PASSWORD}
    assert guest.post(f"/verify{path}", data=fields).location == "/sign-in?notice=code_over"


def test_a_name_or_password_cannot_be_chosen_before_the_code(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    sign_up(guest)
    for path, fields in (("name", {"name": "바다"}), ("password", {"password": PASSWORD})):
        answer = guest.post(f"/verify/{path}", data=fields)
        assert answer.location == "/sign-in?notice=code_over"
    assert count(User) == 0


@pytest.mark.slow
def test_the_table_has_no_code_and_the_email_no_password(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    sign_up(guest)
    code = mail.code(SORA).replace(" ", "")
    row = db.session.execute(select(EmailVerification.__table__)).one()
    assert code not in repr(row) and PASSWORD not in repr(row)
    assert PASSWORD not in mail.of(SORA)[0].get_content()


def test_an_unknown_reader_is_written_to_at_once_and_in_their_language(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    guest.post("/language", data={"lang": "en"})
    sign_up(guest)
    assert mail.subjects(SORA) == ["Verification code"]
    assert "11" not in (mail.of(SORA)[0]["List-Unsubscribe"] or "")
    assert count(QueuedEmail) == 1
