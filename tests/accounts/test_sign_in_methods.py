"""A member sees the ways to sign in, removes the password, and always keeps one way."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.conftest import Mailboxes, is_signed_in
from board.accounts.auth import used_tokens
from board.accounts.auth.passwords import hash_password, verify_password
from board.accounts.auth.used_tokens import UsedToken, use_once
from board.accounts.models import User
from board.db import db, now, writing
from board.runtime import jobs
from conftest import PASSWORD

PAGE = "/account/sign-in-methods"
NEW = "a new light on the old pier"
Browser = Callable[[User], FlaskClient]
Member = Callable[..., User]


def without_password(user: User) -> User:
    with writing():
        user.password_hash = ""
    return user


def test_the_account_page_leads_to_the_page_with_every_method(
    mail: Mailboxes, as_: Browser, member: Member
) -> None:
    client = as_(member("ada"))
    assert f'href="{PAGE}"' in client.get("/account").text

    page = client.get(PAGE).text
    assert re.findall(r"<h2[^>]*>([^<]+)", page)[:2] == ["비밀번호", "이메일"]
    assert "ada@harbour.example" in page and "기기 1대" in page


def test_guests_are_asked_to_sign_in(guest: FlaskClient) -> None:
    assert guest.get(PAGE).location == f"/sign-in?next={PAGE}"


def test_ada_removes_her_password_and_signs_in_by_code(
    mail: Mailboxes, as_: Browser, guest: FlaskClient, member: Member
) -> None:
    ada = member("ada")
    here, there = as_(ada), as_(ada)

    answer = here.post("/account/password/remove")

    assert (answer.status_code, answer.location) == (303, f"{PAGE}?notice=password_removed")
    assert (ada.password_hash, is_signed_in(here), is_signed_in(there)) == ("", True, False)
    assert mail.subjects(ada.email) == ["로그인 방법이 삭제되었습니다"]
    form = {"email": ada.email, "password": PASSWORD}
    assert guest.post("/sign-in", data=form).status_code == 422
    guest.post("/sign-in/email", data={"email": ada.email})
    guest.post("/verify", data={"code": mail.code(ada.email)})
    assert is_signed_in(guest)


def test_a_second_press_changes_nothing(mail: Mailboxes, as_: Browser, member: Member) -> None:
    client = as_(ada := member("ada"))
    answers = [client.post("/account/password/remove") for _ in range(2)]

    assert [answer.location for answer in answers] == [f"{PAGE}?notice=password_removed", PAGE]
    assert mail.subjects(ada.email) == ["로그인 방법이 삭제되었습니다"]


@pytest.mark.parametrize("verified", [True, False])
def test_the_last_method_cannot_be_removed(as_: Browser, member: Member, verified: bool) -> None:
    """Without a mail server no address is a way in, however well verified."""
    here, there = as_(ada := member("ada", verified=verified)), as_(ada)

    answer = here.post("/account/password/remove")

    assert (answer.status_code, ada.password_hash != "") == (422, True)
    assert "이 계정에 로그인할 수 있는 방법은 이것뿐입니다" in answer.text
    assert is_signed_in(there)


def test_an_address_that_is_not_verified_does_not_count(
    mail: Mailboxes, as_: Browser, member: Member
) -> None:
    client = as_(member("ada", verified=False))
    assert client.post("/account/password/remove").status_code == 422


# ---- an account without a password ----


@pytest.fixture
def ada_by_code(mail: Mailboxes, member: Member) -> User:
    """She signs in by code only."""
    return without_password(member("ada"))


@pytest.mark.parametrize("typed", ["", PASSWORD, "!"])
def test_no_password_is_right_for_an_account_without_one(typed: str) -> None:
    assert verify_password(typed, "") is False


def test_it_costs_as_much_to_check(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    checked: list[str] = []

    class Argon2id:
        @staticmethod
        def verify_phc_encoded(password: bytes, password_hash: str) -> None:
            checked.append(password_hash)

    hashed = hash_password(PASSWORD)
    monkeypatch.setattr("board.accounts.auth.passwords.Argon2id", Argon2id)
    answers = [verify_password(PASSWORD, each) for each in (hashed, "", None)]

    assert answers == [True, False, False]
    assert [each.rpartition("$")[0].rpartition("$")[0] for each in checked] == [
        hashed.rpartition("$")[0].rpartition("$")[0]
    ] * 3


def test_soon_after_signing_in_she_sets_one(as_: Browser, ada_by_code: User) -> None:
    client = as_(ada_by_code)
    assert 'name="current"' not in client.get("/account").text

    answer = client.post("/account/password", data={"password": NEW})

    assert answer.status_code == 303
    assert verify_password(NEW, ada_by_code.password_hash)
    assert is_signed_in(client)


def test_later_she_confirms_by_code_first(as_: Browser, ada_by_code: User, mail: Mailboxes) -> None:
    client = as_(ada_by_code)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert 'name="password"' not in client.get("/account").text
        asked = client.post("/account/password", data={"password": NEW})
        assert (asked.status_code, ada_by_code.password_hash, NEW in asked.text) == (401, "", False)
        asked = client.get("/account/confirm?next=/account%23password-title")
        assert (asked.status_code, "reauthentication-password" in asked.text) == (401, False)
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
        assert form == {
            "email": ada_by_code.email,
            "next": "/account/confirm?next=/account%23password-title",
        }
        client.post("/sign-in/email", data=form)
        answer = client.post("/verify", data={"code": mail.code(ada_by_code.email)})
        answer = client.get(answer.location)

        assert (answer.status_code, answer.location) == (303, "/account#password-title")
        assert client.post("/account/password", data={"password": NEW}).status_code == 303
    assert verify_password(NEW, ada_by_code.password_hash)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account/leave", {"comments": "keep"}),
        ("/account/email", {"email": "new@harbour.example"}),
        ("/account/password", {"password": NEW}),
        ("/account/password/remove", {}),
        ("/account/data", {}),
    ],
)
@pytest.mark.parametrize("typed", [None, "", PASSWORD])
def test_whatever_she_types_is_not_her_password(
    as_: Browser, ada_by_code: User, path: str, form: dict[str, str], typed: str | None
) -> None:
    client = as_(ada_by_code)
    proof = {} if typed is None else {"reauthentication-password": typed, "current": typed}
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        answer = client.post(path, data={**form, **proof})

    assert answer.status_code == (401 if typed is None else 422)
    assert (ada_by_code.left_on, ada_by_code.password_hash) == (None, "")


def test_soon_after_signing_in_she_leaves_and_changes_her_address(
    as_: Browser, ada_by_code: User
) -> None:
    client = as_(ada_by_code)
    assert 'name="password"' not in client.get("/account/email").text
    assert 'name="password"' not in client.get("/account/leave").text

    assert (
        client.post("/account/email", data={"email": "new@harbour.example"}).location == "/verify"
    )
    assert client.post("/account/leave", data={"comments": "keep"}).status_code == 303
    assert ada_by_code.left_on is not None


def test_confirming_leads_to_our_pages_only(as_: Browser, member: Member) -> None:
    client = as_(member("ada"))
    answers = [
        client.get(f"/account/confirm?next={next}").location for next in ("//evil.example", "/tips")
    ]

    assert answers == ["/", "/tips"]


# ---- tokens that are good once ----


def test_a_token_is_good_once(app: Flask) -> None:
    answers = []
    for token in ("one", "one", "two"):
        with writing():
            answers.append(use_once(token, expires_at=now() + timedelta(minutes=5)))

    assert answers == [True, False, True]


def test_a_used_token_is_kept_until_it_would_have_expired(app: Flask) -> None:
    with writing():
        use_once("early", expires_at=now() + timedelta(minutes=5))
        use_once("late", expires_at=now() + timedelta(minutes=15))
    ran = []
    for minutes in (4, 6, 16):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            ran.append("used tokens" in jobs.run_pending())

    assert ran == [False, True, True]
    assert db.session.scalars(select(UsedToken)).all() == []
    assert used_tokens.has_expired() is False
