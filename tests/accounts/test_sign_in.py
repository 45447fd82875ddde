"""Signing in and out, and the limits on guessing."""

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from accounts.test_sign_up import OTHER_SITES
from board.accounts.auth import login, passwords
from board.accounts.auth.devices import Device
from board.accounts.auth.passwords import hash_password
from board.accounts.auth.rate_limit import Attempt, network
from board.accounts.models import Session, User
from board.accounts.views import sign_in as views
from board.db import db, now, writing
from board.runtime.limiter import QueueFull
from conftest import PASSWORD, Client

EMAIL = "ada@harbour.example"
WRONG = "not her password at all"


@cache
def stored_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def ada(ada: User) -> User:
    with writing():
        ada.password_hash = stored_hash()
    return ada


@pytest.fixture
def second_worker(app: Flask, another: Callable[..., Flask]) -> FlaskClient:
    """A browser connected to another process on the same database."""
    other = another(app.instance_path)
    other.test_client_class = Client
    return other.test_client()


@pytest.fixture
def no_checks(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The hashes passwords are compared with. The comparison is free and always fails."""
    hashes: list[str | None] = []
    monkeypatch.setattr(views, "verify_password", lambda _, hash: hashes.append(hash))
    return hashes


def sign_in(
    client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: Any
) -> TestResponse:
    address = more.pop("address", "127.0.0.1")
    data = {"email": email, "password": password, **more}
    return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address})


def cookies(response: TestResponse) -> dict[str, Morsel[str]]:
    jar: SimpleCookie = SimpleCookie()
    for header in response.headers.getlist("Set-Cookie"):
        jar.load(header)
    return dict(jar)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("board_session")
    assert cookie
    return cookie.value


def attempts() -> int:
    return db.session.scalar(select(func.count()).select_from(Attempt)) or 0


def test_ada_signs_in_and_goes_where_she_wanted(guest: FlaskClient, ada: User) -> None:
    response = sign_in(guest, next="/account/comments")
    assert (response.status_code, response.location) == (303, "/account/comments")
    assert is_signed_in(guest)


@pytest.mark.parametrize("email", ["ADA@harbour.example", " Ada@Harbour.Example ", "ａda@x.y"])
def test_capitals_make_no_difference_in_an_email(guest: FlaskClient, ada: User, email: str) -> None:
    status = 422 if email.endswith("y") else 303
    assert [sign_in(guest, email).status_code for _ in range(2)] == [status, status]


def test_a_password_matches_in_any_unicode_normalisation(guest: FlaskClient, ada: User) -> None:
    password = "바닷가 등대지기의 저녁"
    with writing():
        ada.password_hash = hash_password(password)
    assert sign_in(guest, password=unicodedata.normalize("NFD", password)).status_code == 303


@pytest.mark.slow
def test_signing_in_renews_a_hash_of_earlier_parameters(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    before = ada.password_hash
    sign_in(guest)
    assert ada.password_hash == before

    monkeypatch.setattr(passwords, "_KIB", 16)
    sign_in(guest, password=WRONG)
    assert ada.password_hash == before
    sign_in(guest)
    assert ada.password_hash.startswith("$argon2id$v=19$m=16,t=1,p=1$")
    assert sign_in(guest).status_code == 303


def test_a_password_changed_while_it_was_checked_is_not_put_back(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    monkeypatch.setattr(passwords, "_KIB", 16)

    def hash_while_ada_changes_it(password: str) -> str:
        with writing():
            changed = update(User).where(User.id == 1).values(password_hash="of another one")
            db.session.execute(changed)
        return hash_password(password)

    monkeypatch.setattr(login, "hash_password", hash_while_ada_changes_it)
    sign_in(guest)

    assert ada.password_hash == "of another one"


def test_at_a_busy_moment_the_old_hash_stays(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    before = ada.password_hash
    monkeypatch.setattr(passwords, "_KIB", 16)

    def is_busy(_password: str) -> str:
        raise QueueFull

    monkeypatch.setattr(login, "hash_password", is_busy)

    assert (sign_in(guest).status_code, ada.password_hash) == (303, before)


def test_signing_out_makes_the_cookie_worthless_and_empties_the_browser_s_storage(
    guest: FlaskClient, ada: User
) -> None:
    sign_in(guest)
    before = token_of(guest)

    response = guest.post("/sign-out")

    assert response.headers["Clear-Site-Data"] == '"storage"'
    assert [*cookies(response)] == ["board_session"]  # of the browser the owner is known by
    assert db.session.scalars(select(Session)).all() == []
    guest.set_cookie("board_session", before)
    assert not is_signed_in(guest)
    assert guest.post("/account/name", data={"name": "eda"}).status_code == 401


def test_each_sign_in_has_a_new_token_stored_as_a_hash(
    app: Flask, guest: FlaskClient, ada: User
) -> None:
    sign_in(guest)
    first = token_of(guest)
    sign_in(guest)
    second = token_of(guest)
    replay = app.test_client()
    replay.set_cookie("board_session", first)
    assert first != second and len(second) >= 43
    assert (is_signed_in(guest), is_signed_in(replay)) == (True, False)
    assert db.session.scalar(select(func.count()).select_from(Session)) == 1
    files = Path(app.instance_path).glob("board.db*")
    stored = b"".join(path.read_bytes() for path in files)
    assert b"ada@harbour.example" in stored
    assert first.encode() not in stored and second.encode() not in stored


def test_a_planted_token_is_not_adopted(guest: FlaskClient, ada: User) -> None:
    guest.set_cookie("board_session", "planted")
    sign_in(guest)
    assert token_of(guest) != "planted"


@pytest.mark.parametrize("token", ["", "x", "é", "\udcff", "a" * 3000, '"', "a=b"])
def test_an_invalid_token_is_a_guest(app: Flask, guest: FlaskClient, token: str) -> None:
    header = f"board_session={token}".encode("utf-8", "surrogateescape").decode("latin1")
    assert guest.get("/account", headers={"Cookie": header}).status_code == 303


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(guest: FlaskClient, ada: User) -> None:
    set_cookies = cookies(sign_in(guest))
    assert set(set_cookies) == {"board_session", "board_device"}
    for cookie in set_cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert (cookie["secure"], cookie["domain"]) == ("", "")
    assert int(set_cookies["board_session"]["max-age"]) in range(90 * 86400 - 5, 90 * 86400 + 1)


@pytest.mark.parametrize("settings", [{"ORIGIN": "https://news.example"}])
def test_with_https_cookies_are_bound_to_this_host(guest: FlaskClient, ada: User) -> None:
    response = guest.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD}, base_url="https://news.example"
    )
    set_cookies = cookies(response)
    assert set(set_cookies) == {"__Host-board_session", "__Host-board_device"}
    for cookie in set_cookies.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    gone = cookies(guest.post("/sign-out", base_url="https://news.example"))
    assert gone["__Host-board_session"]["secure"] is True
    assert gone["__Host-board_session"]["max-age"] == "0"


def test_ada_signs_out_and_the_old_cookie_is_worthless(
    app: Flask, guest: FlaskClient, ada: User
) -> None:
    sign_in(guest)
    token = token_of(guest)
    response = guest.post("/sign-out")
    replay = app.test_client()
    replay.set_cookie("board_session", token)
    assert (response.status_code, response.location) == (303, "/")
    assert response.headers["Clear-Site-Data"] == '"storage"'
    assert (is_signed_in(guest), is_signed_in(replay)) == (False, False)
    assert guest.get_cookie("board_session") is None


def test_a_wrong_password_and_an_unknown_email_look_and_cost_the_same(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    check = views.verify_password

    def counting(password: str, password_hash: str | None) -> bool:
        compared.append(password_hash)
        return check(password, password_hash)

    monkeypatch.setattr(views, "verify_password", counting)
    known = sign_in(guest, EMAIL, WRONG)
    unknown = sign_in(guest, "eda@harbour.example", WRONG)
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(EMAIL, "") == unknown.text.replace("eda@harbour.example", "")
    assert compared == [ada.password_hash, None]
    assert WRONG not in known.text


@pytest.mark.slow
def test_signing_in_never_leads_to_another_site(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "verify_password", lambda *_: True)
    for path in OTHER_SITES:
        assert guest.get("/sign-in", query_string={"next": path}).status_code == 200, path
        assert sign_in(guest, next=path).location == "/", path
        guest.post("/sign-out")


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", ["", "x" * 60000])
def test_an_empty_or_huge_field_is_refused(
    guest: FlaskClient, ada: User, field: str, value: str
) -> None:
    assert sign_in(guest, **{field: value}).status_code == 422


def test_after_ten_failures_a_network_has_to_wait(
    guest: FlaskClient, ada: User, no_checks: list[str | None]
) -> None:
    for host in range(10):
        response = sign_in(guest, password=WRONG, address=f"203.0.113.{host}")
        assert response.status_code == 422
    refused = sign_in(guest, address="203.0.113.99")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert f'value="{EMAIL}"' in refused.text
    assert (len(no_checks), attempts()) == (10, 10)
    assert sign_in(guest, address="198.51.100.1").status_code == 422  # checked, not refused
    assert len(no_checks) == 11


@pytest.mark.slow
def test_failures_of_strangers_never_stop_a_known_device(
    app: Flask, guest: FlaskClient, ada: User, no_checks: list[str | None]
) -> None:
    with writing():
        token = Device.remember(ada)
    for number in range(100):
        sign_in(guest, password=WRONG, address=f"203.0.{number % 12}.1")
    assert sign_in(guest, address="198.51.100.1").status_code == 429
    own = app.test_client()
    own.set_cookie("board_device", token)
    assert sign_in(own, address="203.0.0.1").status_code == 422  # checked, not refused
    elsewhere = app.test_client()
    elsewhere.set_cookie("board_device", "made up")
    assert sign_in(elsewhere, address="203.0.0.1").status_code == 429


def test_a_known_device_has_ten_guesses(
    guest: FlaskClient, ada: User, no_checks: list[str | None]
) -> None:
    with writing():
        guest.set_cookie("board_device", Device.remember(ada))
    answers = [sign_in(guest, password=WRONG).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_ada_signs_in_on_her_device_after_an_attack(guest: FlaskClient, ada: User) -> None:
    sign_in(guest)
    guest.post("/sign-out")
    assert guest.get_cookie("board_device") is not None
    key = guest.application.config["SECRET_KEY"]
    for _ in range(10):
        with writing():
            Attempt.begin(email=EMAIL, address="127.0.0.1", key=key, known_device=False)
    assert sign_in(guest).status_code == 303


@pytest.mark.slow
def test_a_network_cannot_try_many_accounts(
    guest: FlaskClient, no_checks: list[str | None]
) -> None:
    answers = [sign_in(guest, f"{n}@harbour.example").status_code for n in range(51)]
    assert answers == [422] * 50 + [429]


def test_right_passwords_are_not_counted(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "verify_password", lambda *_: True)
    answers = {sign_in(guest).status_code for _ in range(12)}
    assert (answers, attempts()) == ({303}, 0)


def test_a_right_password_of_a_suspended_account_is_no_failure(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "verify_password", lambda *_: True)
    with writing():
        ada.suspend(until=now() + timedelta(days=3), reason="도배")
    answers = {sign_in(guest).status_code for _ in range(12)}
    assert (answers, attempts()) == ({403}, 0)


@pytest.mark.slow
def test_a_password_that_could_not_be_checked_is_no_failure(
    guest: FlaskClient,
    as_: Callable[[User], FlaskClient],
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0)
    client = as_(ada)
    new = {"current": PASSWORD, "password": "a lamp in every window"}
    with passwords.limiter:
        answers = {sign_in(guest).status_code for _ in range(12)}
        changes = {client.post("/account/password", data=new).status_code for _ in range(12)}
    assert (answers, changes, attempts()) == ({503}, {503}, 0)
    assert sign_in(guest).status_code == client.post("/account/password", data=new).status_code


def test_a_busy_board_shows_the_form_again_with_the_email(
    guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0)
    with passwords.limiter:
        busy = sign_in(guest)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert f'value="{EMAIL}"' in busy.text and PASSWORD not in busy.text


@pytest.mark.slow
def test_failures_are_counted_across_workers_and_restarts(
    guest: FlaskClient, second_worker: FlaskClient, ada: User, no_checks: list[str | None]
) -> None:
    for client in (guest, second_worker) * 5:
        assert sign_in(client, password=WRONG).status_code == 422
    assert sign_in(second_worker).status_code == sign_in(guest).status_code == 429


def test_attempts_are_allowed_after_five_minutes_and_deleted_after_an_hour(
    guest: FlaskClient, ada: User, no_checks: list[str | None]
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(10):
            sign_in(guest, password=WRONG)
        clock.shift(timedelta(minutes=4, seconds=59))
        refused = sign_in(guest)
        assert refused.status_code == 429
        clock.shift(timedelta(seconds=1))
        assert (sign_in(guest).status_code, attempts()) == (422, 11)
        clock.shift(timedelta(hours=1, seconds=1))
        assert (sign_in(guest).status_code, attempts()) == (422, 1)


def test_an_attempt_stores_no_address_and_no_email(
    guest: FlaskClient, ada: User, no_checks: list[str | None]
) -> None:
    sign_in(guest, password=WRONG, address="203.0.113.7")
    attempt = db.session.scalars(select(Attempt)).one()
    assert set(Attempt.__table__.columns.keys()) == {
        "id", "for_account", "from_network", "made_at",
    }  # fmt: skip
    assert len(attempt.for_account) == len(attempt.from_network) == 64


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("203.0.113.7", "203.0.113"),
        ("::ffff:203.0.113.7", "203.0.113"),
        ("2001:db8:1:2:3::7", "2001:0db8:0001:0002"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_network_is_a_prefix_of_the_address(address: str, prefix: str) -> None:
    assert network(address) == prefix


def test_a_device_is_remembered_once_and_for_a_year(guest: FlaskClient, ada: User) -> None:
    def devices() -> int:
        return db.session.scalar(select(func.count()).select_from(Device)) or 0

    sign_in(guest)
    sign_in(guest)
    assert devices() == 1
    with time_machine.travel(now() + Device.LIFE + timedelta(days=1)):
        with writing():
            Device.remember(ada)
        assert devices() == 1


def test_the_device_of_somebody_who_stays_away_is_forgotten_after_a_year(
    ada: User, bora: User
) -> None:
    with writing():
        Device.remember(ada)
    with time_machine.travel(now() + Device.LIFE + timedelta(days=1)), writing():
        Device.remember(bora)

    assert list(db.session.scalars(select(Device.user_id))) == [bora.id]


@pytest.mark.parametrize(
    ("days", "seen_every", "expected"),
    [(29, 29, True), (31, 31, False), (89, 20, True), (91, 20, False)],
)
def test_a_session_ends_after_30_idle_days_or_90_in_all(
    as_: Callable[[User], FlaskClient], ada: User, days: int, seen_every: int, expected: bool
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client, passed = as_(ada), 0
        while passed + seen_every < days:
            clock.shift(timedelta(days=seen_every))
            passed += seen_every
            assert is_signed_in(client)
        clock.shift(timedelta(days=days - passed))
        assert is_signed_in(client) is expected


@pytest.mark.slow
def test_a_staff_session_ends_after_12_hours_however_much_it_is_used(
    as_: Callable[[User], FlaskClient], mo: User
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        client, is_open = as_(mo), []
        for _ in range(37):
            clock.shift(timedelta(minutes=20))
            is_open.append(is_signed_in(client))
    assert is_open == 35 * [True] + 2 * [False]


def test_a_new_moderator_has_to_sign_in_again(
    as_: Callable[[User], FlaskClient], ada: User
) -> None:
    client = as_(ada)
    with writing():
        ada.grant("can_moderate")
    assert not is_signed_in(client)
    client = as_(ada)
    with writing():
        ada.revoke("can_moderate")
    assert is_signed_in(client) and client.get("/desk").status_code == 403


def test_a_suspension_ends_all_sessions_in_all_workers_at_once(
    as_: Callable[[User], FlaskClient], second_worker: FlaskClient, ada: User
) -> None:
    one, two = as_(ada), as_(ada)
    second_worker.set_cookie("board_session", token_of(two))
    assert is_signed_in(one) and is_signed_in(two) and is_signed_in(second_worker)
    with writing():
        ada.suspend(until=now() + timedelta(days=3), reason="도배")
    assert not is_signed_in(one) and not is_signed_in(two) and not is_signed_in(second_worker)


def test_a_suspended_member_reads_the_reason_after_the_right_password(
    guest: FlaskClient, ada: User
) -> None:
    with writing():
        ada.suspend(until=now() + timedelta(days=3), reason="도배 <b>")
    right, wrong = sign_in(guest), sign_in(guest, password=WRONG)
    assert (right.status_code, wrong.status_code) == (403, 422)
    assert "도배 &lt;b&gt;" in right.text and "도배" not in wrong.text
    assert not is_signed_in(guest)
    with time_machine.travel(now() + timedelta(days=3, seconds=1)):
        assert sign_in(guest).status_code == 303


def test_the_pages_of_signing_in_hand_on_where_one_came_from(guest: FlaskClient) -> None:
    for path in ("/sign-in", "/sign-up", "/sign-in/forgot", "/sign-in/email"):
        page = guest.get(path, query_string={"next": "/articles/harbour"}).text
        links = re.findall(r'href="/sign-(?:in|up)[^"]*"', page)
        assert links and all(each.endswith('next=/articles/harbour"') for each in links), links


def test_a_guest_is_sent_to_sign_in_and_back(guest: FlaskClient) -> None:
    response = guest.get("/account?notice=renamed")
    assert (response.status_code, response.location) == (
        303, "/sign-in?next=/account?notice%3Drenamed",
    )  # fmt: skip
    assert guest.post("/account/name").status_code == 401
